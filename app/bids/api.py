"""Routes of bids: submission, consent, withdrawal and reading."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from app.bids import consents, queries, submission, withdrawal
from app.bids.errors import BidsNeverOpened, BidsSealed
from app.bids.models import Bid
from app.bids.schemas import (
    BidConsentRequest,
    BidItem,
    BidMemberView,
    BidView,
    ContentView,
    ReceiptView,
    SubmissionRequest,
)
from app.bids.submission import Sound
from app.bids.visibility import shown_status
from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.clock import Clock
from app.kit.db import Database, ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import Conflict, NotFound, responses
from app.kit.types import utc_text
from app.tenders import access
from app.tenders.models import Tender

router = APIRouter(tags=["bids"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("bids:read")]
Writer = Annotated[Actor, allowed("bids:write")]


def _item(bid: Bid, at: datetime) -> BidItem:
    shown = {name: getattr(bid, name) for name in BidItem.model_fields if name != "status"}
    return BidItem(**shown, status=shown_status(bid, bid.tender, at))


def _shown(session: Session, bid_id: str, actor: Actor, clock: Clock) -> BidItem:
    bid = queries.readable_header(session, bid_id, actor.organisation_id)
    if bid is None:
        raise NotFound
    return _item(bid, clock.now(session))


def _examined(
    tender_id: str,
    body: SubmissionRequest,
    request: Request,
    actor: Writer,
    clock: ServerClock,
    once: AtMostOnce,
) -> Sound | None:
    """Read the offers before the request's transaction begins; None where they were stored once."""
    database: Database = request.app.state.database
    with database.read() as session:
        if once.known(session, actor.user_id) is not None:
            return None
    return submission.examine(
        database,
        tender_id,
        network_id=body.network_id,
        offers=body.offers,
        actor=actor,
        clock=clock,
    )


@router.post("/tenders/{tender_id}/bids", status_code=201, responses=responses(404, 409))
def submit(
    tender_id: str,
    body: SubmissionRequest,
    sound: Annotated[Sound | None, Depends(_examined)],
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> ReceiptView:
    """Submit a bid, or its replacement; nobody but its bidder can read it before the opening.

    Your own firm's bid stands at once; a network's when every other member has consented to it.
    Until a replacement stands, the bid before it does. Offers without `workshare` are shared
    equally by the members. All defects are reported at once (the first 1,000 of them).
    """
    made = once.seen(session, actor.user_id)
    if made is None:
        if sound is None:  # its key was forgotten between the two looks
            raise Conflict
        bid = submission.submit(
            session,
            tender_id,
            network_id=body.network_id,
            sound=sound,
            actor=actor,
            clock=clock,
        )
        made = bid.id
        once.keep(session, actor.user_id, made, clock)
    response.headers["Location"] = f"/v1/bids/{made}"
    return ReceiptView.model_validate(_shown(session, made, actor, clock))


@router.get("/tenders/{tender_id}/bids", responses=responses(404, 409))
def received(
    tender_id: str, actor: Reader, session: ReadSession, clock: ServerClock, asked: Asked
) -> Page[BidItem]:
    """List the bids for your tender that count, from its opening on."""
    tender = access.for_buyer(session, tender_id, actor)
    if tender.opened_at is None:
        raise _sealed(tender)
    now = clock.now(session)
    rows = queries.received_bids(actor.organisation_id, tender_id)
    return page(session, rows, Bid.id, asked, lambda bid: _item(bid, now))


def _sealed(tender: Tender) -> BidsSealed | BidsNeverOpened:
    if tender.status == "cancelled":
        return BidsNeverOpened()
    return BidsSealed(utc_text(tender.opens_at))


@router.get("/bids", responses=responses())
def list_bids(
    actor: Reader,
    session: ReadSession,
    clock: ServerClock,
    asked: Asked,
    tender_id: Annotated[
        str | None, Query(max_length=40, description="Default: every tender.")
    ] = None,
) -> Page[BidItem]:
    """List the bids that bind your firm: its own, and those of its networks."""
    now = clock.now(session)
    rows = queries.own_bids(actor.organisation_id, tender_id)
    return page(session, rows, Bid.id, asked, lambda bid: _item(bid, now))


@router.get("/bids/{bid_id}", responses=responses(404) | {304: {"description": "Not modified"}})
def read_bid(
    bid_id: str,
    request: Request,
    response: Response,
    actor: Reader,
    session: ReadSession,
    clock: ServerClock,
) -> BidView:
    """Read a bid of yours, or one for your opened tender."""
    bid = queries.readable_bid(session, bid_id, actor.organisation_id)
    if bid is None:
        raise NotFound
    item = _item(bid, clock.now(session))
    # Time alone lets a bid lapse, so that counts as a revision of what is read here.
    etags.unchanged(request, response, 2 * bid.revision + (item.status == "lapsed"))
    return BidView(
        **item.model_dump(),
        members=[
            BidMemberView.model_validate(member) for member in queries.members_of(session, [bid.id])
        ],
        content=ContentView.model_validate(bid.content),
    )


@router.post("/bids/{bid_id}/consents", responses=responses(404, 409))
def consent(
    bid_id: str, body: BidConsentRequest, actor: Writer, session: UnitOfWork, clock: ServerClock
) -> BidItem:
    """Consent for your firm to a network's bid; with the last consent it stands."""
    consents.consent(session, bid_id, body.content_sha256, actor=actor, clock=clock)
    return _shown(session, bid_id, actor, clock)


@router.post("/bids/{bid_id}/withdrawal", responses=responses(404, 409))
def withdraw(bid_id: str, actor: Writer, session: UnitOfWork, clock: ServerClock) -> BidItem:
    """Withdraw a bid that your firm submitted, before the closing."""
    withdrawal.withdraw(session, bid_id, actor=actor, clock=clock)
    return _shown(session, bid_id, actor, clock)
