"""The demo's past is right whatever today's date is."""

import asyncio
import json
import os
import stat
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backend.demo.seed import fill
from backend.demo.works import WORKS, End
from backend.hours.model import TimeEntry
from backend.hours.states import EntryState
from backend.invoices.model import Finding, Invoice
from backend.invoices.states import InvoiceState
from backend.kit import clock
from backend.kit.clock import HELSINKI
from backend.kit.database import make_engine, make_sessions
from backend.kit.events import Event
from backend.ledger import verbs as ledger
from backend.orders.model import Order
from backend.orders.overrun_model import Overrun
from backend.orders.states import OrderState, OverrunState
from backend.settings import Settings
from tests.databases import Server

FIRST = date(2026, 11, 24)
DATES = [FIRST + timedelta(days=13 * n) for n in range(24)] + [
    date(2027, 1, 1),
    date(2027, 1, 5),
    date(2027, 3, 28),
    date(2027, 5, 31),
    date(2028, 2, 29),
    date(2027, 12, 31),
]
"""Thirty days: every weekday, the turn of a year, summer time, a leap day, holidays."""

STATES = {
    End.ASKED: OrderState.ASKED,
    End.DRAFT: OrderState.DRAFT,
    End.REQUESTED: OrderState.REQUESTED,
    End.ESTIMATED: OrderState.ESTIMATED,
    End.ORDERED: OrderState.ORDERED,
    End.IN_PROGRESS: OrderState.IN_PROGRESS,
    End.OVERRUN_ASKED: OrderState.IN_PROGRESS,
    End.DELIVERED: OrderState.DELIVERED,
    End.ACCEPTED: OrderState.ACCEPTED,
}


def assert_right(database_url: str, today: date) -> None:
    async def look(session: Any) -> None:
        orders = {order.title: order for order in (await session.scalars(sa.select(Order))).all()}
        assert {work.title: orders[work.title].state for work in WORKS} == {
            work.title: STATES[work.end] for work in WORKS
        }
        assert (await session.scalars(sa.select(Overrun.state))).all().count(OverrunState.REQUESTED) == 1
        states = set((await session.scalars(sa.select(TimeEntry.state).distinct())).all())
        assert {EntryState.BOOKED, EntryState.APPROVED, EntryState.RETURNED} <= states
        last = datetime.combine(today, time(0), HELSINKI)
        assert await session.scalar(sa.select(sa.func.max(Event.at))) <= last
        invoices = (await session.scalars(sa.select(Invoice).order_by(Invoice.id))).all()
        assert {invoice.state for invoice in invoices} == {InvoiceState.APPROVED, InvoiceState.RECEIVED}
        wrong = await session.scalars(sa.select(Finding.code).where(Finding.line_id.is_not(None)))
        assert len(set(wrong.all())) >= 3
        assert await ledger.disagreements(session) == []

    async def ask() -> None:
        engine = make_engine(database_url, pool_size=1)
        async with make_sessions(engine)() as session:
            await look(session)
        await engine.dispose()

    asyncio.run(ask())


def test_the_demo_is_right_today(test_server: Server, filled: tuple[str, Path]) -> None:
    name, _ = filled
    assert_right(test_server.url_of(name), clock.now().astimezone(clock.HELSINKI).date())


@pytest.mark.skipif(os.environ.get("PORTAALI_THIRTY_DAYS") != "1", reason="half an hour: make test-days asks it")
@pytest.mark.parametrize("today", DATES, ids=str)
def test_the_demo_is_right_on_any_day(database_url: str, tmp_path: Path, today: date) -> None:
    settings = Settings.read({"PORTAALI_DATA": str(tmp_path), "PORTAALI_SECRET": "x" * 40, "PORTAALI_DEMO": "1"})
    fill(replace(settings, database_url=database_url), today)
    assert_right(database_url, today)


def test_who_can_sign_in_is_kept_for_the_owner_only(filled: tuple[str, Path]) -> None:
    _, folder = filled
    kept = folder / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    people = json.loads(kept.read_text(encoding="utf-8"))["people"]
    assert {"ordering_contact", "service_manager", "product_owner", "key_user", "reporting_client"} <= {
        person["key"] for person in people
    }
    assert all(person["token"] for person in people)
    assert all(
        set(person) == {"key", "name", "role", "organisation", "email", "password", "token"} for person in people
    )
