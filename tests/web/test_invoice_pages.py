"""Invoices in the portal, without JavaScript: brought, typed, pointed, withdrawn, credited, listed."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

from backend.demo.papers import paper
from backend.invoices.model import Invoice
from backend.invoices.queries import find_by_number
from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.orders import draft_verbs
from backend.orders.model import Order
from backend.orders.states import OrderState
from backend.parties.agreement_model import Agreement, PriceGroup
from backend.parties.model import Person
from backend.rulebook.roles import Role
from backend.rulebook.terms import DEFAULTS
from tests.identity.making import add_member
from tests.invoices.making import (
    IBAN,
    Scene,
    a_line,
    make_approved,
    make_invoice,
    make_mixed_invoice,
    make_order,
    make_scene,
)
from tests.invoices.test_receiving import a_file
from tests.making import NOW, make_agreement, make_price_group
from tests.orders.making import content
from tests.web.portal import Browser, Portal, hidden, path_to, text_of
from web.typed import typed


@dataclass
class Office:
    """The portal with a supplier that invoices, and somebody at each desk."""

    portal: Portal
    scene: Scene
    sender: Person

    async def tiera(self) -> Browser:
        return await self.portal.signed_in()

    async def supplier(self) -> Browser:
        return await self.portal.signed_in(self.sender)

    async def project_manager(self) -> Person:
        async with self.portal.house.sessions.begin() as session:
            return await add_member(session, self.portal.supplier, Role.PROJECT_MANAGER, "Pia Projekti")

    async def invoice(self, number: str) -> Invoice:
        async with self.portal.house.sessions() as session:
            found = await find_by_number(session, self.scene.supplier.id, number)
        assert found is not None
        return found


@pytest.fixture
async def office(portal: Portal) -> Office:
    async with portal.house.sessions.begin() as session:
        scene = await make_scene(session, supplier=portal.supplier)
        sender = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Toimittaja")
    return Office(portal, scene, sender)


async def mixed(office: Office) -> int:
    async with office.portal.house.sessions.begin() as session:
        return (await make_mixed_invoice(session, office.scene)).id


async def good(office: Office) -> int:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        return (await make_invoice(session, office.scene)).id


@pytest.mark.rule("D11.9-h")
async def test_a_person_says_what_a_line_bills(office: Office) -> None:
    browser, path = await office.tiera(), f"/laskut/{await mixed(office)}"
    point = re.findall(r'href="(/laskut/rivit/\d+/kohdistus)"', (await browser.get(path)).text)[0]
    async with office.portal.house.sessions.begin() as session:
        said, agreement = content(title="Not placed yet"), office.scene.agreement.id
        await draft_verbs.create_order(session, office.scene.contact, agreement_id=agreement, content=said, now=NOW)
    assert "Not placed yet" not in text_of((await browser.get(point)).text)
    data = {"orderId": f"Order:{office.scene.order.id}", "priceGroupId": f"PriceGroup:{office.scene.group.id}"}
    answer = await browser.send(point, point, data)
    line = path_to(answer)
    assert "Said by Maija Lehto" in text_of((await browser.get(line)).text)


async def followed(office: Office) -> PriceGroup:
    """The agreement ended with October; another with the same code at another price, and one more, is in force."""
    async with office.portal.house.sessions.begin() as session:
        ended = await session.get_one(Agreement, office.scene.agreement.id)
        ended.valid = Range(date(2026, 1, 1), date(2026, 11, 1))
        successor = await make_agreement(session, office.portal.supplier, valid=Range(date(2026, 11, 1), None))
        in_force = Range(date(2026, 11, 1), None)
        await make_price_group(session, successor, price=Decimal(110), valid=in_force)
        return await make_price_group(session, successor, "TESTER", Decimal(80), valid=in_force)


async def test_last_months_work_is_pointed_to_a_price_group_of_the_agreement_that_has_ended(office: Office) -> None:
    browser, path = await office.tiera(), f"/laskut/{await mixed(office)}"
    await followed(office)
    point = re.findall(r'href="(/laskut/rivit/\d+/kohdistus)"', (await browser.get(path)).text)[0]
    form = (await browser.get(point)).text
    assert f"Senior (SENIOR) – {office.scene.agreement.number}" in text_of(form) and "Tester (TESTER) – SOP" in form
    data = {"orderId": f"Order:{office.scene.order.id}", "priceGroupId": f"PriceGroup:{office.scene.group.id}"}
    assert "Said by Maija Lehto" in text_of((await browser.get(path_to(await browser.send(point, point, data)))).text)


async def test_an_order_that_is_not_among_the_newest_is_found_by_its_words(office: Office) -> None:
    browser, path = await office.tiera(), f"/laskut/{await mixed(office)}"
    point = re.findall(r'href="(/laskut/rivit/\d+/kohdistus)"', (await browser.get(path)).text)[0]
    assert 'name="haku"' not in (await browser.get(point)).text
    async with office.portal.house.sessions.begin() as session:
        scene = office.scene
        for _ in range(101):
            right = scene.order.ordering_right_id
            order, _account = await make_order(session, scene.supplier, scene.agreement, right, scene.contact, 60)
            order.title = "Later work"
    key = f'value="Order:{office.scene.order.id}"'
    shown = (await browser.get(point)).text
    assert 'name="haku"' in shown and key not in shown
    assert key in (await browser.get(f"{point}?haku={office.scene.order.number}")).text


@pytest.mark.rule("H11.9-b")
async def test_work_ended_early_is_typed_and_pointed_and_what_never_began_is_not(office: Office) -> None:
    invoice = (await (await office.tiera()).get(f"/laskut/{await mixed(office)}")).text
    point = re.findall(r'href="(/laskut/rivit/\d+/kohdistus)"', invoice)[0]
    for started_at, is_offered in ((NOW, True), (None, False)):
        async with office.portal.house.sessions.begin() as session:
            order = await session.get_one(Order, office.scene.order.id)
            order.state, order.started_at = OrderState.CANCELLED, started_at
        typing = (await (await office.supplier()).get("/laskut/uusi")).text
        assert (f'value="{order.number}"' in typing) == is_offered
        assert (f'value="Order:{order.id}"' in (await (await office.tiera()).get(point)).text) == is_offered


async def test_last_months_work_is_typed_by_the_codes_and_prices_of_its_days(office: Office) -> None:
    await followed(office)
    browser = await office.supplier()
    page = (await browser.get("/laskut/uusi")).text
    assert f'value="{office.scene.agreement.number}"' in page and f'value="{IBAN}" selected' in page
    fields = hidden(page, "/laskut/uusi") | {"draft.number": ""}
    prices = {
        ("1.10.2026", "31.10.2026"): [f"Senior ({office.scene.agreement.number}: 100,00 €/h)"],
        ("1.11.2026", "30.11.2026"): ["110,00 €/h)", "Tester ("],
    }
    for (first, last), told in prices.items():
        days = {"draft.periodFirst": first, "draft.periodLast": last}
        again = text_of((await browser.post("/laskut/uusi", fields | days)).text).replace("\xa0", " ")
        assert all(each in again for each in told), again
        assert ("Tester (" in again) == (first == "1.11.2026")


async def test_an_invoice_is_typed_line_by_line_looked_at_and_sent(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
    browser = await office.supplier()
    page = (await browser.get("/laskut/uusi")).text
    assert f'value="{IBAN}" selected' in page, "the only account that may be paid to is chosen already"
    first: dict[str, Any] = {
        **hidden(page, "/laskut/uusi"),
        "draft.number": "2026-77",
        "draft.issuedOn": "24.11.2026",
        "draft.periodFirst": "1.10.2026",
        "draft.periodLast": "31.10.2026",
        "draft.iban": IBAN,
        "draft.lines.0.text": "Senior work",
        "draft.lines.0.orderReference": office.scene.order.number,
        "draft.lines.0.priceGroupCode": "SENIOR",
        "draft.lines.0.minutes": "7,5",
        "draft.lines.0.unitPrice": "100",
    }
    more = await browser.post("/laskut/uusi", {**first, "_add": "draft.lines"})
    assert (more.status_code, 'name="draft.lines.1.text"' in more.text) == (200, True)
    wrong = await browser.post("/laskut/uusi", {**first, "draft.number": "", "draft.lines.0.minutes": "a lot"})
    assert wrong.status_code == 422
    assert "2026-77" not in wrong.text
    assert "a lot" in wrong.text
    path = path_to(await browser.post("/laskut/uusi", first))
    shown = text_of((await browser.get(path)).text)
    assert "Tiera does not see it yet" in shown
    assert "941,25" in shown
    assert (await (await office.tiera()).get(path)).status_code == 404
    manager = await office.portal.signed_in(await office.project_manager())
    shown = (await manager.get(path)).text
    assert "Tiera does not see it yet" in shown and "/lahetys" not in shown and "/muokkaus" not in shown
    assert path_to(await browser.send(path, f"{path}/lahetys", {})) == path
    seen = await (await office.tiera()).get(path)
    assert seen.status_code == 200
    payable = typed(helsinki_date(clock.now()) + timedelta(days=DEFAULTS.payment_days), "Date")
    assert f"Payable by {payable}" in text_of(seen.text), "nobody typed it: it is that of the terms"
    assert "due date" not in text_of(seen.text).lower()


async def test_a_draft_is_edited_and_discarded(office: Office) -> None:
    browser = await office.supplier()
    page = (await browser.get("/laskut/uusi")).text
    data = {
        **hidden(page, "/laskut/uusi"),
        "draft.number": "2026-78",
        "draft.issuedOn": "24.11.2026",
        "draft.lines.0.text": "Senior work",
        "draft.lines.0.minutes": "1",
        "draft.lines.0.unitPrice": "100",
    }
    path = path_to(await browser.post("/laskut/uusi", data))
    edit = f"{path}/muokkaus"
    shown = (await browser.get(edit)).text
    assert 'value="2026-78"' in shown
    saved = await browser.send(edit, edit, {**data, "draft.lines.0.minutes": "2"} | hidden(shown, edit))
    assert path_to(saved) == path
    assert "251" in text_of((await browser.get(path)).text)
    line = text_of((await browser.get(await line_in(browser, path))).text)
    assert "Checked when it is sent" in line and "What the check has found" not in line
    assert path_to(await browser.send(path, f"{path}/hylkays", {})) == "/laskut"


@pytest.mark.rule("D11.9-g")
async def test_a_file_is_brought_checked_and_kept_and_a_bad_one_says_why(office: Office) -> None:
    browser = await office.supplier()
    form = hidden((await browser.get("/laskut/tuonti")).text, "/laskut/tuonti")
    bad = await browser.client.post("/laskut/tuonti", data=form, files={"fileId": ("tilaus.xml", b"<Order/>")})
    assert bad.status_code == 422
    assert "The file was not taken" in text_of(bad.text)
    content = a_file(office.scene)
    form = hidden((await browser.get("/laskut/tuonti")).text, "/laskut/tuonti")
    answer = await browser.client.post("/laskut/tuonti", data=form, files={"fileId": ("lasku.xml", content)})
    path = path_to(answer)
    shown = (await browser.get(path)).text
    file = re.findall(r'href="(/api/files/\d+)"', shown)[0]
    assert (await browser.client.get(file)).content == content
    form = hidden((await browser.get("/laskut/tuonti")).text, "/laskut/tuonti")
    again = await browser.client.post("/laskut/tuonti", data=form, files={"fileId": ("lasku.xml", content)})
    assert path_to(again) == path
    told = [text_of(page) for page in (shown, (await browser.get(path)).text)]
    assert ["came before" in page for page in told] == [False, True]
    form = hidden((await browser.get("/laskut/tuonti")).text, "/laskut/tuonti")
    cancelling = {"fileId": ("peruutus.xml", a_file(office.scene, origin="Cancel"))}
    assert path_to(await browser.client.post("/laskut/tuonti", data=form, files=cancelling)) == path
    told = text_of((await browser.get(path)).text)
    assert "cancels this invoice" in told and "came before" not in told and "peruutus.xml" in told


async def line_in(browser: Browser, path: str) -> str:
    """Where the first line of an invoice's page has its own."""
    (found, *_) = re.findall(r'<a class="line-link" href="([^"]+)"', (await browser.get(path)).text)
    return str(found)


