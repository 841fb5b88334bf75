"""Who sees products and what was ordered of them; loads for verbs."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import register_thing
from backend.rulebook.rules import rule
from backend.tickets.catalogue_model import (
    WORDS_OF_PRODUCT_VERSIONS,
    WORDS_OF_PRODUCTS,
    Product,
    ProductOrder,
    ProductVersion,
)
from backend.tickets.catalogue_states import PRODUCT, ProductAction, ProductState
from backend.tickets.model import Ticket
from backend.tickets.queries import is_plain, sees_ticket


def visible_products(actor: Actor, product: Row) -> Condition:
    """Tiera and customers see the catalogue, what is offered no more only those who manage it; a supplier its own."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(product.supplier_id == actor.organisation_id)
    return sa.and_(product.ended_at.is_(None))


def visible_versions(actor: Actor, version: Row) -> Condition:
    """As its product; a customer also by what it ordered."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(version.supplier_id == actor.organisation_id)
    return is_newest(version, lambda product: visible_products(actor, product))


def is_newest(version: Row, fits: Callable[[Row], Condition] = lambda product: sa.true()) -> Condition:
    """SQL: whether a version is what its product says now, of a product that fits."""
    its = rows_of(Product)
    return there_is(its, its.c.id == version.product_id, its.c.ordinal == version.ordinal, fits(its.c))


def visible_product_orders(actor: Actor, ordered: Row) -> Condition:
    """As its ticket."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return sees_ticket(actor, ordered.ticket_id)


@rule("H11.1-b")
def answers_of(ordered: Row) -> sa.ColumnElement[Any]:
    """SQL: what is read of the answers: the ticket's description is made of them, and they are masked with it."""
    its = rows_of(Ticket)
    plain = sa.select(is_plain(its.c)).where(its.c.id == ordered.ticket_id).correlate_except(its).scalar_subquery()
    return sa.case((plain, ordered.answers), else_=sa.cast(sa.literal("[]"), JSONB))


def available_actions(actor: Actor, is_offered: bool) -> list[ProductAction]:
    """What the table gives; customers order, and Tiera for them."""
    state = ProductState.OFFERED if is_offered else ProductState.ENDED
    offered = PRODUCT.open_to(actor, state)
    return [each for each in offered if each is not ProductAction.ORDER or actor.kind is not ActorKind.SUPPLIER]


def matching(_: None, product: Row, *, where: Any) -> Condition:
    """SQL: whether a product fits what a list is narrowed to."""
    if where is None:
        return sa.true()
    return sa.and_(
        when(where.words, lambda words: has_words(words, product.name, product.category, _description(product))),
        when(where.category, lambda category: product.category == category),
        when(where.is_offered, lambda wanted: product.ended_at.is_(None) == wanted),
    )


def _description(product: Row) -> Any:
    its = rows_of(ProductVersion)
    wanted = sa.select(its.c.description).where(its.c.product_id == product.id, its.c.ordinal == product.ordinal)
    return wanted.correlate_except(its).scalar_subquery()


async def get_product_for_change(session: Session, actor: Actor, product_id: int) -> Product:
    """The product, locked. Raises NOT_FOUND."""
    wanted = sa.select(Product).where(Product.id == product_id, visible_products(actor, Product))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("product_id")
    return found


async def newest_version(session: Session, product: Product) -> ProductVersion:
    """What a product says now."""
    wanted = sa.select(ProductVersion).where(
        ProductVersion.product_id == product.id, ProductVersion.ordinal == product.ordinal
    )
    return (await session.scalars(wanted)).one()


async def ordered_version(session: Session, ticket: Ticket) -> ProductVersion | None:
    """By which version of which product a ticket was ordered; None where it was not."""
    wanted = sa.select(ProductVersion).join(ProductOrder, ProductOrder.version_id == ProductVersion.id)
    return await session.scalar(wanted.where(ProductOrder.ticket_id == ticket.id))


register_thing(Product, visible_products, title="name", url="/palveluluettelo/{id}", words=WORDS_OF_PRODUCTS)
register_thing(
    ProductVersion,
    visible_versions,
    title="name",
    url="/palveluluettelo/{product_id}",
    words=WORDS_OF_PRODUCT_VERSIONS,
    searchable=is_newest,
    part_of=("Product",),
)
register_thing(ProductOrder, visible_product_orders, url="/pyynnot/{ticket_id}")
