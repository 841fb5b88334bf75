"""Figures through the schema: what is counted, per whom and month, as known on a day, and who sees which."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from backend.complaints.states import ComplaintCause as Cause
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.database import Sessions
from backend.kit.deadlines import pass_deadlines
from backend.kit.refs import Ref
from backend.reports import measures, sums
from backend.reports.measures import Measure
from backend.tickets import handling_verbs, merging_verbs, rating_verbs
from backend.tickets.recurrence_model import Recurrence, RecurrenceTicket
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.recurrence_verbs import dismiss_recurrence
from backend.tickets.states import TicketKind
from tests.complaints.making import answer, make_sent, make_sides
from tests.graphql.asking import Ask
from tests.making import NOW, make_organisation, supplier_manager
from tests.orders.making import make_draft, make_requested
from tests.tickets.making import Desk, hand_over, make_desk, make_ticket, make_ticket_at_supplier, resolve

ALL = [measure.name for measure in Measure]


OF_CUSTOMERS = [measure.name for measure in measures.OF_CUSTOMERS]


MONTH = f"{NOW:%Y-%m}-01"


DOCUMENT = """
query($measures: [Measure!]!, $where: FigureFilter!) {
  figures(measures: $measures, where: $where) {
    nodes { measure month count short sum supplier { id } customer { id } service { id } }
  }
}
"""


async def counted(ask: Ask, actor: Actor, *measures: str, as_of: date | None = None, **where: Any) -> dict[str, Any]:
    """Count, short and sum of each measure, over all rows that the actor sees."""
    until = str(as_of or NOW.date() + timedelta(days=60))
    given = {"measures": list(measures) or ALL, "where": {"asOf": until, **where}}
    found: dict[str, list[Any]] = {}
    for row in (await ask(actor, DOCUMENT, **given))["figures"]["nodes"]:
        so_far = found.setdefault(row["measure"], [0, 0, 0])
        for place, name in enumerate(("count", "short", "sum")):
            so_far[place] += float(row[name] or 0)
    return {measure: tuple(sums) for measure, sums in found.items()}


PAGES = """
query($measures: [Measure!]!, $where: FigureFilter!, $first: Int!, $after: String) {
  figures(measures: $measures, where: $where, first: $first, after: $after) {
    nodes { measure month count supplier { id } customer { id } service { id } } pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    """Of three tickets one was answered too late, one resolved and rated low; the last is still Tiera's."""
    async with sessions.begin() as session:
        desk = await make_desk(session)
        late = await make_ticket_at_supplier(session, desk)
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(hours=5))
        await handling_verbs.respond_to_ticket(
            session, desk.supplier, ticket_id=late.id, text="Selvitämme.", now=NOW + timedelta(hours=5)
        )
        done = await make_ticket_at_supplier(session, desk, kind=TicketKind.SERVICE_REQUEST)
        at = {"ticket_id": done.id, "now": NOW + timedelta(hours=1)}
        await resolve(session, desk, done, now=at["now"])
        await rating_verbs.rate_ticket(session, desk.customer, score=2, **at)
        await make_ticket(session, desk)
        return desk


async def test_kept_and_missed_volume_backlog_and_satisfaction_are_counted(ask: Ask, desk: Desk) -> None:
    assert await counted(ask, desk.tiera) == {
        "INCIDENTS": (2, 0, 0),
        "REQUESTS": (1, 0, 0),
        "RESPONSE_TIMES": (2, 1, 0),
        "RESOLUTION_TIMES": (1, 0, 0),
        "UPDATE_TIMES": (2, 0, 0),
        "RATINGS": (1, 1, 2),
        "BACKLOG": (2, 2, 0),
    }


async def test_problems_and_changes_are_counted_too(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    async with sessions.begin() as session:
        for kind in (TicketKind.PROBLEM, TicketKind.CHANGE, TicketKind.CHANGE):
            (await make_ticket(session, desk)).kind = kind
    got = await counted(ask, desk.tiera, "PROBLEMS", "CHANGES")
    assert got == {"PROBLEMS": (1, 0, 0), "CHANGES": (2, 0, 0)}


async def test_what_was_dismissed_is_not_told_to_recur_from_that_day_on(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket_at_supplier(session, desk)
        recurrence = Recurrence(
            title="tulostus", root="tulost", roots=["tulost"], kind=ticket.kind,
            state=RecurrenceState.FOUND, found_at=NOW,
            service_id=ticket.service_id, agreement_id=ticket.agreement_id, supplier_id=ticket.supplier_id,
        )  # fmt: skip
        session.add(recurrence)
        await session.flush()
        session.add(RecurrenceTicket(recurrence_id=recurrence.id, ticket_id=ticket.id, since=NOW, in_title=True))
        await dismiss_recurrence(
            session, desk.supplier, recurrence_id=recurrence.id, reason="Eri syyt.", now=NOW + timedelta(days=2)
        )
    before, after = NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=3)
    assert (await counted(ask, desk.tiera, "RECURRING", as_of=before))["RECURRING"] == (1, 0, 0)
    assert await counted(ask, desk.tiera, "RECURRING", as_of=after) == {}


@pytest.mark.rule("D2.1-c", "H11.7.1-a")
async def test_each_side_sees_its_own_and_a_customer_nothing_between_tiera_and_the_supplier(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    of_supplier = await counted(ask, desk.supplier)
    assert of_supplier["INCIDENTS"] == (1, 0, 0), "what has not reached it is not its own"
    assert of_supplier["RESPONSE_TIMES"] == (2, 1, 0)
    of_customer = await counted(ask, desk.customer)
    assert set(of_customer) == {"INCIDENTS", "REQUESTS", "RATINGS", "BACKLOG"}
    assert of_customer["INCIDENTS"] == (2, 0, 0)
    async with sessions.begin() as session:
        stranger = await supplier_manager(session, await make_organisation(session, desk.supplier.kind))
    assert await counted(ask, stranger) == {}
    measures = "{ figureMeasures }"
    assert (await ask(desk.tiera, measures))["figureMeasures"] == ALL
    assert "SANCTIONS" not in (await ask(desk.customer, measures))["figureMeasures"]


@pytest.mark.rule("H11.7.1-a")
async def test_a_supplier_counts_for_itself_what_tiera_counts_of_it_as_known_on_a_day(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    today, handed_on = NOW.date(), NOW + timedelta(days=3)
    own = {"supplierId": f"Organisation:{desk.supplier.organisation_id}"}
    days = (today, today + timedelta(days=2), handed_on.date(), handed_on.date() + timedelta(days=30))

    async def told(actor: Actor, **where: str) -> list[dict[str, Any]]:
        return [await counted(ask, actor, as_of=day, **where) for day in days]

    before = await told(desk.supplier)
    async with sessions.begin() as session:
        await hand_over(session, desk, await make_ticket(session, desk), now=handed_on)
        await pass_deadlines(session, SCHEDULE, now=handed_on)
    after = await told(desk.supplier)
    assert after == await told(desk.tiera, **own) != await told(desk.tiera), "the desk's last ticket reached nobody"
    assert after[:2] == before[:2], "what was handed on later was not the supplier's then"
    assert [day["INCIDENTS"][0] for day in after] == [1, 1, 2, 2]


async def test_figures_are_narrowed_by_month_and_by_whose_they_are(ask: Ask, desk: Desk) -> None:
    supplier = f"Organisation:{desk.supplier.organisation_id}"
    assert await counted(ask, desk.tiera, "REQUESTS", supplierId=supplier, firstMonth=MONTH) == {"REQUESTS": (1, 0, 0)}
    for where in ({"lastMonth": "2020-01-01"}, {"supplierId": "Organisation:999999"}, {"serviceId": "Service:999999"}):
        assert await counted(ask, desk.tiera, "REQUESTS", **where) == {}


async def test_what_stood_open_is_told_as_it_was_known_on_a_day(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    today = NOW.date()
    assert await counted(ask, desk.tiera, "BACKLOG", as_of=today - timedelta(days=1)) == {}
    assert (await counted(ask, desk.tiera, "BACKLOG", as_of=today))["BACKLOG"] == (2, 0, 0)
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk, now=NOW - timedelta(days=40))
        later = NOW + timedelta(days=2)
        await handling_verbs.withdraw_ticket(
            session, desk.customer, ticket_id=ticket.id, reason="Korjaantui.", now=later
        )
    assert (await counted(ask, desk.tiera, "BACKLOG", as_of=today))["BACKLOG"] == (3, 1, 0), "as it was known then"
    assert (await counted(ask, desk.tiera, "BACKLOG", as_of=later.date()))["BACKLOG"] == (2, 0, 0)


async def test_what_stood_open_is_told_however_long_before_the_first_month_it_was_reported(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        await make_ticket(session, desk, now=NOW - timedelta(days=40))
    asked = {"as_of": NOW.date(), "firstMonth": MONTH}
    assert await counted(ask, desk.tiera, "BACKLOG", "INCIDENTS", **asked) == {
        "BACKLOG": (3, 1, 0),
        "INCIDENTS": (2, 0, 0),
    }
    document = "query($from: Date) { figures(measures: [BACKLOG], where: { firstMonth: $from }) { nodes { count } } }"
    now = (await ask(desk.tiera, document, **{"from": MONTH}))["figures"]["nodes"]
    assert sum(row["count"] for row in now) == 3


async def test_levels_are_told_as_they_stood_on_a_day(ask: Ask, sessions: Sessions, desk: Desk) -> None:
    today, answered = NOW.date(), NOW + timedelta(days=3)
    async with sessions.begin() as session:
        ticket = await make_ticket_at_supplier(session, desk)
        await handling_verbs.respond_to_ticket(
            session, desk.supplier, ticket_id=ticket.id, text="Nyt selvisi.", now=answered
        )
    then = await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=today)
    assert then["RESPONSE_TIMES"] == (1, 1, 0), "its answer had not come, and nobody knew yet that it would be late"
    assert (await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=answered.date()))["RESPONSE_TIMES"] == (3, 2, 0)


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize("end", ["merged", "withdrawn"])
async def test_what_was_broken_when_a_ticket_ended_undone_stays_broken_where_it_was(
    ask: Ask, sessions: Sessions, desk: Desk, end: str
) -> None:
    today, late = NOW.date(), NOW + timedelta(hours=5)
    async with sessions.begin() as session:
        broken, in_time, into = [await make_ticket_at_supplier(session, desk) for _ in range(3)]
        end_one: Any = merging_verbs.merge_tickets if end == "merged" else handling_verbs.withdraw_ticket
        said = {"reason": "Sama asia.", **({"into_id": into.id} if end == "merged" else {})}
        await end_one(session, desk.tiera, ticket_id=in_time.id, **said, now=NOW + timedelta(hours=1))
        await pass_deadlines(session, SCHEDULE, now=late)
    days = (today, today + timedelta(days=1), None)
    before = [await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=day) for day in days]
    async with sessions.begin() as session:
        await end_one(session, desk.tiera, ticket_id=broken.id, **said, now=late + timedelta(days=1))
    assert [await counted(ask, desk.tiera, "RESPONSE_TIMES", as_of=day) for day in days] == before
    page = "query($id: ID!) { ticket(id: $id) { clocks { kind droppedAt breachedAt } } }"
    (clock,) = (await ask(desk.supplier, page, id=f"Ticket:{broken.id}"))["ticket"]["clocks"]
    assert clock["kind"] == "RESPOND" and clock["droppedAt"] and clock["breachedAt"], "its time to resolve was not up"
    assert (await ask(desk.supplier, page, id=f"Ticket:{in_time.id}"))["ticket"]["clocks"] == []
    gathered = "{ qualityDeviations { nodes { kind tickets { id } } } }"
    deviations = (await ask(desk.tiera, gathered))["qualityDeviations"]["nodes"]
    (missed,) = [each for each in deviations if each["kind"] == "MISSED_LEVEL"]
    assert f"Ticket:{broken.id}" in {ticket["id"] for ticket in missed["tickets"]}


@pytest.mark.rule("H2.1-a")
async def test_words_that_tiera_owes_the_supplier_are_no_times_of_the_suppliers(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    at = NOW + timedelta(days=3)
    own = {"supplierId": f"Organisation:{desk.supplier.organisation_id}"}

    async def told() -> list[tuple[int, int]]:
        """Of Tiera, of the supplier as Tiera sees it, and as it sees itself: how many times, how many of them short."""
        asked = ((desk.tiera, {}), (desk.tiera, own), (desk.supplier, {}))
        found = [(await counted(ask, actor, "RESPONSE_TIMES", **where))["RESPONSE_TIMES"] for actor, where in asked]
        return [(count, short) for count, short, _ in found]

    async with sessions.begin() as session:
        await pass_deadlines(session, SCHEDULE, now=at)
    (all_, *of_supplier) = await told()
    async with sessions.begin() as session:
        for by in (desk.supplier, desk.tiera):
            await hand_over(session, desk, await make_ticket(session, desk, by=by, now=NOW), now=NOW)
        await pass_deadlines(session, SCHEDULE, now=at)
    assert await told() == [(count + more, short + more) for (count, short), more in zip(
        (all_, *of_supplier), (2, 1, 1), strict=True
    )]  # fmt: skip


async def test_without_a_day_all_is_counted_and_the_age_of_what_is_open_is_not_told(ask: Ask, desk: Desk) -> None:
    document = "{ figures(measures: [BACKLOG, REQUESTS], where: {}) { nodes { measure count short } } }"
    rows = (await ask(desk.customer, document))["figures"]["nodes"]
    assert sum(row["count"] for row in rows if row["measure"] == "BACKLOG") == 2
    assert {row["short"] for row in rows} == {None}


@pytest.mark.rule("D2.1-c")
async def test_complaints_are_of_the_customer_of_the_ticket_or_order_that_they_are_about_and_a_customer_sees_none(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        sides = replace(await make_sides(session), agreement=desk.parties.agreement)
        p, its = desk.parties, {"customer_id": desk.parties.customer.id}
        reached = (await make_ticket_at_supplier(session, desk), await make_requested(session, p, **its))
        not_reached = (await make_ticket(session, desk), await make_draft(session, p, **its))
        of_nobody = (Ref("Service", desk.service.id), (await make_requested(session, p)).ref, None)
        for about in (*(thing.ref for thing in (*reached, *not_reached)), *of_nobody):
            await make_sent(session, sides, about=about)
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    of_service = {"serviceId": f"Service:{desk.service.id}"}
    for actor, named in ((desk.tiera, 3), (desk.supplier, 2)):
        told = await counted(ask, actor, "COMPLAINTS", "SANCTIONS", **of_service)
        assert told == {"COMPLAINTS": (named, named, 0), "SANCTIONS": (named, 0, 0)}, "it follows from that too"
    measures, own = ("COMPLAINTS", "SANCTIONS"), {"customerId": f"Organisation:{desk.customer.organisation_id}"}
    for actor, of_its in ((desk.tiera, 4), (desk.supplier, 2)):
        assert await counted(ask, actor, *measures) == {"COMPLAINTS": (7, 7, 0), "SANCTIONS": (7, 0, 0)}
        told = await counted(ask, actor, *measures, **own)
        assert told == {"COMPLAINTS": (of_its, of_its, 0), "SANCTIONS": (of_its, 0, 0)}, "as far as things reached it"
    assert await counted(ask, desk.customer, *measures) == await counted(ask, desk.customer, *measures, **own) == {}
    where = {"asOf": str(NOW.date() + timedelta(days=60)), **own}
    for actor, count in ((desk.tiera, 4), (desk.supplier, 2), (desk.customer, 0)):
        added = (await ask(actor, SUMS, measures=list(measures), where=where))["sums"]["nodes"]
        apart = [each for each in added if each["isApart"] and each["division"] is None]
        assert {each["customer"]["id"] for each in apart} == ({own["customerId"]} if count else set())
        for measure in measures:
            assert sum(each["count"] for each in apart if each["measure"] == measure) == count


async def test_figures_are_read_page_by_page_as_they_are_at_once(desk: Desk, ask: Ask) -> None:
    given: dict[str, Any] = {"measures": ALL, "where": {"asOf": str(NOW.date() + timedelta(days=60))}}
    whole = (await ask(desk.tiera, PAGES, **given, first=1_000))["figures"]["nodes"]
    found: list[Any] = []
    after = None
    while True:
        page = (await ask(desk.tiera, PAGES, **given, first=2, after=after))["figures"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(whole) > 4
    assert found == whole


SUMS = """
query($measures: [Measure!]!, $where: FigureFilter!) {
  rows: figures(measures: $measures, where: $where) {
    nodes { measure month cause answerTime count short sum supplier { id } customer { id } service { id } }
  }
  sums: figureSums(measures: $measures, where: $where) {
    nodes {
      measure division isApart month cause answerTime count short sum among
      supplier { id } customer { id } service { id }
    }
  }
}
"""


def added_up(rows: list[dict[str, Any]], *by: str) -> dict[tuple[Any, ...], tuple[float, ...]]:
    """What rows come to, apart by these of their fields."""
    found: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        so_far = found.setdefault(tuple(str(row[name]) for name in ("measure", *by)), [0, 0, 0])
        for place, name in enumerate(("count", "short", "sum")):
            so_far[place] += float(row[name] or 0)
    return {key: tuple(sums) for key, sums in found.items()}


WHOSE = ("supplier", "customer", "service")


async def test_what_is_added_up_is_what_the_rows_come_to_for_each_side(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        sides = await make_sides(session)
        for cause in (Cause.DELAY, Cause.COST, Cause.COST):
            complaint = await make_sent(session, sides, cause=cause)
        await answer(session, sides, complaint, at=NOW + timedelta(days=3))
        of_another_month = await make_ticket(session, await make_desk(session))
        of_another_month.reported_at = NOW - timedelta(days=40)
    until = str(NOW.date() + timedelta(days=60))
    for actor in (desk.tiera, desk.supplier, sides.supplier_manager, desk.customer):
        seen = [measure for measure in ALL if actor is not desk.customer or measure in OF_CUSTOMERS]
        for where in ({}, {"firstMonth": MONTH}, {"serviceId": f"Service:{desk.service.id}"}):
            found = await ask(actor, SUMS, measures=seen, where={"asOf": until, **where})
            rows, added = found["rows"]["nodes"], found["sums"]["nodes"]
            for division, field in (("MONTH", "month"), ("CAUSE", "cause"), ("ANSWER_TIME", "answerTime")):
                wanted = rows if division == "MONTH" else [row for row in rows if row["measure"] == "COMPLAINTS"]
                of_it = [each for each in added if each["division"] == division]
                assert added_up([each for each in of_it if not each["isApart"]], field) == added_up(wanted, field)
                apart = () if division == "MONTH" else added_up(wanted, field, *WHOSE)
                assert added_up([each for each in of_it if each["isApart"]], field, *WHOSE) == (apart or {})
            by_whose = [each for each in added if each["division"] is None]
            assert added_up(by_whose, *WHOSE) == added_up(rows, *WHOSE) and all(each["isApart"] for each in by_whose)


async def test_of_many_those_with_the_most_are_told_apart_and_among_how_many_they_are(
    ask: Ask, sessions: Sessions, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "MOST", 1)
    async with sessions.begin() as session:
        await make_ticket(session, await make_desk(session))
        await make_ticket_at_supplier(session, desk)
    where = {"asOf": str(NOW.date() + timedelta(days=60))}
    own = f"{SUMS} # a text of its own, for plans are kept"
    found = (await ask(desk.tiera, own, measures=["INCIDENTS"], where=where))["sums"]["nodes"]
    assert [(each["division"], each["count"], each["among"]) for each in found] == [(None, 2, 3), ("MONTH", 4, 1)]
