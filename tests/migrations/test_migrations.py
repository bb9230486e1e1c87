"""The migrations and the tables of the code say the same, up and down, on both databases."""

from sqlalchemy import create_engine, inspect

from app.kit import migration
from app.kit.jobs import is_job_table
from app.models import metadata


def test_the_migrated_database_has_the_tables_of_the_code(database_url: str) -> None:
    migration.check(database_url)


def test_every_migration_can_be_undone_and_done_again(database_url: str) -> None:
    engine = create_engine(database_url)

    def ours() -> set[str]:
        names = inspect(engine).get_table_names()
        return {name for name in names if not is_job_table(name, None)} - {"alembic_version"}

    def current() -> bool:
        with engine.connect() as connection:
            return migration.is_current(connection)

    assert ours() == set(metadata.tables)
    assert current()
    migration.downgrade(database_url, "base")
    assert ours() == set()
    assert not current()
    migration.upgrade(database_url)
    assert ours() == set(metadata.tables)
    engine.dispose()
