"""A file that is attached can be taken away, and stays on record."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_10_files_taken_away"
down_revision = "2026_11_28_9_bulletins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("stored_files", sa.Column("taken_away_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_files", sa.Column("taken_away_by_id", sa.BigInteger(), nullable=True))
    op.add_column("stored_files", sa.Column("taken_away_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("stored_files", "taken_away_reason")
    op.drop_column("stored_files", "taken_away_by_id")
    op.drop_column("stored_files", "taken_away_at")
