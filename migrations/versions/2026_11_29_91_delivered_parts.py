"""Parts that wait for acceptance are found without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_91_delivered_parts"
down_revision = "2026_11_29_90_how_to_book"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_milestones_delivered", "milestones", ["order_id"], postgresql_where=sa.text("state = 'delivered'")
    )


def downgrade() -> None:
    op.drop_index("ix_milestones_delivered", "milestones")
