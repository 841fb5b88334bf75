"""Ordering rights: who may order what, by which document, within which limits; versions are never overwritten."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE
from sqlalchemy.orm import Mapped, mapped_column

from backend.files.model import StoredFile
from backend.kit.calendar import start_of_day
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.refs import Ref
from backend.parties.model import Days
from backend.parties.states import RightState
from backend.rulebook.sizes import SizeClass


class OrderingRight(Thing):
    """A naming of an ordering contact in writing (H11.8.1-a) with its limits (H11.8.1-b); None means no such limit."""

    __tablename__ = "ordering_rights"
    __table_args__ = (
        sa.CheckConstraint("most_minutes > 0 AND most_euros > 0 AND most_euros_a_year > 0", name="limits"),
        sa.CheckConstraint("state <> 'in_force' OR confirmed_at IS NOT NULL", name="in_force_is_confirmed"),
        sa.Index("ix_ordering_rights_person", "person_id"),
        sa.Index(
            "uq_ordering_rights_successor", "replaces_id", unique=True, postgresql_where=sa.text("state <> 'ended'")
        ),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """For which organisation the person acts when ordering: Tiera, or a customer."""
    customer_id: Mapped[int | None]
    """That organisation when it is a customer."""
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """With a supplier's agreement: that supplier too. None: every supplier."""
    agreement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agreements.id"))
    largest_class: Mapped[SizeClass | None] = mapped_column(enum_type(SizeClass))
    most_minutes: Mapped[int | None]
    most_euros: Mapped[Decimal | None]
    most_euros_a_year: Mapped[Decimal | None]
    for_organisation_ids: Mapped[list[int] | None] = mapped_column(ARRAY(sa.BigInteger))
    """Customers they may order for; None: all."""
    valid: Mapped[Days] = mapped_column(DATERANGE)
    document_number: Mapped[str]
    document_on: Mapped[date] = mapped_column(sa.Date)
    document_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StoredFile.id))
    state: Mapped[RightState] = mapped_column(enum_type(RightState))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    end_reason: Mapped[str | None]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ordering_rights.id"))
    """The version that this one ends when it is confirmed."""
    first_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ordering_rights.id"))
    """The first version of all; None: this one. The euros of a year are counted over all versions together."""

    @property
    def begins_at(self) -> datetime:
        """The first instant of its first day."""
        first = self.valid.lower
        return start_of_day(first) if first else self.recorded_at

    @property
    def concerns(self) -> Concerned:
        """Its own timeline is Tiera's and, at a customer, the customer's; suppliers are told one by one (H11.8.1-c)."""
        return Concerned(customer_id=self.customer_id)

    @property
    def counted_on(self) -> Ref:
        """What the account of the year's euros is about."""
        return Ref("OrderingRight", self.first_id or self.id)
