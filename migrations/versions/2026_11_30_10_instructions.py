"""What Tiera says of how to book on a target has a version: nobody replaces what a colleague said meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_10_instructions"
down_revision = "2026_11_30_10_acts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("accounts", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("accounts", "version")