async def test_a_credit_note_begins_with_all_that_is_left(office: Office) -> None:
    path = f"/laskut/{await good(office)}"
    tiera, supplier = await office.tiera(), await office.supplier()
    assert path_to(await tiera.send(path, f"{path}/hyvaksynta", {})) == path
    page = (await supplier.get(f"{path}/hyvitys")).text
    assert 'value="10"' in page
    (line,) = set(re.findall(r'<option value="(InvoiceLine:\d+)"', page))
    fields = {
        **hidden(page, "/laskut/uusi"),
        "draft.number": "H-1",
        "draft.issuedOn": "24.11.2026",
        "draft.lines.0.creditsLineId": line,
        "draft.lines.0.text": "Too much",
        "draft.lines.0.minutes": "2",
        "draft.lines.0.unitPrice": "100",
    }
    draft = path_to(await supplier.post("/laskut/uusi", fields))
    assert path_to(await supplier.send(draft, f"{draft}/lahetys", {})) == draft
    credit = (await tiera.get(await line_in(tiera, draft))).text
    assert "A credit has no work of its own" in text_of(credit) and "What the check has found" not in credit
    assert len(re.findall(rf'href="/laskut/rivit/{line.partition(":")[2]}"', credit)) == 2
    assert path_to(await tiera.send(draft, f"{draft}/hyvaksynta", {})) == draft
    shown = text_of((await supplier.get(path)).text)
    assert "credited 200,00" in shown and "10 h" in shown
    sheet = (await tiera.get("/laskut/hyvaksytyt.csv")).text
    assert ";1000,00;" in sheet and "H-1" in sheet and ";-200,00;" in sheet


