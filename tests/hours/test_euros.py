"""What is approved at prices that no estimate foresaw counts in the sums that limit what can still be ordered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours, take_approval_back
from backend.hours.model import TimeEntry
from backend.hours.verbs import Booking, book_hours
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders import placing_verbs, revision_verbs
from backend.orders.commitment_verbs import count_euros, open_work
from backend.orders.model import Order
from backend.parties.agreement_verbs import change_agreement
from backend.parties.price_verbs import set_price
from tests.ledger import holding
from tests.making import NOW, supplier_expert, tiera_key_user, tiera_service_manager
from tests.orders.making import (
    Parties,
    first_option,
    make_estimated,
    make_order_in_progress,
    make_parties,
    place,
)
from tests.orders.test_revisions import change
from tests.waiting import until_blocked

TEN_HOURS = 600
DAY = helsinki_date(NOW)


async def make_case(session: AsyncSession, minutes: int = TEN_HOURS, **limits: Any) -> tuple[Parties, Order, Actor]:
    """An order of so many senior minutes (100 € an hour) in progress, and somebody who works on it."""
    p = await make_parties(session, **limits)
    order = await make_order_in_progress(session, p, minutes)
    return p, order, await supplier_expert(session, p.supplier)


async def work(session: AsyncSession, order: Order, expert: Actor, minutes: int, group_id: int) -> TimeEntry:
    target = await open_work(session, order, billable=True)
    entry: TimeEntry | None = None
    for place_, part in enumerate([480] * (minutes // 480) + [minutes % 480] * bool(minutes % 480)):
        booking = Booking(
            target_id=target.id,
            day=DAY,
            minutes=part,
            description=f"Interface to the register, part {place_}",
            price_group_id=group_id,
        )
        entry = await book_hours(session, expert, booking, now=NOW)
    assert entry is not None
    return entry


async def approve_all(session: AsyncSession, p: Parties, order: Order, by: Actor | None = None) -> int:
    waiting = await session.scalars(
        sa.select(TimeEntry.id).where(TimeEntry.order_id == order.id, TimeEntry.state == "booked")
    )
    return (await approve_hours(session, by or p.tiera_manager, list(waiting), now=NOW)).id


async def sums(session: AsyncSession) -> dict[str, int]:
    found = await session.execute(
        sa.select(Account.purpose, Account.booked).where(
            sa.or_(Account.purpose == "total", Account.purpose.like("year:%"))
        )
    )
    assert await ledger.disagreements(session) == []
    return dict(list(found.all()))


async def told(session: AsyncSession, name: str) -> list[dict[str, Any]]:
    return list((await session.scalars(sa.select(Event.figures).where(Event.name == name).order_by(Event.id))).all())


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.rule("D3-a")
@pytest.mark.rule("H11.8.3-c")
async def test_hours_at_a_dearer_price_count_in_the_year_and_the_total_and_both_sides_are_told(
    session: AsyncSession,
) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 600, p.architect.id)
    await approve_all(session, p, order)
    assert await sums(session) == {"total": 140_000, "year:2026": 140_000}
    assert await told(session, "order.euros_passed") == [{"approved_euros": "1400.00", "euros": "1000.00"}]
    assert order.committed_euros == Decimal("1000.00")


async def test_what_stays_within_the_estimate_counts_with_what_was_ordered(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 420, p.architect.id)
    await approve_all(session, p, order)
    assert await sums(session) == {"total": 100_000, "year:2026": 100_000}
    assert await told(session, "order.euros_passed") == []


async def test_an_approval_taken_back_gives_back_what_it_counted(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 600, p.architect.id)
    approval = await approve_all(session, p, order)
    await take_approval_back(session, p.tiera_manager, approval, now=NOW)
    assert await sums(session) == {"total": 100_000, "year:2026": 100_000}


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize("limits", [{"most_euros_a_year": Decimal(2_200)}, {"greatest_total": Decimal(2_200)}])
async def test_what_was_approved_above_an_order_leaves_less_to_be_ordered(
    session: AsyncSession, limits: dict[str, Any]
) -> None:
    p, order, expert = await make_case(session, **limits)
    await work(session, order, expert, 600, p.architect.id)
    await approve_all(session, p, order)
    next_one = await make_estimated(session, p, 495)
    with pytest.raises(Refusal) as refused:
        await place(session, p, next_one)
    assert "2 225,00" in str(refused.value.errors[0].actual).replace("\xa0", " ")
    assert next_one.number is None
    await place(session, p, await make_estimated(session, p, 480))


@pytest.mark.rule("D3-a")
async def test_the_shares_of_a_total_that_approved_hours_reach_are_told(session: AsyncSession) -> None:
    p, order, expert = await make_case(session, greatest_total=Decimal(1_500))
    await work(session, order, expert, 600, p.architect.id)
    await approve_all(session, p, order)
    reached = [(each["percent"], each["euros"]) for each in await told(session, "agreement.total_reached")]
    assert reached == [("70", "1400.00"), ("90", "1400.00")]


@pytest.mark.rule("H11.8.1-b")
async def test_more_effort_for_an_order_that_came_to_more_is_asked_of_the_right_with_all_of_it(
    session: AsyncSession,
) -> None:
    p, order, expert = await make_case(session, most_euros=Decimal(1_450))
    await work(session, order, expert, 600, p.architect.id)
    await approve_all(session, p, order)

    async def lift(minutes: int) -> None:
        revision = await revision_verbs.propose_revision(
            session, p.supplier_manager, order_id=order.id, change=change(order, minutes_change=minutes),
            reason="It grew.", now=NOW,
        )  # fmt: skip
        await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)

    await lift(240)  # 1 400 € are bound now, as much as was approved before: nothing more counts
    assert order.committed_euros == Decimal("1400.00")
    assert await sums(session) == {"total": 140_000, "year:2026": 140_000}
    await work(session, order, expert, 30, p.architect.id)
    await approve_all(session, p, order)
    assert (await sums(session))["total"] == 147_000
    assert len(await told(session, "order.euros_passed")) == 2  # the second time, above what it binds by then
    with pytest.raises(Refusal, match="above the limit of the ordering right"):
        await lift(15)


async def test_less_effort_frees_no_more_than_what_was_not_approved(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 360, p.architect.id)
    await approve_all(session, p, order)
    revision = await revision_verbs.propose_revision(
        session,
        p.supplier_manager,
        order_id=order.id,
        change=change(order, minutes_change=-240),
        reason="Less.",
        now=NOW,
    )
    await revision_verbs.accept_revision(session, p.contact, revision_id=revision.id, now=NOW)
    assert order.committed_euros == Decimal("600.00")
    assert await sums(session) == {"total": 84_000, "year:2026": 84_000}


@pytest.mark.rule("D0-c")
async def test_a_price_changed_for_days_past_counts_from_the_next_approval_on(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 480, p.senior.id)
    await approve_all(session, p, order)
    await set_price(
        session, await tiera_key_user(session), p.senior.id, unit_price=Decimal("150.00"),
        valid_from=DAY - timedelta(days=40), reason="It was agreed so.", now=NOW,
    )  # fmt: skip
    await work(session, order, expert, 15, p.senior.id)
    await approve_all(session, p, order)
    assert (await sums(session))["total"] == 123_750


@pytest.mark.rule("D0-c")
async def test_what_is_billed_counts_at_the_price_that_it_was_billed_at(session: AsyncSession) -> None:
    p, order, expert = await make_case(session)
    await work(session, order, expert, 600, p.architect.id)
    await approve_all(session, p, order)
    account = await open_work(session, order, billable=True)
    portions = await ledger.free_portions(session, account)
    line = Ref("InvoiceLine", 1)
    await holding.reserve(session, line, portions, 300, at=NOW)
    await holding.take(session, line, key="approved", at=NOW)
    await set_price(
        session, await tiera_key_user(session), p.architect.id, unit_price=Decimal("200.00"),
        valid_from=DAY - timedelta(days=40), reason="It was agreed so.", now=NOW + timedelta(hours=1),
    )  # fmt: skip
    await count_euros(session, p.tiera_manager, [order.id], now=NOW + timedelta(hours=2))
    assert (await sums(session))["total"] == 70_000 + 100_000
    await holding.release(session, line, key="credited", at=NOW + timedelta(hours=3))
    await count_euros(session, p.tiera_manager, [order.id], now=NOW + timedelta(hours=3))
    assert (await sums(session))["total"] == 200_000


async def test_hours_approved_in_another_year_count_in_that_year(session: AsyncSession) -> None:
    """As what an overrun grants does: the year that is over limits nothing any more."""
    p, order, expert = await make_case(session)
    await work(session, order, expert, 600, p.architect.id)
    in_january = NOW.replace(year=2027, month=1, day=8)
    waiting = (await session.scalars(sa.select(TimeEntry.id).where(TimeEntry.order_id == order.id))).all()
    approval = await approve_hours(session, p.tiera_manager, waiting, now=in_january)
    assert await sums(session) == {"total": 140_000, "year:2026": 100_000, "year:2027": 40_000}
    await take_approval_back(session, p.tiera_manager, approval.id, now=in_january)
    assert await sums(session) == {"total": 100_000, "year:2026": 100_000, "year:2027": 0}


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=12)
    yield make_sessions(engine)
    await engine.dispose()


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.rule("D3-a")
async def test_hours_approved_while_orders_are_placed_count_before_what_they_leave_is_ordered(
    sessions: Sessions,
) -> None:
    """Two orders' dear hours by two approvers, six orders placed at once: nothing slips past a limit."""
    async with sessions.begin() as session:
        p = await make_parties(session, greatest_total=Decimal(4_000), most_euros_a_year=Decimal(4_000))
        orders = [await make_order_in_progress(session, p, 600) for _ in range(2)]
        expert = await supplier_expert(session, p.supplier)
        entries = [(await work(session, order, expert, 480, p.architect.id)).id for order in orders]
        approvers = [p.tiera_manager, await tiera_service_manager(session)]
        estimated = [await make_estimated(session, p, 300) for _ in range(6)]
        options = [(each.id, (await first_option(session, each)).id) for each in estimated]
    door = Entrance(sessions, lambda: NOW)
    placing = [
        door.enter(p.contact, placing_verbs.place_order, order_id=order_id, option_id=option_id)
        for order_id, option_id in options
    ]
    approving = [
        door.enter(approver, approve_hours, entry_ids=[entry])
        for approver, entry in zip(approvers, entries, strict=True)
    ]
    done = await asyncio.gather(*placing[:3], *approving, *placing[3:])
    assert [each.errors for each in done[3:5]] == [(), ()]
    placed = sum(each.ref is not None for each in (*done[:3], *done[5:]))
    async with sessions() as session:
        assert await sums(session) == {"total": 224_000 + placed * 50_000, "year:2026": 224_000 + placed * 50_000}
        assert placed in (3, 4)


@pytest.mark.rule("D3-a")
async def test_a_total_lowered_while_dear_hours_are_approved_does_not_fall_below_them(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        p, order, expert = await make_case(session, greatest_total=Decimal(5_000))
        await work(session, order, expert, 600, p.architect.id)
        key_user = await tiera_key_user(session)
    async with sessions.begin() as approving:
        await approve_all(approving, p, order)
        changing = asyncio.create_task(
            Entrance(sessions, lambda: NOW).enter(
                key_user,
                change_agreement,
                agreement_id=p.agreement.id,
                name=p.agreement.name,
                greatest_total=Decimal(1_200),
                model_version=p.agreement.model_version,
                reason="It was agreed so.",
            )
        )
        await until_blocked(sessions)
    (refused,) = (await changing).errors
    assert str(refused.limit).replace("\xa0", " ") == "1 400,00 €"
