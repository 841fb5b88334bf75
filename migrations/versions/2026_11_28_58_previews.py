"""Of which files no preview can be made."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_58_previews"
down_revision = "2026_11_28_57_matters_by_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("stored_files", sa.Column("is_undrawable", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("stored_files", "is_undrawable")
