"""Routes of sessions, passwords and second factors."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.identity import queries as identity
from app.identity.actor import Actor, Person, allowed
from app.identity.errors import CsrfFailed
from app.identity.login import factors, passwords, queries, sessions, tickets
from app.identity.login.door import AtTheDoor
from app.identity.login.errors import SecondFactorState
from app.identity.login.models import LoginSession
from app.identity.login.schemas import (
    CodeRequest,
    EnrolmentView,
    OpenSessionView,
    PasswordRequest,
    ProofRequest,
    RecoveryCodesView,
    RedemptionRequest,
    SecondFactorView,
    SessionView,
    SignInRequest,
    TicketView,
)
from app.identity.login.sessions import NewSession
from app.identity.oauth import queries as programs
from app.identity.site import ServerSite
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses

router = APIRouter(route_class=ExactRoute)
KeyOwner = Annotated[Actor, allowed("keys:write")]
CURRENT = "current"


def _opened(made: NewSession) -> OpenSessionView:
    return OpenSessionView(
        **SessionView.model_validate(made.row).model_dump(),
        csrf_token=sessions.csrf_token(made.secret),
        fresh_until=made.row.authenticated_at + sessions.FRESH,
    )


def _own(actor: Actor, session_id: str) -> str:
    """Return the session that is meant; `current` is the one that asks."""
    if session_id != CURRENT:
        return session_id
    if actor.via != "session":
        raise NotFound
    return actor.via_id


@router.post("/sessions", status_code=201, responses=responses(429))
def sign_in(
    body: SignInRequest, request: Request, response: Response, door: AtTheDoor, site: ServerSite
) -> OpenSessionView:
    """Sign in with a password; the answer sets the browser's cookie."""
    if sessions.from_elsewhere(request):
        raise CsrfFailed
    passed = door.sign_in(body.email, body.password, body.organisation_id, body.code)
    with door.unit_of_work() as session:
        made = sessions.open_session(
            session,
            passed.user,
            second_factor=passed.second_factor,
            at=door.clock.now(session),
        )
    sessions.set_cookie(response, made, secure=site.secure)
    return _opened(made)


@router.get("/sessions", responses=responses())
def list_sessions(
    actor: Person, session: ReadSession, clock: ServerClock, asked: Asked
) -> Page[SessionView]:
    """List the browsers that you are signed in with."""
    rows = queries.sessions_of(actor.user_id, clock.now(session))
    return page(session, rows, LoginSession.id, asked, SessionView.model_validate)


@router.post("/sessions/{session_id}/confirmation", responses=responses(404, 409, 429))
def confirm_session(
    session_id: str,
    body: ProofRequest,
    response: Response,
    actor: Person,
    door: AtTheDoor,
    site: ServerSite,
) -> OpenSessionView:
    """Show your password again, so that you may submit, consent and sign; `current` is yours."""
    own = _own(actor, session_id)
    if own != actor.via_id:
        raise NotFound
    passed = door.confirm(actor.user_id, body.password, body.code)
    with door.unit_of_work() as session:
        made = sessions.refresh(session, passed.user, own, door.clock.now(session))
    sessions.set_cookie(response, made, secure=site.secure)
    return _opened(made)


@router.delete("/sessions/{session_id}", status_code=204, responses=responses(404))
def sign_out(
    session_id: str,
    response: Response,
    actor: Person,
    session: UnitOfWork,
    clock: ServerClock,
    site: ServerSite,
) -> None:
    """Sign one of your browsers out; `current` is the one that asks."""
    own = _own(actor, session_id)
    sessions.end(session, actor.user_id, own, clock.now(session))
    if own == actor.via_id:
        sessions.drop_cookie(response, secure=site.secure)


@router.put("/password", status_code=204, responses=responses(409, 429))
def change_password(body: PasswordRequest, actor: Person, door: AtTheDoor) -> None:
    """Change your password; your other sessions end."""
    passed = door.confirm(actor.user_id, body.password, body.code)
    personal = (passed.user.name, passed.user.email)
    password_hash = passwords.accepted(body.new_password, personal, "/new_password")
    with door.unit_of_work() as session:
        keep = actor.via_id if actor.via == "session" else None
        at = door.clock.now(session)
        tickets.change(session, passed.user, password_hash, at=at, keep=keep)


@router.post("/users/{user_id}/password-tickets", status_code=201, responses=responses(404))
def make_password_ticket(
    user_id: str,
    response: Response,
    actor: KeyOwner,
    session: UnitOfWork,
    clock: ServerClock,
) -> TicketView:
    """Make a ticket with which a user of yours sets a password once; only an owner may."""
    user = identity.user_of(session, actor.organisation_id, user_id)
    if user is None or user.erased_at is not None or programs.acts_as(session, user_id):
        raise NotFound
    at = clock.now(session)
    actor.require_owner(at)
    made = tickets.make_ticket(session, user, by=actor.user_id, at=at)
    response.headers["Cache-Control"] = "no-store"
    return TicketView(user_id=user.id, ticket=made.secret, expires_at=made.row.expires_at)


@router.post("/password-tickets/redemption", status_code=204, responses=responses())
def redeem_password_ticket(body: RedemptionRequest, door: AtTheDoor) -> None:
    """Set your password with a ticket."""
    with door.unit_of_work() as session:
        tickets.redeem(session, body.ticket, body.new_password, door.clock.now(session))


@router.get("/second-factor", responses=responses())
def second_factor(actor: Person, session: ReadSession) -> SecondFactorView:
    """Tell whether you sign in with a second factor."""
    return SecondFactorView(
        in_force=queries.has_totp(session, actor.user_id),
        recovery_codes_left=queries.recovery_codes_left(session, actor.user_id),
    )


@router.post("/second-factor", status_code=201, responses=responses(409, 429))
def enrol_second_factor(
    body: ProofRequest, response: Response, actor: Person, door: AtTheDoor
) -> EnrolmentView:
    """Begin to use an authenticator app (TOTP, RFC 6238)."""
    passed = door.confirm(actor.user_id, body.password, body.code)
    with door.unit_of_work() as session:
        made = factors.enrol(session, door.box, passed.user, door.clock.now(session))
    response.headers["Cache-Control"] = "no-store"
    return EnrolmentView(secret=made.secret, uri=made.uri)


@router.post("/second-factor/confirmation", responses=responses(409))
def confirm_second_factor(
    body: CodeRequest, response: Response, actor: Person, door: AtTheDoor
) -> RecoveryCodesView:
    """Show the authenticator's first code; from now on signing in needs one."""
    with door.unit_of_work() as session:
        user = identity.user(session, actor.user_id)
        if user is None:
            raise NotFound
        at = door.clock.now(session)
        codes = factors.confirm(session, door.box, user, body.code, at)
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodesView(recovery_codes=list(codes))


@router.post("/second-factor/removal", status_code=204, responses=responses(409, 429))
def remove_second_factor(body: ProofRequest, actor: Person, door: AtTheDoor) -> None:
    """Sign in without a second factor again."""
    passed = door.confirm(actor.user_id, body.password, body.code)
    if not passed.second_factor:
        raise SecondFactorState
    with door.unit_of_work() as session:
        factors.remove(session, passed.user, door.clock.now(session))
