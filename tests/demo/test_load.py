"""The data for measuring is data that verbs could have made."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.demo.load import load
from backend.demo.load.parties import business_id
from backend.demo.load.scales import SCALES
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import make_engine
from backend.kit.deadlines import RECOUNTED, Deadline
from backend.ledger.verbs import disagreements
from backend.orders.states import OrderState
from backend.parties.rules import read_business_id, read_iban
from backend.rulebook.roles import Right
from backend.settings import Trouble
from backend.tickets.clock_verbs import recount
from backend.tickets.message_verbs import write_message
from backend.tickets.model import Ticket
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import OVER, TicketKind, TicketState
from bench.__main__ import BARE, OURS, SECRET
from bench.answers import agree
from bench.measuring import serving
from bench.questions import reading
from bench.scenery import holders
from tests.databases import Server

TODAY = date(2026, 11, 24)
SCALE = replace(SCALES["small"], tickets=2_000)


@pytest.fixture(scope="module")
def loaded(test_server: Server, template: str) -> Iterator[str]:
    """A database with the small data and fewer tickets, which the tests of this file only read."""
    name = test_server.create(template)
    load(test_server.url_of(name), SCALE, today=TODAY, say=lambda _: None)
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
    assert ask("SELECT count(*) FROM tickets") == [(SCALE.tickets,)]
    assert ask("SELECT (SELECT count(*) FROM ticket_messages) / (SELECT count(*) FROM tickets)") == [(3,)]


@pytest.mark.database
@pytest.mark.long
def test_all_that_the_bench_asks_is_answered_as_its_bare_limit_does(loaded, tmp_path):
    """A run of the bench ends where answers differ: it would measure two questions."""
    sides = {side: holders(loaded, "service_manager", side)[0] for side in ("supplier", "buyer")}
    asked = [each for side, who in sides.items() for each in reading(loaded, who, is_supplier=side == "supplier")]
    given = {"DATABASE_URL": loaded, "PORTAALI_SECRET": SECRET, "PORTAALI_DATA": str(tmp_path)}
    given |= {"REDIS_URL": f"unix://{tmp_path}/nobody-is-here", "PORTAALI_ENV": "production"}
    with serving(OURS, given, asked[0].ours[0]) as ours, serving(BARE, given, asked[0].bare[0]) as bare:
        for each in asked:
            assert agree(each.name, {"ours": (ours, each.ours), "bare": (bare, each.bare)}, each.kept) > 0


@pytest.mark.database
def test_orders_stand_in_every_state_that_a_move_leads_to(ask):
    states = {state for (state,) in ask("SELECT DISTINCT state FROM orders")}
    assert states == {state.value for state in OrderState} - {OrderState.HANDED_OVER}


@pytest.mark.database
def test_tickets_of_every_kind_stand_in_every_state_but_merged(ask):
    assert {kind for (kind,) in ask("SELECT DISTINCT kind FROM tickets")} == set(TicketKind)
    states = {state for (state,) in ask("SELECT DISTINCT state FROM tickets")}
    assert states >= {TicketState.OPEN, TicketState.RESOLVED, TicketState.CLOSED, TicketState.REJECTED}


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
            "HAVING sum(l.amount) <> i.net OR sum(l.vat) <> i.vat",
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
        ("a ticket that stands otherwise than its last event says",
         "SELECT t.id FROM tickets t WHERE t.state <> (SELECT e.to_state FROM events e WHERE e.subject_kind = 'Ticket' "
         "AND e.subject_id = t.id AND e.to_state IS NOT NULL ORDER BY e.id DESC LIMIT 1)"),
        ("a ticket that was answered at another time than its first answer was written",
         "SELECT t.id FROM tickets t WHERE t.responded_at IS DISTINCT FROM (SELECT min(m.written_at) "
         "FROM ticket_messages m WHERE m.ticket_id = t.id AND CASE WHEN t.customer_id IS NULL "
         "THEN m.audience <> 'tiera' AND m.kind IN ('message', 'response', 'question', 'cause', 'resolution') "
         "AND m.organisation_id <> (SELECT e.organisation_id FROM events e WHERE e.subject_kind = 'Ticket' "
         "AND e.subject_id = t.id AND e.name = 'ticket.reported') "
         "ELSE m.audience = 'all' AND m.organisation_id <> t.customer_id END)"),
        ("a ticket that is due at another time than the first of its clocks that run",
         "SELECT t.id FROM tickets t WHERE t.due_at IS DISTINCT FROM (SELECT min(d.due_at) FROM deadlines d "
         "WHERE d.about_kind = 'Ticket' AND d.about_id = t.id "
         "AND d.met_at IS NULL AND d.dropped_at IS NULL AND d.paused_at IS NULL)"),
        ("a ticket in the hands of a supplier that does not see it",
         "SELECT id FROM tickets WHERE holder = 'supplier' AND reached_supplier_at IS NULL"),
        ("an incident of wide reach that is closed without its cause",
         "SELECT id FROM tickets WHERE kind = 'incident' AND reach = 'many' AND state = 'closed' "
         "AND root_cause IS NULL"),
        ("a change decided on by who asked for it",
         "SELECT t.id FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id "
         "WHERE m.kind = 'decision' AND m.written_by_id = t.requester_id"),
        ("words of a supplier that a customer reads without Tiera's release",
         "SELECT id FROM ticket_messages WHERE organisation_id = supplier_id AND customer_id IS NOT NULL "
         "AND audience = 'all' AND state = 'sent'"),
        ("a message without its event, or on another ticket than its event says",
         "SELECT m.id FROM ticket_messages m LEFT JOIN events e ON e.subject_kind = 'TicketMessage' "
         "AND e.subject_id = m.id AND e.name IN ('ticket_message.written', 'ticket_message.submitted') "
         "WHERE e.within_id IS DISTINCT FROM m.ticket_id"),
        ("a rating of another resolution than that of now",
         "SELECT r.id FROM ticket_ratings r JOIN tickets t ON t.id = r.ticket_id WHERE r.resolved_at <> t.resolved_at"),
        ("a clock that is to be told of", "SELECT id FROM deadlines WHERE due_at < '2026-11-24' AND met_at IS NULL "
         "AND dropped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL AND about_kind <> 'Order'"),
        ("events that are not in the order of what happened",
         "SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS before FROM events) e WHERE at < before"),
        ("something that is still to come", "SELECT id FROM events WHERE at > '2026-11-25'"),
        ("a mail that would be sent", "SELECT id FROM deliveries WHERE way = 'mail' AND done_at IS NULL"),
        ("an event that waits to be told", "SELECT event_id FROM outbox"),
    ],
)  # fmt: skip
def test_nothing_in_it_contradicts_itself(ask, what, wrong):
    assert ask(f"SELECT count(*) FROM ({wrong}) found") == [(0,)], what


@pytest.mark.database
@pytest.mark.parametrize(("table", "series"), [("orders", "TIL"), ("tickets", "TIK"), ("quality_deviations", "POI")])
def test_numbers_are_gapless_in_each_year(ask, table, series):
    numbered = ask(f"SELECT substr(number, 5, 4) FROM {table} WHERE number IS NOT NULL")
    last = dict(ask(f"SELECT year::text, last FROM number_series WHERE series = '{series}'"))
    assert last == {year: numbered.count((year,)) for (year,) in set(numbered)}


@pytest.mark.database
async def test_clocks_of_open_tickets_are_those_that_a_verb_counts(loaded):
    engine = make_engine(loaded)
    async with AsyncSession(engine) as session:
        for id in (await session.scalars(sa.select(Ticket.id).where(Ticket.state.not_in(OVER)))).all():
            ticket = await session.get_one(Ticket, id)
            stood = await clocks_of(session, id), ticket.due_at, ticket.responded_at
            await recount(session, ticket, now=datetime(2026, 11, 24, 6, tzinfo=UTC))
            await session.flush()
            session.expire_all()
            await session.refresh(ticket)
            assert (await clocks_of(session, id), ticket.due_at, ticket.responded_at) == stood, ticket.number
        await session.rollback()
    await engine.dispose()


async def clocks_of(session, ticket_id):
    its = sa.select(Deadline).where(Deadline.about_kind == "Ticket", Deadline.about_id == ticket_id)
    told = (*(name for name in RECOUNTED if name != "stretches"), "kind", "started_at", "warned_at", "breached_at")
    found = (await session.scalars(its.order_by(Deadline.kind, Deadline.started_at))).all()
    return [{name: getattr(clock, name) for name in told} | _stretches(clock) for clock in found]


def _stretches(clock):
    """What was spent is counted up to the last event: a verb's at its own, before it was told that time ran out."""
    return {name: value for name, value in clock.stretches.items() if name != "spent_minutes"}


@pytest.mark.database
async def test_the_desk_goes_on_with_what_was_loaded(loaded):
    engine = make_engine(loaded)
    async with AsyncSession(engine) as session:
        asked = sa.select(Ticket).where(Ticket.customer_id.is_not(None), Ticket.state == TicketState.OPEN)
        ticket = (await session.scalars(asked.order_by(Ticket.id.desc()).limit(1))).one()
        newest = await session.scalar(sa.select(sa.func.max(Ticket.number)))
        customer = Actor(
            ActorKind.CUSTOMER,
            person_id=ticket.requester_id,
            organisation_id=ticket.customer_id,
            rights=frozenset({Right.REPORT_TICKETS}),
        )
        report = Report(kind=TicketKind.INCIDENT, service_id=ticket.service_id, title="Vika", description="Ei aukea.")
        now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        reported = await report_ticket(session, customer, report=report, now=now)
        assert reported.number == f"TIK-2026-{int(newest[-5:]) + 1:05}"
        message = await write_message(session, customer, ticket_id=ticket.id, text="Joko?", now=now)
        assert message.ticket_id == ticket.id
        await session.rollback()
    await engine.dispose()


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
