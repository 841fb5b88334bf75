"""Documents of services with their versions, and what changes mean for them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_31_documents"
down_revision = "2026_11_28_30_incoming_mails"
branch_labels = None
depends_on = None

TOPICS = (
    "orders",
    "tickets",
    "bulletins",
    "documents",
    "forecasts",
    "hours",
    "invoices",
    "complaints",
    "rights",
    "agreements",
    "people",
)


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "documents",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _choice(
                "service_description", "instructions", "architecture", "security", "plan", "other", name="documentkind"
            ),
            nullable=False,
        ),
        sa.Column("state", _choice("in_use", "retired", name="documentstate"), nullable=False),
        sa.Column("is_template", sa.Boolean(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("is_for_customers", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column(
            "review_key",
            sa.Date(),
            sa.Computed("coalesce(review_on, DATE '9999-12-31')", persisted=True),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name=op.f("ck_documents_retired")),
        sa.CheckConstraint("is_template OR service_id IS NOT NULL", name=op.f("ck_documents_of_service")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_documents_made_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_documents_organisation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_documents_owner_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_documents_service_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_documents_supplier_id")),
        sa.ForeignKeyConstraint(["template_id"], ["documents.id"], name=op.f("fk_documents_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_review", "documents", ["review_key", "id"])
    op.create_index("ix_documents_service", "documents", ["service_id", "id"])
    op.create_index(op.f("ix_documents_supplier_id"), "documents", ["supplier_id"])
    op.create_table(
        "change_documents",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("effect", _choice("updated", "no_effect", name="documenteffect"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_change_documents_document_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["people.id"], name=op.f("fk_change_documents_said_by_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_change_documents_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_documents")),
        sa.UniqueConstraint("ticket_id", "document_id", name=op.f("uq_change_documents_ticket_id_document_id")),
    )
    op.create_index(op.f("ix_change_documents_document_id"), "change_documents", ["document_id"])
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_document_versions_added_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint("document_id", "ordinal", name=op.f("uq_document_versions_document_id_ordinal")),
    )
    op.drop_constraint("topic", "notice_preferences", type_="check")
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(TOPICS))


def downgrade() -> None:
    op.execute("DELETE FROM notice_preferences WHERE topic = 'documents'")
    op.drop_constraint("topic", "notice_preferences", type_="check")
    former = [topic for topic in TOPICS if topic != "documents"]
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(former))
    op.drop_table("document_versions")
    op.drop_table("change_documents")
    op.drop_table("documents")
