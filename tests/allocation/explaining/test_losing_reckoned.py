"""What would have won, against trying every allocation of tiny problems."""

from collections import Counter
from fractions import Fraction
from typing import Any

from app.allocation import Options, solve
from app.allocation.document import decimal_text as as_decimal
from app.allocation.document import read
from app.allocation.explaining import what_would_have_won
from app.allocation.explaining.changing import changed, money_stage, pinned, up_to_money
from tests.allocation.explaining.reckoning import allowed, is_exactly, optima, tolerances
from tests.allocation.tiny import drawn

Entry = dict[str, Any]


def reckoned_cut(document: Entry, bid: str) -> Fraction | None:
    """min (C − V) / (weight · P) over the allocations that use the bid and keep earlier stages."""
    short = up_to_money(document, read(document))
    allowances = tolerances(short)
    rows = [(awarded, amounts.stages) for awarded, amounts in allowed(short)]
    best = optima([stages for _, stages in rows], allowances)
    with_bid = [(a, stages) for a, stages in rows if bid in a.used]
    forced = optima([stages for _, stages in with_bid], allowances)
    money = money_stage(read(document))
    assert best is not None
    assert money is not None
    if forced is None or forced[:-1] != best[:-1]:
        return None
    limits = [b + t * abs(b) for b, t in zip(best[:-1], allowances, strict=False)]
    ratios = [
        (stages[-1] - best[-1]) / (money[1] * awarded.value(bid))
        for awarded, stages in with_bid
        if awarded.value(bid) and all(s <= m for s, m in zip(stages, limits, strict=False))
    ]
    return min(ratios, default=None)


def compared(seed: int) -> list[str]:
    document = drawn(seed)
    found = what_would_have_won(document, Options())
    assert found["unproven"] == []
    outcomes = []
    for entry in found["offers"]:
        price = entry["price"]
        if price["by"] == "ratio":
            outcomes.append(price["outcome"])
            truth = reckoned_cut(document, entry["id"])
            if price["outcome"] == "possible":
                assert truth is not None
                assert is_exactly(price["percent"], 100 * truth)
            elif price["outcome"] == "not_by_price":
                assert truth is None or truth >= 1
        for name in ("minimum", "capacity"):
            if name in entry:
                outcomes.append(f"{name} {entry[name]['outcome']}")
                check_threshold(document, entry["id"], name, entry[name])
    return outcomes


def wins(document: Entry, bid: str, fields: Entry) -> bool | None:
    """Whether the offer would win strictly with other limits, in the stages that decide."""
    base = solve(document, Options())
    forced = pinned(changed(document, "offers", bid, fields), bid, used=True)
    tried = solve(forced, Options())
    if tried["status"] == "infeasible":
        return False
    pairs = [[Fraction(stage["bound"]) for stage in result["stages"]] for result in (base, tried)]
    return pairs[1] < pairs[0]


def check_threshold(document: Entry, bid: str, name: str, found: Entry) -> None:
    """One step on either side of the threshold, each solved as it would then have stood."""
    short = up_to_money(document, read(document))
    if any(tolerances(short)[:-1]) or found["outcome"] == "unlimited":
        return
    bidding = read(document).offers[bid]
    step = Fraction(bidding.increment)

    def at(quantity: Fraction) -> bool | None:
        if name == "capacity":
            return wins(short, bid, {"maximum": as_decimal(quantity), "uses": None})
        fields = {
            "minimum": as_decimal(quantity),
            "delivery_minimum": as_decimal(min(quantity, Fraction(bidding.delivery_minimum))),
        }
        if bidding.maximum is not None:
            fields["maximum"] = as_decimal(Fraction(bidding.maximum))
        return wins(short, bid, fields)

    if found["outcome"] != "possible":
        return
    assert found["quantity"]["exact"]
    edge = Fraction(found["quantity"]["low"])
    assert at(edge) is True
    beyond = edge + step if name == "minimum" else edge - step
    assert beyond <= 0 or at(beyond) is False


def test_cuts_and_limits_are_those_of_trying_everything() -> None:
    outcomes = Counter(one for seed in range(110) for one in compared(seed))
    assert outcomes["possible"] >= 15
    assert outcomes["not_by_price"] >= 15
    assert outcomes["minimum possible"] >= 1
    assert outcomes["capacity possible"] >= 3
