"""Of work that was delivered and is not booked on since, and of what was accepted, no forecast is due."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_89_delivered_work"
down_revision = "2026_11_29_88_covered_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        sa.text(
            "UPDATE deadlines SET dropped_at = COALESCE(orders.accepted_at, orders.ended_at, due_at) FROM orders"
            " WHERE deadlines.kind = 'order.forecast' AND about_kind = 'Order' AND about_id = orders.id"
            " AND met_at IS NULL AND dropped_at IS NULL AND orders.state IN ('accepted', 'cancelled', 'declined')"
        )
    )
    op.execute(
        sa.text(
            "UPDATE orders SET forecast_due_at = NULL WHERE forecast_due_at IS NOT NULL AND NOT EXISTS"
            " (SELECT FROM deadlines WHERE deadlines.kind = 'order.forecast' AND about_kind = 'Order'"
            " AND about_id = orders.id AND met_at IS NULL AND dropped_at IS NULL)"
        )
    )


def downgrade() -> None:
    """What is put right stays so."""
