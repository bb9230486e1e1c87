"""A tender with opened bids and a finished scenario, in a database of each test's own."""

from tests.support.awards import (
    database_url,
    prepared,
    prepared_postgres,
    prepared_sqlite,
    ready,
)

__all__ = ["database_url", "prepared", "prepared_postgres", "prepared_sqlite", "ready"]
