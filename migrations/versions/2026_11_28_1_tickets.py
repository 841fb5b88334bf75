"""Tickets with their messages, links, watchers and service levels; deadlines whose clock can stand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_1_tickets"
down_revision = "2026_11_24_9_notices"
branch_labels = None
depends_on = None

KINDS = ("service_request", "incident", "problem", "change")
CLASSES = ("critical", "high", "normal", "low")
BEFORE = ("orders", "forecasts", "hours", "invoices", "rights", "agreements", "people")
NOW = ("orders", "tickets", *BEFORE[1:])


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _topics(*topics: str) -> None:
    op.drop_constraint("topic", "notice_preferences", type_="check")
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(topics))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("deadlines", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    _topics(*NOW)
    op.create_table(
        "service_levels",
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", _choice(*KINDS, name="ticketkind"), nullable=False),
        sa.Column("criticality", _choice(*CLASSES, name="criticality"), nullable=False),
        sa.Column("service_time", _choice("round_the_clock", "business_hours", name="servicetime"), nullable=False),
        sa.Column("respond_minutes", sa.BigInteger(), nullable=True),
        sa.Column("resolve_minutes", sa.BigInteger(), nullable=True),
        sa.Column("update_minutes", sa.BigInteger(), nullable=True),
        sa.Column("stands_in", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "respond_minutes > 0 AND resolve_minutes > 0 AND update_minutes > 0", name=op.f("ck_service_levels_minutes")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_service_levels_agreement_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_service_levels_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_levels")),
    )
    op.create_index(
        "ix_service_levels_of", "service_levels", ["agreement_id", "kind", "criticality", "valid_from"], unique=False
    )
    op.create_table(
        "tickets",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", _choice(*KINDS, name="ticketkind"), nullable=False),
        sa.Column(
            "state",
            _choice(
                "new",
                "open",
                "waiting",
                "known",
                "approved",
                "resolved",
                "closed",
                "withdrawn",
                "rejected",
                name="ticketstate",
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=True),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", _choice("desk", "supplier", name="holder"), nullable=False),
        sa.Column("reached_supplier_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("criticality", _choice(*CLASSES, name="criticality"), nullable=False),
        sa.Column("reach", _choice("one_user", "one_organisation", "many", name="reach"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_key",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(due_at, TIMESTAMPTZ '9999-12-31 00:00:00+00')", persisted=True),
            nullable=False,
        ),
        sa.Column("terms_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_tickets_agreement_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name=op.f("fk_tickets_assignee_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["organisations.id"], name=op.f("fk_tickets_customer_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["people.id"], name=op.f("fk_tickets_reported_by_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name=op.f("fk_tickets_requester_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_tickets_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_tickets_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    op.create_index("ix_tickets_assignee", "tickets", ["assignee_id", "id"], unique=False)
    op.create_index("ix_tickets_customer", "tickets", ["customer_id", "id"], unique=False)
    op.create_index("ix_tickets_due", "tickets", ["due_key", "id"], unique=False)
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["holder", "due_key", "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('resolved', 'closed', 'withdrawn', 'rejected')"),
    )
    op.create_index("ix_tickets_supplier", "tickets", ["supplier_id", "id"], unique=False)
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind", _choice("caused_by", "duplicate_of", "part_of", "follows_from", name="linkkind"), nullable=False
        ),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("ticket_id <> other_id", name=op.f("ck_ticket_links_another")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_ticket_links_made_by_id")),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_ticket_links_other_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_links_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_links")),
    )
    op.create_index("ix_ticket_links_other", "ticket_links", ["other_id"], unique=False)
    op.create_index(
        "uq_ticket_links_now",
        "ticket_links",
        ["ticket_id", "kind", "other_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ticket_messages",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            _choice(
                "message",
                "response",
                "question",
                "handover",
                "class_change",
                "cause",
                "decision",
                "resolution",
                "reopening",
                "ending",
                name="messagekind",
            ),
            nullable=False,
        ),
        sa.Column("audience", _choice("tiera", "both", "all", name="audience"), nullable=False),
        sa.Column("state", _choice("sent", "waiting", "released", "returned", name="messagestate"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("released_text", sa.Text(), nullable=True),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('released', 'returned')) = (decided_at IS NOT NULL)", name=op.f("ck_ticket_messages_decided")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_ticket_messages_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_ticket_messages_organisation_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_ticket_messages_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
    )
    op.create_index("ix_ticket_messages_ticket", "ticket_messages", ["ticket_id", "id"], unique=False)
    op.create_index(
        "ix_ticket_messages_waiting",
        "ticket_messages",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "ticket_watchers",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ticket_watchers_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_watchers_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_watchers")),
        sa.UniqueConstraint("ticket_id", "person_id", name=op.f("uq_ticket_watchers_ticket_id_person_id")),
    )
    op.create_index(op.f("ix_ticket_watchers_person_id"), "ticket_watchers", ["person_id"], unique=False)


def downgrade() -> None:
    for table in ("ticket_watchers", "ticket_messages", "ticket_links", "tickets", "service_levels"):
        op.drop_table(table)
    op.execute("DELETE FROM notice_preferences WHERE topic = 'tickets'")
    _topics(*BEFORE)
    op.drop_column("deadlines", "paused_at")
