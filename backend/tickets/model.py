"""A ticket, what is written on it, what it is to others, who watches it; and the service levels that time it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.documents.states import DocumentEffect
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.events import Audience
from backend.kit.words import Listed, Texts, index_of_stems, index_of_words, stems_of
from backend.rulebook.criticality import Criticality
from backend.tickets.agreed_states import AgreedState
from backend.tickets.states import (
    Holder,
    LinkKind,
    MessageKind,
    MessageState,
    Reach,
    ServiceTime,
    TicketKind,
    TicketState,
)

WORDS_OF_TICKETS: Texts = ("title", "description")
READ_OF_MASKED_TICKETS: Texts = ("title",)
WORDS_OF_TICKETS_PARTIES: Texts = ("team", Listed("tags"))


class Ticket(Thing):
    """A service request, an incident, a problem or a change (H11.7.2-a)."""

    __tablename__ = "tickets"
    __table_args__ = (
        sa.Index("ix_tickets_supplier", "supplier_id", "id"),
        sa.Index("ix_tickets_customer", "customer_id", "id"),
        sa.Index("ix_tickets_due", "due_key", "id"),
        sa.Index("ix_tickets_assignee", "assignee_id", "id"),
        sa.Index("ix_tickets_requester", "requester_id", "id"),
        sa.Index(
            "ix_tickets_volumes",
            "kind",
            "reported_at",
            postgresql_include=["supplier_id", "customer_id", "service_id", "reached_supplier_at"],
        ),
        sa.Index("ix_tickets_reported", "reported_at"),
        sa.Index(
            "ix_tickets_open",
            "due_key",
            "id",
            "holder",
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed', 'withdrawn', 'rejected', 'merged')"),
        ),
        sa.Index(
            "ix_tickets_awaiting_reply",
            "id",
            postgresql_where=sa.text("awaits_reply_since IS NOT NULL AND state = 'resolved'"),
        ),
        sa.Index(
            "ix_tickets_wide",
            "service_id",
            "reported_at",
            postgresql_where=sa.text("kind = 'incident' AND reach = 'many'"),
        ),
        sa.Index("ix_tickets_merged", "merged_into_id", postgresql_where=sa.text("merged_into_id IS NOT NULL")),
        sa.Index("ix_tickets_tags", "tags", postgresql_using="gin"),
        sa.Index("ix_tickets_team", "team", "id", postgresql_where=sa.text("team IS NOT NULL")),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        stems_of(WORDS_OF_TICKETS),
        index_of_stems("ix_tickets_words"),
        index_of_words("ix_tickets_parties_words", WORDS_OF_TICKETS_PARTIES),
        index_of_words("ix_tickets_masked_words", READ_OF_MASKED_TICKETS, where="is_sensitive"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    state: Mapped[TicketState] = mapped_column(enum_type(TicketState))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """Whose it is; None: between Tiera and the supplier."""
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """Who produces the service; it sees the ticket once it has been handed to it."""
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """Who asks, also when somebody else reported it for them."""
    reported_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reported_at: Mapped[datetime]
    holder: Mapped[Holder] = mapped_column(enum_type(Holder))
    reached_supplier_at: Mapped[datetime | None]
    """When it was handed to the supplier first."""
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    team: Mapped[str | None]
    criticality: Mapped[Criticality] = mapped_column(enum_type(Criticality))
    reach: Mapped[Reach] = mapped_column(enum_type(Reach))
    title: Mapped[str]
    description: Mapped[str]
    is_sensitive: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether the description is masked until somebody opens it on record (H11.1-b)."""
    root_cause: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    awaits_reply_since: Mapped[datetime | None]
    """Since when whoever asked has written on what was resolved and has got no answer."""
    closed_at: Mapped[datetime | None]
    """When it was closed, withdrawn, rejected or merged."""
    due_at: Mapped[datetime | None]
    """The nearest deadline of the clocks that run of whoever has it."""
    due_key: Mapped[datetime] = mapped_column(
        sa.Computed("coalesce(due_at, TIMESTAMPTZ '9999-12-31 00:00:00+00')", persisted=True)
    )
    """To sort by: what no clock runs for comes last."""
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tickets.id"))
    """Where it goes on."""
    terms_on: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The terms of the day on which it was reported; its service levels are those of that day too."""
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


WORDS_OF_MESSAGES: Texts = (("released_text", "text"),)
WORDS_OF_MESSAGES_PARTIES: Texts = ("return_reason",)
WORDS_OF_AGREED: Texts = ("reason",)


class TicketMessage(Thing):
    """Something written on a ticket. A supplier's to a customer waits for Tiera's release; both versions are kept."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        sa.Index("ix_ticket_messages_ticket", "ticket_id", "id"),
        sa.Index("ix_ticket_messages_waiting", "id", postgresql_where=sa.text("state = 'waiting'")),
        sa.CheckConstraint("(state IN ('released', 'returned')) = (decided_at IS NOT NULL)", name="decided"),
        stems_of(WORDS_OF_MESSAGES),
        index_of_stems("ix_ticket_messages_words"),
        index_of_words("ix_ticket_messages_parties_words", WORDS_OF_MESSAGES_PARTIES),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    kind: Mapped[MessageKind] = mapped_column(enum_type(MessageKind))
    audience: Mapped[Audience] = mapped_column(enum_type(Audience))
    state: Mapped[MessageState] = mapped_column(enum_type(MessageState))
    text: Mapped[str]
    """As it was written."""
    released_text: Mapped[str | None]
    """As Tiera released it, where Tiera changed it."""
    is_sensitive: Mapped[bool] = mapped_column(server_default=sa.false())
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """For whom it was written."""
    written_at: Mapped[datetime]
    release_due_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    permission_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact_permissions.id"))
    """Of a supplier's to a customer that needed no release: what permitted it (H11.4-c)."""
    supplier_id: Mapped[int]
    customer_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


