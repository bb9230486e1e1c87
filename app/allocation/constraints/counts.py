"""Counts: how many distinct bidders, firms, groups or lots have an award."""

from collections.abc import Iterable

from app.allocation.elements import Offer, Rule
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.rulework import Cell, winners
from app.allocation.scopes import Award


def counts_are_kept(f: Formulation) -> None:
    """``min·wins[k] ≤ Σ_i wins[i] ≤ max`` over those who win in a cell, for each k of them.

    With ``always``, ``min ≤ Σ_i wins[i]``. A penalised rule may miss either by its violation.
    Rows ``count[r,cell]``.
    """
    for rule in f.problem.rules:
        if rule.kind == "count":
            violation = Linear()
            for cell, owned in winners(f.problem, rule):
                violation.add(_cell_is_kept(f, rule, cell, owned))
            if rule.penalty is not None:
                f.violation[rule.id] = violation


def _cell_is_kept(f: Formulation, rule: Rule, cell: Cell, owned: dict[str, list[Award]]) -> Linear:
    name = f"count[{rule.id}{cell_name(f, cell)}]"
    wins = {
        who: f.any_of(f"wins[{rule.id}{cell_name(f, cell)},{who}]", used(f, awards, cell))
        for who, awards in owned.items()
    }
    number = Linear()
    for column in wins.values():
        number.add_term(column, 1)
    kept = []
    if rule.max is not None:
        kept.append(number.times(-1).plus(int(rule.max)))
    least = int(rule.min or 0)
    if rule.always:
        kept.append(number.minus(least))
    elif least > 1 and rule.penalty is None:
        kept.extend(number.plus(Linear.of(column, -least)) for column in wins.values())
    elif least > 1 and wins:
        some = f.any_of(f"some[{rule.id}{cell_name(f, cell)}]", wins.values())
        kept.append(number.plus(Linear.of(some, -least)))
    return f.hold(name, rule, kept)


def used(f: Formulation, awards: Iterable[Award], cell: Cell) -> list[int]:
    """Return the 0/1 columns of awards: used, or delivering in the cell's period."""
    return [
        f.deliver[award.source.id, cell.period]
        if cell.period is not None and isinstance(award.source, Offer)
        else f.use[award.source.id]
        for award in awards
    ]


def cell_name(f: Formulation, cell: Cell) -> str:
    """Return the cell's part of a row's name, with its comma."""
    if cell.lot is not None:
        return f",{cell.lot}"
    return "" if cell.period is None else f",{f.problem.periods[cell.period]}"
