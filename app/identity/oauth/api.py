"""Routes of OAuth clients, of one's own consents, and of the public keys."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.identity.actor import Actor, Person, allowed
from app.identity.errors import ScopeMissing, TrustMissing
from app.identity.oauth import clients, consents, endpoints, keys, pages, queries
from app.identity.oauth.clients import NewClient, Registration
from app.identity.oauth.models import OAuthClient, OAuthGrant
from app.identity.oauth.schemas import (
    ClientRequest,
    ClientView,
    ConsentView,
    KeySetView,
    NewClientView,
)
from app.identity.scopes import OWNER
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(route_class=ExactRoute)
router.include_router(endpoints.router)
router.include_router(pages.router)
KeyOwner = Annotated[Actor, allowed("keys:write")]


def _with_secret(made: NewClient, response: Response) -> NewClientView:
    response.headers["Cache-Control"] = "no-store"
    view = ClientView.model_validate(made.row)
    return NewClientView(**view.model_dump(), client_secret=made.secret)


@router.get("/oauth-clients", responses=responses())
def list_clients(actor: KeyOwner, session: ReadSession, asked: Asked) -> Page[ClientView]:
    """List the programs that your organisation registered."""
    rows = queries.clients_of(actor.organisation_id)
    return page(session, rows, OAuthClient.id, asked, ClientView.model_validate)


@router.post("/oauth-clients", status_code=201, responses=responses())
def register_client(
    body: ClientRequest,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> NewClientView:
    """Register a program; its secret is in this answer only."""
    at = clock.now(session)
    actor.require_trust(at)
    if body.role == OWNER and actor.role != OWNER:
        raise ScopeMissing(scope=OWNER)
    if not set(body.powers) <= actor.may_pass_on(at):
        raise TrustMissing
    asked = Registration(**body.model_dump())
    made = clients.register(session, actor.organisation_id, asked, by=actor.user_id, at=at)
    return _with_secret(made, response)


@router.get("/oauth-clients/{client_id}", responses=responses(404))
def read_client(client_id: str, actor: KeyOwner, session: ReadSession) -> ClientView:
    """Read one of your organisation's programs."""
    row = queries.client_of(session, actor.organisation_id, client_id)
    if row is None:
        raise NotFound
    return ClientView.model_validate(row)


@router.post("/oauth-clients/{client_id}/secret", status_code=201, responses=responses(404, 409))
def replace_client_secret(
    client_id: str,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> NewClientView:
    """Give a program a new secret; the old one ends at once."""
    at = clock.now(session)
    if queries.client_of(session, actor.organisation_id, client_id) is None:
        raise NotFound
    actor.require_trust(at)
    made = clients.replace_secret(
        session, actor.organisation_id, client_id, by=actor.user_id, at=at
    )
    return _with_secret(made, response)


@router.delete("/oauth-clients/{client_id}", status_code=204, responses=responses(404))
def revoke_client(client_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock) -> None:
    """End a program with everything that was granted to it."""
    clients.revoke(
        session, actor.organisation_id, client_id, by=actor.user_id, at=clock.now(session)
    )


@router.get("/oauth-consents", responses=responses())
def list_consents(actor: Person, session: ReadSession, asked: Asked) -> Page[ConsentView]:
    """List the apps that you let act for your organisation."""
    rows = queries.grants_of(actor.user_id)
    return page(session, rows, OAuthGrant.id, asked, ConsentView.model_validate)


@router.delete("/oauth-consents/{consent_id}", status_code=204, responses=responses(404))
def withdraw_consent(
    consent_id: str, actor: Person, session: UnitOfWork, clock: ServerClock
) -> None:
    """Let an app no longer act for your organisation; its tokens end at once."""
    consents.withdraw(session, actor.user_id, consent_id, clock.now(session))


@router.get("/oauth/jwks")
def read_keys(session: ReadSession, clock: ServerClock, response: Response) -> KeySetView:
    """Read the public keys with which access tokens can be checked."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return KeySetView(keys=list(keys.published(session, clock.now(session))))
