"""An invoice is found by its number, whatever letters it has."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_85_searched"
down_revision = "2026_11_29_84_released_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_invoices_number_upper", "invoices", [sa.text("upper(number)")])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_invoices_number_upper", "invoices")
