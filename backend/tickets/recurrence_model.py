"""What recurs among a service's incidents or requests, by the words of reports; its evidence and its remedy."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base, Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_words
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.states import TicketKind

RATE = sa.Numeric(9, 2)
"""Tickets a month."""

WORDS_OF_RECURRENCES: Texts = ("title", "proposal", "answer", "dismissal")


class Recurrence(Thing):
    """Tickets of one service and kind that share words, so many of them in a window that it recurs.

    Of one customer alone, or over all of them.
    """

    __tablename__ = "recurrences"
    __table_args__ = (
        sa.Index("ix_recurrences_service", "service_id", "kind"),
        sa.Index("ix_recurrences_supplier", "supplier_id", "id"),
        sa.Index("ix_recurrences_customer", "customer_id"),
        index_of_words("ix_recurrences_words", WORDS_OF_RECURRENCES),
        sa.UniqueConstraint("service_id", "kind", "customer_id", "root", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint("(state IN ('found', 'dismissed')) = (problem_id IS NULL)", name="problem"),
        sa.CheckConstraint("(is_accepted IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    title: Mapped[str]
    """The words that they share, as they stand most often."""
    root: Mapped[str]
    """The beginning of the longest of them: nothing else in its scope has it."""
    roots: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """The beginnings of all of them, by any of which further tickets are recognised."""
    kind: Mapped[TicketKind] = mapped_column(enum_type(TicketKind))
    state: Mapped[RecurrenceState] = mapped_column(enum_type(RecurrenceState))
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """Within which customer it recurs; None: over all."""
    found_at: Mapped[datetime]
    """When it was found, or found again."""
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    dismissal: Mapped[str | None]
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tickets.id"), index=True)
    proposal: Mapped[str | None]
    per_month: Mapped[Decimal | None] = mapped_column(RATE)
    """How many came a month when the remedy was proposed."""
    expected_per_month: Mapped[Decimal | None] = mapped_column(RATE)
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    answer_due_at: Mapped[datetime | None]
    """By when Tiera answers what was proposed last."""
    is_accepted: Mapped[bool | None]
    """What Tiera answered to what was proposed last; None: not yet."""
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tickets.id"))

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class FormerProposal(Base):
    """A remedy that was proposed before, with its answer: another was proposed, or a problem made anew."""

    __tablename__ = "former_proposals"

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    recurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("recurrences.id"), index=True)
    proposal: Mapped[str]
    per_month: Mapped[Decimal] = mapped_column(RATE)
    expected_per_month: Mapped[Decimal] = mapped_column(RATE)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    is_accepted: Mapped[bool | None]
    answer: Mapped[str | None]
    """None: it was emptied before former answers were kept."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class RecurrenceTicket(Base):
    """A ticket that a recurrence rests on, and since when that is known."""

    __tablename__ = "recurrence_tickets"

    recurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("recurrences.id"), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(
        sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False, index=True
    )
    since: Mapped[datetime]
    in_title: Mapped[bool]
    """Whether its title has the words, or its description alone."""
