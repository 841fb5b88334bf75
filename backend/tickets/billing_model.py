"""That Tiera approved something for billing (H11.9-c): it opens the account that hours and lines are held against."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing
from backend.kit.refs import Ref
from backend.kit.words import Texts, index_of_words
from backend.tickets.billing_states import BillingState

BILLING = "billing"
"""Purpose of the account of an approval for billing: minutes up to a ceiling, or the cents of a fixed sum."""


class BillingRound(Thing):
    """One act by which tickets were approved for billing, one or many; what did not go, and why."""

    __tablename__ = "billing_rounds"

    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime]
    left_out: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Ticket's id to the code of the reason."""


WORDS_OF_BILLING_APPROVALS: Texts = ("note", "take_back_reason")


class BillingApproval(Thing):
    """What may be billed of one thing: effort at a price group up to a ceiling, or a fixed sum. Money is euros."""

    __tablename__ = "billing_approvals"
    __table_args__ = (
        sa.Index(
            "uq_billing_approvals_standing",
            "about_kind",
            "about_id",
            unique=True,
            postgresql_where=sa.text("taken_back_at IS NULL"),
        ),
        sa.Index("ix_billing_approvals_number", "number"),
        sa.Index("ix_billing_approvals_supplier", "supplier_id", "id"),
        index_of_words("ix_billing_approvals_words", WORDS_OF_BILLING_APPROVALS),
        sa.CheckConstraint("num_nonnulls(minutes, euros) = 1", name="effort_or_sum"),
        sa.CheckConstraint("(minutes IS NULL) = (price_group_id IS NULL)", name="effort_at_a_price"),
        sa.CheckConstraint("minutes > 0 AND euros > 0", name="positive"),
        sa.CheckConstraint("(taken_back_at IS NULL) = (take_back_reason IS NULL)", name="taken_back"),
    )

    about_kind: Mapped[str]
    about_id: Mapped[int]
    number: Mapped[str]
    """Of what it is about: what an invoice's line refers to."""
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("billing_rounds.id"), index=True)
    minutes: Mapped[int | None]
    """The ceiling as it was given; what it was raised to later is on the account."""
    price_group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_groups.id"))
    euros: Mapped[Decimal | None]
    note: Mapped[str | None]
    """For the supplier to read."""
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime] = mapped_column(index=True)
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    take_back_reason: Mapped[str | None]

    @property
    def about(self) -> Ref:
        return Ref(self.about_kind, self.about_id)

    @property
    def state(self) -> BillingState:
        return BillingState.STANDS if self.taken_back_at is None else BillingState.TAKEN_BACK

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)
