"""Fill a migrated database with data for measuring, beside what is there or alone, the same for the same day."""

import gc
import time
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import psycopg

from backend import models
from backend.demo.load.cases import number_cases, plan_cases
from backend.demo.load.copying import Loader
from backend.demo.load.figures import (
    Figures,
    settle_approvals,
    settle_bills,
    settle_ceilings,
    settle_lines,
    settle_parts,
)
from backend.demo.load.hours import load_hours
from backend.demo.load.invoices import load_invoices
from backend.demo.load.ledger import Books
from backend.demo.load.orders import load_orders
from backend.demo.load.parties import MARK, load_parties
from backend.demo.load.record import load_record
from backend.demo.load.scales import SCALES, Scale
from backend.demo.load.ticket_record import load_missed, record_of
from backend.demo.load.tickets import Register
from backend.demo.load.works import number_works, plan_entries, plan_works
from backend.hours.model import HourApproval, TimeEntry
from backend.invoices.model import Invoice, InvoiceLine
from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.numbers import NumberSeries
from backend.ledger.model import Account, Portion, Posting, Reservation
from backend.notices.model import Delivery
from backend.orders.model import Milestone, Order
from backend.orders.placing_verbs import SERIES as ORDERS
from backend.settings import Say, Trouble
from backend.tickets.deviation_verbs import SERIES as DEVIATIONS
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.quality_model import TicketRating
from backend.tickets.reporting_verbs import SERIES as TICKETS

SEED = 20_261_124
LARGE = (
    Account, Posting, Portion, Reservation, TimeEntry, Invoice, InvoiceLine, Ticket, TicketMessage, TicketRating,
    Deadline, Event, Delivery,
)  # fmt: skip
assert models.ALL  # whatever a key may lead to is mapped


def load(database_url: str, scale: str | Scale, *, today: date | None = None, say: Say = print) -> dict[str, int]:
    """Make the data of a scale (`small`, `medium`, `large` or one of its own) by COPY; table → rows.

    It is one transaction: what breaks off leaves nothing, and can be begun again. Raises Trouble where the database
    is not migrated, or was loaded before.
    """
    began = time.monotonic()
    with psycopg.connect(database_url, options="-c timezone=UTC -c synchronous_commit=off") as connection:
        loader = Loader(connection, say)
        _refuse_twice(loader)
        say(f"Making {scale} data …" if isinstance(scale, str) else "Making data …")
        gc.disable()  # millions of rows are kept at once, and none of them is garbage
        try:
            _fill(loader, SCALES[scale] if isinstance(scale, str) else scale, today or helsinki_date(clock.now()))
        finally:
            gc.enable()
        say("Storing it for good …")
    with psycopg.connect(database_url, autocommit=True) as connection:
        say("Gathering statistics …")
        connection.execute("VACUUM (ANALYZE)")
    say(f"Done in {time.monotonic() - began:.0f} s: {sum(loader.filled.values()):,} rows.")
    return loader.filled


def _refuse_twice(loader: Loader) -> None:
    if loader.one("SELECT to_regclass('agreements')") is None:
        raise Trouble("The database is empty: run `portaali migrate` first.")
    if loader.one("SELECT id FROM agreements WHERE number LIKE %s LIMIT 1", MARK + "%") is not None:
        raise Trouble("The database has loaded data already: load into another one, or a new one.")


def _fill(loader: Loader, size: Scale, today: date) -> None:
    random, say = Random(SEED), loader.say  # noqa: S311  data that can be made again, no secret
    with _timed(say, "Parties"):
        parties = load_parties(loader, size, today, random)
    with _timed(say, "Plans"):
        works = plan_works(parties, size, today, random, loader.keys(Order))
        entries = plan_entries(works, today, random)
        for entry, id in zip(entries, loader.keys(TimeEntry), strict=False):
            entry.id = id
        last = _last_numbers(loader)
        number_works(works, last[ORDERS])
        figures = Figures()
        settle_ceilings(works, parties, today, random)
        figures.parts = settle_parts(works, today, random, loader.keys(Milestone))
        settle_approvals(entries, figures, today, random, loader.keys(HourApproval))
        settle_lines(entries, figures, parties, today, random)
        settle_bills(figures, random, loader.keys(Invoice), loader.keys(InvoiceLine))
    with _timed(say, "Plans of tickets"):
        cases = plan_cases(parties, size, today, random, loader.keys(Ticket))
        number_cases(cases, last[TICKETS])
        register = Register(loader, cases, parties, today)
        register.count_clocks()
    with _timed(say, "Orders"):
        load_orders(loader, works, figures.parts, parties)
    books = Books(loader, works, entries, figures, parties)
    with loader.unindexed(*LARGE):
        with _timed(say, "Accounts"):
            books.load_accounts()
        with _timed(say, "Hours"):
            load_hours(loader, entries, figures, parties)
        with _timed(say, "Postings"):
            books.load_postings()
            books.load_portions()
        with _timed(say, "Invoices"):
            load_invoices(loader, figures.bills, parties)
            books.load_reservations()
        with _timed(say, "Tickets"):
            register.load()
            missed = load_missed(loader, register, last[DEVIATIONS])
        with _timed(say, "Record"):
            load_record(loader, works, entries, figures, parties, record_of(register, missed), today)
        keys = time.monotonic()
        say("Keys and indexes …")
    say(f"Keys and indexes: {time.monotonic() - keys:.1f} s")
    _load_numbers(loader, last)
    loader.settle_keys()


Series = dict[int, int]
"""Year → the last number given."""


def _last_numbers(loader: Loader) -> dict[str, Series]:
    """By series, those that the loader goes on with."""
    rows = loader.connection.execute("SELECT series, year, last FROM number_series").fetchall()
    return {series: {year: last for of, year, last in rows if of == series} for series in (ORDERS, TICKETS, DEVIATIONS)}


def _load_numbers(loader: Loader, last: dict[str, Series]) -> None:
    """Let the gapless numbers go on after those that were given."""
    loader.connection.execute("DELETE FROM number_series WHERE series = ANY(%s)", [list(last)])
    rows = ((series, year, number) for series, years in last.items() for year, number in sorted(years.items()))
    loader.copy(NumberSeries, "series year last", rows)


@contextmanager
def _timed(say: Say, what: str) -> Any:
    began = time.monotonic()
    say(f"{what} …")
    yield
    say(f"{what}: {time.monotonic() - began:.1f} s")
