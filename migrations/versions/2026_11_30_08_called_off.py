"""A role can be called off before it begins: the first day that was announced is kept, and it has no valid days."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_08_called_off"
down_revision = "2026_11_30_07_role_ends"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("roles_held", sa.Column("called_off_from", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_roles_held_called_off"), "roles_held", "isempty(valid) = (called_off_from IS NOT NULL)"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_roles_held_called_off"), "roles_held")
    op.execute("UPDATE roles_held SET valid = daterange(called_off_from, called_off_from + 1) WHERE isempty(valid)")
    op.drop_column("roles_held", "called_off_from")
