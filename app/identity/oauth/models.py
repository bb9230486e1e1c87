"""Tables of OAuth clients, grants, codes, refresh tokens and signing keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.checks import one_of
from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base

KINDS = ("service", "app")


class OAuthClient(Base):
    """A program that an organisation registered.

    A service acts as a user of its own in that organisation; an app acts for whoever consents, and
    a public app has no secret.
    """

    __tablename__ = "oauth_clients"
    __table_args__ = (CheckConstraint(one_of("kind", KINDS), name="kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    secret_sha256: Mapped[str | None] = mapped_column(String(64))
    redirect_uris: Mapped[list[str]] = mapped_column(Document)
    scopes: Mapped[list[str]] = mapped_column(Document)
    powers: Mapped[list[str]] = mapped_column(Document)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    registered_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class OAuthGrant(Base):
    """A user's consent that an app may act for its organisation, as far as it says."""

    __tablename__ = "oauth_grants"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    scopes: Mapped[list[str]] = mapped_column(Document)
    powers: Mapped[list[str]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AuthorizationCode(Base):
    """A code that an app exchanges for tokens once; only its hash is kept."""

    __tablename__ = "oauth_codes"

    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("oauth_grants.id"), index=True)
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    code_challenge: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RefreshToken(Base):
    """A token that is exchanged for its successor once; a second use ends the grant."""

    __tablename__ = "oauth_refresh_tokens"

    secret_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("oauth_grants.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RevokedToken(Base):
    """An access token that was revoked before its end, which is at most minutes away."""

    __tablename__ = "oauth_revoked_tokens"

    jti: Mapped[str] = mapped_column(Id, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class SigningKey(Base):
    """A key that signs access tokens from a time on, until its successor does."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(Id, primary_key=True)
    public: Mapped[dict[str, Any]] = mapped_column(Document)
    sealed_private: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    active_from: Mapped[datetime] = mapped_column(UtcTime, index=True)
