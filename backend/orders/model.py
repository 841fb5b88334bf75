"""An order and its milestones, papers and forecasts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, index_of_stems, index_of_words, stems_of
from backend.orders.states import MilestoneState, OrderState, PaperKind, Pricing
from backend.rulebook.sizes import SizeClass

WORK = "work"
"""Purpose of an order's account in minutes: what is booked on it, and its ceiling."""
SUMS = "sums"
"""Purpose of an order's account in cents: its accepted milestones."""
TOTAL = "total"
"""Purpose of an agreement's account in cents: what all its orders come to."""


WORDS_OF_ORDERS: Texts = ("title", "description", "goal", "limits", "raise_reason")
WORDS_OF_ORDERS_PARTIES: Texts = ("supplier_description", "return_reason")
ENDS_OF_ORDERS: Texts = ("end_reason",)
WORDS_OF_MILESTONES: Texts = ("title",)
WORDS_OF_MILESTONES_PARTIES: Texts = ("return_reason",)
WORDS_OF_FORECASTS: Texts = ("note",)


class Order(Thing):
    """A separately agreed, separately billed assignment (H11.8.1-e). Minutes are whole, money is euros without VAT."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("supplier_id", "supplier_number"),
        sa.CheckConstraint("(number IS NULL) = (ordered_at IS NULL)", name="number_since_ordered"),
        sa.Index("ix_orders_supplier", "supplier_id", "id"),
        sa.Index("ix_orders_customer", "customer_id", "id"),
        sa.Index("ix_orders_state", "state", "due_key", "id"),
        sa.Index("ix_orders_id_state", "id", "state"),
        sa.Index("ix_orders_due", "due_key", "id"),
        sa.Index("ix_orders_euros", "euros_key", "id"),
        sa.Index(
            "ix_orders_open",
            "supplier_id",
            "id",
            "committed_euros",
            postgresql_where=sa.text("state NOT IN ('accepted', 'declined', 'cancelled')"),
        ),
        sa.Index("ix_orders_books_until", "books_until", postgresql_where=sa.text("books_until IS NOT NULL")),
        sa.Index("ix_orders_on_hold", "id", postgresql_where=sa.text("is_on_hold")),
        sa.Index("ix_orders_supplier_number_upper", sa.text("upper(supplier_number)")),
        sa.Index("ix_orders_follows_from", "follows_from", postgresql_where=sa.text("follows_from IS NOT NULL")),
        stems_of(WORDS_OF_ORDERS),
        index_of_stems("ix_orders_words"),
        index_of_words("ix_orders_parties_words", WORDS_OF_ORDERS_PARTIES),
        index_of_words("ix_orders_ends", ENDS_OF_ORDERS),
    )

    number: Mapped[str | None] = mapped_column(unique=True)
    """Tiera's own, gapless; taken when the order is placed."""
    supplier_number: Mapped[str | None] = mapped_column(index=True)
    """The supplier's, given when it confirms; else Tiera's is its own too."""
    supplier_description: Mapped[str | None]
    """The supplier's own, in plain language (H11.8.1-f)."""
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """For whom; None: for Tiera itself or for all."""
    follows_from: Mapped[str | None]
    """A Ref of what it followed from, such as an incident."""
    title: Mapped[str]
    description: Mapped[str]
    goal: Mapped[str | None]
    limits: Mapped[str | None]
    pricing: Mapped[Pricing] = mapped_column(enum_type(Pricing))
    state: Mapped[OrderState] = mapped_column(enum_type(OrderState))
    size_class: Mapped[SizeClass | None] = mapped_column(enum_type(SizeClass))
    raised_class: Mapped[SizeClass | None] = mapped_column(enum_type(SizeClass, "raised_class"))
    """A larger class that a person chose, with the reason."""
    raise_reason: Mapped[str | None]
    due_on: Mapped[date | None] = mapped_column(sa.Date)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """A customer's person whose request this was (H11.8.1-i)."""
    taken_up_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    taken_up_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    requested_at: Mapped[datetime | None]
    estimate_due_at: Mapped[datetime | None]
    estimated_at: Mapped[datetime | None]
    ordered_at: Mapped[datetime | None] = mapped_column(index=True)
    ordered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ordering_right_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ordering_rights.id"))
    """The naming in writing under which it was placed (H11.8.1-a)."""
    chosen_option_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("estimate_options.id", use_alter=True, name="fk_orders_chosen_option_id")
    )
    ordered_minutes: Mapped[int | None]
    """What was ordered at first; the ceiling now is the account's `granted`."""
    ordered_euros: Mapped[Decimal | None]
    committed_euros: Mapped[Decimal | None]
    """What is bound now, with overruns and revisions; what was given back is no longer in it."""
    confirmed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    """When it was declined, cancelled or ended early."""
    end_reason: Mapped[str | None]
    books_until: Mapped[date | None] = mapped_column(sa.Date)
    """Of work ended early: the last day on which hours up to its end are booked; None when it is settled."""
    tiera_manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    forecast_minutes: Mapped[int | None]
    """Of the newest forecast: booked and remaining together."""
    forecast_at: Mapped[datetime | None]
    forecast_due_at: Mapped[datetime | None]
    """After a warning: until when the forecast must be renewed; later than that it is stale."""
    covered_minutes: Mapped[int | None]
    """The greatest forecast with which work may go on: the ceiling, unless the term stops work at the ceiling only."""
    is_on_hold: Mapped[bool] = mapped_column(
        sa.Computed("coalesce(forecast_minutes > covered_minutes, false)", persisted=True)
    )
    warned_at: Mapped[datetime | None]
    """When the actual first reached the share of the present ceiling at which both sides are warned (H11.8.3-c)."""
    passed_at: Mapped[datetime | None]
    """When the forecast first passed the present ceiling."""
    due_key: Mapped[date] = mapped_column(sa.Date, sa.Computed("coalesce(due_on, DATE '9999-12-31')", persisted=True))
    """To sort by: what is not due on a day comes last."""
    euros_key: Mapped[Decimal] = mapped_column(sa.Computed("coalesce(committed_euros, 0)", persisted=True))
    terms_on: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The terms of the day on which the order was placed (before: of when its draft was last written)."""
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


class Milestone(Thing):
    """A part of a fixed price, delivered and accepted by itself; a monthly fee is a row of them."""

    __tablename__ = "milestones"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.Index("ix_milestones_delivered", "order_id", postgresql_where=sa.text("state = 'delivered'")),
        index_of_words("ix_milestones_words", WORDS_OF_MILESTONES),
        index_of_words("ix_milestones_parties_words", WORDS_OF_MILESTONES_PARTIES),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    position: Mapped[int]
    title: Mapped[str]
    amount: Mapped[Decimal]
    due_on: Mapped[date | None] = mapped_column(sa.Date)
    month: Mapped[date | None] = mapped_column(sa.Date)
    """Of a monthly fee: the first day of its month."""
    state: Mapped[MilestoneState] = mapped_column(enum_type(MilestoneState), server_default="open")
    delivered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    supplier_id: Mapped[int]
    customer_id: Mapped[int | None]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id, self.customer_id)


class OrderPaper(Thing):
    """A file that an order needs before it is placed or before its work starts."""

    __tablename__ = "order_papers"

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"))
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class Forecast(Thing):
    """What a supplier expects: booked so far and what remains, in minutes (H11.8.3-c). The newest counts."""

    __tablename__ = "forecasts"
    __table_args__ = (
        sa.Index("ix_forecasts_order", "order_id", "id"),
        index_of_words("ix_forecasts_words", WORDS_OF_FORECASTS),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    booked_minutes: Mapped[int]
    remaining_minutes: Mapped[int]
    total_minutes: Mapped[int] = mapped_column(sa.Computed("booked_minutes + remaining_minutes", persisted=True))
    note: Mapped[str | None]
    given_by_id: Mapped[int | None]
    given_at: Mapped[datetime]
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