class AgreedPoint(Thing):
    """That a message carries what was agreed of price, content or date; binding once Tiera has confirmed it (H11.4-e).

    It has no words of its own: what was agreed is what the message says, to whoever may read that.
    """

    __tablename__ = "agreed_points"
    __table_args__ = (
        sa.Index("ix_agreed_points_ticket", "ticket_id", "id"),
        sa.Index("ix_agreed_points_noted", "id", postgresql_where=sa.text("state = 'noted'")),
        sa.CheckConstraint("(state = 'noted') = (decided_at IS NULL)", name="decided"),
        index_of_words("ix_agreed_points_words", WORDS_OF_AGREED),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket_messages.id"), unique=True)
    matters: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    state: Mapped[AgreedState] = mapped_column(enum_type(AgreedState))
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    noted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    supplier_id: Mapped[int]
    customer_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


class TextOpening(Thing):
    """That somebody opened a sensitive text: the only way to read it, and on record for ever (H11.1-b)."""

    __tablename__ = "text_openings"
    __table_args__ = (sa.Index("ix_text_openings_ticket", "ticket_id", "id"),)

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket_messages.id"))
    """Of which message; None: of the ticket's description."""
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    supplier_id: Mapped[int]
    customer_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


WORDS_OF_PERMISSIONS: Texts = ("matter", "end_reason")
WORDS_OF_CHANGE_DOCUMENTS: Texts = ("reason",)


class ContactPermission(Thing):
    """That people of a supplier may write to customers directly: whom, to whom, of what, when, by which document."""

    __tablename__ = "contact_permissions"
    __table_args__ = (
        sa.Index("ix_contact_permissions_supplier", "supplier_id", "id"),
        sa.Index("ix_contact_permissions_number", sa.text("upper(document_number)")),
        index_of_words("ix_contact_permissions_words", WORDS_OF_PERMISSIONS),
    )

    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    person_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    customer_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    service_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """Of which kinds of tickets."""
    matter: Mapped[str]
    """Of what, in words."""
    valid_from: Mapped[date] = mapped_column(sa.Date)
    valid_until: Mapped[date] = mapped_column(sa.Date)
    document_number: Mapped[str]
    document_on: Mapped[date] = mapped_column(sa.Date)
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class TicketLink(Thing):
    """What a ticket is to another one, or that it follows from an order; taken away it stays on record."""

    __tablename__ = "ticket_links"
    __table_args__ = (
        sa.Index(
            "uq_ticket_links_now",
            "ticket_id",
            "kind",
            "other_kind",
            "other_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_ticket_links_other", "other_kind", "other_id"),
        sa.CheckConstraint("other_kind <> 'Ticket' OR ticket_id <> other_id", name="another"),
        sa.CheckConstraint("other_kind = 'Ticket' OR kind = 'follows_from'", name="follows"),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    kind: Mapped[LinkKind] = mapped_column(enum_type(LinkKind))
    other_kind: Mapped[str]
    other_id: Mapped[int]
    """Of this kind: a ticket, or what it follows from."""
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ChangeDocument(Thing):
    """What a change means for a document of its service: said before the change is closed (H11.6-a)."""

    __tablename__ = "change_documents"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "document_id"),
        index_of_words("ix_change_documents_words", WORDS_OF_CHANGE_DOCUMENTS),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), index=True)
    effect: Mapped[DocumentEffect] = mapped_column(enum_type(DocumentEffect))
    reason: Mapped[str]
    said_at: Mapped[datetime]
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class TicketWatcher(Thing):
    """Somebody who is told of what happens to a ticket, as far as they may see it."""

    __tablename__ = "ticket_watchers"
    __table_args__ = (sa.UniqueConstraint("ticket_id", "person_id"),)

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    since: Mapped[datetime]


