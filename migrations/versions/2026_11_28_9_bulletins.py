"""Bulletins, who has read them, what communication is agreed, and keys to the calendar of breaks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_9_bulletins"
down_revision = "2026_11_28_8_words"
branch_labels = None
depends_on = None

TOPICS = (
    "orders",
    "tickets",
    "bulletins",
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
        "bulletins",
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("state", _choice("draft", "published", "ended", "withdrawn", name="bulletinstate"), nullable=False),
        sa.Column("kind", _choice("incident", "break", "change", "news", name="bulletinkind"), nullable=False),
        sa.Column("criticality", _choice("critical", "high", "normal", "low", name="criticality"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "receivers",
            _choice("tiera", "as_planned", "all_customers", "organisations", name="receivers"),
            nullable=False,
        ),
        sa.Column("to_all_customers", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("by_banner", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("asks_acknowledgement", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "until_key",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(shown_until, ends_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "start_key",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(starts_at, TIMESTAMPTZ '9999-12-31 00:00+00')", persisted=True),
            nullable=False,
        ),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers_for_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(kind = 'incident') = (criticality IS NOT NULL)", name=op.f("ck_bulletins_class")),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name=op.f("ck_bulletins_about")),
        sa.CheckConstraint(
            "(published_at IS NULL) = (number IS NULL)", name=op.f("ck_bulletins_number_since_published")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bulletins_times")),
        sa.ForeignKeyConstraint(["answers_for_id"], ["people.id"], name=op.f("fk_bulletins_answers_for_id")),
        sa.ForeignKeyConstraint(["follows_id"], ["bulletins.id"], name=op.f("fk_bulletins_follows_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_bulletins_organisation_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_bulletins_supplier_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["people.id"], name=op.f("fk_bulletins_withdrawn_by_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_bulletins_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("number", name=op.f("uq_bulletins_number")),
    )
    op.create_index("ix_bulletins_about", "bulletins", ["about_kind", "about_id"])
    op.create_index("ix_bulletins_break", "bulletins", ["starts_at", "id"], postgresql_where=sa.text("kind = 'break'"))
    op.create_index(
        "ix_bulletins_current", "bulletins", ["until_key", "id"], postgresql_where=sa.text("state = 'published'")
    )
    op.create_index(op.f("ix_bulletins_follows_id"), "bulletins", ["follows_id"])
    op.create_index(op.f("ix_bulletins_published_at"), "bulletins", ["published_at"])
    op.create_index("ix_bulletins_supplier", "bulletins", ["supplier_id", "id"])
    op.create_table(
        "calendar_keys",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_calendar_keys_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_keys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_keys_secret_hash")),
    )
    op.create_index(
        "uq_calendar_keys_now",
        "calendar_keys",
        ["person_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "bulletin_readings",
        sa.Column("bulletin_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name=op.f("fk_bulletin_readings_bulletin_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_bulletin_readings_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bulletin_readings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_readings")),
        sa.UniqueConstraint(
            "bulletin_id",
            "person_id",
            "organisation_id",
            name=op.f("uq_bulletin_readings_bulletin_id_person_id_organisation_id"),
        ),
    )
    op.create_table(
        "communication_plans",
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "occasion",
            _choice(
                "critical_incident",
                "high_incident",
                "normal_incident",
                "low_incident",
                "break",
                "change",
                "news",
                name="occasion",
            ),
            nullable=False,
        ),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("to_all_customers", sa.Boolean(), nullable=False),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("when_down", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=True),
        sa.Column("supplier_informs", sa.Boolean(), nullable=False),
        sa.Column("template_title", sa.Text(), nullable=False),
        sa.Column("template_text", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "NOT supplier_informs OR (service_id IS NOT NULL AND occasion LIKE '%\\_incident')",
            name=op.f("ck_communication_plans_exception"),
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_communication_plans_recorded_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_communication_plans_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication_plans")),
    )
    op.create_index(
        "uq_communication_plans_now",
        "communication_plans",
        ["service_id", "occasion"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.execute(
        "CREATE INDEX ix_bulletins_words ON bulletins USING gin "
        "(to_tsvector('finnish'::regconfig, (coalesce(title, '') || ' ') || coalesce(text, '')))"
    )
    op.drop_constraint("topic", "notice_preferences", type_="check")
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(TOPICS))


def downgrade() -> None:
    op.execute("DELETE FROM notice_preferences WHERE topic = 'bulletins'")
    op.drop_constraint("topic", "notice_preferences", type_="check")
    former = [topic for topic in TOPICS if topic != "bulletins"]
    op.create_check_constraint("topic", "notice_preferences", sa.column("topic", sa.Text()).in_(former))
    op.drop_table("communication_plans")
    op.drop_table("bulletin_readings")
    op.drop_table("calendar_keys")
    op.drop_table("bulletins")
