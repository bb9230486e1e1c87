"""Feedback in bands: what would have won, rounded outward to 5 % so that no rival is given away."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from app.allocation.elements import Package, Problem

WIDTH = 5
FEWEST_GROUPS = 5


def may_be_told(problem: Problem, source: str) -> bool:
    """Return whether enough ownership groups priced every lot that a bid is for.

    Bidders that share a group count as one, and so does a consortium of several: what is counted
    is how many *independent* prices there are.
    """
    bid = problem.offers.get(source) or problem.packages[source]
    lots = {item.lot for item in bid.items} if isinstance(bid, Package) else {bid.lot}
    return all(independent_groups(problem, lot) >= FEWEST_GROUPS for lot in lots)


def independent_groups(problem: Problem, lot: str) -> int:
    """Return how many independent ownership groups priced a lot.

    An offer prices its lot; a package one for which it states the item's value.
    """
    clusters: list[set[str]] = []
    for source in problem.sources:
        if isinstance(source, Package):
            prices = any(item.lot == lot and item.value is not None for item in source.items)
        else:
            prices = source.lot == lot
        if prices:
            members = problem.bidders[source.bidder].members
            merged = {problem.firms[firm].ownership for firm in members}
            apart = []
            for cluster in clusters:
                if cluster & merged:
                    merged |= cluster
                else:
                    apart.append(cluster)
            clusters = [*apart, merged]
    return len(clusters)


def band(
    low: Fraction | None, high: Fraction | None, most: Fraction | None = None
) -> dict[str, str | None]:
    """Return an interval of percentages as a band, each end on a whole multiple of 5.

    The band reaches outward, and is at least 5 wide: a number that is itself a multiple of 5 does
    not show.
    """
    lower = None if low is None else WIDTH * floor(low / WIDTH)
    upper = None if high is None else WIDTH * ceil(high / WIDTH)
    if most is not None and upper is not None:
        upper = min(upper, floor(most))
    if lower is not None and upper is not None and upper - lower < WIDTH:
        if most is not None and lower + WIDTH > most:
            lower = upper - WIDTH
        else:
            upper = lower + WIDTH
    return {
        "low_percent": None if lower is None else str(lower),
        "high_percent": None if upper is None else str(upper),
    }


def banded(problem: Problem, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the feedback in bands for one bid, from its exact entry.

    Parameters
    ----------
    problem
        The problem.
    entry
        One of ``offers`` as ``what_would_have_won`` returns it.

    Returns
    -------
    dict
        ``told``: false where fewer than five independent groups priced a lot, and then nothing
        else; ``used``. Each of ``price``, ``minimum`` and ``capacity`` has its ``outcome`` and,
        where that is ``possible``, by what percent of its own stated figure the bid would have
        had to give in: the price lower, the minimum lower, the capacity higher.
    """
    if not may_be_told(problem, entry["id"]):
        return {"id": entry["id"], "told": False}
    told: dict[str, Any] = {"id": entry["id"], "told": True, "used": entry["used"]}
    bands: dict[str, Callable[[Mapping[str, Any]], dict[str, str | None]]] = {
        "price": _of_price,
        "minimum": _of_minimum,
        "capacity": _of_capacity,
    }
    for name, of in bands.items():
        stated = entry.get(name)
        if stated is not None:
            told[name] = {"outcome": stated["outcome"]}
            if stated["outcome"] == "possible":
                told[name].update(of(stated))
    return told


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _of_price(stated: Mapping[str, Any]) -> dict[str, str | None]:
    percent = stated["percent"]
    return band(_number(percent["low"]), _number(percent["high"]), Fraction(100))


def _of_minimum(stated: Mapping[str, Any]) -> dict[str, str | None]:
    """Return by how much the minimum would have had to be lower; its largest is the least cut."""
    was = Fraction(stated["stated"])
    low, high = _number(stated["quantity"]["low"]), _number(stated["quantity"]["high"])
    return band(
        None if high is None else 100 * (1 - high / was),
        None if low is None else 100 * (1 - low / was),
        Fraction(100),
    )


def _of_capacity(stated: Mapping[str, Any]) -> dict[str, str | None]:
    """Return by how much the capacity would have had to be higher, of what was offered.

    Where the maximum offered would have been enough, resources were what was missing: the band
    starts at 0. An offer of nothing has no percentage.
    """
    was = Fraction(stated["stated"])
    low, high = _number(stated["quantity"]["low"]), _number(stated["quantity"]["high"])
    if not was:
        return band(None, None)
    return band(
        None if low is None else max(Fraction(0), 100 * (low / was - 1)),
        None if high is None else max(Fraction(0), 100 * (high / was - 1)),
    )
