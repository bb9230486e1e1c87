"""What would have won: for each losing bid the price cut, the minimum or the capacity it lacked."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.document import decimal_text
from app.allocation.elements import Package, Problem
from app.allocation.explaining.asking import Asking, Document, OnStep, Solve, explained
from app.allocation.explaining.bands import banded, may_be_told
from app.allocation.explaining.changing import known, money_stage, up_to_money
from app.allocation.explaining.contest import Contest, Cut
from app.allocation.explaining.price_cut import price_cut
from app.allocation.explaining.quantity_limits import Threshold, lower_minimum, more_capacity
from app.allocation.options import Options, ShouldStop

# About how many solves one bid takes; only for dividing a limit.
_SOLVES = 6


def what_would_have_won(
    document: Document,
    options: Options,
    *,
    bids: Sequence[str] | None = None,
    bands: bool = False,
    known_result: Mapping[str, Any] | None = None,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    solve: Solve | None = None,
) -> dict[str, Any]:
    """Return for each losing offer and package what it would have had to change to win.

    Parameters
    ----------
    document
        A problem.
    options
        The limit is for all solves together.
    bids
        Offers and packages; by default every one that the optimum does not use.
    bands
        Whether to return only bands of 5 % (``banded``), for the bidders themselves. Without, the
        answer shows what rivals' prices add up to: it is for the buyer.
    known_result
        The problem's own result, where there is one already.
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``status``; ``offers``: one entry each with ``id``, ``used`` and, for a losing one,

        - ``price``: ``outcome`` (``possible``, ``not_by_price``, ``unknown``), ``percent`` (the
          least cut in percent of its own price at which it draws level; any more wins), for a
          plain price ``per_unit`` (the same per unit), for a package ``amount``, and ``by``;
        - ``minimum`` and ``capacity``, of offers that state such a limit: ``outcome``, ``stated``
          and ``quantity``, the largest minimum or the least capacity that would have won.

    Raises
    ------
    DocumentError
        If the document has defects, or an id is unknown.
    AllocationFailed
        If the known result does not hold.

    Notes
    -----
    Each is judged alone, everything else as it stands, in the stages up to the first in which cost
    counts: a bid that only a later stage keeps out draws level with a cut of 0. Where no stage
    minimises cost there is nothing to say, and ``offers`` is empty.
    """
    problem = documents.read(document)
    known(document, ("offers", "packages"), bids or (), "offer or package")
    asking = Asking(options, on_step, should_stop, solve)
    # Half of the limit at most: the other half is for the bids.
    asking.expect(2)
    short = up_to_money(document, problem)
    if known_result is not None:
        asking.known(document, known_result)
    base = asking.exactly("as it is", short)
    found: dict[str, Any] = {"status": base.result["status"], "offers": []}
    money = money_stage(problem)
    if base.best is not None and money is not None:
        contest = Contest(base, *money)
        used = base.best.plan.used
        if known_result is not None:
            used |= _used(known_result)
        chosen = [s.id for s in problem.sources if s.id not in used] if bids is None else bids
        for k, one in enumerate(chosen):
            # What one bid did not need is left for the others.
            asking.expect(asking.done + _SOLVES * (len(chosen) - k) - asking.expected)
            if bands and not may_be_told(problem, one):
                found["offers"].append({"id": one, "told": False})
                continue
            entry = _entry(asking, contest, one, used=one in used)
            found["offers"].append(banded(problem, entry) if bands else entry)
    return explained("what-would-have-won", document, asking, found)


def _used(result: Mapping[str, Any]) -> frozenset[str]:
    offers = (one["offer"] for one in result.get("allocations", ()))
    return frozenset((*offers, *result.get("packages", ())))


def _entry(asking: Asking, contest: Contest, bid: str, *, used: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": bid, "used": used}
    if used:
        return entry
    problem = contest.base.problem
    entry["price"] = _of_cut(problem, bid, price_cut(asking, contest, bid))
    if bid in problem.offers:
        entry["minimum"] = _of_threshold(lower_minimum(asking, contest, bid))
        entry["capacity"] = _of_threshold(more_capacity(asking, contest, bid))
    return entry


def _of_cut(problem: Problem, bid: str, cut: Cut) -> dict[str, Any]:
    entry: dict[str, Any] = {"outcome": cut.outcome, "by": cut.by}
    if cut.outcome == "not_by_price":
        return {**entry, "because": list(cut.because)}
    entry["percent"] = cut.part.times(Fraction(100)).document()
    source = problem.offers.get(bid) or problem.packages[bid]
    if isinstance(source, Package):
        entry["amount"] = cut.part.times(Fraction(source.price)).document()
    elif len(source.price.tiers) == 1:
        entry["per_unit"] = cut.part.times(Fraction(source.price.tiers[0].unit)).document()
    return entry


def _of_threshold(found: Threshold) -> dict[str, Any]:
    entry: dict[str, Any] = {"outcome": found.outcome}
    if found.stated is not None:
        entry["stated"] = decimal_text(found.stated)
    if found.outcome in {"possible", "unknown"}:
        entry["quantity"] = found.quantity.document()
    return entry
