"""Whether an accepted change of an order covers work that was done before it: what was accepted until now does."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_88_covered_changes"
down_revision = "2026_11_29_86_mails_given_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("revisions", sa.Column("covers_work_done", sa.Boolean()))
    op.execute("UPDATE revisions SET covers_work_done = true WHERE state = 'accepted' AND minutes_change > 0")


def downgrade() -> None:
    op.drop_column("revisions", "covers_work_done")
