"""Going on above the ceiling, and changing what was ordered: asked, decided, on record."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing, enum_type
from backend.kit.words import Texts, Valued, index_of_words
from backend.orders.states import OverrunState, RevisionState

WORDS_OF_OVERRUNS: Texts = ("reason", "decision_reason")
WORDS_OF_REVISIONS: Texts = ("reason", "decision_reason", Valued("before"), Valued("after"))


class Overrun(Thing):
    """A supplier's request to go on above the ceiling, and Tiera's decision (H11.8.3-d). Minutes are extra ones."""

    __tablename__ = "overruns"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "ordinal"),
        sa.Index("uq_overruns_open", "order_id", unique=True, postgresql_where=sa.text("state = 'requested'")),
        sa.CheckConstraint("asked_minutes > 0", name="asked"),
        sa.CheckConstraint("granted_minutes BETWEEN 1 AND asked_minutes", name="granted"),
        index_of_words("ix_overruns_words", WORDS_OF_OVERRUNS),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    ordinal: Mapped[int]
    state: Mapped[OverrunState] = mapped_column(enum_type(OverrunState))
    ceiling_minutes: Mapped[int]
    """The ceiling when it was asked."""
    forecast_minutes: Mapped[int]
    asked_minutes: Mapped[int]
    asked_euros: Mapped[Decimal]
    reason: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """Until when Tiera must have decided."""
    granted_minutes: Mapped[int | None]
    granted_euros: Mapped[Decimal | None]
    covers_work_done: Mapped[bool | None]
    """Whether work done before the decision may be approved and billed (H11.8.3-d)."""
    decision_reason: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class Revision(Thing):
    """A change to ordered work: proposed by one side, accepted by the other, the old kept (H11.8.3-b)."""

    __tablename__ = "revisions"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "ordinal"),
        sa.Index(
            "uq_revisions_open",
            "order_id",
            unique=True,
            postgresql_where=sa.text("state IN ('awaits_tiera', 'awaits_supplier')"),
        ),
        index_of_words("ix_revisions_words", WORDS_OF_REVISIONS),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    ordinal: Mapped[int]
    state: Mapped[RevisionState] = mapped_column(enum_type(RevisionState))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Only what changes: title, description, goal, limits, due_on."""
    minutes_change: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    proposed_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    """The organisation of the proposer: the other side accepts."""
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    covers_work_done: Mapped[bool | None]
    """Of one that raised the ceiling: whether work done before it was accepted may use the rise (H11.8.3-d)."""
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
