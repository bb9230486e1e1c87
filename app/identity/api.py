"""Routes of registrations, users, keys and authorisations."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.identity import membership, queries
from app.identity.actor import Actor, allowed
from app.identity.errors import PowerMissing, RegistrationClosed, ScopeMissing
from app.identity.membership import NewKey
from app.identity.models import ApiKey, Authorisation, User
from app.identity.schemas import (
    ActorView,
    AuthorisationRequest,
    AuthorisationView,
    KeyRequest,
    KeyView,
    NewKeyView,
    OrganisationView,
    RegistrationRequest,
    RegistrationView,
    UserRequest,
    UserView,
)
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock, ServerSettings
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(tags=["identity"], route_class=ExactRoute)
KeyOwner = Annotated[Actor, allowed("keys:write")]


def _with_secret(made: NewKey) -> NewKeyView:
    return NewKeyView(**KeyView.model_validate(made.key).model_dump(), secret=made.secret)


@router.post("/registrations", status_code=201, responses=responses(409))
def register(
    body: RegistrationRequest,
    response: Response,
    session: UnitOfWork,
    clock: ServerClock,
    settings: ServerSettings,
) -> RegistrationView:
    """Register an organisation; the answer holds its owner's first API key, shown once."""
    if settings.registration == "closed":
        raise RegistrationClosed
    made = membership.register(session, **body.model_dump(), at=clock.now(session))
    response.headers["Cache-Control"] = "no-store"
    return RegistrationView(
        organisation=OrganisationView.model_validate(made.organisation),
        user=UserView.model_validate(made.user),
        key=_with_secret(made.key),
    )


@router.get("/me", responses=responses())
def me(actor: Annotated[Actor, allowed("profile:read")]) -> ActorView:
    """Tell who the server takes you for."""
    return ActorView(
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        role=actor.role,
        scopes=sorted(actor.scopes),
    )


@router.get("/users", responses=responses())
def list_users(actor: KeyOwner, session: ReadSession, asked: Asked) -> Page[UserView]:
    """List the users of your organisation."""
    rows = queries.users_of(actor.organisation_id)
    return page(session, rows, User.id, asked, UserView.model_validate)


@router.post("/users", status_code=201, responses=responses())
def add_user(
    body: UserRequest, actor: KeyOwner, session: UnitOfWork, clock: ServerClock
) -> UserView:
    """Add a user to your organisation."""
    if body.role == "owner" and actor.role != "owner":
        raise ScopeMissing(scope="owner")
    user = membership.add_user(
        session,
        actor.organisation_id,
        **body.model_dump(),
        at=clock.now(session),
        by=actor.user_id,
    )
    return UserView.model_validate(user)


@router.get("/api-keys", responses=responses())
def list_keys(actor: KeyOwner, session: ReadSession, asked: Asked) -> Page[KeyView]:
    """List the API keys of your organisation, without their secrets."""
    rows = queries.keys_of(actor.organisation_id)
    return page(session, rows, ApiKey.id, asked, KeyView.model_validate)


@router.post("/api-keys", status_code=201, responses=responses(404))
def make_key(
    body: KeyRequest,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> NewKeyView:
    """Make an API key; its secret is in this answer only."""
    for scope in body.scopes:
        if scope not in actor.scopes:  # a narrow key must not make a wider one
            raise ScopeMissing(scope=scope)
    user = queries.user_of(session, actor.organisation_id, body.user_id or actor.user_id)
    if user is None:
        raise NotFound
    made = membership.make_key(
        session,
        user,
        label=body.label,
        scopes=body.scopes,
        at=clock.now(session),
        expires_at=body.expires_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return _with_secret(made)


@router.delete("/api-keys/{key_id}", status_code=204, responses=responses(404))
def revoke_key(key_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock) -> None:
    """Revoke an API key at once."""
    membership.revoke_key(
        session, actor.organisation_id, key_id, by=actor.user_id, at=clock.now(session)
    )


@router.get("/authorisations", responses=responses())
def list_authorisations(
    actor: KeyOwner, session: ReadSession, asked: Asked
) -> Page[AuthorisationView]:
    """List who may bind your organisation."""
    rows = queries.authorisations_of(actor.organisation_id)
    return page(session, rows, Authorisation.id, asked, AuthorisationView.model_validate)


@router.post("/authorisations", status_code=201, responses=responses(404))
def grant(
    body: AuthorisationRequest, actor: KeyOwner, session: UnitOfWork, clock: ServerClock
) -> AuthorisationView:
    """Let a user of your organisation bind it; only an owner may."""
    if actor.role != "owner":
        raise PowerMissing(power="grant")
    user = queries.user_of(session, actor.organisation_id, body.user_id)
    if user is None:
        raise NotFound
    row = membership.grant(
        session,
        firm_id=actor.organisation_id,
        user=user,
        power=body.power,
        evidence=body.evidence,
        by=actor.user_id,
        at=clock.now(session),
        until=body.valid_until,
    )
    return AuthorisationView.model_validate(row)


@router.delete("/authorisations/{authorisation_id}", status_code=204, responses=responses(404))
def withdraw(
    authorisation_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock
) -> None:
    """End an authorisation from now on."""
    membership.withdraw_power(
        session,
        actor.organisation_id,
        authorisation_id,
        by=actor.user_id,
        at=clock.now(session),
    )
