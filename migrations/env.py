"""How Alembic reaches the database: one at a time, with timeouts, blind to the job engine."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from app.kit.db import engine_for
from app.kit.jobs import is_job_table
from app.models import metadata

LOCK = 7300


def _include(name: str | None, kind: str, parents: object) -> bool:
    schema = parents.get("schema_name") if isinstance(parents, dict) else None
    return not (kind == "table" and name is not None and is_job_table(name, schema))


def _render(kind: str, thing: object, context_: AutogenContext) -> str | Literal[False]:
    if kind == "type" and type(thing).__module__ == "app.kit.columns":
        context_.imports.add("from app.kit import columns")
        return f"columns.{type(thing).__name__}()"
    return False


def _run(connection: Connection) -> None:
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        # Two deployments at once: the second waits, then finds nothing left to do.
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        connection.execute(text("set lock_timeout = '5s'"))
        connection.execute(text("set statement_timeout = '10min'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        include_name=_include,
        render_item=_render,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if postgresql:
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = engine_for(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as opened:
        _run(opened)
    engine.dispose()
