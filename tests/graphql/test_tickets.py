"""Tickets through the schema: the story by mutations alone, and a customer who never reads more than it may."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.graphql import schema
from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.conditions import MOST_COUNTED
from backend.kit.database import Session, Sessions
from backend.kit.deadlines import pass_deadlines
from backend.kit.entrance import Entrance
from backend.kit.events import Audience
from backend.parties.model import Organisation, Person
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import handling_verbs, message_verbs, reporting_verbs, sensitive_verbs
from backend.tickets.agreed_states import AgreedMatter
from backend.tickets.agreed_verbs import note_agreed
from backend.tickets.attachment_verbs import take_away_ticket_file
from backend.tickets.handling_verbs import write_root_cause
from backend.tickets.states import Reach
from tests.files.making import make_file
from tests.graphql.asking import Ask, Clock, prepare
from tests.graphql.everything import documents
from tests.graphql.test_schema import NO_LIMITS
from tests.making import NOW, make_role
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, resolve, write
from tests.tickets.test_catalogue import make_product, order

HOUR = timedelta(hours=1)
SECRET = "Salaisuus"

PAGE = """
query Page($id: ID!) { ticket(id: $id) {
  number kind state title description criticality reach holder team tags rootCause version url
  reportedAt reachedSupplierAt respondedAt resolvedAt closedAt dueAt isLate awaitsRelease supplierInforms isWatched
  customer { name } supplier { name } service { name } requester { name } requesterName reportedBy { name }
  assignee { name } assigneeName
  messages { totalCount nodes { kind audience state text writtenText author writtenAt releaseDueAt returnReason
    decidedBy { name } availableActions } }
  clocks { kind startedAt targetMinutes spentMinutes dueAt warnAt pausedAt metAt wasMetLate breachedAt owner { name }
    explain { since until counts reason minutes } }
  links { kind other { number } } watchers { person { name } } timeline { nodes { name by sentence } }
  availableActions availableAudiences
} }
"""
LIST = """
query List($where: TicketFilter, $orderBy: TicketSort) {
  tickets(where: $where, orderBy: $orderBy) { totalCount nodes { number title state } }
  ticketFigures { open inOwnHands unassigned late messagesAwaitingRelease }
}
"""


@pytest.fixture
async def door(database_url: str, sessions: Sessions, clock: Clock) -> AsyncIterator[Door]:
    """One that all fields may be asked of at once."""
    reads = Database(database_url, size=1, timeout=60_000)
    await reads.open()
    yield Door(schema.build(), reads.fetch, Entrance(sessions, clock=lambda: clock.now), limits=NO_LIMITS)
    await reads.close()


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    return await prepare(sessions, make_desk)


async def act(ask: Ask, actor: Actor, name: str, thing: str = "ticket { id state holder }", **input: Any) -> Any:
    """Carry a mutation out that is not refused."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    key = f"{name}:{len(str(input))}:{actor.kind}"
    document = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {thing} userErrors {{ code message }} }} }}"
    answer = (await ask(actor, document, input={"idempotencyKey": key, **input}))[name]
    assert answer["userErrors"] == [], answer
    return answer[thing.split()[0]]


