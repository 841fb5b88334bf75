"""A complaint may be begun of a mail."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_52_complaints_by_mail"
down_revision = "2026_11_28_51_answer_times"
branch_labels = None
depends_on = None

STATES = ("taken", "complained", "held", "ignored", "discarded")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("mailstate", "incoming_mails", type_="check")
    op.create_check_constraint("mailstate", "incoming_mails", sa.column("state", sa.Text()).in_(STATES))
    op.add_column("complaints", sa.Column("mail_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_complaints_mail_id"), "complaints", "incoming_mails", ["mail_id"], ["id"])
    op.create_unique_constraint(op.f("uq_complaints_mail_id"), "complaints", ["mail_id"])


def downgrade() -> None:
    op.drop_column("complaints", "mail_id")
    op.execute("UPDATE incoming_mails SET state = 'held' WHERE state = 'complained'")
    op.drop_constraint("mailstate", "incoming_mails", type_="check")
    former = [state for state in STATES if state != "complained"]
    op.create_check_constraint("mailstate", "incoming_mails", sa.column("state", sa.Text()).in_(former))
