"""Large linear programs: HiGHS in a thread of its own, so that a wish to stop is heard."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from ortools.math_opt.python import mathopt

from app.allocation.certificate.lp import Solved
from app.allocation.certificate.relaxation import Row, Space
from app.allocation.linear import Linear

_SECONDS = 300
_LOOK = 0.05


def solve_large(
    space: Space, rows: Sequence[Row], cost: Linear, should_stop: Callable[[], bool]
) -> Solved | None:
    """Return the optimum of a relaxation; ``None`` where there is none to be had.

    HiGHS through MathOpt hears no interrupter: a solve that is to stop is left alone, and ends
    with its time limit or with the process.

    Parameters
    ----------
    space, rows, cost
        As for ``lp.Program``.
    should_stop
        Asked twenty times a second while HiGHS works.
    """
    model = mathopt.Model()
    columns = [model.add_variable(lb=0, ub=float(high)) for high in space.high]
    made = []
    for row in rows:
        least = -float(row.body.constant)
        terms = (float(value) * columns[j] for j, value in row.body.terms.items())
        most = least if row.equal else float("inf")
        made.append(model.add_linear_constraint(lb=least, ub=most, expr=mathopt.fast_sum(terms)))
    model.minimize(mathopt.fast_sum(float(v) * columns[j] for j, v in cost.terms.items()))
    answers = _apart(model, should_stop)
    if not answers or answers[0].termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    point, duals = answers[0].variable_values(), answers[0].dual_values()
    return Solved(
        answers[0].objective_value() + float(cost.constant),
        [point[column] for column in columns],
        [duals[row] for row in made],
    )


def _apart(model: mathopt.Model, should_stop: Callable[[], bool]) -> list[mathopt.SolveResult]:
    """Solve in a thread; return its answer in a list, or an empty one."""
    answers: list[mathopt.SolveResult] = []

    def work() -> None:
        limit = mathopt.SolveParameters(time_limit=timedelta(seconds=_SECONDS))
        answers.append(mathopt.solve(model, mathopt.SolverType.HIGHS, params=limit))

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive():
        if should_stop():
            return []
        worker.join(_LOOK)
    return answers
