"""The retention table: which personal data is kept for what, how long, and how it goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity.privacy import queries
from app.kit.events import record

Forget = Callable[[Session, datetime], int]


@dataclass(frozen=True)
class Rule:
    """One kind of data: why it is there, how long after what, and what makes it go.

    Without `forget` it goes with its person (erasure), or stays because the law wants it.
    """

    data: str
    purpose: str
    keep: timedelta | None
    after: str
    forget: Forget | None = None


DAY = timedelta(days=1)
RETENTION: Sequence[Rule] = (
    Rule("login_attempts", "slowing down guesses", DAY, "the attempt", queries.forget_attempts),
    Rule(
        "login_sessions",
        "showing a user its browsers",
        90 * DAY,
        "its end",
        queries.forget_sessions,
    ),
    Rule("password_tickets", "tracing a reset", 30 * DAY, "its end", queries.forget_tickets),
    Rule(
        "invitations.email",
        "delivering the invitation",
        30 * DAY,
        "its end",
        queries.forget_invited,
    ),
    Rule("oauth_codes", "noticing a second use", DAY, "its end", queries.forget_codes),
    Rule(
        "oauth_refresh_tokens",
        "noticing a second use",
        30 * DAY,
        "its end",
        queries.forget_refresh_tokens,
    ),
    Rule(
        "oauth_revoked_tokens",
        "refusing what was revoked",
        DAY,
        "the token's end",
        queries.forget_revoked_tokens,
    ),
    Rule("users.name, users.email", "knowing who acts", None, "erasure"),
    Rule("credentials, totps, recovery_codes", "signing in", None, "erasure"),
    Rule("authorisations, binding_acts", "proving who bound a firm (ids only)", None, "the law"),
    Rule("events", "the tamper-evident log (ids only)", None, "the law"),
    Rule("breaches", "UU 27/2022, article 46", None, "the law"),
)


def sweep(session: Session, at: datetime) -> dict[str, int]:
    """Forget whatever is past its time; return how much of each kind."""
    gone = {
        rule.data: rule.forget(session, at - rule.keep)
        for rule in RETENTION
        if rule.forget is not None and rule.keep is not None
    }
    forgotten = {data: count for data, count in gone.items() if count}
    if forgotten:
        record(
            session,
            "retention.swept",
            subject="retention",
            at=at,
            organisation=None,
            actor=None,
            data=dict(forgotten),
        )
    return forgotten
