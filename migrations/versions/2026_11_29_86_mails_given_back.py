"""A mail whose draft of a complaint was withdrawn may become another one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_86_mails_given_back"
down_revision = "2026_11_29_85_searched"
branch_labels = None
depends_on = None

STANDS = "number IS NOT NULL OR state <> 'withdrawn'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("uq_complaints_mail_id", "complaints", type_="unique")
    op.create_index("uq_complaints_mail_id", "complaints", ["mail_id"], unique=True, postgresql_where=sa.text(STANDS))


def downgrade() -> None:
    op.drop_index("uq_complaints_mail_id", "complaints")
    op.execute(f"UPDATE complaints SET mail_id = NULL WHERE NOT ({STANDS})")
    op.create_unique_constraint("uq_complaints_mail_id", "complaints", ["mail_id"])
