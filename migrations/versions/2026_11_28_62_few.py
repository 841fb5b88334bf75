"""What is few among many has an index of its own: clocks that are late, lines that wait, late hours.

Hours are summed from their index, and open tickets come from theirs by what is due first.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_62_few"
down_revision = "2026_11_28_61_stems"
branch_labels = None
depends_on = None

LATE = sa.text("breached_at IS NOT NULL AND met_at IS NULL AND dropped_at IS NULL")
OPEN = sa.text("state = 'open'")
ENTRIES = ["supplier_id", "day", "id"]
STAND_OPEN = sa.text("state NOT IN ('resolved', 'closed', 'withdrawn', 'rejected', 'merged')")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_deadlines_late", "deadlines", ["about_kind", "about_id"], postgresql_where=LATE)
    op.create_index("ix_invoice_lines_open", "invoice_lines", ["invoice_id"], postgresql_where=OPEN)
    op.drop_index("ix_tickets_open", "tickets")
    op.create_index("ix_tickets_open", "tickets", ["due_key", "id", "holder"], postgresql_where=STAND_OPEN)
    op.create_index("ix_time_entries_late", "time_entries", ENTRIES, postgresql_where=sa.text("is_late"))
    op.drop_index("ix_time_entries_supplier_day", "time_entries")
    op.create_index("ix_time_entries_supplier_day", "time_entries", ENTRIES, postgresql_include=["minutes", "state"])


def downgrade() -> None:
    op.drop_index("ix_time_entries_supplier_day", "time_entries")
    op.create_index("ix_time_entries_supplier_day", "time_entries", ENTRIES)
    op.drop_index("ix_time_entries_late", "time_entries")
    op.drop_index("ix_tickets_open", "tickets")
    op.create_index("ix_tickets_open", "tickets", ["holder", "due_key", "id"], postgresql_where=STAND_OPEN)
    op.drop_index("ix_invoice_lines_open", "invoice_lines")
    op.drop_index("ix_deadlines_late", "deadlines")
