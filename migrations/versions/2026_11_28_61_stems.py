"""The stems of what there is most of are kept with the rows."""

from alembic import op

revision = "2026_11_28_61_stems"
down_revision = "2026_11_28_60_bodies"
branch_labels = None
depends_on = None

TEXTS = {
    "tickets": "((coalesce(title, '') || ' ') || coalesce(description, ''))",
    "ticket_messages": "coalesce(released_text, text, '')",
    "orders": "((coalesce(title, '') || ' ') || coalesce(description, ''))",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, text in TEXTS.items():
        stems = f"to_tsvector('finnish'::regconfig, {text})"
        op.drop_index(f"ix_{table}_words", table)
        op.execute(f"ALTER TABLE {table} ADD COLUMN stems tsvector GENERATED ALWAYS AS ({stems}) STORED NOT NULL")
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (stems)")


def downgrade() -> None:
    for table, text in TEXTS.items():
        op.drop_column(table, "stems")
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (to_tsvector('finnish'::regconfig, {text}))")