async def test_a_credit_note_of_an_invoice_in_dispute_begins_with_what_is_disputed(office: Office) -> None:
    path = f"/laskut/{await mixed(office)}"
    tiera, supplier = await office.tiera(), await office.supplier()
    (line, *others) = re.findall(r'name="lineIds" value="([^"]+)"', (await tiera.get(f"{path}/kiista")).text)
    assert others
    why = {"lineIds": line, "reason": "Why ten hours?"}
    assert path_to(await tiera.send(f"{path}/kiista", f"{path}/kiista", why)) == path
    page = (await supplier.get(f"{path}/hyvitys")).text
    assert re.findall(r'<option value="(InvoiceLine:\d+)" selected', page) == [line]


async def test_the_supplier_withdraws_what_is_not_approved(office: Office) -> None:
    path = f"/laskut/{await good(office)}"
    supplier = await office.supplier()
    page = (await supplier.get(f"{path}/peruutus")).text
    (line,) = re.findall(r'name="lineIds" value="([^"]+)"', page)
    assert path_to(await supplier.send(f"{path}/peruutus", f"{path}/peruutus", {"lineIds": line})) == path
    assert "Withdrawn" in text_of((await supplier.get(path)).text)
    shown = text_of((await supplier.get(await line_in(supplier, path))).text)
    assert "It was withdrawn: what it had reserved is free again." in shown and "What the check has" not in shown


