"""The price cut that a losing offer or package would have needed, as an exact interval."""

from fractions import Fraction
from math import ceil
from typing import Any

from app.allocation.document import decimal_text
from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation
from app.allocation.explaining.asking import Answer, Asking, Document
from app.allocation.explaining.changing import fresh, pinned
from app.allocation.explaining.contest import ONE, ZERO, Contest, Cut
from app.allocation.explaining.intervals import Interval
from app.allocation.explaining.price_trial import by_trial, price_counts_elsewhere
from app.allocation.problem import ScaledOffer, scaled_offers

# Each round either ends the search or lowers the cut; measured, two or three are enough.
MOST_ROUNDS = 12
_FINEST = 10**12


def price_cut(asking: Asking, contest: Contest, source: str) -> Cut:
    """Return the least part of its price by which a losing bid must be cheaper to draw level.

    Parameters
    ----------
    asking
        What solves.
    contest
        The optimum without the bid.
    source
        An offer or package that the optimum does not use.

    Notes
    -----
    With V the optimum and, over all allocations x that use the bid, C(x) their value at the price
    as stated and P(x) that price, the part is ``f* = min (C(x) − V) / P(x)``. That is a fractional
    programme, solved by Dinkelbach's method (1967): solve ``min C(x) − f·P(x)`` from ``f = 1`` (the
    bid forced in at price zero), take the ratio of what was found as the next f, until the value
    is V. Each solve's bound B gives ``f* ≥ f + (B − V) / P`` with the largest P where B is above
    V, else the smallest; each allocation gives ``f* ≤ (C(x) − V) / P(x)``.

    Where a rule, discount or adjustment looks at the bid's price, C is not linear in f: then cuts
    of 5, 10, … 100 % are tried as they stand, by bisection (``by`` is ``trial``).
    """
    forced = pinned(contest.base.document, source, used=True)
    if price_counts_elsewhere(contest, source):
        return by_trial(asking, contest, forced, source)
    return _by_ratio(asking, contest, forced, source)


def _by_ratio(asking: Asking, contest: Contest, forced: Document, source: str) -> Cut:
    prices = _price_range(contest.base.problem, source)
    part, f = Interval(ZERO, None), ONE
    for _ in range(MOST_ROUNDS):
        tried = asking.exactly(f"{source} cut by {float(f):.4g}", _cut(contest, forced, source, f))
        if tried.infeasible:
            return Cut("not_by_price", Interval(ONE), "ratio", contest.in_the_way(tried))
        order = contest.judged_before_money(tried)
        if order != "same":
            outcome = "not_by_price" if order == "not_better" else "unknown"
            return Cut(outcome, Interval(ZERO), "ratio", ("earlier stage",))
        bound = tried.stages[-1].times(Fraction(1, _scale(f)))
        found = Interval(_lowest(contest, bound.low, f, prices), _ratio(contest, tried, source, f))
        before_this, part = part.high, part.within(found)
        # A ratio that is none, or none lower than before, is the last that can be found.
        if part.exact or part.high is None or part.high >= f or part.high == before_this:
            break
        f = _writable(part.high)
    return Cut(_outcome(part), part, "ratio")


def _outcome(part: Interval) -> str:
    if part.high is not None and part.high <= ONE:
        return "possible"
    return "not_by_price" if part.low is not None and part.low >= ONE else "unknown"


def _writable(f: Fraction) -> Fraction:
    """Return a cut whose numbers stay within the format: the next one up with 12 decimals."""
    if f.denominator <= _FINEST:
        return f
    return Fraction(ceil(f * _FINEST), _FINEST)


def _scale(f: Fraction) -> int:
    """Return what the stage is multiplied by, so that the cut has a finite decimal."""
    return f.denominator


def _cut(contest: Contest, forced: Document, source: str, f: Fraction) -> dict[str, Any]:
    """Return the problem in whose last stage the bid's price counts less by a part ``f``.

    The price is subtracted by the measure ``adjustment``: 100 % of the bid's value, which is
    exactly its price. The whole stage is multiplied by f's denominator. Rules see the bid's price
    as it is stated; none of them looks at it here.
    """
    problem = contest.base.problem
    scale = _scale(f)
    terms = [
        {"measure": name, "weight": decimal_text(Fraction(weight) * scale)}
        for name, weight in problem.objective[-1].terms
        if name != "adjustment"
    ]
    own = sum((Fraction(w) for n, w in problem.objective[-1].terms if n == "adjustment"), ZERO)
    others = [
        {
            **one,
            "percent": decimal_text(Fraction(was.percent) * own * scale),
            "per_unit": decimal_text(Fraction(was.per_unit) * own * scale),
        }
        for one, was in zip(forced.get("adjustments", ()), problem.adjustments, strict=True)
        if own
    ]
    less = {
        "id": fresh(forced, f"cut {source}"),
        "scope": {"offers": [source]},
        "percent": decimal_text(-100 * contest.weight * f * scale),
    }
    *earlier, last = forced.get("objective", [{"terms": [{"measure": "cost"}]}])
    stage = {**last, "terms": [*terms, {"measure": "adjustment", "weight": "1"}]}
    return {**forced, "adjustments": [*others, less], "objective": [*earlier, stage]}


def _ratio(contest: Contest, tried: Answer, source: str, f: Fraction) -> Fraction | None:
    """Return the part of the price that makes the allocation found as good as the optimum."""
    if tried.best is None or contest.money.low is None:
        return None
    paid = contest.weight * price_in(tried.best, source)
    value = tried.best.stage(tried.problem.objective[-1]) / _scale(f) + f * paid
    return (value - contest.money.low) / paid if paid else None


def price_in(best: Evaluation, source: str) -> Fraction:
    """Return what a used offer or package costs, before discounts, setup and the like."""
    if source in best.offers:
        return best.offers[source].price
    return Fraction(best.problem.packages[source].price)


def _lowest(
    contest: Contest, bound: Fraction | None, f: Fraction, prices: Interval
) -> Fraction | None:
    """Return what a bound on the cut problem says: no smaller part is enough."""
    optimum = contest.money.high
    if bound is None or optimum is None:
        return None
    if bound >= optimum:
        price = contest.weight * (prices.high or ZERO)
        return f + (bound - optimum) / price if price else f
    price = contest.weight * (prices.low or ZERO)
    return f + (bound - optimum) / price if price else None


def _price_range(problem: Problem, source: str) -> Interval:
    """Return the least and the highest price that a bid can have where it is used."""
    if source in problem.packages:
        price = Fraction(problem.packages[source].price)
        return Interval(price, price)
    scaled: ScaledOffer = scaled_offers(problem)[source]
    ends = [
        Fraction(tier.fixed + tier.per_step * steps)
        for tier in scaled.tiers
        for steps in (tier.least, tier.most)
    ]
    return Interval(min(ends, default=ZERO), max(ends, default=ZERO))
