"""What each rule is about: its cells, whom it holds to a limit, and the awards that count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.allocation.elements import Item, Offer, Package, Problem, Rule
from app.allocation.scopes import Award, Selection, lots_in

NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One lot, one period, or (both ``None``) everything."""

    lot: str | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """An award and the part of it that counts; ``lots`` as in ``scopes.Award``."""

    source: Offer | Package
    lots: frozenset[str] | None
    part: Fraction


@dataclass(frozen=True, slots=True)
class Held:
    """One who is held to a rule's limits; ``who`` is ``None`` where there is no ``each``.

    ``selected`` is measured; having any of ``winning`` is winning something in scope.
    """

    who: str | None
    selected: tuple[Counted, ...]
    winning: tuple[Award, ...]
    prior: Fraction


@dataclass(frozen=True, slots=True)
class Measured:
    """A cell of a rule that measures: its base, what was there before, and who is held to it."""

    cell: Cell
    base: tuple[Counted, ...]
    base_prior: Fraction
    held: tuple[Held, ...]


def cells(problem: Problem, rule: Rule) -> Iterator[Cell]:
    """Yield the cells of a rule: one per lot of its scope, one per period, or one."""
    if rule.per == "lot":
        yield from (Cell(lot=lot) for lot in lots_in(problem, rule.scope))
    elif rule.per == "period":
        yield from (Cell(period=t) for t in range(len(problem.periods)))
    else:
        yield Cell()


def parts(
    problem: Problem, kind: str, source: Offer | Package, firms: frozenset[str]
) -> dict[str, Fraction]:
    """Return whom an award counts for, and the part of it that counts for each.

    Parameters
    ----------
    problem
        The whole problem.
    kind
        ``bidder``, ``firm``, ``firm_group`` or ``firm_region``.
    source
        An offer or a package.
    firms
        Only the workshare of these counts.
    """
    found: dict[str, Fraction] = {}
    for name, part in source.workshare.items():
        if name not in firms or not part:
            continue
        firm = problem.firms[name]
        who = {
            "bidder": source.bidder,
            "firm": name,
            "firm_group": firm.ownership,
            "firm_region": firm.region,
        }[kind]
        if who is not None:
            found[who] = found.get(who, NONE) + part
    return found


def winners(problem: Problem, rule: Rule) -> Sequence[tuple[Cell, dict[str, list[Award]]]]:
    """Return each cell of a ``count`` or ``consistent`` rule, and whose awards are whose in it."""
    key = ("winners", rule.id, rule.of, rule.per)
    if key not in problem.derived:
        problem.derived[key] = tuple(_winners(problem, rule))
    found: Sequence[tuple[Cell, dict[str, list[Award]]]] = problem.derived[key]
    return found


def _winners(problem: Problem, rule: Rule) -> Iterator[tuple[Cell, dict[str, list[Award]]]]:
    selection = Selection(problem, rule.scope)
    for cell in cells(problem, rule):
        owned: dict[str, list[Award]] = {}
        for award in selection.awards(cell.lot):
            if cell.period is not None and not _delivers(award, cell.period):
                continue
            for who in _owners(problem, rule, award, selection.firms, cell):
                owned.setdefault(who, []).append(award)
        yield cell, owned


def _delivers(award: Award, period: int) -> bool:
    """Return whether a package brings anything that counts in a period; an offer may."""
    if isinstance(award.source, Offer):
        return True
    return any(item.quantity[period] for item in _items(award))


def _items(award: Award) -> Iterator[Item]:
    items = award.source.items if isinstance(award.source, Package) else ()
    yield from (item for item in items if award.lots is None or item.lot in award.lots)


def _owners(
    problem: Problem, rule: Rule, award: Award, firms: frozenset[str], cell: Cell
) -> Iterator[str]:
    if rule.of != "lot":
        yield from parts(problem, rule.of or "", award.source, firms)
    elif isinstance(award.source, Offer):
        yield award.source.lot
    else:
        for item in _items(award):
            brought = item.total if cell.period is None else item.quantity[cell.period]
            if brought:
                yield item.lot


def measured(problem: Problem, rule: Rule) -> Sequence[Measured]:
    """Return each cell of a ``share``, ``top_share`` or ``amount`` rule with what it measures."""
    key = ("measured", rule.id)
    if key not in problem.derived:
        problem.derived[key] = tuple(_measured(problem, rule))
    found: Sequence[Measured] = problem.derived[key]
    return found


def _measured(problem: Problem, rule: Rule) -> Iterator[Measured]:
    scope = Selection(problem, rule.scope)
    both = Selection(problem, rule.scope, rule.select)
    prior = sum(map(Fraction, rule.prior.values()), Fraction(rule.prior_other))
    for cell in cells(problem, rule):
        in_scope = tuple(scope.awards(cell.lot))
        selected = tuple(both.awards(cell.lot))
        base = tuple(Counted(a.source, a.lots, a.share) for a in in_scope)
        if rule.each is None:
            whole = tuple(Counted(a.source, a.lots, a.share) for a in selected)
            before = Fraction(rule.prior.get("selected", 0))
            held: tuple[Held, ...] = (Held(None, whole, in_scope, before),)
        else:
            held = tuple(_held_each(problem, rule, (in_scope, scope), (selected, both)))
        yield Measured(cell, base, prior, held)


def _held_each(
    problem: Problem,
    rule: Rule,
    scope: tuple[tuple[Award, ...], Selection],
    both: tuple[tuple[Award, ...], Selection],
) -> Iterator[Held]:
    each = rule.each or ""
    winning: dict[str, list[Award]] = {}
    for award in scope[0]:
        for who in parts(problem, each, award.source, scope[1].firms):
            winning.setdefault(who, []).append(award)
    counted: dict[str, list[Counted]] = {}
    for award in both[0]:
        for who, part in parts(problem, each, award.source, both[1].firms).items():
            counted.setdefault(who, []).append(Counted(award.source, award.lots, part))
    names = dict.fromkeys(winning)
    if rule.kind == "top_share":
        names.update(dict.fromkeys(rule.prior))
    for who in names:
        yield Held(
            who,
            tuple(counted.get(who, ())),
            tuple(winning.get(who, ())),
            Fraction(rule.prior.get(who, 0)),
        )


def package_amount(measure: str, package: Package, lots: frozenset[str] | None) -> Fraction:
    """Return the value or quantity of a package, of its items in ``lots`` where given."""
    if measure == "value" and lots is None:
        return Fraction(package.price)
    items = [item for item in package.items if lots is None or item.lot in lots]
    if measure == "value":
        return sum((Fraction(item.value or 0) for item in items), NONE)
    return sum((item.total for item in items), NONE)


def min_binds_winners_only(rule: Rule) -> bool:
    """Return whether a rule's ``min`` binds only those that win something in scope."""
    return rule.if_awarded if rule.kind == "amount" else rule.each is not None
