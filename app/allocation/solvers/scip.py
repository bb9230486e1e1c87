"""SCIP through MathOpt: bounds by cutting planes, in floating point and so with a margin."""

import datetime as dt
import threading
import time
from fractions import Fraction
from math import ceil, isfinite

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.util.python import solve_interrupter

from app.allocation.solvers.arrays import Arrays, Ints
from app.allocation.solvers.relaxation import column_scale, objective_scale, proto_of

NAME = "SCIP"
# What SCIP proves is taken to be wrong by as much as this part of it: its own tolerance.
MARGIN = Fraction(1, 10**6)


class Searching:
    """A run of SCIP beside others, in a thread of its own.

    ``bound`` and ``points`` may be read while it runs; both are in the model's own whole numbers,
    and every point keeps every row exactly.
    """

    def __init__(self, arrays: Arrays, seed: int, seconds: float | None) -> None:
        self.arrays = arrays
        self.scale = objective_scale(arrays)
        self.width = column_scale(arrays)
        self.bound: int | None = None
        self.best: Ints | None = None
        self.failed: str | None = None
        self.began = time.monotonic()
        self._interrupter = solve_interrupter.SolveInterrupter()
        self._seed = seed
        self._seconds = seconds
        self._thread = threading.Thread(target=self._search, daemon=True)
        self._thread.start()

    def running(self) -> bool:
        """Return whether the search goes on."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the search, within about a second."""
        self._interrupter.interrupt()

    def _search(self) -> None:
        model = mathopt.Model.from_model_proto(proto_of(self.arrays, whole=True))
        self._variables = list(model.variables())
        limit = None if self._seconds is None else dt.timedelta(seconds=self._seconds)
        events = {mathopt.Event.MIP_SOLUTION, mathopt.Event.MIP_NODE}
        try:
            answer = mathopt.solve(
                model,
                mathopt.SolverType.GSCIP,
                params=mathopt.SolveParameters(
                    time_limit=limit, threads=1, random_seed=self._seed % 2**31
                ),
                callback_reg=mathopt.CallbackRegistration(events=events),
                cb=self._hear,
                interrupter=self._interrupter,
            )
        except (RuntimeError, ValueError, AttributeError) as error:
            # MathOpt's own errors arrive as AttributeError; the other engines go on without it.
            self.failed = f"{type(error).__name__}: {error}"
            return
        self._raise_bound(answer.termination.objective_bounds.dual_bound)
        if answer.has_primal_feasible_solution():
            self._keep(answer.variable_values(self._variables))

    def _hear(self, data: mathopt.CallbackData) -> mathopt.CallbackResult:
        bound = data.mip_stats.dual_bound
        if bound is not None:
            self._raise_bound(bound)
        if data.solution is not None:
            self._keep([data.solution[one] for one in self._variables])
        return mathopt.CallbackResult()

    def _raise_bound(self, bound: float) -> None:
        """Take a bound less its margin, and up to the next whole number: the objective is one."""
        if not isfinite(bound) or abs(bound) >= 1e19:
            return
        real = Fraction(bound) * self.scale
        whole = ceil(real - abs(real) * MARGIN)
        self.bound = whole if self.bound is None else max(self.bound, whole)

    def _keep(self, values: list[float]) -> None:
        """Keep a better point, snapped to whole numbers, where it keeps every row exactly."""
        point = np.rint(np.array(values) * self.width).astype(np.int64)
        better = self.best is None or self.arrays.cost @ point < self.arrays.cost @ self.best
        if better and self.arrays.holds(point):
            self.best = point
