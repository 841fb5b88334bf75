"""What a correction keeps of what it corrects, by the verbs."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.approval_verbs import approve_hours, return_hours
from backend.hours.model import TimeEntry
from backend.hours.states import EntryState, LeftOut
from backend.hours.verbs import correct_hours
from backend.hours.week_verbs import Cell, save_week
from backend.kit.faults import Refusal
from backend.ledger import verbs as ledger
from backend.orders.estimate_model import Estimate, EstimateOption, EstimateRow
from backend.orders.states import OrderState
from backend.parties.agreement_model import PriceGroup
from tests.hours.making import DAY, WORDS, Work, book, decide_overrun, make_work, put_on_hold
from tests.making import NOW, TODAY, make_price_group

TOMORROW = NOW + timedelta(days=1)


async def correct(session: AsyncSession, work: Work, entry: TimeEntry, **changed: object) -> TimeEntry:
    new = await correct_hours(session, work.expert, entry.id, now=changed.pop("now", TOMORROW), **changed)  # type: ignore[arg-type]
    assert isinstance(new, TimeEntry)
    return new


async def reread(session: AsyncSession, work: Work) -> None:
    """The order as it is stored."""
    await session.flush()
    await session.refresh(work.order)


@pytest.mark.rule("H11.7.3-d")
async def test_work_that_was_booked_in_time_stays_in_time_when_it_is_put_right(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60, day=TODAY)
    less = await correct(session, work, entry, minutes=45, description="Lomakkeen kentät, tarkempi selite")
    assert not less.is_late
    more = await correct(session, work, less, minutes=90)
    assert more.is_late
    assert (await correct(session, work, more, minutes=30)).is_late


@pytest.mark.rule("H11.7.3-d")
async def test_work_that_moves_to_another_day_is_judged_by_that_day(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60, day=TODAY)
    assert (await correct(session, work, entry, day=DAY, now=NOW)).is_late


@pytest.mark.rule("H11.7.3-b")
@pytest.mark.rule("H11.7.3-a")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": TODAY + timedelta(days=1)}, "was closed on"),
        ({"day": date(2026, 8, 31)}, "was ordered on"),
        ({"day": TODAY, "minutes": 75}, "at most, as the entry was"),
    ],
)
async def test_work_of_an_accepted_order_is_put_on_the_right_day_of_its_own_time(
    session: AsyncSession, wrong: dict[str, object], said: str
) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60, day=TODAY)
    work.order.state = OrderState.ACCEPTED
    work.target.closes_on = TODAY
    moved = await correct(session, work, entry, day=DAY)
    assert (moved.day, moved.minutes, moved.order_id, moved.is_late) == (DAY, 60, work.order.id, False)
    with pytest.raises(Refusal, match=said):
        await correct(session, work, moved, **wrong)


@pytest.mark.rule("H11.8.3-d")
async def test_the_mark_of_work_on_hold_is_not_corrected_away(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=60)
    below = await book(session, work, 60)
    await put_on_hold(session, work, forecast=180)
    above = await book(session, work, 60, description="Kenttien tarkistukset")
    await decide_overrun(session, work, 120, covers=False, at=NOW + timedelta(hours=1))
    work.order.forecast_minutes = 60
    later = NOW + timedelta(hours=2)
    corrected = await correct(session, work, above, minutes=45, now=later)
    assert corrected.is_without_permission and corrected.first_booked_at == NOW
    approval = await approve_hours(session, work.manager, [below.id, corrected.id], now=later)
    assert approval.left_out == {str(corrected.id): LeftOut.WITHOUT_PERMISSION}


@pytest.mark.rule("H11.8.3-d")
async def test_what_was_done_with_permission_is_put_right_on_hold_without_a_mark(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=240)
    entry = await book(session, work, 60)
    await put_on_hold(session, work, forecast=600)
    assert not (await correct(session, work, entry, minutes=45)).is_without_permission
    again = await book(session, work, 30, description="Kenttien tarkistukset")
    assert again.is_without_permission


@pytest.mark.rule("H11.8.3-d")
async def test_the_right_day_alone_marks_nothing_that_was_in_order(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=240)
    entry = await book(session, work, 60)
    await book(session, work, 240, description="Kenttien tarkistukset")
    await put_on_hold(session, work, forecast=600)
    moved = await correct(session, work, entry, day=TODAY)
    assert (moved.day, moved.is_without_permission) == (TODAY, False)
    assert (await correct(session, work, moved, minutes=75)).is_without_permission


@pytest.mark.rule("H11.8.3-c", "H11.8.3-d")
async def test_hours_that_were_typed_wrong_hold_no_order_once_they_are_put_right(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=240)
    typed = await book(session, work, 600)
    await reread(session, work)
    assert work.order.is_on_hold and work.order.warned_at == work.order.passed_at == NOW
    assert work.order.forecast_due_at is not None
    right = await correct(session, work, typed, minutes=60)
    await reread(session, work)
    assert (work.order.forecast_minutes, work.order.is_on_hold) == (60, False)
    assert work.order.warned_at is work.order.passed_at is work.order.forecast_due_at is None
    assert not (await book(session, work, 30, description="Kenttien tarkistukset")).is_without_permission
    await correct(session, work, right, minutes=0)
    await reread(session, work)
    assert work.order.forecast_minutes == 30


@pytest.mark.rule("H11.8.3-c")
async def test_a_forecast_that_was_given_stands_whatever_is_put_right(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=240)
    await put_on_hold(session, work, forecast=300)
    typed = await book(session, work, 600)
    await correct(session, work, typed, minutes=60)
    await reread(session, work)
    assert (work.order.forecast_minutes, work.order.is_on_hold) == (300, True)


async def test_a_returned_entry_is_put_right_after_the_order_was_accepted(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60)
    await return_hours(session, work.manager, [entry.id], "Mikä lomake?", now=NOW)
    work.order.state, work.target.closes_on = OrderState.ACCEPTED, DAY - timedelta(1)
    await session.flush()
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await correct(session, work, entry, minutes=75)
    await session.refresh(entry)
    assert {error.rule for error in refused.value.errors} == {"H11.7.3-b"}
    assert (await correct(session, work, entry, description="Huoltajan lomakkeen kentät")).state is EntryState.BOOKED


async def test_a_correction_to_another_target_is_work_of_its_own(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 60)
    other = await ledger.open_account(
        session, work.order.ref, "work", work.target.unit, holder_id=work.supplier.id, title="Toinen"
    )
    assert other.id == work.target.id
    moved = await correct(session, work, entry, target_id=work.target.id)
    assert moved.corrects_id == entry.id and await ledger.disagreements(session) == []


@pytest.mark.rule("D0-c")
async def test_the_only_price_group_of_the_estimate_is_the_default(session: AsyncSession) -> None:
    work = await make_work(session)
    junior = await make_price_group(session, work.agreement, "JUNIOR")
    await _choose(session, work, junior)
    assert (await book(session, work)).price_group_id == junior.id


async def _choose(session: AsyncSession, work: Work, group: PriceGroup) -> None:
    estimate = Estimate(
        order_id=work.order.id, ordinal=1, none_better_statement="Ei muuta", given_by_id=None, given_at=NOW,
        is_late=False, supplier_id=work.supplier.id,
    )  # fmt: skip
    session.add(estimate)
    await session.flush()
    option = EstimateOption(
        estimate_id=estimate.id, position=1, title="Kaikki", description=None, minutes=600, euros=1000
    )
    session.add(option)
    await session.flush()
    session.add(EstimateRow(option_id=option.id, price_group_id=group.id, minutes=600, unit_price=100, amount=1000))
    work.order.chosen_option_id = option.id
    await session.flush()


async def test_a_week_touches_only_the_cells_that_changed(session: AsyncSession) -> None:
    work = await make_work(session)
    same, other = await book(session, work, 60), await book(session, work, 30, day=TODAY, description="Lomakkeen osat")
    cells = [
        Cell(target_id=work.target.id, day=DAY, minutes=60, description=WORDS, entry_id=same.id),
        Cell(
            target_id=work.target.id,
            day=TODAY,
            minutes=45,
            description="Lomakkeen osat ja testit",
            entry_id=other.id,
            expected_version=other.version,
        ),
    ]
    await save_week(session, work.expert, cells, now=NOW)
    assert (same.state, other.state, work.target.booked) == (EntryState.BOOKED, EntryState.CORRECTED, 105)
