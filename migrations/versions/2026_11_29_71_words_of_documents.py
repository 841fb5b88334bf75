"""Documents and what the service catalogue offers are found by their words."""

from alembic import op

revision = "2026_11_29_71_words_of_documents"
down_revision = "2026_11_29_70_known_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE INDEX ix_documents_words ON documents USING gin "
        "(to_tsvector('finnish'::regconfig, coalesce(title, '')))"
    )
    op.execute(
        "CREATE INDEX ix_products_words ON products USING gin "
        "(to_tsvector('finnish'::regconfig, (coalesce(name, '') || ' ') || coalesce(category, '')))"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_products_words", "products")
    op.drop_index("ix_documents_words", "documents")
