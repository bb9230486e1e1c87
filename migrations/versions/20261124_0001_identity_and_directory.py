"""Events, idempotency keys, identity and directory.

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op

from app.kit import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "classification_codes",
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=True),
        sa.Column("title_id", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("scheme", "edition", "code", name=op.f("pk_classification_codes")),
    )

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=True),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", columns.UtcTime(), nullable=False),
        sa.Column("data", columns.Document(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("leaf_sha256", sa.String(length=64), nullable=True),
        sa.Column("chain_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("seq", name=op.f("uq_events_seq")),
    )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_events_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(
            "ix_events_unsequenced",
            ["id"],
            unique=False,
            sqlite_where=sa.text("seq IS NULL"),
            postgresql_where=sa.text("seq IS NULL"),
        )

    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("result_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
    )

    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("business_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )

    op.create_table(
        "regencies",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("province", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("latitude", columns.ExactDecimal(), nullable=False),
        sa.Column("longitude", columns.ExactDecimal(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regencies")),
    )

    with op.batch_alter_table("regencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regencies_region"), ["region"], unique=False)

    op.create_table(
        "size_classes",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("max_annual_sales", columns.ExactDecimal(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("country", "name", "valid_from", name=op.f("pk_size_classes")),
    )

    op.create_table(
        "profiles",
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("size_class", sa.String(length=20), nullable=False),
        sa.Column("annual_sales", columns.ExactDecimal(), nullable=False),
        sa.Column("sales_year", sa.Integer(), nullable=False),
        sa.Column("regency_code", sa.String(length=10), nullable=False),
        sa.Column("ownership_group", sa.String(length=80), nullable=True),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("updated_at", columns.UtcTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_profiles_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["regency_code"], ["regencies.code"], name=op.f("fk_profiles_regency_code_regencies")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_profiles")),
    )

    op.create_table(
        "resources",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("updated_at", columns.UtcTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_resources_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_resources_organisation_id_code")
        ),
    )

    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resources_process"), ["process"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'purchasing', 'sales', 'viewer')", name=op.f("ck_users_role")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_users_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_users_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("scopes", columns.Document(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("expires_at", columns.UtcTime(), nullable=False),
        sa.Column("revoked_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_api_keys_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_keys_secret_sha256")),
    )

    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_keys_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_api_keys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "authorisations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("firm_id", sa.String(length=40), nullable=False),
        sa.Column("power", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.Column("valid_from", columns.UtcTime(), nullable=False),
        sa.Column("valid_until", columns.UtcTime(), nullable=True),
        sa.Column("revoked_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "power IN ('edit', 'submit', 'consent', 'sign', 'represent')",
            name=op.f("ck_authorisations_power"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["organisations.id"], name=op.f("fk_authorisations_firm_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["users.id"], name=op.f("fk_authorisations_granted_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_authorisations_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )

    with op.batch_alter_table("authorisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorisations_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(
            "ix_authorisations_holder", ["user_id", "firm_id", "power"], unique=False
        )

    op.create_table(
        "capacity_weeks",
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("capacity", columns.ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_capacity_weeks_resource_id_resources")
        ),
        sa.PrimaryKeyConstraint("resource_id", "week", name=op.f("pk_capacity_weeks")),
    )

    op.create_table(
        "profile_codes",
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["profiles.organisation_id"],
            name=op.f("fk_profile_codes_organisation_id_profiles"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme", "edition", "code"],
            [
                "classification_codes.scheme",
                "classification_codes.edition",
                "classification_codes.code",
            ],
            name=op.f("fk_profile_codes_scheme_classification_codes"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "scheme", "edition", "code", name=op.f("pk_profile_codes")
        ),
    )

    op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("amount", columns.ExactDecimal(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holder_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('held', 'committed', 'released')", name=op.f("ck_reservations_state")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_reservations_resource_id_resources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )

    with op.batch_alter_table("reservations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservations_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(
            "ix_reservations_resource_week", ["resource_id", "week"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("reservations", schema=None) as batch_op:
        batch_op.drop_index("ix_reservations_resource_week")
        batch_op.drop_index(batch_op.f("ix_reservations_holder_id"))

    op.drop_table("reservations")

    op.drop_table("profile_codes")

    op.drop_table("capacity_weeks")

    with op.batch_alter_table("authorisations", schema=None) as batch_op:
        batch_op.drop_index("ix_authorisations_holder")
        batch_op.drop_index(batch_op.f("ix_authorisations_firm_id"))

    op.drop_table("authorisations")

    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_user_id"))
        batch_op.drop_index(batch_op.f("ix_api_keys_organisation_id"))

    op.drop_table("api_keys")

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_organisation_id"))

    op.drop_table("users")

    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resources_process"))

    op.drop_table("resources")

    op.drop_table("profiles")

    op.drop_table("size_classes")

    with op.batch_alter_table("regencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regencies_region"))

    op.drop_table("regencies")

    op.drop_table("organisations")

    op.drop_table("idempotency_keys")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_events_unsequenced",
            sqlite_where=sa.text("seq IS NULL"),
            postgresql_where=sa.text("seq IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_events_subject_id"))
        batch_op.drop_index(batch_op.f("ix_events_organisation_id"))

    op.drop_table("events")

    op.drop_table("classification_codes")
