"""Bringing a database to this version: tables, job engine, reference data."""

from pathlib import Path

from sqlalchemy import make_url

from app.directory import reference
from app.kit import migration
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.jobs import Jobs


def prepare(settings: Settings) -> None:
    """Create or update everything that the service needs of its database; repeating is harmless."""
    file = make_url(settings.url).database
    if settings.embedded and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    migration.upgrade(settings.url)
    jobs = Jobs(settings.url)
    jobs.migrate()
    jobs.close()
    database = Database(settings.url, pool_size=1)
    with database.unit_of_work() as session:
        reference.load(session)
    database.dispose()
