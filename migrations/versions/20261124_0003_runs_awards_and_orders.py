"""Allocation runs, awards and orders.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

from app.kit import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("tender_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("problem", columns.Document(), nullable=False),
        sa.Column("problem_sha256", sa.String(length=64), nullable=False),
        sa.Column("unpublished_rules", columns.Document(), nullable=False),
        sa.Column("unpublished_objective", sa.Boolean(), nullable=False),
        sa.Column("options", columns.Document(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("cancel_requested_at", columns.UtcTime(), nullable=True),
        sa.Column("result_status", sa.String(length=10), nullable=True),
        sa.Column("result", columns.Document(), nullable=True),
        sa.Column("rule_prices", columns.Document(), nullable=True),
        sa.Column("failure", columns.Document(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("started_at", columns.UtcTime(), nullable=True),
        sa.Column("finished_at", columns.UtcTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_runs_status"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_runs_created_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_runs_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tenders.id"], name=op.f("fk_runs_tender_id_tenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )

    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("ix_runs_owner_status", ["organisation_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_runs_tender_id"), ["tender_id"], unique=False)

    op.create_table(
        "awards",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tender_id", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", columns.ExactDecimal(), nullable=False),
        sa.Column("evaluated_cost", columns.ExactDecimal(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("unpublished_rules", columns.Document(), nullable=False),
        sa.Column("unpublished_objective", columns.Document(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", columns.UtcTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('decided', 'ordered')", name=op.f("ck_awards_status")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_awards_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_awards_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_awards_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tenders.id"], name=op.f("fk_awards_tender_id_tenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("tender_id", name=op.f("uq_awards_tender_id")),
    )

    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_awards_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "run_progress",
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("data", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_progress_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_run_progress")),
    )

    op.create_table(
        "award_lines",
        sa.Column("award_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bidder_id", sa.String(length=40), nullable=False),
        sa.Column("offer_id", sa.String(length=300), nullable=False),
        sa.Column("lot_code", sa.String(length=80), nullable=False),
        sa.Column("quantities", columns.Document(), nullable=False),
        sa.Column("price", columns.ExactDecimal(), nullable=False),
        sa.Column("setup", columns.ExactDecimal(), nullable=False),
        sa.Column("delivery", columns.ExactDecimal(), nullable=False),
        sa.Column("freight", columns.ExactDecimal(), nullable=False),
        sa.Column("workshare", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_award_lines_award_id_awards")
        ),
        sa.PrimaryKeyConstraint("award_id", "position", name=op.f("pk_award_lines")),
    )

    op.create_table(
        "award_winners",
        sa.Column("award_id", sa.String(length=40), nullable=False),
        sa.Column("bidder_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_award_winners_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_award_winners_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "award_id", "bidder_id", "organisation_id", name=op.f("pk_award_winners")
        ),
    )

    with op.batch_alter_table("award_winners", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_award_winners_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("award_id", sa.String(length=40), nullable=False),
        sa.Column("tender_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.String(length=40), nullable=False),
        sa.Column("seller_id", sa.String(length=40), nullable=False),
        sa.Column("network_id", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", columns.ExactDecimal(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=14), nullable=False),
        sa.Column("placed_at", columns.UtcTime(), nullable=False),
        sa.Column("acknowledged_at", columns.UtcTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('placed', 'acknowledged')", name=op.f("ck_orders_status")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["users.id"], name=op.f("fk_orders_acknowledged_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_orders_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisations.id"], name=op.f("fk_orders_buyer_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_orders_network_id_networks")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organisations.id"], name=op.f("fk_orders_seller_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tenders.id"], name=op.f("fk_orders_tender_id_tenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_orders_award_id_number")),
    )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.String(length=80), nullable=False),
        sa.Column("offer_id", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", columns.ExactDecimal(), nullable=False),
        sa.Column("price", columns.ExactDecimal(), nullable=False),
        sa.Column("setup", columns.ExactDecimal(), nullable=False),
        sa.Column("delivery", columns.ExactDecimal(), nullable=False),
        sa.Column("freight", columns.ExactDecimal(), nullable=False),
        sa.Column("total", columns.ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_lines")),
    )

    op.create_table(
        "order_shares",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("amount", columns.ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_shares_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_order_shares_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("order_id", "organisation_id", name=op.f("pk_order_shares")),
    )

    with op.batch_alter_table("order_shares", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_shares_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "schedule_lines",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("quantity", columns.ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "position"],
            ["order_lines.order_id", "order_lines.position"],
            name=op.f("fk_schedule_lines_order_id_order_lines"),
        ),
        sa.PrimaryKeyConstraint("order_id", "position", "period", name=op.f("pk_schedule_lines")),
    )


def downgrade() -> None:
    op.drop_table("schedule_lines")

    with op.batch_alter_table("order_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_shares_organisation_id"))

    op.drop_table("order_shares")

    op.drop_table("order_lines")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_seller_id"))
        batch_op.drop_index(batch_op.f("ix_orders_buyer_id"))

    op.drop_table("orders")

    with op.batch_alter_table("award_winners", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_winners_organisation_id"))

    op.drop_table("award_winners")

    op.drop_table("award_lines")

    op.drop_table("run_progress")

    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_awards_organisation_id"))

    op.drop_table("awards")

    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_runs_tender_id"))
        batch_op.drop_index("ix_runs_owner_status")

    op.drop_table("runs")
