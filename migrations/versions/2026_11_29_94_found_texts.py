"""Responses to complaints, notes of versions, permissions to write to customers and subjects of mails are searched."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_94_found_texts"
down_revision = "2026_11_29_93_written_on"
branch_labels = None
depends_on = None

_WORDS = {
    "complaint_responses": ("summary", "main_points", "problem", "effects", "measures", "prevention"),
    "document_versions": ("note",),
    "contact_permissions": ("matter",),
    "incoming_mails": ("subject",),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, columns in _WORDS.items():
        texts = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
        words = sa.text(f"to_tsvector('finnish'::regconfig, {texts})")
        op.create_index(f"ix_{table}_words", table, [words], postgresql_using="gin")
    op.create_index("ix_contact_permissions_number", "contact_permissions", [sa.text("upper(document_number)")])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_contact_permissions_number", "contact_permissions")
    for table in _WORDS:
        op.drop_index(f"ix_{table}_words", table)
