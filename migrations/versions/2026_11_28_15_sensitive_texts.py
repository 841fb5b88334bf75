"""Texts of tickets that are masked, and who opened them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_15_sensitive_texts"
down_revision = "2026_11_28_14_ready_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("tickets", "ticket_messages"):
        op.add_column(table, sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "text_openings",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_text_openings_ticket_id")),
        sa.ForeignKeyConstraint(["message_id"], ["ticket_messages.id"], name=op.f("fk_text_openings_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_text_openings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_openings")),
    )
    op.create_index("ix_text_openings_ticket", "text_openings", ["ticket_id", "id"])


def downgrade() -> None:
    op.drop_table("text_openings")
    for table in ("tickets", "ticket_messages"):
        op.drop_column(table, "is_sensitive")
