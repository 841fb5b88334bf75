"""Lines of an invoice in the portal: how each was checked, and how it is approved, disputed and answered."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backend.hours.model import HourApproval
from backend.invoices.states import InvoiceKind
from backend.kit import clock
from backend.orders.model import Order
from backend.parties.agreement_model import BankAccount
from backend.parties.price_verbs import end_bank_account
from tests.complaints.test_deductions import a_deduction
from tests.invoices.making import IBAN, a_line, lines_of, make_approved, make_invoice
from tests.invoices.test_credits import make_credit
from tests.web.portal import hidden, path_to, text_of
from tests.web.test_invoice_pages import Office, good, mixed, office

__all__ = ["office"]


async def test_each_line_says_whether_it_is_in_order_and_why_not(office: Office) -> None:
    shown = text_of((await (await office.tiera()).get(f"/laskut/{await mixed(office)}")).text)
    assert "Lines that wait: 6, of them in order: 3 – your decision is needed" in shown
    assert "The part is accepted and its price agreed" in shown
    assert "Warning: Hours of this period still wait for approval: 5 h." in shown
    assert "Error: 5 h of what the line bills is booked but not approved" in shown
    assert "Error: The line names no order of Tiera's." in shown
    assert "A line with an error cannot be chosen: the reason stands beside it." in shown


async def test_the_lines_that_are_in_order_are_approved_at_once_or_one_by_one(office: Office) -> None:
    invoice_id = await mixed(office)
    browser, path = await office.tiera(), f"/laskut/{invoice_id}"
    page = (await browser.get(path)).text
    one = re.findall(r'name="lineIds" value="([^"]+)"', page)[0]
    chosen = await browser.send(path, f"{path}/hyvaksynta/rivit", {"lineIds": one})
    assert path_to(chosen) == path
    assert "Lines that wait: 5, of them in order: 2" in text_of((await browser.get(path)).text)
    assert path_to(await browser.send(path, f"{path}/hyvaksynta", {})) == path
    shown = text_of((await browser.get(path)).text)
    assert "Closed: every line that waits has an error." in shown
    assert "Maija Lehto" in shown


@pytest.mark.rule("D0-f")
async def test_who_placed_an_order_is_told_on_its_line_that_somebody_else_is_to_accept(office: Office) -> None:
    path, told = f"/laskut/{await good(office)}", "You placed this order, and nobody else has accepted its work"
    async with office.portal.house.sessions.begin() as session:
        order = await session.get_one(Order, office.scene.order.id)
        order.ordered_by_id = office.portal.manager.id
    assert told not in text_of((await (await office.tiera()).get(path)).text), "another approved the hours"
    async with office.portal.house.sessions.begin() as session:
        await session.execute(sa.update(HourApproval).values(approved_by_id=office.portal.manager.id))
    assert told in text_of((await (await office.tiera()).get(path)).text)
    async with office.portal.house.sessions.begin() as session:
        (await session.get_one(Order, office.scene.order.id)).accepted_by_id = office.portal.key_user.id
    assert told not in text_of((await (await office.tiera()).get(path)).text), "another accepted the delivery"


async def test_what_was_refused_is_said_once_above_all_else(office: Office) -> None:
    """An account that was ended since the check: what is to be approved is judged anew, and the page says why not."""
    browser, path = await office.tiera(), f"/laskut/{await good(office)}"
    guard = hidden((await browser.get(path)).text, f"{path}/hyvaksynta")
    async with office.portal.house.sessions.begin() as session:
        account = (await session.scalars(sa.select(BankAccount).where(BankAccount.iban == IBAN))).one()
        await end_bank_account(session, office.scene.sender, account.id, reason="The bank changed", now=clock.now())
    answer = await browser.post(f"{path}/hyvaksynta", guard)
    shown = text_of(answer.text)
    assert (answer.status_code, answer.text.count('class="errors"')) == (422, 1), shown
    assert (
        shown.index("This was not done")
        < shown.index("is not one that Tiera has confirmed")
        < shown.index("your decision")
    )


async def test_a_button_that_somebody_overtook_approves_nothing_and_says_so(office: Office) -> None:
    """What it counted is no more what it would approve: the page shows how the invoice stands now."""
    browser, path = await office.tiera(), f"/laskut/{await mixed(office)}"
    page = (await browser.get(path)).text
    one, *_ = re.findall(r'name="lineIds" value="([^"]+)"', page)
    why = {"lineIds": one, "reason": "Too many hours"}
    assert path_to(await browser.send(f"{path}/kiista", f"{path}/kiista", why)) == path
    late = await browser.post(f"{path}/hyvaksynta", hidden(page, f"{path}/hyvaksynta"))
    assert late.status_code == 409
    assert "Somebody else has changed this meanwhile" in text_of(late.text)
    assert 'href="#good' not in late.text  # a hidden field is nothing to go to
    assert "Lines that wait: 5, of them in order: 2" in text_of(late.text)
    again = await browser.post(f"{path}/hyvaksynta", hidden(late.text, f"{path}/hyvaksynta"))
    assert path_to(again) == path


async def test_lines_that_somebody_else_decided_meanwhile_are_refused_with_what_was_typed(office: Office) -> None:
    path = f"/laskut/{await good(office)}"
    tiera, supplier = await office.tiera(), await office.supplier()
    asking, taking = f"{path}/kiista", f"{path}/peruutus"
    page = (await tiera.get(asking)).text
    (line,) = re.findall(r'name="lineIds" value="([^"]+)"', page)
    assert path_to(await supplier.send(taking, taking, {"lineIds": line})) == path
    late = await tiera.post(asking, {**hidden(page, asking), "lineIds": line, "reason": "An hour too many"})
    assert (late.status_code, "the state is “Withdrawn”" in text_of(late.text)) == (422, True)
    assert "An hour too many</textarea>" in late.text and "no such page" not in text_of(late.text)
    its = f"/laskut/rivit/{line.partition(':')[2]}"
    closed_forms = ((tiera, path, "kiista"), (supplier, path, "peruutus"), (supplier, path, "hyvitys"))
    for browser, matter, form in (*closed_forms, (tiera, its, "kohdistus")):
        closed = await browser.get(f"{matter}/{form}")
        assert (closed.status_code, f'href="{matter}"' in closed.text) == (409, True)
        assert "This is not possible now: look at the page again." in text_of(closed.text)


async def test_approving_chosen_lines_without_choosing_any_approves_none(office: Office) -> None:
    path = f"/laskut/{await good(office)}"
    answer = await (await office.tiera()).send(path, f"{path}/hyvaksynta/rivit", {})
    assert answer.status_code == 422
    assert "Choose the lines that you approve." in text_of(answer.text)
    assert "The line that waits is in order" in text_of(answer.text)


async def test_a_line_shows_the_hours_it_rests_on_and_who_approved_them(office: Office) -> None:
    browser, path = await office.tiera(), f"/laskut/{await good(office)}"
    line = re.findall(r'href="(/laskut/rivit/\d+)"', (await browser.get(path)).text)[0]
    shown = text_of((await browser.get(line)).text)
    assert "Nothing stands against this line." in shown
    assert "The nightly transfer of enrolments" in shown
    assert "Held or billed by this line" in shown


async def test_a_credit_of_what_is_not_known_is_not_said_to_take_back_what_was_billed(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        lines = (a_deduction("REK-2025-0001", "60"),)
        note = await make_invoice(session, office.scene, *lines, kind=InvoiceKind.CREDIT_NOTE)
    tiera, path = await office.tiera(), f"/laskut/{note.id}"
    page = (await tiera.get(path)).text
    assert "What it credits is not known" in text_of(page) and "no more than was billed" not in text_of(page)
    own = text_of((await tiera.get(re.findall(r'href="(/laskut/rivit/\d+)"', page)[0])).text)
    assert "A credit has no work of its own" in own and "Say what it bills" not in own


async def test_a_line_of_minutes_is_shown_and_taken_along_with_its_price_an_hour(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 60)
        in_minutes = replace(a_line(office.scene), minutes=None, quantity=Decimal(60), unit="MIN")
        line = replace(in_minutes, unit_price=Decimal("1.666667"), amount=Decimal(100))
        path = f"/laskut/{(await make_invoice(session, office.scene, line)).id}"
    tiera = await office.tiera()
    assert "Quantity 1 h Unit price 100,00 € Amount 100,00 €" in text_of((await tiera.get(path)).text)
    assert path_to(await tiera.send(path, f"{path}/hyvaksynta", {})) == path
    heads, row = ((await tiera.get("/laskut/hyvaksytyt.csv")).text).splitlines()
    told = dict(zip(heads.split(";"), row.split(";"), strict=True))
    assert (told["Hours"], told["Price, €/h"], told["Amount without VAT, €"]) == ("1,00", "100", "100,00")


@pytest.mark.rule("D11.9-e")
async def test_what_is_left_after_a_credit_is_what_is_chosen_and_told(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        invoice = await make_invoice(session, office.scene)
        note = await make_credit(session, office.scene, (await lines_of(session, invoice))[0], 360)
    tiera, path = await office.tiera(), f"/laskut/{invoice.id}"
    assert path_to(await tiera.send(f"/laskut/{note.id}", f"/laskut/{note.id}/hyvaksynta", {})) == f"/laskut/{note.id}"
    assert "Senior work, 400,00 €" in text_of((await tiera.get(f"{path}/kiista")).text)
    assert path_to(await tiera.send(path, f"{path}/hyvaksynta", {})) == path
    assert "Lines were approved, 400,00 € in all" in text_of((await tiera.get(path)).text)


async def test_a_line_is_disputed_answered_and_opened_again(office: Office) -> None:
    invoice_id = await good(office)
    tiera, supplier, path = await office.tiera(), await office.supplier(), f"/laskut/{invoice_id}"
    page = (await tiera.get(f"{path}/kiista")).text
    (line,) = re.findall(r'name="lineIds" value="([^"]+)"', page)
    assert re.search(r"1\. [^<]+, [\d\s]+,\d\d\s€", text_of(page)), "what it bills stands beside the line"
    nothing = await tiera.send(f"{path}/kiista", f"{path}/kiista", {"lineIds": line, "reason": ""})
    assert nothing.status_code == 422
    why = {"lineIds": line, "reason": "Why ten hours?"}
    assert path_to(await tiera.send(f"{path}/kiista", f"{path}/kiista", why)) == path
    own = f"/laskut/rivit/{line.partition(':')[2]}"
    assert "Why ten hours?" in (await supplier.get(own)).text
    answered = await supplier.send(own, f"{own}/vastaus", {"answer": "The migration took two days."})
    assert path_to(answered) == own
    assert "The migration took two days." in (await tiera.get(own)).text
    page = text_of((await supplier.get(path)).text)
    assert "Tiera has your answers on what it disputed" in page and "answer them" not in page
    assert path_to(await tiera.send(own, f"{own}/avaus", {})) == own
    assert "The line that waits is in order" in text_of((await tiera.get(path)).text)
