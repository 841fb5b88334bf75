"""What was over is waited for no more: a remedy where the problem was withdrawn, an acknowledgement after handling.

What recurs and such a problem was made of waits to be looked at again.
"""

from alembic import op

revision = "2026_11_29_98_returned"
down_revision = "2026_11_29_97_books_until"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        WITH RECURSIVE led AS (
            SELECT recurrences.id AS of, tickets.merged_into_id, tickets.state
            FROM recurrences JOIN tickets ON tickets.id = recurrences.problem_id
            WHERE recurrences.state IN ('taken', 'declined')
            UNION
            SELECT led.of, tickets.merged_into_id, tickets.state
            FROM led JOIN tickets ON tickets.id = led.merged_into_id
        )
        UPDATE recurrences
        SET state = 'found', problem_id = NULL
        FROM led WHERE led.of = recurrences.id AND led.merged_into_id IS NULL AND led.state = 'withdrawn'
        """
    )
    op.execute(
        """
        UPDATE deadlines SET dropped_at = handled.at
        FROM complaints, LATERAL (
            SELECT min(events.at) AS at FROM events
            WHERE subject_kind = 'Complaint' AND subject_id = complaints.id AND name = 'complaint.handled'
        ) handled
        WHERE deadlines.about_kind = 'Complaint' AND deadlines.about_id = complaints.id AND handled.at IS NOT NULL
            AND complaints.state IN ('handled', 'closed') AND deadlines.met_at IS NULL AND deadlines.dropped_at IS NULL
            AND deadlines.kind IN ('complaint.acknowledgement', 'complaint.beginning')
        """
    )


def downgrade() -> None:
    """What was withdrawn or handled stays so: there is nothing to wait for again."""
