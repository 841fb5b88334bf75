"""Who sees which orders and what belongs to them; loads for verbs; look-ups that higher slices use."""

from datetime import date
from typing import Final

import sqlalchemy as sa

from backend.files.queries import register_acts, register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import between_parties, is_seen, rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.events import Event
from backend.kit.refs import Aside, Ref, register_thing
from backend.orders import rules
from backend.orders.customers import is_begun_there
from backend.orders.estimate_model import (
    WORDS_OF_ESTIMATES,
    WORDS_OF_OPTIONS,
    WORDS_OF_PARTS,
    Estimate,
    EstimateOption,
    EstimatePart,
)
from backend.orders.model import (
    ENDS_OF_ORDERS,
    WORDS_OF_FORECASTS,
    WORDS_OF_MILESTONES,
    WORDS_OF_MILESTONES_PARTIES,
    WORDS_OF_ORDERS,
    WORDS_OF_ORDERS_PARTIES,
    Forecast,
    Milestone,
    Order,
    OrderPaper,
)
from backend.orders.overrun_model import WORDS_OF_OVERRUNS, WORDS_OF_REVISIONS, Overrun, Revision
from backend.orders.states import OPEN_REVISIONS, OrderState, OverrunState, PaperKind
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

OF_ORDER: Final = "/tilaukset/{order_id}"
_DELIVERIES = ("order.delivered", "milestone.delivered")

# Visibility


def reached_supplier(order: Row) -> Condition:
    """SQL: whether its supplier was asked for an estimate or given the order, and sees it since."""
    return sa.or_(order.requested_at.is_not(None), order.ordered_at.is_not(None))


def visible_orders(actor: Actor, order: Row) -> Condition:
    """Tiera sees all; a supplier its own from the request for an estimate on; a customer those for it."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(order.supplier_id == actor.organisation_id, reached_supplier(order))
    return order.customer_id == actor.organisation_id  # type: ignore[no-any-return]


def reads_end(actor: Actor, order: Row) -> Condition:
    """SQL: whether why it ended is read; why its supplier declined it is for Tiera, and no customer's."""
    if actor.kind is not ActorKind.CUSTOMER:
        return sa.true()
    return sa.not_(sa.and_(order.state == OrderState.DECLINED, reached_supplier(order)))


@rule("D2.1-c")
def visible_between_parties(actor: Actor, row: Row) -> Condition:
    """What is between Tiera and the supplier: forecasts, overruns, revisions, papers (D2.1-c)."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return row.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.false()


def visible_milestones(actor: Actor, milestone: Row) -> Condition:
    """As its order; a customer sees them too, for they are totals."""
    if actor.kind is ActorKind.CUSTOMER:
        return milestone.customer_id == actor.organisation_id  # type: ignore[no-any-return]
    return visible_between_parties(actor, milestone)


def visible_estimates(actor: Actor, estimate: Row) -> Condition:
    """Tiera and the supplier; at a customer whoever may order by it, or did (H11.8.1-i), its totals only."""
    if actor.kind is ActorKind.CUSTOMER and actor.sees(Right.PLACE_ORDERS):
        its = rows_of(Order)
        is_theirs = sa.or_(its.c.state == OrderState.ESTIMATED, is_begun_there(its.c))
        return there_is(its, its.c.id == estimate.order_id, its.c.customer_id == actor.organisation_id, is_theirs)
    return visible_between_parties(actor, estimate)


def visible_options(actor: Actor, option: Row) -> Condition:
    """As its estimate."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return is_seen(actor, Estimate.__name__, option.estimate_id)


@rule("D2.1-c")
def visible_rows(actor: Actor, row: Row) -> Condition:
    """Hours and unit prices of an option: Tiera and the supplier, never a customer (D2.1-c)."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return visible_parts(actor, row)
    return sa.false()


def visible_parts(actor: Actor, part: Row) -> Condition:
    """Parts of a fixed price: as their option."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    return is_seen(actor, EstimateOption.__name__, part.option_id)


@rule("D2.1-c")
def _reads_brought(actor: Actor, order: Row, file: Row) -> Condition:
    """What came along with a request for work: who sees the order; a customer what its own people have brought.

    For whom a draft is may be changed, and a request's files stay with it.
    """
    if actor.kind is ActorKind.CUSTOMER:
        return file.organisation_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.true()


