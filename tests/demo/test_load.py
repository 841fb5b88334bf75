"""The data for measuring is data that verbs could have made."""

import re
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.demo.load import load
from backend.demo.load.parties import business_id
from backend.kit.database import make_engine
from backend.ledger.verbs import disagreements
from backend.orders.states import OrderState
from backend.parties.rules import read_business_id, read_iban
from backend.settings import Trouble
from tests.databases import Server

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def loaded(test_server: Server, template: str) -> Iterator[str]:
    """A database with the small data, which the tests of this file only read."""
    name = test_server.create(template)
    load(test_server.url_of(name), "small", today=TODAY, say=lambda _: None)
    yield test_server.url_of(name)
    test_server.drop(name)


@pytest.fixture
def ask(loaded):
    def asked(statement):
        with psycopg.connect(loaded) as connection:
            return connection.execute(statement).fetchall()

    return asked


@pytest.mark.database
def test_there_is_as_much_as_the_scale_says(ask):
    assert ask("SELECT count(*) FROM orders") == [(1_000,)]
    assert ask("SELECT count(*) BETWEEN 19900 AND 20000 FROM time_entries") == [(True,)]
    assert ask("SELECT count(*) BETWEEN 4000 AND 6000 FROM invoice_lines") == [(True,)]


@pytest.mark.database
def test_orders_stand_in_every_state_that_a_move_leads_to(ask):
    states = {state for (state,) in ask("SELECT DISTINCT state FROM orders")}
    assert states == {state.value for state in OrderState} - {OrderState.HANDED_OVER}


@pytest.mark.database
async def test_every_account_is_the_sum_of_its_postings(loaded):
    engine = make_engine(loaded)
    async with AsyncSession(engine) as session:
        assert await disagreements(session) == []
    await engine.dispose()


@pytest.mark.database
@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        (
            "an approved entry whose portions are not its minutes",
            "SELECT e.id FROM time_entries e LEFT JOIN portions p ON p.source_kind = 'TimeEntry' "
            "AND p.source_id = e.id WHERE e.state = 'approved' "
            "GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> e.minutes",
        ),
        (
            "a portion of an entry that is not approved",
            "SELECT p.id FROM portions p JOIN time_entries e ON e.id = p.source_id AND p.source_kind = 'TimeEntry' "
            "WHERE e.state <> 'approved'",
        ),
        (
            "a line that holds more or less than it says",
            "SELECT l.id FROM invoice_lines l LEFT JOIN reservations r ON r.line_id = l.id LEFT JOIN portions p "
            "ON p.id = r.portion_id GROUP BY l.id "
            "HAVING coalesce(sum(p.amount), 0) <> l.reserved_minutes + l.reserved_cents",
        ),
        (
            "a portion held by a line of another order",
            "SELECT p.id FROM portions p JOIN reservations r ON r.portion_id = p.id JOIN invoice_lines l "
            "ON l.id = r.line_id JOIN accounts a ON a.id = p.account_id WHERE a.about_id <> l.order_id",
        ),
        (
            "a line that is not worth its minutes at the price of its month",
            "SELECT l.id FROM invoice_lines l JOIN prices p ON p.price_group_id = l.price_group_id "
            "AND p.valid @> l.period_last WHERE l.amount <> round(l.reserved_minutes * p.unit_price / 60, 2)",
        ),
        (
            "an invoice that is not the sum of its lines",
            "SELECT i.id FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id GROUP BY i.id "
            "HAVING sum(l.amount) <> i.net",
        ),
        (
            "somebody who works longer than a day has hours",
            "SELECT person_id FROM time_entries GROUP BY person_id, day HAVING sum(minutes) > 1440",
        ),
        ("work before it was ordered", "SELECT e.id FROM time_entries e JOIN orders o ON o.id = e.order_id "
         "WHERE e.day < o.ordered_at::date"),
        ("an order that is accepted with a milestone that is not",
         "SELECT o.id FROM orders o JOIN milestones m ON m.order_id = o.id "
         "WHERE o.state = 'accepted' AND m.state <> 'accepted'"),
        ("something that is still to come", "SELECT id FROM events WHERE at > '2026-11-25'"),
        ("a mail that would be sent", "SELECT id FROM deliveries WHERE way = 'mail' AND done_at IS NULL"),
        ("an event that waits to be told", "SELECT event_id FROM outbox"),
    ],
)  # fmt: skip
def test_nothing_in_it_contradicts_itself(ask, what, wrong):
    assert ask(f"SELECT count(*) FROM ({wrong}) found") == [(0,)], what


@pytest.mark.database
def test_numbers_are_gapless_in_each_year(ask):
    numbered = ask("SELECT substr(number, 5, 4) FROM orders WHERE number IS NOT NULL")
    last = dict(ask("SELECT year::text, last FROM number_series WHERE series = 'TIL'"))
    assert last == {year: numbered.count((year,)) for (year,) in set(numbered)}


@pytest.mark.database
def test_new_rows_get_keys_of_their_own(loaded):
    with psycopg.connect(loaded) as connection:
        first = "INSERT INTO organisations (name, sort_key, side, created_at) VALUES ('A', 'a', 'customer', now())"
        connection.execute(first)
        connection.rollback()


@pytest.mark.database
def test_loading_twice_is_refused(loaded):
    with pytest.raises(Trouble, match="already"):
        load(loaded, "small", today=TODAY, say=lambda _: None)


@pytest.mark.database
def test_loading_before_migrating_is_refused(empty_database_url):
    with pytest.raises(Trouble, match="portaali migrate"):
        load(empty_database_url, "small", today=TODAY, say=lambda _: None)


def test_business_ids_and_accounts_are_what_they_must_be():
    ids = [business_id(n) for n in range(1, 400)]
    assert [read_business_id(each) for each in ids] == ids
    assert len(set(ids)) == len(ids)


@pytest.mark.database
def test_accounts_that_are_paid_to_have_right_check_digits(ask):
    for (iban,) in ask("SELECT iban FROM bank_accounts"):
        assert read_iban(iban) == iban


@pytest.mark.database
def test_keys_and_indexes_are_as_they_were_migrated(ask, test_server, template):
    everything = (
        "SELECT c.conname, pg_get_constraintdef(c.oid), c.convalidated FROM pg_constraint c "
        "UNION ALL SELECT indexname, indexdef, true FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
    )
    name = test_server.create(template)
    with psycopg.connect(test_server.url_of(name)) as connection:
        migrated = connection.execute(everything).fetchall()
    test_server.drop(name)
    assert [plainly(*each) for each in ask(everything)] == [plainly(*each) for each in migrated]


def plainly(name, definition, is_valid):
    """Without the casts and brackets that PostgreSQL writes anew each time a condition is read."""
    return name, re.sub(r"::[a-z ]+(\[\])?|[()]", "", definition), is_valid
