"""What a contact whom Tiera named at a customer does with orders for it: with its own all, with Tiera's little."""

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from backend.orders import draft_verbs, estimate_verbs, placing_verbs, policy, queries
from backend.orders.estimate_model import Estimate
from backend.orders.figures import facts_of
from backend.orders.model import Order
from backend.orders.states import OrderAction, OrderState
from backend.rulebook.sizes import SizeClass
from tests.making import NOW, make_person, make_right, make_service, ordering_contact
from tests.orders.making import (
    Parties,
    content,
    estimate,
    first_option,
    make_draft,
    make_estimated,
    make_ordered,
    make_parties,
    place,
)


async def contact_of_customer(session: AsyncSession, p: Parties) -> Actor:
    right = await make_right(session, await make_person(session), p.customer, for_organisation_ids=[p.customer.id])
    return await ordering_contact(session, right)


async def draft_of_customer(session: AsyncSession, p: Parties, contact: Actor) -> Order:
    service = await make_service(session, p.agreement)
    mine = content(service_id=service.id, customer_id=p.customer.id)
    return await draft_verbs.create_order(session, contact, content=mine, now=NOW)


async def offered(session: AsyncSession, actor: Actor, order: Order) -> set[OrderAction]:
    facts = sa.select(*(fact.label(name) for name, fact in facts_of(Order).items())).where(Order.id == order.id)
    (row,) = (await session.execute(facts)).mappings()
    return set(policy.available_actions(actor, order.state, policy.Facts(**row)))


async def reads_estimates(session: AsyncSession, actor: Actor, order: Order) -> bool:
    seen = sa.select(Estimate.id).where(Estimate.order_id == order.id, queries.visible_estimates(actor, Estimate))
    return (await session.scalars(seen)).first() is not None


@pytest.mark.rule("H11.8.1-i")
async def test_what_tiera_drafted_or_placed_a_customers_contact_neither_changes_nor_cancels(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    contact = await contact_of_customer(session, p)
    draft = await make_draft(session, p, customer_id=p.customer.id)
    estimated = await make_estimated(session, p, customer_id=p.customer.id)
    ordered = await make_ordered(session, p, customer_id=p.customer.id)
    acts: list[tuple[Order, Callable[[Order], Awaitable[object]]]] = [
        (draft, lambda o: placing_verbs.cancel_order(session, contact, order_id=o.id, reason="No.", now=NOW)),
        (draft, lambda o: placing_verbs.order_at_once(session, contact, order_id=o.id, ceiling_minutes=60, now=NOW)),
        (draft, lambda o: estimate_verbs.request_estimate(session, contact, order_id=o.id, now=NOW)),
        (
            draft,
            lambda o: draft_verbs.edit_order(
                session,
                contact,
                order_id=o.id,
                content=content(customer_id=p.customer.id),
                expected_version=o.version,
                now=NOW,
            ),
        ),
        (estimated, lambda o: draft_verbs.specify_order(session, contact, order_id=o.id, goal="More.", now=NOW)),
        (
            estimated,
            lambda o: draft_verbs.raise_order_class(
                session, contact, order_id=o.id, size_class=SizeClass.PROJECT, reason="Large.", now=NOW
            ),
        ),
        (ordered, lambda o: placing_verbs.cancel_order(session, contact, order_id=o.id, reason="No.", now=NOW)),
    ]
    for order, act in acts:
        before = (order.state, order.goal, order.raised_class)
        with pytest.raises(Refusal, match="ask Tiera") as refused:
            await act(order)
        (error,) = refused.value.errors
        assert (error.code, error.rule) == (Code.NOT_PERMITTED, "H11.8.1-i")
        assert (order.state, order.goal, order.raised_class) == before
    assert [await offered(session, contact, order) for order in (draft, estimated, ordered)] == [
        set(),
        {OrderAction.ORDER},
        set(),
    ]


@pytest.mark.rule("H11.8.1-i")
async def test_what_a_customers_contact_drafted_or_placed_is_theirs_to_change_and_cancel(session: AsyncSession) -> None:
    p = await make_parties(session)
    contact = await contact_of_customer(session, p)
    draft = await draft_of_customer(session, p, contact)
    assert {OrderAction.EDIT, OrderAction.REQUEST_ESTIMATE, OrderAction.CANCEL} <= await offered(
        session, contact, draft
    )
    await placing_verbs.cancel_order(session, contact, order_id=draft.id, reason="Not needed.", now=NOW)
    assert draft.state is OrderState.CANCELLED
    placed = await make_estimated(session, p, customer_id=p.customer.id)
    chosen = await first_option(session, placed)
    await placing_verbs.place_order(session, contact, order_id=placed.id, option_id=chosen.id, now=NOW)
    await placing_verbs.cancel_order(session, contact, order_id=placed.id, reason="Not needed.", now=NOW)
    assert placed.state is OrderState.CANCELLED


@pytest.mark.rule("H11.8.1-i")
async def test_what_a_customers_contact_drafted_is_tieras_once_tiera_has_placed_it(session: AsyncSession) -> None:
    p = await make_parties(session)
    contact = await contact_of_customer(session, p)
    order = await draft_of_customer(session, p, contact)
    await estimate_verbs.request_estimate(session, contact, order_id=order.id, now=NOW)
    await estimate(session, p, order)
    assert OrderAction.CANCEL in await offered(session, contact, order)
    await place(session, p, order)
    with pytest.raises(Refusal, match="ask Tiera"):
        await placing_verbs.cancel_order(session, contact, order_id=order.id, reason="No.", now=NOW)
    assert (order.state, await offered(session, contact, order)) == (OrderState.ORDERED, set())
    assert await reads_estimates(session, contact, order), "it asked for it"


@pytest.mark.rule("H11.8.1-i")
async def test_a_customers_contact_reads_the_estimates_that_they_may_order_by_or_asked_for_alone(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    contact = await contact_of_customer(session, p)
    to_choose = await make_estimated(session, p, customer_id=p.customer.id)
    of_tiera = await make_ordered(session, p, customer_id=p.customer.id)
    own = await draft_of_customer(session, p, contact)
    await estimate_verbs.request_estimate(session, contact, order_id=own.id, now=NOW)
    await estimate(session, p, own)
    await estimate_verbs.request_estimate(session, contact, order_id=own.id, now=NOW)
    seen = [await reads_estimates(session, contact, order) for order in (to_choose, of_tiera, own)]
    assert seen == [True, False, True]
