"""What a formulation is made of: the model, and which column stands for what."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from app.allocation.elements import Problem, Rule
from app.allocation.linear import Exact, Linear, lattice
from app.allocation.model import Model
from app.allocation.problem import Scaled

_WIDEST = 2**50
_DIGIT = 2**40
_LONG = 60


class Formulation:
    """A model under construction, and the columns of each decision.

    Attributes
    ----------
    quantity
        Steps of an offer in a period, by (offer, period).
    use
        1 where an offer is used or a package accepted, by its id.
    deliver
        1 where an offer delivers in a period, by (offer, period).
    shortfall, early, excess
        Units of a lot in a period, by (lot, period).
    price
        The price of an offer, before discounts, setup, delivery and freight.
    violation
        The violation of a rule that has a penalty, by its id.
    charge
        1 where a charge falls due, by its id.
    discount
        The amount of a discount, by its id.
    homes
        Each lot's position, which is the home of its columns.
    exact_cost
        Whether some stage is glad of cost, so that no part of it may be overstated.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.scaled = Scaled(problem)
        self.model = Model()
        self.periods = len(problem.periods)
        self.quantity: dict[tuple[str, int], int] = {}
        self.use: dict[str, int] = {}
        self.deliver: dict[tuple[str, int], int] = {}
        self.shortfall: dict[tuple[str, int], int] = {}
        self.early: dict[tuple[str, int], int] = {}
        self.excess: dict[tuple[str, int], int] = {}
        self.price: dict[str, Linear] = {}
        self.violation: dict[str, Linear] = {}
        self.charge: dict[str, int] = {}
        self.discount: dict[str, Linear] = {}
        self.exact_cost = rewards(problem, "cost")
        self.homes = {lot: k for k, lot in enumerate(problem.lots)}
        self._any_of: dict[frozenset[int], int] = {}

    def steps(self, offer: str) -> Linear:
        """Return an offer's steps over all periods."""
        return Linear({self.quantity[offer, t]: 1 for t in range(self.periods)})

    def any_of(self, name: str, columns: Iterable[int]) -> int:
        """Return a column that is 1 exactly when one of some 0/1 columns is.

        ``any ≥ column`` for each, ``any ≤ Σ columns``; the same set of columns is linked once.
        """
        members = frozenset(columns)
        if len(members) == 1:
            return next(iter(members))
        if members not in self._any_of:
            model = self.model
            column = model.column(name, 0, 1)
            for k, member in enumerate(sorted(members)):
                model.row(f"{name}.{k}", Linear({column: 1, member: -1}), lower=0)
            whole = Linear(dict.fromkeys(sorted(members), -1))
            model.row(f"{name}.some", whole.add_term(column, 1), upper=0)
            self._any_of[members] = column
        return self._any_of[members]

    def number(self, name: str, top: int, unit: Exact) -> Linear:
        """Return ``unit`` times a new whole number from 0 to ``top``.

        One column, or, where that would take too many values for an engine, one per digit in
        base 2^40.
        """
        if top < _WIDEST:
            return Linear.of(self.model.column(name, 0, top), unit)
        whole, level = Linear(), 0
        while top:
            most = top if top < _DIGIT else _DIGIT - 1
            column = self.model.column(f"{name}.{level}", 0, most)
            whole.add_term(column, unit * _DIGIT**level)
            top, level = top // _DIGIT, level + 1
        return whole

    def counted(self, name: str, body: Linear) -> Linear:
        """Return a long sum as a column that is equal to it, by a row ``name``; a short one as is.

        Every coefficient and the constant must be at least 0.
        """
        if len(body.terms) <= _LONG:
            return body
        unit = lattice(body.terms.values())
        _, most = self.model.range_of(body.minus(body.constant))
        whole = self.number(name, int(most / unit), unit)
        self.model.row(name, whole.minus(body).plus(body.constant), lower=0, upper=0)
        return whole.plus(body.constant)

    def greatest(self, name: str, bodies: Sequence[Linear], *, exact: bool) -> Linear:
        """Return an expression that is at least 0 and at least each of ``bodies``.

        Its column counts in the bodies' common lattice. With ``exact`` it is their greatest (or 0),
        by a column ``name.is[i]`` that picks which; without, only minimising makes it so.
        """
        ranges = [self.model.range_of(body) for body in bodies]
        top = max((greatest for _, greatest in ranges), default=0)
        if top <= 0:
            return Linear()
        values = [v for body in bodies for v in (*body.terms.values(), body.constant)]
        unit = lattice(values) or Fraction(1)
        whole = self.number(name, -int(-top // unit), unit)
        for i, body in enumerate(bodies):
            self.model.row(f"{name}.at_least[{i}]", whole.minus(body), lower=0)
        if exact:
            self._is_one_of(name, whole, [*bodies, Linear()], [*(r[0] for r in ranges), 0])
        return whole

    def _is_one_of(
        self, name: str, whole: Linear, bodies: Sequence[Linear], least: Sequence[Exact]
    ) -> None:
        """Add ``whole ≤ body_i + (most − least_i)·(1 − is_i)`` and ``Σ is_i = 1``."""
        _, most = self.model.range_of(whole)
        one = Linear()
        for i, body in enumerate(bodies):
            chosen = self.model.column(f"{name}.is[{i}]", 0, 1)
            one.add_term(chosen, 1)
            slack = whole.minus(body).plus(Linear({chosen: most - least[i]}))
            self.model.row(f"{name}.at_most[{i}]", slack, upper=most - least[i])
        self.model.row(f"{name}.is", one, lower=1, upper=1)

    def hold(self, name: str, rule: Rule, bodies: Sequence[Linear]) -> Linear:
        """Add that every body is at least 0; return the violation where the rule may be broken.

        The violation is the greatest amount by which one of them falls below 0.
        """
        if rule.penalty is not None:
            below = [body.times(-1) for body in bodies]
            return self.greatest(name, below, exact=self.exact_cost)
        for i, body in enumerate(bodies):
            self.model.row(f"{name}.{i}" if len(bodies) > 1 else name, body, lower=0)
        return Linear()


def rewards(problem: Problem, measure: str) -> bool:
    """Return whether some stage of the objective is better for more of a measure."""
    terms = (term for stage in problem.objective for term in stage.terms)
    return any(name == measure and weight < 0 for name, weight in terms)
