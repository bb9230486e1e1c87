"""Splits: the winners' quantities in a lot are fixed shares of it, largest first."""

from dataclasses import replace
from fractions import Fraction

from app.allocation.constraints.counts import used
from app.allocation.constraints.shares import amount
from app.allocation.elements import Rule
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.rulework import Counted, winners


def splits_are_kept(f: Formulation) -> None:
    """``|Q[b] − share[k]·Q| ≤ tolerance·Q`` where bidder b takes place k.

    ``Σ_k place[b,k] = wins[b]`` and ``Σ_b place[b,k] = some``: as many winners as shares, or none.
    Any order of places serves: matching the largest with the largest is never worse.
    Rows ``split[r,l]``.
    """
    for rule in f.problem.rules:
        if rule.kind != "split":
            continue
        for cell, owned in winners(f.problem, replace(rule, per="lot", of="bidder")):
            wins, amounts = {}, {}
            for who, awards in owned.items():
                name = f"wins[{rule.id},{cell.lot},{who}]"
                wins[who] = f.any_of(name, used(f, awards, cell))
                counted = (Counted(one.source, one.lots, one.share) for one in awards)
                amounts[who] = amount(f, "quantity", counted)
            if wins:
                _lot_is_split(f, rule, cell.lot or "", wins, amounts)


def _lot_is_split(
    f: Formulation, rule: Rule, lot: str, wins: dict[str, int], amounts: dict[str, Linear]
) -> None:
    name = f"split[{rule.id},{lot}]"
    whole = Linear.sum(amounts.values())
    some = f.any_of(f"some[{rule.id},{lot}]", wins.values())
    places = range(len(rule.shares))
    place = {
        (who, k): f.model.column(f"place[{rule.id},{lot},{who},{k}]", 0, 1)
        for who in wins
        for k in places
    }
    for k in places:
        taken = Linear({place[who, k]: 1 for who in wins}).add_term(some, -1)
        f.model.row(f"{name}.place[{k}]", taken, lower=0, upper=0)
    for who, column in wins.items():
        stands = Linear({place[who, k]: 1 for k in places}).add_term(column, -1)
        f.model.row(f"{name}.stands[{who}]", stands, lower=0, upper=0)
        for k in places:
            beyond = _beyond(rule, k, amounts[who], whole)
            for side, excess in zip(("most", "least"), beyond, strict=True):
                _, most = f.model.range_of(excess)
                if most > 0:
                    body = excess.plus(Linear({place[who, k]: most}))
                    f.model.row(f"{name}[{who},{k}].{side}", body, upper=most)


def _beyond(rule: Rule, k: int, own: Linear, whole: Linear) -> tuple[Linear, Linear]:
    """Return by how much a quantity is above and below its share, beyond the tolerance."""
    share, tolerance = Fraction(rule.shares[k]), Fraction(rule.tolerance)
    return own.plus(whole, -(share + tolerance)), whole.times(share - tolerance).minus(own)
