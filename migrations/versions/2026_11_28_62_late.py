"""Clocks that are late are found by what they are about: of all that are open they are few."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_62_late"
down_revision = "2026_11_28_61_stems"
branch_labels = None
depends_on = None

LATE = sa.text("breached_at IS NOT NULL AND met_at IS NULL AND dropped_at IS NULL")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_deadlines_late", "deadlines", ["about_kind", "about_id"], postgresql_where=LATE)


def downgrade() -> None:
    op.drop_index("ix_deadlines_late", "deadlines")
