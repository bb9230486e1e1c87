"""Use case: whoever submitted a bid withdraws it before the closing."""

from sqlalchemy.orm import Session

from app.bids import queries, standing
from app.bids.errors import BidEnded, NotTheLead
from app.bids.models import Bid
from app.identity.actor import Actor
from app.kit.clock import Clock
from app.kit.problems import NotFound
from app.tenders.bidding import open_for_bids


def withdraw(session: Session, bid_id: str, *, actor: Actor, clock: Clock) -> Bid:
    """End a bid; withdrawing it again changes nothing.

    Withdrawing a replacement that still waits for consents leaves the bid before it standing.

    Raises
    ------
    NotFound, NotTheLead
        If the bid is not the actor's to withdraw.
    TenderClosed, BidEnded
        If it is too late.
    """
    bid = queries.readable_bid(session, bid_id, actor.organisation_id)
    firms = [member.organisation_id for member in queries.members_of(session, [bid_id])]
    if bid is None or actor.organisation_id not in firms:
        raise NotFound
    if bid.organisation_id != actor.organisation_id:
        raise NotTheLead
    if bid.status == "withdrawn":
        return bid
    _tender, at = open_for_bids(session, bid.tender_id, clock)
    actor.require_power(session, "submit", at=at)
    queries.locked_bid(session, bid_id)
    if bid.status not in queries.LIVE:
        raise BidEnded
    bid.status = "withdrawn"
    bid.ended_at = at
    standing.tell(session, "bid.withdrawn", bid, firms, at=at, by=actor)
    session.flush()
    return bid
