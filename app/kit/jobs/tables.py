"""The job engine's own tables, which our migrations must leave alone."""

from typing import Final

SCHEMA: Final = "dbos"

# On SQLite there are no schemas: these names are taken in our own file.
TABLES: Final = frozenset(
    {
        "application_versions",
        "dbos_migrations",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    }
)


def is_job_table(name: str | None, schema: str | None) -> bool:
    """Return whether a table belongs to the job engine (for Alembic's `include_name`)."""
    return schema == SCHEMA or (schema is None and name in TABLES)
