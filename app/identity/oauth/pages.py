"""The two pages of the authorization endpoint: sign in, and consent to an app."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, urlsplit

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]  # it ships no types
from fastapi import APIRouter, Cookie, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.actor import Actor, by_session
from app.identity.errors import CsrfFailed, Unauthenticated
from app.identity.login import sessions
from app.identity.login.door import AtTheDoor
from app.identity.models import User
from app.identity.oauth import tokens
from app.identity.oauth.adapters import ProtocolRequest
from app.identity.oauth.consents import Consent
from app.identity.oauth.fields import Fields, query_fields
from app.identity.oauth.protocol import Server
from app.identity.scopes import POWER_WORDS, ROLE_SCOPES, SCOPES
from app.identity.site import ServerSite, Site
from app.kit.db import UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import SECURITY_HEADERS
from app.kit.i18n import DEFAULT, choose, translate
from app.kit.problems import Problem

router = APIRouter(prefix="/oauth", include_in_schema=False)
AUTHORIZE = "/v1/oauth/authorize"
SIGN_IN = "/v1/oauth/sign-in"
templates = Environment(
    loader=PackageLoader("app.identity.oauth"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Secret = Annotated[str | None, Cookie(alias=sessions.COOKIE)]


@dataclass(frozen=True)
class Visitor:
    """Who sits before the browser."""

    actor: Actor
    user: User
    secret: str


async def _page_form(request: Request) -> Mapping[str, str]:
    """Read a form of ours; what cannot be read is as good as empty."""
    try:
        found = parse_qs((await request.body()).decode("ascii"), errors="strict", max_num_fields=30)
    except ValueError:  # no form of ours
        return {}
    return {name: values[0] for name, values in found.items() if "\0" not in name + values[0]}


PageForm = Annotated[Mapping[str, str], Depends(_page_form)]


def _language(request: Request, asked: str | None = None) -> str:
    header = request.headers.get("accept-language")
    wanted = asked.replace(" ", ",") if asked else header
    return choose(wanted) if wanted else DEFAULT


def _page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    action: str = "",
    **values: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return a page that nobody frames, stores, or sends its form elsewhere from."""
    language = _language(request, request.query_params.get("ui_locales"))

    def say(template: str, **params: object) -> str:
        return translate(language, template, params)

    html = templates.get_template(name).render(language=language, _=say, **values)
    policy = SECURITY_HEADERS["content-security-policy"]
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Content-Security-Policy": policy.replace(
            "form-action 'self'", f"form-action 'self' {action}".rstrip()
        ),
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(html, status_code=status, headers=headers)


def _refused(request: Request, error: OAuth2Error) -> HTMLResponse:
    return _page(request, "refused.html", status=400, code=error.error)


def _redirect(site: Site, answer: Response) -> Response:
    """Name ourselves in what goes back to the app (RFC 9207)."""
    location = answer.headers["location"]
    mark = "&" if "?" in location else "?"
    iss = quote(site.url, safe="")
    return RedirectResponse(
        f"{location}{mark}iss={iss}", status_code=303, headers={"Cache-Control": "no-store"}
    )


def _to_sign_in(request: Request) -> RedirectResponse:
    following = quote(f"{AUTHORIZE}?{request.url.query}", safe="")
    return RedirectResponse(f"{SIGN_IN}?next={following}", status_code=303)


def _visitor(session: Session, secret: str | None, at: datetime) -> Visitor | None:
    if secret is None:
        return None
    try:
        actor, _seen = by_session(session, secret, at)
    except Unauthenticated:
        return None
    user = identity.user(session, actor.user_id)
    return None if user is None else Visitor(actor, user, secret)


def _origin(redirect_uri: str) -> str:
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


@router.get("/sign-in")
def show_sign_in(request: Request) -> HTMLResponse:
    """Ask for the password."""
    return _page(request, "sign-in.html", problem=None, email="", organisation_id="")


