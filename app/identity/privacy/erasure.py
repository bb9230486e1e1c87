"""Use case: erase a person; what the law keeps names only a pseudonym from then on."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.identity.login import queries as logins
from app.identity.models import User
from app.identity.oauth import queries as apps
from app.identity.privacy import queries
from app.identity.privacy.errors import LastOwner
from app.kit.events import record


def erase(session: Session, user: User, *, by: str, at: datetime) -> None:
    """End every access of a user and erase its name and address; twice is no error.

    Raises
    ------
    LastOwner
        When nobody else owns the organisation.
    """
    if user.erased_at is not None:
        return
    owners = set(queries.lock_owners(session, user.organisation_id))
    if owners == {user.id}:
        raise LastOwner
    queries.end_access(session, user.id, at)
    logins.drop_second_factor(session, user.id)
    apps.end_grants_of_user(session, user.id, at)
    user.name = user.id
    user.email = f"{user.id}@{queries.ERASED}"
    user.erased_at = at
    session.flush()
    record(
        session,
        "user.erased",
        subject=user.id,
        at=at,
        organisation=user.organisation_id,
        actor=by,
    )
