"""Fill a migrated database with data for measuring, beside what is there or alone, the same for the same day."""

import gc
import time
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import psycopg

from backend import models
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
from backend.demo.load.orders import load_numbers, load_orders
from backend.demo.load.parties import MARK, load_parties
from backend.demo.load.record import load_record
from backend.demo.load.scales import SCALES
from backend.demo.load.works import numbered, plan_entries, plan_works
from backend.hours.model import HourApproval, TimeEntry
from backend.invoices.model import Invoice, InvoiceLine
from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.events import Event
from backend.ledger.model import Account, Portion, Posting, Reservation
from backend.notices.model import Delivery
from backend.orders.model import Milestone, Order
from backend.orders.placing_verbs import SERIES
from backend.settings import Say, Trouble

SEED = 20_261_124
LARGE = (Account, Posting, Portion, Reservation, TimeEntry, Invoice, InvoiceLine, Event, Delivery)
assert models.ALL  # whatever a key may lead to is mapped


def load(database_url: str, scale: str, *, today: date | None = None, say: Say = print) -> dict[str, int]:
    """Make the data of a scale (`small`, `medium` or `large`) by COPY; table → rows.

    It is one transaction: what breaks off leaves nothing, and can be begun again. Raises Trouble where the database
    is not migrated, or was loaded before.
    """
    began = time.monotonic()
    with psycopg.connect(database_url, options="-c timezone=UTC -c synchronous_commit=off") as connection:
        loader = Loader(connection, say)
        _refuse_twice(loader)
        say(f"Making {scale} data …")
        gc.disable()  # millions of rows are kept at once, and none of them is garbage
        try:
            _fill(loader, scale, today or helsinki_date(clock.now()))
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


def _fill(loader: Loader, scale: str, today: date) -> None:
    size, random, say = SCALES[scale], Random(SEED), loader.say  # noqa: S311  data that can be made again, no secret
    with _timed(say, "Parties"):
        parties = load_parties(loader, size, today, random)
    with _timed(say, "Plans"):
        works = plan_works(parties, size, today, random, loader.keys(Order))
        entries = plan_entries(works, today, random)
        for entry, id in zip(entries, loader.keys(TimeEntry), strict=False):
            entry.id = id
        rows = loader.connection.execute("SELECT year, last FROM number_series WHERE series = %s", [SERIES])
        last = numbered(works, dict(rows.fetchall()))
        figures = Figures()
        settle_ceilings(works, parties, today, random)
        figures.parts = settle_parts(works, today, random, loader.keys(Milestone))
        settle_approvals(entries, figures, today, random, loader.keys(HourApproval))
        settle_lines(entries, figures, parties, today, random)
        settle_bills(figures, random, loader.keys(Invoice), loader.keys(InvoiceLine))
    with _timed(say, "Orders"):
        load_orders(loader, works, figures.parts, parties)
        load_numbers(loader, last)
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
        with _timed(say, "Record"):
            load_record(loader, works, entries, figures, parties, today)
        say("Keys and indexes …")
    loader.settle_keys()


@contextmanager
def _timed(say: Say, what: str) -> Any:
    began = time.monotonic()
    say(f"{what} …")
    yield
    say(f"{what}: {time.monotonic() - began:.1f} s")
