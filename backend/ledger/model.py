"""What is granted, booked, approved and billed of anything that has a limit.

An account is about a thing (an order's minutes, a right's euros of a year, a person's day); its running sums equal
the sums of its append-only postings, and its CHECKs hold whatever happens at once.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base, Thing, enum_type
from backend.kit.refs import Ref

DEDUCTION = "deduction"
"""Purpose of an account of what a supplier owes Tiera: its cents are taken by a line that deducts them, once."""
OWED_FOR = "Sanction"
"""Kind of what such an account is about; few are, and an index finds them."""


class Unit(StrEnum):
    MINUTES = "minutes"
    CENTS = "cents"


class PostingKind(StrEnum):
    """Which running sum of the account a posting moves."""

    GRANT = "grant"
    BOOK = "book"
    APPROVE = "approve"
    BILL = "bill"


class Account(Thing):
    """The limit of one thing for one purpose. Amounts are whole minutes or cents."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.UniqueConstraint("about_kind", "about_id", "purpose"),
        sa.CheckConstraint("0 <= billed AND billed <= approved AND approved <= booked", name="order_of_sums"),
        sa.CheckConstraint("approved <= granted", name="within_grant"),
        sa.CheckConstraint("billable OR billed = 0", name="own_cost_is_never_billed"),
        sa.Index("ix_accounts_holder", "holder_id", "id", postgresql_where=sa.text("holder_id IS NOT NULL")),
    )

    about_kind: Mapped[str]
    about_id: Mapped[int]
    purpose: Mapped[str]
    unit: Mapped[Unit] = mapped_column(enum_type(Unit))
    holder_id: Mapped[int | None]
    """Organisation whose people may book on it."""
    title: Mapped[str | None]
    rule: Mapped[str | None]
    """Of what is at the holder's own cost: the rule that says so (H11.9-h)."""
    instructions: Mapped[str | None]
    """How to book on it, as Tiera says (H11.7.3-a)."""
    version: Mapped[int] = mapped_column(server_default="1")
    """Counts what was said of how to book on it; sums move without it."""
    opens_on: Mapped[date | None] = mapped_column(sa.Date)
    closes_on: Mapped[date | None] = mapped_column(sa.Date)
    billable: Mapped[bool] = mapped_column(server_default=sa.true())
    granted: Mapped[int | None]
    """None: no limit was ever set."""
    booked: Mapped[int] = mapped_column(server_default="0")
    approved: Mapped[int] = mapped_column(server_default="0")
    billed: Mapped[int] = mapped_column(server_default="0")

    @property
    def about(self) -> Ref:
        return Ref(self.about_kind, self.about_id)

    @property
    def grant_left(self) -> int | None:
        """How much more can be approved; None where there is no limit."""
        return None if self.granted is None else self.granted - self.approved

    def has_room_for(self, amount: int) -> bool:
        return self.granted is None or self.approved + amount <= self.granted


class Posting(Base):
    """One movement of one sum, for ever. `source` is what caused it: an entry, an estimate, an overrun, a line."""

    __tablename__ = "postings"
    __table_args__ = (
        sa.Index("ix_postings_source", "source_kind", "source_id"),
        sa.Index("ix_postings_account", "account_id", "kind", "id"),
        sa.Index("ix_postings_grant", "grant_id", postgresql_where=sa.text("grant_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[PostingKind] = mapped_column(enum_type(PostingKind))
    amount: Mapped[int]
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    source_kind: Mapped[str]
    source_id: Mapped[int]
    grant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("postings.id"))
    """Of what was approved: which grant it used up."""


class Portion(Thing):
    """Part of a source that was approved under one grant: the smallest thing a line can bill.

    Never changed or removed but ended, when it is split in two or its approval is withdrawn.
    """

    __tablename__ = "portions"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="positive"),
        sa.Index("ix_portions_live", "account_id", "day", "id", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_portions_source", "source_kind", "source_id"),
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    source_kind: Mapped[str]
    source_id: Mapped[int]
    grant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("postings.id"))
    amount: Mapped[int]
    day: Mapped[date] = mapped_column(sa.Date)
    """Of the work: its month and price are those of this day."""
    price_group_id: Mapped[int | None]
    split_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("portions.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Reservation(Thing):
    """A portion held for one invoice line: reserved by judging, taken by approval, released by refusal or credit.

    The database refuses what is no portion once a statement (migration 69), for judging stores thousands in one.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        sa.Index(
            "uq_reservations_unreleased", "portion_id", unique=True, postgresql_where=sa.text("released_at IS NULL")
        ),
        sa.Index("ix_reservations_line", "line_kind", "line_id"),
    )

    portion_id: Mapped[int]
    line_kind: Mapped[str]
    line_id: Mapped[int]
    reserved_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
