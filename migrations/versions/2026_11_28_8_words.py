"""Indexes of what is searched in Finnish."""

from alembic import op

revision = "2026_11_28_8_words"
down_revision = "2026_11_28_7_merged_tickets"
branch_labels = None
depends_on = None

TEXTS = {
    "organisations": "coalesce(name, '')",
    "people": "coalesce(name, '')",
    "agreements": "coalesce(name, '')",
    "services": "coalesce(name, '')",
    "tickets": "(coalesce(title, '') || ' ') || coalesce(description, '')",
    "ticket_messages": "coalesce(released_text, text, '')",
    "orders": "(coalesce(title, '') || ' ') || coalesce(description, '')",
    "invoices": "coalesce(number, '')",
    "complaints": "(coalesce(title, '') || ' ') || coalesce(description, '')",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, text in TEXTS.items():
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (to_tsvector('finnish'::regconfig, {text}))")


def downgrade() -> None:
    for table in TEXTS:
        op.drop_index(f"ix_{table}_words", table)