register_thing(
    Order,
    visible_orders,
    number="number",
    other_number="supplier_number",
    title="title",
    url="/tilaukset/{id}",
    words=WORDS_OF_ORDERS,
    asides=(Aside(WORDS_OF_ORDERS_PARTIES, between_parties), Aside(ENDS_OF_ORDERS, reads_end)),
)
register_thing(Estimate, visible_estimates, url=OF_ORDER, words=WORDS_OF_ESTIMATES)
register_thing(EstimateOption, visible_options, title="title", words=WORDS_OF_OPTIONS)
register_thing(EstimatePart, visible_parts, title="title", words=WORDS_OF_PARTS)
register_thing(
    Milestone,
    visible_milestones,
    title="title",
    url=OF_ORDER,
    words=WORDS_OF_MILESTONES,
    asides=(Aside(WORDS_OF_MILESTONES_PARTIES, between_parties),),
    part_of=("Order",),
)
register_thing(OrderPaper, visible_between_parties, url=OF_ORDER)
register_thing(Forecast, visible_between_parties, url=OF_ORDER, words=WORDS_OF_FORECASTS)
register_thing(Overrun, visible_between_parties, url=OF_ORDER, words=WORDS_OF_OVERRUNS, part_of=("Order",))
register_thing(Revision, visible_between_parties, url=OF_ORDER, words=WORDS_OF_REVISIONS, part_of=("Order",))
register_holder("Order", is_read=_reads_brought)
register_holder("OrderPaper")
register_acts("Order", "Milestone", "Overrun", "Revision")


# Loads for verbs. Parent before child: whoever changes what belongs to an order holds the order first.


async def get_order_for_change(session: Session, actor: Actor, order_id: int) -> Order:
    """The order, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Order).where(Order.id == order_id, visible_orders(actor, Order))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("order_id")
    return found


async def get_overrun_for_change(session: Session, actor: Actor, overrun_id: int) -> tuple[Overrun, Order]:
    """The overrun with its order, both locked. Raises NOT_FOUND."""
    order_id = await session.scalar(
        sa.select(Overrun.order_id).where(Overrun.id == overrun_id, visible_between_parties(actor, Overrun))
    )
    if order_id is None:
        raise faults.not_found("overrun_id")
    order = await get_order_for_change(session, actor, order_id)
    return await session.get_one(
        Overrun, overrun_id, with_for_update={"key_share": True}, populate_existing=True
    ), order


async def get_revision_for_change(session: Session, actor: Actor, revision_id: int) -> tuple[Revision, Order]:
    """The revision with its order, both locked. Raises NOT_FOUND."""
    order_id = await session.scalar(
        sa.select(Revision.order_id).where(Revision.id == revision_id, visible_between_parties(actor, Revision))
    )
    if order_id is None:
        raise faults.not_found("revision_id")
    order = await get_order_for_change(session, actor, order_id)
    return (
        await session.get_one(Revision, revision_id, with_for_update={"key_share": True}, populate_existing=True),
        order,
    )


async def get_milestone_for_change(session: Session, actor: Actor, milestone_id: int) -> tuple[Milestone, Order]:
    """The milestone with its order, both locked. Raises NOT_FOUND."""
    order_id = await session.scalar(
        sa.select(Milestone.order_id).where(Milestone.id == milestone_id, visible_milestones(actor, Milestone))
    )
    if order_id is None:
        raise faults.not_found("milestone_id")
    order = await get_order_for_change(session, actor, order_id)
    return (
        await session.get_one(Milestone, milestone_id, with_for_update={"key_share": True}, populate_existing=True),
        order,
    )


# Facts


async def forecast_given(session: Session, order_id: int) -> int:
    """Minutes of the newest forecast that the supplier gave; nought where it gave none."""
    wanted = sa.select(Forecast.total_minutes).where(Forecast.order_id == order_id)
    return await session.scalar(wanted.order_by(Forecast.id.desc()).limit(1)) or 0


async def delivered_by(session: Session, delivered: Ref) -> frozenset[int]:
    """Who delivered an order or a part the last time, and whom they stood for."""
    wanted = sa.select(Event.person_id, Event.stands_for_id).where(
        Event.subject_kind == delivered.kind, Event.subject_id == delivered.id, Event.name.in_(_DELIVERIES)
    )
    found = (await session.execute(wanted.order_by(Event.id.desc()).limit(1))).first()
    return frozenset(person for person in found or () if person is not None)


async def newest_estimate(session: Session, order_id: int) -> Estimate | None:
    """The estimate that counts: of several the last one given."""
    wanted = sa.select(Estimate).where(Estimate.order_id == order_id).order_by(Estimate.ordinal.desc()).limit(1)
    return await session.scalar(wanted)


async def least_estimated(session: Session, order_id: int) -> int | None:
    """Minutes of the smallest of the options that the newest estimate gives; None before there is one."""
    newest = sa.select(Estimate.id).where(Estimate.order_id == order_id).order_by(Estimate.ordinal.desc()).limit(1)
    options = sa.select(sa.func.min(EstimateOption.minutes))
    return await session.scalar(options.where(EstimateOption.estimate_id == newest.scalar_subquery()))


async def next_ordinal(session: Session, of: type[Estimate] | type[Overrun] | type[Revision], order_id: int) -> int:
    """The number of an order's next estimate, overrun or revision; the caller holds the order's lock."""
    last = await session.scalar(sa.select(sa.func.max(of.ordinal)).where(of.order_id == order_id))
    return (last or 0) + 1


async def papers_of(session: Session, order_id: int) -> frozenset[PaperKind]:
    """The kinds of papers that are attached to an order."""
    kinds = await session.scalars(sa.select(OrderPaper.kind).where(OrderPaper.order_id == order_id).distinct())
    return frozenset(kinds.all())


async def open_revisions(session: Session, order_id: int) -> list[Revision]:
    """The proposed changes that wait for the other side."""
    wanted = sa.select(Revision).where(Revision.order_id == order_id, Revision.state.in_(OPEN_REVISIONS))
    return list((await session.scalars(wanted)).all())


async def has_open_revision(session: Session, order_id: int) -> bool:
    """Whether a proposed change waits for the other side."""
    return bool(await open_revisions(session, order_id))


async def prepared_of(session: Session, order: Order) -> rules.Prepared:
    """What the order has that its size may demand."""
    return rules.Prepared(
        goal=order.goal,
        limits=order.limits,
        papers=await papers_of(session, order.id),
        has_tiera_manager=order.tiera_manager_id is not None,
        has_supplier_manager=order.supplier_manager_id is not None,
    )


async def has_open_overrun(session: Session, order_id: int) -> bool:
    """Whether a request to go on waits for Tiera's decision."""
    waiting = sa.exists().where(Overrun.order_id == order_id, Overrun.state == OverrunState.REQUESTED)
    return bool(await session.scalar(sa.select(waiting)))


