"""Why Tiera gave more time to answer a complaint is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_63_time_reason"
down_revision = "2026_11_28_62_few"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaints", sa.Column("time_reason", sa.Text()))


def downgrade() -> None:
    op.drop_column("complaints", "time_reason")
