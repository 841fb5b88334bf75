"""Mail that says that it is a complaint waits for the desk with that reason."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_66_said_complaints"
down_revision = "2026_11_29_65_states_of_orders"
branch_labels = None
depends_on = None

BEFORE = (
    "automatic",
    "bounce",
    "mailing_list",
    "own",
    "unknown_sender",
    "not_proven",
    "no_role",
    "new_matter",
    "not_seen",
    "refused",
    "too_many",
    "empty",
    "not_whole",
)


def _allow(*values: str) -> None:
    op.drop_constraint("whyaside", "incoming_mails", type_="check")
    op.create_check_constraint("whyaside", "incoming_mails", sa.column("why", sa.Text()).in_(values))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow(*BEFORE, "complaint")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("UPDATE incoming_mails SET why = 'new_matter' WHERE why = 'complaint'")
    _allow(*BEFORE)
