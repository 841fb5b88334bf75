"""Whatever is forecast, booked, asked and decided: the ceiling is what was granted, and nothing else."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.database import make_engine
from backend.kit.faults import Refusal
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Posting, PostingKind
from backend.orders import overrun_verbs, revision_verbs
from backend.orders.model import WORK, Order
from backend.orders.overrun_model import Overrun, Revision
from backend.orders.states import OPEN_REVISIONS, OverrunState
from tests.making import NOW
from tests.orders.making import Parties, book, forecast, make_order_in_progress, make_parties
from tests.orders.test_revisions import change

START = 1_200
quarters = st.integers(1, 60).map(lambda n: n * 15)
steps = st.one_of(
    st.tuples(st.just("book"), quarters),
    st.tuples(st.just("forecast"), quarters),
    st.tuples(st.just("ask"), quarters),
    st.tuples(st.just("decide"), st.integers(0, 60).map(lambda n: n * 15)),
    st.tuples(st.just("withdraw"), st.just(0)),
    st.tuples(st.just("change"), st.integers(-40, 40).map(lambda n: n * 15)),
    st.tuples(st.just("accept"), st.just(0)),
)


async def open_one(session: AsyncSession, thing: Any, order: Order, *conditions: Any) -> int:
    found = await session.scalar(sa.select(thing.id).where(thing.order_id == order.id, *conditions))
    return int(found or 0)


async def act(session: AsyncSession, p: Parties, order: Order, what: str, minutes: int) -> None:
    overrun_id = await open_one(session, Overrun, order, Overrun.state == OverrunState.REQUESTED)
    revision_id = await open_one(session, Revision, order, Revision.state.in_(OPEN_REVISIONS))
    match what:
        case "book":
            await book(session, p, order, minutes)
        case "forecast":
            await forecast(session, p, order, minutes)
        case "ask":
            await overrun_verbs.request_overrun(
                session, p.supplier_manager, order_id=order.id, minutes=minutes, reason="It grew.", now=NOW
            )
        case "decide":
            await overrun_verbs.decide_overrun(
                session, p.contact, overrun_id=overrun_id, minutes=minutes, reason="It is needed.", now=NOW
            )
        case "withdraw":
            await overrun_verbs.withdraw_overrun(session, p.supplier_manager, overrun_id=overrun_id, now=NOW)
        case "change":
            await revision_verbs.propose_revision(
                session,
                p.supplier_manager,
                order_id=order.id,
                change=change(order, minutes_change=minutes),
                reason="It grew.",
                now=NOW,
            )
        case "accept":
            await revision_verbs.accept_revision(session, p.contact, revision_id=revision_id, now=NOW)


async def holds(session: AsyncSession, order: Order) -> None:
    work = (
        await session.scalars(
            sa.select(Account).where(
                Account.about_kind == "Order", Account.about_id == order.id, Account.purpose == WORK
            )
        )
    ).one()
    grants = sa.select(sa.func.sum(Posting.amount)).where(
        Posting.account_id == work.id, Posting.kind == PostingKind.GRANT
    )
    approved = sa.select(sa.func.coalesce(sa.func.sum(Overrun.granted_minutes), 0)).where(
        Overrun.order_id == order.id, Overrun.state == OverrunState.APPROVED
    )
    revised = sa.select(sa.func.coalesce(sa.func.sum(Revision.minutes_change), 0)).where(
        Revision.order_id == order.id, Revision.state == "accepted"
    )
    ceiling = work.granted
    assert ceiling == await session.scalar(grants)
    assert ceiling == START + int(await session.scalar(approved) or 0) + int(await session.scalar(revised) or 0)
    await session.flush()
    await session.refresh(order)
    assert order.covered_minutes == ceiling
    assert order.is_on_hold == ((order.forecast_minutes or 0) > (ceiling or 0))
    total = await session.scalar(sa.select(Account.booked).where(Account.purpose == "total"))
    assert total == int((order.committed_euros or 0) * 100)
    assert await ledger.disagreements(session) == []


async def run(url: str, sequence: list[tuple[str, int]]) -> None:
    engine = make_engine(url, pool_size=1, max_overflow=0)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            p = await make_parties(session)
            order = await make_order_in_progress(session, p, START)
            for what, minutes in sequence:
                try:
                    async with session.begin_nested():
                        await act(session, p, order, what, minutes)
                except Refusal:
                    await session.refresh(order)
                await holds(session, order)
        await transaction.rollback()
    await engine.dispose()


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=14))
def test_the_ceiling_is_the_sum_of_what_was_granted(shared_database_url: str, sequence: list[tuple[str, int]]) -> None:
    asyncio.run(run(shared_database_url, sequence))
