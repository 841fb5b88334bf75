"""How services stand: whoever an incident of wide reach concerns knows of it, and reads what was told to them alone."""

from datetime import timedelta
from typing import Any

import pytest

from backend.bulletins import verbs
from backend.bulletins.states import Receivers
from backend.kit.actor import Actor
from backend.kit.database import Sessions
from backend.kit.events import Audience
from backend.kit.refs import Ref
from backend.parties.agreement_model import Agreement, Service
from backend.rulebook.criticality import Criticality
from backend.tickets import handling_verbs, merging_verbs, message_verbs, passing_verbs, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import Reach, TicketKind
from tests.bulletins.making import HOUR, Sides, a_break, incident, make_published, make_sides
from tests.graphql.asking import Ask
from tests.making import NOW, make_service
from tests.tickets.making import newest_waiting

MONTH = timedelta(days=30)
OVER = "query($since: DateTime!) { resolvedIncidents(since: $since) { nodes { service { id } } } }"
SEEN = """query($at: DateTime!, $since: DateTime!, $until: DateTime!) {
  serviceStatus { nodes {
    service { id } state(at: $at)
    incidents(since: $since) {
      title isOpen resolvedAt nextUpdateDueAt bulletin { title } message { text isSensitive } ticket { title }
    }
    told(at: $at) { title }
    breaks(at: $at, until: $until) { title }
  } }
}"""


@pytest.fixture
async def sides(sessions: Sessions) -> Sides:
    async with sessions.begin() as session:
        return await make_sides(session)


async def report(sessions: Sessions, s: Sides, reach: Reach = Reach.MANY, **more: Any) -> Ticket:
    """A person in Mallila reports what is at the supplier then."""
    said = {"kind": TicketKind.INCIDENT, "title": "Maija's form fails", "description": "Since the morning.", **more}
    async with sessions.begin() as session:
        ticket = await reporting_verbs.report_ticket(
            session, s.in_mallila, report=Report(service_id=s.service.id, reach=reach, **said), now=NOW
        )
        await passing_verbs.hand_over_ticket(session, s.tiera, ticket_id=ticket.id, reason="Of the service.", now=NOW)
        return await handling_verbs.take_ticket(session, s.supplier_manager, ticket_id=ticket.id, now=NOW)


async def tell(sessions: Sessions, s: Sides, ticket: Ticket | None = None, **said: Any) -> Any:
    about = Ref("Ticket", ticket.id) if ticket else None
    async with sessions.begin() as session:
        return await make_published(session, s.tiera, incident(s, about=about, **said), at=NOW)


async def status(ask: Ask, actor: Actor, service: Service, at: Any = NOW) -> dict[str, Any]:
    moments = {"at": at, "since": at - MONTH, "until": at + MONTH}
    answer = await ask(actor, SEEN, **{name: moment.isoformat() for name, moment in moments.items()})
    found = [each for each in answer["serviceStatus"]["nodes"] if each["service"]["id"] == f"Service:{service.id}"]
    return dict(found[0]) if found else {}


async def test_a_service_of_which_nothing_is_known_works(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    await report(sessions, sides, Reach.ONE_ORGANISATION)
    for actor in (sides.tiera, sides.supplier_manager, sides.in_mallila, sides.in_nordby):
        seen = await status(ask, actor, sides.service)
        assert (seen["state"], seen["incidents"], seen["told"], seen["breaks"]) == ("WORKING", [], [], [])
    assert await status(ask, sides.stranger, sides.service) == {}, "another supplier's service"


@pytest.mark.rule("H11.4-a", "D2.1-c")
async def test_anothers_incident_is_known_once_it_was_told_of_and_by_the_words_of_the_bulletin(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides)
    assert (await status(ask, sides.in_nordby, sides.service))["state"] == "WORKING"
    own = await status(ask, sides.in_mallila, sides.service)
    assert own["state"] == "INCIDENT"
    assert own["incidents"][0] | {"message": None} == {
        "title": "Maija's form fails", "isOpen": True, "resolvedAt": None, "nextUpdateDueAt": None,
        "bulletin": None, "message": None, "ticket": {"title": "Maija's form fails"},
    }  # fmt: skip
    await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="Forms fail")
    assert await status(ask, sides.in_nordby, sides.service) == {
        "service": {"id": f"Service:{sides.service.id}"},
        "state": "INCIDENT",
        "incidents": [
            {
                "title": "Forms fail",
                "isOpen": True,
                "resolvedAt": None,
                "nextUpdateDueAt": None,
                "bulletin": {"title": "Forms fail"},
                "message": None,
                "ticket": None,
            }
        ],
        "told": [],
        "breaks": [],
    }


