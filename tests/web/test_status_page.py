"""The page that says how services stand: what is known at its top, and nothing that is not."""

import re
from dataclasses import replace
from html import unescape

import sqlalchemy as sa

from backend.bulletins import verbs
from backend.bulletins.states import BulletinKind, Receivers
from backend.bulletins.verbs import Content
from backend.kit.database import Thing
from backend.kit.refs import Ref
from backend.parties.agreement_model import Agreement, Service
from backend.parties.model import Person
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import passing_verbs, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import Reach, TicketKind
from tests.identity.making import acting, add_member
from tests.making import make_service
from tests.web.portal import Portal, text_of
from tests.web.test_ticket_pages import reported

OF_THESE = "Of these no incident or break has been told that goes on now"
NONE_TOLD = "You have been told of no incident of wide reach and no break that goes on now"
UNTOLD = "No bulletin tells customers of it yet"


async def wide_incident(portal: Portal) -> tuple[Thing, Content]:
    """An incident of wide reach at Tiera's desk, and what a bulletin may tell of it."""
    tiera = acting(portal.manager, portal.tiera, Role.SERVICE_MANAGER)
    async with portal.house.sessions() as session:
        service_id = (await session.execute(sa.select(Service.id))).scalar_one()
    said = Report(
        kind=TicketKind.INCIDENT, service_id=service_id, reach=Reach.MANY, title="At Maija's desk", description="x"
    )
    ticket = (await portal.house.entrance.enter(tiera, reporting_verbs.report_ticket, report=said)).thing()
    return ticket, Content(
        kind=BulletinKind.INCIDENT,
        criticality=Criticality.HIGH,
        receivers=Receivers.ALL_CUSTOMERS,
        service_ids=[service_id],
        about=Ref("Ticket", ticket.id),
        title="Signing in fails",
        text="We say more at noon.",
        by_banner=False,
    )


