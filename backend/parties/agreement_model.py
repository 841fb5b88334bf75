"""Agreements with their dated terms, prices, accounts and announced references; services under them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing, UnitPrice, enum_type, no_overlap
from backend.kit.words import Texts, index_of_words
from backend.parties.model import Days
from backend.parties.states import AgreementKind, ServiceChannelKind

WORDS_OF_AGREEMENTS: Texts = ("name",)


class Agreement(Thing):
    """A service agreement between Tiera and one other party (H3-a)."""

    __tablename__ = "agreements"
    __table_args__ = (
        sa.CheckConstraint("greatest_total > 0", name="greatest_total"),
        index_of_words("ix_agreements_words", WORDS_OF_AGREEMENTS),
    )

    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[AgreementKind] = mapped_column(enum_type(AgreementKind))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    valid: Mapped[Days] = mapped_column(DATERANGE)
    option_until: Mapped[date | None] = mapped_column(sa.Date)
    """The last day to which Tiera may extend it by its options."""
    greatest_total: Mapped[Decimal | None]
    """Euros of all its orders together; an order that passes it is refused (D3-a)."""
    model_version: Mapped[str]
    """The version of the governance model annexed to it (H3-b)."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")

    @property
    def concerns(self) -> Concerned:
        if self.kind is AgreementKind.SUPPLIER:
            return Concerned(supplier_id=self.organisation_id)
        return Concerned(customer_id=self.organisation_id)


class AgreementVersion(Thing):
    """What an agreement said since one change of it, and why it was changed; the first is its conclusion."""

    __tablename__ = "agreement_versions"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "version"),)

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    version: Mapped[int]
    name: Mapped[str]
    valid: Mapped[Days] = mapped_column(DATERANGE)
    option_until: Mapped[date | None] = mapped_column(sa.Date)
    greatest_total: Mapped[Decimal | None]
    model_version: Mapped[str]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]


class TermValue(Thing):
    """A term's value from a day on, of one agreement or (None) of the installation; never overwritten."""

    __tablename__ = "term_values"
    __table_args__ = (sa.Index("ix_term_values_of", "agreement_id", "name", "valid_from"),)

    agreement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agreements.id"))
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    valid_from: Mapped[date] = mapped_column(sa.Date)
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]


class PriceGroup(Thing):
    """A group of work with one price, such as senior or architect. Its code is what an invoice line names."""

    __tablename__ = "price_groups"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "code"),)

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    code: Mapped[str]
    name: Mapped[str]


class Price(Thing):
    """Euros an hour of a price group, from day to day: the day of the work decides (D0-c).

    A row is never overwritten: a new price ends it, and what remains of its days is recorded anew.
    """

    __tablename__ = "prices"
    __table_args__ = (
        no_overlap("price_group_id", where="ended_at IS NULL"),
        sa.CheckConstraint("unit_price > 0", name="unit_price"),
        sa.Index("ix_prices_of", "price_group_id"),
    )

    price_group_id: Mapped[int] = mapped_column(sa.ForeignKey("price_groups.id"))
    valid: Mapped[Days] = mapped_column(DATERANGE)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BankAccount(Thing):
    """An account that may be paid once somebody else at Tiera than who proposed it has confirmed it (D0-f)."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        sa.Index(
            "uq_bank_accounts_open", "agreement_id", "iban", unique=True, postgresql_where=sa.text("ended_at IS NULL")
        ),
    )

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    iban: Mapped[str]
    """Without spaces, in capitals."""
    proposed_by_id: Mapped[int | None]
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class InvoicingProcess(Thing):
    """What Tiera has announced that an invoice of an agreement must carry, from a day on (H11.9-i)."""

    __tablename__ = "invoicing_processes"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "valid_from"),)

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    valid_from: Mapped[date] = mapped_column(sa.Date)
    required_references: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """Values of ReferenceKey."""
    description: Mapped[str]
    announced_at: Mapped[datetime]
    announced_by_id: Mapped[int | None]


WORDS_OF_SERVICES: Texts = ("name",)


class Service(Thing):
    """A service produced under a supplier's agreement."""

    __tablename__ = "services"
    __table_args__ = (
        sa.UniqueConstraint("agreement_id", "code"),
        index_of_words("ix_services_words", WORDS_OF_SERVICES),
        sa.Index("uq_services_takes_mail", "takes_mail", unique=True, postgresql_where=sa.text("takes_mail")),
    )

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreements.id"))
    code: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    takes_mail: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether a new matter that comes by mail becomes its ticket; one service's at most."""
    version: Mapped[int] = mapped_column(server_default="1")
    """Goes up with every new name."""


class ServiceStart(Thing):
    """The mark that a service has started (H11.11-e), until it is taken back with a reason."""

    __tablename__ = "service_starts"
    __table_args__ = (
        sa.Index("ix_service_starts_of", "service_id"),
        sa.Index("uq_service_starts_now", "service_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="reason"),
    )

    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    started_on: Mapped[date] = mapped_column(sa.Date)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    end_reason: Mapped[str | None]
    """Why the mark was taken back."""


class ServiceChannel(Thing):
    """A way to reach a service as Tiera defined it (H11.5-a): a row is never changed, another one follows it."""

    __tablename__ = "service_channels"
    __table_args__ = (sa.Index("ix_service_channels_of", "service_id", "id"),)

    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    kind: Mapped[ServiceChannelKind] = mapped_column(enum_type(ServiceChannelKind))
    address: Mapped[str]
    """A number, an address or a page, in words."""
    hours: Mapped[str]
    """When somebody answers, in words."""
    for_whom: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
