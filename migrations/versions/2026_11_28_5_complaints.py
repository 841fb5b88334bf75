"""Complaints, the responses to them with all their versions, and the sanctions that they bring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_5_complaints"
down_revision = "2026_11_28_3_contact_permissions"
branch_labels = None
depends_on = None

TOPICS = ("orders", "tickets", "forecasts", "hours", "invoices", "complaints", "rights", "agreements", "people")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "complaints",
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column(
            "state",
            _choice(
                "draft",
                "sent",
                "acknowledged",
                "answered",
                "proper",
                "not_proper",
                "handled",
                "closed",
                "withdrawn",
                name="complaintstate",
            ),
            nullable=False,
        ),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "cause",
            _choice("quality", "delay", "cost", "communication", "security", "people", "other", name="cause"),
            nullable=False,
        ),
        sa.Column("touches_shared_use", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cannot_wait", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receiver_id", sa.BigInteger(), nullable=True),
        sa.Column("acknowledge_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("begin_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_with", sa.Text(), nullable=True),
        sa.Column("response_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("tiera_says_suppliers", sa.Boolean(), nullable=True),
        sa.Column("supplier_says_suppliers", sa.Boolean(), nullable=True),
        sa.Column(
            "due_key",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(response_due_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("terms_on", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "number IS NOT NULL OR state IN ('draft', 'withdrawn')", name=op.f("ck_complaints_number_since_sent")
        ),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name=op.f("ck_complaints_about")),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["people.id"], name=op.f("fk_complaints_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_complaints_agreement_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_complaints_made_by_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["people.id"], name=op.f("fk_complaints_receiver_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_complaints_sent_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_complaints_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_complaints_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
    )
    op.create_index("ix_complaints_about", "complaints", ["about_kind", "about_id"])
    op.create_index(op.f("ix_complaints_agreement_id"), "complaints", ["agreement_id"])
    op.create_index("ix_complaints_due", "complaints", ["due_key", "id"])
    op.create_index(op.f("ix_complaints_sent_at"), "complaints", ["sent_at"])
    op.create_index("ix_complaints_state", "complaints", ["state", "due_key", "id"])
    op.create_index("ix_complaints_supplier", "complaints", ["supplier_id", "id"])
    op.create_table(
        "complaint_responses",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("main_points", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("effects", sa.Text(), server_default="", nullable=False),
        sa.Column("measures", sa.Text(), server_default="", nullable=False),
        sa.Column("prevention", sa.Text(), server_default="", nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("is_proper", sa.Boolean(), nullable=True),
        sa.Column("judgement", sa.Text(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(judged_at IS NULL) = (is_proper IS NULL)", name=op.f("ck_complaint_responses_judged")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_responses_complaint_id")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["people.id"], name=op.f("fk_complaint_responses_judged_by_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_complaint_responses_sent_by_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_complaint_responses_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_responses")),
        sa.UniqueConstraint("complaint_id", "ordinal", name=op.f("uq_complaint_responses_complaint_id_ordinal")),
    )
    op.create_index(
        "uq_complaint_responses_draft",
        "complaint_responses",
        ["complaint_id"],
        unique=True,
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "sanctions",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", _choice("waiting", "entitled", "applied", "waived", "lapsed", name="sanctionstate"), nullable=False
        ),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arisen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_sanctions_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_sanctions_agreement_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_sanctions_complaint_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_sanctions_decided_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_sanctions_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_sanctions_complaint_id")),
    )
    op.create_index("ix_sanctions_supplier", "sanctions", ["supplier_id", "state"])
    op.drop_constraint("topic", "notice_preferences", type_="check")
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(TOPICS))


def downgrade() -> None:
    op.execute("DELETE FROM notice_preferences WHERE topic = 'complaints'")
    op.drop_constraint("topic", "notice_preferences", type_="check")
    former = [topic for topic in TOPICS if topic != "complaints"]
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(former))
    op.drop_table("sanctions")
    op.drop_table("complaint_responses")
    op.drop_table("complaints")