@pytest.mark.rule("H2.1-a")
async def test_no_filter_order_or_cursor_tells_a_customer_of_a_deadline(
    desk: Desk, ask: Ask, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        soon = await make_ticket(session, desk, title="Soon", criticality=Criticality.CRITICAL)
        slow = await make_ticket(session, desk, title="Slow", criticality=Criticality.LOW)
    assert soon.due_at and slow.due_at and soon.due_at < slow.due_at
    document = """query($before: DateTime, $by: TicketSort) {
      tickets(where: { dueBefore: $before }, orderBy: $by) { totalCount edges { cursor node { title } } }
    }"""

    async def listed(actor: Actor, by: str, before: datetime | None = None) -> dict[str, Any]:
        found: dict[str, Any] = await ask(actor, document, by=by, before=before and before.isoformat())
        return found["tickets"]  # type: ignore[no-any-return]

    first = (await listed(desk.tiera, "DUE_FIRST"))["edges"]
    assert [edge["node"]["title"] for edge in first] == ["Soon", "Slow"]
    newest = await listed(desk.customer, "NEWEST")
    assert await listed(desk.customer, "DUE_FIRST") == await listed(desk.customer, "DUE_LAST") == newest
    counts = [(await listed(actor, "NEWEST", slow.due_at))["totalCount"] for actor in (desk.tiera, desk.customer)]
    assert (newest["totalCount"], counts) == (2, [1, 0])


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H2.1-a")
async def test_the_story_of_an_incident_by_mutations_alone(desk: Desk, ask: Ask, clock: Clock) -> None:
    report = {
        "kind": "INCIDENT",
        "serviceId": f"Service:{desk.service.id}",
        "title": "Guardians cannot sign in",
        "description": "An error since the morning.",
        "criticality": "HIGH",
    }
    ticket = (await act(ask, desk.customer, "reportTicket", report=report))["id"]
    queue = await ask(
        desk.tiera, LIST, where={"holder": "DESK", "isOpen": True, "isAssigned": False}, orderBy="DUE_FIRST"
    )
    assert [row["title"] for row in queue["tickets"]["nodes"]] == ["Guardians cannot sign in"]
    assert queue["ticketFigures"] == {
        "open": 1, "inOwnHands": 1, "unassigned": 1, "late": 0, "messagesAwaitingRelease": 0,
    }  # fmt: skip
    assert (await ask(desk.supplier, LIST))["tickets"]["totalCount"] == 0

    await act(ask, desk.tiera, "handOverTicket", ticketId=ticket, reason="A fault of the service.")
    clock.now = NOW + HOUR / 2
    await act(ask, desk.supplier, "takeTicket", ticketId=ticket)
    await act(ask, desk.supplier, "respondToTicket", ticketId=ticket, text="We are at it.")
    page = (await ask(desk.customer, PAGE, id=ticket))["ticket"]
    assert page["messages"] == {"totalCount": 0, "nodes": []}
    assert (page["clocks"], page["dueAt"], page["assigneeName"], page["tags"]) == ([], None, None, None)
    waiting = (await ask(desk.tiera, "{ messagesToRelease { nodes { id ticket { number } } } }"))["messagesToRelease"]
    message = waiting["nodes"][0]["id"]
    await act(ask, desk.tiera, "releaseTicketMessage", "message { state }", messageId=message, text="It is worked on.")
    page = (await ask(desk.customer, PAGE, id=ticket))["ticket"]
    (released,) = page["messages"]["nodes"]
    assert (released["text"], released["writtenText"], released["state"]) == ("It is worked on.", None, "RELEASED")
    assert released["author"] == page["supplier"]["name"]
    seen = (await ask(desk.supplier, PAGE, id=ticket))["ticket"]["messages"]["nodes"][-1]
    assert (seen["text"], seen["writtenText"]) == ("It is worked on.", "We are at it.")

    await act(ask, desk.tiera, "recallTicket", ticketId=ticket, reason="The network is ours.")
    await act(ask, desk.tiera, "waitForRequester", ticketId=ticket, text="Does it work now?")
    clock.now = NOW + 2 * HOUR
    standing = (await ask(desk.supplier, PAGE, id=ticket))["ticket"]
    assert standing["dueAt"] is None and all(c["pausedAt"] or c["metAt"] for c in standing["clocks"])
    await act(ask, desk.customer, "writeTicketMessage", "message { state }", ticketId=ticket, text="No.")
    page = (await ask(desk.tiera, PAGE, id=ticket))["ticket"]
    resolve = next(each for each in page["clocks"] if each["kind"] == "RESOLVE")
    assert [(s["counts"], s["reason"], s["minutes"]) for s in resolve["explain"]] == [
        (True, "AT_SUPPLIER", 30),
        (False, "WAITING", 90),
        (True, "AT_DESK", 240),
        (False, "OUTSIDE_HOURS", 960),
        (True, "AT_DESK", 210),
    ]
    assert (resolve["targetMinutes"], resolve["spentMinutes"]) == (480, 30)
    await act(
        ask, desk.tiera, "changeTicketClass", ticketId=ticket, criticality="LOW", reach="ONE_USER", reason="Less."
    )
    await act(ask, desk.tiera, "resolveTicket", ticketId=ticket, text="A switch was replaced.")
    await act(ask, desk.customer, "reopenTicket", ticketId=ticket, reason="Not yet.")
    await act(ask, desk.tiera, "resolveTicket", ticketId=ticket, text="A switch was replaced, and a cable.")
    assert (await act(ask, desk.customer, "closeTicket", ticketId=ticket))["state"] == "CLOSED"
    named = [event["name"] for event in (await ask(desk.tiera, PAGE, id=ticket))["ticket"]["timeline"]["nodes"]]
    assert named[0] == "ticket.closed" and named[-1] == "ticket.reported"


async def with_secrets(session: Session, desk: Desk) -> None:
    """A ticket with a word that no customer may read, in every place where one can stand."""
    person = await session.get_one(Person, desk.supplier.person_id)
    person.name = f"Sauli {SECRET}"
    ticket = await make_ticket_at_supplier(session, desk)
    tiera, supplier, said = desk.tiera, desk.supplier, f"{SECRET} palvelimella"
    returned = await write(session, supplier, ticket, said)
    await message_verbs.return_message(session, tiera, message_id=returned.id, reason=said, now=NOW)
    before, after = await make_file(session, supplier, name=f"{SECRET}.pdf"), await make_file(session, supplier)
    released = await write(session, supplier, ticket, said, file_ids=[before.id, after.id])
    await take_away_ticket_file(session, tiera, file_id=before.id, reason=said, now=NOW)
    later = NOW + timedelta(minutes=1)
    await message_verbs.release_message(session, tiera, message_id=released.id, text="Odottakaa.", now=later)
    await take_away_ticket_file(session, supplier, file_id=after.id, reason=said, now=later)
    await write(session, supplier, ticket, said)
    await write(session, supplier, ticket, said, Audience.BOTH)
    await write(session, tiera, ticket, said, Audience.TIERA)
    await handling_verbs.write_root_cause(session, supplier, ticket_id=ticket.id, cause=said, now=NOW)
    await reporting_verbs.sort_ticket(
        session,
        tiera,
        ticket_id=ticket.id,
        title=ticket.title,
        tags=[said.lower()],
        team=said,
        expected_version=1,
        now=NOW,
    )
    await handling_verbs.take_ticket(session, supplier, ticket_id=ticket.id, now=NOW)
    await handling_verbs.resolve_ticket(session, supplier, ticket_id=ticket.id, text=said, now=NOW)
    await make_ticket(session, desk, by=supplier, title=said, description=said)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))


