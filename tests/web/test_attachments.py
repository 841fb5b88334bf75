"""Attachments in the portal: brought without JavaScript, shown, and taken away with a reason."""

import re

import httpx
import pytest

from backend.demo.papers import paper, picture
from backend.kit.actor import ActorKind
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_service
from tests.orders.making import make_order_in_progress, make_parties
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from tests.web.test_party_pages import agree
from tests.web.test_ticket_pages import reported, step


@pytest.fixture
async def customer(portal: Portal) -> Person:
    """Somebody at a customer, with a service to report of."""
    async with portal.house.sessions.begin() as session:
        await make_service(session, await make_agreement(session, portal.supplier), "Arkisto")
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        return await add_member(session, town, Role.REPRESENTATIVE, "Hanna Lukija")


async def report(browser: Browser, *files: tuple[str, bytes], **more: str) -> httpx.Response:
    """Report an incident with these files, as a form of the browser does."""
    page = (await browser.get("/pyynnot/uusi")).text
    service = re.search(r'<option value="(Service:\d+)"', page)
    assert service
    said = hidden(page, "/pyynnot/uusi") | {
        "report.kind": "INCIDENT",
        "report.serviceId": service[1],
        "report.title": "Virhe",
        "report.description": "Kuva liitteenä.",
        "report.criticality": "NORMAL",
        "report.reach": "ONE_USER",
        **{f"report.{name}": value for name, value in more.items()},
    }
    brought = [("report.fileIds", (name, content)) for name, content in files]
    return await browser.client.post("/pyynnot/uusi", data=said, files=brought)


async def test_a_picture_is_shown_a_paper_opens_and_both_are_taken_along(portal: Portal, customer: Person) -> None:
    reader = await portal.signed_in(customer)
    answer = await report(reader, ("virhe.png", picture(40, 30)), ("luettelo.pdf", paper("Rivi (1)")))
    assert answer.status_code == 303, text_of(answer.text)
    page = (await reader.get(answer.headers["location"])).text
    shown = re.search(
        r'<a class="thumb" href="(/api/files/\d+\?nayta)"><img src="(.+?)" alt="Picture: virhe.png"', page
    )
    assert shown
    image = await reader.get(shown[1])
    assert image.headers["content-type"] == "image/png" and image.content == picture(40, 30)
    first = re.search(r'<img src="(/api/files/\d+/preview)" alt="First page: luettelo.pdf" loading="lazy"', page)
    for preview in (shown[2], first and first[1]):
        assert preview and (await reader.get(preview)).headers["content-type"] == "image/webp"
    opened = re.search(r'<a href="(/api/files/\d+\?nayta)">luettelo.pdf</a>', page)
    assert opened and (await reader.get(opened[1])).headers["content-disposition"].startswith("inline")
    nobody = portal.browser()
    assert [(await nobody.get(each)).status_code for each in (shown[1], shown[2])] == [401, 401]


async def test_a_form_with_files_that_is_sent_twice_is_done_once(portal: Portal, customer: Person) -> None:
    reader = await portal.signed_in(customer)
    where = path_to(await report(reader))
    page = (await reader.get(where)).text
    to = re.search(r'<form[^>]*action="([^"]*/viesti)"', page)
    assert to
    said = hidden(page, to[1]) | {"text": "Kuvat liitteenä.", "audience": "ALL"}
    brought = [("fileIds", (name, picture(9, 9))) for name in ("virhe.png", "sama.png")]
    sent = [(await reader.client.post(to[1], data=said, files=brought)).status_code for _ in range(2)]
    assert sent == [303, 303]
    page = (await reader.get(where)).text
    assert page.count("Kuvat liitteenä.") == 1
    assert re.findall(r'alt="Picture: (.+?)"', page) == ["virhe.png", "sama.png"]


async def test_an_edit_with_a_file_that_is_sent_twice_is_done_once_and_is_another_with_other_words(
    portal: Portal,
) -> None:
    browser = await portal.signed_in(portal.key_user)
    path = f"{await agree(browser, portal)}/muokkaa"
    kept = {"name": "Palvelusopimus", "optionUntil": "", "greatestTotal": "100 000", "modelVersion": "1.1"}
    said = hidden((await browser.get(path)).text, path) | kept | {"reason": "Versio 1.1."}
    brought = [("fileIds", ("versio.png", picture(9, 9)))]
    sent = [await browser.client.post(path, data=said, files=brought) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303], text_of(sent[-1].text)
    other = await browser.client.post(path, data=said | {"reason": "Versio 1.2."}, files=brought)
    assert other.status_code == 409 and "Somebody else has changed this" in text_of(other.text)


