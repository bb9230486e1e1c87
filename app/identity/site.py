"""Where this server stands for a browser or a client, and the box of its small secrets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kit.config import Settings
from app.kit.secretbox import Box

KEY_FILE = "secret.key"


class SiteSettings(BaseSettings):
    """What an operator sets about the server's address and its secret key."""

    model_config = SettingsConfigDict(env_prefix="JEJARING_", env_file=".env", extra="ignore")

    public_url: str = Field(
        "", description="The address that clients use, such as https://jejaring.example.id."
    )
    secret_key: str = Field(
        "", description="32 random bytes in base 64; empty: the file `secret.key` in `data_dir`."
    )
    secret_key_file: Path | None = Field(None, description="Another place for that file.")


@dataclass(frozen=True)
class Site:
    """The server's public address and its box."""

    url: str
    box: Box

    @property
    def secure(self) -> bool:
        """Whether browsers reach it over TLS."""
        return self.url.startswith("https://")


def site_for(settings: Settings, own: SiteSettings | None = None) -> Site:
    """Return the site of a process; a missing key file is made when it is first needed."""
    own = own or SiteSettings()
    url = own.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return Site(url, Box(own.secret_key_file or settings.data_dir / KEY_FILE, own.secret_key))


def site_of(request: Request) -> Site:
    """Return the site of the process that answers a request."""
    state = request.app.state
    if not hasattr(state, "site"):
        state.site = site_for(state.settings)
    site: Site = state.site
    return site


ServerSite = Annotated[Site, Depends(site_of)]
