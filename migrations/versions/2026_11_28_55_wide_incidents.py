"""Incidents of wide reach are found by their service."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_55_wide_incidents"
down_revision = "2026_11_28_54_saved_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_tickets_wide",
        "tickets",
        ["service_id", "reported_at"],
        postgresql_where=sa.text("kind = 'incident' AND reach = 'many'"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_wide", "tickets")
