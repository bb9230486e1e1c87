"""Routes of one's own data, erasure and the breach log."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.actor import Actor, Person, allowed
from app.identity.joining import queries as offices
from app.identity.privacy import breaches, queries
from app.identity.privacy.breaches import Finding
from app.identity.privacy.erasure import erase
from app.identity.privacy.export import copy_of
from app.identity.privacy.models import Breach
from app.identity.privacy.schemas import (
    BreachRequest,
    BreachView,
    NoticeRequest,
    PersonalCopyView,
)
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(route_class=ExactRoute)
KeyOwner = Annotated[Actor, allowed("keys:write")]
Reader = Annotated[Actor, allowed("oversight:read")]
Overseer = Annotated[Actor, allowed("oversight:write")]


@router.get("/me/data", responses=responses())
def read_my_data(
    response: Response, actor: Person, session: ReadSession, clock: ServerClock
) -> PersonalCopyView:
    """Get a copy of everything that is kept about you."""
    actor.require_trust(clock.now(session))
    user = identity.user(session, actor.user_id)
    if user is None:
        raise NotFound
    response.headers["Cache-Control"] = "no-store"
    return PersonalCopyView(**copy_of(session, user))


@router.delete("/me", status_code=204, responses=responses(409))
def erase_me(actor: Person, session: UnitOfWork, clock: ServerClock) -> None:
    """Leave, and have your name and address erased."""
    at = clock.now(session)
    actor.require_trust(at)
    user = identity.user(session, actor.user_id)
    if user is None:
        raise NotFound
    erase(session, user, by=actor.user_id, at=at)


@router.delete("/users/{user_id}", status_code=204, responses=responses(404, 409))
def erase_user(user_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock) -> None:
    """Remove a user of yours and erase its name and address; only an owner may."""
    user = identity.user_of(session, actor.organisation_id, user_id)
    if user is None:
        raise NotFound
    at = clock.now(session)
    actor.require_owner(at)
    erase(session, user, by=actor.user_id, at=at)


def _is_operator(session: Session, actor: Actor) -> bool:
    office = offices.office(session, actor.organisation_id)
    return office is not None and office.kind == "operator"


def _whole(session: Session, row: Breach) -> BreachView:
    view = BreachView.model_validate(row)
    view.organisation_ids = list(queries.concerned(session, row.id))
    return view


@router.get("/breaches", responses=responses())
def list_breaches(actor: Reader, session: ReadSession, asked: Asked) -> Page[BreachView]:
    """List the breaches of personal data that concern your organisation."""
    operator = _is_operator(session, actor)
    rows = queries.breaches(actor.organisation_id, all_of_them=operator)

    def view(row: Breach) -> BreachView:
        return _whole(session, row) if operator else BreachView.model_validate(row)

    return page(session, rows, Breach.id, asked, view)


@router.post("/breaches", status_code=201, responses=responses(404))
def log_breach(
    body: BreachRequest, actor: Overseer, session: UnitOfWork, clock: ServerClock
) -> BreachView:
    """Record a breach of personal data; only the operator may."""
    finding = Finding(**body.model_dump())
    row = breaches.log(session, finding, actor=actor, at=clock.now(session))
    return _whole(session, row)


@router.post("/breaches/{breach_id}/notices", status_code=201, responses=responses(404, 409))
def note_told(
    breach_id: str,
    body: NoticeRequest,
    actor: Overseer,
    session: UnitOfWork,
    clock: ServerClock,
) -> BreachView:
    """Record that the people or the authority were told of a breach."""
    row = breaches.note_told(
        session, breach_id, body.told, body.at, actor=actor, at=clock.now(session)
    )
    return _whole(session, row)