async def test_the_list_is_narrowed_and_what_is_approved_is_taken_along_with_formulas_made_text(
    office: Office,
) -> None:
    path = f"/laskut/{await good(office)}"
    tiera = await office.tiera()
    assert "1 invoice" in text_of((await tiera.get("/laskut?month=2026-10-01&hasFindings=false")).text)
    assert "No invoice matches" in text_of((await tiera.get("/laskut?month=2026-09-01")).text)
    assert path_to(await tiera.send(path, f"{path}/hyvaksynta", {})) == path
    sheet = await tiera.get("/laskut/hyvaksytyt.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "Senior work" in sheet.text
    assert "1000,00" in sheet.text
    assert (await tiera.get("/laskut/hyvaksytyt.xlsx")).content.startswith(b"PK")


async def test_all_lines_at_once_sent_twice_lead_to_the_invoice_both_times(office: Office) -> None:
    path = f"/laskut/{await mixed(office)}"
    for browser, name in ((await office.tiera(), "kiista"), (await office.supplier(), "peruutus")):
        page = (await browser.get(f"{path}/{name}")).text
        fields = {**hidden(page, f"{path}/{name}"), "reason": "All of it.", "_do": "all"}
        answers = [await browser.post(f"{path}/{name}", fields) for _ in range(2)]
        assert [path_to(answer) for answer in answers] == [path, path]
        assert "No line was left for that" in text_of((await browser.get(path)).text)


@pytest.mark.rule("D0-d")
async def test_the_vat_of_the_file_for_the_accounts_adds_up_to_the_invoice(office: Office) -> None:
    """Rounded line by line it would be 197,63 and 57,38, a cent more than the invoice has."""
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 465, 135)
        lines = (a_line(office.scene, 465), a_line(office.scene, 135))
        path = f"/laskut/{(await make_invoice(session, office.scene, *lines)).id}"
    tiera = await office.tiera()
    assert path_to(await tiera.send(path, f"{path}/hyvaksynta", {})) == path
    rows = (await tiera.get("/laskut/hyvaksytyt.csv")).text.splitlines()
    tax = rows[0].split(";").index("VAT, €")
    assert [row.split(";")[tax] for row in rows[1:]] == ["197,63", "57,37"]


