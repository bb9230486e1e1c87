"""What a bid needs of its tender: to be there while it takes bids, and stay there until stored."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.clock import Clock
from app.kit.problems import NotFound
from app.kit.types import utc_text
from app.tenders import lifecycle, queries
from app.tenders.errors import TenderClosed
from app.tenders.models import Tender


def taking_bids(session: Session, tender_id: str, clock: Clock) -> tuple[Tender, datetime]:
    """Return a tender that takes bids, and the time of looking, without holding it to that.

    For what may take long and needs no lock; whoever stores a bid asks `open_for_bids` as well.

    Raises
    ------
    NotFound
        Where the tender was never published.
    TenderClosed
        Where it takes no bids, or none any more.
    """
    return _in_time(session, queries.tender(session, tender_id), clock)


def open_for_bids(session: Session, tender_id: str, clock: Clock) -> tuple[Tender, datetime]:
    """Hold a tender that takes bids until the transaction ends, and return the time of doing so.

    The tender is locked shared before the clock is read: closing waits for every bid that was in
    time, and a bid that waited for the closing finds the tender closed.

    Raises
    ------
    NotFound
        Where the tender was never published.
    TenderClosed
        Where it takes no bids, or none any more.
    """
    return _in_time(session, queries.locked(session, tender_id, shared=True), clock)


def _in_time(session: Session, tender: Tender | None, clock: Clock) -> tuple[Tender, datetime]:
    if tender is None or tender.published_at is None:
        raise NotFound
    now = clock.now(session)
    if not lifecycle.takes_bids(tender.status, closes_at=tender.closes_at, now=now):
        closes_at = utc_text(tender.closes_at)
        raise TenderClosed(closes_at=closes_at, extra={"closes_at": closes_at})
    return tender, now
