"""Orders in some states are found along the list of all, newest first, without reading those in others."""

from alembic import op

revision = "2026_11_28_64_id_state"
down_revision = "2026_11_28_63_time_reason"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_orders_id_state", "orders", ["id", "state"])


def downgrade() -> None:
    op.drop_index("ix_orders_id_state", "orders")
