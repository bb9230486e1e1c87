"""Pins: the buyer's own decisions."""

from fractions import Fraction
from math import ceil

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def pins_hold(f: Formulation) -> None:
    """``min ≤ increment·Σ_t quantity[o,t] ≤ max``, or ``use[p] = accept``.

    Rows ``pins[n]``. The maximum also bounds the offer's columns themselves.
    """
    for pin in f.problem.pins:
        name = f"pins[{pin.id}]"
        if pin.package is not None:
            decided = int(pin.accept)
            f.model.row(name, Linear.of(f.use[pin.package]), lower=decided, upper=decided)
        elif pin.offer is not None:
            step = f.scaled.offers[pin.offer].step
            high = None if pin.max is None else Fraction(pin.max) // step
            f.model.row(name, f.steps(pin.offer), lower=ceil(Fraction(pin.min) / step), upper=high)
            if pin.min > 0:
                f.model.row(f"{name}.use", Linear.of(f.use[pin.offer]), lower=1)
