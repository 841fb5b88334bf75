"""The service catalogue: what can be ordered, what it says, and what was ordered by which version."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.graphql.agreements import Service
from backend.graphql.events import Event, timeline_of
from backend.graphql.inputs import filter_input, value
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.graphql.scalars import Money, money
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.tickets import catalogue_model as model
from backend.tickets import catalogue_queries as queries
from backend.tickets.catalogue_states import FieldKind, ProductAction

SELF = strawberry.lazy("backend.graphql.catalogue")

described(
    FieldKind,
    "How a field of a product is answered.",
    TEXT="In words.",
    CHOICE="By one of several.",
    NUMBER="By a number.",
    DATE="By a day.",
    FILE="By a file.",
)


described(
    ProductAction,
    "What can be done with a product.",
    ORDER="Order it.",
    CHANGE="Offer it in another way.",
    END="Offer it no more.",
)


class ProductSort(StrEnum):
    CATEGORY = "category"


described(ProductSort, "In which order products stand.", CATEGORY="By category, then by name.")


@strawberry.type(description="One thing that a product asks of who orders it.")
class ProductField:
    label: str = strawberry.field(description="What is asked.")
    kind: FieldKind = strawberry.field(description="How it is answered.")
    choices: list[str] = strawberry.field(description="What can be chosen.")
    is_needed: bool = strawberry.field(description="Whether it must be answered.")
    hint: str | None = strawberry.field(description="What helps to answer it.")


def _fields(actor: Actor, fields: Sequence[Mapping[str, Any]]) -> list[ProductField]:
    return [ProductField(**(dict(each) | {"kind": FieldKind(each["kind"])})) for each in fields]


@shape(model.ProductVersion, queries.visible_versions, sort=newest("ordinal", "id"))
class ProductVersion(Subject):
    """What a product said from one change to the next."""

    ordinal: int = column("Its number, from 1.")
    name: str = column("What it was called.")
    category: str = column("Among what it stood.")
    description: str = column("What one got.")
    price: Money | None = money(lambda v: v.euros, "Its price, without VAT; null where nothing is billed.")
    target_minutes: Minutes | None = column("Service time in which it was done.")
    fields: list[ProductField] = computed(_fields, lambda v: {"fields": v.fields}, "What was asked, in its order.")
    made_at: dt.datetime = column("When it was made.")
    made_by: Person | None = one(lambda v, p: p.id == v.made_by_id, "By whom.")
    product: "Product | None" = one(lambda v, p: p.id == v.product_id, "Of which product, where you may see it.")


@shape(model.Product, queries.visible_products, sort={ProductSort.CATEGORY: oldest("category", "name", "id")})
class Product(Subject):
    """A service request that is ordered like in a shop."""

    name: str = column("What it is called.")
    category: str = column("Among what it stands.")
    ordinal: int = column("The number of its newest version: what an order says it has read.")
    made_at: dt.datetime = column("When it was offered first.")
    ended_at: dt.datetime | None = column("Since when it is offered no more.")
    version: ProductVersion | None = one(
        lambda p, v: sa.and_(v.product_id == p.id, v.ordinal == p.ordinal), "What it says now."
    )
    versions: list[ProductVersion] = many(lambda p, v: v.product_id == p.id, "All its versions, the newest first.")
    service: Service = one(lambda p, s: s.id == p.service_id, "Of which service.", with_parent=True)
    supplier: Organisation = one(lambda p, o: o.id == p.supplier_id, "Who does it.", with_parent=True)
    timeline: Connection[Event] = timeline_of("Product")
    available_actions: list[ProductAction] = computed(
        queries.available_actions, lambda p: {"is_offered": p.ended_at.is_(None)}, "What you may do with it now."
    )


@strawberry.type(description="What was answered to one field of a product.")
class ProductAnswer:
    label: str = strawberry.field(description="What was asked.")
    answer: str = strawberry.field(description="What was answered; of a file its name.")
    file_id: strawberry.ID | None = strawberry.field(description="The file that is the answer, one of the ticket's.")


def _answers(actor: Actor, answers: Sequence[Mapping[str, Any]]) -> list[ProductAnswer]:
    return [
        ProductAnswer(
            label=each["label"],
            answer=each["answer"],
            file_id=strawberry.ID(f"StoredFile:{each['file_id']}") if "file_id" in each else None,
        )
        for each in answers
    ]


@shape(model.ProductOrder, queries.visible_product_orders, sort=newest("id"))
class ProductOrder(Node):
    """That a request was ordered from the catalogue."""

    version: Annotated["ProductVersion", SELF] = one(
        lambda o, v: v.id == o.version_id, "By which version of which product.", with_parent=True
    )
    answers: list[ProductAnswer] = computed(
        _answers,
        lambda o: {"answers": queries.answers_of(o)},
        "What was answered; empty where the ticket's description is masked.",
    )


@filter_input
class ProductFilter:
    """Which products."""

    words: str | None = value("With these words in name, category or description.", default=None)
    category: str | None = value("Of this category.", default=None)
    is_offered: bool | None = value("That are offered, or no more.", default=None)


@root
class CatalogueQuery:
    """The service catalogue."""

    products: Connection[Product] | None = connection(
        queries.matching,
        "What can be ordered, by category.",
        order=ProductSort,
        seen_by=everyone,
        where=argument(ProductFilter | None, "Which."),
    )
    product: Product | None = one(
        lambda _, p, id: p.id == id.of("Product"),
        "A product by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
