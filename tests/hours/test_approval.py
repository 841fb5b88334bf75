"""Approving, returning and taking back, by the verbs."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours import figures
from backend.hours.approval_verbs import approve_hours, return_hours, take_approval_back
from backend.hours.deadlines import APPROVAL
from backend.hours.model import TimeEntry
from backend.hours.queries import is_same_text
from backend.hours.states import EntryState, LeftOut, OwnCost
from backend.hours.target_verbs import define_target
from backend.hours.verbs import Booking, book_hours, correct_hours
from backend.kit.calendar import helsinki_date
from backend.kit.conditions import rows_of
from backend.kit.database import make_engine, make_sessions
from backend.kit.deadlines import Deadline
from backend.kit.entrance import Entrance
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Portion, Posting
from tests.hours.making import DAY, accept_change, book, decide_overrun, make_work, put_on_hold
from tests.ledger import holding
from tests.making import NOW, make_terms, supplier_manager


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await act
    return refused.value


@pytest.mark.rule("H11.7.3-g")
async def test_approved_entries_are_locked_and_their_portions_name_the_grant(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work, 90)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    assert (entry.state, entry.approval_id, approval.minutes) == (EntryState.APPROVED, approval.id, 90)
    portion = (await session.scalars(sa.select(Portion))).one()
    grant = await session.get_one(Posting, portion.grant_id)
    assert (portion.source_id, portion.amount, grant.source_kind) == (entry.id, 90, "Order")
    assert (await refusal(correct_hours(session, work.expert, entry.id, minutes=30, now=NOW))).code is Code.WRONG_STATE


@pytest.mark.rule("H11.8.3-d")
async def test_an_entry_is_split_at_the_ceiling_and_the_rest_waits(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=100)
    entry = await book(session, work, 150)
    await approve_hours(session, work.manager, [entry.id], now=NOW)
    rest = (await session.scalars(sa.select(TimeEntry).where(TimeEntry.split_from_id == entry.id))).one()
    assert (entry.minutes, entry.state, rest.minutes, rest.state) == (100, EntryState.APPROVED, 50, EntryState.BOOKED)
    assert (work.target.booked, work.target.approved) == (150, 100)
    assert rest.is_without_permission
    its = rows_of(TimeEntry)
    same = sa.select(its.c.id).where(is_same_text(its.c))
    assert (await session.scalars(same)).all() == [], "the rest is no other work"
    other = await book(session, work, 60)
    assert set((await session.scalars(same)).all()) == {entry.id, rest.id, other.id}
    assert [e.rule for e in (await refusal(approve_hours(session, work.manager, [rest.id], now=NOW))).errors] == [
        "H11.8.3-d"
    ]


@pytest.mark.rule("H11.7.3-c", "H11.8.3-d")
async def test_what_is_split_twice_is_no_other_work_either(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=100)
    entry = await book(session, work, 150)
    await approve_hours(session, work.manager, [entry.id], now=NOW)
    (rest,) = await session.scalars(sa.select(TimeEntry).where(TimeEntry.split_from_id.is_not(None)))
    await decide_overrun(session, work, 20, covers=True, at=NOW + timedelta(hours=1))
    await approve_hours(session, work.manager, [rest.id], now=NOW + timedelta(hours=2))
    its = rows_of(TimeEntry)
    split_from = list(await session.scalars(sa.select(its.c.split_from_id).order_by(its.c.id)))
    assert (rest.minutes, split_from) == (20, [None, entry.id, entry.id])
    assert (await session.scalars(sa.select(its.c.id).where(is_same_text(its.c)))).all() == []


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.parametrize("covers", [True, False])
@pytest.mark.parametrize("decide", [decide_overrun, accept_change])
async def test_work_done_on_hold_is_approved_only_if_the_decision_covers_it(
    session: AsyncSession, covers: bool, decide: Callable[..., Awaitable[Any]]
) -> None:
    work = await make_work(session, ceiling=60)
    await put_on_hold(session, work, forecast=180)
    below, above = await book(session, work, 60), await book(session, work, 60, description="Kenttien tarkistukset")
    await decide(session, work, 120, covers=covers, at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    work.order.forecast_minutes = 60
    after = await book(session, work, 60, description="Työ päätöksen jälkeen", day=helsinki_date(later), now=later)
    approval = await approve_hours(session, work.manager, [below.id, above.id, after.id], now=later)
    states = [entry.state for entry in (below, above, after)]
    if covers:
        assert states == [EntryState.APPROVED] * 3
    else:
        assert states == [EntryState.APPROVED, EntryState.BOOKED, EntryState.APPROVED]
        assert approval.left_out == {str(above.id): LeftOut.WITHOUT_PERMISSION}


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.parametrize("covers", [True, False])
async def test_what_one_booking_has_above_the_ceiling_is_approved_only_if_the_decision_covers_it(
    session: AsyncSession, covers: bool
) -> None:
    """The booking that passes the ceiling came before the hold: what it has above it was done before the decision."""
    work = await make_work(session, ceiling=60)
    entry = await book(session, work, 150)
    await decide_overrun(session, work, 120, covers=covers, at=NOW + timedelta(hours=1))
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW + timedelta(hours=2))
    assert (approval.minutes, work.target.approved) == ((150, 150) if covers else (60, 60))
    assert list(approval.left_out.values()) == ([] if covers else [LeftOut.WITHOUT_PERMISSION])


@pytest.mark.rule("H11.8.3-d")
async def test_a_change_of_the_order_does_not_undo_that_a_decision_covered_nothing(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=60)
    entry = await book(session, work, 120)
    await decide_overrun(session, work, 60, covers=False, at=NOW + timedelta(hours=1))
    await accept_change(session, work, 60, covers=False, at=NOW + timedelta(hours=2))
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW + timedelta(hours=3))
    assert (approval.minutes, list(approval.left_out.values())) == (60, [LeftOut.WITHOUT_PERMISSION])
    await accept_change(session, work, 15, covers=True, at=NOW + timedelta(hours=4), ordinal=2)
    rest = (await session.scalars(sa.select(TimeEntry).where(TimeEntry.split_from_id == entry.id))).one()
    covered = await approve_hours(session, work.manager, [rest.id], now=NOW + timedelta(hours=5))
    assert (covered.minutes, work.target.approved) == (15, 75)


@pytest.mark.rule("H11.8.3-d")
async def test_a_decision_whose_grant_was_lowered_away_since_leaves_nothing_uncovered(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=60)
    entry = await book(session, work, 45)
    await decide_overrun(session, work, 60, covers=False, at=NOW + timedelta(hours=1))
    source = Ref("Revision", 10_000)
    await ledger.grant(session, work.target, -90, source, key=str(source), at=NOW + timedelta(hours=2))
    assert await figures.left_out_of(session, work.target) == 0
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW + timedelta(hours=3))
    assert (approval.minutes, list(approval.left_out.values())) == (30, [LeftOut.ABOVE_CEILING])


@pytest.mark.rule("H11.8.3-d")
async def test_work_that_is_kept_back_until_the_decision_is_not_covered_by_it(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=60)
    below = await book(session, work, 60)
    await decide_overrun(session, work, 120, covers=False, at=NOW)
    later = NOW + timedelta(hours=1)
    kept_back = await book(session, work, 60, description="Kenttien tarkistukset", day=DAY - timedelta(1), now=later)
    approval = await approve_hours(session, work.manager, [below.id], now=later)
    assert approval.left_out == {}
    refused = await refusal(approve_hours(session, work.manager, [kept_back.id], now=later))
    assert [error.rule for error in refused.errors] == ["H11.8.3-d"]


@pytest.mark.rule("H11.8.3-d")
async def test_work_below_the_old_ceiling_is_approved_whatever_was_approved_before_it(session: AsyncSession) -> None:
    """Later work has used up the first grant: what was done before the decision has the old ceiling all the same."""
    work = await make_work(session, ceiling=120)
    await decide_overrun(session, work, 60, covers=False, at=NOW)
    later = NOW + timedelta(hours=1)
    after = await book(session, work, 120, description="Työ päätöksen jälkeen", day=helsinki_date(later), now=later)
    await approve_hours(session, work.manager, [after.id], now=later)
    late = await book(session, work, 90, description="Unohtunut kirjaus", day=DAY - timedelta(1), now=later)
    approval = await approve_hours(session, work.manager, [late.id], now=later)
    assert (approval.minutes, work.target.approved, list(approval.left_out.values())) == (60, 180, ["above_ceiling"])
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 15, 54])
async def test_what_an_approval_will_leave_uncovered_is_known_before_it(session: AsyncSession, seed: int) -> None:
    """Bookings and decisions in any order, ceilings lowered between them, some work approved, some done early."""
    chance = random.Random(seed)
    work = await make_work(session, ceiling=chance.choice([60, 120, 240]))
    waiting: list[TimeEntry] = []
    for n in range(10):
        now = NOW + timedelta(hours=n)
        match chance.choice(["book", "book", "book", "decide", "lower", "approve"]):
            case "book":
                day = DAY - timedelta(chance.randrange(3))
                minutes = chance.choice([15, 60, 120])
                waiting.append(await book(session, work, minutes, day=day, now=now, description=f"Lomakkeen osa {n}"))
            case "decide":
                covers = chance.random() < 0.2
                decide = chance.choice([decide_overrun, accept_change])
                await decide(session, work, chance.choice([30, 90]), covers=covers, at=now, ordinal=n)
            case "lower" if (free := (work.target.granted or 0) - work.target.approved) > 0:
                source = Ref("Revision", 10_000 + n)
                await ledger.grant(session, work.target, -min(free, 75), source, key=f"{source}", at=now)
            case "approve" if waiting and work.target.has_room_for(1):
                entry = waiting.pop(chance.randrange(len(waiting)))
                with contextlib.suppress(Refusal):
                    await approve_hours(session, work.manager, [entry.id], now=now)
    now = NOW + timedelta(hours=10)
    first, last = DAY - timedelta(1), DAY
    left = figures.left_uncovered(Account, first=first, last=last)
    foretold = await session.scalar(sa.select(left).where(Account.id == work.target.id))
    shown = sa.and_(
        TimeEntry.account_id == work.target.id,
        TimeEntry.state == EntryState.BOOKED,
        TimeEntry.day.between(first, last),
    )
    ids = (await session.scalars(sa.select(TimeEntry.id).where(shown))).all()
    minutes = await session.scalar(sa.select(sa.func.sum(TimeEntry.minutes)).where(shown)) or 0
    over = max(minutes - (work.target.granted or 0) + work.target.approved, 0)
    with contextlib.suppress(Refusal):
        await approve_hours(session, work.manager, ids, now=now)
    waits = await session.scalar(sa.select(sa.func.sum(TimeEntry.minutes)).where(shown)) or 0
    assert max(foretold or 0, over) == waits


@pytest.mark.rule("H11.7.3-g")
async def test_a_returned_entry_has_a_reason_and_is_corrected_not_approved(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    assert (await refusal(return_hours(session, work.manager, [entry.id], "  ", now=NOW))).code is Code.REQUIRED
    await return_hours(session, work.manager, [entry.id], "Väärä kohde", now=NOW)
    assert (entry.state, entry.return_reason) == (EntryState.RETURNED, "Väärä kohde")
    assert (await refusal(approve_hours(session, work.manager, [entry.id], now=NOW))).code is Code.BROKEN_RULE
    await correct_hours(session, work.expert, entry.id, minutes=45, now=NOW)
    assert entry.state is EntryState.CORRECTED


@pytest.mark.rule("H11.9-h")
async def test_work_at_the_suppliers_own_cost_is_approved_and_never_billed(session: AsyncSession) -> None:
    work = await make_work(session)
    await define_target(session, work.manager, work.agreement.id, OwnCost.BODIES, "Kokoukset", now=NOW)
    account = (await session.scalars(sa.select(Account).where(Account.about_kind == "OwnCostTarget"))).one()
    booking = Booking(target_id=account.id, day=DAY, minutes=90, description="Ohjausryhmän kokous ja sen muistio")
    entry = await book_hours(session, work.expert, booking, now=NOW)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    assert (entry.state, approval.minutes, account.approved, account.billed) == (EntryState.APPROVED, 90, 90, 0)
    held = await ledger.free_portions(session, account)
    await holding.reserve(session, Ref("InvoiceLine", 1), held, 90, at=NOW)
    with pytest.raises(IntegrityError):
        await holding.take(session, Ref("InvoiceLine", 1), key="billed", at=NOW)


@pytest.mark.rule("H11.7.3-g")
async def test_what_was_split_off_above_the_ceiling_is_among_what_was_left_out(session: AsyncSession) -> None:
    work = await make_work(session, ceiling=100)
    entry = await book(session, work, 150)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    rest = (await session.scalars(sa.select(TimeEntry).where(TimeEntry.split_from_id == entry.id))).one()
    assert approval.left_out == {str(rest.id): LeftOut.ABOVE_CEILING}


@pytest.mark.rule("H11.7.3-g")
async def test_the_hours_of_one_supplier_are_approved_at_a_time(session: AsyncSession) -> None:
    one, other = await make_work(session), await make_work(session, number="TIL-2026-90002")
    entries = [await book(session, one), await book(session, other)]
    refused = await refusal(approve_hours(session, one.manager, [entry.id for entry in entries], now=NOW))
    assert refused.code is Code.INVALID
    assert {entry.state for entry in entries} == {EntryState.BOOKED}


@pytest.mark.rule("H11.7.3-g")
async def test_the_supplier_approves_nothing(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    manager = await supplier_manager(session, work.supplier)
    assert (await refusal(approve_hours(session, manager, [entry.id], now=NOW))).code is Code.NOT_PERMITTED
    assert entry.state is EntryState.BOOKED


@pytest.mark.rule("H11.7.3-g")
async def test_an_approval_is_taken_back_within_a_minute_and_not_later(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    late = take_approval_back(session, work.manager, approval.id, now=NOW + timedelta(seconds=61))
    assert [e.rule for e in (await refusal(late)).errors] == ["H11.7.3-g"]
    await take_approval_back(session, work.manager, approval.id, now=NOW + timedelta(seconds=59))
    assert (entry.state, work.target.approved) == (EntryState.BOOKED, 0)
    again = await approve_hours(session, work.manager, [entry.id], now=NOW + timedelta(seconds=70))
    assert again.minutes == 60
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.7.3-g")
async def test_how_long_an_approval_can_be_taken_back_is_a_term_of_the_agreement(session: AsyncSession) -> None:
    work = await make_work(session)
    await make_terms(session, work.agreement, {"withdraw_seconds": 600})
    entry = await book(session, work)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    assert approval.revocable_until == NOW + timedelta(seconds=600)
    await take_approval_back(session, work.manager, approval.id, now=NOW + timedelta(seconds=61))


async def test_an_approval_that_a_line_holds_is_not_taken_back(session: AsyncSession) -> None:
    work = await make_work(session)
    entry = await book(session, work)
    approval = await approve_hours(session, work.manager, [entry.id], now=NOW)
    free = await ledger.free_portions(session, work.target)
    await holding.reserve(session, Ref("InvoiceLine", 1), free, 15, at=NOW)
    assert (await refusal(take_approval_back(session, work.manager, approval.id, now=NOW))).code is Code.BROKEN_RULE


@pytest.mark.rule("H11.7.3-g")
async def test_the_clock_of_a_month_stops_when_nothing_of_it_waits(session: AsyncSession) -> None:
    work = await make_work(session)
    first, second = await book(session, work), await book(session, work, description="Toinen lomake ja sen kentät")
    deadline = (await session.scalars(sa.select(Deadline).where(Deadline.kind == APPROVAL))).one()
    await approve_hours(session, work.manager, [first.id], now=NOW)
    await session.refresh(deadline)
    assert deadline.met_at is None
    await approve_hours(session, work.manager, [second.id], now=NOW)
    await session.refresh(deadline)
    assert deadline.met_at == NOW


async def test_two_who_approve_the_same_entries_at_once_approve_them_once(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=6)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        work = await make_work(session, ceiling=300)
        ids = [(await book(session, work, 60, description=f"Lomakkeen osa {n}")).id for n in range(6)]
    entrance = Entrance(sessions, lambda: NOW)
    await asyncio.gather(*(entrance.enter(work.manager, approve_hours, entry_ids=ids) for _ in range(4)))
    async with sessions() as session:
        account = await session.get_one(Account, work.target.id)
        assert (account.booked, account.approved) == (360, 300)
        assert await ledger.disagreements(session) == []
        portions = (await session.scalars(sa.select(sa.func.sum(Portion.amount)))).one()
        assert portions == 300
    await engine.dispose()
