"""Of work that ended early, hours are booked for as long as they are on time."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_97_books_until"
down_revision = "2026_11_29_96_recurring_words"
branch_labels = None
depends_on = None

INDEX = "ix_orders_books_until"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("orders", sa.Column("books_until", sa.Date(), nullable=True))
    op.create_index(INDEX, "orders", ["books_until"], postgresql_where=sa.text("books_until IS NOT NULL"))


def downgrade() -> None:
    op.drop_index(INDEX, table_name="orders")
    op.drop_column("orders", "books_until")
