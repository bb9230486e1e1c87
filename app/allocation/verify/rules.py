"""How far an allocation is from each rule, by the verifier's own reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import ZERO, exact, optional
from app.allocation.verify.scope import (
    EVERYTHING,
    Entry,
    Match,
    everybody,
    matches,
    selection,
    whose,
)


@dataclass(frozen=True)
class Cell:
    """One cell of a rule (and one ``who``): what it names, what was counted, what is missing."""

    names: Mapping[str, str]
    selected: Fraction
    base: Fraction | None
    violation: Fraction


def cells_of(awarded: Awarded, rule: Entry) -> list[Cell]:
    """Return every cell of a rule with its violation."""
    return list(KINDS[rule["kind"]](awarded, rule))


def _scope(rule: Entry) -> Entry:
    scope: Entry = rule.get("scope", EVERYTHING)
    return scope


def _won(awarded: Awarded, scopes: list[Entry], lot: str | None) -> Iterator[Match]:
    """Yield what was awarded in some scopes (in one lot where given)."""
    among = awarded.sources if lot is None else awarded.by_lot[lot]
    return matches(awarded.facts, scopes, lot, among)


def _lots(awarded: Awarded, rule: Entry) -> list[str]:
    inside = selection(awarded.facts, [_scope(rule)]).lots
    return [lot for lot in awarded.facts.lots if lot in inside]


def _is_won(awarded: Awarded, match: Match, period: int | None = None) -> bool:
    """Return whether a match was awarded, and brings something in the period where one is given."""
    source = match.source
    if source.id not in awarded.used:
        return False
    if period is None:
        return True
    if not source.is_package:
        return awarded.quantities[source.id][period] > 0
    return any(
        quantities[period] > 0
        for lot, quantities, _ in source.items
        if match.lots is None or lot in match.lots
    )


def _count(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    facts = awarded.facts
    per = rule.get("per")
    where: list[tuple[dict[str, str], str | None, int | None]] = [({}, None, None)]
    if per == "lot":
        where = [({"lot": lot}, lot, None) for lot in _lots(awarded, rule)]
    elif per == "period":
        where = [({"period": name}, None, t) for t, name in enumerate(facts.periods)]
    for names, lot, period in where:
        winners: set[str] = set()
        for match in _won(awarded, [_scope(rule)], lot):
            if _is_won(awarded, match, period):
                winners.update(_counted(awarded, rule, match, period))
        number = Fraction(len(winners))
        binds = bool(winners) or rule.get("always", False)
        low = exact(rule.get("min", 0)) if binds else ZERO
        yield Cell(names, number, None, _missing(number, low, optional(rule.get("max"))))


def _counted(awarded: Awarded, rule: Entry, match: Match, period: int | None) -> Iterator[str]:
    if rule["of"] != "lot":
        yield from whose(awarded.facts, rule["of"], match)
    elif not match.source.is_package:
        yield match.source.lot
    else:
        for lot, quantities, _ in match.source.items:
            brought = sum(quantities, ZERO) if period is None else quantities[period]
            if brought and (match.lots is None or lot in match.lots):
                yield lot


def _missing(selected: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    below = ZERO if low is None else low - selected
    beyond = ZERO if high is None else selected - high
    return max(ZERO, below, beyond)


def _amount(awarded: Awarded, rule: Entry, match: Match) -> Fraction:
    """Return the value or quantity of a match, before anybody's part is taken; 0 if not awarded."""
    source = match.source
    if source.id not in awarded.used:
        return ZERO
    by_value = rule["measure"] == "value"
    if not source.is_package:
        return awarded.value(source.id) if by_value else awarded.total(source.id)
    if by_value and match.lots is None:
        return awarded.value(source.id)
    whole = ZERO
    for lot, quantities, value in source.items:
        if match.lots is None or lot in match.lots:
            whole += (value or ZERO) if by_value else sum(quantities, ZERO)
    return whole


@dataclass(frozen=True)
class Standing:
    """What one who is held to a rule has, and whether it wins anything in scope."""

    selected: Fraction
    wins: bool


