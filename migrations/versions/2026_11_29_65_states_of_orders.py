"""What is asked of orders in some states is planned once, for any list of states.

PostgreSQL takes such a list to have ten members: of eleven states nearly all, so that an index which leaves the others
out seems no gain. Told that there are twenty-five, it uses it for Tiera's list of all orders, and a supplier's own
for a supplier's; told that there are a hundred, it does not. What it knows of how often each stands stays.
"""

from alembic import op

revision = "2026_11_29_65_states_of_orders"
down_revision = "2026_11_28_64_id_state"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE orders ALTER COLUMN state SET (n_distinct = 25)")
    op.execute("ANALYZE orders (state)")


def downgrade() -> None:
    op.execute("ALTER TABLE orders ALTER COLUMN state RESET (n_distinct)")
    op.execute("ANALYZE orders (state)")
