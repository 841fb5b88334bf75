"""A supplier's targets are read the newest first, as far as they are needed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_03_holders"
down_revision = "2026_11_30_01_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    held = sa.text("holder_id IS NOT NULL")
    op.create_index("ix_accounts_holder", "accounts", ["holder_id", "id"], postgresql_where=held)
    op.drop_index("ix_accounts_holder_id", table_name="accounts")


def downgrade() -> None:
    op.create_index("ix_accounts_holder_id", "accounts", ["holder_id"])
    op.drop_index("ix_accounts_holder", table_name="accounts")
