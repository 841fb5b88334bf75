"""Tickets in the portal, without JavaScript: reported, handed on, answered with Tiera's release, resolved, closed."""

import html
import re
from functools import partialmethod

import httpx
import pytest
import sqlalchemy as sa

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.parties.model import Person
from backend.rulebook.roles import Role
from backend.tickets.model import ContactPermission, Ticket, TicketMessage
from backend.tickets.states import TicketKind, TicketState
from tests.identity.making import add_member
from tests.orders.making import make_ordered
from tests.tickets.making import make_desk, make_ticket
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from web.pages import Page

SECRET = "Sanoma joka odottaa julkaisua"


async def reported(asker: Browser, reach: str = "ONE_USER") -> str:
    """The page of an incident that was just reported."""
    form = (await asker.get("/pyynnot/uusi")).text
    service = re.search(r'<option value="(Service:\d+)"', form)
    assert service and "Problem" not in text_of(form), "a customer reports incidents and requests"
    answer = await asker.send(
        "/pyynnot/uusi",
        "/pyynnot/uusi",
        {
            "report.kind": "INCIDENT",
            "report.serviceId": service[1],
            "report.title": "Tulostus ei toimi",
            "report.description": "Sivu on tyhjä.",
            "report.criticality": "NORMAL",
            "report.reach": reach,
            "_reviewed": "1",
        },
    )
    return path_to(answer)


async def step(browser: Browser, page: str, slug: str, **given: str) -> httpx.Response:
    return await browser.send(f"{page}/{slug}", f"{page}/{slug}", given)


