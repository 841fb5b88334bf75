"""Tickets are found by their tags and teams."""

from alembic import op

revision = "2026_11_29_73_tags_and_teams"
down_revision = "2026_11_29_72_meetings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_tickets_tags", "tickets", ["tags"], postgresql_using="gin")
    op.create_index("ix_tickets_team", "tickets", ["team", "id"], postgresql_where="team IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_tickets_team", table_name="tickets")
    op.drop_index("ix_tickets_tags", table_name="tickets")