class KeptReady(Thing):
    """What Tiera's desk writes once, for many to begin with, until it is offered no more."""

    __abstract__ = True

    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ReadyAnswer(KeptReady):
    """What Tiera's desk answers often, in good words: chosen when writing, and changed to fit."""

    __tablename__ = "ready_answers"

    title: Mapped[str]
    text: Mapped[str]


class TicketTemplate(KeptReady):
    """What is reported often, with blanks to fill in: chosen when reporting, and changed to fit."""

    __tablename__ = "ticket_templates"

    name: Mapped[str]
    """By what it is chosen."""
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    """None: whoever reports chooses the service."""
    ticket_title: Mapped[str]
    description: Mapped[str]
    criticality: Mapped[Criticality] = mapped_column(enum_type(Criticality))
    reach: Mapped[Reach] = mapped_column(enum_type(Reach))


class ServiceLevel(Thing):
    """How fast tickets of a kind and class are answered and resolved, from a day on, by an agreement (H2.1-a).

    None as the agreement: wherever an agreement says nothing else. A row is never changed; a later one follows it.
    """

    __tablename__ = "service_levels"
    __table_args__ = (
        sa.Index("ix_service_levels_of", "agreement_id", "kind", "criticality", "valid_from"),
        sa.CheckConstraint("respond_minutes > 0 AND resolve_minutes > 0 AND update_minutes > 0", name="minutes"),
    )

    agreement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agreements.id"))
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    criticality: Mapped[Criticality] = mapped_column(enum_type(Criticality))
    service_time: Mapped[ServiceTime] = mapped_column(enum_type(ServiceTime))
    respond_minutes: Mapped[int | None]
    resolve_minutes: Mapped[int | None]
    update_minutes: Mapped[int | None]
    stands_in: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """States in which the clocks stand still."""
    valid_from: Mapped[date] = mapped_column(sa.Date)
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_id: Mapped[int | None]
    """The agreement's supplier: whom the level concerns."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
