"""Approvals of tickets for billing; entries and lines that stand on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_11_billing_approvals"
down_revision = "2026_11_28_10_files_taken_away"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "billing_rounds",
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_billing_rounds_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_rounds")),
    )
    op.create_table(
        "billing_approvals",
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("price_group_id", sa.BigInteger(), nullable=True),
        sa.Column("euros", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.BigInteger(), nullable=True),
        sa.Column("take_back_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(minutes, euros) = 1", name=op.f("ck_billing_approvals_effort_or_sum")),
        sa.CheckConstraint(
            "(minutes IS NULL) = (price_group_id IS NULL)", name=op.f("ck_billing_approvals_effort_at_a_price")
        ),
        sa.CheckConstraint("minutes > 0 AND euros > 0", name=op.f("ck_billing_approvals_positive")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (take_back_reason IS NULL)", name=op.f("ck_billing_approvals_taken_back")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_billing_approvals_agreement_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_billing_approvals_approved_by_id")),
        sa.ForeignKeyConstraint(
            ["price_group_id"], ["price_groups.id"], name=op.f("fk_billing_approvals_price_group_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["billing_rounds.id"], name=op.f("fk_billing_approvals_round_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_billing_approvals_supplier_id")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["people.id"], name=op.f("fk_billing_approvals_taken_back_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_approvals")),
    )
    op.create_index(
        "uq_billing_approvals_standing",
        "billing_approvals",
        ["about_kind", "about_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_index("ix_billing_approvals_number", "billing_approvals", ["number"])
    op.create_index("ix_billing_approvals_supplier", "billing_approvals", ["supplier_id", "id"])
    op.create_index(op.f("ix_billing_approvals_round_id"), "billing_approvals", ["round_id"])
    op.create_index(op.f("ix_billing_approvals_approved_at"), "billing_approvals", ["approved_at"])
    for table in ("time_entries", "invoice_lines"):
        op.add_column(table, sa.Column("billing_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_billing_id"), table, "billing_approvals", ["billing_id"], ["id"])
    op.create_index(
        "ix_time_entries_billing",
        "time_entries",
        ["billing_id", "day", "id"],
        postgresql_where=sa.text("billing_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_invoice_lines_billing_id"), "invoice_lines", ["billing_id"])


def downgrade() -> None:
    op.drop_column("invoice_lines", "billing_id")
    op.drop_column("time_entries", "billing_id")
    op.drop_table("billing_approvals")
    op.drop_table("billing_rounds")
