"""Keys that sign access tokens: made in time, published before they sign, kept until unneeded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from app.identity.oauth import queries
from app.identity.oauth.models import SigningKey
from app.kit.events import record
from app.kit.secretbox import Box
from app.kit.types import new_id

ALGORITHM = "ES256"
LIFE = timedelta(days=30)
LEAD = timedelta(days=2)  # published so long before it signs, so that caches learn of it
TOKEN_LIFE = timedelta(minutes=10)
SKEW = timedelta(minutes=5)


def signing_key(session: Session, box: Box, at: datetime) -> tuple[str, ECKey]:
    """Return the key that signs now; make the first one, and the next one when it is time."""
    known = queries.signing_keys(session)
    current = next((row for row in known if row.active_from <= at), None)
    if current is None:
        current = _make(session, box, at, active_from=at)
    elif known[0] is current and at >= current.active_from + LIFE - LEAD:
        _make(session, box, at, active_from=max(at + LEAD, current.active_from + LIFE))
    private = box.open(current.sealed_private, _context(current.kid))
    return current.kid, ECKey.import_key(private)


def rotate_now(session: Session, box: Box, at: datetime) -> str:
    """Make a key that signs from this moment on, such as after a leak; return its id."""
    return _make(session, box, at, active_from=at).kid


def published(session: Session, at: datetime) -> Sequence[dict[str, Any]]:
    """Return the public keys: those to come, the present one, and those still needed."""
    shown: list[dict[str, Any]] = []
    successor: datetime | None = None
    for row in queries.signing_keys(session):
        if successor is None or successor + TOKEN_LIFE + SKEW > at:
            shown.append(row.public)
        successor = row.active_from
    return shown


def _make(session: Session, box: Box, at: datetime, *, active_from: datetime) -> SigningKey:
    kid = new_id("jwk")
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    row = SigningKey(
        kid=kid,
        public=dict(key.as_dict(private=False)),
        sealed_private=box.seal(key.as_pem(private=True), _context(kid)),
        created_at=at,
        active_from=active_from,
    )
    session.add(row)
    session.flush()
    record(session, "signing_key.made", subject=kid, at=at, organisation=None, actor=None)
    return row


def _context(kid: str) -> str:
    return f"signing_key:{kid}"
