"""What was agreed in conversations on tickets, and whether it binds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_6_agreed_points"
down_revision = "2026_11_28_5_complaints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    states = sa.Enum(
        "noted", "confirmed", "refused", name="agreedstate", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "agreed_points",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("matters", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("noted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(state = 'noted') = (decided_at IS NULL)", name=op.f("ck_agreed_points_decided")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_agreed_points_ticket_id")),
        sa.ForeignKeyConstraint(["message_id"], ["ticket_messages.id"], name=op.f("fk_agreed_points_message_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_agreed_points_noted_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_agreed_points_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_points")),
        sa.UniqueConstraint("message_id", name=op.f("uq_agreed_points_message_id")),
    )
    op.create_index("ix_agreed_points_ticket", "agreed_points", ["ticket_id", "id"])
    op.create_index("ix_agreed_points_noted", "agreed_points", ["id"], postgresql_where=sa.text("state = 'noted'"))


def downgrade() -> None:
    op.drop_table("agreed_points")
