"""Accounts, postings, portions and what holds them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_2_ledger"
down_revision = "2026_11_24_1_kit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "accounts",
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum("minutes", "cents", name="unit", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("billable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("booked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("approved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("billed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "0 <= billed AND billed <= approved AND approved <= booked", name=op.f("ck_accounts_order_of_sums")
        ),
        sa.CheckConstraint("approved <= granted", name=op.f("ck_accounts_within_grant")),
        sa.CheckConstraint("billable OR billed = 0", name=op.f("ck_accounts_own_cost_is_never_billed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("about_kind", "about_id", "purpose", name=op.f("uq_accounts_about_kind_about_id_purpose")),
    )
    op.create_index(op.f("ix_accounts_holder_id"), "accounts", ["holder_id"], unique=False)
    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "grant",
                "book",
                "approve",
                "bill",
                name="postingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["postings.id"], name=op.f("fk_postings_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint("key", name=op.f("uq_postings_key")),
    )
    op.create_index("ix_postings_account", "postings", ["account_id", "kind", "id"], unique=False)
    op.create_index(
        "ix_postings_grant", "postings", ["grant_id"], unique=False, postgresql_where=sa.text("grant_id IS NOT NULL")
    )
    op.create_index("ix_postings_source", "postings", ["source_kind", "source_id"], unique=False)
    op.create_table(
        "portions",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("price_group_id", sa.BigInteger(), nullable=True),
        sa.Column("split_from_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_portions_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_portions_account_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["postings.id"], name=op.f("fk_portions_grant_id")),
        sa.ForeignKeyConstraint(["split_from_id"], ["portions.id"], name=op.f("fk_portions_split_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portions")),
    )
    op.create_index(
        "ix_portions_live",
        "portions",
        ["account_id", "day", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_portions_source", "portions", ["source_kind", "source_id"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("portion_id", sa.BigInteger(), nullable=False),
        sa.Column("line_kind", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["portion_id"], ["portions.id"], name=op.f("fk_reservations_portion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index("ix_reservations_line", "reservations", ["line_kind", "line_id"], unique=False)
    op.create_index(
        "uq_reservations_unreleased",
        "reservations",
        ["portion_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("reservations")
    op.drop_table("portions")
    op.drop_table("postings")
    op.drop_table("accounts")
