"""Bringing a database to the present schema, and asking whether it is there."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def _config(scripts: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", scripts)
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate a database up to a revision; safe when two processes do it at once."""
    with as_file(files("migrations")) as scripts:
        command.upgrade(_config(str(scripts), url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate a database down to a revision."""
    with as_file(files("migrations")) as scripts:
        command.downgrade(_config(str(scripts), url), revision)


def check(url: str) -> None:
    """Raise when the tables of the code and those of the migrations differ."""
    with as_file(files("migrations")) as scripts:
        command.check(_config(str(scripts), url))


def new_revision(url: str, message: str) -> None:
    """Write a new migration from the difference between the code and a migrated database."""
    with as_file(files("migrations")) as scripts:
        command.revision(_config(str(scripts), url), message, autogenerate=True)


def is_current(connection: Connection) -> bool:
    """Tell whether a database has the newest migration."""
    with as_file(files("migrations")) as scripts:
        head = ScriptDirectory(str(scripts)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
