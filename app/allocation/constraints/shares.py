"""Shares: the part of a base that is selected, or that each bidder, firm, group or region holds."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from app.allocation.constraints.counts import cell_name, used
from app.allocation.elements import Package, Rule
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.rulework import (
    Cell,
    Counted,
    Held,
    measured,
    min_binds_winners_only,
    package_amount,
)

# A base that stands in more rows than this is added up once, in a column of its own.
_FEW = 2
# What must be at least 0: for the minimum, and for the maximum; None where there is no limit.
Limits = tuple[Linear | None, Linear | None]


def shares_are_kept(f: Formulation) -> None:
    """``min·base ≤ selected ≤ max·base`` in each cell, for each who is held to it.

    With ``each``, ``min·base − selected ≤ most·(1 − wins[who])``, ``most`` being the greatest
    value of the left side. A penalised rule may miss either by its violation.
    Rows ``share[r,cell,who]``.
    """

    def limits(rule: Rule, selected: Linear, base: Linear) -> Limits:
        high = None if rule.max is None else base.times(Fraction(rule.max)).minus(selected)
        low = selected.plus(base, -Fraction(rule.min)) if rule.min else None
        return low, high

    _each_is_within(f, "share", limits)


def amounts_are_kept(f: Formulation) -> None:
    """``min ≤ selected ≤ max`` in each cell, for each who is held to it.

    With ``if_awarded``, ``min − selected ≤ most·(1 − wins[who])``. A penalised rule may miss
    either by its violation. Rows ``amount[r,cell,who]``.
    """

    def limits(rule: Rule, selected: Linear, _base: Linear) -> Limits:
        high = None if rule.max is None else selected.times(-1).plus(Fraction(rule.max))
        low = selected.minus(Fraction(rule.min)) if rule.min else None
        return low, high

    _each_is_within(f, "amount", limits)


def _each_is_within(
    f: Formulation, kind: str, limits: Callable[[Rule, Linear, Linear], Limits]
) -> None:
    for rule in f.problem.rules:
        if rule.kind != kind:
            continue
        violation = Linear()
        for cell in measured(f.problem, rule):
            base = amount(f, rule.measure or "", cell.base)
            if len(cell.held) > _FEW:
                base = f.counted(f"{kind}_base[{rule.id}{cell_name(f, cell.cell)}]", base)
            base = base.plus(cell.base_prior)
            for held in cell.held:
                selected = amount(f, rule.measure or "", held.selected).plus(held.prior)
                low, high = limits(rule, selected, base)
                if low is not None:
                    low = _for_winners(f, rule, cell.cell, held, low)
                name = row_name(f, rule, cell.cell, held)
                kept = [body for body in (low, high) if body is not None]
                violation.add(f.hold(name, rule, kept))
        if rule.penalty is not None:
            f.violation[rule.id] = violation


def _for_winners(f: Formulation, rule: Rule, cell: Cell, held: Held, low: Linear) -> Linear | None:
    """Return ``low``, lifted above 0 for those who win nothing where the rule spares them."""
    least, _ = f.model.range_of(low)
    if not min_binds_winners_only(rule) or least >= 0:
        return low
    if not held.winning:
        return None
    wins = f.any_of(f"wins[{row_name(f, rule, cell, held)}]", used(f, held.winning, cell))
    return low.plus(Linear({wins: least}, -least))


def amount(f: Formulation, measure: str, counted: Iterable[Counted]) -> Linear:
    """Return the value or quantity of awards, each by the part that counts."""
    whole = Linear()
    for one in counted:
        source = one.source
        if isinstance(source, Package):
            whole.add_term(f.use[source.id], package_amount(measure, source, one.lots) * one.part)
        elif measure == "value":
            whole.add(f.price[source.id], one.part)
        else:
            whole.add(f.steps(source.id), one.part * f.scaled.offers[source.id].step)
    return whole


def row_name(f: Formulation, rule: Rule, cell: Cell, held: Held) -> str:
    """Return the name of a rule's row for one who is held to it in a cell."""
    who = "" if held.who is None else f",{held.who}"
    return f"{rule.kind}[{rule.id}{cell_name(f, cell)}{who}]"
