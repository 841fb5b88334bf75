"""Several people at once on one order: bookings, corrections, weeks, forecasts, approvals, a decision on an overrun."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.hours.approval_verbs import approve_hours
from backend.hours.instruction_verbs import mark_against_instruction
from backend.hours.model import TimeEntry
from backend.hours.states import EntryState
from backend.hours.verbs import Booking, book_hours, correct_hours
from backend.hours.week_verbs import Cell, save_week
from backend.kit.actor import Actor
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entered, Entrance
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders.forecast_verbs import give_forecast
from backend.orders.overrun_verbs import decide_overrun, request_overrun
from backend.orders.queries import get_order_for_change
from tests.hours.making import DAY, Work, book, make_work
from tests.making import NOW, make_person, make_right, supplier_expert, supplier_manager
from tests.waiting import until_blocked

PEOPLE = 5


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=12)
    yield make_sessions(engine)
    await engine.dispose()


async def crew_of(sessions: Sessions, ceiling: int = 600) -> tuple[Work, list[Actor], Actor]:
    """An order under way, its experts and the supplier's lead."""
    async with sessions.begin() as session:
        work = await make_work(session, ceiling=ceiling, committed_euros=1000)
        experts = [await supplier_expert(session, work.supplier) for _ in range(PEOPLE)]
        lead = await supplier_manager(session, work.supplier)
        right = await make_right(session, await make_person(session))
        work.order.ordered_by_id, work.order.ordering_right_id = right.person_id, right.id
        return work, experts, lead


async def assert_in_order(sessions: Sessions, work: Work) -> Account:
    async with sessions() as session:
        account = await session.get_one(Account, work.target.id)
        counted = [EntryState.BOOKED, EntryState.APPROVED, EntryState.RETURNED]
        booked = sa.select(sa.func.coalesce(sa.func.sum(TimeEntry.minutes), 0)).where(TimeEntry.state.in_(counted))
        assert account.booked == (await session.execute(booked)).scalar_one()
        assert await ledger.disagreements(session) == []
        return account


def wanted(work: Work, n: int, minutes: int = 30) -> Booking:
    target = work.target.id
    return Booking(target_id=target, day=DAY - timedelta(n), minutes=minutes, description=f"Lomakkeen osa {n}")


@pytest.mark.rule("H11.8.3-d")
async def test_people_book_while_a_forecast_is_given_and_an_overrun_decided(sessions: Sessions) -> None:
    work, experts, lead = await crew_of(sessions)
    entrance = Entrance(sessions, lambda: NOW)
    order_id = work.order.id
    forecast = await entrance.enter(lead, give_forecast, order_id=order_id, remaining_minutes=900)
    asked = await entrance.enter(lead, request_overrun, order_id=order_id, minutes=300, reason="More forms.")
    acts = [entrance.enter(expert, book_hours, booking=wanted(work, n)) for n in range(4) for expert in experts]
    acts.insert(7, entrance.enter(lead, give_forecast, order_id=order_id, remaining_minutes=600))
    acts.insert(
        12,
        entrance.enter(
            work.manager, decide_overrun, overrun_id=asked.thing().id, minutes=300, reason="They are needed."
        ),
    )
    done = await asyncio.gather(*acts)
    assert forecast.ref and [entered.errors for entered in done if entered.errors] == []
    account = await assert_in_order(sessions, work)
    assert (account.booked, account.granted) == (4 * PEOPLE * 30, 900)
    async with sessions.begin() as session:
        order = await get_order_for_change(session, lead, order_id)
        assert (order.forecast_minutes or 0) >= account.booked


@pytest.mark.rule("H11.8.1-h")
async def test_whoever_marks_hours_waits_for_the_order_before_it_holds_its_account(sessions: Sessions) -> None:
    """As everybody does who books on it, so that nobody waits for each other in a ring."""
    work, _, _ = await crew_of(sessions)
    async with sessions.begin() as session:
        entry = (await book(session, work, 60)).id
    async with sessions.begin() as session:
        await get_order_for_change(session, work.manager, work.order.id)
        door = Entrance(sessions, lambda: NOW)
        marking = asyncio.create_task(
            door.enter(work.manager, mark_against_instruction, entry_id=entry, minutes=15, reason="Not as told.")
        )
        await until_blocked(sessions)
        its = sa.select(Account.id).where(Account.id == work.target.id)
        assert await session.scalar(its.with_for_update(key_share=True, nowait=True)) == work.target.id
    assert (await marking).errors == ()


async def test_weeks_corrections_and_approvals_at_once_never_fail(sessions: Sessions) -> None:
    work, experts, _ = await crew_of(sessions)
    async with sessions.begin() as session:
        first = [(await book(session, work, 60, by=expert, day=DAY)).id for expert in experts]
        other = await make_work(session, number="TIL-2026-90002")
    entrance = Entrance(sessions, lambda: NOW)

    def week(expert: Actor, n: int) -> list[Cell]:
        days = [DAY - timedelta(d) for d in ((1, 2, 3) if n % 2 else (3, 2, 1))]
        return [
            Cell(target_id=work.target.id, day=day, minutes=15, description=f"Viikon työ {n} {day}") for day in days
        ]

    acts = [entrance.enter(expert, save_week, cells=week(expert, n)) for n in range(3) for expert in experts]
    acts += [
        entrance.enter(expert, correct_hours, entry_id=entry, minutes=45)
        for expert, entry in zip(experts, first, strict=True)
    ]
    acts += [entrance.enter(work.manager, approve_hours, entry_ids=first) for _ in range(3)]
    acts.append(entrance.enter(other.expert, book_hours, booking=wanted(other, 1)))
    done: list[Entered] = await asyncio.gather(*acts)
    weeks = done[: 3 * PEOPLE]
    assert [entered.errors for entered in weeks if entered.errors] == []
    async with sessions() as session:
        assert await ledger.disagreements(session) == []
        accounts = [await session.get_one(Account, w.target.id) for w in (work, other)]
        for account in accounts:
            assert account.approved <= (account.granted or 0) and account.approved <= account.booked
