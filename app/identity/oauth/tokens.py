"""Access tokens: short signed statements of who acts for which organisation (RFC 9068)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from app.identity.oauth import keys
from app.identity.oauth.keys import ALGORITHM, TOKEN_LIFE
from app.kit.secretbox import Box
from app.kit.types import new_id

TYPE = "at+jwt"
POWER = "power:"  # a scope that grants a binding power, such as power:submit


@dataclass(frozen=True)
class Claims:
    """What an access token says."""

    client_id: str
    user_id: str
    organisation_id: str
    grant_id: str | None
    scopes: frozenset[str]
    powers: frozenset[str]
    jti: str
    expires_at: datetime


def scope_text(scopes: Iterable[str], powers: Iterable[str]) -> str:
    """Return scopes and powers as one OAuth scope."""
    return " ".join([*sorted(scopes), *(POWER + power for power in sorted(powers))])


def split_scope(text: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the scopes and the powers of an OAuth scope."""
    words = (text or "").split()
    powers = frozenset(word.removeprefix(POWER) for word in words if word.startswith(POWER))
    return frozenset(word for word in words if not word.startswith(POWER)), powers


def issue(
    session: Session,
    box: Box,
    *,
    issuer: str,
    client_id: str,
    user_id: str,
    organisation_id: str,
    grant_id: str | None,
    scope: str,
    at: datetime,
) -> str:
    """Return a signed access token that one organisation's client or user acts with."""
    kid, key = keys.signing_key(session, box, at)
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": issuer,
        "sub": user_id,
        "client_id": client_id,
        "org": organisation_id,
        "scope": scope,
        "iat": int(at.timestamp()),
        "exp": int((at + TOKEN_LIFE).timestamp()),
        "jti": new_id("jti"),
    }
    if grant_id is not None:
        claims["grant"] = grant_id
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": kid}, claims, key)


def read(session: Session, token: str, *, issuer: str, at: datetime) -> Claims | None:
    """Return what a token of ours says; None for any other, or one that has ended."""
    known = KeySet.import_key_set({"keys": list(keys.published(session, at))})
    try:
        decoded = jwt.decode(token, known, algorithms=[ALGORITHM])
    except (JoseError, ValueError):  # not signed by us, or no token at all
        return None
    said = decoded.claims
    ours = decoded.header.get("typ") == TYPE and said.get("iss") == said.get("aud") == issuer
    expires_at = datetime.fromtimestamp(said["exp"], UTC) if ours else at
    if not ours or expires_at <= at:
        return None
    scopes, powers = split_scope(said["scope"])
    return Claims(
        client_id=said["client_id"],
        user_id=said["sub"],
        organisation_id=said["org"],
        grant_id=said.get("grant"),
        scopes=scopes,
        powers=powers,
        jti=said["jti"],
        expires_at=expires_at,
    )
