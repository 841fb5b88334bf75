"""The clocks of last days of roles that were known before: with the last one ordering rights in the organisation end.

Of days to come, whoever has a right then; of days past where one has not been ended, which was in force until now.
"""

import sqlalchemy as sa
from alembic import op

from backend.kit import clock

revision = "2026_11_30_07_role_ends"
down_revision = "2026_11_30_06_marked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    clocks = sa.text(
        """
        INSERT INTO deadlines (about_kind, about_id, kind, started_at, due_at, rule)
        SELECT 'RoleHeld', held.id, 'role.ending',
               CASE WHEN over_at > today.now THEN coalesce(end_announced_at, announced_at) ELSE today.now END,
               over_at, 'H11.8.1-a'
        FROM roles_held AS held,
             LATERAL (SELECT CAST(upper(held.valid) AS timestamp) AT TIME ZONE 'Europe/Helsinki') AS its (over_at),
             (SELECT CAST(:now AS timestamptz)) AS today (now)
        WHERE over_at > today.now
           OR over_at IS NOT NULL AND EXISTS (
              SELECT FROM ordering_rights AS named
              WHERE named.person_id = held.person_id
                AND named.organisation_id = held.organisation_id
                AND named.state <> 'ended'
          )
        """
    )
    op.execute(clocks.bindparams(now=clock.now()))


def downgrade() -> None:
    op.execute("DELETE FROM deadlines WHERE kind = 'role.ending'")
