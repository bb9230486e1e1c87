"""The price cut of a losing bid by trial, where rules or discounts look at its price."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation.document import decimal_text
from app.allocation.elements import Offer, Package, Problem
from app.allocation.explaining.asking import Asking, Document
from app.allocation.explaining.changing import changed
from app.allocation.explaining.contest import ONE, Contest, Cut
from app.allocation.explaining.intervals import Interval
from app.allocation.reading.numbers import EXACT
from app.allocation.scopes import Selection

# Cuts are tried in these parts of the price: steps of 5 %.
PARTS = 20


def price_counts_elsewhere(contest: Contest, source: str) -> bool:
    """Return whether anything but the cost looks at the bid's price."""
    problem = contest.base.problem
    scopes = [rule.scope for rule in problem.rules if rule.measure == "value"]
    uses = [
        k
        for k, stage in enumerate(problem.objective)
        if any(name == "adjustment" for name, _ in stage.terms)
    ]
    if any(k < contest.stage for k in uses):
        # The measure would count in an earlier stage as well.
        return True
    if uses:
        scopes += [one.scope for one in problem.adjustments if one.percent]
    if any(source in discount.on for discount in problem.discounts):
        return True
    return any(
        award.source.id == source
        for scope in scopes
        for award in Selection(problem, scope).awards()
    )


def by_trial(asking: Asking, contest: Contest, forced: Document, source: str) -> Cut:
    """Return the cut by bisection over 5 % steps of the price as it would really stand."""
    low, high = 0, PARTS + 1
    trying = PARTS
    while high - low > 1:
        tried = asking.exactly(
            f"{source} cut by {5 * trying} %", cheaper(forced, contest.base.problem, source, trying)
        )
        order = contest.judged(tried)
        if order == "unknown":
            break
        if order == "not_better" and trying == PARTS:
            because = contest.in_the_way(tried) if tried.infeasible else ()
            return Cut("not_by_price", Interval(ONE), "trial", because)
        low, high = (trying, high) if order == "not_better" else (low, trying)
        trying = (low + high) // 2
    part = Interval(Fraction(low, PARTS), Fraction(high, PARTS) if high <= PARTS else None)
    return Cut("possible" if part.high is not None else "unknown", part, "trial")


def cheaper(document: Document, problem: Problem, source: str, parts: int) -> dict[str, Any]:
    """Return the problem with a bid's own price cut by so many twentieths."""
    left = Decimal(PARTS - parts) / PARTS

    def less(value: Decimal) -> str:
        return decimal_text(Fraction(EXACT.multiply(value, left)))

    if source in problem.packages:
        package: Package = problem.packages[source]
        entry = next(one for one in document["packages"] if one["id"] == source)
        items: list[Mapping[str, Any]] = [
            {**stated, "value": less(item.value)} if item.value is not None else stated
            for stated, item in zip(entry["items"], package.items, strict=True)
        ]
        return changed(document, "packages", source, {"price": less(package.price), "items": items})
    offer: Offer = problem.offers[source]
    tiers = [
        {"from": decimal_text(Fraction(t.start)), "unit": less(t.unit)} for t in offer.price.tiers
    ]
    kind = "all_units" if offer.price.all_units else "incremental"
    return changed(document, "offers", source, {"price": {"kind": kind, "tiers": tiers}})
