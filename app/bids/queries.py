"""Every SELECT on bids; each reading for a person goes through the one condition of visibility."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, defer

from app.bids.models import Bid, BidMember
from app.bids.visibility import binds, readable, standing
from app.identity.models import Organisation
from app.tenders.models import Tender

LIVE = ("awaiting_consent", "submitted")


def _readable(organisation_id: str) -> Select[Bid]:
    return (
        select(Bid)
        .join(Tender, Tender.id == Bid.tender_id)
        .options(contains_eager(Bid.tender))
        .where(readable(organisation_id))
    )


def readable_bid(session: Session, bid_id: str, organisation_id: str) -> Bid | None:
    """Return a bid, with its tender, if the organisation may read it."""
    return session.scalar(_readable(organisation_id).where(Bid.id == bid_id))


def readable_header(session: Session, bid_id: str, organisation_id: str) -> Bid | None:
    """Return the same without its content, which may be megabytes."""
    rows = _readable(organisation_id).options(defer(Bid.content, raiseload=True))
    return session.scalar(rows.where(Bid.id == bid_id))


def own_bids(organisation_id: str, tender_id: str | None) -> Select[Bid]:
    """Return the bids that bind an organisation, without their content."""
    rows = _readable(organisation_id).where(binds(organisation_id))
    rows = rows.options(defer(Bid.content, raiseload=True))
    return rows if tender_id is None else rows.where(Bid.tender_id == tender_id)


def received_bids(organisation_id: str, tender_id: str) -> Select[Bid]:
    """Return what a buyer received for its tender, without the content."""
    rows = _readable(organisation_id).where(
        Bid.tender_id == tender_id, Tender.organisation_id == organisation_id
    )
    return rows.options(defer(Bid.content, raiseload=True))


def standing_bids(session: Session, tender_id: str) -> Sequence[Bid]:
    """Return the bids that count for a tender, oldest first; none before its opening."""
    return session.scalars(
        select(Bid)
        .join(Tender, Tender.id == Bid.tender_id)
        .where(Bid.tender_id == tender_id, standing())
        .order_by(Bid.id)
    ).all()


def members_of(session: Session, bid_ids: Iterable[str]) -> Sequence[BidMember]:
    """Return the firms that bids bind, by bid and firm, as they stand in the database now."""
    return session.scalars(
        select(BidMember)
        .where(BidMember.bid_id.in_(set(bid_ids)))
        .order_by(BidMember.bid_id, BidMember.organisation_id)
        .execution_options(populate_existing=True)
    ).all()


def locked_bid(session: Session, bid_id: str) -> Bid:
    """Return a bid as it is now, locked against every other act on it, content apart."""
    return session.scalars(
        select(Bid)
        .where(Bid.id == bid_id)
        .options(defer(Bid.content))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def lock_firm(session: Session, organisation_id: str) -> None:
    """Let a firm's binding acts come one after the other, so that each sees the one before.

    `FOR NO KEY UPDATE` leaves everybody else free to refer to the firm.
    """
    session.scalars(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    ).one()


def next_number(session: Session, tender_id: str, bidder_id: str) -> int:
    """Return the number of a bidder's next submission to a tender."""
    last = session.scalar(
        select(func.max(Bid.number)).where(Bid.tender_id == tender_id, Bid.bidder_id == bidder_id)
    )
    return (last or 0) + 1


def live_before(session: Session, bid: Bid) -> Sequence[Bid]:
    """Return the bidder's earlier live submissions, locked.

    Always from the newest to the oldest, as each act on a bid locks that bid first: two acts on
    two bids of one bidder cannot wait for each other.
    """
    return session.scalars(
        select(Bid)
        .where(
            Bid.tender_id == bid.tender_id,
            Bid.bidder_id == bid.bidder_id,
            Bid.number < bid.number,
            Bid.status.in_(LIVE),
        )
        .order_by(Bid.number.desc())
        .options(defer(Bid.content, raiseload=True))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def promised_bids(
    session: Session, *, tender_id: str, organisation_id: str, other_than: str
) -> Sequence[Bid]:
    """Return the live bids of other bidders in a tender that a firm has bound itself to."""
    return session.scalars(
        select(Bid)
        .join(BidMember, BidMember.bid_id == Bid.id)
        .where(
            Bid.tender_id == tender_id,
            Bid.bidder_id != other_than,
            Bid.status.in_(LIVE),
            BidMember.organisation_id == organisation_id,
            BidMember.consented_at.is_not(None),
        )
    ).all()