async def test_who_only_books_hours_and_who_may_not_send_are_told_so(office: Office) -> None:
    path = f"/laskut/{await good(office)}"
    async with office.portal.house.sessions.begin() as session:
        expert = await add_member(session, office.portal.supplier, Role.EXPERT, "Eero Osaaja")
    assert (await (await office.portal.signed_in(expert)).get(path)).status_code == 403
    assert (await (await office.tiera()).get("/laskut/tuonti")).status_code == 403


@pytest.mark.rule("D2.1-c")
async def test_an_entry_and_an_order_lead_to_the_lines_that_billed_them_and_back(office: Office) -> None:
    invoice, browser = f"/laskut/{await good(office)}", await office.tiera()
    (line,) = set(re.findall(r'href="(/laskut/rivit/\d+)"', (await browser.get(invoice)).text))
    shown = (await browser.get(line)).text
    (order,) = set(re.findall(r'href="(/tilaukset/\d+)"', shown))
    for entry in re.findall(r'href="(/tunnit/\d+)"', shown):
        for asker in (browser, await office.supplier()):
            assert f'href="{line}"' in (await asker.get(entry)).text
            assert f'href="{line}"' in (await asker.get("/tunnit/lista")).text
    for asker in (browser, await office.supplier()):
        page = (await asker.get(order)).text
        assert f'href="{line}"' in page and f'href="{invoice}"' in page
    async with office.portal.house.sessions.begin() as session:
        expert = await add_member(session, office.portal.supplier, Role.EXPERT, "Ville Asiantuntija")
    page = (await (await office.portal.signed_in(expert)).get(order)).text
    assert "Order" in page and "/laskut/" not in page


async def test_a_receipt_goes_along_with_a_file_and_papers_with_a_dispute_and_its_answer(office: Office) -> None:
    supplier, tiera = await office.supplier(), await office.tiera()
    form = hidden((await supplier.get("/laskut/tuonti")).text, "/laskut/tuonti")
    brought = [("fileId", ("lasku.xml", a_file(office.scene))), ("fileIds", ("kuitti.pdf", paper("Kuitti")))]
    path = path_to(await supplier.client.post("/laskut/tuonti", data=form, files=brought))
    assert "kuitti.pdf" in (await tiera.get(path)).text
    asking = f"{path}/kiista"
    page = (await tiera.get(asking)).text
    (line,) = re.findall(r'name="lineIds" value="([^"]+)"', page)
    why = hidden(page, asking) | {"lineIds": line, "reason": "Miksi?"}
    disputed = await tiera.client.post(asking, data=why, files=[("fileIds", ("laskelma.pdf", paper("Laskelma")))])
    assert path_to(disputed) == path
    own = f"/laskut/rivit/{line.partition(':')[2]}"
    page = (await supplier.get(own)).text
    assert "laskelma.pdf" in page
    answer = hidden(page, f"{own}/vastaus") | {"answer": "Näin."}
    files = [("fileIds", ("tunnit.pdf", paper("Tunnit")))]
    assert path_to(await supplier.client.post(f"{own}/vastaus", data=answer, files=files)) == own
    assert "tunnit.pdf" in (await tiera.get(own)).text
    assert "tunnit.pdf" in (await tiera.get(path)).text.split('id="history"')[1]
