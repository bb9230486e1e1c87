"""A bid in the allocation format's own words: alone for its validation, and among all others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.allocation.document import FORMAT
from app.bids.models import Bid


def bid_problem(
    frame: Mapping[str, Any],
    *,
    objective: Sequence[Any],
    bidder_id: str,
    firms: Sequence[str],
    resources: Mapping[str, str],
    offers: Sequence[Any],
) -> dict[str, Any]:
    """Return the smallest whole problem that one bid's offers can be read in.

    Only the bid's own firms and resources (each with its firm) are in it, so a use of anybody
    else's is a dangling id. Their capacity is left at 0: a bid may exceed it, an award may not. The
    objective is there for the scores that it asks of every offer.
    """
    return {
        "format": FORMAT,
        **frame,
        "firms": [{"id": firm} for firm in firms],
        "bidders": [{"id": bidder_id, "members": list(firms)}],
        "resources": [
            {"id": resource, "firm": firm, "capacity": "0"} for resource, firm in resources.items()
        ],
        "offers": [_of(offer, bidder_id) for offer in offers],
        **({"objective": list(objective)} if objective else {}),
    }


def problem_offers(bid: Bid) -> list[dict[str, Any]]:
    """Return a bid's offers as they stand in the tender's problem, under ids unique in it.

    An id is `bidder/number/offer`, such as `net_…/2/bracket`: a bidder's own ids say nothing about
    those of others.
    """
    before = f"{bid.bidder_id}/{bid.number}/"
    return [
        {**offer, "id": before + offer["id"], "bidder": bid.bidder_id}
        for offer in bid.content["offers"]
    ]


def lots_of(offers: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the lots that offers are for."""
    return {offer["lot"] for offer in offers}


def _of(offer: object, bidder_id: str) -> object:
    return {**offer, "bidder": bidder_id} if isinstance(offer, Mapping) else offer
