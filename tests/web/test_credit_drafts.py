"""A credit as its form begins is in order; a typed one is edited as it was typed, with no rate that nobody said."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from backend.invoices.deciding_verbs import approve_lines, dispute_lines
from backend.invoices.drafting import DraftLine
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.states import InvoiceKind, LineState
from backend.kit.amounts import Minutes
from backend.orders.model import Order
from tests.invoices.making import (
    NOW,
    a_line,
    a_part_line,
    lines_of,
    make_approved,
    make_invoice,
    make_milestone,
)
from tests.web.portal import Browser, hidden, path_to, text_of
from tests.web.test_drafts import fields_of
from tests.web.test_invoice_pages import Office, office

__all__ = ["office"]


@pytest.mark.parametrize(
    ("of_line", "typed", "shown"),
    [
        ("14", "", ""),
        ("14", "25.5", "25,5"),
        ("14", "14", ""),
        ("0", "", ""),
        ("0", "25.5", "25,5"),
        ("25.5", "14", "14"),
        ("", "", ""),
        ("", "25.5", "25,5"),
    ],
)
async def test_the_rate_of_a_credit_is_typed_only_where_it_is_another_than_that_of_what_it_credits(
    office: Office, of_line: str, typed: str, shown: str
) -> None:
    async with office.portal.house.sessions.begin() as session:
        invoice = await make_invoice(session, office.scene, a_line(office.scene, 60))
        (billed,) = await lines_of(session, invoice)
        billed.vat_rate = Decimal(of_line) if of_line else None
    supplier = await office.supplier()
    page = (await supplier.get(f"/laskut/{invoice.id}/hyvitys")).text
    (line,) = set(re.findall(r'<option value="(InvoiceLine:\d+)"', page))
    fields = {
        "draft.number": "H-1",
        "draft.issuedOn": "24.11.2026",
        "draft.lines.0.creditsLineId": line,
        "draft.lines.0.text": "Too much",
        "draft.lines.0.minutes": "1",
        "draft.lines.0.unitPrice": "100",
        "draft.lines.0.vatRate": typed,
    }
    draft = path_to(await supplier.post("/laskut/uusi", hidden(page, "/laskut/uusi") | fields))
    edit = f"{draft}/muokkaus"
    page = (await supplier.get(edit)).text
    (field,) = re.findall(r'<input[^>]*name="draft.lines.0.vatRate"[^>]*>', page)
    assert re.findall(r'value="([^"]*)"', field) == [shown]
    again = hidden(page, edit) | fields | {"draft.lines.0.vatRate": shown}
    assert path_to(await supplier.post(edit, again)) == draft
    async with office.portal.house.sessions() as session:
        saved = sa.select(InvoiceLine.vat_rate).where(InvoiceLine.text == "Too much")
        assert await session.scalar(saved) == (Decimal(typed or of_line) if typed or of_line else None)


async def credited_as_begun(office: Office, invoice_id: int) -> list[LineState]:
    """What becomes of an invoice's lines when the supplier sends the credit note that the portal begins with."""
    supplier, tiera = await office.supplier(), await office.tiera()
    fields = fields_of((await supplier.get(f"/laskut/{invoice_id}/hyvitys")).text, "/laskut/uusi")
    fields |= {"draft.number": "H-1", "draft.issuedOn": "24.11.2026"}
    draft = path_to(await supplier.post("/laskut/uusi", fields))
    assert path_to(await supplier.send(draft, f"{draft}/lahetys", {})) == draft
    assert path_to(await tiera.send(draft, f"{draft}/hyvaksynta", {})) == draft
    async with office.portal.house.sessions() as session:
        states = sa.select(InvoiceLine.state).where(InvoiceLine.invoice_id == invoice_id)
        return list((await session.scalars(states)).all())


@pytest.mark.rule("D11.9-e")
@pytest.mark.parametrize(
    "figures",
    [
        {"amount": Decimal("1100.00")},
        {"minutes": Minutes(444)},
        {"minutes": None, "quantity": Decimal("7.43"), "unit": "HUR"},
        {"minutes": None, "quantity": Decimal(10), "unit": "DAY"},
        {"vat_rate": Decimal(14)},
        {},
    ],
    ids=["amount", "quantity", "part of a minute", "unit", "rate", "no rate"],
)
async def test_a_disputed_line_in_error_is_settled_by_the_credit_that_the_portal_begins(
    office: Office, figures: dict[str, Any]
) -> None:
    async with office.portal.house.sessions.begin() as session:
        invoice = await make_invoice(session, office.scene, replace(a_line(office.scene), **figures))
        (line,) = await lines_of(session, invoice)
        assert line.errors
        if not figures:
            line.vat_rate = None
        await dispute_lines(
            session, office.scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="No.", now=NOW
        )
    assert await credited_as_begun(office, invoice.id) == [LineState.CREDITED]


