"""The relaxation in floating point: what GLOP says of it, to be made exact by others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ortools.linear_solver import pywraplp

from app.allocation.certificate.relaxation import Row, Space
from app.allocation.linear import Linear

Box = Mapping[int, tuple[int, int]]
_SECONDS = 60
# Without preprocessing GLOP goes on from the last basis: ten times faster where one bound changed.
_WAYS = (
    "use_dual_simplex:true use_preprocessing:false",
    "use_dual_simplex:true use_preprocessing:true",
    "use_dual_simplex:false use_preprocessing:true",
)


@dataclass(frozen=True, slots=True)
class Solved:
    """An optimum of the relaxation: value, a point, and a dual for every row."""

    value: float
    point: Sequence[float]
    duals: Sequence[float]


class Program:
    """A linear program over a relaxation's columns, whose bounds can be changed.

    Parameters
    ----------
    space
        Its columns.
    rows
        The rows.
    cost
        What is minimised; ``None`` minimises by how much the rows are missed, so that the duals
        are a ray that shows that nothing is feasible where that is above 0.
    """

    def __init__(self, space: Space, rows: Sequence[Row], cost: Linear | None) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetTimeLimit(_SECONDS * 1000)
        self.high = [float(high) for high in space.high]
        self.columns = [self.solver.NumVar(0, high, "") for high in self.high]
        self.changed: set[int] = set()
        self.constant = 0.0 if cost is None else float(cost.constant)
        objective = self.solver.Objective()
        if cost is not None:
            for column, value in cost.terms.items():
                objective.SetCoefficient(self.columns[column], float(value))
        objective.SetMinimization()
        infinity = self.solver.infinity()
        self.rows = []
        for row in rows:
            least = -float(row.body.constant)
            made = self.solver.RowConstraint(least, least if row.equal else infinity, "")
            for column, value in row.body.terms.items():
                made.SetCoefficient(self.columns[column], float(value))
            self.rows.append(made)
            if cost is None:
                self._may_be_missed(made, row, infinity)

    def _may_be_missed(self, made: pywraplp.Constraint, row: Row, infinity: float) -> None:
        size = max((abs(float(value)) for value in row.body.terms.values()), default=1.0)
        for sign in (1.0, -1.0) if row.equal else (1.0,):
            missed = self.solver.NumVar(0, infinity, "")
            made.SetCoefficient(missed, sign * size)
            self.solver.Objective().SetCoefficient(missed, 1.0)

    def solve(self, box: Box) -> Solved | None:
        """Return the optimum within changed bounds; ``None`` where there is none to be had."""
        self._bound(self.changed - box.keys(), {})
        self._bound(box.keys(), box)
        self.changed = set(box)
        if not self._solved():
            return None
        return Solved(
            self.solver.Objective().Value() + self.constant,
            [column.solution_value() for column in self.columns],
            [row.dual_value() for row in self.rows],
        )

    def _solved(self) -> bool:
        """Solve, from where the last solution stood; start afresh where that breaks down."""
        for way in _WAYS:
            self.solver.SetSolverSpecificParametersAsString(way)
            status = self.solver.Solve()
            if status == pywraplp.Solver.OPTIMAL:
                return True
            if status == pywraplp.Solver.INFEASIBLE:
                return False
        return False

    def _bound(self, columns: Iterable[int], box: Box) -> None:
        for column in columns:
            low, high = box.get(column, (0, self.high[column]))
            self.columns[column].SetBounds(low, high)
