"""Several people at once, on a database that commits: nothing is placed, granted or numbered twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from backend.kit.database import Session, Sessions, make_engine, make_sessions
from backend.kit.entrance import Entered, Entrance
from backend.kit.faults import Code
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.orders import overrun_verbs, placing_verbs
from backend.orders.model import Order
from tests.making import NOW, make_agreement, make_price_group
from tests.orders.making import (
    SMALL,
    Parties,
    first_option,
    make_estimated,
    make_order_awaiting_overrun_decision,
    make_ordered,
    make_parties,
)
from tests.waiting import until_blocked


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url)
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
def entrance(sessions: Sessions) -> Entrance:
    return Entrance(sessions, clock=lambda: NOW)


async def prepare(sessions: Sessions, make: Callable[[Session], Any]) -> Any:
    """What the test starts from, committed."""
    async with sessions.begin() as session:
        return await make(session)


async def orders_to_place(session: Session, p: Parties, n: int) -> list[tuple[int, int]]:
    """Estimated orders with the option that each is placed by."""
    made = []
    for _ in range(n):
        order = await make_estimated(session, p)
        made.append((order.id, (await first_option(session, order)).id))
    return made


def place(entrance: Entrance, p: Parties, order_id: int, option_id: int, key: str | None = None) -> Any:
    return entrance.enter(p.contact, placing_verbs.place_order, key=key, order_id=order_id, option_id=option_id)


def outcome(entered: list[Entered]) -> list[str]:
    return sorted(each.errors[0].code if each.errors else "done" for each in entered)


async def agrees(sessions: Sessions) -> bool:
    async with sessions() as session:
        return await ledger.disagreements(session) == []


@pytest.mark.rule("H11.8.1-a")
async def test_two_people_place_the_same_order_and_one_does(sessions: Sessions, entrance: Entrance) -> None:
    p = await prepare(sessions, make_parties)
    ((order_id, option_id),) = await prepare(sessions, lambda s: orders_to_place(s, p, 1))
    entered = await asyncio.gather(*(place(entrance, p, order_id, option_id, key=f"try-{n}") for n in range(4)))
    assert outcome(entered) == ["done", *[Code.WRONG_STATE] * 3]
    async with sessions() as session:
        work = (await session.scalars(sa.select(Account).where(Account.purpose == "work"))).one()
        assert work.granted == SMALL
    assert await agrees(sessions)


async def test_the_same_request_sent_twice_places_one_order(sessions: Sessions, entrance: Entrance) -> None:
    p = await prepare(sessions, make_parties)
    ((order_id, option_id),) = await prepare(sessions, lambda s: orders_to_place(s, p, 1))
    entered = await asyncio.gather(*(place(entrance, p, order_id, option_id, key="once") for _ in range(2)))
    assert [each.thing().id for each in entered] == [order_id, order_id]
    again = await place(entrance, p, order_id, option_id, key="once")
    assert again.thing().id == order_id
    other = await place(entrance, p, order_id + 1, option_id, key="once")
    assert other.errors[0].code is Code.IDEMPOTENCY_KEY_REUSED


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.rule("D3-a")
@pytest.mark.parametrize("limits", [{"most_euros_a_year": Decimal(20_000)}, {"greatest_total": Decimal(20_000)}])
async def test_orders_at_once_never_pass_the_rights_year_or_the_agreements_total(
    sessions: Sessions, entrance: Entrance, limits: dict[str, Any]
) -> None:
    p = await prepare(sessions, lambda s: make_parties(s, **limits))
    prepared = await prepare(sessions, lambda s: orders_to_place(s, p, 6))
    entered = await asyncio.gather(*(place(entrance, p, *each) for each in prepared))
    assert outcome(entered) == [*[Code.BROKEN_RULE] * 4, "done", "done"]  # two of 6,750 € fit, a third does not
    async with sessions() as session:
        numbers = await session.scalars(sa.select(Order.number).where(Order.number.is_not(None)).order_by(Order.number))
        assert numbers.all() == ["TIL-2026-00001", "TIL-2026-00002"]
        sums = await session.scalars(sa.select(Account.booked).where(Account.purpose.in_(["total", "year:2026"])))
        assert sums.all() == [1_350_000, 1_350_000]
    assert await agrees(sessions)


@pytest.mark.rule("D3-a")
async def test_the_agreements_total_is_held_before_the_rights_year_whichever_was_opened_first(
    sessions: Sessions, entrance: Entrance
) -> None:
    async def two_agreements(session: Session) -> tuple[Parties, Order]:
        p = await make_parties(session)
        await make_ordered(session, p)
        agreement = await make_agreement(session, p.supplier)
        other = replace(p, agreement=agreement, senior=await make_price_group(session, agreement))
        return p, await make_ordered(session, other)

    p, order = await prepare(sessions, two_agreements)
    async with sessions.begin() as session:
        total = sa.and_(Account.about_id == order.agreement_id, Account.purpose == "total")
        await ledger.lock(session, total)
        cancelling = asyncio.create_task(
            entrance.enter(p.contact, placing_verbs.cancel_order, order_id=order.id, reason="It is not needed.")
        )
        await until_blocked(sessions)
        year = sa.select(Account.id).where(Account.purpose == "year:2026")
        assert await session.scalar(year.with_for_update(key_share=True, nowait=True))
    assert (await cancelling).errors == ()
    assert await agrees(sessions)


@pytest.mark.rule("H11.8.3-a")
async def test_numbers_have_no_gaps_whatever_is_refused_on_the_way(sessions: Sessions, entrance: Entrance) -> None:
    p = await prepare(sessions, lambda s: make_parties(s, most_euros_a_year=Decimal(50_000)))
    prepared = await prepare(sessions, lambda s: orders_to_place(s, p, 10))
    await asyncio.gather(*(place(entrance, p, *each) for each in prepared))
    async with sessions() as session:
        numbers = await session.scalars(sa.select(Order.number).where(Order.number.is_not(None)).order_by(Order.number))
        assert numbers.all() == [f"TIL-2026-{n:05}" for n in range(1, 8)]


@pytest.mark.rule("H11.8.3-d")
async def test_two_people_decide_one_overrun_and_one_decision_holds(sessions: Sessions, entrance: Entrance) -> None:
    p = await prepare(sessions, make_parties)
    overrun = await prepare(sessions, lambda s: make_order_awaiting_overrun_decision(s, p, SMALL - 900))
    entered = await asyncio.gather(
        *(
            entrance.enter(
                actor, overrun_verbs.decide_overrun, overrun_id=overrun.id, minutes=minutes, reason="It is needed."
            )
            for actor, minutes in ((p.contact, 600), (p.tiera_manager, 300), (p.contact, 0))
        )
    )
    assert outcome(entered) == ["done", Code.WRONG_STATE, Code.WRONG_STATE]
    async with sessions() as session:
        decided = (await session.get_one(type(overrun), overrun.id)).granted_minutes or 0
        work = (await session.scalars(sa.select(Account).where(Account.purpose == "work"))).one()
        assert work.granted == SMALL - 900 + decided
    assert await agrees(sessions)


@pytest.mark.rule("H11.8.1-f")
async def test_two_orders_confirmed_at_once_by_one_identifier_leave_it_to_one(
    sessions: Sessions, entrance: Entrance
) -> None:
    p = await prepare(sessions, make_parties)
    prepared = await prepare(sessions, lambda s: orders_to_place(s, p, 2))
    await asyncio.gather(*(place(entrance, p, *each) for each in prepared))
    entered = await asyncio.gather(
        *(
            entrance.enter(p.supplier_manager, placing_verbs.confirm_order, order_id=order_id, supplier_number="A-1")
            for order_id, _ in prepared
        )
    )
    assert outcome(entered) == [Code.BROKEN_RULE, "done"]
