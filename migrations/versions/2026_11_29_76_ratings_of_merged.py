"""Whoever asked for a ticket that was merged into another says how that went: one rating by each who asked."""

from alembic import op

revision = "2026_11_29_76_ratings_of_merged"
down_revision = "2026_11_29_75_stand_ins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("uq_ticket_ratings_ticket_id_resolved_at", "ticket_ratings")
    op.create_unique_constraint(
        "uq_ticket_ratings_ticket_id_resolved_at_rated_by_id",
        "ticket_ratings",
        ["ticket_id", "resolved_at", "rated_by_id"],
    )


def downgrade() -> None:
    op.drop_constraint("uq_ticket_ratings_ticket_id_resolved_at_rated_by_id", "ticket_ratings")
    op.create_unique_constraint(
        "uq_ticket_ratings_ticket_id_resolved_at", "ticket_ratings", ["ticket_id", "resolved_at"]
    )
