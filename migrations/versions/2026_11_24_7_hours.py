"""Time entries and targets at own cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_7_hours"
down_revision = "2026_11_24_6_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "hour_approvals",
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revocable_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_hour_approvals_approved_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_hour_approvals_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_approvals")),
    )
    op.create_index(op.f("ix_hour_approvals_approved_at"), "hour_approvals", ["approved_at"], unique=False)
    op.create_table(
        "own_cost_targets",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "familiarisation",
                "bodies",
                "hours_integration",
                "against_instruction",
                "complaints",
                "bulletins",
                name="owncost",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_own_cost_targets_agreement_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_own_cost_targets_order_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_own_cost_targets_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_cost_targets")),
    )
    op.create_index(op.f("ix_own_cost_targets_agreement_id"), "own_cost_targets", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_own_cost_targets_supplier_id"), "own_cost_targets", ["supplier_id"], unique=False)
    op.create_table(
        "time_entries",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("price_group_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "approved",
                "returned",
                "corrected",
                name="entrystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_without_permission", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "portal",
                "api",
                "import",
                "schedule",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("import_key", sa.Text(), nullable=True),
        sa.Column("approval_id", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("instruction_reason", sa.Text(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("split_from_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("minutes > 0 AND minutes <= 1440", name=op.f("ck_time_entries_minutes")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_time_entries_account_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["hour_approvals.id"], name=op.f("fk_time_entries_approval_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["time_entries.id"], name=op.f("fk_time_entries_corrects_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_time_entries_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_time_entries_person_id")),
        sa.ForeignKeyConstraint(["price_group_id"], ["price_groups.id"], name=op.f("fk_time_entries_price_group_id")),
        sa.ForeignKeyConstraint(["split_from_id"], ["time_entries.id"], name=op.f("fk_time_entries_split_from_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_time_entries_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entries")),
        sa.UniqueConstraint("supplier_id", "import_key", name=op.f("uq_time_entries_supplier_id_import_key")),
    )
    op.create_index("ix_time_entries_account_day", "time_entries", ["account_id", "day", "id"], unique=False)
    op.create_index(op.f("ix_time_entries_approval_id"), "time_entries", ["approval_id"], unique=False)
    op.create_index(op.f("ix_time_entries_corrects_id"), "time_entries", ["corrects_id"], unique=False)
    op.create_index("ix_time_entries_day", "time_entries", ["day", "id"], unique=False)
    op.create_index("ix_time_entries_order", "time_entries", ["order_id", "day", "id"], unique=False)
    op.create_index("ix_time_entries_person_day", "time_entries", ["person_id", "day"], unique=False)
    op.create_index(op.f("ix_time_entries_split_from_id"), "time_entries", ["split_from_id"], unique=False)
    op.create_index("ix_time_entries_supplier_day", "time_entries", ["supplier_id", "day", "id"], unique=False)
    op.create_index(
        "ix_time_entries_waiting",
        "time_entries",
        ["day", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'booked'"),
    )


def downgrade() -> None:
    op.drop_table("time_entries")
    op.drop_table("own_cost_targets")
    op.drop_table("hour_approvals")
