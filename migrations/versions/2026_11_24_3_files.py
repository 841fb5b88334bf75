"""Files."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_3_files"
down_revision = "2026_11_24_2_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("service_account_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_stored_files_size")),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name=op.f("ck_stored_files_about")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index(op.f("ix_stored_files_sha256"), "stored_files", ["sha256"], unique=False)
    op.create_index("ix_stored_files_about", "stored_files", ["about_kind", "about_id"], unique=False)
    op.create_index(op.f("ix_stored_files_uploaded_at"), "stored_files", ["uploaded_at"], unique=False)


def downgrade() -> None:
    op.drop_table("stored_files")
