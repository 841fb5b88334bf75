"""The service catalogue: products, the versions of each, and what was ordered by which version."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Concerned, Thing
from backend.kit.words import Texts, index_of_words
from backend.tickets.catalogue_states import ProductState

WORDS_OF_PRODUCTS: Texts = ("name", "category")
WORDS_OF_PRODUCT_VERSIONS: Texts = ("description",)


class Product(Thing):
    """A service request that is ordered like in a shop. Its name and category are those of its newest version."""

    __tablename__ = "products"
    __table_args__ = (
        sa.Index("ix_products_offered", "category", "name", "id"),
        index_of_words("ix_products_words", WORDS_OF_PRODUCTS),
    )

    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    category: Mapped[str]
    name: Mapped[str]
    ordinal: Mapped[int]
    """Of its newest version."""
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Since when it is not ordered any more."""

    @property
    def state(self) -> ProductState:
        return ProductState.OFFERED if self.ended_at is None else ProductState.ENDED

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class ProductVersion(Thing):
    """What a product said from one change to the next; never changed, for requests keep what they were ordered by."""

    __tablename__ = "product_versions"
    __table_args__ = (
        sa.UniqueConstraint("product_id", "ordinal"),
        index_of_words("ix_product_versions_words", WORDS_OF_PRODUCT_VERSIONS),
        sa.CheckConstraint("euros > 0", name="price"),
        sa.CheckConstraint("target_minutes > 0", name="target"),
    )

    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    ordinal: Mapped[int]
    category: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What is asked, in its order: label, kind, choices, is_needed, hint."""
    euros: Mapped[Decimal | None]
    """Its price, without VAT; None: nothing is billed for it."""
    target_minutes: Mapped[int | None]
    """Service time in which it is done; None: as other requests of its class."""
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    supplier_id: Mapped[int]

    @property
    def concerns(self) -> Concerned:
        return Concerned(self.supplier_id)


class ProductOrder(Thing):
    """That a ticket was ordered from the catalogue: by which version, and what was answered."""

    __tablename__ = "product_orders"
    __table_args__ = (sa.UniqueConstraint("ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("tickets.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("product_versions.id"), index=True)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Label and answer, in the order of the fields; of a file its name and its id. What was left empty is not there."""
