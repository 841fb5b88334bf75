"""A complaint may be about a meeting; Tiera judges a response by a time that is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_72_meetings"
down_revision = "2026_11_29_71_words_of_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaints", sa.Column("judge_due_at", sa.DateTime(timezone=True)))
    op.add_column("complaints", sa.Column("meeting", sa.Text()))
    op.add_column("complaints", sa.Column("met_on", sa.Date()))
    op.create_check_constraint("meeting", "complaints", "(meeting IS NULL) = (met_on IS NULL)")


def downgrade() -> None:
    for name in ("met_on", "meeting", "judge_due_at"):
        op.drop_column("complaints", name)
