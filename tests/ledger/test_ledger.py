"""Whatever is booked, approved, billed and given back: billed ≤ approved ≤ granted, and nothing is billed twice."""

import asyncio
import random
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.kit.database import Session, make_engine, make_sessions
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.holding import Wanted, hold
from backend.ledger.model import Account, Portion, Reservation, Unit
from tests.ledger import holding

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORDER, ENTRY, LINE = Ref("Order", 1), Ref("TimeEntry", 1), Ref("InvoiceLine", 1)
DAY = date(2026, 11, 3)
KEYS = count()


async def an_account(session: Session, granted: int = 600, **options: Any) -> Account:
    account = await ledger.open_account(session, ORDER, "work", Unit.MINUTES, **options)
    if granted:
        await ledger.grant(session, account, granted, Ref("Order", 1), key="grant:1", at=AT)
    return account


async def book_and_approve(
    session: Session, account: Account, amount: int, entry: Ref, day: date = DAY
) -> list[Portion]:
    await ledger.book(session, account, amount, entry, key=f"book:{entry}", at=AT)
    return await ledger.approve(session, account, amount, entry, day=day, key=f"approve:{entry}", at=AT)


@pytest.mark.rule("H11.8.3-d")
async def test_more_than_the_grants_is_never_approved(session: Session) -> None:
    account = await an_account(session, 60)
    await ledger.book(session, account, 75, ENTRY, key="book", at=AT)
    assert not account.has_room_for(75)
    account.approved += 75
    with pytest.raises(IntegrityError, match="within_grant"):
        await session.flush()


async def test_approval_uses_up_the_oldest_grant_first_and_says_which(session: Session) -> None:
    account = await an_account(session, 60)
    second = await ledger.grant(session, account, 90, Ref("Overrun", 7), key="grant:2", at=AT)
    portions = await book_and_approve(session, account, 100, ENTRY)
    assert [(p.amount, p.grant_id == second) for p in portions] == [(60, False), (40, True)]
    assert account.grant_left == 50


@pytest.mark.rule("H11.8.3-b")
async def test_a_lowered_ceiling_takes_of_the_newest_grant_before_it(session: Session) -> None:
    account = await an_account(session, 60)
    second = await ledger.grant(session, account, 90, Ref("Overrun", 7), key="grant:2", at=AT)
    await ledger.grant(session, account, -100, Ref("Revision", 3), key="grant:3", at=AT)
    await ledger.book(session, account, 100, ENTRY, key="book", at=AT)
    assert list((await ledger.grants_of(session, account)).values()) == [50, 0, 0]
    third = await ledger.grant(session, account, 30, Ref("Overrun", 8), key="grant:4", at=AT)
    assert list((await ledger.grants_of(session, account)).values()) == [50, 0, 0, 30]
    portions = await ledger.approve(session, account, 80, ENTRY, day=DAY, key="approve", at=AT)
    assert [(p.amount, p.grant_id == third) for p in portions] == [(50, False), (30, True)]
    assert all(p.grant_id != second for p in portions)
    assert account.grant_left == 0
    with pytest.raises(ValueError, match="more than the grants leave is"):
        await ledger.approve(session, account, 15, ENTRY, day=DAY, key="more", at=AT)


@pytest.mark.rule("H11.9-h")
async def test_what_is_at_the_suppliers_own_cost_is_never_billed(session: Session) -> None:
    account = await an_account(session, 0, billable=False, limited=False)
    portions = await book_and_approve(session, account, 60, ENTRY)
    await holding.reserve(session, LINE, portions, 60, at=AT)
    with pytest.raises(IntegrityError, match="own_cost_is_never_billed"):
        await holding.take(session, LINE, key="take", at=AT)


async def test_a_line_takes_the_oldest_days_first_and_splits_the_last(session: Session) -> None:
    account = await an_account(session)
    await book_and_approve(session, account, 120, Ref("TimeEntry", 2), date(2026, 11, 5))
    await book_and_approve(session, account, 60, Ref("TimeEntry", 3), date(2026, 11, 2))
    free = await ledger.free_portions(session, account)
    held = await holding.reserve(session, LINE, free, 90, at=AT)
    assert [(p.source_id, p.amount) for p in held] == [(3, 60), (2, 30)]
    assert [p.amount for p in await ledger.free_portions(session, account)] == [90]
    assert await holding.take(session, LINE, key="take", at=AT) == 90
    assert account.billed == 90


async def test_a_portion_held_by_a_line_cannot_be_held_by_another(session: Session) -> None:
    account = await an_account(session)
    portions = await book_and_approve(session, account, 60, ENTRY)
    await holding.reserve(session, LINE, portions, 60, at=AT)
    with pytest.raises(IntegrityError, match="uq_reservations_unreleased"):
        await holding.reserve(session, Ref("InvoiceLine", 2), portions, 60, at=AT)


async def test_what_is_held_is_a_portion(session: Session) -> None:
    (portion,) = await book_and_approve(session, await an_account(session), 60, ENTRY)
    session.add_all(
        Reservation(portion_id=id, line_kind=LINE.kind, line_id=LINE.id, reserved_at=AT)
        for id in (portion.id, portion.id + 1)
    )
    with pytest.raises(IntegrityError, match="what is held is no portion"):
        await session.flush()


