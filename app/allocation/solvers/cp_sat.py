"""CP-SAT: whole numbers throughout, so that what it proves is exact."""

import threading
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import metadata

from ortools.sat.python import cp_model_helper as cp

from app.allocation.linear import Linear, lattice
from app.allocation.model import Model
from app.allocation.solvers.search import Limits, Outcome, Watch

NAME = "CP-SAT"
# Seconds between two looks at a running search, and how long a stopped one may take to end.
POLL = 0.05
GRACE = 1.0
# Doubles hold every whole number up to here exactly.
_EXACT_DOUBLE = 2**53
_UNBOUNDED = 2**63 - 1
# No sum that fits reaches this: the domain of a row that cannot be kept.
_NOTHING = (_UNBOUNDED - 1, _UNBOUNDED - 1)


class _Incumbent(cp.SolutionCallback):
    """Keeps the best point, so that it survives a search that has to be abandoned."""

    def __init__(self) -> None:
        super().__init__()
        self.value: int | None = None
        self.bound: int | None = None
        self.point: Sequence[int] | None = None

    def OnSolutionCallback(self) -> None:  # noqa: N802  # the engine calls it by this name
        """Note a better point."""
        response: cp.CpSolverResponse = self.Response()  # type: ignore[no-untyped-call]  # theirs
        self.point = list(response.solution)
        if response.inner_objective_lower_bound:  # 0 may mean that nothing was proven yet
            self.raise_bound(response.inner_objective_lower_bound)
        self.value = round(response.objective_value)

    def on_bound(self, bound: float) -> None:
        """Note a better bound, which arrives as a double: rounded down where that is inexact."""
        if abs(bound) < _EXACT_DOUBLE:
            self.raise_bound(round(bound))
        elif abs(bound) < _UNBOUNDED:
            self.raise_bound(int(bound) - int(abs(bound)) // 2**50)

    def raise_bound(self, bound: int) -> None:
        """Keep the better of two bounds."""
        self.bound = bound if self.bound is None else max(self.bound, bound)


def version() -> str:
    """Return the version of OR-Tools."""
    return metadata.version("ortools")


def minimise(
    model: Model, objective: Linear, hint: Mapping[int, int], limits: Limits, watch: Watch
) -> Outcome:
    """Search the point of a model with the least value of an objective.

    Parameters
    ----------
    model
        Whole coefficients; the caller has seen that sums stay within 64 bits.
    objective
        What is minimised.
    hint
        Values of some columns to start from.
    limits
        How far to search.
    watch
        Told of progress; may stop the search.

    Returns
    -------
    Outcome
        ``bound`` is exact: CP-SAT computes with whole numbers.
    """
    unit = lattice(objective.terms.values()) or Fraction(1)
    proto = _proto(model, objective, unit, hint)
    wrapper = cp.SolveWrapper()
    wrapper.set_parameters(_parameters(limits, objective))
    best = _Incumbent()
    wrapper.add_solution_callback(best)
    wrapper.add_best_bound_callback(best.on_bound)
    answers: list[cp.CpSolverResponse] = []

    def search() -> None:
        answers.append(wrapper.solve(proto))  # type: ignore[no-untyped-call]  # theirs

    worker = threading.Thread(target=search, daemon=True)
    worker.start()
    stopped_for = 0.0
    while worker.is_alive() and stopped_for < GRACE:
        worker.join(POLL)
        value, bound = (_real(x, unit, objective) for x in (best.value, best.bound))
        if stopped_for or watch(value, bound):
            wrapper.stop_search()
            stopped_for += POLL
    if not answers:
        bound = _real(best.bound, unit, objective)
        return Outcome(best.point, bound, infeasible=False, complete=False, work=0.0)
    return _outcome(answers[0], best, unit, objective)


def _real(value: int | None, unit: Fraction, objective: Linear) -> Fraction | None:
    return None if value is None else unit * value + objective.constant


def _proven(answer: cp.CpSolverResponse, told: int | None) -> int | None:
    """Return the bound of a search that has ended, None where nothing was proven.

    A search that is cut short before it has proven anything reports 0, the field's default: then
    only what it told on the way counts.
    """
    last: int = answer.inner_objective_lower_bound
    if answer.status == cp.CpSolverStatus.OPTIMAL or last:
        return last if told is None else max(last, told)
    return told


def _outcome(
    answer: cp.CpSolverResponse, best: _Incumbent, unit: Fraction, objective: Linear
) -> Outcome:
    status = cp.CpSolverStatus
    if answer.status == status.MODEL_INVALID:
        raise ValueError(f"CP-SAT refuses the model: {answer.solution_info}")
    found = answer.status in (status.OPTIMAL, status.FEASIBLE)
    infeasible = answer.status == status.INFEASIBLE
    bound = None if infeasible else _proven(answer, best.bound)
    return Outcome(
        point=list(answer.solution) if found else None,
        bound=_real(bound, unit, objective),
        infeasible=infeasible,
        complete=answer.status == status.OPTIMAL or infeasible,
        work=answer.deterministic_time,
    )


def _parameters(limits: Limits, objective: Linear) -> cp.SatParameters:
    parameters = cp.SatParameters()
    parameters.random_seed = limits.seed % 2**31
    parameters.num_workers = max(1, limits.threads)
    parameters.catch_sigint_signal = False
    # Every row in the linear relaxation: measured to give better bounds and allocations here.
    parameters.linearization_level = 2
    if limits.seconds is not None:
        parameters.max_time_in_seconds = limits.seconds
    if limits.work is not None:
        parameters.max_deterministic_time = limits.work
        # Without this the threads' race decides which solution comes first.
        parameters.interleave_search = limits.threads > 1
    # The engine measures its gap without the objective's constant, which must not loosen ours.
    if limits.gap and not objective.constant:
        parameters.relative_gap_limit = float(limits.gap)
    return parameters


def _proto(
    model: Model, objective: Linear, unit: Fraction, hint: Mapping[int, int]
) -> cp.CpModelProto:
    proto = cp.CpModelProto()
    for low, high in zip(model.lower, model.upper, strict=True):
        proto.variables.add().domain.extend((low, high))
    for row in model.rows:
        linear = proto.constraints.add().linear
        linear.vars.extend(row.columns)
        linear.coeffs.extend(row.coefficients)
        low = -_UNBOUNDED - 1 if row.lower is None else row.lower
        high = _UNBOUNDED if row.upper is None else row.upper
        linear.domain.extend((low, high) if low <= high else _NOTHING)
    terms = [(column, value) for column, value in objective.terms.items() if value]
    proto.objective.vars.extend([column for column, _ in terms])
    proto.objective.coeffs.extend([int(value / unit) for _, value in terms])
    proto.solution_hint.vars.extend(list(hint))
    proto.solution_hint.values.extend(list(hint.values()))
    return proto
