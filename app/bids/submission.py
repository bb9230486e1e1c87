"""Use case: a firm or a network's lead firm submits a bid, whole and in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.bids import content, queries, standing
from app.bids.bidders import Bidder, bidder_for
from app.bids.models import Bid, BidMember
from app.bids.wording import bid_problem, lots_of
from app.directory import queries as directory
from app.identity.actor import Actor
from app.kit.clock import Clock
from app.kit.problems import Malformed
from app.kit.types import new_id
from app.tenders import queries as tenders
from app.tenders.bidding import open_for_bids
from app.tenders.models import Tender
from app.tenders.wording import problem_frame


def submit(
    session: Session,
    tender_id: str,
    *,
    network_id: str | None,
    offers: Sequence[Any],
    actor: Actor,
    clock: Clock,
) -> Bid:
    """Store a bid; a firm's own stands at once, a network's when every member has consented.

    The tender stays locked against closing until the transaction ends, so the bid is in the
    opening or was never stored. The submission is the lead firm's own consent.

    Raises
    ------
    TenderClosed
        After the deadline.
    Malformed
        With every defect of the offers.
    FirmAlreadyBids
        If the acting firm stands in another bid for one of the lots.
    """
    tender, at = open_for_bids(session, tender_id, clock)
    bidder = bidder_for(session, network_id, tender, actor=actor, at=at)
    _refuse_defects(session, tender, bidder, offers)
    standing.refuse_second_bid(
        session,
        tender_id=tender_id,
        bidder_id=bidder.id,
        organisation_id=actor.organisation_id,
        lots=lots_of(offers),
    )
    bid = _stored(session, tender_id, bidder, offers, actor=actor, at=at)
    standing.tell(session, "bid.submitted", bid, bidder.firms, at=at, by=actor)
    if bidder.firms == (actor.organisation_id,):
        standing.complete(session, bid, bidder.firms, at=at, by=actor)
    return bid


def _refuse_defects(
    session: Session, tender: Tender, bidder: Bidder, offers: Sequence[Any]
) -> None:
    resources = directory.resources_of(session, bidder.firms)
    problem = bid_problem(
        problem_frame(tender, tenders.lots(session, tender.id), _nowhere),
        objective=tender.objective,
        bidder_id=bidder.id,
        firms=bidder.firms,
        resources={resource.id: resource.organisation_id for resource in resources},
        offers=offers,
    )
    found = content.faults(offers, problem)
    if found:
        listed = found[: content.MAX_LISTED]
        raise Malformed(faults=listed, extra={"all_errors_listed": listed == found})


def _nowhere(_regency: str) -> None:
    """Leave out where a lot is needed, which matters to rules and not to a bid."""


def _stored(
    session: Session,
    tender_id: str,
    bidder: Bidder,
    offers: Sequence[Any],
    *,
    actor: Actor,
    at: datetime,
) -> Bid:
    sealed, sha256 = content.sealed_form(offers)
    bid = Bid(
        id=new_id("bid"),
        tender_id=tender_id,
        organisation_id=actor.organisation_id,
        network_id=bidder.network_id,
        bidder_id=bidder.id,
        number=queries.next_number(session, tender_id, bidder.id),
        content=sealed,
        content_sha256=sha256,
        status="awaiting_consent",
        submitted_by=actor.user_id,
        submitted_at=at,
    )
    session.add(bid)
    session.flush()
    for firm in bidder.firms:
        acts = firm == actor.organisation_id
        session.add(
            BidMember(
                bid_id=bid.id,
                organisation_id=firm,
                consented_at=at if acts else None,
                consented_by=actor.user_id if acts else None,
                consented_sha256=sha256 if acts else None,
            )
        )
    session.flush()
    return bid
