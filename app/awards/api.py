"""Routes of awards."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.awards import queries
from app.awards.decision import decide
from app.awards.models import Award
from app.awards.reading import award_view
from app.awards.schemas import AwardItem, AwardRequest, AwardView
from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.tenders import access

router = APIRouter(tags=["awards"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("awards:read")]
Writer = Annotated[Actor, allowed("awards:write")]


@router.post("/tenders/{tender_id}/awards", status_code=201, responses=responses(404, 409))
def award_tender(
    tender_id: str,
    body: AwardRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> AwardView:
    """Award your evaluated tender as one of its scenarios proposes; needs the power to sign.

    The capacity that the allocation needs is held in the same transaction. Where it was promised
    elsewhere in the meantime the answer is 409 `capacity_taken` and nothing is stored: solve again.
    """
    seen = once.seen(session, actor.user_id)
    award = queries.award(session, seen) if seen else None
    if award is None:
        tender = access.locked_for_buyer(session, tender_id, actor)
        award = decide(session, tender, actor, **body.model_dump(), at=clock.now(session))
        once.keep(session, actor.user_id, award.id, clock)
    response.headers["Location"] = f"/v1/awards/{award.id}"
    response.headers["ETag"] = etags.etag(award.revision)
    return award_view(session, award, actor.organisation_id)


@router.get("/awards", responses=responses())
def list_awards(actor: Reader, session: ReadSession, asked: Asked) -> Page[AwardItem]:
    """List the awards that your organisation decided."""
    rows = queries.awards_of(actor.organisation_id)
    return page(session, rows, Award.id, asked, AwardItem.model_validate)


@router.get("/awards/{award_id}", responses=responses(404) | {304: {"description": "Not modified"}})
def read_award(
    award_id: str, request: Request, response: Response, actor: Reader, session: ReadSession
) -> AwardView:
    """Read an award: the buyer reads all of it, a winning firm its own part, nobody else any."""
    award = queries.award(session, award_id)
    if award is None:
        raise NotFound
    view = award_view(session, award, actor.organisation_id)
    etags.unchanged(request, response, award.revision)
    return view
