"""What makes a bid stand: its firms have bound themselves to no other one, and all consented."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.bids import queries
from app.bids.errors import FirmAlreadyBids
from app.bids.models import Bid
from app.bids.wording import lots_of
from app.identity.actor import Actor
from app.kit.events import record


def refuse_second_bid(
    session: Session, *, tender_id: str, bidder_id: str, organisation_id: str, lots: set[str]
) -> None:
    """Refuse a firm's act where it has bound itself to another bid for one of the lots.

    Each firm is asked at its own act and about its own promises, so the answer tells nobody what
    others are doing; and as every firm of a bid that counts has acted, none stands in two.

    Raises
    ------
    FirmAlreadyBids
        Naming those lots.
    """
    queries.lock_firm(session, organisation_id)
    promised = queries.promised_bids(
        session, tender_id=tender_id, organisation_id=organisation_id, other_than=bidder_id
    )
    taken: set[str] = set()
    for bid in promised:
        taken |= lots & lots_of(bid.content["offers"])
    if taken:
        raise FirmAlreadyBids(sorted(taken))


def complete(session: Session, bid: Bid, firms: Iterable[str], *, at: datetime, by: Actor) -> None:
    """Let a bid stand, now that every firm has consented; what the bidder had before is replaced.

    The caller holds the bid's lock, or has made it in this transaction.
    """
    everybody = tuple(firms)
    for older in queries.live_before(session, bid):
        older.status = "replaced"
        older.ended_at = at
        tell(session, "bid.replaced", older, everybody, at=at, by=by)
    bid.status = "submitted"
    bid.complete_at = at
    tell(session, "bid.completed", bid, everybody, at=at, by=by)
    session.flush()


def tell(
    session: Session, kind: str, bid: Bid, firms: Iterable[str], *, at: datetime, by: Actor
) -> None:
    """Record an event as each firm's own affair; nothing in it tells a price or a quantity."""
    for firm in firms:
        record(
            session,
            kind,
            subject=bid.id,
            at=at,
            organisation=firm,
            actor=by.user_id,
            data={"tender_id": bid.tender_id, "number": bid.number, "status": bid.status},
        )
