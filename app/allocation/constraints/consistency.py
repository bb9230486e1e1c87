"""Consistency: whoever wins one of the lots wins in each of them."""

from dataclasses import replace

from app.allocation.constraints.counts import used
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.rulework import winners


def winners_are_consistent(f: Formulation) -> None:
    """``wins[k,l] ≥ wins[k]`` for each lot of the scope; penalised, ``Σ_l wins[k] − wins[k,l]``.

    Rows ``consistent[r,k,l]``.
    """
    for rule in f.problem.rules:
        if rule.kind != "consistent":
            continue
        by_lot = list(winners(f.problem, replace(rule, per="lot")))
        has: dict[str, dict[str, int]] = {}
        for cell, owned in by_lot:
            for who, awards in owned.items():
                name = f"wins[{rule.id},{cell.lot},{who}]"
                has.setdefault(who, {})[cell.lot or ""] = f.any_of(name, used(f, awards, cell))
        missing = Linear()
        for who, lots in has.items():
            wins = f.any_of(f"wins[{rule.id},{who}]", lots.values())
            for cell, _ in by_lot:
                lacks = Linear.of(wins)
                if cell.lot in lots:
                    lacks.add_term(lots[cell.lot or ""], -1)
                if rule.penalty is None:
                    f.model.row(f"consistent[{rule.id},{who},{cell.lot}]", lacks, upper=0)
                missing.add(lacks)
        if rule.penalty is not None:
            f.violation[rule.id] = missing