async def test_an_incident_is_reported_handed_on_answered_by_release_and_closed(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    assert (await supplier.get(page)).status_code == 404, "it has not reached the supplier"
    assert path_to(await step(tiera, page, "siirra", reason="Vika on palvelussa.")) == page
    assert "Vika on palvelussa." not in (await asker.get(page)).text
    assert f'href="{page}/ota"' in (await supplier.get(page)).text
    await step(supplier, page, "ota")
    assert "Take it" not in text_of((await supplier.get(page)).text), "whoever has it need not take it"
    shown = text_of((await supplier.get(page)).text)
    assert "Response time" in shown and "left of" in shown
    assert "Response time" not in text_of((await asker.get(page)).text), "a customer sees no clocks"
    await step(supplier, page, "vastaa", text=SECRET)
    for there in (page, "/pyynnot/vienti.csv", "/haku?haku=julkaisua", "/ilmoitukset"):
        assert SECRET not in (await asker.get(there)).text, there
    assert SECRET in (await tiera.get(page)).text
    async with portal.house.sessions() as session:
        message = await session.scalar(sa.select(TicketMessage.id).where(TicketMessage.text == SECRET))
    there = f"{page}/viestit/{message}"
    assert (await tiera.get(page)).text.count(f'href="{there}"') == 2, "what Tiera decides is at the top too"
    emptied = await tiera.send(there, f"{there}/julkaisu", {"text": " "})
    assert emptied.status_code == 422 and SECRET not in (await asker.get(page)).text
    released = await tiera.send(there, f"{there}/julkaisu", {"text": "Korjaamme vian tänään."})
    assert path_to(released) == page
    read = (await asker.get(page)).text
    assert "Korjaamme vian tänään." in read and SECRET not in read
    assert SECRET in (await supplier.get(page)).text, "both versions are kept"
    await step(supplier, page, "ratkaise", text="Tulostus toimii.")
    read = text_of((await asker.get(page)).text)
    assert "Tulostus toimii." not in read and "Resolved" not in read, "what the supplier says waits for its words"
    shown = (await supplier.get(page)).text
    assert f'href="{page}/ratkaise"' not in shown and "resolved once this is released" in text_of(shown)
    async with portal.house.sessions() as session:
        words = await session.scalar(sa.select(TicketMessage.id).where(TicketMessage.text == "Tulostus toimii."))
    there = f"{page}/viestit/{words}"
    assert path_to(await tiera.send(there, f"{there}/julkaisu", {"text": "Tulostus toimii."})) == page
    read = text_of((await asker.get(page)).text)
    assert "Tulostus toimii." in read and "Resolved" in read
    async with portal.house.sessions() as session:
        state = await session.scalar(sa.select(Ticket.state).where(Ticket.id == int(page.rpartition("/")[2])))
    assert state is TicketState.RESOLVED


async def test_a_permission_is_offered_where_it_lets_one_write_and_what_was_written_by_it_says_so(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page, today = await reported(asker), helsinki_date(now())
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    async with portal.house.sessions.begin() as session:
        ticket = await session.get_one(Ticket, int(page.rpartition("/")[2]))
        given = {
            "supplier_id": ticket.supplier_id,
            "customer_ids": [ticket.customer_id],
            "service_ids": [ticket.service_id],
            "kinds": [ticket.kind],
            "valid_from": today,
            "valid_until": today,
            "document_on": today,
            "given_at": now(),
        }
        for number, person in (("LUPA-1", sides[1]), ("LUPA-2", sides[0])):
            session.add(ContactPermission(**given, person_ids=[person.id], document_number=number, matter="Tulostus."))
    for there in (page, f"{page}/kysy"):
        form = (await supplier.get(there)).text
        assert "LUPA-1: Tulostus." in form and "LUPA-2" not in form
    its = re.search(r'value="(ContactPermission:\d+)"', form)
    assert its
    await step(supplier, page, "kysy", text="Millä tulostimella?", permissionId=its[1])
    assert "Millä tulostimella?" in (await asker.get(page)).text
    said = "could read it at once, by the permission LUPA-1 (Tulostus.)."
    assert [said in text_of((await each.get(page)).text) for each in (tiera, supplier, asker)] == [True, True, False]


async def test_what_one_writes_says_who_may_read_it(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    nothing = await asker.send(page, f"{page}/viesti", {"text": " "})
    assert nothing.status_code == 422
    await asker.send(page, f"{page}/viesti", {"text": "Koskee myös naapuria."})
    assert "Koskee myös naapuria." in (await tiera.get(page)).text
    await tiera.send(page, f"{page}/viesti", {"text": "Vain meille.", "audience": "TIERA"})
    assert "Vain meille." not in (await asker.get(page)).text
    await step(tiera, page, "ota")
    await step(tiera, page, "kysy", text="Mikä tulostin?")
    for who, is_asked in ((asker, True), (tiera, False)):
        assert ("Something is asked of you" in text_of((await who.get(page)).text)) is is_asked


async def test_the_list_finds_a_ticket_and_can_be_taken_along(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker = await portal.signed_in(sides[0])
    page = await reported(asker)
    listed = (await asker.get("/pyynnot?words=tulostus")).text
    number = re.search(r"TIK-\d{4}-\d{5}", listed)
    assert number and path_to(await asker.get(f"/pyynnot/{number[0]}")) == page
    assert path_to(await asker.get(f"/haku?haku={number[0]}")) == page
    assert "Nothing matches" in (await asker.get("/pyynnot?words=eiole")).text
    exported = (await asker.get("/pyynnot/vienti.csv")).content.decode("utf-8-sig")
    assert "Tulostus ei toimi" in exported
    assert re.search(r";\d{4}-\d\d-\d\d \d\d:\d\d;", exported), "moments that a spreadsheet reads"


async def test_what_is_not_for_ones_side_is_not_offered(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker = await portal.signed_in(sides[0])
    page = await reported(asker)
    for slug in ("siirra", "ota", "ratkaise", "luokka"):
        assert (await asker.get(f"{page}/{slug}")).status_code == 409
    assert path_to(await step(asker, page, "peru", reason="Korjaantui itsestään.")) == page


async def test_what_was_written_on_what_ended_meanwhile_can_be_taken_along(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    typed = {"text": "Löysimme syyn:\najuri on vanha.", "audience": "ALL"}
    writing = hidden((await tiera.get(page)).text, f"{page}/viesti") | typed
    await step(asker, page, "peru", reason="Korjaantui itsestään.")
    refused = await tiera.post(
        f"{page}/viesti", writing | {"text": "Löysimme syyn:\najuri on vanha.", "audience": "ALL"}
    )
    assert refused.status_code == 422
    assert "What you wrote was not saved: take it from here" in refused.text
    assert typed["text"] in refused.text


async def test_what_is_agreed_in_a_message_binds_when_tiera_confirms_it(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    await asker.send(page, f"{page}/viesti", {"text": "Sopii perjantaina, 400 euroa."})
    link = re.search(rf'href="({page}/viestit/\d+/sovittu)"', (await asker.get(page)).text)
    assert link
    nothing = await asker.send(link[1], link[1], {})
    assert nothing.status_code == 422
    assert path_to(await asker.send(link[1], link[1], {"matters": "PRICE"})) == page
    assert "Not binding until Tiera confirms" in text_of((await asker.get(page)).text)
    assert (await asker.get(link[1])).status_code == 409, "it is not the customer's to confirm"
    assert path_to(await tiera.send(link[1], f"{link[1]}/epaaminen", {"reason": "Hinta sovitaan tilauksella."})) == page
    read = text_of((await asker.get(page)).text)
    assert "Not confirmed by Tiera" in read and "Hinta sovitaan tilauksella." in read


async def test_a_ticket_is_linked_to_the_order_that_it_follows_from_and_both_pages_show_it(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        order = await make_ordered(session, desk.parties)
        ticket = await make_ticket(session, desk)
        customer = await add_member(session, desk.parties.customer, Role.REPRESENTATIVE, "Hanna Järvinen")
    tiera, page, its = await portal.signed_in(), f"/pyynnot/{ticket.id}", f"/tilaukset/{order.id}"
    wrong = await tiera.send(f"{page}/liitos", f"{page}/liitos", {"kind": "CAUSED_BY", "other": order.number or ""})
    assert wrong.status_code == 422 and "A ticket follows from an order" in text_of(wrong.text)
    linked = {"kind": "FOLLOWS_FROM", "other": (order.number or "").lower()}
    assert path_to(await tiera.send(f"{page}/liitos", f"{page}/liitos", linked)) == page
    shown = (await tiera.get(page)).text
    assert f'href="{its}"' in shown and "Follows from" in text_of(shown)
    assert f'href="{page}"' in (await tiera.get(its)).text
    assert str(order.number) not in (await (await portal.signed_in(customer)).get(page)).text, "it is not their order"
    taken = {"ticketId": str(ticket.ref), "kind": "FOLLOWS_FROM", "other": str(order.ref)}
    assert path_to(await tiera.send(page, f"{page}/liitos/poisto", taken)) == page
    assert f'href="{page}"' not in (await tiera.get(its)).text


async def test_work_is_ordered_for_a_ticket_and_its_page_shows_the_order(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket(session, desk)
    tiera, page = await portal.signed_in(), f"/pyynnot/{ticket.id}"
    (way,) = re.findall(r'href="(/tilaukset/uusi[^"]*)"', (await tiera.get(page)).text)
    begun = await tiera.get(way)
    assert ticket.number in begun.text and ticket.title in begun.text
    said = {"content.title": "Tuonti", "content.description": "Tiedot tuodaan yöllä."}
    filled = {"agreementId": str(desk.parties.agreement.ref), "content.pricing": "HOURS", **said}
    lost = await tiera.send(way, "/tilaukset/uusi", filled | {"content.title": ""})
    assert lost.status_code == 422 and ticket.number in lost.text, "what it follows from is not lost"
    its = path_to(await tiera.send(way, "/tilaukset/uusi", filled))
    assert f'href="{page}"' in (await tiera.get(its)).text
    shown = (await tiera.get(page)).text
    assert f'href="{its}"' in shown and "Orders that follow from it" in text_of(shown)


async def test_whoever_reports_sees_what_sounds_alike_and_goes_on_all_the_same(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker = await portal.signed_in(sides[0])
    first = await reported(asker)
    hint = (await asker.get("/pyynnot/samanlaiset?report.title=tulostuksessa")).text
    assert f'href="{first}"' in hint
    form = (await asker.get("/pyynnot/uusi")).text
    service = re.search(r'<option value="(Service:\d+)"', form)
    assert service
    given = {"report.kind": "INCIDENT", "report.serviceId": service[1], "report.title": "Tulostus on tyhjä"}
    given |= {"report.description": "Taas.", "report.criticality": "NORMAL", "report.reach": "ONE_USER"}
    shown = await asker.send("/pyynnot/uusi", "/pyynnot/uusi", given)
    assert shown.status_code == 200 and f'href="{first}"' in shown.text and "Taas." in shown.text
    assert path_to(await asker.send("/pyynnot/uusi", "/pyynnot/uusi", given | {"_reviewed": "1"})) != first


async def test_who_watches_a_ticket_is_told_what_follows(portal: Portal, sides: tuple[Person, Person]) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    for said, given in (("from now on", "true"), ("no more", "false")):
        assert path_to(await tiera.send(page, f"{page}/seuraa", {"w.isWatching": given})) == page
        assert f"You are told of it {said}" in text_of((await tiera.get(page)).text)


async def test_a_sensitive_text_is_opened_by_a_button_and_shown_in_its_answer_alone(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera = await portal.signed_in(sides[0]), await portal.signed_in()
    page = await reported(asker)
    await asker.send(page, f"{page}/viesti", {"text": SECRET, "isSensitive": "true"})
    for browser in (asker, tiera):
        assert SECRET not in (await browser.get(page)).text
    opened = await tiera.send(page, f"{page}/avaus", {})
    assert opened.status_code == 200 and SECRET in opened.text and "on record" in opened.text
    assert "no-store" in opened.headers["cache-control"]
    shown = (await tiera.get(page)).text
    assert SECRET not in shown and "A sensitive text was opened." in shown
    assert path_to(await tiera.send(page, f"{page}/peitto", {})) == page
    assert "Sivu on tyhjä." not in (await asker.get(page)).text


async def test_a_suppliers_sensitive_message_is_released_changed_and_both_versions_are_opened_on_record(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = (
        await portal.signed_in(sides[0]), await portal.signed_in(), await portal.signed_in(sides[1])
    )  # fmt: skip
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    written = {"text": SECRET, "audience": "ALL", "isSensitive": "true"}
    await supplier.send(page, f"{page}/viesti", written)
    release = re.search(rf'href="({page}/viestit/(\d+))"', (await tiera.get(page)).text)
    assert release and SECRET not in (await tiera.get(release[1])).text
    released = await tiera.send(release[1], f"{release[1]}/julkaisu", {"text": "Asia on hoidettu."})
    assert path_to(released) == page
    opening = {"textOf": f"TicketMessage:{release[2]}"}
    read = (await tiera.send(page, f"{page}/avaus", opening)).text
    assert "Asia on hoidettu." in read and SECRET in read
    read = (await asker.send(page, f"{page}/avaus", opening)).text
    assert "Asia on hoidettu." in read and SECRET not in read


async def test_what_a_figure_narrows_stays_when_a_filter_is_changed_and_is_let_go_by_a_link(portal: Portal) -> None:
    page = (await (await portal.signed_in()).get("/pyynnot?isLate=true&isOpen=true&words=x")).text
    assert '<input type="hidden" name="isLate" value="true">' in page and 'type="hidden" name="isOpen"' not in page
    assert re.search(r'<a href="/pyynnot\?isOpen=true&amp;words=x">Show the others too</a>', page)
    assert "Show the others too" not in (await (await portal.signed_in()).get("/pyynnot?isOpen=true")).text


async def test_of_a_long_conversation_the_newest_is_shown_and_what_waits_is_found_wherever_it_stands(
    portal: Portal, sides: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.Page.window", partialmethod(Page.window, rows=3))
    asker, tiera, supplier = [await portal.signed_in(who) for who in (sides[0], None, sides[1])]
    page = await reported(asker)
    await asker.send(page, f"{page}/viesti", {"text": "Sopimus nelja euroa."})
    agreed = re.search(rf'href="({page}/viestit/(\d+)/sovittu)"', (await asker.get(page)).text)
    assert agreed
    await asker.send(agreed[1], agreed[1], {"matters": "PRICE"})
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "ota")
    await step(supplier, page, "vastaa", text=SECRET)
    for n in range(4):
        await asker.send(page, f"{page}/viesti", {"text": f"Lause numero {n}."})
    newest = (await tiera.get(page)).text
    assert [n for n in range(4) if f"Lause numero {n}." in newest] == [1, 2, 3], "what was written last is there"
    assert newest.index("numero 1.") < newest.index("numero 3.")
    assert SECRET not in newest and "Release or return" in newest and "To the newest" not in newest
    assert f'href="{agreed[1]}"' in newest, "what was agreed waits for Tiera, whichever page it stands on"
    hit = re.search(rf'href="({page}\?viesti=\d+)#viesti-{agreed[2]}"', (await tiera.get("/haku?haku=nelja")).text)
    assert hit
    there = (await tiera.get(hit[1])).text
    assert f'id="viesti-{agreed[2]}"' in there and "numero 3." not in there and "To the newest" in there
    assert (await tiera.get(f"{page}?viesti=99999999")).status_code == 200
    earlier = re.search(rf'href="({page}\?after=[^"#]+)#conversation"', newest)
    assert earlier and SECRET in (await tiera.get(html.unescape(earlier[1]))).text


async def test_who_decides_on_a_change_reads_on_the_same_page_what_it_is(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        desk = await make_desk(session)
        change = await make_ticket(
            session, desk, by=desk.supplier, kind=TicketKind.CHANGE, title="Uusi palvelin", description="Levy vaihtuu."
        )
    tiera = await portal.signed_in()
    page = f"/pyynnot/{change.id}"
    assert path_to(await step(tiera, page, "ota")) == page
    first = re.search(r'<p class="actions"><a [^>]*href="([^"]+)"', (await tiera.get(page)).text)
    assert first and first[1] == f"{page}/paatos", "what waits for a decision is the page's one strong button"
    deciding = text_of((await tiera.get(f"{page}/paatos")).text)
    assert "Levy vaihtuu." in deciding and all(f"{of} " in deciding for of in ("Class", "Reach", "Service"))
    assert "Levy vaihtuu." not in (await tiera.get(f"{page}/peru")).text


async def test_where_nothing_was_reported_yet_the_list_says_so_and_not_that_nothing_matches(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    for browser, offered in ((await portal.signed_in(sides[0]), True), (await portal.signed_in(), True)):
        there = (await browser.get("/pyynnot?words=&kinds=")).text
        assert "no requests or incidents yet" in there and "Nothing matches" not in there
        assert ('href="/pyynnot/uusi">Report or ask' in there) is offered
        assert "Nothing matches" in (await browser.get("/pyynnot?words=tulostin")).text
