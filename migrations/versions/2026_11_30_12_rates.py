"""How many come a month is on record with two decimals: what is expected of a remedy was rounded to one without a word.

What was rounded stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_12_rates"
down_revision = "2026_11_30_10_instructions"
branch_labels = None
depends_on = None

RATES = [(table, name) for table in ("recurrences", "former_proposals") for name in ("per_month", "expected_per_month")]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, name in RATES:
        op.alter_column(table, name, type_=sa.Numeric(9, 2))


def downgrade() -> None:
    for table, name in RATES:
        op.alter_column(table, name, type_=sa.Numeric(8, 1))
