"""Booking and correcting, by the verbs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours.model import TimeEntry
from backend.hours.states import OWN_COST_RULES, EntryState, OwnCost
from backend.hours.target_verbs import close_target, define_target, instruct_target
from backend.hours.verbs import Booking, book_hours, correct_hours
from backend.kit.calendar import helsinki_date
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders.states import OrderState
from bench.statements import counting
from tests.hours.making import DAY, ORDERED_AT, WORDS, book, make_work, put_on_hold
from tests.making import NOW, make_organisation, make_price_group, supplier_expert, supplier_manager, tiera_key_user


async def refusal(booking: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await booking
    return refused.value


async def how_many(session: AsyncSession) -> int:
    return (await session.execute(sa.select(sa.func.count()).select_from(TimeEntry))).scalar_one()


async def test_an_entry_is_booked_on_the_account_of_its_order(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 90)
    assert (entry.state, entry.is_late, entry.is_without_permission) == (EntryState.BOOKED, True, False)
    assert (work.target.booked, work.target.approved) == (90, 0)
    event = (await session.scalars(sa.select(Event).where(Event.name == "time_entry.booked"))).one()
    assert (event.figures["minutes"], event.within_id, event.supplier_id) == (90, work.order.id, work.supplier.id)
    assert await ledger.disagreements(session) == []


async def test_a_booking_takes_seven_statements(session: AsyncSession) -> None:
    work = await make_work(session, 6_000)
    work.order.forecast_minutes = 3_000  # one that what is booked does not pass
    await book(session, work, 15, price_group_id=work.group.id)
    await session.flush()
    with counting() as sent:  # target, what holds on the day, the day, the entry, postings, Tiera's clock, the event
        await book(session, work, 15, price_group_id=work.group.id)
        await session.flush()
    assert len(sent) == 7, sent


@pytest.mark.rule("H11.7.3-b")
@pytest.mark.parametrize(
    ("order", "booked"),
    [
        ({"ordered_at": None, "state": OrderState.ESTIMATED}, {}),
        ({"state": OrderState.ORDERED}, {}),
        ({"state": OrderState.ACCEPTED}, {}),
        ({"state": OrderState.CANCELLED}, {}),
        ({}, {"day": helsinki_date(ORDERED_AT) - timedelta(1)}),
    ],
)
async def test_only_work_that_was_ordered_and_is_under_way_is_booked(
    session: AsyncSession, order: dict[str, Any], booked: dict[str, Any]
) -> None:
    work = await make_work(session, **order)
    refused = await refusal(book(session, work, **booked))
    assert [e.rule for e in refused.errors] == ["H11.7.3-b"]
    assert await how_many(session) == 0


@pytest.mark.rule("H11.7.3-a")
async def test_no_target_no_entry_and_none_after_it_was_closed(session: AsyncSession) -> None:
    work = await make_work(session)
    assert (await refusal(_book_on(session, work, 0))).code is Code.NOT_FOUND
    await close_target(session, await tiera_key_user(session), work.target.id, now=NOW - timedelta(days=3))
    assert [e.rule for e in (await refusal(book(session, work))).errors] == ["H11.7.3-a"]
    (told,) = await session.scalars(sa.select(Event).where(Event.name == "target.closed"))
    assert (told.subject_kind, told.subject_id) == ("Order", work.order.id)
    assert (told.from_state, told.to_state) == ("open", "closed")


async def _book_on(session: AsyncSession, work: Any, target_id: int, minutes: int = 60) -> TimeEntry:
    booking = Booking(target_id=target_id, day=DAY, minutes=minutes, description=WORDS)
    return await book_hours(session, work.expert, booking, now=NOW)


@pytest.mark.rule("H11.7.3-b")
async def test_another_suppliers_target_is_not_there(session: AsyncSession) -> None:
    work = await make_work(session)
    stranger = await supplier_expert(session, await make_organisation(session))
    assert (await refusal(book(session, work, by=stranger))).code is Code.NOT_FOUND


async def test_everything_that_is_wrong_is_said_at_once(session: AsyncSession) -> None:
    work = await make_work(session)
    refused = await refusal(book(session, work, 20, description="työ", day=date(2026, 12, 24)))
    assert [e.path for e in refused.errors] == [("booking", "minutes"), ("booking", "description"), ("booking", "day")]


@pytest.mark.rule("H11.7.3-d")
async def test_nobody_books_more_than_24_hours_a_day_over_all_targets(session: AsyncSession) -> None:
    work = await make_work(session)
    await book(session, work, 1380)
    key_user = await tiera_key_user(session)
    await define_target(session, key_user, work.agreement.id, OwnCost.BODIES, "Kokoukset", now=NOW)
    other = (await session.scalars(sa.select(Account.id).where(Account.about_kind == "OwnCostTarget"))).one()
    assert [e.rule for e in (await refusal(_book_on(session, work, other, 75))).errors] == ["H11.7.3-d"]
    await _book_on(session, work, other, 60)


@pytest.mark.rule("H11.8.3-d")
async def test_honest_time_above_the_ceiling_or_on_hold_is_recorded_and_marked(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=120)
    assert not (await book(session, work, 60)).is_without_permission
    await put_on_hold(session, work, forecast=180)
    assert (await book(session, work, 120)).is_without_permission
    assert (work.target.booked, work.target.granted) == (180, 120)


@pytest.mark.rule("H11.8.3-d")
async def test_the_entry_that_passes_the_ceiling_is_marked_and_one_that_reaches_it_is_not(
    session: AsyncSession,
) -> None:
    work = await make_work(session, ceiling=120)
    assert not (await book(session, work, 120)).is_without_permission
    await correct_hours(session, work.expert, await _only(session), minutes=60, now=NOW)
    crossing = await book(session, work, 75, description="Kenttien tarkistukset")
    assert crossing.is_without_permission and work.target.booked == 135


@pytest.mark.rule("H11.8.3-d")
async def test_a_correction_that_passes_the_ceiling_is_marked(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=120)
    entry = await book(session, work, 60)
    longer = await correct_hours(session, work.expert, entry.id, minutes=120, now=NOW)
    assert isinstance(longer, TimeEntry) and not longer.is_without_permission
    above = await correct_hours(session, work.expert, longer.id, minutes=135, now=NOW)
    assert isinstance(above, TimeEntry) and above.is_without_permission


async def _only(session: AsyncSession) -> int:
    return (await session.scalars(sa.select(TimeEntry.id))).one()


@pytest.mark.rule("H11.9-h", "H11.11-d")
@pytest.mark.parametrize("kind", [kind for kind in OwnCost if kind is not OwnCost.AGAINST_INSTRUCTION])
async def test_work_at_the_suppliers_own_cost_can_be_booked_and_its_account_is_never_billed(
    session: AsyncSession, kind: OwnCost
) -> None:
    work = await make_work(session)
    key_user = await tiera_key_user(session)
    target = await define_target(session, key_user, work.agreement.id, kind, "Uuden henkilön perehdytys", now=NOW)
    account = (await session.scalars(sa.select(Account).where(Account.about_kind == "OwnCostTarget"))).one()
    entry = await _book_on(session, work, account.id)
    assert (entry.order_id, entry.price_group_id, account.billable, account.booked) == (None, None, False, 60)
    assert (target.kind, account.rule) == (kind, OWN_COST_RULES[kind])


@pytest.mark.rule("H11.7.3-a")
async def test_tiera_says_how_to_book_on_an_orders_target_too_and_what_it_said_before_is_on_record(
    session: AsyncSession,
) -> None:
    work, key_user = await make_work(session), await tiera_key_user(session)
    for version, said in ((1, "Testaus kirjataan erikseen."), (2, " Testaus kirjataan erikseen. "), (2, None)):
        await instruct_target(session, key_user, work.target.id, version, said, now=NOW)
    assert work.target.instructions is None
    told = await session.execute(
        sa.select(Event.subject_kind, Event.figures["instructions_before"].astext)
        .where(Event.name == "target.instructed")
        .order_by(Event.id)
    )
    assert told.all() == [("Order", None), ("Order", "Testaus kirjataan erikseen.")], "the same again changes nothing"
    manager = await supplier_manager(session, work.supplier)
    refused = await refusal(instruct_target(session, manager, work.target.id, 3, "Kaikki yhteen.", now=NOW))
    assert refused.code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.7.3-a")
async def test_what_a_colleague_said_meanwhile_is_not_replaced_unseen(session: AsyncSession) -> None:
    work, key_user = await make_work(session), await tiera_key_user(session)
    await instruct_target(session, key_user, work.target.id, 1, "Testaus kirjataan erikseen.", now=NOW)
    refused = await refusal(instruct_target(session, key_user, work.target.id, 1, "Kaikki yhteen.", now=NOW))
    assert refused.code is Code.VERSION_CONFLICT
    assert work.target.instructions == "Testaus kirjataan erikseen."


@pytest.mark.rule("H11.7.3-a")
async def test_only_tiera_defines_targets(session: AsyncSession) -> None:
    work = await make_work(session)
    manager = await supplier_manager(session, work.supplier)
    refused = await refusal(define_target(session, manager, work.agreement.id, OwnCost.BODIES, "Kokoukset", now=NOW))
    assert refused.code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.7.3-b")
async def test_an_expert_books_own_hours_only_a_manager_others_too(session: AsyncSession) -> None:
    work = await make_work(session)
    colleague = await supplier_expert(session, work.supplier)
    refused = await refusal(book(session, work, person_id=colleague.person_id))
    assert refused.code is Code.NOT_PERMITTED
    manager = await supplier_manager(session, work.supplier)
    assert (await book(session, work, by=manager, person_id=colleague.person_id)).person_id == colleague.person_id


async def test_a_correction_keeps_the_old_value_and_links_to_it(session: AsyncSession) -> None:
    work = await make_work(session)
    old = await book(session, work, 60)
    new = await correct_hours(session, work.expert, old.id, minutes=45, now=NOW)
    assert isinstance(new, TimeEntry)
    assert (old.state, old.minutes, new.corrects_id, new.minutes) == (EntryState.CORRECTED, 60, old.id, 45)
    assert work.target.booked == 45
    assert await ledger.disagreements(session) == []


async def test_an_entry_can_be_taken_off(session: AsyncSession) -> None:
    work = await make_work(session)
    old = await book(session, work, 60)
    await correct_hours(session, work.expert, old.id, minutes=0, now=NOW)
    assert (old.state, work.target.booked, await how_many(session)) == (EntryState.CORRECTED, 0, 1)


async def test_a_correction_of_an_older_version_is_refused(session: AsyncSession) -> None:
    work = await make_work(session)
    old = await book(session, work, 60)
    correction = correct_hours(session, work.expert, old.id, minutes=30, expected_version=7, now=NOW)
    assert (await refusal(correction)).code is Code.VERSION_CONFLICT


async def test_the_price_group_last_used_on_a_target_is_the_default(session: AsyncSession) -> None:
    work = await make_work(session)
    junior = await make_price_group(session, work.agreement, "JUNIOR")
    assert [e.path for e in (await refusal(book(session, work))).errors] == [("booking", "price_group_id")]
    await book(session, work, price_group_id=junior.id)
    assert (await book(session, work)).price_group_id == junior.id


@pytest.mark.parametrize("now", [NOW.replace(day=23, hour=21, minute=30)])
async def test_the_day_of_booking_is_that_of_helsinki(session: AsyncSession, now: datetime) -> None:
    """Half past eleven in the evening there."""
    work = await make_work(session)
    assert not (await book(session, work, day=DAY, now=now)).is_late
