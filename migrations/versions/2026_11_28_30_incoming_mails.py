"""Mail that comes in, and the door by which what it says came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_30_incoming_mails"
down_revision = "2026_11_28_22_recurrences"
branch_labels = None
depends_on = None

CHANNELS = ("portal", "api", "mail", "import", "schedule")
WITH_CHANNEL = ("events", "time_entries")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in WITH_CHANNEL:
        op.drop_constraint("channel", table, type_="check")
        op.create_check_constraint("channel", table, sa.column("channel", sa.Text()).in_(CHANNELS))
    op.create_table(
        "incoming_mails",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("state", _choice("taken", "held", "ignored", "discarded", name="mailstate"), nullable=False),
        sa.Column(
            "why",
            _choice(
                "automatic",
                "bounce",
                "mailing_list",
                "own",
                "unknown_sender",
                "not_proven",
                "no_role",
                "new_matter",
                "not_seen",
                "refused",
                "too_many",
                "empty",
                "not_whole",
                name="whyaside",
            ),
            nullable=True,
        ),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("unopened", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("handled_by_id", sa.BigInteger(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discard_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(state = 'taken') = (ticket_id IS NOT NULL)", name=op.f("ck_incoming_mails_on_a_ticket")),
        sa.CheckConstraint("state = 'taken' OR why IS NOT NULL", name=op.f("ck_incoming_mails_why")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["people.id"], name=op.f("fk_incoming_mails_handled_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_incoming_mails_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_incoming_mails_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_incoming_mails_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_mails_digest")),
    )
    op.create_index(op.f("ix_incoming_mails_message_id"), "incoming_mails", ["message_id"])
    op.create_index("ix_incoming_mails_sender", "incoming_mails", ["sender", "received_at"])
    op.create_index("ix_incoming_mails_state", "incoming_mails", ["state", "id"])
    op.create_index(op.f("ix_incoming_mails_ticket_id"), "incoming_mails", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("incoming_mails")
    former = [channel for channel in CHANNELS if channel != "mail"]
    for table in WITH_CHANNEL:
        op.drop_constraint("channel", table, type_="check")
        op.create_check_constraint("channel", table, sa.column("channel", sa.Text()).in_(former))
