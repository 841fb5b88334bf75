"""One service takes the matters that come by mail; a mail says as what it is on its ticket."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_57_matters_by_mail"
down_revision = "2026_11_28_57_following_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("services", sa.Column("takes_mail", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "uq_services_takes_mail", "services", ["takes_mail"], unique=True, postgresql_where=sa.text("takes_mail")
    )
    op.add_column("incoming_mails", sa.Column("ticket_message_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_incoming_mails_ticket_message_id"), "incoming_mails", "ticket_messages", ["ticket_message_id"], ["id"]
    )
    # What was written by a mail was written at the instant at which it came, or was added by the desk.
    op.execute(
        "UPDATE incoming_mails m SET ticket_message_id = (SELECT min(t.id) FROM ticket_messages t "
        "WHERE t.ticket_id = m.ticket_id AND t.written_at = coalesce(m.handled_at, m.received_at)) "
        "WHERE m.ticket_id IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_incoming_mails_message_on_a_ticket"),
        "incoming_mails",
        "ticket_message_id IS NULL OR ticket_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_column("incoming_mails", "ticket_message_id")
    op.drop_index("uq_services_takes_mail", "services")
    op.drop_column("services", "takes_mail")
