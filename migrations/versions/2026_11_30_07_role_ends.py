"""The clocks of last days of roles that were known before: with the last one ordering rights in the organisation end.

Of whoever has ordering rights there: for others nothing ends with a role.
"""

from alembic import op

revision = "2026_11_30_07_role_ends"
down_revision = "2026_11_30_06_marked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        INSERT INTO deadlines (about_kind, about_id, kind, started_at, due_at, rule)
        SELECT 'RoleHeld', held.id, 'role.ending', coalesce(held.end_announced_at, held.announced_at),
               upper(held.valid)::timestamp AT TIME ZONE 'Europe/Helsinki', 'H11.8.1-a'
        FROM roles_held AS held
        WHERE upper(held.valid) IS NOT NULL
          AND EXISTS (
              SELECT FROM ordering_rights AS its
              WHERE its.person_id = held.person_id
                AND its.organisation_id = held.organisation_id
                AND its.state <> 'ended'
          )
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM deadlines WHERE kind = 'role.ending'")
