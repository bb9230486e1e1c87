"""The door: every check of a password goes through here, counted and at the same cost."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.login import factors, passwords, queries, throttle
from app.identity.login.errors import LoginFailed, NoPassword, SecondFactorNeeded
from app.identity.models import User
from app.identity.site import ServerSite
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.deps import ServerClock
from app.kit.secretbox import Box

AT_ONCE = 4  # each check holds 64 MiB for about 50 ms


@dataclass(frozen=True)
class Passed:
    """Who showed the right password, and whether with a second factor."""

    user: User
    second_factor: bool


@dataclass(frozen=True)
class Door:
    """Checks passwords in transactions of its own.

    So a failure is counted although it is refused, and no lock is held while a hash is computed.
    """

    database: Database
    clock: Clock
    box: Box
    address: str

    def unit_of_work(self) -> AbstractContextManager[Session]:
        """Return the transaction of what follows a check."""
        return self.database.unit_of_work()

    def sign_in(
        self, email: str, password: str, organisation_id: str | None, code: str | None
    ) -> Passed:
        """Return who signs in so.

        Raises
        ------
        LoginFailed
            The same for an unknown address, several users of it, and a wrong password.
        SecondFactorNeeded
            When only the code is missing or wrong.
        TooManyAttempts
            When too many tries failed before.
        """
        login = email.casefold()
        counted = self._count(f"{login}\0{organisation_id or ''}")
        with self.database.read() as session:
            found = queries.signing_in(session, login, organisation_id)
        known = found[0].password_hash if found else None
        if not passwords.matches(password, known) or found is None:
            raise LoginFailed
        return self._with_factor(found[1], code, counted)

    def confirm(self, user_id: str, password: str, code: str | None) -> Passed:
        """Return a user who is already known, having shown the password again."""
        with self.database.read() as session:
            known = queries.credential(session, user_id)
            user = identity.user(session, user_id)
        if known is None or user is None:
            raise NoPassword
        counted = self._count(user_id)
        if not passwords.matches(password, known.password_hash):
            raise LoginFailed
        return self._with_factor(user, code, counted)

    def _count(self, who: str) -> tuple[throttle.Bucket, ...]:
        counted = throttle.buckets(who, self.address)
        with self.unit_of_work() as session:
            throttle.count(session, counted, self.clock.now(session))
        return counted

    def _with_factor(
        self, user: User, code: str | None, counted: tuple[throttle.Bucket, ...]
    ) -> Passed:
        with self.unit_of_work() as session:
            needed = queries.has_totp(session, user.id)
            at: datetime = self.clock.now(session)
            good = not needed or (
                code is not None and factors.accept(session, self.box, user, code, at)
            )
            if good:
                throttle.forgive(session, counted)
        if not good:
            raise SecondFactorNeeded
        return Passed(user, needed)


def _door(request: Request, clock: ServerClock, site: ServerSite) -> Iterator[Door]:
    database: Database = request.app.state.database
    address = request.client.host if request.client else "unknown"
    yield Door(database, clock, site.box, address)  # a generator holds its place in the queue


AtTheDoor = Annotated[Door, Depends(_door, max_concurrency=AT_ONCE, scope="function")]
