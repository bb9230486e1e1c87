"""Use case: a member of a network consents to the very content of its bid."""

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.bids import queries, standing
from app.bids.errors import BidEnded, ContentDiffers
from app.bids.models import Bid, BidMember
from app.bids.wording import lots_of
from app.identity.actor import Actor
from app.kit.clock import Clock
from app.kit.problems import NotFound
from app.tenders.bidding import open_for_bids


def consent(session: Session, bid_id: str, sha256: str, *, actor: Actor, clock: Clock) -> Bid:
    """Record a member's consent; the last one lets the bid stand.

    Consenting again changes nothing, also after the deadline.

    Raises
    ------
    NotFound
        If the bid does not bind the actor's firm.
    TenderClosed, BidEnded
        If it is too late.
    ContentDiffers
        If the consent names another content.
    FirmAlreadyBids
        If the firm stands in another bid for one of the lots.
    """
    bid = queries.readable_bid(session, bid_id, actor.organisation_id)
    own = _own(session, bid_id, actor)
    if bid is None or own is None:
        raise NotFound
    if sha256 != bid.content_sha256:
        raise ContentDiffers(extra={"content_sha256": bid.content_sha256})
    if own.consented_at is not None:
        return bid
    _tender, at = open_for_bids(session, bid.tender_id, clock)
    actor.require_power(session, "consent", at=at)
    standing.refuse_second_bid(
        session,
        tender_id=bid.tender_id,
        bidder_id=bid.bidder_id,
        organisation_id=actor.organisation_id,
        lots=lots_of(bid.content["offers"]),
    )
    queries.locked_bid(session, bid_id)
    again = _own(session, bid_id, actor)  # a colleague may have consented while this act waited
    if again is None or again.consented_at is not None:
        return bid
    if bid.status != "awaiting_consent":
        raise BidEnded
    own.consented_at = at
    own.consented_by = actor.user_id
    own.consented_sha256 = sha256
    # The members stand in another table: the bid's revision is what its readers compare.
    flag_modified(bid, "status")
    standing.tell(session, "bid.consented", bid, [bid.organisation_id], at=at, by=actor)
    session.flush()
    everybody = queries.members_of(session, [bid_id])
    if all(member.consented_at is not None for member in everybody):
        firms = [member.organisation_id for member in everybody]
        standing.complete(session, bid, firms, at=at, by=actor)
    return bid


def _own(session: Session, bid_id: str, actor: Actor) -> BidMember | None:
    for member in queries.members_of(session, [bid_id]):
        if member.organisation_id == actor.organisation_id:
            return member
    return None
