"""Templates of what is reported often."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_68_ticket_templates"
down_revision = "2026_11_29_67_answers_due"
branch_labels = None
depends_on = None

KINDS = ("service_request", "incident", "problem", "change")
CLASSES = ("critical", "high", "normal", "low")
REACHES = ("one_user", "one_organisation", "many")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "ticket_templates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _choice(*KINDS, name="ticketkind"), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("criticality", _choice(*CLASSES, name="criticality"), nullable=False),
        sa.Column("reach", _choice(*REACHES, name="reach"), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_ticket_templates_service_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_ticket_templates_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_templates")),
    )


def downgrade() -> None:
    op.drop_table("ticket_templates")
