"""Raising a Lagrangian bound, step by step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.allocation.scale.columns import TOTAL, WINNER
from app.allocation.scale.counting import Floats
from app.allocation.scale.dual import Dual, Multipliers
from app.allocation.scale.tables import State


@dataclass
class Turn:
    """One step of the ascent: what was proven, with what, and how many lots were solved."""

    bound: Fraction
    multipliers: Multipliers
    lots: int


ROOT_TURNS = 60
PRICED_PART = 0.25  # of the cost that prices of capacity take, about


class _Point:
    """Multipliers as one vector of money, in which every row weighs about the same."""

    def __init__(self, dual: Dual) -> None:
        d = dual.d
        self.cap = np.maximum(d.capacity, 1).astype(float)
        self.ends = np.ones(len(d.rule))
        self.values = np.maximum(dual.most_value, 1).astype(float) * 0.1
        self.open = d.rule[:, WINNER] < 0
        self.sizes = np.cumsum([self.cap.size, len(self.ends)])

    def slope(self, slope: Multipliers) -> Floats:
        """Return a slope in the scaled vector's terms."""
        self.ends = np.maximum(self.ends, np.abs(slope.limits))
        limits = np.where(self.open, slope.limits / self.ends, 0.0)
        return np.concatenate(
            [(slope.capacity / self.cap).ravel(), limits, slope.discounts / self.values]
        )

    def vector(self, m: Multipliers) -> Floats:
        """Return multipliers scaled."""
        return np.concatenate(
            [(m.capacity * self.cap).ravel(), m.limits * self.ends, m.discounts * self.values]
        )

    def multipliers(self, vector: Floats, charges: Floats) -> Multipliers:
        """Return the multipliers of a scaled vector, none below 0."""
        capacity, limits, discounts = np.split(np.maximum(vector, 0.0), self.sizes)
        return Multipliers(
            capacity.reshape(self.cap.shape) / self.cap,
            limits / self.ends,
            discounts / self.values,
            charges,
        )


def ascend(
    dual: Dual, s: State, stop: Callable[[], bool], done: Callable[[], float]
) -> Iterator[Turn]:
    """Raise the bound by Adam (Kingma and Ba 2015) with falling steps, for as long as asked.

    ``done`` says which part of the time is over. The first turns price demand in every lot and
    go no further; later ones solve the lots.
    """
    point, m = _Point(dual), dual.start()
    frequency = np.zeros(len(dual.d.award) - 1)
    priced, _ = dual.priced(m)
    at = point.vector(m)
    first, second = np.zeros_like(at), np.zeros_like(at)
    cost = float(s.now[TOTAL]) * dual.fine
    longest = PRICED_PART * cost / max(len(at), 1) / 5
    turn = 0
    while not stop():
        effort = (4, 0) if turn < ROOT_TURNS else (6, 400)
        bound = dual.value(m, dual.targets(s, priced), *effort, stop)
        if bound is None:
            return
        priced = dual.last
        turn += 1
        yield Turn(bound, m, len(dual.d.demand))
        slopes = dual.slopes(m)
        slope = point.slope(slopes)
        slope[(at <= 0) & (slope < 0)] = 0.0
        frequency = 0.95 * frequency + 0.05 * slopes.charges
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope * slope
        left = max(1.0 - done(), 0.0)
        step = longest * max(left**2, 0.002) * min(1.0, 40.0 / turn + 0.1)
        mean = first / (1 - 0.9**turn)
        at = np.maximum(at + step * mean / (np.sqrt(second / (1 - 0.99**turn)) + 1e-6), 0.0)
        m = point.multipliers(at, shared_charges(dual, frequency))


def shared_charges(dual: Dual, frequency: Floats) -> Floats:
    """Return each charge shared among its awards by how often they are used."""
    d = dual.d
    often = frequency[dual.charge_award] + 1e-6
    whole = np.zeros(len(d.charge))
    np.add.at(whole, d.charge_id, often)
    part = often / np.maximum(whole[d.charge_id], 1e-12)
    shared: Floats = np.floor(part * d.charge[d.charge_id] * float(dual.scale) * (1 - 1e-12))
    return shared
