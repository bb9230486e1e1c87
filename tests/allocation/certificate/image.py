"""What each column of the relaxation stands for in an allocation, by the verifier's arithmetic."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.allocation.check_certificate import Relaxation
from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import ZERO, Facts, exact, first
from app.allocation.verify.rules import _amount, _cells, _is_won, _lots, _standings
from app.allocation.verify.scope import matches

Values = dict[str, Fraction]


def image(relaxation: Relaxation, amounts: Amounts) -> Values:
    """Return the value of every column of a relaxation in one allocation."""
    awarded = amounts.awarded
    facts, values = awarded.facts, dict[str, Fraction]()
    for name in facts.offers:
        _offer(facts, awarded, name, values)
    for name in facts.packages:
        values[f"use[{name}]"] = Fraction(name in awarded.packages)
    for lot, flow in awarded.flows.items():
        for t, (short, early, excess) in enumerate(zip(*flow, strict=True)):
            here = f"[{lot},{facts.periods[t]}]"
            values |= {f"shortfall{here}": short, f"early{here}": early, f"excess{here}": excess}
            values[f"full{here}"] = Fraction(excess > 0)
    for name, entry in facts.discounts.items():
        _discount(amounts, name, entry, values)
    for name, rule in facts.rules.items():
        _rule(amounts, name, rule, values)
    values["peak"] = amounts.measure("peak_load")
    _moves(awarded, values)
    for row, (body, _) in relaxation.rows.items():
        linked, sign, member = row.partition(">=")
        if sign and linked in body:
            values[linked] = max(values.get(linked, ZERO), values[member])
    missing = relaxation.box.keys() - values.keys()
    # What is linked to nothing is 0.
    values |= dict.fromkeys((m for m in missing if m.startswith(("some[", "wins["))), ZERO)
    return {name: values[name] for name in relaxation.box}


def _offer(facts: Facts, awarded: Awarded, name: str, values: Values) -> None:
    offer = facts.offers[name]
    step = facts.increment(offer)
    row = awarded.quantities.get(name, (ZERO,) * facts.count)
    values[f"use[{name}]"] = Fraction(any(row))
    for t, quantity in zip(facts.periods, row, strict=True):
        values[f"quantity[{name},{t}]"] = quantity / step
        values[f"deliver[{name},{t}]"] = Fraction(quantity > 0)
    price = offer.entry["price"]
    if isinstance(price, Mapping):
        tier, _ = awarded.prices.get(name, (None, ZERO))
        for k in range(len(price["tiers"])):
            values[f"tier[{name},{k}]"] = Fraction(k == tier)
            values[f"steps[{name},{k}]"] = sum(row, ZERO) / step if k == tier else ZERO


def _discount(amounts: Amounts, name: str, entry: Mapping[str, Any], values: Values) -> None:
    awarded = amounts.awarded
    on = [o for o in entry["on"] if o in awarded.quantities]
    value = sum((awarded.value(o) for o in on), ZERO)
    quantity = sum((awarded.total(o) for o in on), ZERO)
    reached = amounts.discounts[name][0]
    for k in range(len(entry["tiers"])):
        values[f"level[{name},{k}]"] = Fraction(k == reached)
        values[f"value[{name},{k}]"] = value if k == reached else ZERO
        basis = quantity if entry["basis"] == "quantity" else value
        values[f"basis[{name},{k}]"] = basis if k == reached else ZERO


def _rule(amounts: Amounts, name: str, rule: Mapping[str, Any], values: Values) -> None:
    awarded = amounts.awarded
    for cell in amounts.rules[name]:
        ids = [name, *(cell.names[k] for k in ("lot", "period", "who") if k in cell.names)]
        values[f"violation[{rule['kind']}[{','.join(ids)}]]"] = cell.violation
    if rule["kind"] == "top_share":
        n = int(exact(rule["n"]))
        for names, lot in _cells(awarded, rule):
            parts = {who: one.selected for who, one in _standings(awarded, rule, lot)[1].items()}
            ids = ",".join([name, *names.values()])
            line = sorted([*parts.values(), *[ZERO] * n], reverse=True)[n - 1]
            values[f"line[{ids}]"] = line
            for who, part in parts.items():
                values[f"above[{ids},{who}]"] = max(ZERO, part - line)
    if rule["kind"] == "share":
        for names, lot in _cells(awarded, rule):
            ids = ",".join([name, *names.values()])
            values[f"base[{ids}]"] = _standings(awarded, rule, lot)[0]
    if rule["kind"] == "split":
        _split(awarded, name, rule, values)


def _split(awarded: Awarded, name: str, rule: Mapping[str, Any], values: Values) -> None:
    for lot in _lots(awarded, rule):
        held: dict[str, Fraction] = {}
        wins: dict[str, bool] = {}
        for match in matches(awarded.facts, [rule.get("scope", {})], lot):
            bidder = match.source.bidder["id"]
            amount = _amount(awarded, {"measure": "quantity"}, match)
            held[bidder] = held.get(bidder, ZERO) + amount
            wins[bidder] = wins.get(bidder, False) or _is_won(awarded, match)
        ranked = sorted((b for b in held if wins[b]), key=lambda b: held[b], reverse=True)
        for bidder in held:
            for k in range(len(rule["shares"])):
                has = ranked[k : k + 1] == [bidder]
                values[f"place[{name},{lot},{bidder},{k}]"] = Fraction(has)


def _moves(awarded: Awarded, values: Values) -> None:
    facts = awarded.facts
    reference = facts.document.get("reference", {})
    before = {
        one["offer"]: first(one["quantities"], facts.count)
        for one in reference.get("allocations", ())
    }
    none = (ZERO,) * facts.count
    fewer = {(lot, t): ZERO for lot in facts.lots for t in range(facts.count)}

    def move(name: str, lot: str, t: int, difference: Fraction) -> None:
        values[f"added[{name},{lot},{facts.periods[t]}]"] = max(ZERO, difference)
        fewer[lot, t] -= difference

    for name, offer in facts.offers.items():
        now, then = awarded.quantities.get(name, none), before.get(name, none)
        for t in range(facts.count):
            move(name, offer.lot, t, now[t] - then[t])
    for name, package in facts.packages.items():
        sign = (name in awarded.packages) - (name in reference.get("packages", ()))
        for lot, quantities, _ in package.items:
            for t in range(facts.count):
                move(name, lot, t, sign * quantities[t])
    for (lot, t), less in fewer.items():
        values[f"fewer[{lot},{facts.periods[t]}]"] = max(ZERO, less)


def breaches(relaxation: Relaxation, values: Values) -> list[str]:
    """Return the columns and rows that some values do not keep."""
    found = [
        name for name, (low, high) in relaxation.box.items() if not low <= values[name] <= high
    ]
    found += [name for name in relaxation.whole if values[name].denominator > 1]
    for name, (body, equal) in relaxation.rows.items():
        value = sum(c * (values[j] if j else 1) for j, c in body.items())
        if value < 0 or (equal and value):
            found.append(name)
    return found
