"""Judging one invoice of 500 lines against 20,000 entries: rows by COPY, then the verb, several times."""

import asyncio
import gc
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

import psycopg
import sqlalchemy as sa

from backend import models
from backend.demo.load.copying import Loader
from backend.demo.load.figures import Figures, first_day, last_day, month_of, settle_approvals
from backend.demo.load.hours import load_hours
from backend.demo.load.ledger import Books
from backend.demo.load.orders import load_orders
from backend.demo.load.parties import GROUPS, load_parties
from backend.demo.load.scales import Scale
from backend.demo.load.works import Entry, Work, number_works
from backend.invoices import judging_verbs
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.states import InvoiceKind, InvoiceState, LineState, Origin
from backend.kit.actor import SCHEDULE
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.orders.states import OrderState, Pricing
from backend.rulebook.terms import Terms

ORDERS, LINES, ENTRIES = 250, 500, 20_000
FORGETTING = (
    "TRUNCATE reservations",
    "TRUNCATE findings",
    "UPDATE invoice_lines SET ground = NULL, order_id = NULL, price_group_id = NULL, reserved_minutes = 0, errors = 0, "
    "warnings = 0",
)
"""Each time is the first: nothing is held, found or known of the lines."""
assert models.ALL


def measure(url: str, repetitions: int) -> list[float]:
    """Seconds of each judging, from the entrance to the commit; `url` is a migrated, empty database."""
    today = date.today()
    month = month_of(today.replace(day=1).toordinal()) - 2
    with psycopg.connect(url) as connection:
        works = _fill(Loader(connection, lambda _: None), month, today)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return asyncio.run(_judge(url, works, month, repetitions))


def _fill(loader: Loader, month: int, today: date) -> list[Work]:
    """Orders of one supplier, each with work in two price groups in one month, all of it approved."""
    random, figures = Random(1), Figures()
    parties = load_parties(
        loader, Scale(ORDERS, ENTRIES, tickets=0, suppliers=1, customers=2, experts=60), today, random
    )
    (supplier,), day = parties.suppliers, first_day(month).toordinal()
    works = []
    for id in range(1, ORDERS + 1):
        team = tuple((person_id, n % 2) for n, person_id in enumerate(random.sample(supplier.expert_ids, 4)))
        work = Work(id, supplier, parties.contacts[0], None, Pricing.HOURS, 0, 600, day - 20, 1.0, team)
        work.requested, work.estimated, work.ordered, work.confirmed = day - 18, day - 15, day - 12, day - 11
        work.started, work.finished, work.state = day - 5, day + 40, OrderState.IN_PROGRESS
        works.append(work)
    number_works(works, {})
    ids, each, entries = count(1), ENTRIES // ORDERS, []
    length = last_day(month).toordinal() - day + 1
    for n in range(each):
        for work in works:
            person_id, group = work.team[n % len(work.team)]
            entries.append(Entry(work, person_id, day + (n * 7 + work.id) % length, 15, group))
            work.booked += 15
    for entry in entries:
        entry.id = next(ids)
    for work in works:
        work.minutes, work.cents = work.booked, 100_000
    settle_approvals(entries, figures, today, Random(2), count(1), returned=0)
    load_orders(loader, works, [], parties)
    books = Books(loader, works, entries, figures, parties)
    books.load_accounts()
    load_hours(loader, entries, figures, parties)
    books.load_postings()
    books.load_portions()
    loader.settle_keys()
    return works


async def _judge(url: str, works: list[Work], month: int, repetitions: int) -> list[float]:
    engine = make_engine(url, pool_size=2)
    sessions = make_sessions(engine)
    supplier, terms, now = works[0].supplier, Terms(), datetime.now(UTC)
    async with sessions() as session:
        invoice = Invoice(
            supplier_id=supplier.id, agreement_id=supplier.agreement_id, number="1", kind=InvoiceKind.INVOICE,
            origin=Origin.FINVOICE, state=InvoiceState.RECEIVED, issued_on=last_day(month) + timedelta(days=3),
            arrived_at=now, currency="EUR", seller_business_id=supplier.business_id, ibans=[supplier.iban],
            agreement_reference=supplier.agreement_number, net=Decimal(0), vat=Decimal(0), gross=Decimal(0),
            terms_on=terms.as_json(),
        )  # fmt: skip
        session.add(invoice)
        await session.flush()
        minutes = ENTRIES // LINES * 15
        for n in range(LINES):
            work, group = works[n // 2], n % 2
            session.add(
                InvoiceLine(
                    invoice_id=invoice.id, supplier_id=supplier.id, position=n + 1, text=work.title,
                    order_reference=work.number, period_first=first_day(month), period_last=last_day(month),
                    price_group_code=GROUPS[group][0], quantity=Decimal(minutes) / 60, unit="HUR", raw_unit="HUR",
                    unit_price=GROUPS[group][2], amount=Decimal(minutes) / 60 * GROUPS[group][2],
                    vat_rate=terms.vat_rate, state=LineState.OPEN,
                )
            )  # fmt: skip
        await session.commit()
    entrance, times = Entrance(sessions), []
    gc.collect()
    gc.freeze()  # as in the processes that judge
    for _ in range(repetitions + 1):
        async with sessions.begin() as session:
            for forgetting in FORGETTING:
                await session.execute(sa.text(forgetting))
        began = time.perf_counter()
        (await entrance.enter(SCHEDULE, judging_verbs.judge_invoice, invoice_id=invoice.id)).thing()
        times.append(time.perf_counter() - began)
    async with sessions() as session:
        held = await session.scalar(sa.select(sa.func.sum(InvoiceLine.reserved_minutes)))
        assert held == ENTRIES * 15, f"the lines hold {held} minutes"
    await engine.dispose()
    return times[1:]  # the first one warms up