async def test_the_same_file_under_another_name_is_another_of_the_same_form(portal: Portal, customer: Person) -> None:
    reader = await portal.signed_in(customer)
    page = (await reader.get("/pyynnot/uusi")).text
    said = hidden(page, "/pyynnot/uusi")
    refused = [
        await reader.client.post("/pyynnot/uusi", data=said, files=[("report.fileIds", (name, picture(4, 3)))])
        for name in ("virhe.png", "toinen.png")
    ]
    assert ["already used" in text_of(answer.text) for answer in refused] == [False, False]
    assert [answer.status_code for answer in refused] == [422, 422] and "toinen.png" in refused[1].text


async def test_a_file_of_no_known_kind_is_refused_at_its_field_and_nothing_is_lost(
    portal: Portal, customer: Person
) -> None:
    reader = await portal.signed_in(customer)
    answer = await report(reader, ("ohjelma.exe", b"MZ\x00\x01\x02"), ("virhe.png", picture(4, 3)))
    assert answer.status_code == 422
    assert "Files of this kind are not taken" in answer.text
    assert "Kuva liitteenä." in answer.text and "virhe.png" in answer.text, "what was right stays attached"


async def test_every_file_that_is_refused_is_named_with_its_reason(portal: Portal, customer: Person) -> None:
    reader = await portal.signed_in(customer)
    answer = await report(reader, ("ohjelma.exe", b"MZ\x00\x01\x02"), ("tyhjä.png", b""), ("aja.bat", b"echo"))
    shown = text_of(answer.text)
    for name, why in (("ohjelma.exe", "Files of this kind"), ("tyhjä.png", "The file is empty"), ("aja.bat", ".bat")):
        assert re.search(rf"{re.escape(name)}: [^:]*{re.escape(why)}", shown), name


async def test_one_that_was_wrong_is_taken_away_with_a_reason(portal: Portal, customer: Person) -> None:
    reader, tiera = await portal.signed_in(customer), await portal.signed_in()
    where = (await report(reader, ("henkilötiedot.png", picture(4, 3)))).headers["location"]
    page = (await tiera.get(where)).text
    asking = re.search(r'href="(/pyynnot/\d+/liitteet/\d+/poista)"', page)
    file = re.search(r"/api/files/\d+", page)
    assert asking and file
    assert (await tiera.send(asking[1], asking[1], {"reason": " "})).status_code == 422
    assert (await tiera.send(asking[1], asking[1], {"reason": "Siinä oli hetu."})).status_code == 303
    shown = text_of((await reader.get(where)).text)
    assert "henkilötiedot.png Taken away" in shown and "Siinä oli hetu." in shown
    assert (await reader.get(file[0])).status_code == 404


@pytest.mark.rule("H11.1-b")
async def test_what_is_attached_to_a_sensitive_text_opens_with_it_and_not_before(
    portal: Portal, customer: Person
) -> None:
    reader, tiera = await portal.signed_in(customer), await portal.signed_in()
    where = (await report(reader, ("Matti Meikäläinen.pdf", paper("x")), isSensitive="true")).headers["location"]
    for browser in (reader, tiera):
        page = (await browser.get(where)).text
        assert "1 attachment opens with the text" in text_of(page)
        assert "Meikäläinen" not in page
    opened = await tiera.send(where, f"{where}/avaus", {})
    file = re.search(r'<a href="(/api/files/\d+\?nayta)">Matti Meikäläinen.pdf</a>', opened.text)
    assert file
    assert (await tiera.get(file[1])).content == paper("x")
    assert (await reader.get(file[1])).status_code == 404, "who brought it opens it on record like everybody"
    preview = file[1].replace("?nayta", "/preview")
    assert [(await each.get(preview)).status_code for each in (tiera, reader)] == [200, 404]
    shown = text_of((await reader.get(where)).text)
    assert shown.count("An attachment of a sensitive text was fetched.") == 1, "a preview comes with the opening"


@pytest.mark.rule("H11.1-b")
async def test_a_masked_attachment_is_taken_away_where_it_was_opened(portal: Portal, customer: Person) -> None:
    reader, tiera = await portal.signed_in(customer), await portal.signed_in()
    where = (await report(reader, ("Matti Meikäläinen.pdf", paper("x")), isSensitive="true")).headers["location"]
    opened = await tiera.send(where, f"{where}/avaus", {})
    taking = re.search(r'action="(/pyynnot/\d+/liitteet/\d+/poista)"', opened.text)
    assert taking
    assert (await tiera.get(taking[1])).status_code == 404, "its name is not read where it is masked"
    sent = hidden(opened.text, taking[1])
    refused = await tiera.post(taking[1], sent | {"reason": " "})
    assert refused.status_code == 422 and "Meikäläinen" not in refused.text
    again = hidden(refused.text, taking[1])
    assert (await tiera.post(taking[1], again | {"reason": "Siinä oli hetu."})).status_code == 303
    assert "attachment opens with the text" not in text_of((await reader.get(where)).text)


