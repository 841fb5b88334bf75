"""A service and a saved view count their changes: who renames one that somebody else has renamed meanwhile is told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_01_versions"
down_revision = "2026_11_29_98_returned"
branch_labels = None
depends_on = None

TABLES = ("services", "saved_views")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "version")
