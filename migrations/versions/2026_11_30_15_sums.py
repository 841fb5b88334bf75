"""A sanction of which the agreement states no sum has none until Tiera says one."""

from alembic import op

revision = "2026_11_30_15_sums"
down_revision = "2026_11_30_14_searched"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("sanctions", "amount", nullable=True)
    op.execute("UPDATE sanctions SET amount = NULL WHERE amount = 0 AND decided_at IS NULL")


def downgrade() -> None:
    op.execute("UPDATE sanctions SET amount = 0 WHERE amount IS NULL")
    op.alter_column("sanctions", "amount", nullable=False)