async def test_tiera_reads_that_all_works_and_the_others_that_they_were_told_of_nothing(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    for person in (portal.manager, *sides):
        browser = await portal.signed_in(person)
        shown = text_of((await browser.get("/tila")).text)
        is_tieras = person is portal.manager
        assert ("Everything works as far as the portal knows" in shown, NONE_TOLD in shown) == (
            is_tieras,
            not is_tieras,
        )
        assert ("These work" in shown, OF_THESE in shown) == (is_tieras, not is_tieras)
        assert "There were none." in shown
        assert "How services stand" in text_of((await browser.get("/tyopoyta")).text), "in everybody's menu"


async def test_an_open_incident_stands_at_the_top_with_its_last_word(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    tiera = acting(portal.manager, portal.tiera, Role.SERVICE_MANAGER)
    ticket, content = await wide_incident(portal)
    draft = (await portal.house.entrance.enter(tiera, verbs.create_bulletin, content=content)).thing()
    browser = await portal.signed_in(sides[0])
    desk = await portal.signed_in()
    untold = ("/tila", f"/pyynnot/{ticket.id}")
    for page in untold:
        shown = (await desk.get(page)).text
        assert UNTOLD in shown and f"?koskee=Ticket:{ticket.id}" in shown
    shown = text_of((await browser.get("/tila")).text)
    assert NONE_TOLD in shown and "These work" not in shown, "there is an incident of which it may not know"
    await portal.house.entrance.enter(tiera, verbs.publish_bulletin, bulletin_id=draft.id)
    shown = text_of((await browser.get("/tila")).text)
    assert "1 service has an incident" in shown
    assert "Signing in fails" in shown
    assert "We say more at noon." in shown
    assert "At Maija's desk" not in shown
    assert "At Maija's desk" in text_of((await desk.get("/tila")).text)
    for page in untold:
        assert UNTOLD not in (await desk.get(page)).text


async def copied(portal: Portal, ticket: Thing, times: int, **said: str) -> None:
    """So many more tickets like one, with what is said of them, as SQL."""
    columns = [c.name for c in Ticket.__table__.columns if c.name not in ("id", "number") and c.computed is None]
    values = ", ".join(said.get(name, name) for name in columns)
    rows = f"SELECT number || '-' || {said['state']} || n, {values} FROM tickets, generate_series(1, {times}) AS n"
    async with portal.house.sessions.begin() as session:
        added = f"INSERT INTO tickets (number, {', '.join(columns)}) {rows} WHERE id = {ticket.id}"
        await session.execute(sa.text(added))


async def test_every_service_counts_and_an_old_incident_that_is_open_is_shown_before_newer_ones_that_are_over(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    ticket, _ = await wide_incident(portal)
    later = {"reported_at": "reported_at + interval '1 second'", "resolved_at": "now()"}
    await copied(portal, ticket, 60, state="'resolved'", title="'It is over'", **later)
    async with portal.house.sessions.begin() as session:
        agreement = (await session.execute(sa.select(Agreement).join(Service))).scalar_one()
        for n in range(100):
            await make_service(session, agreement, f"A {n}")
    desk = await portal.signed_in()
    page = (await desk.get("/tila")).text
    shown = text_of(page)
    assert "1 service has an incident" in shown and "At Maija's desk" in shown
    assert shown.index("At Maija's desk") < shown.index("A 0") and "A 99" in shown
    assert shown.count("It is over") == 50
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    assert text_of((await desk.get(unescape(following[1]))).text).count("It is over") == 10


async def test_what_of_a_service_is_not_shown_is_said_with_where_it_is(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    ticket, content = await wide_incident(portal)
    await copied(portal, ticket, 9, state="'open'")
    tiera = acting(portal.manager, portal.tiera, Role.SERVICE_MANAGER)

    async def told(number: int) -> None:
        of_it = replace(content, about=None, title=f"Fault {number}.")
        draft = (await portal.house.entrance.enter(tiera, verbs.create_bulletin, content=of_it)).thing()
        await portal.house.entrance.enter(tiera, verbs.publish_bulletin, bulletin_id=draft.id)

    for number in range(10):
        await told(number)
    desk, asker = await portal.signed_in(), await portal.signed_in(sides[0])
    for browser in (desk, asker):
        shown = text_of((await browser.get("/tila")).text)
        assert "Fault 0." in shown and "The newest 10 are shown here." not in shown
    await copied(portal, ticket, 1, state="'known'")
    await told(10)
    of_service = f"serviceId=Service:{content.service_ids[0]}"
    tickets, bulletins = f"/pyynnot?kinds=INCIDENT&isOpen=true&{of_service}", f"/tiedotteet?kinds=INCIDENT&{of_service}"
    for browser, addresses in ((desk, [tickets, bulletins]), (asker, [bulletins])):
        page = unescape((await browser.get("/tila")).text)
        assert "Fault 10." in page and "Fault 0." not in page
        assert text_of(page).count("The newest 10 are shown here.") == len(addresses)
        for address in addresses:
            assert address in page
            assert (await browser.get(address)).status_code == 200


async def test_what_a_supplier_tells_tiera_tells_no_customer(portal: Portal, sides: tuple[Person, Person]) -> None:
    async with portal.house.sessions.begin() as session:
        person = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    supplier = acting(person, portal.supplier, Role.SERVICE_MANAGER)
    tiera = acting(portal.manager, portal.tiera, Role.SERVICE_MANAGER)
    ticket, content = await wide_incident(portal)
    handed = {"ticket_id": ticket.id, "reason": "The fault is in the service."}
    await portal.house.entrance.enter(tiera, passing_verbs.hand_over_ticket, **handed)
    desk = await portal.signed_in()
    for actor, receivers, is_told in ((supplier, Receivers.TIERA, False), (tiera, Receivers.ALL_CUSTOMERS, True)):
        of_it = replace(content, receivers=receivers)
        draft = (await portal.house.entrance.enter(actor, verbs.create_bulletin, content=of_it)).thing()
        await portal.house.entrance.enter(actor, verbs.publish_bulletin, bulletin_id=draft.id)
        for page in ("/tila", f"/pyynnot/{ticket.id}"):
            shown = (await desk.get(page)).text
            assert "Signing in fails" in shown and (UNTOLD not in shown) is is_told


async def test_what_the_customer_writes_is_no_news_of_its_incident(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker, reach="MANY")
    await tiera.send(page, f"{page}/viesti", {"text": "We look into it.", "audience": "ALL"})
    await asker.send(page, f"{page}/viesti", {"text": "It is so today too."})
    shown = text_of((await asker.get("/tila")).text)
    assert "We look into it." in shown and "It is so today too." not in shown
