"""What the engines of one search have found together, and what is left of its limits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction

import numpy as np

from app.allocation.linear import Linear
from app.allocation.model import Model
from app.allocation.solvers.arrays import Arrays, Ints, arrays_of
from app.allocation.solvers.scip import NAME as BESIDE
from app.allocation.solvers.scip import Searching
from app.allocation.solvers.search import Limits, Outcome, Watch


class State:
    """The best point and bound so far.

    Attributes
    ----------
    best
        Keeps every row; ``None`` while nothing is known.
    work
        Deterministic work done so far.
    beside
        A search in floating point that goes on meanwhile.
    stopped
        Whether the caller asked to stop.
    steps
        What was done, for the record.
    """

    def __init__(self, model: Model, objective: Linear, limits: Limits, watch: Watch) -> None:
        self.model = model
        self.objective = objective
        self.arrays = arrays_of(model, objective)
        self.constant = Fraction(objective.constant)
        self.limits = limits
        self.watch = watch
        self.began = time.monotonic()
        self.best: Ints | None = None
        self.proven: Fraction | None = limits.known
        self.work = 0.0
        self.beside: Searching | None = None
        self.stopped = False
        self.steps: list[dict[str, str]] = []

    @property
    def value(self) -> Fraction | None:
        """The objective of the best point."""
        if self.best is None:
            return None
        return int(self.arrays.cost @ self.best) + self.constant

    @property
    def bound(self) -> Fraction | None:
        """The best bound; one computed in floating point never closes the gap on its own word."""
        known = [] if self.proven is None else [self.proven]
        if self.beside is not None and self.beside.bound is not None:
            told, value = self.beside.bound + self.constant, self.value
            known.append(told if value is None else min(told, value - 1))
        return max(known, default=None)

    @property
    def threads(self) -> int:
        """How many threads are free."""
        return max(1, self.limits.threads - (self.beside is not None))

    def keep(self, point: Ints | None) -> None:
        """Take a point that keeps every row, where it is better."""
        if point is not None and (
            self.best is None or self.arrays.cost @ point < self.arrays.cost @ self.best
        ):
            self.best = point.copy()

    def raise_bound(self, bound: Fraction | None) -> None:
        """Take an exact bound, where it is better."""
        if bound is not None:
            self.proven = bound if self.proven is None else max(self.proven, bound)

    def over(self) -> bool:
        """Return whether to end: stopped, near enough, or out of time or work."""
        if self.beside is not None:
            self.keep(self.beside.best)
        self.stopped = self.stopped or self.watch(self.value, self.bound)
        return self.stopped or self._spent() or self._near_enough()

    def _spent(self) -> bool:
        limits = self.limits
        late = limits.seconds is not None and time.monotonic() - self.began >= limits.seconds
        return late or (limits.work is not None and self.work >= limits.work)

    def _near_enough(self) -> bool:
        value, bound = self.value, self.bound
        if value is None or bound is None:
            return False
        return value - bound <= self.limits.gap * abs(value)

    def left(self, part: float = 1.0) -> Limits:
        """Return a part of what is left of the limits."""
        seconds = work = None
        if self.limits.seconds is not None:
            left = self.limits.seconds - (time.monotonic() - self.began)
            seconds = max(left * part, 0.01)
        if self.limits.work is not None:
            work = max((self.limits.work - self.work) * part, 1e-6)
        return replace(self.limits, seconds=seconds, work=work, threads=self.threads)

    @contextmanager
    def step(self, engine: str) -> Iterator[None]:
        """Note an engine's part in the record."""
        seconds, work = time.monotonic(), self.work
        yield
        self.steps.append(
            {
                "engine": engine,
                "seconds": f"{time.monotonic() - seconds:.3f}",
                "work": f"{self.work - work:.6f}",
            }
        )

    def outcome(self, *, complete: bool = False, infeasible: bool = False) -> Outcome:
        """Return what was found, and end what still goes on."""
        self.over()
        bound = None if infeasible else self.bound
        if self.beside is not None:
            self.beside.stop()
            seconds = time.monotonic() - self.beside.began
            told = {"engine": f"{BESIDE}, beside the others", "seconds": f"{seconds:.3f}"}
            if self.beside.failed is not None:
                told["failed"] = self.beside.failed
            self.steps.append({**told, "work": "0"})
        return Outcome(
            point=None if self.best is None else self.best.tolist(),
            bound=bound,
            infeasible=infeasible,
            complete=complete,
            work=self.work,
            steps=tuple(self.steps),
        )


def clipped(arrays: Arrays, point: Ints) -> Ints:
    """Return a point moved within the columns' bounds."""
    return np.clip(point, arrays.lower, arrays.upper)
