"""The linear relaxation: multipliers from GLOP, PDLP or HiGHS, and what they prove exactly."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from app.allocation.solvers.arrays import UNLIMITED, Arrays, Floats

# Multipliers are rounded to whole multiples of 2^-PLACES of the objective's unit per row unit.
PLACES = 40
# Rows with larger coefficients are divided down for engines that compute in floating point.
_LARGEST_COEFFICIENT = 1e4
_LARGEST_COST = 10**6
_WIDEST_COLUMN = 1e6


@dataclass(frozen=True)
class Multipliers:
    """One whole number per row, in 2^-PLACES of the objective's unit; signs fit the rows."""

    whole: NDArray[np.object_]

    def bound(self, arrays: Arrays) -> Fraction:
        """Return what they prove: ``b·y + Σ_j min over [l_j, u_j] of (c_j − y·A_j)·x_j``."""
        costs = reduced_costs(arrays, self)
        return Fraction(
            int(row_part(arrays, self).sum() + column_part(arrays, costs).sum()), 2**PLACES
        )


def reduced_costs(arrays: Arrays, multipliers: Multipliers) -> NDArray[np.object_]:
    """Return ``c − yA`` of each column, in 2^-PLACES of the objective's unit."""
    order, start = arrays.by_column
    taken = arrays.value[order].astype(object) * multipliers.whole[arrays.row[order]]
    running = np.concatenate([[0], np.cumsum(taken)])
    costs: NDArray[np.object_] = arrays.cost.astype(object) * 2**PLACES - np.diff(running[start])
    return costs


def row_part(arrays: Arrays, multipliers: Multipliers) -> NDArray[np.object_]:
    """Return each row's ``b·y``."""
    y = multipliers.whole
    limits = np.where(y > 0, arrays.row_lower, np.where(y < 0, arrays.row_upper, 0))
    part: NDArray[np.object_] = limits.astype(object) * y
    return part


def column_part(arrays: Arrays, costs: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the least that each column can contribute at some costs."""
    ends = np.where(costs >= 0, arrays.lower, arrays.upper)
    part: NDArray[np.object_] = ends.astype(object) * costs
    return part


def multipliers_of(arrays: Arrays, duals: Floats) -> Multipliers:
    """Return floating-point duals as whole multipliers; those of a wrong sign become 0."""
    allowed = np.where(
        duals > 0, arrays.row_lower > -UNLIMITED, (duals < 0) & (arrays.row_upper < UNLIMITED)
    )
    finite = np.where(allowed & np.isfinite(duals), duals, 0.0)
    return Multipliers(np.array([int(y * 2.0**PLACES) for y in finite.tolist()], dtype=object))


def relaxed(arrays: Arrays, engine: str, seconds: float) -> tuple[Multipliers, int] | None:
    """Solve the linear relaxation in floating point.

    Parameters
    ----------
    arrays
        The model.
    engine
        ``"GLOP"``, ``"PDLP"`` or ``"HIGHS"``.
    seconds
        The most that it may take.

    Returns
    -------
    tuple of Multipliers and int, or None
        Multipliers of all rows, and how many iterations they took; ``None`` without an answer.
    """
    model = mathopt.Model.from_model_proto(proto_of(arrays, whole=False))
    limit = dt.timedelta(seconds=seconds)
    answer = mathopt.solve(
        model,
        getattr(mathopt.SolverType, engine),
        params=mathopt.SolveParameters(time_limit=limit),
    )
    if not answer.has_dual_feasible_solution():
        return None
    duals = np.array(answer.dual_values(list(model.linear_constraints())))
    stats = answer.solve_stats
    iterations = stats.simplex_iterations + stats.first_order_iterations
    duals = duals * float(objective_scale(arrays)) / row_scale(arrays)
    return multipliers_of(arrays, duals), iterations


def row_scale(arrays: Arrays) -> Floats:
    """Return what each row is divided by before it goes into a floating-point engine."""
    largest = np.ones(arrays.rows)
    width = column_scale(arrays)[arrays.column]
    np.maximum.at(largest, arrays.row, np.abs(arrays.value) * width)
    scale: Floats = np.maximum(largest / _LARGEST_COEFFICIENT, 1.0)
    return scale


def column_scale(arrays: Arrays) -> Floats:
    """Return in what each column is counted in a floating-point engine: 1 but for wide ones."""
    widest = np.maximum(np.abs(arrays.upper), np.abs(arrays.lower))
    scale: Floats = np.maximum(widest / _WIDEST_COLUMN, 1.0)
    return scale


def objective_scale(arrays: Arrays) -> int:
    """Return what the objective is divided by before it goes into a floating-point engine."""
    largest = int(np.abs(arrays.cost).max()) if arrays.columns else 0
    return max(largest // _LARGEST_COST, 1)


def proto_of(arrays: Arrays, *, whole: bool) -> model_pb2.ModelProto:
    """Return a model for MathOpt, its rows, columns and objective scaled down.

    Columns are whole numbers or continuous; those that take very many values (amounts of money)
    are continuous always, which only loosens the model.
    """
    proto = model_pb2.ModelProto()
    scale, width = row_scale(arrays), column_scale(arrays)
    columns, rows = range(arrays.columns), range(arrays.rows)
    variables = proto.variables
    variables.ids.extend(columns)
    variables.lower_bounds.extend((arrays.lower / width).tolist())
    variables.upper_bounds.extend((arrays.upper / width).tolist())
    variables.integers.extend(((width == 1) & whole).tolist())
    constraints = proto.linear_constraints
    constraints.ids.extend(rows)
    low = np.where(arrays.row_lower > -UNLIMITED, arrays.row_lower / scale, -np.inf)
    high = np.where(arrays.row_upper < UNLIMITED, arrays.row_upper / scale, np.inf)
    constraints.lower_bounds.extend(low.tolist())
    constraints.upper_bounds.extend(high.tolist())
    order = np.lexsort((arrays.column, arrays.row))
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(arrays.row[order].tolist())
    matrix.column_ids.extend(arrays.column[order].tolist())
    values = arrays.value * width[arrays.column] / scale[arrays.row]
    matrix.coefficients.extend(values[order].tolist())
    costly = np.flatnonzero(arrays.cost)
    costs = arrays.cost[costly] * width[costly] / objective_scale(arrays)
    proto.objective.linear_coefficients.ids.extend(costly.tolist())
    proto.objective.linear_coefficients.values.extend(costs.tolist())
    return proto
