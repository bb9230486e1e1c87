"""Routes of registrations, users, keys and authorisations."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from app.identity import authorising, keys, membership, queries
from app.identity.actor import Actor, allowed
from app.identity.authorising import Grant
from app.identity.errors import RegistrationClosed, ScopeMissing, TrustMissing
from app.identity.joining import api as joining
from app.identity.keys import NewKey
from app.identity.login import api as login
from app.identity.login import passwords
from app.identity.models import ApiKey, Authorisation, BindingAct, User
from app.identity.oauth import api as oauth
from app.identity.privacy import api as privacy
from app.identity.schemas import (
    ActorView,
    AuthorisationRequest,
    AuthorisationView,
    BindingActView,
    KeyRequest,
    KeyView,
    NewKeyView,
    OrganisationView,
    RegistrationRequest,
    RegistrationView,
    RotationRequest,
    UserRequest,
    UserView,
)
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock, ServerSettings
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(tags=["identity"], route_class=ExactRoute)
router.include_router(login.router)
router.include_router(joining.router)
router.include_router(oauth.router)
router.include_router(privacy.router)
KeyOwner = Annotated[Actor, allowed("keys:write")]


def _refuse_wider(actor: Actor, scopes: Iterable[str], powers: Iterable[str], at: datetime) -> None:
    """Refuse to make a key that may do more than whoever makes it."""
    for scope in scopes:
        if scope not in actor.scopes:
            raise ScopeMissing(scope=scope)
    if not actor.may_pass_on(at) >= set(powers):
        raise TrustMissing


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
    password_hash = None
    if body.password is not None:  # hashed before the transaction takes its lock
        personal = (body.user_name, body.email, body.name)
        password_hash = passwords.accepted(body.password, personal, "/password")
    made = membership.register(
        session,
        **body.model_dump(exclude={"password"}),
        password_hash=password_hash,
        at=clock.now(session),
    )
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
        powers=sorted(actor.powers),
        via=actor.via,
        fresh_until=actor.fresh_until,
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
    at = clock.now(session)
    _refuse_wider(actor, body.scopes, body.powers, at)
    user = queries.user_of(session, actor.organisation_id, body.user_id or actor.user_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    made = keys.make_key(
        session,
        user,
        label=body.label,
        scopes=body.scopes,
        powers=body.powers,
        by=actor.user_id,
        at=at,
        expires_at=body.expires_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return _with_secret(made)


@router.post("/api-keys/{key_id}/rotation", status_code=201, responses=responses(404, 409))
def rotate_key(
    key_id: str,
    body: RotationRequest,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> NewKeyView:
    """Make a key that replaces this one; both work for the overlap, then only the new one."""
    key = queries.key_of(session, actor.organisation_id, key_id)
    if key is None:
        raise NotFound
    at = clock.now(session)
    _refuse_wider(actor, key.scopes, key.powers, at)
    made = keys.rotate(
        session,
        key,
        overlap=timedelta(hours=body.overlap_hours),
        by=actor.user_id,
        at=at,
        expires_at=body.expires_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return _with_secret(made)


@router.delete("/api-keys/{key_id}", status_code=204, responses=responses(404))
def revoke_key(key_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock) -> None:
    """Revoke an API key at once."""
    keys.revoke_key(session, actor.organisation_id, key_id, by=actor.user_id, at=clock.now(session))


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
    """Let a user of yours, or another organisation, bind your organisation; only an owner may."""
    at = clock.now(session)
    actor.require_owner(at)
    limit = body.limit
    asked = Grant(
        power=body.power,
        evidence=body.evidence,
        user_id=body.user_id,
        holder_organisation_id=body.holder_organisation_id,
        limit_amount=limit.amount if limit else None,
        limit_currency=limit.currency if limit else None,
        valid_until=body.valid_until,
    )
    row = authorising.grant(session, asked, firm_id=actor.organisation_id, by=actor.user_id, at=at)
    return AuthorisationView.model_validate(row)


@router.delete("/authorisations/{authorisation_id}", status_code=204, responses=responses(404))
def withdraw(
    authorisation_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock
) -> None:
    """End an authorisation from now on."""
    authorising.withdraw_power(
        session,
        actor.organisation_id,
        authorisation_id,
        by=actor.user_id,
        at=clock.now(session),
    )


@router.get("/binding-acts", responses=responses())
def list_binding_acts(actor: KeyOwner, session: ReadSession, asked: Asked) -> Page[BindingActView]:
    """List who submitted, consented and signed for your organisation, and by what."""
    rows = queries.acts_for(actor.organisation_id)
    return page(session, rows, BindingAct.id, asked, BindingActView.model_validate)
