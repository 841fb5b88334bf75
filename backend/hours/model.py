"""Time entries. A target is an account in minutes: an order's work, a ticket's that was approved for billing, or work
at the supplier's own cost.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.hours.states import EntryState, OwnCost
from backend.kit.actor import Channel
from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.refs import Ref
from backend.kit.words import Texts, index_of_stems, stems_of

OWN_COST = "own_cost"
"""Purpose of an account whose minutes are never billed."""


class OwnCostTarget(Thing):
    """Something a supplier books at its own cost, under an agreement; its account can never be billed."""

    __tablename__ = "own_cost_targets"

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    kind: Mapped[OwnCost] = mapped_column(enum_type(OwnCost))
    title: Mapped[str]
    number: Mapped[str | None] = mapped_column(index=True)
    """Of handling a complaint: the complaint's, by which a line may refer to it."""
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))
    """Of extra effort against instruction: the order it belongs to (H11.8.1-h)."""
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class HourApproval(Thing):
    """An approval of entries, one or many at once: who, when, what was left out and why."""

    __tablename__ = "hour_approvals"

    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime] = mapped_column(index=True)
    revocable_until: Mapped[datetime]
    """Until when it can be taken back, by the term of its day."""
    taken_back_at: Mapped[datetime | None]
    is_late: Mapped[bool]
    """Given after the day by which Tiera approves a month: Tiera's own lateness, shown to both (H11.7.3-g)."""
    minutes: Mapped[int]
    entries: Mapped[int]
    left_out: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Entry's id to the code of the reason."""
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    """The supplier whose entries they were."""

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


WORDS_OF_ENTRIES: Texts = ("description", "return_reason", "instruction_reason")


class TimeEntry(Thing):
    """One person's work on one target on one day, in whole minutes (H11.7.3-b, -c)."""

    __tablename__ = "time_entries"
    __table_args__ = (
        sa.CheckConstraint("minutes > 0 AND minutes <= 1440", name="minutes"),
        sa.UniqueConstraint("supplier_id", "import_key"),
        sa.Index("ix_time_entries_person_day", "person_id", "day"),
        sa.Index("ix_time_entries_account_day", "account_id", "day", "id"),
        sa.Index("ix_time_entries_order", "order_id", "day", "id"),
        sa.Index(
            "ix_time_entries_billing", "billing_id", "day", "id", postgresql_where=sa.text("billing_id IS NOT NULL")
        ),
        sa.Index("ix_time_entries_supplier_day", "supplier_id", "day", "id", postgresql_include=["minutes", "state"]),
        sa.Index("ix_time_entries_day", "day", "id"),
        sa.Index("ix_time_entries_waiting", "day", "id", postgresql_where=sa.text("state = 'booked'")),
        sa.Index("ix_time_entries_late", "supplier_id", "day", "id", postgresql_where=sa.text("is_late")),
        stems_of(WORDS_OF_ENTRIES),
        index_of_stems("ix_time_entries_words"),
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))
    billing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("billing_approvals.id"))
    """Of work on a ticket: what approved it for billing (H11.9-c)."""
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    price_group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_groups.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    minutes: Mapped[int]
    description: Mapped[str]
    state: Mapped[EntryState] = mapped_column(enum_type(EntryState))
    is_late: Mapped[bool]
    """Booked after its day (or, imported, after the next business day): marked, never refused (H11.7.3-d)."""
    is_without_permission: Mapped[bool] = mapped_column(server_default=sa.false())
    """Booked above the ceiling, wholly or in part, or while the order was on hold (H11.8.3-d). At the supplier's own
    cost: so booked on the order to which it may go back."""
    first_booked_at: Mapped[datetime]
    """When this work on this target was first put on record; a correction keeps what it corrects had."""
    booked_at: Mapped[datetime]
    booked_by_id: Mapped[int | None]
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    import_key: Mapped[str | None]
    approval_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hour_approvals.id"), index=True)
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    instruction_reason: Mapped[str | None]
    """Why Tiera holds it to be extra work against instruction (H11.8.1-h)."""
    marked_price_group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_groups.id"))
    """Of what is marked so: at which price it was booked on its order, to which it may go back."""
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("time_entries.id"), index=True)
    split_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("time_entries.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def within(self) -> Ref | None:
        """The larger thing whose work it is."""
        if self.order_id is not None:
            return Ref("Order", self.order_id)
        return Ref("BillingApproval", self.billing_id) if self.billing_id is not None else None

    @property
    def whole_id(self) -> int:
        """The entry as which it was booked: what is split off what was split off is of that one too."""
        return self.split_from_id or self.id

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
