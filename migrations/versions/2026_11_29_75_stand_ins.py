"""Somebody may stand in for the holder of a role; a complaint says who stood in when it was sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_75_stand_ins"
down_revision = "2026_11_29_74_former_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("roles_held", sa.Column("stands_in_for_id", sa.BigInteger(), sa.ForeignKey("roles_held.id")))
    op.create_index("ix_roles_held_stands_in_for_id", "roles_held", ["stands_in_for_id"])
    stand_ins = sa.Column("stand_in_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False)
    op.add_column("complaints", stand_ins)


def downgrade() -> None:
    op.drop_column("complaints", "stand_in_ids")
    op.drop_index("ix_roles_held_stands_in_for_id", table_name="roles_held")
    op.drop_column("roles_held", "stands_in_for_id")
