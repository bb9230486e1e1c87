"""Columns, rows and costs, and what every part of the relaxation adds to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .expressions import ONE, ZERO, Json, Linear, number, total


@dataclass
class Source:
    """An offer or a package: whose it is, what it brings, and its expressions."""

    entry: Json
    bidder: Json
    firms: dict[str, Fraction]  # each firm's part of it
    items: list[tuple[str, list[Any], Any]]  # lot, quantity in each period, value
    use: Linear
    price: Linear = field(init=False)
    quantity: Linear = field(init=False)
    # An offer has these besides.
    rates: list[Fraction] = field(init=False)
    deliver: list[Linear] = field(init=False)  # in each period
    by_period: list[Linear] = field(init=False)

    @property
    def is_package(self) -> bool:
        """Whether it is a package."""
        return "items" in self.entry


class Program:
    """The columns, rows and costs of a problem; at first there are none."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.periods = problem.get("periods", [""])
        self.high: dict[str, Fraction] = {}  # every column lies between 0 and this
        self.whole: set[str] = set()
        self.rows: dict[str, tuple[Linear, bool]] = {}  # True: = 0, False: >= 0
        self.cost = Linear()
        self.measures = {"cost": self.cost}
        self.lots, self.firms, self.bidders, self.resources = (
            {entry["id"]: {"group": entry["id"], **entry} for entry in problem.get(name, ())}
            for name in ("lots", "firms", "bidders", "resources")
        )
        self.sources: dict[str, Source] = {}
        self.sold: dict[str, dict[str, Source]] = {lot: {} for lot in self.lots}
        self.demand = {name: self.series(lot["demand"]) for name, lot in self.lots.items()}
        self.arrived, self.spare = dict[Any, Linear](), dict[Any, Linear]()
        for name, amounts in self.demand.items():
            self.arrived.update({(name, t): Linear({ONE: -d}) for t, d in enumerate(amounts)})
        for name, entry in self.resources.items():
            amounts = self.series(entry["capacity"], entry["capacity"])
            self.spare.update({(name, t): Linear({ONE: c}) for t, c in enumerate(amounts)})

    def series(self, value: Json, others: Json = 0) -> list[Fraction]:
        """Return a number for each period; one alone stands for the first, ``others`` after it."""
        single = [value] + [others] * (len(self.periods) - 1)
        return [number(one) for one in (value if isinstance(value, list) else single)]

    def column(self, name: str, high: Json, *, whole: bool = True) -> Linear:
        """Make a column between 0 and ``high``."""
        if name in self.high:
            raise ValueError(f"two columns are named {name}")
        self.high[name] = Fraction(high)
        self.whole.update([name] * whole)
        return Linear({name: Fraction(1)})

    def row(self, name: str, body: Linear, *, equal: bool = False) -> None:
        """State that an expression is at least 0, or is 0."""
        if name in self.rows:
            raise ValueError(f"two rows are named {name}")
        self.rows[name] = (Linear({c: v for c, v in body.items() if v}), equal)

    def any_of(self, name: str, members: Iterable[Linear]) -> Linear:
        """Return the column that is 1 where one of some columns is."""
        once = {next(iter(member)): member for member in members}
        if len(once) == 1:
            return next(iter(once.values()))
        linked = self.column(name, 1)
        for one, member in once.items():
            self.row(f"{name}>={one}", linked - member)
        self.row(name, total(once.values()) - linked)
        return linked

    def top(self, body: Linear, sign: int = 1) -> Json:
        """Return the upper end of an expression's range; with the sign -1, of its negative's."""
        ends = (sign * value * self.high[column] for column, value in body.items() if column)
        return sign * body.get(ONE, ZERO) + sum(max(end, ZERO) for end in ends)

    def hold(self, entry: Json, name: str, low: Linear | None, high: Linear | None) -> None:
        """State that two expressions are at least 0, or what they are below it at a penalty."""
        bodies = {".min": low, ".max": high}
        stated = {name + side: body for side, body in bodies.items() if body is not None}
        missing = Linear()
        if "penalty" in entry:
            worst = max([ZERO, *(self.top(body, -1) for body in stated.values())])
            missing = self.column(f"violation[{name}]", worst, whole=False)
            self.cost.add(missing, number(entry["penalty"]))
        for row, body in stated.items():
            self.row(row, body + missing)
