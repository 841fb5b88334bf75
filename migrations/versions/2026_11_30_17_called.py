"""Tiera calls a supplier's steering group to an extraordinary meeting over a complaint."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_17_called"
down_revision = "2026_11_30_16_replies"
branch_labels = None
depends_on = None

BEFORE = ("title", "description", "meeting", "begun_with", "time_reason", "handling", "end_reason")
NOW = (*BEFORE[:5], "call_reason", *BEFORE[5:])


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("complaints", sa.Column("called_for", sa.Date()))
    op.add_column("complaints", sa.Column("call_reason", sa.Text()))
    said = "(called_for IS NULL) = (call_reason IS NULL)"
    op.create_check_constraint(op.f("ck_complaints_called"), "complaints", said)
    _index(NOW)


def downgrade() -> None:
    _index(BEFORE)
    op.drop_constraint(op.f("ck_complaints_called"), "complaints")
    op.drop_column("complaints", "call_reason")
    op.drop_column("complaints", "called_for")


def _index(texts: tuple[str, ...]) -> None:
    said = " || ' ' || ".join(f"coalesce({text}, '')" for text in texts)
    op.drop_index("ix_complaints_words", "complaints")
    op.execute(f"CREATE INDEX ix_complaints_words ON complaints USING gin (to_tsvector('finnish'::regconfig, {said}))")
