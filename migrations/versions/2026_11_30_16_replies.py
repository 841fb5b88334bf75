"""What whoever asked writes on a resolved ticket waits until somebody answers."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_16_replies"
down_revision = "2026_11_30_15_sums"
branch_labels = None
depends_on = None

WAITS = """
UPDATE tickets t SET awaits_reply_since = (
    SELECT min(m.written_at) FROM ticket_messages m
    WHERE m.ticket_id = t.id AND m.organisation_id = t.customer_id
    AND m.kind = 'message' AND m.written_at > t.resolved_at
    AND NOT EXISTS (
        SELECT FROM ticket_messages a
        WHERE a.ticket_id = t.id AND a.id > m.id AND a.organisation_id IS DISTINCT FROM t.customer_id
        AND a.audience = 'all' AND a.state NOT IN ('waiting', 'returned')
    )
)
WHERE t.state = 'resolved' AND t.customer_id IS NOT NULL
"""
"""As it would have been kept, of customers' tickets."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("tickets", sa.Column("awaits_reply_since", sa.DateTime(timezone=True)))
    op.execute(WAITS)
    op.create_index(
        "ix_tickets_awaiting_reply",
        "tickets",
        ["id"],
        postgresql_where=sa.text("awaits_reply_since IS NOT NULL AND state = 'resolved'"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_awaiting_reply", table_name="tickets")
    op.drop_column("tickets", "awaits_reply_since")
