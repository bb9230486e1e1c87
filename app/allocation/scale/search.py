"""The search of large tenders: an award by ruin and recreate beside a Lagrangian bound."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import numpy as np

from app.allocation import document as documents
from app.allocation.elements import Problem
from app.allocation.evaluation import Plan
from app.allocation.scale.arrays import Arrays, arrays_of
from app.allocation.scale.columns import BEST, BEST_USED, BROKEN, TOTAL
from app.allocation.scale.counting import UnsupportedError
from app.allocation.scale.measuring import measures_of
from app.allocation.scale.tables import Data, State, data_of, state_of
from app.allocation.solvers.search import Limits, Watch

MOST_PERIODS = 6
SECONDS_BETWEEN_LOOKS = 0.1
SLICE_SECONDS = 0.1
FILLS_PER_STEP = 3  # lots that a step of ruin and recreate fills, about
FILLS_PER_WORK = 10_000
HOTTEST, COLDEST = 0.012, 0.001  # of what a lot costs: differences that annealing overlooks
TUNED = np.array([7.0, 0.003, 4.0])  # most lots, noise of prices, eighths that are guided
LATEST_START = 0.2  # part of the search after which annealing begins, with or without prices
TURNS_BEFORE_START = 25
SECONDS_WITHOUT_LIMIT = 600.0


@dataclass(frozen=True)
class Found:
    """What a search found.

    ``plan`` keeps every hard rule and costs ``value``; ``bound`` holds for every plan. ``duals``
    are prices of capacity (resource, period) and of demand (lot, period), to start others from.
    """

    plan: Plan | None
    value: Fraction | None
    bound: Fraction | None
    duals: dict[str, dict[tuple[str, int], Fraction]]
    work: float
    steps: list[dict[str, str]] = field(default_factory=list)


def supports(problem: Problem) -> str | None:
    """Return ``None`` where the scale room carries a problem, else what it cannot carry."""
    plain = _plain_features(problem)
    if plain is not None:
        return plain
    try:
        arrays = arrays_of(problem)
        measures_of(arrays)
    except UnsupportedError as error:
        return str(error)
    return None


def _plain_features(problem: Problem) -> str | None:
    stages = problem.objective
    if len(stages) != 1 or any(name != "cost" or weight <= 0 for name, weight in stages[0].terms):
        return "an objective other than cost"
    if not problem.offers or not problem.lots:
        return "no offers"
    if any(lot.shortfall_cost is None for lot in problem.lots.values()):
        return "a lot without a shortfall cost"
    if len(problem.periods) > MOST_PERIODS:
        return f"more than {MOST_PERIODS} periods"
    return None


def search(problem: Problem, limits: Limits, watch: Watch) -> Found:
    """Search a plan of least cost, and a bound on it.

    Parameters
    ----------
    problem
        One that ``supports`` carries.
    limits
        Seconds, or work: then nothing depends on the clock. One unit of work is ten thousand
        lots filled or bounded.
    watch
        Asked about ten times a second from the calling thread whether to stop.

    Raises
    ------
    UnsupportedError
        Where ``supports`` names a feature.
    """
    missing = _plain_features(problem)
    if missing is not None:
        raise UnsupportedError(missing)
    return _Search(problem, limits).run(watch)


def prepare() -> None:
    """Compile what is compiled, which takes half a minute the first time, and keep it on disk."""
    lots = [{"id": "L", "unit": "pc", "demand": "2", "shortfall_cost": "9"}]
    offers = [{"id": "O", "bidder": "B", "lot": "L", "price": "1"}]
    document = {
        "format": documents.FORMAT,
        "currency": "IDR",
        "lots": lots,
        "firms": [{"id": "F"}],
        "bidders": [{"id": "B", "members": ["F"]}],
        "offers": offers,
    }
    limits = Limits(None, 0.2, Fraction(0), 0, 1)
    search(documents.read(document), limits, lambda _value, _bound: False)


def _compiled(name: str) -> ModuleType:
    """Import a compiled module; its cache is of these very sources.

    The compiler's own cache looks at the file of a function only, not at what it calls.
    """
    config = import_module("numba").config
    if not config.CACHE_DIR:
        folder = Path(__file__).parent
        sources = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
        text = b"".join(one for one in sources if b"njit" in one or b"NamedTuple" in one)
        kept = folder / "__pycache__" / f"compiled-{sha256(text).hexdigest()[:16]}"
        if os.access(folder / "__pycache__", os.W_OK):
            config.CACHE_DIR = str(kept)
    return import_module(f"app.allocation.scale.{name}")


class _Search:
    """One search: its award, its bound, and how far it has come."""

    arrays: Arrays
    data: Data
    state: State

    def __init__(self, problem: Problem, limits: Limits) -> None:
        self.problem, self.limits = problem, limits
        self.weight = sum((Fraction(w) for _, w in problem.objective[0].terms), Fraction(0))
        self.began = time.monotonic()
        self.stop = Event()
        self.started, self.priced = False, False
        self.typical = 0.0
        self.bound: Fraction | None = None
        self.multipliers: Any = None
        self.dual: Any = None
        self.primal_fills, self.dual_fills = 0, 0
        self.primal_seconds, self.dual_seconds = 0.0, 0.0

    def run(self, watch: Watch) -> Found:
        """Run until a limit, the gap or the watch ends it."""
        pool = ThreadPoolExecutor(max_workers=2)
        building = pool.submit(self._build)
        while not building.done():
            wait([building], timeout=SECONDS_BETWEEN_LOOKS)
            if watch(None, None):
                self.stop.set()
        building.result()
        if self.limits.threads > 1 and self.limits.work is None:
            running = [pool.submit(self._alone, part) for part in (self._primal, self._ascent)]
        else:
            running = [pool.submit(self._together)]
        try:
            self._look_on(running, watch)
        finally:
            self.stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
        wait(running, timeout=0.6)
        for one in running:
            if one.done():
                one.result()
        return self._found()

    def _build(self) -> None:
        """Make the arrays."""
        self.arrays = arrays_of(self.problem)
        self.data = data_of(self.arrays, measures_of(self.arrays))
        self.state = state_of(self.data, self.limits.seed)
        self.unit = self.arrays.money / self.arrays.percents * self.weight
        self.guide = np.zeros(self.data.capacity.shape)

    def _look_on(self, running: list[Future[None]], watch: Watch) -> None:
        while True:
            done, _ = wait(running, timeout=SECONDS_BETWEEN_LOOKS)
            for one in done:
                one.result()
            if watch(self.value, self.bound) or self._reached() or len(done) == len(running):
                return

    @property
    def value(self) -> Fraction | None:
        """What the best award so far costs."""
        best = int(self.state.now[BEST])
        return Fraction(best) * self.unit if best < np.iinfo(np.int64).max else None

    def _reached(self) -> bool:
        seconds = self.limits.seconds
        if self.limits.work is None and self._seconds() >= self._horizon():
            return True
        if self.limits.work is not None and seconds is not None and self._seconds() >= seconds:
            return True
        return self.limits.work is None and self._close()

    def _close(self) -> bool:
        value, bound = self.value, self.bound
        if value is None or bound is None:
            return False
        return value - bound <= self.limits.gap * abs(value)

    def _seconds(self) -> float:
        return time.monotonic() - self.began

    def _horizon(self) -> float:
        return SECONDS_WITHOUT_LIMIT if self.limits.seconds is None else self.limits.seconds

    def _done(self) -> float:
        """Return which part of the search is over."""
        if self.limits.work is not None:
            return self.work / max(self.limits.work, 1e-9)
        return self._seconds() / max(self._horizon(), 1e-9)

    @property
    def work(self) -> float:
        """The work done so far."""
        return (self.primal_fills + self.dual_fills) / FILLS_PER_WORK

    def _alone(self, part: Callable[[], Iterator[None]]) -> None:
        for _ in part():
            if self.stop.is_set() or self._done() >= 1:
                return

    def _together(self) -> None:
        """Take turns: whichever has worked less; without limits of work, by seconds."""
        primal, dual = self._primal(), self._ascent()
        while not self.started:
            next(primal)
        while not self.stop.is_set() and self._done() < 1:
            if self.limits.work is not None:
                primal_first = self.primal_fills <= self.dual_fills
                if self._close():
                    return
            else:
                primal_first = self.primal_seconds <= self.dual_seconds
            next(primal if primal_first else dual, None)

    def _primal(self) -> Iterator[None]:
        """Award all lots, then ruin and recreate; one slice after the other."""
        kernels = _compiled("kernels")
        ruin = _compiled("ruin")
        d, s = self.data, self.state
        kernels.begin(d, s)
        _compiled("keeping").keep_best(s)
        yield from self._award_all(kernels, ruin)
        self.started = True
        penalty, steps, began_at = 1.0, 50, -1.0
        while True:
            if began_at < 0 and (self.priced or self._done() > LATEST_START):
                # Capacity has prices by now: begin anew with them.
                yield from self._award_all(kernels, ruin)
                began_at = min(self._done(), 0.9)
            part = max(0.0, (self._done() - began_at) / (1.0 - began_at)) if began_at >= 0 else 0.5
            temperature = self.typical * HOTTEST * (COLDEST / HOTTEST) ** min(part, 1.0)
            began = time.monotonic()
            ruin.anneal(d, s, steps, temperature, penalty, self.guide, TUNED)
            penalty = min(penalty * 1.1, 1e4) if s.now[BROKEN] else max(penalty * 0.97, 0.05)
            self.primal_fills += steps * FILLS_PER_STEP
            took = time.monotonic() - began
            self.primal_seconds += took
            if self.limits.work is None:
                steps = max(10, min(2 * steps, int(steps * SLICE_SECONDS / max(took, 1e-4))))
            yield

    def _award_all(self, kernels: ModuleType, ruin: ModuleType) -> Iterator[None]:
        """Award all lots afresh, the dearest first."""
        d, s = self.data, self.state
        order = np.argsort(-(d.demand.sum(axis=1) * d.guess), kind="stable")
        guide = self.guide
        for lot in order:
            kernels.clear_lot(d, s, lot)
        for first in range(0, len(order), 500):
            began = time.monotonic()
            ruin.first_award(d, s, order[first : first + 500], guide)
            self.primal_fills += min(500, len(order) - first)
            self.primal_seconds += time.monotonic() - began
            yield
        self.typical = float(s.now[TOTAL]) / len(order)

    def _ascent(self) -> Iterator[None]:
        """Raise the bound; one turn after the other."""
        dual = _compiled("dual")
        ascent = _compiled("ascent")
        while not self.started:
            if self.stop.wait(0.01):
                return
        self.dual = dual.Dual(self.arrays, self.data)
        began = time.monotonic()
        ready = ascent.ROOT_TURNS + TURNS_BEFORE_START
        for number, turn in enumerate(
            ascent.ascend(self.dual, self.state, self.stop.is_set, self._done)
        ):
            self.priced = number >= ready
            bound = turn.bound * self.weight
            self.dual_fills += turn.lots
            if self.bound is None or bound > self.bound:
                self.bound, self.multipliers = bound, turn.multipliers
                self.guide = turn.multipliers.capacity / self.dual.scale
            now = time.monotonic()
            self.dual_seconds += now - began
            yield
            began = time.monotonic()

    def _found(self) -> Found:
        value = self.value
        plan = None if value is None else plan_of(self.arrays, self.state)
        steps = [
            _step("ruin and recreate", self.primal_seconds, self.primal_fills, value, None),
            _step("lagrangian bound", self.dual_seconds, self.dual_fills, None, self.bound),
        ]
        return Found(plan, value, self.bound, self._duals(), self.work, steps)

    def _duals(self) -> dict[str, dict[tuple[str, int], Fraction]]:
        if self.multipliers is None:
            return {}
        a, scale = self.arrays, self.dual.scale
        money = a.money / scale * self.weight
        capacity = {
            (name, t): Fraction(int(self.multipliers.capacity[r, t])) * money * a.capacity_scale
            for r, name in enumerate(a.problem.resources)
            for t in range(len(a.problem.periods))
            if self.multipliers.capacity[r, t] >= 1
        }
        demand = {
            (name, t): Fraction(int(self.dual.found.price[i, t])) * money * 10**a.decimals
            for i, name in enumerate(a.problem.lots)
            for t in range(len(a.problem.periods))
        }
        return {"capacity": capacity, "demand": demand}


def plan_of(a: Arrays, s: State) -> Plan:
    """Return the best award so far as exact quantities."""
    quantities = {}
    for lot in range(len(s.best_n)):
        for k in range(int(s.best_n[lot])):
            offer = a.order[int(s.best_o[lot, k])]
            step = Fraction(offer.increment)
            quantities[offer.id] = tuple(int(q) * step for q in s.best_q[lot, k])
    names = list(a.problem.packages)
    return Plan(quantities, tuple(name for i, name in enumerate(names) if s.pack[i, BEST_USED]))


def _step(
    method: str, seconds: float, fills: int, value: Fraction | None, bound: Fraction | None
) -> dict[str, str]:
    entry = {
        "engine": "scale",
        "method": method,
        "seconds": f"{seconds:.3f}",
        "work": f"{fills / FILLS_PER_WORK:.6f}",
    }
    if value is not None:
        entry["value"] = str(float(value))
    if bound is not None:
        entry["bound"] = str(float(bound))
    return entry
