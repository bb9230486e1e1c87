"""Signing in, clients, verification and personal data.

Revision: 0005
Follows: 0003
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from app.kit import columns

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def text(name: str, length: int, *, nullable: bool) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def moment(name: str, *, nullable: bool) -> sa.Column[datetime]:
    return sa.Column(name, columns.UtcTime(), nullable=nullable)


def keyed(table: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        text("id", 40, nullable=False),
        text("bucket", 64, nullable=False),
        moment("at", nullable=False),
        keyed("login_attempts", "id"),
    )
    with op.batch_alter_table("login_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_login_attempts_bucket_at", ["bucket", "at"], unique=False)

    op.create_table(
        "oauth_revoked_tokens",
        text("jti", 40, nullable=False),
        moment("expires_at", nullable=False),
        keyed("oauth_revoked_tokens", "jti"),
    )
    op.create_table(
        "signing_keys",
        text("kid", 40, nullable=False),
        sa.Column("public", columns.Document(), nullable=False),
        sa.Column("sealed_private", sa.Text(), nullable=False),
        moment("created_at", nullable=False),
        moment("active_from", nullable=False),
        keyed("signing_keys", "kid"),
    )
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signing_keys_active_from"), ["active_from"], unique=False
        )

    op.create_table(
        "offices",
        text("organisation_id", 40, nullable=False),
        text("kind", 20, nullable=False),
        moment("appointed_at", nullable=False),
        sa.CheckConstraint("kind IN ('authority', 'operator')", name=op.f("ck_offices_kind")),
        refers("offices", "organisation_id", "organisations"),
        keyed("offices", "organisation_id"),
    )
    op.create_table(
        "breaches",
        text("id", 40, nullable=False),
        moment("discovered_at", nullable=False),
        moment("notify_by", nullable=False),
        sa.Column("data_kinds", columns.Document(), nullable=False),
        text("what_happened", 2000, nullable=False),
        text("measures", 2000, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        moment("subjects_told_at", nullable=True),
        moment("authority_told_at", nullable=True),
        text("recorded_by", 40, nullable=False),
        moment("recorded_at", nullable=False),
        refers("breaches", "recorded_by", "users"),
        keyed("breaches", "id"),
    )
    op.create_table(
        "credentials",
        text("user_id", 40, nullable=False),
        text("login", 254, nullable=False),
        text("password_hash", 200, nullable=False),
        moment("changed_at", nullable=False),
        refers("credentials", "user_id", "users"),
        keyed("credentials", "user_id"),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credentials_login"), ["login"], unique=False)

    op.create_table(
        "invitations",
        text("id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        text("email", 254, nullable=False),
        text("role", 20, nullable=False),
        text("secret_sha256", 64, nullable=False),
        text("invited_by", 40, nullable=False),
        moment("created_at", nullable=False),
        moment("expires_at", nullable=False),
        text("accepted_by", 40, nullable=True),
        moment("ended_at", nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'purchasing', 'sales', 'viewer')", name=op.f("ck_invitations_role")
        ),
        refers("invitations", "accepted_by", "users"),
        refers("invitations", "invited_by", "users"),
        refers("invitations", "organisation_id", "organisations"),
        keyed("invitations", "id"),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_invitations_secret_sha256")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitations_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "login_sessions",
        text("id", 40, nullable=False),
        text("user_id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        text("secret_sha256", 64, nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        moment("created_at", nullable=False),
        moment("authenticated_at", nullable=False),
        moment("last_seen_at", nullable=False),
        moment("expires_at", nullable=False),
        moment("revoked_at", nullable=True),
        refers("login_sessions", "organisation_id", "organisations"),
        refers("login_sessions", "user_id", "users"),
        keyed("login_sessions", "id"),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_login_sessions_secret_sha256")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "oauth_clients",
        text("id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        text("name", 200, nullable=False),
        text("kind", 10, nullable=False),
        text("secret_sha256", 64, nullable=True),
        sa.Column("redirect_uris", columns.Document(), nullable=False),
        sa.Column("scopes", columns.Document(), nullable=False),
        sa.Column("powers", columns.Document(), nullable=False),
        text("user_id", 40, nullable=True),
        text("registered_by", 40, nullable=False),
        moment("created_at", nullable=False),
        moment("revoked_at", nullable=True),
        sa.CheckConstraint("kind IN ('service', 'app')", name=op.f("ck_oauth_clients_kind")),
        refers("oauth_clients", "organisation_id", "organisations"),
        refers("oauth_clients", "registered_by", "users"),
        refers("oauth_clients", "user_id", "users"),
        keyed("oauth_clients", "id"),
    )
    with op.batch_alter_table("oauth_clients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_oauth_clients_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "password_tickets",
        text("id", 40, nullable=False),
        text("user_id", 40, nullable=False),
        text("secret_sha256", 64, nullable=False),
        text("made_by", 40, nullable=False),
        moment("created_at", nullable=False),
        moment("expires_at", nullable=False),
        moment("used_at", nullable=True),
        refers("password_tickets", "made_by", "users"),
        refers("password_tickets", "user_id", "users"),
        keyed("password_tickets", "id"),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_password_tickets_secret_sha256")),
    )
    with op.batch_alter_table("password_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_tickets_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_codes",
        text("code_sha256", 64, nullable=False),
        text("user_id", 40, nullable=False),
        moment("used_at", nullable=True),
        refers("recovery_codes", "user_id", "users"),
        keyed("recovery_codes", "code_sha256"),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "totps",
        text("user_id", 40, nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        moment("created_at", nullable=False),
        moment("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        refers("totps", "user_id", "users"),
        keyed("totps", "user_id"),
    )
    op.create_table(
        "verifications",
        text("id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        text("level", 20, nullable=False),
        text("evidence", 500, nullable=False),
        text("office_id", 40, nullable=False),
        text("verified_by", 40, nullable=False),
        moment("verified_at", nullable=False),
        moment("valid_until", nullable=True),
        moment("revoked_at", nullable=True),
        text("revoked_by", 40, nullable=True),
        sa.CheckConstraint(
            "level IN ('evidence_seen', 'verified')", name=op.f("ck_verifications_level")
        ),
        refers("verifications", "office_id", "organisations"),
        refers("verifications", "organisation_id", "organisations"),
        refers("verifications", "revoked_by", "users"),
        refers("verifications", "verified_by", "users"),
        keyed("verifications", "id"),
    )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verifications_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "binding_acts",
        text("id", 40, nullable=False),
        text("firm_id", 40, nullable=False),
        text("authorisation_id", 40, nullable=False),
        text("user_id", 40, nullable=False),
        text("power", 20, nullable=False),
        text("via", 10, nullable=False),
        text("via_id", 40, nullable=False),
        text("request_id", 64, nullable=False),
        moment("at", nullable=False),
        refers("binding_acts", "authorisation_id", "authorisations"),
        refers("binding_acts", "firm_id", "organisations"),
        refers("binding_acts", "user_id", "users"),
        keyed("binding_acts", "id"),
    )
    with op.batch_alter_table("binding_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_binding_acts_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "breach_organisations",
        text("breach_id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        refers("breach_organisations", "breach_id", "breaches"),
        refers("breach_organisations", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint(
            "breach_id", "organisation_id", name=op.f("pk_breach_organisations")
        ),
    )
    with op.batch_alter_table("breach_organisations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_breach_organisations_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "oauth_grants",
        text("id", 40, nullable=False),
        text("client_id", 40, nullable=False),
        text("user_id", 40, nullable=False),
        text("organisation_id", 40, nullable=False),
        sa.Column("scopes", columns.Document(), nullable=False),
        sa.Column("powers", columns.Document(), nullable=False),
        moment("created_at", nullable=False),
        moment("revoked_at", nullable=True),
        refers("oauth_grants", "client_id", "oauth_clients"),
        refers("oauth_grants", "organisation_id", "organisations"),
        refers("oauth_grants", "user_id", "users"),
        keyed("oauth_grants", "id"),
    )
    with op.batch_alter_table("oauth_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oauth_grants_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_oauth_grants_user_id"), ["user_id"], unique=False)

    op.create_table(
        "oauth_codes",
        text("code_sha256", 64, nullable=False),
        text("grant_id", 40, nullable=False),
        text("redirect_uri", 2000, nullable=False),
        text("code_challenge", 128, nullable=False),
        moment("expires_at", nullable=False),
        moment("used_at", nullable=True),
        refers("oauth_codes", "grant_id", "oauth_grants"),
        keyed("oauth_codes", "code_sha256"),
    )
    with op.batch_alter_table("oauth_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oauth_codes_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "oauth_refresh_tokens",
        text("secret_sha256", 64, nullable=False),
        text("grant_id", 40, nullable=False),
        moment("created_at", nullable=False),
        moment("expires_at", nullable=False),
        moment("used_at", nullable=True),
        refers("oauth_refresh_tokens", "grant_id", "oauth_grants"),
        keyed("oauth_refresh_tokens", "secret_sha256"),
    )
    with op.batch_alter_table("oauth_refresh_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_oauth_refresh_tokens_grant_id"), ["grant_id"], unique=False
        )

    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("powers", columns.Document(), server_default="[]", nullable=False)
        )
        batch_op.add_column(text("made_by", 40, nullable=True))
        batch_op.add_column(text("replaced_by", 40, nullable=True))
        batch_op.add_column(moment("last_used_at", nullable=True))

    with op.batch_alter_table("authorisations", schema=None) as batch_op:
        batch_op.add_column(text("holder_organisation_id", 40, nullable=True))
        batch_op.add_column(sa.Column("limit_amount", columns.ExactDecimal(), nullable=True))
        batch_op.add_column(text("limit_currency", 3, nullable=True))
        batch_op.alter_column("user_id", existing_type=sa.VARCHAR(length=40), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_authorisations_holder_organisation_id"),
            ["holder_organisation_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_authorisations_holder_organisation_id_organisations"),
            "organisations",
            ["holder_organisation_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            op.f("ck_authorisations_holder"),
            "(user_id IS NULL) <> (holder_organisation_id IS NULL)",
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(moment("erased_at", nullable=True))

    # Keys of before could bind their firm already; new ones do so only where it is granted.
    op.execute('UPDATE api_keys SET powers = \'["consent","sign","submit"]\'')


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("erased_at")

    op.drop_table("binding_acts")
    op.execute("DELETE FROM authorisations WHERE user_id IS NULL")
    with op.batch_alter_table("authorisations", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_authorisations_holder"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_authorisations_holder_organisation_id_organisations"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_authorisations_holder_organisation_id"))
        batch_op.alter_column("user_id", existing_type=sa.VARCHAR(length=40), nullable=False)
        batch_op.drop_column("limit_currency")
        batch_op.drop_column("limit_amount")
        batch_op.drop_column("holder_organisation_id")

    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_column("last_used_at")
        batch_op.drop_column("replaced_by")
        batch_op.drop_column("made_by")
        batch_op.drop_column("powers")

    op.drop_table("oauth_refresh_tokens")
    op.drop_table("oauth_codes")
    op.drop_table("oauth_grants")
    op.drop_table("breach_organisations")
    op.drop_table("verifications")
    op.drop_table("totps")
    op.drop_table("recovery_codes")
    op.drop_table("password_tickets")
    op.drop_table("oauth_clients")
    op.drop_table("login_sessions")
    op.drop_table("invitations")
    op.drop_table("credentials")
    op.drop_table("breaches")
    op.drop_table("offices")
    op.drop_table("signing_keys")
    op.drop_table("oauth_revoked_tokens")
    op.drop_table("login_attempts")
