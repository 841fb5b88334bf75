"""Of work that is marked as done against instruction, the price group that it had on its order: it goes back at that.

Of what was marked before it is not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_06_marked"
down_revision = "2026_11_30_05_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("time_entries", sa.Column("marked_price_group_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_time_entries_marked_price_group_id"), "time_entries", "price_groups", ["marked_price_group_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_column("time_entries", "marked_price_group_id")
