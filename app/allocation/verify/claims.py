"""What a result states about its allocation, statement by statement."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import ZERO, Facts, optional
from app.allocation.verify.feasibility import breaches
from app.allocation.verify.findings import Findings, Json, read_number, same, shown, text
from app.allocation.verify.rules import Cell

Result = Mapping[str, Any]
_OFFER_FIELDS = {"offer", "quantities", "tier", "price", "setup", "delivery", "freight"}
_CELL_FIELDS = {"lot", "period", "who", "selected", "base", "violation"}


def check_allocation(facts: Facts, result: Result, findings: Findings) -> None:
    """Note every statement about the allocation that is not what the verifier reckons."""
    before = len(findings.found)
    awarded = _decisions(facts, result, findings)
    if len(findings.found) > before or awarded is None:
        return
    amounts = Amounts(awarded)
    for code, name, why in breaches(awarded):
        findings.add("/allocations", code, f"{name}: {why}.")
    for rule in amounts.broken:
        kind = facts.rules[rule]["kind"]
        findings.add("/rules", kind, f"The hard rule {rule} is broken.")
    _check_offers(amounts, result, findings)
    _check_cost(amounts, result, findings)
    _check_lists(amounts, result, findings)
    _check_flows(amounts, result, findings)
    _check_rules(amounts, result, findings)
    _check_stages(amounts, result, findings)


def _decisions(facts: Facts, result: Result, findings: Findings) -> Awarded | None:
    quantities: dict[str, tuple[Fraction, ...]] = {}
    for at, entry in findings.entries(result.get("allocations"), "/allocations"):
        name = entry.get("offer")
        if not isinstance(name, str) or name not in facts.offers or name in quantities:
            findings.add(f"{at}/offer", "offer", f"{shown(name)} is no offer, or is here twice.")
            continue
        row = findings.numbers(entry.get("quantities"), facts.count, f"{at}/quantities")
        if row is not None:
            quantities[name] = row
            if not any(row):
                findings.add(f"{at}/quantities", "unused", "An offer that is not used stands here.")
    packages = result.get("packages", [])
    if not isinstance(packages, (list, tuple)):
        findings.add("/packages", "not_a_list", "A list is expected here.")
        return None
    accepted: set[str] = set()
    for i, name in enumerate(packages):
        if not isinstance(name, str) or name not in facts.packages or name in accepted:
            why = f"{shown(name)} is no package, or is here twice."
            findings.add(f"/packages/{i}", "package", why)
            return None
        accepted.add(name)
    return Awarded(facts, quantities, frozenset(accepted))


def _check_offers(amounts: Amounts, result: Result, findings: Findings) -> None:
    awarded = amounts.awarded
    for at, entry in findings.entries(result["allocations"], "/allocations"):
        name = entry["offer"]
        tier, price = awarded.prices[name]
        stated_tier = entry.get("tier")
        if isinstance(stated_tier, bool) or read_number(stated_tier) != tier:
            why = f"{shown(stated_tier)} is stated, tier {tier} is right."
            findings.add(f"{at}/tier", "tier", why)
        others = amounts.offer(name, awarded.quantities[name])
        for part, amount in {"price": price, **others}.items():
            findings.equal(entry.get(part, "0"), amount, f"{at}/{part}", part)
        findings.fields(entry, at, _OFFER_FIELDS)


def _check_cost(amounts: Amounts, result: Result, findings: Findings) -> None:
    stated = result.get("cost")
    if not isinstance(stated, Mapping):
        findings.add("/cost", "cost", "The cost is missing.")
        return
    for part, amount in amounts.cost.items():
        findings.equal(stated.get(part, "0"), amount, f"/cost/{part}", "cost")
    findings.fields(stated, "/cost", amounts.cost)


def _check_lists(amounts: Amounts, result: Result, findings: Findings) -> None:
    due = result.get("charges", [])
    right = sorted(amounts.charges)
    texts = isinstance(due, (list, tuple)) and all(isinstance(one, str) for one in due)
    if not texts or sorted(due) != right:
        findings.add("/charges", "charges", f"The charges due are {right}.")
    stated: dict[str, Mapping[str, Any]] = {}
    for at, entry in findings.entries(result.get("discounts", []), "/discounts"):
        name = entry.get("id")
        if not isinstance(name, str) or name not in amounts.discounts or name in stated:
            why = f"{shown(name)} is no discount, or is here twice."
            findings.add(f"{at}/id", "discounts", why)
            continue
        stated[name] = entry
        findings.fields(entry, at, {"id", "tier", "amount"})
        tier, amount = amounts.discounts[name]
        if isinstance(entry.get("tier"), bool) or read_number(entry.get("tier")) != tier:
            findings.add(f"{at}/tier", "discounts", f"Tier {tier} is right.")
        findings.equal(entry.get("amount", "0"), amount, f"{at}/amount", "discounts")
    for name, (_, amount) in amounts.discounts.items():
        if amount and name not in stated:
            findings.add("/discounts", "discounts", f"The discount {name} is missing.")


def _check_flows(amounts: Amounts, result: Result, findings: Findings) -> None:
    awarded = amounts.awarded
    for k, field in enumerate(("shortfalls", "early", "excess")):
        exact = {lot: flow[k] for lot, flow in awarded.flows.items() if any(flow[k])}
        fields = {"lot", "quantities", *(["because"] if field == "shortfalls" else [])}
        seen = set()
        for at, entry in findings.entries(result.get(field, []), f"/{field}"):
            lot = entry.get("lot")
            findings.fields(entry, at, fields)
            _check_because(entry.get("because", []), f"{at}/because", findings)
            row = findings.numbers(entry.get("quantities"), awarded.facts.count, f"{at}/quantities")
            if not isinstance(lot, str) or lot in seen or lot not in exact:
                why = f"There is nothing to state here for {shown(lot)}."
                findings.add(f"{at}/lot", field, why)
            elif row is not None and list(row) != list(exact[lot]):
                findings.add(f"{at}/quantities", field, f"The {field} of {lot} are others.")
            seen.add(lot if isinstance(lot, str) else None)
        for lot in exact.keys() - seen:
            findings.add(f"/{field}", field, f"The lot {lot} is missing.")
    complete = not any(any(short) for short, _, _ in awarded.flows.values())
    if result.get("complete") is not complete:
        findings.add("/complete", "complete", f"{str(complete).lower()} is right.")


def _check_because(stated: Json, at: str, findings: Findings) -> None:
    """Note reasons that are no texts; whether they are the true ones is not for a verifier."""
    texts = isinstance(stated, (list, tuple)) and all(isinstance(one, str) for one in stated)
    findings.expect(texts, at, "shortfalls", "A list of texts is expected here.")


def _check_rules(amounts: Amounts, result: Result, findings: Findings) -> None:
    stated: set[str] = set()
    for at, entry in findings.entries(result.get("rules"), "/rules"):
        name = entry.get("id")
        if not isinstance(name, str) or name not in amounts.rules or name in stated:
            findings.add(f"{at}/id", "rules", f"{shown(name)} is no rule, or stands here twice.")
            continue
        stated.add(name)
        findings.fields(entry, at, {"id", "holds", "violation", "cells"})
        violation = amounts.violation(name)
        findings.equal(entry.get("violation"), violation, f"{at}/violation", "rules")
        if entry.get("holds") is not (violation == 0):
            findings.add(f"{at}/holds", "rules", "Whether it holds is stated wrongly.")
        _check_cells(amounts.rules[name], entry.get("cells"), f"{at}/cells", findings)
    for name in amounts.rules.keys() - stated:
        findings.add("/rules", "rules", f"The rule {name} is missing.")


def _check_cells(cells: list[Cell], stated: Json, at: str, findings: Findings) -> None:
    exact = {tuple(sorted(cell.names.items())): cell for cell in cells}
    for here, entry in findings.entries(stated, at):
        names = {k: v for k, v in entry.items() if k in {"lot", "period", "who"}}
        named = all(isinstance(name, str) for name in names.values())
        cell = exact.pop(tuple(sorted(names.items())), None) if named else None
        if cell is None:
            findings.add(here, "rules", "The rule has no such cell.")
            continue
        findings.equal(entry.get("selected"), cell.selected, f"{here}/selected", "rules")
        findings.equal(entry.get("violation"), cell.violation, f"{here}/violation", "rules")
        if cell.base is not None:
            findings.equal(entry.get("base"), cell.base, f"{here}/base", "rules")
        fields = _CELL_FIELDS if cell.base is not None else _CELL_FIELDS - {"base"}
        findings.fields(entry, here, fields)
    if exact:
        findings.add(at, "rules", f"{len(exact)} cells are missing.")


def _check_stages(amounts: Amounts, result: Result, findings: Findings) -> None:
    stated = findings.entries(result.get("stages"), "/stages")
    if len(stated) != len(amounts.stages):
        findings.add("/stages", "stages", f"There are {len(amounts.stages)} stages.")
        return
    facts = amounts.awarded.facts
    tolerances = [ZERO] if facts.has_stage_zero else []
    tolerances += [optional(stage.get("tolerance")) or ZERO for stage in facts.stages]
    solver = result.get("solver")
    target = read_number(solver.get("gap_target", "0")) if isinstance(solver, Mapping) else ZERO
    for (at, entry), value, tolerance in zip(stated, amounts.stages, tolerances, strict=True):
        findings.fields(entry, at, {"value", "bound", "gap"})
        findings.equal(entry.get("value"), value, f"{at}/value", "stages")
        bound = findings.number(entry.get("bound"), f"{at}/bound")
        if bound is None:
            continue
        if bound > value and not same(bound, value):
            findings.add(f"{at}/bound", "stages", "The bound is above the value.")
        _check_gap(value, bound, entry, at, findings)
        room = (tolerance + (target or ZERO)) * max(abs(value), abs(bound))
        if result.get("status") == "optimal" and value - bound > room and not same(bound, value):
            findings.add(f"{at}/bound", "status", "The bound is too far off to call this optimal.")


def _check_gap(
    value: Fraction, bound: Fraction, entry: Mapping[str, Any], at: str, findings: Findings
) -> None:
    stated = entry.get("gap")
    if same(bound, value):
        exact: Fraction | None = ZERO
    else:
        exact = (value - bound) / abs(value) if value else None
    if exact is None:
        findings.expect(stated is None, f"{at}/gap", "gap", "There is no gap to a value of 0.")
        return
    number = findings.number(stated, f"{at}/gap")
    # Value and bound may themselves have lost their tails, which weighs on the gap.
    if number is not None and abs(number - exact) > Fraction(1, 10**9):
        why = f"{shown(stated)} is stated, {text(exact)} is right."
        findings.add(f"{at}/gap", "gap", why)
