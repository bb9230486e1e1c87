"""The linear relaxation that certificates speak about: columns, rows and costs under names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from app.allocation.elements import Lot, Offer, Package, Problem
from app.allocation.linear import Exact, Linear

NONE = Fraction(0)


class NameTakenError(Exception):
    """Two ids make the same name, so that a certificate could not tell them apart."""


class StoppedError(Exception):
    """Somebody wished to stop before the relaxation was made."""


@dataclass(frozen=True, slots=True)
class Row:
    """``body ≥ 0``, or ``body = 0`` where ``equal``."""

    name: str
    body: Linear
    equal: bool


@dataclass(frozen=True, slots=True)
class Space:
    """Columns from 0 to ``high``, and which of them are whole: a relaxation's, or some of them."""

    names: Sequence[str]
    high: Sequence[Fraction]
    whole: Sequence[bool]


@dataclass(slots=True)
class Columns:
    """What stands for an offer or package: its columns and what it is worth."""

    source: Offer | Package
    use: int
    price: Linear
    quantity: Linear
    deliver: list[int] = field(default_factory=list)
    by_period: list[Linear] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Columns of tiers: which one is reached, and the part of a sum that stands in each."""

    relaxation: "Relaxation"
    names: tuple[str, str]
    of: str
    reached: list[int]
    parts: list[int]

    def state(self, one: Linear, body: Linear) -> None:
        """State how many tiers are reached, and the sum that is parted."""
        for name, columns, whole in zip(
            self.names, (self.reached, self.parts), (one, body), strict=True
        ):
            made = Linear(dict.fromkeys(columns, 1)).minus(whole)
            self.relaxation.row(f"{name}[{self.of}]", made, equal=True)


class Relaxation:
    """Columns from 0 to ``high``, rows over them, and the cost.

    The names, signs and coefficients are those of docs/certificate.md.

    Parameters
    ----------
    problem
        A sound problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.names: list[str] = []
        self.high: list[Fraction] = []
        self.whole: list[bool] = []
        self.owner: list[str | None] = []  # the lot that a column belongs to
        self.lot: str | None = None  # whose columns are being made
        self.index: dict[str, int] = {}
        self.rows: dict[str, Row] = {}
        self.awards: dict[str, Columns] = {}
        self.cost = Linear()
        self.shortfall: dict[tuple[str, int], int] = {}
        periods = range(len(problem.periods))
        self.arrived = {
            (lot.id, t): Linear(constant=-Fraction(lot.demand[t]))
            for lot in problem.lots.values()
            for t in periods
        }
        self.spare = {
            (resource.id, t): Linear(constant=Fraction(resource.capacity[t]))
            for resource in problem.resources.values()
            for t in periods
        }

    @property
    def space(self) -> Space:
        """Its columns alone."""
        return Space(self.names, self.high, self.whole)

    def column(self, name: str, high: Exact, *, whole: bool = True) -> int:
        """Add a column from 0 to ``high`` and return its index."""
        if name in self.index:
            raise NameTakenError(name)
        self.index[name] = len(self.names)
        self.names.append(name)
        self.high.append(Fraction(high))
        self.whole.append(whole)
        self.owner.append(self.lot)
        return self.index[name]

    def row(self, name: str, body: Linear, *, equal: bool = False) -> None:
        """Add ``body ≥ 0`` or ``body = 0``."""
        if name in self.rows:
            raise NameTakenError(name)
        terms = {column: value for column, value in body.terms.items() if value}
        self.rows[name] = Row(name, Linear(terms, body.constant), equal)

    def between(self, name: str, body: Linear, on: int, ends: tuple[Exact, Exact]) -> None:
        """Keep ``body`` between two numbers times a column."""
        self.row(f"{name}.min", body.plus(Linear.of(on, -ends[0])))
        self.row(f"{name}.max", Linear.of(on, ends[1]).minus(body))

    def tiers(
        self, names: tuple[str, str], of: str, ends: Sequence[tuple[Exact, Exact]], *, whole: bool
    ) -> Tiers:
        """Add the columns of tiers, each of which holds between two ends."""
        reached, parts = [], []
        for k, (low, high) in enumerate(ends):
            reached.append(self.column(f"{names[0]}[{of},{k}]", int(low <= high)))
            parts.append(self.column(f"{names[1]}[{of},{k}]", high, whole=whole))
            self.between(f"{names[1]}[{of},{k}]", Linear.of(parts[k]), reached[k], (low, high))
        return Tiers(self, names, of, reached, parts)

    def any_of(self, name: str, columns: Iterable[int]) -> int:
        """Return a column that is 1 where one of some columns is; of one, that one itself."""
        members = list(dict.fromkeys(columns))
        if len(members) == 1:
            return members[0]
        linked = self.column(name, 1)
        for member in members:
            self.row(f"{name}>={self.names[member]}", Linear({linked: 1, member: -1}))
        self.row(name, Linear(dict.fromkeys(members, 1)).add_term(linked, -1))
        return linked

    def range_of(self, body: Linear) -> tuple[Fraction, Fraction]:
        """Return the least and the greatest value that the columns' bounds allow ``body``."""
        least = greatest = Fraction(body.constant)
        for column, value in body.terms.items():
            end = value * self.high[column]
            least, greatest = least + min(end, NONE), greatest + max(end, NONE)
        return least, greatest

    def hold(
        self, name: str, low: Linear | None, high: Linear | None, penalty: Decimal | None
    ) -> None:
        """Keep two expressions at 0 or above; with a penalty, or pay for what is missing."""
        stated = {f"{name}.min": low, f"{name}.max": high}
        bodies = {row: body for row, body in stated.items() if body is not None}
        missing = Linear()
        if penalty is not None:
            worst = max([NONE, *(-self.range_of(body)[0] for body in bodies.values())])
            missing = Linear.of(self.column(f"violation[{name}]", worst, whole=False))
            self.cost.add(missing, Fraction(penalty))
        for row, body in bodies.items():
            self.row(row, body.plus(missing))

    def used(self, names: Iterable[str]) -> list[int]:
        """Return the use columns of offers and packages."""
        return [self.awards[name].use for name in names]


def room(lot: Lot) -> list[Fraction] | None:
    """Return the most that can arrive of a lot in each period; ``None`` is no limit."""
    if lot.over_cost is not None:
        return None
    demand = [Fraction(amount) for amount in lot.demand]
    if lot.carry_cost is None:
        return demand
    return [sum(demand[t:], NONE) for t in range(len(demand))]