@router.post("/sign-in")
def sign_in(request: Request, form: PageForm, door: AtTheDoor, site: ServerSite) -> Response:
    """Sign in and go on to the consent."""
    following = request.query_params.get("next", "")
    known = {name: form.get(name, "").strip() for name in ("email", "organisation_id")}
    try:
        if sessions.from_elsewhere(request):
            raise CsrfFailed
        passed = door.sign_in(
            known["email"],
            form.get("password", "")[:200],
            known["organisation_id"] or None,
            form.get("code") or None,
        )
    except Problem as problem:
        sentence = problem.sentence, problem.params
        return _page(request, "sign-in.html", status=problem.status, problem=sentence, **known)
    with door.unit_of_work() as session:
        made = sessions.open_session(
            session,
            passed.user,
            second_factor=passed.second_factor,
            at=door.clock.now(session),
        )
    target = following if following.startswith(f"{AUTHORIZE}?") else "/"
    answer = RedirectResponse(target, status_code=303)
    sessions.set_cookie(answer, made, secure=site.secure)
    return answer


@router.get("/authorize")
def show_consent(
    request: Request,
    session: UnitOfWork,
    clock: ServerClock,
    site: ServerSite,
    *,
    secret: Secret = None,
) -> Response:
    """Ask whether an app may act for the reader's organisation."""
    at = clock.now(session)
    visitor = _visitor(session, secret, at)
    if visitor is None:
        return _to_sign_in(request)
    server = Server(session, site, at)
    asked = _asked(request)
    try:
        grant = server.get_consent_grant(asked, end_user=visitor.user)
    except OAuth2Error as error:
        return _answer_error(request, server, site, asked, error)
    scopes, powers = tokens.split_scope(asked.scope)
    if powers and not visitor.actor.is_fresh(at):
        return _to_sign_in(request)
    client = grant.client.row
    names = identity.names(session, {client.organisation_id, visitor.user.organisation_id})
    return _page(
        request,
        "consent.html",
        action=_origin(grant.redirect_uri),
        client=client,
        maker=names[client.organisation_id],
        organisation=names[visitor.user.organisation_id],
        user=visitor.user,
        scopes=[SCOPES[scope] for scope in sorted(scopes & ROLE_SCOPES[visitor.user.role])],
        powers={power: POWER_WORDS[power] for power in sorted(powers)},
        csrf=sessions.csrf_token(visitor.secret),
        query=request.url.query,
        host=_origin(grant.redirect_uri),
    )


@router.post("/authorize")
def decide(
    request: Request,
    form: PageForm,
    session: UnitOfWork,
    clock: ServerClock,
    site: ServerSite,
    *,
    secret: Secret = None,
) -> Response:
    """Send the reader back to the app, with a code or with the refusal."""
    at = clock.now(session)
    visitor = _visitor(session, secret, at)
    if visitor is None:
        return _to_sign_in(request)
    if sessions.from_elsewhere(request) or not sessions.is_csrf_token(
        visitor.secret, form.get("csrf")
    ):
        raise CsrfFailed
    server = Server(session, site, at)
    asked = _asked(request)
    try:
        grant = server.get_consent_grant(asked, end_user=visitor.user)
    except OAuth2Error as error:
        return _answer_error(request, server, site, asked, error)
    scopes, powers = tokens.split_scope(asked.scope)
    chosen = {power for power in powers if form.get(f"power_{power}") == "on"}
    if chosen and not visitor.actor.is_fresh(at):
        return _to_sign_in(request)
    server.consent = Consent(scopes & ROLE_SCOPES[visitor.user.role], chosen)
    user = visitor.user if form.get("decision") == "allow" else None
    answer = server.create_authorization_response(asked, grant_user=user, grant=grant)
    return _redirect(site, answer)


def _asked(request: Request) -> ProtocolRequest:
    fields: Fields = query_fields(request) or {}
    return ProtocolRequest("GET", fields, {})


def _answer_error(
    request: Request, server: Server, site: Site, asked: ProtocolRequest, error: OAuth2Error
) -> Response:
    """Tell the app where it can be told; the reader where its address is not to be trusted."""
    if error.redirect_uri:
        return _redirect(site, server.handle_error_response(asked, error))
    return _refused(request, error)