@pytest.mark.long
@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("D2.1-c")
async def test_no_field_search_or_count_lets_a_customer_read_what_was_not_released(
    desk: Desk, sessions: Sessions, door: Door, ask: Ask
) -> None:
    await prepare(sessions, lambda session: with_secrets(session, desk))
    read_by_tiera = 0
    for name, document in documents(door.reads.schema, optional=False, whole=True):
        if not name.startswith(("Query.ticket", "Query.messages", "Query.contact", "Ticket", "Event")):
            continue
        one = f'"{name}:1"'
        asked = f"query Of($id: ID!) {document.replace(one, '$id')}" if one in document else document
        for id in range(1, 13) if one in document else [1]:
            answer = await door.execute(asked, {"id": f"{name}:{id}"}, desk.customer)
            assert b'"data":{' in answer, (name, answer)
            assert SECRET.lower() not in answer.decode().lower(), (name, id)
        if name.startswith("Query"):
            read_by_tiera += SECRET.lower() in (await door.execute(document, {}, desk.tiera)).decode().lower()
    assert read_by_tiera >= 2
    found = await ask(desk.customer, LIST, where={"words": SECRET})
    assert found["tickets"]["totalCount"] == 0
    for narrowed, many in (({"awaitsRelease": True}, 1), ({"isLate": True}, 2)):
        assert (await ask(desk.customer, LIST, where=narrowed))["tickets"]["totalCount"] == 0
        assert (await ask(desk.tiera, LIST, where=narrowed))["tickets"]["totalCount"] == many
    assert found["ticketFigures"]["messagesAwaitingRelease"] == 0


