"""Tickets that go on in another one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_7_merged_tickets"
down_revision = "2026_11_28_6_agreed_points"
branch_labels = None
depends_on = None

STATES = ("new", "open", "waiting", "known", "approved", "resolved", "closed", "withdrawn", "rejected")
OVER = ("resolved", "closed", "withdrawn", "rejected")


def _allow(states: tuple[str, ...], over: tuple[str, ...]) -> None:
    op.drop_constraint("ticketstate", "tickets", type_="check")
    op.create_check_constraint("ticketstate", "tickets", sa.column("state", sa.Text()).in_(states))
    op.drop_index("ix_tickets_open", "tickets")
    listed = ", ".join(f"'{state}'" for state in over)
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["holder", "due_key", "id"],
        postgresql_where=sa.text(f"state NOT IN ({listed})"),
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("tickets", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_tickets_merged_into_id"), "tickets", "tickets", ["merged_into_id"], ["id"])
    _allow((*STATES, "merged"), (*OVER, "merged"))
    op.create_index(
        "ix_tickets_merged", "tickets", ["merged_into_id"], postgresql_where=sa.text("merged_into_id IS NOT NULL")
    )
    op.create_check_constraint("merged", "tickets", sa.text("(state = 'merged') = (merged_into_id IS NOT NULL)"))


def downgrade() -> None:
    op.drop_constraint("merged", "tickets", type_="check")
    op.execute("UPDATE tickets SET state = 'closed' WHERE state = 'merged'")
    op.drop_column("tickets", "merged_into_id")
    _allow(STATES, OVER)
