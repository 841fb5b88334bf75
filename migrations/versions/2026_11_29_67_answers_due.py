"""Tiera answers a proposal to have fewer of what recurs by a time that is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_67_answers_due"
down_revision = "2026_11_29_66_said_complaints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("recurrences", sa.Column("answer_due_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("recurrences", "answer_due_at")