@pytest.mark.parametrize("is_other", [False, True])
async def test_days_of_a_line_stand_in_the_form_of_a_credit_only_where_they_are_others_than_the_invoices(
    office: Office, is_other: bool
) -> None:
    async with office.portal.house.sessions.begin() as session:
        invoice = await make_invoice(session, office.scene, a_line(office.scene, 60))
        (line,) = await lines_of(session, invoice)
        first, last = line.period_first, line.period_last
        line.period_last = first if is_other else last
        invoice.period_first, invoice.period_last = first, last
    page = (await (await office.supplier()).get(f"/laskut/{invoice.id}/hyvitys")).text
    assert ('<details class="more" open>' in page) is is_other


async def quantities(browser: Browser, invoice: Invoice, line: InvoiceLine) -> list[str]:
    """What the pages of an invoice and of its only line show as quantity."""
    whole, of_line = [(await browser.get(f"/laskut/{path}")).text for path in (invoice.id, f"rivit/{line.id}")]
    cell = r"Quantity</span>(.*?)</td>|<dt[^>]*>Quantity</dt>\s*<dd[^>]*>(.*?)</dd>"
    found = [re.findall(cell, page, re.DOTALL) for page in (whole, of_line)]
    return [text_of("".join(each)).strip() for page in found for each in page]


@pytest.mark.rule("D11.9-e")
@pytest.mark.parametrize("is_sum", [True, False], ids=["sum", "hours"])
async def test_a_line_settled_by_money_alone_shows_the_hours_that_were_sent(office: Office, is_sum: bool) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        order = await session.get_one(Order, (await make_milestone(session, office.scene)).order_id)
        part = replace(a_part_line(office.scene, order), minutes=Minutes(600), unit_price=Decimal(100), amount=None)
        invoice = await make_invoice(session, office.scene, part if is_sum else a_line(office.scene, 600))
        (line,) = await lines_of(session, invoice)
        await approve_lines(session, office.scene.judge, invoice_id=invoice.id, now=NOW)
        credit = DraftLine(text="All of it", amount=Decimal("1000.00"), credits_line_id=line.id)
        note = await make_invoice(session, office.scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        await approve_lines(session, office.scene.judge, invoice_id=note.id, now=NOW)
        assert line.state is LineState.CREDITED
    assert await quantities(await office.tiera(), invoice, line) == ["10 h", "10 h"]


@pytest.mark.rule("D11.9-e", "H11.9-b")
async def test_a_part_billed_with_hours_is_settled_by_the_credit_that_the_portal_begins(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        order = await session.get_one(Order, (await make_milestone(session, office.scene)).order_id)
        part = replace(a_part_line(office.scene, order), minutes=Minutes(600), unit_price=Decimal(100), amount=None)
        invoice = await make_invoice(session, office.scene, part, a_line(office.scene))
        await approve_lines(session, office.scene.judge, invoice_id=invoice.id, now=NOW)
    supplier = await office.supplier()
    begun = fields_of((await supplier.get(f"/laskut/{invoice.id}/hyvitys")).text, "/laskut/uusi")
    typed = [[begun[f"draft.lines.{n}.{name}"] for name in ("minutes", "unitPrice", "amount")] for n in (0, 1)]
    assert typed == [[[""], [""], ["1 000"]], [["10"], ["100"], [""]]]
    assert await credited_as_begun(office, invoice.id) == [LineState.CREDITED] * 2


@pytest.mark.rule("D11.9-e", "D0-e")
async def test_what_was_billed_in_minutes_is_credited_in_hours_in_part_and_then_in_whole(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 60)
        in_minutes = replace(a_line(office.scene), minutes=None, quantity=Decimal(60), unit="MIN")
        line = replace(in_minutes, unit_price=Decimal("1.66667"), amount=Decimal(100))
        invoice = await make_invoice(session, office.scene, line)
        await approve_lines(session, office.scene.judge, invoice_id=invoice.id, now=NOW)
        (billed,) = await lines_of(session, invoice)
        half = DraftLine(text="Half", minutes=Minutes(30), unit_price=Decimal(100), credits_line_id=billed.id)
        note = await make_invoice(session, office.scene, half, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        await approve_lines(session, office.scene.judge, invoice_id=note.id, now=NOW)
        assert (billed.credited_minutes, billed.credited_amount) == (30, Decimal("50.00"))
    begun = fields_of((await (await office.supplier()).get(f"/laskut/{invoice.id}/hyvitys")).text, "/laskut/uusi")
    typed = [begun[f"draft.lines.0.{name}"] for name in ("minutes", "unitPrice", "amount")]
    assert typed == [["0,5"], ["100"], [""]]
    assert await credited_as_begun(office, invoice.id) == [LineState.CREDITED]


@pytest.mark.rule("D11.9-e")
async def test_a_line_in_minutes_that_does_not_say_how_many_is_credited_as_money(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        given = {"minutes": None, "quantity": None, "unit": "MIN", "unit_price": None, "amount": Decimal(100)}
        invoice = await make_invoice(session, office.scene, replace(a_line(office.scene), **given))
    begun = fields_of((await (await office.supplier()).get(f"/laskut/{invoice.id}/hyvitys")).text, "/laskut/uusi")
    assert [begun[f"draft.lines.0.{name}"] for name in ("minutes", "unitPrice", "amount")] == [[""], [""], ["100"]]
