"""The minimum or the capacity with which a losing offer would have won, by exact bisection."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.document import decimal_text
from app.allocation.elements import Offer
from app.allocation.explaining.asking import Asking, Document
from app.allocation.explaining.changing import changed, pinned
from app.allocation.explaining.contest import Contest
from app.allocation.explaining.intervals import Interval

ZERO = Fraction(0)


@dataclass(frozen=True)
class Threshold:
    """A quantity at which an offer begins to win.

    ``outcome``: ``possible``; ``not_by_minimum`` or ``not_by_capacity``; ``unlimited`` (the offer
    states no such limit); ``unknown``.
    """

    outcome: str
    stated: Fraction | None
    quantity: Interval


def lower_minimum(asking: Asking, contest: Contest, name: str) -> Threshold:
    """Return the largest minimum with which a losing offer would have won.

    Its price and everything else stay as they are; a minimum per delivery is lowered with it. The
    optimum with the offer forced in never falls as the minimum rises, so that bisection over its
    steps is exact. Whoever wins is strictly better than the optimum without the offer.
    """
    offer = contest.base.problem.offers[name]
    step = Fraction(offer.increment)
    stated = -(-max(Fraction(offer.minimum), Fraction(offer.delivery_minimum)) // step)
    if stated <= 1:
        return Threshold("unlimited", None, Interval())
    forced = pinned(contest.base.document, name, used=True)
    # Won with ``good`` steps as the minimum, lost with ``bad``; what lies between is open.
    good, bad, trying = 0, stated, 1
    while bad - good > 1:
        document = _with_minimum(forced, offer, trying * step)
        tried = asking.exactly(f"{name} from {decimal_text(trying * step)}", document)
        order = contest.judged(tried)
        if order in {"not_better", "same"}:
            if trying == 1:
                return Threshold("not_by_minimum", stated * step, Interval())
            bad = trying
        elif order == "better" and tried.best is not None:
            good = max(trying, int(tried.best.plan.total(name) // step))
        else:
            break
        trying = (good + bad) // 2
    low = good * step if good else None
    outcome = "possible" if good else "unknown"
    return Threshold(outcome, stated * step, Interval(low, (bad - 1) * step))


def more_capacity(asking: Asking, contest: Contest, name: str) -> Threshold:
    """Return the least quantity that a losing offer would have had to be able to deliver.

    Its maximum is raised to that quantity over all periods, and its own use of resources is left
    out, so that only the others' limits remain; price and minimum stay. The optimum with the offer
    forced in never rises with the quantity, so that bisection is exact.
    """
    offer = contest.base.problem.offers[name]
    step = Fraction(offer.increment)
    demand = sum(map(Fraction, contest.base.problem.lots[offer.lot].demand), ZERO)
    most = max(-(-demand // step), -(-Fraction(offer.minimum) // step))
    stated = _stated_maximum(offer) // step
    if not offer.uses and stated >= most and offer.period_maximum is None:
        return Threshold("unlimited", None, Interval())
    forced = pinned(contest.base.document, name, used=True)
    good, bad, trying = most + 1, 0, most
    while good - bad > 1:
        document = _with_capacity(forced, name, trying * step)
        tried = asking.exactly(f"{name} up to {decimal_text(trying * step)}", document)
        order = contest.judged(tried)
        if order in {"not_better", "same"}:
            if trying == most:
                return Threshold("not_by_capacity", stated * step, Interval())
            bad = trying
        elif order == "better" and tried.best is not None:
            good = min(trying, int(tried.best.plan.total(name) // step))
        else:
            break
        trying = (good + bad) // 2
    high = good * step if good <= most else None
    outcome = "possible" if high is not None else "unknown"
    return Threshold(outcome, stated * step, Interval((bad + 1) * step, high))


def _stated_maximum(offer: Offer) -> Fraction:
    if offer.period_maximum is not None:
        return sum(map(Fraction, offer.period_maximum), ZERO)
    return Fraction(offer.maximum or 0)


def _with_minimum(document: Document, offer: Offer, least: Fraction) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "minimum": decimal_text(least),
        "delivery_minimum": decimal_text(min(least, Fraction(offer.delivery_minimum))),
    }
    if offer.maximum is not None:
        # The default maximum depends on the minimum, so it is written out.
        fields["maximum"] = decimal_text(offer.maximum)
    return changed(document, "offers", offer.id, fields)


def _with_capacity(document: Document, name: str, most: Fraction) -> dict[str, Any]:
    return changed(document, "offers", name, {"maximum": decimal_text(most), "uses": None})
