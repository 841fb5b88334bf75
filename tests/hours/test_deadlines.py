"""Tiera's clock over a supplier's month, by the verbs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours, return_hours, take_approval_back
from backend.hours.deadlines import APPROVAL, due_on_of
from backend.hours.verbs import correct_hours
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.rulebook.terms import DEFAULTS
from tests.hours.making import DAY, book, make_work
from tests.making import NOW

OCTOBER = date(2026, 10, 30)


async def clock_of(session: AsyncSession) -> Deadline:
    found = await session.scalars(
        sa.select(Deadline).where(Deadline.kind == APPROVAL).execution_options(populate_existing=True)
    )
    return found.one()


@pytest.mark.rule("H11.7.3-g")
@pytest.mark.parametrize(
    ("day", "booked_on", "due"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 2)),
        (date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 2)),
        (date(2026, 11, 30), date(2026, 12, 3), date(2026, 12, 7)),
        (date(2026, 11, 2), date(2026, 12, 18), date(2026, 12, 22)),
    ],
)
def test_what_is_booked_after_the_day_of_approval_gives_tiera_as_many_business_days(
    day: date, booked_on: date, due: date
) -> None:
    assert due_on_of(day, booked_on, DEFAULTS) == due


@pytest.mark.rule("H11.7.3-g")
async def test_an_entry_of_a_month_long_past_does_not_make_tiera_late(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, day=OCTOBER)
    assert helsinki_date((await clock_of(session)).due_at) == date(2026, 11, 26)
    assert not (await approve_hours(session, work.manager, [entry.id], now=NOW)).is_late


@pytest.mark.rule("H11.7.3-g")
async def test_a_clock_that_stopped_starts_again_with_a_late_entry(session: AsyncSession) -> None:
    work = await make_work(session)
    first = await book(session, work, day=OCTOBER, now=datetime(2026, 10, 30, 12, 0, tzinfo=UTC))
    await approve_hours(session, work.manager, [first.id], now=datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
    assert (await clock_of(session)).met_at is not None
    second = await book(session, work, day=OCTOBER, description="Unohtunut työ lokakuulta")
    deadline = await clock_of(session)
    assert (deadline.met_at, helsinki_date(deadline.due_at)) == (None, date(2026, 11, 26))
    assert deadline.stretches is not None and len(deadline.stretches["met"]) == 1
    await approve_hours(session, work.manager, [second.id], now=NOW)
    assert (await clock_of(session)).met_at == NOW


@pytest.mark.rule("H11.7.3-g", "H11.3.1-b")
async def test_a_clock_that_goes_on_to_a_later_day_is_told_before_it_again(session: AsyncSession) -> None:
    work = await make_work(session)
    first = await book(session, work, day=OCTOBER, now=datetime(2026, 10, 30, 12, 0, tzinfo=UTC))
    at = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
    await pass_deadlines(session, SCHEDULE, now=at)
    assert (await clock_of(session)).warned_at == at
    await approve_hours(session, work.manager, [first.id], now=at)
    await book(session, work, day=OCTOBER, description="Unohtunut työ lokakuulta")
    assert (await clock_of(session)).warned_at is None
    due_soon = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    await pass_deadlines(session, SCHEDULE, now=due_soon)
    assert (await clock_of(session)).warned_at == due_soon


@pytest.mark.rule("H11.7.3-g")
async def test_an_approval_after_its_day_is_marked_as_tieras_own_lateness(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    late = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
    assert (await approve_hours(session, work.manager, [entry.id], now=late)).is_late


async def test_a_clock_runs_again_when_an_approval_is_taken_back(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    await take_approval_back(session, work.manager, approval.id, now=NOW + timedelta(seconds=5))
    deadline = await clock_of(session)
    assert (deadline.met_at, helsinki_date(deadline.due_at)) == (None, date(2026, 12, 2))
    assert approval.taken_back_at == NOW + timedelta(seconds=5)


async def test_a_clock_stops_when_the_last_entry_is_returned_or_taken_off(session: AsyncSession) -> None:
    work = await make_work(session)
    first, second = await book(session, work), await book(session, work, description="Toinen lomake", day=DAY)
    await return_hours(session, work.manager, [first.id], "Mikä lomake?", now=NOW)
    assert (await clock_of(session)).met_at is None
    await correct_hours(session, work.expert, second.id, minutes=0, now=NOW)
    assert (await clock_of(session)).met_at == NOW
    await correct_hours(session, work.expert, first.id, description="Huoltajan lomakkeen kentät", now=NOW)
    assert (await clock_of(session)).met_at is None
