"""Estimates: options by price group, the one chosen, or the supplier's word that it knows none better (H11.8.1-g)."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base, Concerned, Thing, UnitPrice
from backend.kit.words import Texts, index_of_words

WORDS_OF_ESTIMATES: Texts = ("none_better_statement",)
WORDS_OF_OPTIONS: Texts = ("title", "description")
WORDS_OF_PARTS: Texts = ("title",)


class Estimate(Thing):
    """One answer to a request for an estimate; a newer one of the order replaces it, none is overwritten."""

    __tablename__ = "estimates"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "ordinal"),
        sa.CheckConstraint("none_better_statement <> ''", name="statement"),
        index_of_words("ix_estimates_words", WORDS_OF_ESTIMATES),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    ordinal: Mapped[int]
    none_better_statement: Mapped[str | None]
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    given_at: Mapped[datetime]
    is_late: Mapped[bool]
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class EstimateOption(Thing):
    """A way to do the work: the main one first, cheaper or better alternatives after it."""

    __tablename__ = "estimate_options"
    __table_args__ = (
        sa.UniqueConstraint("estimate_id", "position"),
        index_of_words("ix_estimate_options_words", WORDS_OF_OPTIONS),
    )

    estimate_id: Mapped[int] = mapped_column(sa.ForeignKey("estimates.id"))
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    minutes: Mapped[int]
    euros: Mapped[Decimal]


class EstimateRow(Base):
    """Minutes of one price group in an option, with the price of the day of the estimate."""

    __tablename__ = "estimate_rows"
    __table_args__ = (
        sa.UniqueConstraint("option_id", "price_group_id"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    option_id: Mapped[int] = mapped_column(sa.ForeignKey("estimate_options.id"), index=True)
    price_group_id: Mapped[int] = mapped_column(sa.ForeignKey("price_groups.id"))
    minutes: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    amount: Mapped[Decimal]


class EstimatePart(Thing):
    """A part of a fixed price as an option offers it; ordering makes it a milestone."""

    __tablename__ = "estimate_parts"
    __table_args__ = (
        sa.UniqueConstraint("option_id", "position"),
        sa.CheckConstraint("amount > 0", name="amount"),
        index_of_words("ix_estimate_parts_words", WORDS_OF_PARTS),
    )

    option_id: Mapped[int] = mapped_column(sa.ForeignKey("estimate_options.id"))
    position: Mapped[int]
    title: Mapped[str]
    amount: Mapped[Decimal]
    due_on: Mapped[date | None] = mapped_column(sa.Date)
    month: Mapped[date | None] = mapped_column(sa.Date)
