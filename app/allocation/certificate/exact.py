"""What multipliers prove, in exact arithmetic, and how floating-point duals become such."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite, lcm

from app.allocation.certificate.lp import Box
from app.allocation.certificate.relaxation import Row, Space
from app.allocation.linear import Linear

Duals = dict[str, Decimal]
_DIGITS = (4, 6, 9, 12, 15)
_PLACES = 18


@dataclass(frozen=True, slots=True)
class Proof:
    """Duals by row name, and the bound that they prove."""

    duals: Duals
    bound: Fraction


class Exact:
    """A relaxation's rows and one cost in whole numbers over common denominators.

    Parameters
    ----------
    space
        Its columns.
    rows
        The rows, in the order of the duals.
    cost
        What is minimised; nothing where rays are sought.
    """

    def __init__(self, space: Space, rows: Sequence[Row], cost: Linear) -> None:
        self.rows = rows
        values = [v for row in rows for v in (*row.body.terms.values(), row.body.constant)]
        self.unit = lcm(*{value.denominator for value in values})
        self.bodies = [
            ([(j, int(v * self.unit)) for j, v in row.body.terms.items()], row.body.constant)
            for row in rows
        ]
        costs = cost.terms.values()
        self.cost_unit = lcm(*{v.denominator for v in costs}, Fraction(cost.constant).denominator)
        self.cost = {j: int(v * self.cost_unit) for j, v in cost.terms.items()}
        self.constant = Fraction(cost.constant)
        self.high = space.high
        self.tops = lcm(*{high.denominator for high in space.high})
        self.ends = [int(high * self.tops) for high in space.high]

    def bound(self, duals: Mapping[int, Decimal], box: Box) -> Fraction:
        """Return the exact bound that duals by row position prove within changed bounds."""
        numbers = {i: Fraction(dual) for i, dual in duals.items()}
        scale = lcm(*{number.denominator for number in numbers.values()})
        left = {j: value * self.unit * scale for j, value in self.cost.items()}
        whole = self.constant
        for i, number in numbers.items():
            terms, constant = self.bodies[i]
            whole -= number * constant
            factor = int(number * scale) * self.cost_unit
            for j, value in terms:
                left[j] = left.get(j, 0) - factor * value
        ends = 0
        for j, value in left.items():
            if j in box:
                low, high = box[j]
                ends += value * (low if value > 0 else high) * self.tops
            elif value < 0:
                ends += value * self.ends[j]
        return whole + Fraction(ends, self.unit * scale * self.cost_unit * self.tops)

    def prove(self, duals: Sequence[float], box: Box, enough: Fraction | None) -> Proof:
        """Return the best exact proof that floating-point duals give; short ones first.

        Parameters
        ----------
        duals
            One per row.
        box
            Changed bounds.
        enough
            A bound at which no longer duals are tried.
        """
        best = Proof({}, self.bound({}, box))
        largest = max(map(abs, duals), default=0.0)
        for digits in _DIGITS:
            short = self._shortened(duals, largest, digits)
            bound = self.bound(short, box)
            if bound > best.bound:
                best = Proof({self.rows[i].name: dual for i, dual in short.items()}, bound)
            if enough is not None and best.bound >= enough:
                break
        return best

    def _shortened(self, duals: Sequence[float], largest: float, digits: int) -> dict[int, Decimal]:
        """Return duals of some significant digits and of right signs; the tiniest are left out."""
        found = {}
        for i, dual in enumerate(duals):
            if not isfinite(dual) or abs(dual) <= largest * 1e-15:
                continue
            if dual < 0 and not self.rows[i].equal:
                continue
            short = Decimal(f"{dual:.{digits - 1}e}")
            exponent = short.as_tuple().exponent
            if isinstance(exponent, int) and exponent < -_PLACES:
                short = round(short, _PLACES)
            if short:
                found[i] = short
        return found


def floor_text(value: Fraction, places: int = 12) -> str:
    """Return a decimal that is at most ``value``: itself, or rounded down."""
    scaled = value * 10**places
    return format((Decimal(scaled.__floor__()).scaleb(-places)).normalize(), "f")


def dual_text(dual: Decimal) -> str:
    """Return a dual as plain decimal text."""
    return format(dual.normalize(), "f")
