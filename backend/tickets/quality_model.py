"""What whoever asked thought of how a ticket was handled; deviations from the agreed quality and their measures."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_words
from backend.tickets.quality_states import DeviationKind, DeviationState

WORDS_OF_RATINGS: Texts = ("word",)
WORDS_OF_DEVIATIONS: Texts = ("report",)
WORDS_OF_DEVIATIONS_PARTIES: Texts = ("done", "planned", "prevention")


class TicketRating(Thing):
    """How well a ticket was handled: once by each who asked, for each time it was resolved, from one to five."""

    __tablename__ = "ticket_ratings"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "resolved_at", "rated_by_id"),
        sa.Index("ix_ticket_ratings_rated", "rated_at"),
        sa.Index("ix_ticket_ratings_supplier", "supplier_id", "rated_at"),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        index_of_words("ix_ticket_ratings_words", WORDS_OF_RATINGS),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    resolved_at: Mapped[datetime]
    """Which resolution was rated: one that is opened and resolved again may be rated anew."""
    score: Mapped[int]
    word: Mapped[str | None]
    rated_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    rated_at: Mapped[datetime]
    supplier_id: Mapped[int]
    customer_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


class QualityDeviation(Thing):
    """A deviation from the agreed quality: what was done, what is planned, how the like is prevented (H10.3-c).

    It is open until measures are on record, and stays until it was reported: to the customer, or in the production
    group. A missed level gathers what was missed of a service in a month; the root cause of an incident of wide reach
    stands once, however often it is written anew.
    """

    __tablename__ = "quality_deviations"
    __table_args__ = (
        sa.Index(
            "uq_quality_deviations_missed",
            "service_id",
            "month",
            unique=True,
            postgresql_where=sa.text("kind = 'missed_level' AND reported_at IS NULL"),
        ),
        sa.Index(
            "uq_quality_deviations_cause",
            "ticket_id",
            unique=True,
            postgresql_where=sa.text("kind = 'wide_cause' AND reported_at IS NULL"),
        ),
        sa.Index("ix_quality_deviations_supplier", "supplier_id", "id"),
        sa.Index("ix_quality_deviations_ticket", "ticket_id"),
        index_of_words("ix_quality_deviations_words", WORDS_OF_DEVIATIONS),
        index_of_words("ix_quality_deviations_parties_words", WORDS_OF_DEVIATIONS_PARTIES),
        sa.CheckConstraint("(kind = 'low_rating') = (rating_id IS NOT NULL)", name="rating"),
        sa.CheckConstraint("(kind = 'missed_level') = (month IS NOT NULL)", name="month"),
        sa.CheckConstraint("(state = 'open') = (measured_at IS NULL)", name="measured"),
        sa.CheckConstraint("(state = 'reported') = (reported_at IS NOT NULL)", name="reported"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DeviationKind] = mapped_column(enum_type(DeviationKind))
    state: Mapped[DeviationState] = mapped_column(enum_type(DeviationState))
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """Who answers for it; None: Tiera itself, whose desk did it alone."""
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    rating_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket_ratings.id"), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tickets.id"))
    """Of a low rating and a root cause the ticket; of a missed level the first that missed it."""
    month: Mapped[date | None] = mapped_column(sa.Date)
    """Its first day."""
    arisen_at: Mapped[datetime]
    done: Mapped[str | None]
    planned: Mapped[str | None]
    prevention: Mapped[str | None]
    measured_at: Mapped[datetime | None]
    measured_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    report: Mapped[str | None]
    """What the customer reads, or what the production group was told."""
    reported_on: Mapped[date | None] = mapped_column(sa.Date)
    """The day of the production group's meeting."""
    reported_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)
