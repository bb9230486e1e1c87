"""Whether a plan keeps a rule, and how far it is from keeping it."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from app.allocation.elements import Offer, Package, Problem, Rule
from app.allocation.rulework import (
    Cell,
    Counted,
    Held,
    measured,
    min_binds_winners_only,
    package_amount,
    winners,
)
from app.allocation.scopes import Award

NONE = Fraction(0)


@dataclass(frozen=True)
class CellOutcome:
    """One cell of a rule (and one ``who`` of it): what was counted and what is missing."""

    cell: Cell
    who: str | None
    selected: Fraction
    base: Fraction | None
    violation: Fraction


@dataclass(frozen=True)
class RuleOutcome:
    """A rule's cells and their violations added up, in the rule's own unit."""

    id: str
    cells: tuple[CellOutcome, ...]

    @property
    def violation(self) -> Fraction:
        """How far the rule is from holding."""
        return sum((cell.violation for cell in self.cells), NONE)


@dataclass(frozen=True)
class Facts:
    """What a plan uses, when it delivers, and what each used offer costs and brings.

    ``used`` holds ids of offers and packages, ``delivered`` (offer, period); ``prices`` and
    ``totals`` are those of used offers.
    """

    used: AbstractSet[str]
    delivered: AbstractSet[tuple[str, int]]
    prices: Mapping[str, Fraction]
    totals: Mapping[str, Fraction]

    def won(self, award: Award, cell: Cell) -> bool:
        """Return whether an award was made, in the cell's period where it has one."""
        name = award.source.id
        if cell.period is not None and isinstance(award.source, Offer):
            return (name, cell.period) in self.delivered
        return name in self.used

    def amount(self, rule: Rule, counted: tuple[Counted, ...]) -> Fraction:
        """Return the value or quantity of those awards that were made."""
        whole = NONE
        for one in counted:
            if one.source.id not in self.used:
                continue
            if isinstance(one.source, Package):
                amount = package_amount(rule.measure or "", one.source, one.lots)
            else:
                amounts = self.prices if rule.measure == "value" else self.totals
                amount = amounts[one.source.id]
            whole += amount * one.part
        return whole


def outcome_of(problem: Problem, rule: Rule, facts: Facts) -> RuleOutcome:
    """Return how a plan, of which ``facts`` are known, stands to a rule."""
    return RuleOutcome(rule.id, tuple(KINDS[rule.kind](problem, rule, facts)))


def _counts(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    found = []
    for cell, owned in winners(problem, rule):
        number = sum(1 for own in owned.values() if any(facts.won(a, cell) for a in own))
        missing = NONE
        if rule.min is not None and (number or rule.always):
            missing = max(missing, Fraction(rule.min) - number)
        if rule.max is not None:
            missing = max(missing, number - Fraction(rule.max))
        found.append(CellOutcome(cell, None, Fraction(number), None, missing))
    return found


def _shares(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    found = []
    for cell in measured(problem, rule):
        base = facts.amount(rule, cell.base) + cell.base_prior
        for held in cell.held:
            selected = facts.amount(rule, held.selected) + held.prior
            missing = NONE
            if rule.min is not None and _min_binds(rule, held, cell.cell, facts):
                missing = max(missing, Fraction(rule.min) * base - selected)
            if rule.max is not None:
                missing = max(missing, selected - Fraction(rule.max) * base)
            found.append(CellOutcome(cell.cell, held.who, selected, base, missing))
    return found


def _min_binds(rule: Rule, held: Held, cell: Cell, facts: Facts) -> bool:
    if not min_binds_winners_only(rule):
        return True
    return any(facts.won(award, cell) for award in held.winning)


def _amounts(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    found = []
    for cell in measured(problem, rule):
        base = facts.amount(rule, cell.base) + cell.base_prior
        for held in cell.held:
            selected = facts.amount(rule, held.selected) + held.prior
            missing = NONE
            if rule.min is not None and _min_binds(rule, held, cell.cell, facts):
                missing = max(missing, Fraction(rule.min) - selected)
            if rule.max is not None:
                missing = max(missing, selected - Fraction(rule.max))
            found.append(CellOutcome(cell.cell, held.who, selected, base, missing))
    return found


def _top_shares(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    found = []
    for cell in measured(problem, rule):
        base = facts.amount(rule, cell.base) + cell.base_prior
        amounts = (facts.amount(rule, held.selected) + held.prior for held in cell.held)
        largest = sum(sorted(amounts, reverse=True)[: rule.n], NONE)
        missing = max(NONE, largest - Fraction(rule.max or 0) * base)
        found.append(CellOutcome(cell.cell, None, largest, base, missing))
    return found


def _consistency(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    won: dict[str, int] = {}
    by_lot = list(winners(problem, replace(rule, per="lot")))
    for cell, owned in by_lot:
        for who, awards in owned.items():
            if any(facts.won(award, cell) for award in awards):
                won[who] = won.get(who, 0) + 1
    lots = Fraction(len(by_lot))
    return [CellOutcome(Cell(), who, Fraction(n), lots, lots - n) for who, n in won.items()]


def _splits(problem: Problem, rule: Rule, facts: Facts) -> list[CellOutcome]:
    found = []
    shares, tolerance = [Fraction(share) for share in rule.shares], Fraction(rule.tolerance)
    for cell, owned in winners(problem, replace(rule, per="lot", of="bidder")):
        parts = [
            facts.amount(rule, tuple(Counted(a.source, a.lots, a.share) for a in awards))
            for awards in owned.values()
            if any(facts.won(award, cell) for award in awards)
        ]
        if parts:
            whole = sum(parts, NONE)
            kept = len(parts) == len(shares) and all(
                abs(part - share * whole) <= tolerance * whole
                for part, share in zip(sorted(parts, reverse=True), shares, strict=True)
            )
            number = Fraction(len(parts))
            found.append(CellOutcome(cell, None, number, whole, NONE if kept else Fraction(1)))
    return found


KINDS: Mapping[str, Callable[[Problem, Rule, Facts], list[CellOutcome]]] = {
    "count": _counts,
    "share": _shares,
    "top_share": _top_shares,
    "amount": _amounts,
    "consistent": _consistency,
    "split": _splits,
}
