"""What recurs and a problem was made of that was withdrawn, without a remedy proposed, waits to be looked at again."""

from alembic import op

revision = "2026_11_29_100_returned"
down_revision = "2026_11_29_96_recurring_words"
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
        SET state = 'found', problem_id = NULL, answer = NULL, answered_at = NULL, answered_by_id = NULL
        FROM led WHERE led.of = recurrences.id AND led.merged_into_id IS NULL AND led.state = 'withdrawn'
        """
    )


def downgrade() -> None:
    """The problems stay withdrawn: nothing is to be made of them again."""
