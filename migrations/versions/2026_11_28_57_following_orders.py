"""Orders are found by what they follow from, and by the supplier's number as it is typed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_57_following_orders"
down_revision = "2026_11_28_56_quick_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_orders_follows_from", "orders", ["follows_from"], postgresql_where=sa.text("follows_from IS NOT NULL")
    )
    op.create_index("ix_orders_supplier_number_upper", "orders", [sa.text("upper(supplier_number)")])


def downgrade() -> None:
    op.drop_index("ix_orders_supplier_number_upper", "orders")
    op.drop_index("ix_orders_follows_from", "orders")
