"""Steps of bids over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.bids.models import Bid, BidMember
from tests.support.api import Firm, World


def offer(lot: str, **over: Any) -> dict[str, Any]:
    """A plain offer for a lot; anything can be said otherwise."""
    return {"id": f"for-{lot}"[:40], "lot": lot, "price": "12500", **over}


def submit(
    firm: Firm,
    tender_id: str,
    offers: Sequence[dict[str, Any]],
    network: str | dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Submit a bid of a firm, or of a network (its id, or what was answered for it) that it leads.

    The answer is the receipt.
    """
    body: dict[str, Any] = {"offers": list(offers)}
    if network is not None:
        body["network_id"] = network if isinstance(network, str) else network["id"]
    return firm.made(f"/v1/tenders/{tender_id}/bids", body)


def consent(member: Firm, receipt: dict[str, Any]) -> dict[str, Any]:
    """Consent for a member to a network's bid, by its receipt."""
    body = {"content_sha256": receipt["content_sha256"]}
    return member.made(f"/v1/bids/{receipt['id']}/consents", body, status=200)


def joint(
    lead: Firm,
    members: Sequence[Firm],
    tender_id: str,
    offers: Sequence[dict[str, Any]],
    network: str | dict[str, Any],
) -> dict[str, Any]:
    """Submit a network's bid and let every other member consent; the answer is the receipt."""
    receipt = submit(lead, tender_id, offers, network)
    for member in members:
        if member.id != lead.id:
            consent(member, receipt)
    return receipt


def stored(world: World) -> int:
    """How many bids the database holds."""
    with world.app.state.database.read() as session:
        bids = session.scalar(select(func.count()).select_from(Bid))
        members = session.scalar(select(func.count()).select_from(BidMember))
    assert (bids == 0) == (members == 0)
    return int(bids or 0)
