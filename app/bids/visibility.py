"""The seal: who may read which bid, said once and used by every query."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from app.bids.models import Bid, BidMember
from app.tenders.models import Tender


def readable(organisation_id: str) -> ColumnElement[bool]:
    """Return the condition, on bids joined with their tender, under which an organisation reads.

    The firms that a bid binds always do. The tender's buyer does from the opening on, and then only
    the bids that count. Nobody else ever does: not even that a bid exists.
    """
    buyer = Tender.organisation_id == organisation_id
    return or_(binds(organisation_id), and_(buyer, standing()))


def binds(organisation_id: str) -> ColumnElement[bool]:
    """Return the condition that a firm is the bidder, or a member of the network that bids."""
    return exists().where(BidMember.bid_id == Bid.id, BidMember.organisation_id == organisation_id)


def standing() -> ColumnElement[bool]:
    """Return the condition that a bid counts: opened, and complete before the closing."""
    return and_(
        Bid.status == "submitted",
        Bid.complete_at < Tender.closes_at,
        Tender.opened_at.is_not(None),
    )


def shown_status(bid: Bid, tender: Tender, at: datetime) -> str:
    """Return a bid's status as its reader sees it: one that waited too long has lapsed."""
    over = tender.status != "published" or at >= tender.closes_at
    return "lapsed" if over and bid.status == "awaiting_consent" else bid.status