@pytest.mark.rule("H11.4-a", "H11.7.2-a")
async def test_what_a_bulletin_told_of_is_known_also_where_it_was_merged_into_another_and_that_into_a_third(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    first, second, third = [await report(sessions, sides, title=title) for title in ("One", "Two", "Three")]
    await tell(sessions, sides, first, receivers=Receivers.ALL_CUSTOMERS)

    async def seen() -> list[str]:
        return [each["title"] for each in (await status(ask, sides.in_nordby, sides.service))["incidents"]]

    assert await seen() == ["Kirjautuminen ei toimi"]
    for one, other in ((first, second), (second, third)):
        async with sessions.begin() as session:
            await merging_verbs.merge_tickets(
                session, sides.tiera, ticket_id=one.id, into_id=other.id, reason="The same.", now=NOW
            )
        assert await seen() == ["Kirjautuminen ei toimi"]
        assert (await status(ask, sides.in_nordby, sides.service))["state"] == "INCIDENT"
    page = "query($id: ID!) { ticket(id: $id) { bulletins { title } } }"
    (told,) = (await ask(sides.tiera, page, id=f"Ticket:{third.id}"))["ticket"]["bulletins"]
    assert told["title"] == "Kirjautuminen ei toimi", "whoever works on it sees what was told"
    async with sessions.begin() as session:
        await handling_verbs.withdraw_ticket(session, sides.tiera, ticket_id=third.id, reason="None.", now=NOW)
    assert await seen() == []
    async with sessions.begin() as session:
        await merging_verbs.unmerge_ticket(session, sides.tiera, ticket_id=second.id, reason="It goes on.", now=NOW)
    assert await seen() == ["Kirjautuminen ei toimi"]


@pytest.mark.rule("H11.4-a")
async def test_whom_a_bulletin_does_not_name_learns_nothing_from_it(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    ticket = await report(sessions, sides)
    await tell(
        sessions, sides, ticket, receivers=Receivers.ORGANISATIONS, organisation_ids=[sides.mallila.id], title="Told"
    )
    assert (await status(ask, sides.in_mallila, sides.service))["incidents"][0]["title"] == "Told"
    assert (await status(ask, sides.in_nordby, sides.service))["state"] == "WORKING"


@pytest.mark.rule("H11.4-a")
async def test_a_bulletin_that_is_taken_back_tells_nothing_more(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    ticket = await report(sessions, sides)
    told = await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS)
    async with sessions.begin() as session:
        await verbs.withdraw_bulletin(session, sides.tiera, bulletin_id=told.id, reason="Wrong.", now=NOW)
    assert (await status(ask, sides.in_nordby, sides.service))["state"] == "WORKING"


async def test_a_follow_up_is_the_last_word_on_the_same_incident(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    ticket = await report(sessions, sides)
    first = await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="Forms fail")
    async with sessions.begin() as session:
        await make_published(
            session, sides.tiera, incident(sides, title="Mended by noon"), follows=first, at=NOW + HOUR
        )
    seen = await status(ask, sides.in_nordby, sides.service, NOW + 2 * HOUR)
    told = [(each["title"], each["bulletin"]["title"]) for each in seen["incidents"]]
    assert (told, seen["told"]) == ([("Forms fail", "Mended by noon")], [])


@pytest.mark.rule("H11.4-a", "H2.1-a")
async def test_a_customer_reads_what_is_released_and_no_clock_and_the_parties_see_both(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides)

    async def last(actor: Actor) -> tuple[str | None, bool]:
        one = (await status(ask, actor, sides.service))["incidents"][0]
        return (one["message"] or {}).get("text"), one["nextUpdateDueAt"] is not None

    async with sessions.begin() as session:
        said = await message_verbs.write_message(
            session, sides.supplier_manager, ticket_id=ticket.id, text="As it is.", audience=Audience.ALL, now=NOW
        )
        await message_verbs.write_message(
            session, sides.tiera, ticket_id=ticket.id, text="Among us.", audience=Audience.TIERA, now=NOW
        )
    for actor in (sides.tiera, sides.in_mallila):
        assert (await last(actor))[0] not in ("As it is.", "Among us."), "it waits for release, or is internal"
    async with sessions.begin() as session:
        await message_verbs.release_message(session, sides.tiera, message_id=said.id, text="As put.", now=NOW)
    assert await last(sides.in_mallila) == ("As put.", False)
    assert await last(sides.tiera) == ("As put.", True)
    assert await last(sides.supplier_manager) == ("As put.", True)
    await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS)
    assert await last(sides.in_nordby) == (None, False)


async def test_an_incident_that_is_resolved_is_history_for_as_long_as_is_asked(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides)
    async with sessions.begin() as session:
        await handling_verbs.resolve_ticket(
            session, sides.supplier_manager, ticket_id=ticket.id, text="Mended.", now=NOW
        )
    before = await status(ask, sides.in_mallila, sides.service, NOW + HOUR)
    assert before["state"] == "INCIDENT", "what the supplier says is not known before Tiera releases it"
    async with sessions.begin() as session:
        message = await newest_waiting(session, ticket)
        await message_verbs.release_message(session, sides.tiera, message_id=message.id, now=NOW)
    seen = await status(ask, sides.tiera, sides.service, NOW + HOUR)
    assert (seen["state"], [each["isOpen"] for each in seen["incidents"]]) == ("WORKING", [False])
    assert (await status(ask, sides.tiera, sides.service, NOW + MONTH + HOUR))["incidents"] == []
    seen_by = ((sides.tiera, True), (sides.in_mallila, True), (sides.in_nordby, False), (sides.stranger, False))
    for actor, is_seen in seen_by:
        for since, is_within in ((NOW - HOUR, True), (NOW + HOUR, False)):
            answer = await ask(actor, OVER, since=since.isoformat())
            over = [each["service"]["id"] for each in answer["resolvedIncidents"]["nodes"]]
            assert over == [f"Service:{sides.service.id}"] * (is_seen and is_within)
    open_ones = await ask(sides.tiera, "{ serviceStatus { nodes { incidents { title } } } }")
    assert [each["incidents"] for each in open_ones["serviceStatus"]["nodes"]] == [[]]


async def test_what_never_reached_the_supplier_is_not_on_its_page(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        said = Report(
            kind=TicketKind.INCIDENT,
            service_id=sides.service.id,
            reach=Reach.MANY,
            title="At the desk",
            description="x",
        )
        await reporting_verbs.report_ticket(session, sides.in_mallila, report=said, now=NOW)
    assert (await status(ask, sides.supplier_manager, sides.service))["state"] == "WORKING"
    assert (await status(ask, sides.tiera, sides.service))["state"] == "INCIDENT"


async def test_an_incident_that_is_told_of_without_a_ticket_counts_while_the_bulletin_is_current(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    told = await tell(sessions, sides, receivers=Receivers.ALL_CUSTOMERS, title="Slow", criticality=Criticality.HIGH)
    seen = await status(ask, sides.in_nordby, sides.service)
    assert (seen["state"], seen["told"]) == ("INCIDENT", [{"title": "Slow"}])
    async with sessions.begin() as session:
        await verbs.end_bulletin(session, sides.tiera, bulletin_id=told.id, now=NOW)
    seen = await status(ask, sides.in_nordby, sides.service)
    assert (seen["state"], seen["told"]) == ("WORKING", [])


@pytest.mark.rule("H11.4-a")
async def test_an_incident_of_less_reach_is_told_of_while_it_is_open_and_a_bulletin_about_it_is_current(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides, Reach.ONE_USER)
    first = await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="Slow")
    for actor in (sides.tiera, sides.in_mallila, sides.in_nordby):
        seen = await status(ask, actor, sides.service)
        assert (seen["state"], seen["told"], seen["incidents"]) == ("INCIDENT", [{"title": "Slow"}], [])
    async with sessions.begin() as session:
        later = incident(sides, title="Slower")
        await make_published(session, sides.tiera, later, follows=first, at=NOW + HOUR)
    assert (await status(ask, sides.in_nordby, sides.service, NOW + HOUR))["told"] == [{"title": "Slower"}]
    async with sessions.begin() as session:
        await handling_verbs.withdraw_ticket(session, sides.tiera, ticket_id=ticket.id, reason="None.", now=NOW)
    seen = await status(ask, sides.in_nordby, sides.service, NOW + HOUR)
    assert (seen["state"], seen["told"]) == ("WORKING", [])


@pytest.mark.rule("H11.4-a")
async def test_what_several_bulletins_tell_of_one_ticket_is_shown_once_by_the_newest_that_is_seen(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket, into = [await report(sessions, sides, Reach.ONE_USER, title=title) for title in ("One", "Two")]
    await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="To all")
    async with sessions.begin() as session:
        about = Ref("Ticket", into.id)
        to_tiera = incident(sides, about=about, receivers=Receivers.TIERA, title="To Tiera")
        await make_published(session, sides.supplier_manager, to_tiera, at=NOW + HOUR)
        await merging_verbs.merge_tickets(
            session, sides.tiera, ticket_id=ticket.id, into_id=into.id, reason="The same.", now=NOW + HOUR
        )
    for actor, told in ((sides.tiera, "To Tiera"), (sides.in_nordby, "To all")):
        assert (await status(ask, actor, sides.service, NOW + HOUR))["told"] == [{"title": told}]


@pytest.mark.rule("H11.4-a")
async def test_an_incident_whose_reach_changes_is_among_the_wide_ones_or_told_of_and_never_both(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides)
    await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="Slow")
    for reach in (Reach.MANY, Reach.ONE_USER, Reach.MANY):
        async with sessions.begin() as session:
            (await session.get_one(Ticket, ticket.id)).reach = reach
        seen = await status(ask, sides.in_nordby, sides.service)
        shown = [len(seen["incidents"]), len(seen["told"])]
        assert (seen["state"], shown) == ("INCIDENT", [1, 0] if reach is Reach.MANY else [0, 1])


async def test_what_is_told_of_two_services_is_told_of_both_while_the_ticket_of_one_is_open(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    ticket = await report(sessions, sides)
    async with sessions.begin() as session:
        other = await make_service(session, await session.get_one(Agreement, sides.service.agreement_id), "Other")
    both = [sides.service.id, other.id]
    await tell(sessions, sides, ticket, receivers=Receivers.ALL_CUSTOMERS, title="Slow", service_ids=both)
    for service, shown in ((sides.service, [1, 0]), (other, [0, 1])):
        seen = await status(ask, sides.in_nordby, service)
        assert (seen["state"], [len(seen["incidents"]), len(seen["told"])]) == ("INCIDENT", shown)


async def test_a_break_comes_goes_on_and_is_over(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        await make_published(session, sides.tiera, a_break(sides, starts_at=NOW + 24 * HOUR, hours=2))
    for hours, state, announced in ((0, "WORKING", 1), (25, "BREAK", 1), (26, "WORKING", 0)):
        seen = await status(ask, sides.in_nordby, sides.service, NOW + hours * HOUR)
        assert (seen["state"], len(seen["breaks"])) == (state, announced)
