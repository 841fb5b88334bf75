"""Permissions for suppliers' people to write to customers directly."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_3_contact_permissions"
down_revision = "2026_11_28_2_gathered_mails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "contact_permissions",
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("customer_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(["given_by_id"], ["people.id"], name=op.f("fk_contact_permissions_given_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organisations.id"], name=op.f("fk_contact_permissions_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_permissions")),
    )
    op.create_index("ix_contact_permissions_supplier", "contact_permissions", ["supplier_id", "id"])
    op.add_column("ticket_messages", sa.Column("permission_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ticket_messages_permission_id"), "ticket_messages", "contact_permissions", ["permission_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_column("ticket_messages", "permission_id")
    op.drop_table("contact_permissions")
