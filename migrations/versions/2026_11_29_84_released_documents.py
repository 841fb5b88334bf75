"""Customers see of documents what is released; what suppliers meant for them so far waits for Tiera."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_84_released_documents"
down_revision = "2026_11_29_82_told_late"
branch_labels = None
depends_on = None

OF_TIERA = "organisation_id IN (SELECT id FROM organisations WHERE side = 'buyer')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("released_at", "release_asked_at"):
        op.add_column("documents", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("documents", sa.Column("return_reason", sa.Text(), nullable=True))
    op.add_column("document_versions", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE documents SET released_at = made_at WHERE is_for_customers AND {OF_TIERA}")
    op.execute(
        "UPDATE documents SET release_asked_at = updated_at "
        f"WHERE is_for_customers AND state = 'in_use' AND NOT ({OF_TIERA})"
    )
    op.execute(
        "UPDATE document_versions v SET released_at = v.added_at FROM documents d "
        "WHERE d.id = v.document_id AND d.released_at IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_documents_released"),
        "documents",
        "is_for_customers OR released_at IS NULL AND release_asked_at IS NULL",
    )
    op.create_index(
        "ix_documents_release",
        "documents",
        ["release_asked_at"],
        postgresql_where=sa.text("release_asked_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_documents_release", "documents")
    op.drop_constraint(op.f("ck_documents_released"), "documents")
    op.drop_column("document_versions", "released_at")
    for name in ("return_reason", "release_asked_at", "released_at"):
        op.drop_column("documents", name)