async def test_an_answer_takes_its_attachment_along_without_javascript(portal: Portal, customer: Person) -> None:
    reader, tiera = await portal.signed_in(customer), await portal.signed_in()
    where = (await report(reader, ("virhe.png", picture(4, 3)))).headers["location"]
    form = hidden((await tiera.get(f"{where}/vastaa")).text, f"{where}/vastaa")
    brought = [("fileIds", ("ohje.pdf", paper("Paina Tallenna.")))]
    answer = await tiera.client.post(f"{where}/vastaa", data=form | {"text": "Ohje liitteenä."}, files=brought)
    assert answer.status_code == 303, text_of(answer.text)
    shown = re.search(r'<a href="(/api/files/\d+\?nayta)">ohje.pdf</a>', (await reader.get(where)).text)
    assert shown and (await reader.get(shown[1])).content == paper("Paina Tallenna.")


@pytest.mark.rule("H11.4-a")
async def test_whoever_releases_a_message_is_told_that_its_attachments_go_along_and_takes_one_away_first(
    portal: Portal, sides: tuple[Person, Person]
) -> None:
    asker, tiera, supplier = [await portal.signed_in(each) for each in (sides[0], None, sides[1])]
    page = await reported(asker)
    await step(tiera, page, "siirra", reason="Vika on palvelussa.")
    await step(supplier, page, "vastaa", text="Tutkimme.")
    form = hidden((await supplier.get(f"{page}/ratkaise")).text, f"{page}/ratkaise")
    brought = [("fileIds", (name, paper("Hinta"))) for name in ("tarjous.pdf", "ohje.pdf")]
    await supplier.client.post(f"{page}/ratkaise", data=form | {"text": "Valmis."}, files=brought)
    plain, there = re.findall(rf'href="({page}/viestit/\d+)"', (await tiera.get(page)).text)[-2:]
    told = "The customer gets the attachments too"
    assert told not in text_of((await tiera.get(plain)).text)
    shown = (await tiera.get(there)).text
    taking = re.search(rf'<a href="({page}/liitteet/\d+/poista)">Take away<span class="sr"> tarjous.pdf', shown)
    assert taking and told in text_of(shown)
    await tiera.send(taking[1], taking[1], {"reason": "Ei asiakkaalle."})
    assert path_to(await tiera.send(there, f"{there}/julkaisu", {"text": "Valmis."})) == page
    read = (await asker.get(page)).text
    assert "ohje.pdf" in read and "tarjous.pdf" not in read and "Ei asiakkaalle." not in read


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Tiera reads them, and the supplier"), ("fi", "toimittaja"), ("sv", "leverantören")]
)
async def test_who_asks_for_work_is_told_at_the_field_who_reads_what_it_attaches(
    portal: Portal, customer: Person, language: str, told: str
) -> None:
    reader = await portal.signed_in(customer)
    reader.client.cookies.set("kieli", language)
    page = (await reader.get("/tilaukset/pyynto")).text
    (hint,) = re.findall(r'<p class="hint" id="([^"]*fileIds-hint)">([^<]*)</p>', page)
    assert told in hint[1] and "20 mega" in hint[1]
    assert f'aria-describedby="{hint[0]}"' in page


async def test_what_goes_along_with_an_act_is_read_beside_it_by_the_other_side_and_by_no_customer(
    portal: Portal,
) -> None:
    async with portal.house.sessions.begin() as session:
        parties = await make_parties(session)
        order = await make_order_in_progress(session, parties, customer_id=parties.customer.id)
        manager = await add_member(session, parties.supplier, Role.SERVICE_MANAGER, "Sari Mäkelä")
        reader = await add_member(session, parties.customer, Role.REPRESENTATIVE, "Hanna Lukija")
    supplier, tiera, customer = [await portal.signed_in(each) for each in (manager, None, reader)]
    page, step = f"/tilaukset/{order.id}", f"/tilaukset/{order.id}/toimita"
    form = hidden((await supplier.get(step)).text, step)
    brought = [("fileIds", ("raportti.pdf", paper("Valmis"))), ("fileIds", ("kuva.png", picture(4, 3)))]
    assert (await supplier.client.post(step, data=form, files=brought)).status_code == 303
    delivered = (await tiera.get(page)).text
    decision = delivered.split('id="decision"')[1].split("</section>")[0]
    assert 'alt="Picture: kuva.png"' in decision and "raportti.pdf" in decision
    assert "raportti.pdf" in delivered.split('id="history"')[1], "with the act in what happened"
    files = re.findall(r'href="(/api/files/\d+)"', decision)
    assert len(files) == 2
    assert "delivered" in text_of((await customer.get(page)).text).split("What happened")[1]
    assert "raportti.pdf" not in (await customer.get(page)).text
    for who, status in ((tiera, 200), (supplier, 200), (customer, 404)):
        assert [(await who.get(each)).status_code for each in files] == [status, status]
        assert (await who.get(f"{files[1]}/preview")).status_code == status