@pytest.mark.rule("H11.4-a")
async def test_why_a_supplier_takes_its_file_away_no_customer_reads_though_it_knows_them_from_tiera(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        known = await session.get_one(Person, desk.supplier.person_id)
        await make_role(session, known, await session.get_one(Organisation, desk.tiera.organisation_id), Role.EXPERT)
        ticket = await make_ticket_at_supplier(session, desk)
        for by in (desk.customer, desk.supplier):
            own, other = await make_file(session, by), await make_file(session, by)
            message = await write(session, by, ticket, file_ids=[own.id, other.id])
            if by is desk.supplier:
                await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
            await take_away_ticket_file(session, by, file_id=own.id, reason="Own.", now=NOW)
            await take_away_ticket_file(session, desk.tiera, file_id=other.id, reason="Tiera's.", now=NOW)
        id = str(ticket.ref)
    asked = "query Gone($id: ID!) { ticket(id: $id) { messages { nodes { filesTakenAway { takenAwayReason } } } } }"
    for actor, suppliers in ((desk.customer, None), (desk.supplier, "Own."), (desk.tiera, "Own.")):
        messages = (await ask(actor, asked, id=id))["ticket"]["messages"]["nodes"]
        read = [
            [each["takenAwayReason"] for each in one["filesTakenAway"]] for one in messages if one["filesTakenAway"]
        ]
        assert sorted(read, key=str) == sorted([["Tiera's.", "Own."], ["Tiera's.", suppliers]], key=str)


async def test_nobody_reads_in_the_catalogues_form_what_is_masked_in_the_description(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    asked = "query Answers($id: ID!) { ticket(id: $id) { description productOrder { answers { label answer } } } }"
    async with sessions.begin() as session:
        ticket = await order(session, desk, await make_product(session, desk), {0: SECRET, 1: "Large"})
        id = str(ticket.ref)
    read = (await ask(desk.customer, asked, id=id))["ticket"]
    assert read["productOrder"]["answers"][0] == {"label": "School", "answer": SECRET}
    async with sessions.begin() as session:
        await sensitive_verbs.mark_sensitive(session, desk.customer, text_of=ticket.ref, now=NOW)
    for actor in (desk.customer, desk.tiera):
        assert (await ask(actor, asked, id=id))["ticket"] == {"description": "", "productOrder": {"answers": []}}


async def test_a_message_that_waits_cannot_be_released_by_its_supplier_through_the_door(
    desk: Desk, sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> int:
        return (await write(session, desk.supplier, await make_ticket_at_supplier(session, desk))).id

    message = await prepare(sessions, make)
    document = """mutation($input: ReleaseTicketMessageInput!) {
      releaseTicketMessage(input: $input) { userErrors { code rule } } }"""
    given = {"idempotencyKey": "1", "messageId": f"TicketMessage:{message}"}
    answer = await ask(desk.supplier, document, input=given)
    assert answer["releaseTicketMessage"]["userErrors"] == [{"code": "NOT_PERMITTED", "rule": "H11.4-a"}]


async def test_a_ticket_says_by_when_tiera_releases_and_confirms_what_waits_on_it(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    asked = """query ($id: ID!) { ticket(id: $id) { releaseDueAt confirmationDueAt
      messages { nodes { releaseDueAt agreed { dueAt } } } } }"""
    async with sessions.begin() as session:
        ticket = await make_ticket_at_supplier(session, desk)
        late = await write(session, desk.supplier, ticket, "Korjaamme.", now=NOW + HOUR)
        early = await write(session, desk.supplier, ticket, "Sovittiin 100 euroa.", now=NOW)
        await note_agreed(session, desk.tiera, message_id=early.id, matters=[AgreedMatter.PRICE], now=NOW)
        id = str(ticket.ref)
    told = (await ask(desk.tiera, asked, id=id))["ticket"]
    assert late.release_due_at is not None and early.release_due_at is not None
    assert datetime.fromisoformat(told["releaseDueAt"]) == early.release_due_at < late.release_due_at
    (agreed,) = [each["agreed"] for each in told["messages"]["nodes"] if each["agreed"]]
    assert told["confirmationDueAt"] == agreed["dueAt"]
    assert (await ask(desk.customer, asked, id=id))["ticket"]["releaseDueAt"] is None


@pytest.mark.rule("H11.2.3-b")
async def test_a_wide_incident_is_offered_to_be_closed_once_tiera_or_the_supplier_has_written_its_cause(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    document = "query($id: ID!) { ticket(id: $id) { availableActions } }"
    async with sessions.begin() as session:
        ticket = await resolve(session, desk, await make_ticket_at_supplier(session, desk, reach=Reach.MANY))

    async def offered() -> list[set[str]]:
        sides = (desk.customer, desk.tiera, desk.supplier)
        answers = [await ask(actor, document, id=str(ticket.ref)) for actor in sides]
        some = {"CONFIRM", "CLOSE", "FIND_CAUSE"}
        return [set(answer["ticket"]["availableActions"]) & some for answer in answers]

    assert await offered() == [set(), {"FIND_CAUSE"}, {"FIND_CAUSE"}]
    async with sessions.begin() as session:
        await write_root_cause(session, desk.tiera, ticket_id=ticket.id, cause="The certificate ran out.", now=NOW)
    assert await offered() == [{"CONFIRM"}, {"CLOSE", "FIND_CAUSE"}, {"FIND_CAUSE"}]


async def test_tickets_are_found_by_forms_of_their_words_their_number_and_their_customer(
    desk: Desk, sessions: Sessions, ask: Ask
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk, title="Palvelupyyntö katosi", description="Lomake jäi tyhjäksi.")
        masked = await make_ticket(session, desk, title="Palvelu", description="Terveystieto", is_sensitive=True)
        customer = await session.get_one(Organisation, desk.customer.organisation_id)
        named = customer.name.split()[-1]
    wanted, both = [ticket.number], [masked.number, ticket.number]
    for words, found in (
        ("palvelupyynnöt", wanted), ("lomakkeet tyhjä", wanted), ("lomake kirjasto", []), (ticket.number, wanted),
        (ticket.number[:8].lower(), both), (named, both), ("terveystieto", []), (masked.number, [masked.number]),
    ):  # fmt: skip
        listed = (await ask(desk.tiera, LIST, where={"words": words}))["tickets"]
        assert ([row["number"] for row in listed["nodes"]], listed["totalCount"]) == (found, len(found)), words
    assert (await ask(desk.supplier, LIST, where={"words": ticket.number}))["tickets"]["nodes"] == []


async def test_what_is_written_comes_the_newest_first_where_it_is_asked_for(
    desk: Desk, sessions: Sessions, ask: Ask
) -> None:
    async with sessions.begin() as session:
        ticket = await make_ticket(session, desk)
        for text in ("First.", "Second.", "Third."):
            await write(session, desk.customer, ticket, text)
        id = str(ticket.ref)
    document = "query($id: ID!) { ticket(id: $id) { messages(first: 2, orderBy: NEWEST) { nodes { text } } } }"
    read = (await ask(desk.tiera, document, id=id))["ticket"]["messages"]["nodes"]
    assert [message["text"] for message in read] == ["Third.", "Second."]


async def test_of_a_long_list_it_is_only_counted_that_there_are_more(desk: Desk, sessions: Sessions, ask: Ask) -> None:
    many = MOST_COUNTED + 5
    insert = sa.text(
        "INSERT INTO organisations (name, sort_key, side, created_at) "
        "SELECT 'Kunta ' || n, 'kunta ' || n, 'customer', now() FROM generate_series(1, :many) n"
    )
    async with sessions.begin() as session:
        await session.execute(insert, {"many": many})
    asked = "query($words: String) { organisations(where: { words: $words }, first: 1) { totalCount } }"
    for words, count in (("kunta", MOST_COUNTED + 1), ("kunta 77", sum("77" in str(n + 1) for n in range(many)))):
        assert (await ask(desk.tiera, asked, words=words))["organisations"]["totalCount"] == count
