"""What ended after its time is told as late also where it ended before that was told; an index finds it.

What ended so before now is marked as told when it ended, so that nobody is told of it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_82_told_late"
down_revision = "2026_11_29_80_wide_causes"
branch_labels = None
depends_on = None

UNTOLD = "breached_at IS NULL AND (met_at > due_at OR dropped_at > due_at)"
MARK = """
    UPDATE deadlines SET breached_at = coalesce(dropped_at, met_at)
    WHERE breached_at IS NULL
      AND (
        (dropped_at IS NULL AND met_at > due_at)
        OR (dropped_at > due_at AND kind IN ('ticket.respond', 'ticket.resolve'))
      )
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(MARK)
    op.create_index("ix_deadlines_ended_untold", "deadlines", ["due_at"], postgresql_where=sa.text(UNTOLD))


def downgrade() -> None:
    op.drop_index("ix_deadlines_ended_untold", "deadlines")
