"""Indexes by which a million tickets are listed and counted: who asked, volumes by month, clocks and ratings by day."""

from alembic import op

revision = "2026_11_28_56_quick_lists"
down_revision = "2026_11_28_55_wide_incidents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_tickets_requester", "tickets", ["requester_id", "id"])
    op.create_index(
        "ix_tickets_volumes",
        "tickets",
        ["kind", "reported_at"],
        postgresql_include=["supplier_id", "customer_id", "service_id", "reached_supplier_at"],
    )
    op.create_index("ix_deadlines_kind", "deadlines", ["kind", "due_at"])
    op.create_index("ix_ticket_ratings_rated", "ticket_ratings", ["rated_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_ratings_rated", "ticket_ratings")
    op.drop_index("ix_deadlines_kind", "deadlines")
    op.drop_index("ix_tickets_volumes", "tickets")
    op.drop_index("ix_tickets_requester", "tickets")
