"""The desk and the list of tickets: what waits for whom, in whose time, and who is late."""

import re

from backend.kit.actor import SCHEDULE
from backend.kit.deadlines import pass_deadlines
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import billing_asking_verbs, handling_verbs
from backend.tickets.states import ClockKind, TicketKind
from tests.identity.making import add_member
from tests.making import NOW
from tests.tickets.making import (
    HOUR,
    clock_of,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    resolve,
    write,
)
from tests.tickets.test_tieras_duties import make_question
from tests.web.portal import Portal, text_of


def section(page: str, title: str) -> str:
    """What stands under a heading of the desk, as text."""
    (found,) = [part for part in re.split(r"<section", page) if f">{title}" in part]
    return text_of(found)


async def test_questions_between_tiera_and_the_supplier_stand_on_the_desk_of_whoever_is_asked(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session, answer_minutes=90)
        to_tiera = await make_question(session, desk, asks=desk.supplier)
        to_supplier = await make_question(session, desk, asks=desk.tiera)
        due = (await clock_of(session, to_tiera, ClockKind.ANSWER)).due_at
        await pass_deadlines(session, SCHEDULE, now=NOW + 2 * HOUR)
        person = await add_member(session, desk.parties.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(person)
    own, its = (await tiera.get("/tyopoyta")).text, (await supplier.get("/tyopoyta")).text
    for page, title, asked, other in (
        (own, "Suppliers&#39; questions to Tiera", to_tiera, to_supplier),
        (its, "Questions to you", to_supplier, to_tiera),
    ):
        assert asked.number in section(page, title) and other.number not in section(page, title)
    assert due.isoformat()[:19] in own
    listed = text_of((await supplier.get("/pyynnot?states=WAITING")).text)
    assert "Late: Tiera" in listed and "Late: the supplier" not in listed
    for reader, ticket, is_asked in (
        (tiera, to_tiera, True),
        (supplier, to_tiera, False),
        (supplier, to_supplier, True),
    ):
        shown = (await reader.get(f"/pyynnot/{ticket.id}")).text
        assert ("Something is asked of you" in shown) is is_asked


async def test_who_is_late_with_a_ticket_is_told_apart_on_the_desk_and_in_the_list(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session, billing_minutes=90, decision_minutes=60)
        theirs = await make_ticket_at_supplier(session, desk, criticality=Criticality.HIGH)
        billed = await make_ticket_at_supplier(session, desk)
        await billing_asking_verbs.ask_for_billing(
            session, desk.supplier, ticket_id=billed.id, reason="Kaksi tuntia.", now=NOW
        )
        change = await hand_over(
            session, desk, await make_ticket(session, desk, by=desk.supplier, kind=TicketKind.CHANGE)
        )
        await handling_verbs.take_ticket(session, desk.supplier, ticket_id=change.id, now=NOW)
        bill = (await clock_of(session, billed, ClockKind.BILL)).due_at
        await pass_deadlines(session, SCHEDULE, now=NOW + 2 * HOUR)
        person = await add_member(session, desk.parties.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    tiera, supplier = await portal.signed_in(), await portal.signed_in(person)
    own, its = (await tiera.get("/tyopoyta")).text, (await supplier.get("/tyopoyta")).text
    numbers = {each.number for each in (theirs, billed, change)}
    for title, ticket in (
        ("Late at the supplier", theirs),
        ("To be approved for billing", billed),
        ("Changes to decide", change),
    ):
        assert {number for number in numbers if number in section(own, title)} == {ticket.number}, title
    assert billed.number in section(its, "Requests and incidents to handle") and bill.isoformat()[:19] not in its
    assert bill.isoformat()[:19] in own
    listed = text_of((await supplier.get("/pyynnot?isSuppliersLate=true")).text)
    assert theirs.number in listed and billed.number not in listed and "Late: the supplier" in listed
    waits = text_of((await supplier.get("/pyynnot?awaitsBilling=true")).text)
    assert "Late: Tiera" in waits and "Late: the supplier" not in waits
    supplier.client.cookies.set("kieli", "sv")
    assert "3 försenade" in text_of((await supplier.get("/pyynnot")).text), "of several it is said as of several"


async def test_what_a_customer_writes_on_a_resolved_ticket_stands_on_the_desk_of_whoever_may_answer(
    portal: Portal,
) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await resolve(session, desk, await make_ticket_at_supplier(session, desk))
        await write(session, desk.customer, ticket, text="Ei toimi vieläkään.")
        person = await add_member(session, desk.parties.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
        asker = await add_member(session, desk.parties.customer, Role.REPRESENTATIVE, "Aila Asiakas")
        named = desk.parties.customer.name
    tiera, supplier, customer = [await portal.signed_in(each) for each in (None, person, asker)]
    title, listed = "Written on since they were resolved", "/pyynnot?awaitsOwnReply=true"
    for reader, acts in ((tiera, f"{named} Answer, open again or close"), (supplier, f"{named} Answer")):
        shown = section((await reader.get("/tyopoyta")).text, title)
        assert ticket.number in shown and shown.strip().endswith(acts)
        assert ticket.number in (await reader.get(listed)).text
    assert ticket.number not in (await customer.get(listed)).text
    async with portal.house.sessions.begin() as session:
        await write(session, desk.tiera, ticket, text="Katsotaan heti.")
    for reader in (tiera, supplier):
        assert ticket.number not in (await reader.get(listed)).text
