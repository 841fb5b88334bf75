"""How many business days each response to a complaint took."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_51_answer_times"
down_revision = "2026_11_28_31_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaint_responses", sa.Column("business_days", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("complaint_responses", "business_days")
