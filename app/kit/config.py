"""Settings of one process, read from the environment (`JEJARING_…`) and a `.env` file."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set; the defaults run an embedded server, nothing to install."""

    model_config = SettingsConfigDict(env_prefix="JEJARING_", env_file=".env", extra="ignore")

    data_dir: Path = Field(Path(".jejaring"), description="Folder of the embedded database.")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL; empty means the SQLite file `jejaring.sqlite3` in `data_dir`.",
    )
    host: str = "127.0.0.1"
    port: int = 8000
    registration: Literal["open", "closed"] = Field(
        "open", description="Whether anybody may register an organisation."
    )
    max_body_bytes: int = Field(
        16 * 2**20, description="A larger request body is refused with 413."
    )
    pool_size: int = Field(20, description="Connections a web process keeps to PostgreSQL.")
    threads: int = Field(
        20, description="Worker threads of a web process; at most the pool's size."
    )
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    stream_poll_seconds: float = Field(
        0.25, description="How often an event stream looks for news."
    )
    sequencer_seconds: float = Field(
        0.2, description="How often the sequencer looks for new events."
    )
    solver_threads: int = Field(2, description="Threads a solver child may use.")
    solver_max_seconds: int = Field(600, description="The longest limit a scenario may ask for.")
    max_active_runs: int = Field(4, description="Unfinished solver runs an organisation may have.")

    @property
    def url(self) -> str:
        """The database URL in force."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'jejaring.sqlite3').absolute()}"

    @property
    def embedded(self) -> bool:
        """Whether one process does everything on a SQLite file."""
        return self.url.startswith("sqlite")