async def parts_of(session: Session, option_id: int | None) -> list[EstimatePart]:
    """The parts of an option's fixed price, in their order."""
    wanted = sa.select(EstimatePart).where(EstimatePart.option_id == option_id).order_by(EstimatePart.position)
    return list((await session.scalars(wanted)).all())


async def is_taken(session: Session, order: Order, number: str | None) -> bool:
    """Whether another order has a number: as Tiera's, or as one of the same supplier's, in small letters or large."""
    same_letters = sa.func.upper(Order.supplier_number) == sa.func.upper(number)
    theirs = sa.and_(same_letters, Order.supplier_id == order.supplier_id)
    same = sa.select(Order.id).where(sa.or_(Order.number == number, theirs), Order.id != order.id)
    return await session.scalar(same.limit(1)) is not None


async def milestones_of(session: Session, order_id: int) -> list[Milestone]:
    wanted = sa.select(Milestone).where(Milestone.order_id == order_id).order_by(Milestone.position)
    return list((await session.scalars(wanted)).all())


# What higher slices ask


async def find_by_reference(session: Session, supplier_id: int, reference: str) -> Order | None:
    """The placed order of a supplier that Tiera's number or the supplier's own names (H11.8.3-a)."""
    named = sa.or_(Order.number == reference, Order.supplier_number == reference)
    wanted = sa.select(Order).where(Order.supplier_id == supplier_id, Order.ordered_at.is_not(None), named)
    return await session.scalar(wanted.order_by(Order.id).limit(1))


async def find_to_settle(session: Session, today: date) -> int | None:
    """An order that ended early and whose hours are on time no more, so that it binds what was done from now on."""
    wanted = sa.select(Order.id).where(Order.books_until < today)
    return await session.scalar(wanted.order_by(Order.id).limit(1))
