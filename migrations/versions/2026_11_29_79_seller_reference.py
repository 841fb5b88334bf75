"""A line of an invoice says the supplier's own number of its order, where the head says none or another."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_79_seller_reference"
down_revision = "2026_11_29_77_recurring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("invoice_lines", sa.Column("seller_reference", sa.Text()))


def downgrade() -> None:
    op.drop_column("invoice_lines", "seller_reference")
