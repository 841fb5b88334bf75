"""A mail that came to the mailbox, and what became of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.inbox.states import MailState, WhyAside
from backend.kit.database import Thing, enum_type
from backend.kit.words import Parted, Texts, index_of_words

WORDS_OF_MAILS: Texts = ("subject", "sender_name", Parted("sender"), "discard_reason")
SAID_IN_MAILS: Texts = ("text",)
"""What a mail says may be masked; its subject is read as titles are."""


class IncomingMail(Thing):
    """What came, as far as it could be read; its bytes are kept as a file about it."""

    __tablename__ = "incoming_mails"
    __table_args__ = (
        sa.Index("ix_incoming_mails_state", "state", "id"),
        sa.Index("ix_incoming_mails_sender", "sender", "received_at"),
        sa.CheckConstraint("(state = 'taken') = (ticket_id IS NOT NULL)", name="on_a_ticket"),
        sa.CheckConstraint("ticket_message_id IS NULL OR ticket_id IS NOT NULL", name="message_on_a_ticket"),
        sa.CheckConstraint("state = 'taken' OR why IS NOT NULL", name="why"),
        index_of_words("ix_incoming_mails_words", WORDS_OF_MAILS),
        index_of_words("ix_incoming_mails_said", SAID_IN_MAILS),
    )

    digest: Mapped[str] = mapped_column(unique=True)
    """The same mail is taken once, by whichever ways it comes."""
    message_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[MailState] = mapped_column(enum_type(MailState))
    why: Mapped[WhyAside | None] = mapped_column(enum_type(WhyAside))
    """Why it became no message by itself."""
    sender: Mapped[str | None]
    """The address it says it is from; None where it names none, or several."""
    sender_name: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    """What was written, without what it answers."""
    sent_at: Mapped[datetime | None]
    """As it says itself."""
    received_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """Whose address the sender's is."""
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """For whom that person wrote, where it is certain."""
    ticket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tickets.id"), index=True)
    ticket_message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket_messages.id"))
    """The message that it became; None of one that became the ticket itself."""
    unopened: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    """Names of attachments of a kind that is not exchanged here; they are in the kept mail alone."""
    handled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """Who of the desk decided what becomes of it."""
    handled_at: Mapped[datetime | None]
    discard_reason: Mapped[str | None]
