"""What accepted work binds: what its hours come to once all of them are approved, and its unused ceiling no more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours import queries
from backend.hours.approval_verbs import approve_hours, return_hours, take_approval_back
from backend.hours.instruction_verbs import mark_against_instruction
from backend.hours.verbs import correct_hours
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.faults import Refusal
from backend.orders import delivery_verbs
from backend.orders.commitment_verbs import count_euros, open_work
from backend.orders.model import Order
from backend.parties.price_verbs import set_price
from tests.hours.test_euros import DAY, approve_all, make_case, sums, told, work
from tests.making import NOW, tiera_key_user
from tests.orders.making import Parties, make_order_in_progress
from tests.waiting import until_blocked


async def accept(session: AsyncSession, p: Parties, order: Order) -> None:
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
    await delivery_verbs.accept_work(session, p.contact, order_id=order.id, now=NOW)


@pytest.mark.rule("D3-a")
@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize("is_approved_first", [True, False])
async def test_accepted_work_binds_what_its_hours_come_to_once_all_are_approved(
    session: AsyncSession, is_approved_first: bool
) -> None:
    p, order, expert = await make_case(session, greatest_total=Decimal(1_300))
    await work(session, order, expert, 420, p.senior.id)
    if is_approved_first:
        await approve_all(session, p, order)
    assert await sums(session) == {"total": 100_000, "year:2026": 100_000}
    await accept(session, p, order)
    if not is_approved_first:
        assert (order.committed_euros, await sums(session)) == (Decimal(1000), {"total": 100_000, "year:2026": 100_000})
        await approve_all(session, p, order)
    assert (order.committed_euros, await sums(session)) == (Decimal(700), {"total": 70_000, "year:2026": 70_000})
    assert await told(session, "order.work_summed") == [{"euros": "700.00"}]
    await make_order_in_progress(session, p, 360)  # which would not fit beside what was ordered


@pytest.mark.rule("D3-a")
async def test_hours_taken_off_accepted_work_are_bound_no_more_and_an_approval_taken_back_binds_as_before(
    session: AsyncSession,
) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 120, p.senior.id)
    first = await approve_all(session, p, order)
    wrong = await work(session, order, expert, 60, p.senior.id)
    await accept(session, p, order)
    assert order.committed_euros == Decimal(1000), "an entry waits"
    await correct_hours(session, expert, wrong.id, 0, now=NOW)
    assert (order.committed_euros, await sums(session)) == (Decimal(200), {"total": 20_000, "year:2026": 20_000})
    await take_approval_back(session, p.tiera_manager, first, now=NOW)
    assert (order.committed_euros, await sums(session)) == (Decimal(200), {"total": 20_000, "year:2026": 20_000})


@pytest.mark.rule("H11.8.3-c")
@pytest.mark.rule("H11.8.1-h")
async def test_work_that_comes_back_to_accepted_work_under_its_ceiling_is_bound_again_and_no_passing(
    session: AsyncSession,
) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 300, p.senior.id)
    await approve_all(session, p, order)
    first, last = [await work(session, order, expert, 120, p.senior.id) for _ in range(2)]
    await accept(session, p, order)
    for entry in (first, last):
        await mark_against_instruction(session, p.tiera_manager, entry.id, 120, "It was not asked for.", now=NOW)
    assert (order.committed_euros, await sums(session)) == (Decimal(500), {"total": 50_000, "year:2026": 50_000})
    await return_hours(session, p.tiera_manager, [first.id, last.id], "It was.", now=NOW)
    target = await open_work(session, order, billable=True)
    backs = [await correct_hours(session, expert, entry.id, target_id=target.id, now=NOW) for entry in (first, last)]
    for back, euros in zip(backs, (700, 900), strict=True):
        await approve_hours(session, p.tiera_manager, [back.id], now=NOW)
        assert (order.committed_euros, (await sums(session))["total"]) == (Decimal(euros), euros * 100)
    assert await told(session, "order.euros_passed") == []
    assert await told(session, "order.work_summed") == [{"euros": "500.00"}, {"euros": "900.00"}]


@pytest.mark.rule("H11.8.3-c")
@pytest.mark.parametrize(("price", "bound", "passed"), [("105.00", 735, 0), ("150.00", 1000, 1), ("90.00", 630, 0)])
async def test_a_price_changed_for_days_past_binds_of_accepted_work_what_its_ceiling_did_at_most(
    session: AsyncSession, price: str, bound: int, passed: int
) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 420, p.senior.id)
    await approve_all(session, p, order)
    await accept(session, p, order)
    await set_price(
        session, await tiera_key_user(session), p.senior.id, unit_price=Decimal(price),
        valid_from=DAY - timedelta(days=40), reason="It was agreed so.", now=NOW,
    )  # fmt: skip
    for _ in range(2):
        await count_euros(session, p.tiera_manager, [order.id], now=NOW)
    assert (order.committed_euros, (await sums(session))["total"]) == (Decimal(bound), 7 * int(Decimal(price) * 100))
    assert len(await told(session, "order.euros_passed")) == passed
    assert len(await told(session, "order.work_summed")) == 2


async def test_accepted_work_on_which_nothing_was_booked_binds_nothing(session: AsyncSession) -> None:
    p, order, _ = await make_case(session)
    await accept(session, p, order)
    assert (order.committed_euros, await sums(session)) == (Decimal(0), {"total": 0, "year:2026": 0})


async def test_accepted_work_that_came_to_more_than_was_ordered_is_told_as_before(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 600, p.architect.id)
    await accept(session, p, order)
    await approve_all(session, p, order)
    assert (order.committed_euros, await sums(session)) == (Decimal(1000), {"total": 140_000, "year:2026": 140_000})
    assert len(await told(session, "order.euros_passed")) == 1
    assert await told(session, "order.work_summed") == []


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=12)
    yield make_sessions(engine)
    await engine.dispose()


async def test_hours_of_accepted_work_are_approved_while_others_of_it_are_corrected(sessions: Sessions) -> None:
    """Each holds the order before its account of work: neither waits for what the other holds."""
    async with sessions.begin() as session:
        p, order, expert = await make_case(session)
        first, other = [await work(session, order, expert, 120, p.senior.id) for _ in range(2)]
        await approve_hours(session, p.tiera_manager, [other.id], now=NOW)
        await accept(session, p, order)
        wrong = await work(session, await make_order_in_progress(session, p, 360), expert, 60, p.senior.id)

    async def correct() -> None:
        async with sessions.begin() as session:
            await correct_hours(session, expert, wrong.id, target_id=first.account_id, now=NOW)

    async with sessions.begin() as approving:
        await queries.get_entries_for_change(approving, p.tiera_manager, [first.id])
        correcting = asyncio.create_task(correct())
        await until_blocked(sessions)
        await approve_hours(approving, p.tiera_manager, [first.id], now=NOW)
    with pytest.raises(Refusal, match="Hours cannot be booked on this order"):
        await correcting
    async with sessions() as session:
        assert (await session.get_one(Order, order.id)).committed_euros == Decimal(400)