def _standings(
    awarded: Awarded, rule: Entry, lot: str | None
) -> tuple[Fraction, dict[str | None, Standing]]:
    """Return the base of a cell, and where everybody stands who is held to the rule there."""
    facts, prior = awarded.facts, rule.get("prior", {})
    scopes = [_scope(rule)]
    won = list(_won(awarded, scopes, lot))
    selected = _won(awarded, [*scopes, rule.get("select", EVERYTHING)], lot)
    base = sum((_amount(awarded, rule, m) * m.share for m in won), ZERO)
    base += sum((exact(part) for part in prior.values()), exact(rule.get("prior_other", 0)))
    if "each" not in rule:
        whole = sum((_amount(awarded, rule, m) * m.share for m in selected), ZERO)
        return base, {None: Standing(whole + exact(prior.get("selected", 0)), bool(won))}
    each = rule["each"]
    winning = everybody(facts, each, won)
    held = dict.fromkeys(everybody(facts, each, matches(facts, scopes, lot)), ZERO)
    if rule["kind"] == "top_share":
        held.update(dict.fromkeys(prior, ZERO))
    for match in selected:
        amount = _amount(awarded, rule, match)
        for who, part in whose(facts, each, match).items():
            held[who] += amount * part
    return base, {
        who: Standing(own + exact(prior.get(who, 0)), who in winning) for who, own in held.items()
    }


def _cells(awarded: Awarded, rule: Entry) -> Iterator[tuple[dict[str, str], str | None]]:
    if rule.get("per") == "lot":
        for lot in _lots(awarded, rule):
            yield {"lot": lot}, lot
    else:
        yield {}, None


def _share(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    low, high = optional(rule.get("min")), optional(rule.get("max"))
    for names, lot in _cells(awarded, rule):
        base, standings = _standings(awarded, rule, lot)
        for who, standing in standings.items():
            binds = who is None or standing.wins
            violation = _missing(
                standing.selected,
                low * base if low is not None and binds else None,
                None if high is None else high * base,
            )
            yield Cell(_named(names, who), standing.selected, base, violation)


def _amount_rule(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    low, high = optional(rule.get("min")), optional(rule.get("max"))
    for names, lot in _cells(awarded, rule):
        base, standings = _standings(awarded, rule, lot)
        for who, standing in standings.items():
            binds = standing.wins or not rule.get("if_awarded", False)
            violation = _missing(standing.selected, low if binds else None, high)
            yield Cell(_named(names, who), standing.selected, base, violation)


def _top_share(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    for names, lot in _cells(awarded, rule):
        base, standings = _standings(awarded, rule, lot)
        largest = sorted((one.selected for one in standings.values()), reverse=True)
        together = sum(largest[: int(exact(rule["n"]))], ZERO)
        yield Cell(names, together, base, _missing(together, None, exact(rule["max"]) * base))


def _named(names: Mapping[str, str], who: str | None) -> Mapping[str, str]:
    return names if who is None else {**names, "who": who}


def _consistent(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    facts, lots = awarded.facts, _lots(awarded, rule)
    won: dict[str, set[str]] = {}
    for lot in lots:
        for who in everybody(facts, rule["of"], _won(awarded, [_scope(rule)], lot)):
            won.setdefault(who, set()).add(lot)
    for who, has in won.items():
        number = Fraction(len(has))
        yield Cell({"who": who}, number, Fraction(len(lots)), len(lots) - number)


def _split(awarded: Awarded, rule: Entry) -> Iterator[Cell]:
    shares = [exact(share) for share in rule["shares"]]
    tolerance = exact(rule.get("tolerance", "0.005"))
    for lot in _lots(awarded, rule):
        held: dict[str, Fraction] = {}
        for match in _won(awarded, [_scope(rule)], lot):
            bidder = match.source.bidder["id"]
            amount = _amount(awarded, {"measure": "quantity"}, match)
            held[bidder] = held.get(bidder, ZERO) + amount
        if held:
            whole = sum(held.values(), ZERO)
            kept = _is_split(list(held.values()), whole, shares, tolerance)
            yield Cell({"lot": lot}, Fraction(len(held)), whole, ZERO if kept else Fraction(1))


def _is_split(
    amounts: list[Fraction], whole: Fraction, shares: list[Fraction], tolerance: Fraction
) -> bool:
    ranked = sorted(amounts, reverse=True)
    return len(ranked) == len(shares) and all(
        abs(amount - share * whole) <= tolerance * whole
        for amount, share in zip(ranked, shares, strict=True)
    )


KINDS: Mapping[str, Any] = {
    "count": _count,
    "share": _share,
    "top_share": _top_share,
    "amount": _amount_rule,
    "consistent": _consistent,
    "split": _split,
}
