"""A response to a complaint knows how often it has been written on: who writes on an older one is told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_93_written_on"
down_revision = "2026_11_29_92_payable_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaint_responses", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.execute("UPDATE complaint_responses SET version = ordinal")


def downgrade() -> None:
    op.drop_column("complaint_responses", "version")
