"""Search reads what people write wherever it stands; of what there is most, the stems are kept with the rows."""

from alembic import op

revision = "2026_11_30_14_searched"
down_revision = "2026_11_30_13_reopened"
branch_labels = None
depends_on = None

JOINED = """
CREATE FUNCTION joined(text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN pg_catalog.array_to_string($1, ' ')
"""
"""Unlike `array_to_string` for any kind of list, what it gives for texts depends on no setting: an index may use it."""

KEPT = {
    "orders": "title description goal limits raise_reason",
    "time_entries": "description return_reason instruction_reason",
    "invoice_lines": "text notes[]",
}
KEPT_BEFORE = {"orders": "title description"}
WIDENED = {
    "complaints": "title description meeting begun_with time_reason handling end_reason",
    "complaint_responses": "summary main_points problem effects measures prevention judgement",
    "bulletins": "title text end_reason",
    "incoming_mails": "subject sender_name sender. discard_reason",
    "contact_permissions": "matter end_reason",
    "people": "name email.",
    "invoices": "number order_reference. buyer_reference. agreement_reference. seller_reference.",
}
BEFORE = {
    "complaints": "title description",
    "complaint_responses": "summary main_points problem effects measures prevention",
    "bulletins": "title text",
    "incoming_mails": "subject",
    "contact_permissions": "matter",
    "people": "name",
    "invoices": "number",
}
NEW = {
    "ix_orders_parties_words": ("orders", "supplier_description return_reason"),
    "ix_orders_ends": ("orders", "end_reason"),
    "ix_milestones_words": ("milestones", "title"),
    "ix_milestones_parties_words": ("milestones", "return_reason"),
    "ix_forecasts_words": ("forecasts", "note"),
    "ix_estimates_words": ("estimates", "none_better_statement"),
    "ix_estimate_options_words": ("estimate_options", "title description"),
    "ix_estimate_parts_words": ("estimate_parts", "title"),
    "ix_overruns_words": ("overruns", "reason decision_reason"),
    "ix_revisions_words": ("revisions", "reason decision_reason before{} after{}"),
    "ix_stored_files_words": ("stored_files", "name."),
    "ix_disputes_words": ("disputes", "reason answer"),
    "ix_sanctions_words": ("sanctions", "reason"),
    "ix_bodies_words": ("bodies", "name close_reason"),
    "ix_body_posts_ends": ("body_posts", "withdraw_reason"),
    "ix_documents_parties_words": ("documents", "return_reason"),
    "ix_documents_ends": ("documents", "end_reason"),
    "ix_incoming_mails_said": ("incoming_mails", "text"),
    "ix_tickets_parties_words": ("tickets", "team tags[]"),
    "ix_ticket_messages_parties_words": ("ticket_messages", "return_reason"),
    "ix_agreed_points_words": ("agreed_points", "reason"),
    "ix_change_documents_words": ("change_documents", "reason"),
    "ix_product_versions_words": ("product_versions", "description"),
    "ix_ticket_ratings_words": ("ticket_ratings", "word"),
    "ix_quality_deviations_words": ("quality_deviations", "report"),
    "ix_quality_deviations_parties_words": ("quality_deviations", "done planned prevention"),
    "ix_billing_approvals_words": ("billing_approvals", "note take_back_reason"),
    "ix_recurrences_words": ("recurrences", "title proposal answer dismissal"),
    "ix_stated_competences_words": ("stated_competences", "competence"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(JOINED)
    _drop_kept(KEPT_BEFORE)
    _keep(KEPT)
    _index_again(WIDENED)
    for name, (table, texts) in NEW.items():
        _index(name, table, texts)
    masked = f"CREATE INDEX ix_tickets_masked_words ON tickets USING gin ({_stems('title')}) WHERE is_sensitive"
    op.execute(masked)


def downgrade() -> None:
    op.drop_index("ix_tickets_masked_words", "tickets")
    for name, (table, _) in NEW.items():
        op.drop_index(name, table)
    _index_again(BEFORE)
    _drop_kept(KEPT)
    _keep(KEPT_BEFORE)
    op.execute("DROP FUNCTION joined(text[])")


def _keep(kept: dict[str, str]) -> None:
    for table, texts in kept.items():
        stems = f"ADD COLUMN stems tsvector GENERATED ALWAYS AS ({_stems(texts)}) STORED NOT NULL"
        op.execute(f"ALTER TABLE {table} {stems}")
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (stems)")


def _drop_kept(kept: dict[str, str]) -> None:
    for table in kept:
        op.drop_column(table, "stems")


def _index_again(words: dict[str, str]) -> None:
    for table, texts in words.items():
        op.drop_index(f"ix_{table}_words", table)
        _index(f"ix_{table}_words", table, texts)


def _index(name: str, table: str, texts: str) -> None:
    op.execute(f"CREATE INDEX {name} ON {table} USING gin (({_stems(texts)}))")


def _stems(texts: str) -> str:
    """Of columns: `[]` marks one of several texts, `{}` one of JSON, a full stop one whose words signs part."""
    plain = [name for name in texts.split() if not name.endswith("{}")]
    first, *others = (f"coalesce({_read(name)}, '')" for name in plain)
    for other in others:
        first = f"({first} || ' ') || {other}"
    read = [first, *(name[:-2] for name in texts.split() if name not in plain)]
    return " || ".join(f"to_tsvector('finnish'::regconfig, {text})" for text in read)


def _read(name: str) -> str:
    if name.endswith("[]"):
        return f"joined({name[:-2]})"
    return f"translate({name[:-1]}, '._-@', '    ')" if name.endswith(".") else name
