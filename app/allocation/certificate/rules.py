"""The relaxation of the six kinds of rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from app.allocation.certificate.relaxation import NONE, Relaxation
from app.allocation.elements import Offer, Package, Rule
from app.allocation.linear import Linear
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


def add_rule(r: Relaxation, rule: Rule) -> None:
    """Add a rule's columns and rows, and to the cost its penalty."""
    KINDS[rule.kind](r, rule)


def amount(r: Relaxation, measure: str, counted: Iterable[Counted]) -> Linear:
    """Return the value or quantity of awards, each by the part that counts."""
    whole = Linear()
    for one in counted:
        award = r.awards[one.source.id]
        if isinstance(one.source, Package):
            own = package_amount(measure, one.source, one.lots)
            whole.add_term(award.use, own * one.part)
        else:
            whole.add(award.price if measure == "value" else award.quantity, one.part)
    return whole


def _named(r: Relaxation, rule: Rule, cell: Cell, who: str | None = None) -> str:
    period = None if cell.period is None else r.problem.periods[cell.period]
    return ",".join(one for one in (rule.id, cell.lot, period, who) if one is not None)


def _won(r: Relaxation, awards: Iterable[Award], cell: Cell) -> list[int]:
    """Return the columns that are 1 where awards are won, in the cell's period if it has one."""
    found = []
    for award in awards:
        made = r.awards[award.source.id]
        by_period = cell.period is not None and isinstance(award.source, Offer)
        found.append(made.deliver[cell.period or 0] if by_period else made.use)
    return found


def _count(r: Relaxation, rule: Rule) -> None:
    for cell, owned in winners(r.problem, rule):
        number, wins = Linear(), []
        for who, awards in owned.items():
            wins.append(r.any_of(f"wins[{_named(r, rule, cell, who)}]", _won(r, awards, cell)))
            number.add_term(wins[-1], 1)
        name, low = _named(r, rule, cell), None
        if rule.min:
            least = Fraction(rule.min)
            low = number.plus(-least)
            if not rule.always:
                low = number.plus(Linear.of(r.any_of(f"some[{name}]", wins), -least))
        high = None if rule.max is None else number.times(-1).plus(Fraction(rule.max))
        r.hold(f"count[{name}]", low, high, rule.penalty)


def _within(r: Relaxation, rule: Rule) -> None:
    """Add a rule of the kinds ``share`` and ``amount``."""
    for cell in measured(r.problem, rule):
        unit = Linear(constant=1)
        if rule.kind == "share":
            name = f"base[{_named(r, rule, cell.cell)}]"
            body = amount(r, rule.measure or "", cell.base).plus(cell.base_prior)
            unit = Linear.of(r.column(name, r.range_of(body)[1], whole=False))
            r.row(name, body.minus(unit), equal=True)
        for held in cell.held:
            name = _named(r, rule, cell.cell, held.who)
            part = amount(r, rule.measure or "", held.selected).plus(held.prior)
            low = part.plus(unit, -Fraction(rule.min)) if rule.min else None
            if low is not None and min_binds_winners_only(rule):
                low = _spared(r, name, held, low)
            high = None if rule.max is None else unit.times(Fraction(rule.max)).minus(part)
            r.hold(f"{rule.kind}[{name}]", low, high, rule.penalty)


def _spared(r: Relaxation, name: str, held: Held, low: Linear) -> Linear:
    """Return ``low`` lifted to at least 0 for those who win nothing."""
    wins = r.any_of(f"wins[{name}]", (r.awards[award.source.id].use for award in held.winning))
    return _lifted(r, low, wins)


def _lifted(r: Relaxation, low: Linear, on: int) -> Linear:
    """Return ``low`` lifted to at least 0 where a column is 0."""
    lift = max(NONE, -r.range_of(low)[0])
    return low.plus(Linear({on: -lift}, lift))


def _top_share(r: Relaxation, rule: Rule) -> None:
    for cell in measured(r.problem, rule):
        name, measure = _named(r, rule, cell.cell), rule.measure or ""
        base = amount(r, measure, cell.base).plus(cell.base_prior)
        parts = {h.who: amount(r, measure, h.selected).plus(h.prior) for h in cell.held}
        tops = {who: r.range_of(part)[1] for who, part in parts.items()}
        line = r.column(f"line[{name}]", max(tops.values(), default=NONE), whole=False)
        largest = Linear.of(line, rule.n or 0)
        for who, part in parts.items():
            above = r.column(f"above[{name},{who}]", tops[who], whole=False)
            r.row(f"above[{name},{who}]", Linear({above: 1, line: 1}).minus(part))
            largest.add_term(above, 1)
        within = base.times(Fraction(rule.max or 0)).minus(largest)
        r.hold(f"top_share[{name}]", None, within, rule.penalty)


def _consistent(r: Relaxation, rule: Rule) -> None:
    by_lot = list(winners(r.problem, replace(rule, per="lot")))
    everywhere: dict[str, list[Award]] = {}
    for _, owned in by_lot:
        for who, awards in owned.items():
            everywhere.setdefault(who, []).extend(awards)
    for who, every in everywhere.items():
        wins = r.any_of(f"wins[{rule.id},{who}]", _won(r, every, Cell()))
        for cell, owned in by_lot:
            name = _named(r, rule, cell, who)
            here = r.any_of(f"wins[{name}]", _won(r, owned.get(who, ()), cell))
            kept = Linear.of(here).add_term(wins, -1)
            r.hold(f"consistent[{name}]", kept, None, rule.penalty)


def _split(r: Relaxation, rule: Rule) -> None:
    """Add a split: each winner's quantity is its place's share of the lot's quantity."""
    for cell, owned in winners(r.problem, replace(rule, per="lot", of="bidder")):
        name = _named(r, rule, cell)
        wins, amounts = {}, {}
        for who, awards in owned.items():
            wins[who] = r.any_of(f"wins[{name},{who}]", _won(r, awards, cell))
            counted = (Counted(award.source, award.lots, award.share) for award in awards)
            amounts[who] = amount(r, "quantity", counted)
        some = r.any_of(f"some[{name}]", wins.values())
        stands = {who: Linear.of(win, -1) for who, win in wins.items()}
        for k, share in enumerate(rule.shares):
            taken = Linear.of(some, -1)
            for who in amounts:
                place = r.column(f"place[{name},{who},{k}]", 1)
                stands[who].add_term(place, 1)
                taken.add_term(place, 1)
                _placed(r, f"[{name},{who},{k}]", place, amounts, (who, share, rule.tolerance))
            r.row(f"place[{name},{k}]", taken, equal=True)
        for who, body in stands.items():
            r.row(f"stands[{name},{who}]", body, equal=True)


def _placed(
    r: Relaxation,
    here: str,
    place: int,
    amounts: Mapping[str, Linear],
    stated: tuple[str, Decimal, Decimal],
) -> None:
    """State that who takes a place has its share, within the tolerance."""
    who, share, tolerance = stated[0], Fraction(stated[1]), Fraction(stated[2])
    whole, own = Linear.sum(amounts.values()), amounts[who]
    most = whole.times(share + tolerance).minus(own)
    least = own.minus(whole.times(share - tolerance))
    for name, body in (("most", most), ("least", least)):
        r.hold(f"{name}{here}", _lifted(r, body, place), None, None)


KINDS: Mapping[str, Callable[[Relaxation, Rule], None]] = {
    "count": _count,
    "share": _within,
    "amount": _within,
    "top_share": _top_share,
    "consistent": _consistent,
    "split": _split,
}
