"""Use case: a firm or a network's lead firm submits a bid, whole and in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from app.kit.db import Database
from app.kit.problems import Conflict, Malformed
from app.kit.types import new_id
from app.tenders import queries as tenders
from app.tenders.bidding import open_for_bids, taking_bids
from app.tenders.models import Tender
from app.tenders.wording import problem_frame


@dataclass(frozen=True)
class Ground:
    """What offers were read against: the bidder, the tender as it stood, the firms' resources."""

    bidder: Bidder
    tender_revision: int
    resources: Mapping[str, str]


@dataclass(frozen=True)
class Sound:
    """Offers without a defect, in the form that is stored, and what they were read against."""

    ground: Ground
    content: Mapping[str, Any]
    sha256: str
    lots: frozenset[str]


def examine(
    database: Database,
    tender_id: str,
    *,
    network_id: str | None,
    offers: Sequence[Any],
    actor: Actor,
    clock: Clock,
) -> Sound:
    """Read the offers of a bid whole, which may take seconds and so happens in no transaction.

    Raises
    ------
    TenderClosed
        After the deadline.
    Malformed
        With every defect of the offers.
    """
    with database.read() as session:
        tender, at = taking_bids(session, tender_id, clock)
        ground = _ground(session, tender, network_id, actor=actor, at=at)
        frame = problem_frame(tender, tenders.lots(session, tender.id), _nowhere)
        objective = tender.objective
    _refuse_defects(ground, frame, objective, offers)
    sealed, sha256 = content.sealed_form(offers)
    return Sound(ground, sealed, sha256, frozenset(lots_of(offers)))


def submit(
    session: Session,
    tender_id: str,
    *,
    network_id: str | None,
    sound: Sound,
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
    Conflict
        If what the offers were read against has changed since.
    FirmAlreadyBids
        If the acting firm stands in another bid for one of the lots.
    """
    tender, at = open_for_bids(session, tender_id, clock)
    ground = _ground(session, tender, network_id, actor=actor, at=at)
    _refuse_another_ground(sound.ground, ground)
    bidder = ground.bidder
    standing.refuse_second_bid(
        session,
        tender_id=tender_id,
        bidder_id=bidder.id,
        organisation_id=actor.organisation_id,
        lots=set(sound.lots),
    )
    bid = _stored(session, tender_id, bidder, sound, actor=actor, at=at)
    standing.tell(session, "bid.submitted", bid, bidder.firms, at=at, by=actor)
    if bidder.firms == (actor.organisation_id,):
        standing.complete(session, bid, bidder.firms, at=at, by=actor)
    return bid


def _ground(
    session: Session, tender: Tender, network_id: str | None, *, actor: Actor, at: datetime
) -> Ground:
    bidder = bidder_for(session, network_id, tender, actor=actor, at=at)
    resources = directory.resources_of(session, bidder.firms)
    owners = {resource.id: resource.organisation_id for resource in resources}
    return Ground(bidder, tender.revision, owners)


def _refuse_another_ground(then: Ground, now: Ground) -> None:
    """Refuse offers that were read against something else; a resource more is no matter."""
    kept = then.resources.items() <= now.resources.items()
    if not kept or (then.bidder, then.tender_revision) != (now.bidder, now.tender_revision):
        raise Conflict


def _refuse_defects(
    ground: Ground, frame: Mapping[str, Any], objective: Sequence[Any], offers: Sequence[Any]
) -> None:
    problem = bid_problem(
        frame,
        objective=objective,
        bidder_id=ground.bidder.id,
        firms=ground.bidder.firms,
        resources=ground.resources,
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
    sound: Sound,
    *,
    actor: Actor,
    at: datetime,
) -> Bid:
    bid = Bid(
        id=new_id("bid"),
        tender_id=tender_id,
        organisation_id=actor.organisation_id,
        network_id=bidder.network_id,
        bidder_id=bidder.id,
        number=queries.next_number(session, tender_id, bidder.id),
        content=dict(sound.content),
        content_sha256=sound.sha256,
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
                consented_sha256=sound.sha256 if acts else None,
            )
        )
    session.flush()
    return bid
