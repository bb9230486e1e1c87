"""Databases for tests: migrated once, copied for each test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from app.kit.config import Settings
from app.setup import prepare


def migrate(url: str) -> None:
    prepare(Settings(database_url=url))


class PostgresTemplate:
    """A migrated database that others are copied from."""

    def __init__(self, server_url: str) -> None:
        self._server = create_engine(
            make_url(server_url).set(database="postgres"), isolation_level="AUTOCOMMIT"
        )
        self._url = make_url(server_url)
        self.name = f"jejaring_template_{secrets.token_hex(4)}"
        self._execute(f'create database "{self.name}"')
        migrate(self._at(self.name))

    def _at(self, name: str) -> str:
        url = self._url.set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A copy of the template that lasts for one test."""
        name = f"jejaring_test_{secrets.token_hex(6)}"
        self._execute(f'create database "{name}" template "{self.name}"')
        try:
            yield self._at(name)
        finally:
            self._execute(f'drop database "{name}" with (force)')

    def drop(self) -> None:
        self._execute(f'drop database "{self.name}" with (force)')
        self._server.dispose()
