"""Use cases of OAuth clients: register, replace a secret, revoke."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.identity.membership import add_user
from app.identity.oauth import queries
from app.identity.oauth.errors import NoSecret
from app.identity.oauth.models import OAuthClient
from app.kit.events import record
from app.kit.problems import Fault, Malformed, NotFound
from app.kit.security import secret_sha256
from app.kit.types import new_id

PREFIX = "jjc_"
LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})


@dataclass(frozen=True)
class Registration:
    """What a program is, and what it may ask for."""

    name: str
    kind: str
    public: bool
    role: str
    redirect_uris: Sequence[str]
    scopes: Sequence[str]
    powers: Sequence[str]


@dataclass(frozen=True)
class NewClient:
    """A client and its secret, which is shown this once; a public app has none."""

    row: OAuthClient
    secret: str | None


def register(
    session: Session, organisation_id: str, asked: Registration, *, by: str, at: datetime
) -> NewClient:
    """Register a program; a service gets a user of its own, so that rows name who acted."""
    refuse_defects(asked)
    client_id = new_id("cli")
    user_id = None
    if asked.kind == "service":
        user = add_user(
            session,
            organisation_id,
            name=asked.name,
            email=f"{client_id}@clients.invalid",
            role=asked.role,
            at=at,
            by=by,
        )
        user_id = user.id
    secret = None if asked.public else PREFIX + secrets.token_urlsafe(32)
    row = OAuthClient(
        id=client_id,
        organisation_id=organisation_id,
        name=asked.name,
        kind=asked.kind,
        secret_sha256=secret and secret_sha256(secret),
        redirect_uris=list(asked.redirect_uris),
        scopes=sorted(asked.scopes),
        powers=sorted(asked.powers),
        user_id=user_id,
        registered_by=by,
        created_at=at,
    )
    session.add(row)
    session.flush()
    _tell(session, "client.registered", row, at, by)
    return NewClient(row, secret)


def refuse_defects(asked: Registration) -> None:
    """Refuse a registration that could not work, or not safely, with every defect."""
    faults = [
        Fault(
            f"/redirect_uris/{index}", "redirect_uri", "must be https, loopback or reverse-domain"
        )
        for index, uri in enumerate(asked.redirect_uris)
        if not is_safe_redirect(uri)
    ]
    service = asked.kind == "service"
    if service and asked.redirect_uris:
        faults.append(Fault("/redirect_uris", "redirect_uri", "a service is not redirected to"))
    if not service and not asked.redirect_uris:
        faults.append(Fault("/redirect_uris", "redirect_uri", "an app needs at least one"))
    if service and asked.public:
        faults.append(Fault("/public", "public_service", "a service needs a secret"))
    if faults:
        raise Malformed(faults=faults)


def is_safe_redirect(uri: str) -> bool:
    """Tell whether a browser can be sent there without the code being read on the way."""
    if not uri.isascii() or not uri.isprintable() or set(uri) & set(" \"\\<>;,'"):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:  # such as an unclosed bracket
        return False
    if parts.fragment or "#" in uri or "*" in parts.netloc or "@" in parts.netloc:
        return False
    if parts.scheme == "https":
        return bool(parts.netloc)
    if parts.scheme == "http":
        return parts.netloc.rsplit(":", 1)[0] in LOOPBACK or parts.netloc in LOOPBACK
    return "." in parts.scheme and not parts.netloc  # RFC 8252, 7.1


def replace_secret(
    session: Session, organisation_id: str, client_id: str, *, by: str, at: datetime
) -> NewClient:
    """Give a client a new secret; the old one ends at once."""
    row = queries.client_of(session, organisation_id, client_id)
    if row is None:
        raise NotFound
    if row.secret_sha256 is None or row.revoked_at is not None:
        raise NoSecret
    secret = PREFIX + secrets.token_urlsafe(32)
    row.secret_sha256 = secret_sha256(secret)
    session.flush()
    _tell(session, "client.secret_replaced", row, at, by)
    return NewClient(row, secret)


def revoke(
    session: Session, organisation_id: str, client_id: str, *, by: str, at: datetime
) -> None:
    """End a client with everything that was granted to it; doing it twice is no error."""
    row = queries.client_of(session, organisation_id, client_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = at
        queries.end_grants_of_client(session, row.id, at)
        _tell(session, "client.revoked", row, at, by)
    session.flush()


def _tell(session: Session, kind: str, row: OAuthClient, at: datetime, by: str) -> None:
    record(
        session,
        kind,
        subject=row.id,
        at=at,
        organisation=row.organisation_id,
        actor=by,
        data={"kind": row.kind},
    )
