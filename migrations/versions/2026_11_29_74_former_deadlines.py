"""What was told of a clock that had been due stays when it is counted anew: figures of a past day read it.

Of the rows that are there nothing was kept before: each is told so since it began, which needs no value.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_74_former_deadlines"
down_revision = "2026_11_29_73_tags_and_teams"
branch_labels = None
depends_on = None

INSTANTS = ("breached_at", "met_at", "dropped_at", "told_since")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("deadlines", sa.Column("told_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "former_deadlines",
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in INSTANTS),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_deadlines")),
    )
    op.create_index("ix_former_deadlines_told", "former_deadlines", ["kind", "told_until"])


def downgrade() -> None:
    op.drop_table("former_deadlines")
    op.drop_column("deadlines", "told_since")
