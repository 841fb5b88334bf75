"""The page that says how services stand: what is known at its top, and nothing that is not."""

from dataclasses import replace

import sqlalchemy as sa

from backend.bulletins import verbs
from backend.bulletins.states import BulletinKind, Receivers
from backend.bulletins.verbs import Content
from backend.kit.database import Thing
from backend.kit.refs import Ref
from backend.parties.agreement_model import Service
from backend.parties.model import Person
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import passing_verbs, reporting_verbs
from backend.tickets.reporting_verbs import Report
from backend.tickets.states import Reach, TicketKind
from tests.identity.making import acting, add_member
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
