"""A ticket may follow from an order."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_53_tickets_of_orders"
down_revision = "2026_11_28_52_complaints_by_mail"
branch_labels = None
depends_on = None


def _index(*columns: str) -> None:
    op.drop_index("ix_ticket_links_other", "ticket_links")
    op.drop_index("uq_ticket_links_now", "ticket_links")
    op.create_index("ix_ticket_links_other", "ticket_links", list(columns))
    now = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_ticket_links_now", "ticket_links", ["ticket_id", "kind", *columns], unique=True, postgresql_where=now
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("ticket_links", sa.Column("other_kind", sa.Text(), server_default="Ticket", nullable=False))
    op.alter_column("ticket_links", "other_kind", server_default=None)
    op.drop_constraint(op.f("fk_ticket_links_other_id"), "ticket_links", type_="foreignkey")
    op.drop_constraint(op.f("ck_ticket_links_another"), "ticket_links", type_="check")
    op.create_check_constraint(
        op.f("ck_ticket_links_another"), "ticket_links", "other_kind <> 'Ticket' OR ticket_id <> other_id"
    )
    op.create_check_constraint(
        op.f("ck_ticket_links_follows"), "ticket_links", "other_kind = 'Ticket' OR kind = 'follows_from'"
    )
    _index("other_kind", "other_id")


def downgrade() -> None:
    op.execute("DELETE FROM ticket_links WHERE other_kind <> 'Ticket'")
    _index("other_id")
    op.drop_constraint(op.f("ck_ticket_links_follows"), "ticket_links", type_="check")
    op.drop_constraint(op.f("ck_ticket_links_another"), "ticket_links", type_="check")
    op.create_check_constraint(op.f("ck_ticket_links_another"), "ticket_links", "ticket_id <> other_id")
    op.create_foreign_key(op.f("fk_ticket_links_other_id"), "ticket_links", "tickets", ["other_id"], ["id"])
    op.drop_column("ticket_links", "other_kind")