@pytest.mark.parametrize("removal", ["DELETE FROM portions", "TRUNCATE portions CASCADE"])
async def test_a_portion_is_never_removed(session: Session, removal: str) -> None:
    await book_and_approve(session, await an_account(session), 60, ENTRY)
    with pytest.raises(DBAPIError, match="never removed"):
        await session.execute(sa.text(removal))


async def test_no_more_of_a_portion_is_held_than_it_has(session: Session) -> None:
    (portion,) = await book_and_approve(session, await an_account(session), 60, ENTRY)
    for first, second in ((60, 60), (60, 15), (45, 30)):
        wanted = [Wanted(line_id, portion.id, amount, 60) for line_id, amount in ((1, first), (2, second))]
        with pytest.raises(ValueError, match="not as much"):
            await hold(session, LINE.kind, wanted, at=AT)


async def test_what_is_released_can_be_billed_anew(session: Session) -> None:
    account = await an_account(session)
    portions = await book_and_approve(session, account, 60, ENTRY)
    await holding.reserve(session, LINE, portions, 60, at=AT)
    await holding.take(session, LINE, key="take", at=AT)
    assert await holding.release(session, LINE, key="credit", at=AT) == 60
    assert account.billed == 0
    other = Ref("InvoiceLine", 2)
    await holding.reserve(session, other, await ledger.free_portions(session, account), 60, at=AT)
    assert await holding.take(session, other, key="take2", at=AT) == 60


async def test_an_approval_is_taken_back_only_where_no_line_holds_it(session: Session) -> None:
    account = await an_account(session)
    await book_and_approve(session, account, 60, ENTRY)
    held = await book_and_approve(session, account, 30, Ref("TimeEntry", 2))
    await holding.reserve(session, LINE, held, 30, at=AT)
    assert await ledger.withdraw_approval(session, account, ENTRY, key="withdraw", at=AT) == 60
    assert await ledger.withdraw_approval(session, account, Ref("TimeEntry", 2), key="withdraw2", at=AT) == 0
    assert (account.approved, account.booked) == (30, 90)


async def test_a_posting_is_made_once_for_its_key(session: Session) -> None:
    account = await an_account(session)
    await ledger.book(session, account, 15, ENTRY, key="same", at=AT)
    with pytest.raises(IntegrityError, match="uq_postings_key"):
        async with session.begin_nested():
            await ledger.book(session, account, 15, ENTRY, key="same", at=AT)
    assert await ledger.disagreements(session) == []


@pytest.mark.long
@pytest.mark.rule("D11.9-e")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_many_at_once_never_bill_more_than_was_approved_nor_anything_twice(database_url: str, seed: int) -> None:
    """Eight actors book, approve, grant, reserve, take, release and withdraw at random on three accounts."""
    engine = make_engine(database_url, pool_size=8)
    sessions = make_sessions(engine)
    lines = count(1)
    abouts = [Ref("Order", 1_000_000 + (seed % 1000) * 10 + n) for n in range(3)]

    async def act(dice: random.Random) -> None:
        about = dice.choice(abouts)
        key, amount = str(next(KEYS)), dice.randrange(15, 300, 15)
        step = dice.randrange(7)
        async with sessions.begin() as session:
            if step == 0:
                await holding.release(session, Ref("InvoiceLine", dice.randrange(1, 40)), key=key, at=AT)
                return
            account = await ledger.open_account(session, about, "work", Unit.MINUTES)
            match step:
                case 1:
                    lowered = min(amount, account.grant_left or 0)
                    granted = dice.choice([amount, -lowered]) if lowered else amount
                    await ledger.grant(session, account, granted, about, key=key, at=AT)
                    assert sum((await ledger.grants_of(session, account)).values()) == account.granted
                case 2:
                    await ledger.book(session, account, amount, ENTRY, key=key, at=AT)
                case 3:
                    amount = min(amount, account.grant_left or 0, account.booked - account.approved)
                    if amount > 0:
                        await ledger.approve(session, account, amount, ENTRY, day=DAY, key=key, at=AT)
                case 4 | 5:
                    line = Ref("InvoiceLine", next(lines))
                    await holding.reserve(session, line, await ledger.free_portions(session, account), amount, at=AT)
                    if step == 4:
                        await holding.take(session, line, key=key, at=AT)
                case 6:
                    await ledger.withdraw_approval(session, account, ENTRY, key=key, at=AT)

    async def actor(number: int) -> None:
        dice = random.Random(seed + number)
        for _ in range(12):
            await act(dice)

    try:
        await asyncio.gather(*(actor(n) for n in range(8)))
        async with sessions() as session:
            assert await ledger.disagreements(session) == []
            held_twice = (
                sa.select(Reservation.portion_id)
                .where(Reservation.released_at.is_(None))
                .group_by(Reservation.portion_id)
                .having(sa.func.count() > 1)
            )
            assert (await session.scalars(held_twice)).all() == []
            live = sa.select(Portion.account_id, sa.func.sum(Portion.amount)).where(Portion.ended_at.is_(None))
            rows = await session.execute(live.group_by(Portion.account_id))
            approved = dict(list(rows.all()))
            for account in (await session.scalars(sa.select(Account))).all():
                assert approved.get(account.id, 0) == account.approved <= (account.granted or 0)
                assert account.billed <= account.approved
    finally:
        await engine.dispose()
