"""Routes of invitations and verification."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.identity import queries as identity
from app.identity.actor import Actor, allowed
from app.identity.errors import ScopeMissing
from app.identity.joining import invitations, queries, verifying
from app.identity.joining.models import Invitation, Verification
from app.identity.joining.schemas import (
    AcceptanceRequest,
    InvitationRequest,
    InvitationView,
    KnownOrganisationView,
    NewInvitationView,
    VerificationRequest,
    VerificationView,
)
from app.identity.joining.verifying import Finding
from app.identity.login import passwords
from app.identity.login.door import AtTheDoor
from app.identity.schemas import UserView
from app.identity.scopes import OWNER
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(route_class=ExactRoute)
KeyOwner = Annotated[Actor, allowed("keys:write")]
Reader = Annotated[Actor, allowed("profile:read")]
Overseer = Annotated[Actor, allowed("oversight:write")]


@router.get("/invitations", responses=responses())
def list_invitations(actor: KeyOwner, session: ReadSession, asked: Asked) -> Page[InvitationView]:
    """List whom your organisation invited."""
    rows = queries.invitations_of(actor.organisation_id)
    return page(session, rows, Invitation.id, asked, InvitationView.model_validate)


@router.post("/invitations", status_code=201, responses=responses())
def invite(
    body: InvitationRequest,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> NewInvitationView:
    """Invite somebody to your organisation; hand the secret in the answer over yourself."""
    at = clock.now(session)
    actor.require_trust(at)
    if body.role == OWNER and actor.role != OWNER:
        raise ScopeMissing(scope=OWNER)
    made = invitations.invite(
        session,
        actor.organisation_id,
        email=body.email,
        role=body.role,
        by=actor.user_id,
        at=at,
    )
    response.headers["Cache-Control"] = "no-store"
    view = InvitationView.model_validate(made.row)
    return NewInvitationView(**view.model_dump(), invitation=made.secret)


@router.delete("/invitations/{invitation_id}", status_code=204, responses=responses(404, 409))
def withdraw_invitation(
    invitation_id: str, actor: KeyOwner, session: UnitOfWork, clock: ServerClock
) -> None:
    """Withdraw an invitation."""
    invitations.withdraw(
        session,
        actor.organisation_id,
        invitation_id,
        by=actor.user_id,
        at=clock.now(session),
    )


@router.post("/invitation-acceptances", status_code=201, responses=responses())
def accept_invitation(body: AcceptanceRequest, door: AtTheDoor) -> UserView:
    """Accept an invitation with a password of your own."""
    with door.unit_of_work() as session:
        asked = invitations.open_invitation(session, body.invitation, door.clock.now(session))
    personal = (body.name, asked.email)
    password_hash = passwords.accepted(body.password, personal, "/password")
    with door.unit_of_work() as session:
        user = invitations.accept(
            session,
            body.invitation,
            name=body.name,
            password_hash=password_hash,
            at=door.clock.now(session),
        )
    return UserView.model_validate(user)


@router.get("/organisations/{organisation_id}", responses=responses(404))
def read_organisation(
    organisation_id: str, _actor: Reader, session: ReadSession, clock: ServerClock
) -> KnownOrganisationView:
    """Read who an organisation is, and how well it is known."""
    row = identity.organisation(session, organisation_id)
    if row is None:
        raise NotFound
    return KnownOrganisationView(
        id=row.id,
        name=row.name,
        country=row.country,
        created_at=row.created_at,
        level=verifying.level_of(session, row.id, clock.now(session)),
    )


def _seen_by(actor: Actor, row: Verification) -> VerificationView:
    view = VerificationView.model_validate(row)
    if actor.organisation_id not in {row.organisation_id, row.office_id}:
        view.evidence = None
    return view


@router.get("/organisations/{organisation_id}/verifications", responses=responses(404))
def list_verifications(
    organisation_id: str, actor: Reader, session: ReadSession, asked: Asked
) -> Page[VerificationView]:
    """List who verified an organisation, when and how far."""
    if identity.organisation(session, organisation_id) is None:
        raise NotFound
    rows = queries.verifications_of(organisation_id)
    return page(session, rows, Verification.id, asked, lambda row: _seen_by(actor, row))


@router.post(
    "/organisations/{organisation_id}/verifications",
    status_code=201,
    responses=responses(404, 409),
)
def verify(
    organisation_id: str,
    body: VerificationRequest,
    actor: Overseer,
    session: UnitOfWork,
    clock: ServerClock,
) -> VerificationView:
    """Record what your office found out about an organisation."""
    finding = Finding(body.level, body.evidence, body.valid_until)
    row = verifying.verify(session, organisation_id, finding, actor=actor, at=clock.now(session))
    return _seen_by(actor, row)


@router.delete(
    "/organisations/{organisation_id}/verifications/{verification_id}",
    status_code=204,
    responses=responses(404),
)
def revoke_verification(
    organisation_id: str,
    verification_id: str,
    actor: Overseer,
    session: UnitOfWork,
    clock: ServerClock,
) -> None:
    """Take back what your office found out."""
    verifying.revoke(session, organisation_id, verification_id, actor=actor, at=clock.now(session))
