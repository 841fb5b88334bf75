"""Ready answers of Tiera's desk."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_14_ready_answers"
down_revision = "2026_11_28_13_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "ready_answers",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_ready_answers_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_answers")),
    )


def downgrade() -> None:
    op.drop_table("ready_answers")
