"""Networks, products, tenders and bids.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

from app.kit import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_products_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_products_organisation_id_code")
        ),
    )

    op.create_table(
        "networks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("contract_form", sa.String(length=10), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("charter", sa.String(length=4000), nullable=False),
        sa.Column("terms_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("activated_at", columns.UtcTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "contract_form IN ('single', 'several')", name=op.f("ck_networks_contract_form")
        ),
        sa.CheckConstraint(
            "purpose IN ('scope', 'scale', 'shared_services', 'market_access')",
            name=op.f("ck_networks_purpose"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'active', 'dissolved')", name=op.f("ck_networks_status")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organisations.id"], name=op.f("fk_networks_lead_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_networks_proposed_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
    )

    op.create_table(
        "product_parts",
        sa.Column("product_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity_per", columns.ExactDecimal(), nullable=False),
        sa.Column("make", sa.String(length=14), nullable=False),
        sa.Column("process", sa.String(length=40), nullable=False),
        sa.Column("lead_time_weeks", sa.Integer(), nullable=False),
        sa.Column("increment", columns.ExactDecimal(), nullable=False),
        sa.Column("tags", columns.Document(), nullable=False),
        sa.CheckConstraint("make IN ('kept', 'subcontracted')", name=op.f("ck_product_parts_make")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_parts_product_id_products")
        ),
        sa.PrimaryKeyConstraint("product_id", "code", name=op.f("pk_product_parts")),
    )

    op.create_table(
        "tenders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("product_id", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=4000), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("delivery_regency", sa.String(length=10), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("periods", columns.Document(), nullable=False),
        sa.Column("schedule", columns.Document(), nullable=True),
        sa.Column("rules", columns.Document(), nullable=False),
        sa.Column("objective", columns.Document(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("closes_at", columns.UtcTime(), nullable=False),
        sa.Column("opens_at", columns.UtcTime(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("published_at", columns.UtcTime(), nullable=True),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.Column("opened_at", columns.UtcTime(), nullable=True),
        sa.Column("evaluated_at", columns.UtcTime(), nullable=True),
        sa.Column("awarded_at", columns.UtcTime(), nullable=True),
        sa.Column("cancelled_at", columns.UtcTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=1000), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'closed', 'opened', 'evaluated', 'awarded', 'completed', 'cancelled')",
            name=op.f("ck_tenders_status"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_regency"],
            ["regencies.code"],
            name=op.f("fk_tenders_delivery_regency_regencies"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_tenders_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_tenders_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenders")),
    )

    with op.batch_alter_table("tenders", schema=None) as batch_op:
        batch_op.create_index("ix_tenders_closing", ["status", "closes_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tenders_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "bids",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tender_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("network_id", sa.String(length=40), nullable=True),
        sa.Column("bidder_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", columns.Document(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=18), nullable=False),
        sa.Column("submitted_by", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", columns.UtcTime(), nullable=False),
        sa.Column("complete_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('awaiting_consent', 'submitted', 'replaced', 'withdrawn')",
            name=op.f("ck_bids_status"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_bids_network_id_networks")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_bids_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_bids_submitted_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tenders.id"], name=op.f("fk_bids_tender_id_tenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bids")),
        sa.UniqueConstraint(
            "tender_id", "bidder_id", "number", name=op.f("uq_bids_tender_id_bidder_id_number")
        ),
    )

    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bids_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bids_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "network_members",
        sa.Column("network_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("share", columns.ExactDecimal(), nullable=False),
        sa.Column("consented_at", columns.UtcTime(), nullable=True),
        sa.Column("consented_by", sa.String(length=40), nullable=True),
        sa.Column("consented_sha256", sa.String(length=64), nullable=True),
        sa.Column("declined_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consented_by"], ["users.id"], name=op.f("fk_network_members_consented_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_network_members_network_id_networks")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_network_members_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("network_id", "organisation_id", name=op.f("pk_network_members")),
    )

    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_network_members_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "tender_lots",
        sa.Column("tender_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("process", sa.String(length=40), nullable=False),
        sa.Column("increment", columns.ExactDecimal(), nullable=False),
        sa.Column("demand", columns.Document(), nullable=False),
        sa.Column("shortfall_cost", columns.ExactDecimal(), nullable=True),
        sa.Column("carry_cost", columns.ExactDecimal(), nullable=True),
        sa.Column("over_cost", columns.ExactDecimal(), nullable=True),
        sa.Column("tags", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tenders.id"], name=op.f("fk_tender_lots_tender_id_tenders")
        ),
        sa.PrimaryKeyConstraint("tender_id", "code", name=op.f("pk_tender_lots")),
    )

    op.create_table(
        "bid_members",
        sa.Column("bid_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("consented_at", columns.UtcTime(), nullable=True),
        sa.Column("consented_by", sa.String(length=40), nullable=True),
        sa.Column("consented_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["bid_id"], ["bids.id"], name=op.f("fk_bid_members_bid_id_bids")),
        sa.ForeignKeyConstraint(
            ["consented_by"], ["users.id"], name=op.f("fk_bid_members_consented_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_bid_members_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("bid_id", "organisation_id", name=op.f("pk_bid_members")),
    )

    with op.batch_alter_table("bid_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bid_members_organisation_id"), ["organisation_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("bid_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bid_members_organisation_id"))

    op.drop_table("bid_members")

    op.drop_table("tender_lots")

    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_members_organisation_id"))

    op.drop_table("network_members")

    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bids_tender_id"))
        batch_op.drop_index(batch_op.f("ix_bids_organisation_id"))

    op.drop_table("bids")

    with op.batch_alter_table("tenders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tenders_organisation_id"))
        batch_op.drop_index("ix_tenders_closing")

    op.drop_table("tenders")

    op.drop_table("product_parts")

    op.drop_table("networks")

    op.drop_table("products")
