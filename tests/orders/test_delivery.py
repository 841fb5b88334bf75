"""Doing the work: start, delivery, acceptance, and the parts of a fixed price one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE
from backend.kit.calendar import Month
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.ledger.model import Account, Portion
from backend.orders import delivery_verbs as verbs
from backend.orders import draft_verbs
from backend.orders.deadlines import DELIVERY
from backend.orders.model import SUMS, WORK, Milestone, Order
from backend.orders.rules import PROJECT_PAPERS, Part, monthly_parts
from backend.orders.states import MilestoneState, OrderState
from tests.making import NOW
from tests.orders.making import (
    PROJECT,
    SMALL,
    Parties,
    attach,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_ordered,
    make_parties,
    make_project_ready,
)

LATER = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


async def account(session: AsyncSession, order: Order, purpose: str) -> Account:
    wanted = sa.select(Account).where(Account.about_id == order.id, Account.about_kind == "Order")
    return (await session.scalars(wanted.where(Account.purpose == purpose))).one()


async def parts_of(session: AsyncSession, order: Order) -> list[Milestone]:
    wanted = sa.select(Milestone).where(Milestone.order_id == order.id).order_by(Milestone.position)
    return list((await session.scalars(wanted)).all())


async def fixed(session: AsyncSession, p: Parties, *parts: Part) -> list[Milestone]:
    """The milestones of a fixed price whose work goes on."""
    order = await make_order_in_progress(session, p, parts=parts)
    return await parts_of(session, order)


@pytest.mark.rule("H11.8.2-d")
@pytest.mark.rule("H11.3.3-a")
async def test_a_projects_work_does_not_start_without_its_papers_and_both_managers(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p, PROJECT)
    with pytest.raises(Refusal) as refused:
        await verbs.start_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    assert {error.rule for error in refused.value.errors} == {"H11.8.2-d", "H11.3.3-a"}
    assert (await account(session, order, WORK)).opens_on is None
    await attach(session, p.contact, order, *PROJECT_PAPERS)
    for actor, person_id in (
        (p.contact, p.tiera_manager.person_id),
        (p.supplier_manager, p.supplier_manager.person_id),
    ):
        assert person_id is not None
        await draft_verbs.name_project_manager(session, actor, order_id=order.id, person_id=person_id, now=NOW)
    await verbs.start_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    assert order.state is OrderState.IN_PROGRESS


@pytest.mark.rule("H11.8.1-f")
async def test_work_that_starts_unconfirmed_has_tieras_number_as_the_suppliers_too(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    assert (order.confirmed_at, order.supplier_number) == (NOW, order.number)
    assert (await account(session, order, WORK)).opens_on == date(2026, 11, 24)


@pytest.mark.rule("H11.7.3-b", "H11.8.2-d")
@pytest.mark.parametrize(("minutes", "first"), [(SMALL, date(2026, 11, 24)), (PROJECT, date(2026, 12, 2))])
async def test_work_done_since_it_was_ordered_is_booked_once_it_has_started_but_of_a_project_none_before(
    session: AsyncSession, minutes: int, first: date
) -> None:
    p = await make_parties(session)
    order = await make_ordered(session, p, minutes)
    if minutes == PROJECT:
        await make_project_ready(session, p, order)
    await verbs.start_work(session, p.supplier_manager, order_id=order.id, now=LATER)
    assert (await account(session, order, WORK)).opens_on == first


@pytest.mark.rule("D0-f")
async def test_a_delivery_is_accepted_and_who_ordered_it_is_marked(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    with pytest.raises(Refusal):
        await verbs.accept_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    await verbs.accept_work(session, p.contact, order_id=order.id, now=NOW)
    assert (order.state, order.accepted_by_id) == (OrderState.ACCEPTED, p.contact.person_id)
    assert (await account(session, order, WORK)).closes_on == date(2026, 11, 24)
    event = (
        await session.scalars(sa.select(Event).where(Event.name == "order.accepted", Event.subject_id == order.id))
    ).one()
    assert event.figures["by_who_ordered"] is True


@pytest.mark.rule("D0-f", "H11.9-b")
async def test_who_delivered_for_the_supplier_does_not_accept_it_for_tiera(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    (design,) = await fixed(session, p, Part("Design", Decimal("2000.00")))
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=design.id, now=NOW)
    on_both_sides = replace(p.tiera_manager, person_id=p.supplier_manager.person_id)
    for attempt in (
        verbs.accept_work(session, on_both_sides, order_id=order.id, now=NOW),
        verbs.accept_milestone(session, on_both_sides, milestone_id=design.id, now=NOW),
    ):
        with pytest.raises(Refusal, match="delivery of their own"):
            await attempt
    assert (order.state, design.state) == (OrderState.DELIVERED, MilestoneState.DELIVERED)
    await verbs.accept_milestone(session, p.tiera_manager, milestone_id=design.id, now=NOW)


@pytest.mark.rule("H11.8.3-b")
async def test_a_delivery_is_returned_with_a_reason_and_delivered_again(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    with pytest.raises(Refusal):
        await verbs.return_work(session, p.tiera_manager, order_id=order.id, reason=" ", now=NOW)
    await verbs.return_work(session, p.tiera_manager, order_id=order.id, reason="The night run stops.", now=NOW)
    assert (order.state, order.return_reason) == (OrderState.IN_PROGRESS, "The night run stops.")
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=LATER)
    assert order.delivered_at == LATER


@pytest.mark.rule("H11.8.3-b")
async def test_the_clock_of_a_returned_delivery_goes_on_to_the_same_day_and_late_is_told_once(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p, due_on=date(2026, 11, 30))
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    await verbs.return_work(session, p.tiera_manager, order_id=order.id, reason="The night run stops.", now=NOW)
    late = sa.select(sa.func.count()).select_from(Event).where(Event.name == "order.delivery_late")
    await pass_deadlines(session, SCHEDULE, now=NOW)
    assert await session.scalar(late) == 0
    await pass_deadlines(session, SCHEDULE, now=LATER)
    assert await session.scalar(late) == 1
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=LATER)
    await verbs.return_work(session, p.tiera_manager, order_id=order.id, reason="It still stops.", now=LATER)
    await pass_deadlines(session, SCHEDULE, now=LATER)
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.kind == DELIVERY))).one()
    await session.refresh(clock)
    assert (clock.met_at, clock.breached_at) == (None, LATER) and len((clock.stretches or {})["met"]) == 2
    assert await session.scalar(late) == 1


@pytest.mark.rule("H11.8.3-d")
async def test_nothing_is_accepted_while_a_request_to_go_on_waits(session: AsyncSession) -> None:
    p = await make_parties(session)
    overrun = await make_order_awaiting_overrun_decision(session, p)
    await verbs.deliver_work(session, p.supplier_manager, order_id=overrun.order_id, now=NOW)
    with pytest.raises(Refusal, match="go on first"):
        await verbs.accept_work(session, p.tiera_manager, order_id=overrun.order_id, now=NOW)


@pytest.mark.rule("H11.9-b")
async def test_parts_of_a_fixed_price_are_delivered_and_accepted_one_by_one(session: AsyncSession) -> None:
    p = await make_parties(session)
    design, build = await fixed(session, p, Part("Design", Decimal("2000.00")), Part("Build", Decimal("3000.00")))
    order = await session.get_one(Order, design.order_id)
    with pytest.raises(Refusal, match="not possible now"):
        await verbs.accept_milestone(session, p.tiera_manager, milestone_id=design.id, now=NOW)
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=design.id, now=NOW)
    await verbs.accept_milestone(session, p.tiera_manager, milestone_id=design.id, now=LATER)
    sums = await account(session, order, SUMS)
    assert (sums.granted, sums.approved) == (500_000, 200_000)
    portion = (await session.scalars(sa.select(Portion).where(Portion.account_id == sums.id))).one()
    assert (portion.source_kind, portion.source_id, portion.amount) == ("Milestone", design.id, 200_000)
    assert portion.day == date(2026, 11, 24)  # of the delivery, not of the acceptance
    with pytest.raises(Refusal, match="delivered before the whole"):
        await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=LATER)
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=build.id, now=LATER)
    await verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=LATER)
    with pytest.raises(Refusal, match="accepted before the whole"):
        await verbs.accept_work(session, p.tiera_manager, order_id=order.id, now=LATER)
    await verbs.accept_milestone(session, p.tiera_manager, milestone_id=build.id, now=LATER)
    await verbs.accept_work(session, p.tiera_manager, order_id=order.id, now=LATER)
    assert order.committed_euros == Decimal(5000), "no hours are what it comes to"


@pytest.mark.rule("H11.9-b")
async def test_a_monthly_fee_is_billed_in_the_month_it_is_for(session: AsyncSession) -> None:
    p = await make_parties(session)
    november, _ = await fixed(session, p, *monthly_parts("Upkeep", Decimal("500.00"), Month(2026, 11), 2))
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=november.id, now=LATER)
    await verbs.accept_milestone(session, p.tiera_manager, milestone_id=november.id, now=LATER)
    portion = (await session.scalars(sa.select(Portion).where(Portion.source_id == november.id))).one()
    assert portion.day == date(2026, 11, 30)


async def test_a_part_is_returned_with_a_reason(session: AsyncSession) -> None:
    p = await make_parties(session)
    (design,) = await fixed(session, p, Part("Design", Decimal("2000.00")))
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=design.id, now=NOW)
    await verbs.return_milestone(session, p.tiera_manager, milestone_id=design.id, reason="Two pages lack.", now=NOW)
    assert (design.state, design.return_reason) == (MilestoneState.OPEN, "Two pages lack.")
    returned = design.returned_at
    moved = sa.select(Event.from_state, Event.to_state).where(Event.name.like("milestone.%")).order_by(Event.id)
    there_and_back = [(MilestoneState.OPEN, MilestoneState.DELIVERED), (MilestoneState.DELIVERED, MilestoneState.OPEN)]
    assert (await session.execute(moved)).all() == there_and_back
    assert (await account(session, await session.get_one(Order, design.order_id), SUMS)).booked == 0
    await verbs.deliver_milestone(session, p.supplier_manager, milestone_id=design.id, now=LATER)
    assert (design.returned_at, design.return_reason) == (returned, "Two pages lack."), "delivered anew, it stays known"
