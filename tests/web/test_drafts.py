"""A draft of an invoice is edited in the portal, without JavaScript, and loses nothing that was typed or sent."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.drafting import Draft, DraftLine
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.sending_verbs import draft_invoice
from backend.invoices.states import Ground, InvoiceKind
from tests.files.making import make_file
from tests.invoices.making import NOW, a_draft, a_line, lines_of, make_approved, make_invoice
from tests.web.portal import path_to, text_of
from tests.web.test_invoice_pages import Office, office

__all__ = ["office"]

EVERYTHING = (
    DraftLine(
        text="Senior work",
        ground=Ground.OVERRUN,
        order_reference="TIL-2026-99999",
        seller_reference="T-7",
        period_first=date(2026, 9, 1),
        period_last=date(2026, 9, 30),
        price_group_code="UNKNOWN",
        minutes=460,  # type: ignore[arg-type]
        unit_price=Decimal("91.234567"),
        amount=Decimal("10.00"),
        vat_rate=Decimal(14),
    ),
    DraftLine(
        text="Licences",
        ground=Ground.MILESTONE,
        milestone_position=3,
        quantity=Decimal("2.5"),
        unit="C62",
        unit_price=Decimal(40),
    ),
    DraftLine(text="Hours of thirds", quantity=Decimal("1.333333"), unit="HUR", unit_price=Decimal(90)),
    DraftLine(text="Hours that are no whole minutes", quantity=Decimal("1.2345"), unit="HUR", unit_price=Decimal(90)),
    DraftLine(text="A sum", amount=Decimal("5.00")),
)
HEAD: dict[str, Any] = {
    "period_first": date(2026, 10, 1),
    "period_last": date(2026, 10, 31),
    "order_reference": "TIL-2026-88888",
    "buyer_reference": "4500",
    "agreement_reference": "S-UNKNOWN",
    "seller_reference": "T-8",
    "iban": "FI1410093000123458",
}
_KEPT_APART = {"id", "version", "invoice_id", "due_key"}


def fields_of(page: str, path: str) -> dict[str, Any]:
    """Everything that a browser sends of a form when nothing is touched."""
    (form,) = re.findall(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.DOTALL)
    found: list[tuple[str, str]] = re.findall(
        r'<input(?![^>]*type="file")[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form
    )
    found += re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found.append((name, next(iter(re.findall(r'value="([^"]*)" selected', options)), "")))
    sent: dict[str, Any] = {}
    for name, value in found:
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


async def state_of(office: Office, invoice_id: int) -> tuple[dict[str, Any], list[dict[str, Any]], list[int]]:
    """An invoice and its lines as they are stored, without what counts changes, and its files."""
    async with office.portal.house.sessions() as session:
        invoice = await session.get_one(Invoice, invoice_id)
        lines = (
            await session.scalars(
                sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
            )
        ).all()
        files = (
            await session.scalars(
                sa.select(StoredFile.id).where(StoredFile.about_kind == "Invoice", StoredFile.about_id == invoice_id)
            )
        ).all()
        rows = [{c.key: getattr(row, c.key) for c in sa.inspect(row).mapper.column_attrs} for row in (invoice, *lines)]
    head, *rest = [{name: value for name, value in row.items() if name not in _KEPT_APART} for row in rows]
    return head, rest, sorted(files)


async def drafted(office: Office, draft: Draft) -> int:
    async with office.portal.house.sessions.begin() as session:
        return (await draft_invoice(session, office.scene.sender, draft=draft, now=NOW)).id


async def untouched(office: Office, invoice_id: int) -> None:
    browser, path = await office.supplier(), f"/laskut/{invoice_id}/muokkaus"
    before = await state_of(office, invoice_id)
    fields = fields_of((await browser.get(path)).text, path)
    assert path_to(await browser.post(path, fields)) == f"/laskut/{invoice_id}"
    assert await state_of(office, invoice_id) == before


@pytest.mark.rule("D11.9-g")
async def test_a_draft_of_the_programming_interface_that_is_saved_in_the_portal_is_what_it_was(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        file = await make_file(session, office.scene.sender)
    head = {**HEAD, "file_ids": [file.id]}
    await untouched(office, await drafted(office, a_draft(office.scene, *EVERYTHING, **head)))


def test_the_draft_of_that_test_says_everything_that_can_be_said() -> None:
    said = {name for line in EVERYTHING for name in line.__slots__ if getattr(line, name) is not None}
    assert said == set(DraftLine.__slots__) - {"credits_line_id"}
    assert HEAD.keys() >= set(Draft.__slots__) - {
        "number", "issued_on", "due_on", "kind", "credits_id", "lines", "file_ids"
    }  # fmt: skip


@pytest.mark.rule("D11.9-e")
async def test_a_credit_note_that_is_saved_again_is_what_it_was(office: Office) -> None:
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        invoice = await make_invoice(session, office.scene)
        wanted = sa.select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice.id)
        line_id = (await session.scalars(wanted)).one()
    line = a_line(office.scene, 120, credits_line_id=line_id, vat_rate=Decimal(14))
    note = a_draft(office.scene, line, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id, number="H-1")
    await untouched(office, await drafted(office, note))


async def test_an_amount_that_was_reckoned_follows_the_hours_and_one_typed_by_hand_says_so(office: Office) -> None:
    lines = (a_line(office.scene, 60), a_line(office.scene, 60, amount=Decimal("90.00")))
    invoice_id = await drafted(office, a_draft(office.scene, *lines))
    browser, path = await office.supplier(), f"/laskut/{invoice_id}/muokkaus"
    page = (await browser.get(path)).text
    assert text_of(page).count("Typed by hand: empty it to have it reckoned anew.") == 1
    fields = fields_of(page, path)
    fields |= {"draft.lines.0.minutes": "2", "draft.lines.1.minutes": "2", "draft.lines.1.amount": ""}
    path_to(await browser.post(path, fields))
    _, kept, _ = await state_of(office, invoice_id)
    assert [(line["quantity"], line["amount"]) for line in kept] == [(2, Decimal("200.00"))] * 2


@pytest.mark.rule("H11.9-b")
async def test_a_line_names_which_of_the_four_it_bills(office: Office) -> None:
    invoice_id = await drafted(office, a_draft(office.scene, a_line(office.scene), a_line(office.scene)))
    browser, path = await office.supplier(), f"/laskut/{invoice_id}"
    page = (await browser.get(f"{path}/muokkaus")).text
    assert "Ground of billing" in text_of(page)
    fields = fields_of(page, f"{path}/muokkaus") | {"draft.lines.0.ground": "OVERRUN"}
    path_to(await browser.post(f"{path}/muokkaus", fields))
    shown = (await browser.get(path)).text
    assert text_of(shown).count("Effort above the estimate") == 1
    of_line = [text_of((await browser.get(link)).text) for link in re.findall(r'href="(/laskut/rivit/\d+)"', shown)]
    assert ["Effort above the estimate" in each for each in of_line] == [True, False]
    assert "Ground of billing Not said" in of_line[1]


@pytest.mark.rule("D11.9-e")
async def test_a_credit_note_after_a_credit_of_money_alone_begins_with_the_money_that_is_left(office: Office) -> None:
    """Ten hours at 100 of which 100 € were taken back are ten hours for 900 €, and not 1,000 €."""
    judge = office.scene.judge
    async with office.portal.house.sessions.begin() as session:
        await make_approved(session, office.scene, 600)
        invoice = await make_invoice(session, office.scene)
        (line,) = await lines_of(session, invoice)
        await approve_lines(session, judge, invoice_id=invoice.id, now=NOW)
        mended = replace(
            a_line(office.scene), credits_line_id=line.id, minutes=None, unit_price=None, amount=Decimal(100)
        )
        note = await make_invoice(session, office.scene, mended, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        await approve_lines(session, judge, invoice_id=note.id, now=NOW)
    supplier = await office.supplier()
    fields = fields_of((await supplier.get(f"/laskut/{invoice.id}/hyvitys")).text, "/laskut/uusi")
    begun = [fields[f"draft.lines.0.{name}"] for name in ("minutes", "unitPrice", "amount")]
    assert begun == [["10"], [""], ["900"]]
    fields |= {"draft.number": "H-2", "draft.issuedOn": "24.11.2026"}
    draft = path_to(await supplier.post("/laskut/uusi", fields))
    assert path_to(await supplier.send(draft, f"{draft}/lahetys", {})) == draft
    tiera = await office.tiera()
    assert path_to(await tiera.send(draft, f"{draft}/hyvaksynta", {})) == draft
    assert "Credited" in text_of((await tiera.get(f"/laskut/{invoice.id}")).text)


async def test_a_draft_that_a_colleague_sent_meanwhile_keeps_what_was_typed_and_says_why(office: Office) -> None:
    path = f"/laskut/{await drafted(office, a_draft(office.scene))}"
    supplier, edit = await office.supplier(), f"{path}/muokkaus"
    fields = fields_of((await supplier.get(edit)).text, edit)
    assert path_to(await supplier.send(path, f"{path}/lahetys", {})) == path
    late = await supplier.post(edit, fields | {"draft.lines.0.text": "Anew"})
    assert (late.status_code, 'value="Anew"' in late.text) == (409, True)
    assert "Somebody else has changed this meanwhile" in text_of(late.text)
    assert (await supplier.get(edit)).status_code == 409
