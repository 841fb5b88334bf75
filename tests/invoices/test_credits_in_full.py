"""What is credited in full is settled whatever was wrong with it, and a sum is credited as money (D11.9-e)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.store import Folder
from backend.invoices import figures
from backend.invoices.deciding_verbs import approve_lines, dispute_lines
from backend.invoices.model import InvoiceLine
from backend.invoices.reading import ArithmeticCode, ArithmeticFinding
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.kit.amounts import Minutes
from backend.ledger import verbs as ledger
from backend.orders.model import Order
from tests.invoices import facts
from tests.invoices.facts import FIXED_NUMBER, PART, a_credit, a_part_record, codes, credit_line, judged
from tests.invoices.making import (
    NOW,
    a_line,
    a_part_line,
    lines_of,
    make_approved,
    make_invoice,
    make_milestone,
    make_scene,
)
from tests.invoices.reading.files import ubl, ubl_line
from tests.invoices.test_credits import LATER
from tests.invoices.test_deciding import billed as billed_of
from tests.invoices.test_deciding import codes_of
from tests.invoices.test_receiving import receive, store
from tests.invoices.ticket_making import a_sum_line, allow, make_desk, make_ticket
from tests.making import make_organisation, tiera_service_manager

__all__ = ["store"]

WRONG = {
    "amount": {"amount": Decimal("1100.00")},
    "quantity": {"quantity": Decimal("7.4"), "amount": Decimal("740.00")},
    "part of a minute": {"quantity": Decimal("7.43"), "amount": Decimal("743.00")},
    "days": {"quantity": Decimal(10), "unit": "DAY", "raw_unit": "pv", "amount": Decimal("1000.00")},
    "word": {"quantity": Decimal(10), "unit": None, "raw_unit": "htp", "amount": Decimal("1000.00")},
    "no quantity": {"quantity": None},
    "no rate": {"vat_rate": None},
}
"""Figures of disputed lines that keep them from being approved."""


def a_mirror(target: InvoiceLine, **values: Any) -> InvoiceLine:
    """A credit note's line that takes a line back as it was billed."""
    same = ("order_reference", "milestone_position", "price_group_code", "unit", "raw_unit", "unit_price", "vat_rate")
    given = {name: getattr(target, name) for name in same}
    quantity = None if target.quantity is None else -target.quantity
    return credit_line(**{**given, "quantity": quantity, "amount": -target.amount, "credits_line_id": 100, **values})


def its_arithmetic(line: InvoiceLine) -> dict[str, Any]:
    """What is found of a line's own figures, as of every file."""
    product = (line.quantity or 0) * (line.unit_price or 0)
    wrong = ArithmeticFinding(ArithmeticCode.LINE_AMOUNT, line.position, product, line.amount)
    is_known = line.quantity is not None and line.unit_price is not None
    return {"arithmetic": [wrong] if is_known and product != line.amount else []}


def credited(line: InvoiceLine, target: InvoiceLine) -> list[str]:
    """What is found of a credit, each code once."""
    return sorted(set(codes(a_credit(line, target, facts=its_arithmetic(line)))))


@pytest.mark.rule("D11.9-e")
@pytest.mark.parametrize("wrong", WRONG)
def test_the_mirror_of_a_line_in_error_is_in_order(wrong: str) -> None:
    target = facts.a_line(id=100, state=LineState.DISPUTED, **WRONG[wrong])
    assert codes(judged(target, record=facts.a_record(**its_arithmetic(target)))) != []
    assert credited(a_mirror(target), target) == []


@pytest.mark.rule("D11.9-e")
@pytest.mark.parametrize(
    ("target", "credit", "expected"),
    [
        ({"amount": Decimal("1100.00")}, {"amount": Decimal("-1099.00")}, ["amount"]),
        ({"amount": Decimal("1100.00")}, {"amount": Decimal("-1101.00")}, ["amount", "credits_too_much"]),
        ({"amount": Decimal("1100.00")}, {"unit_price": Decimal(90)}, ["amount", "price"]),
        (WRONG["quantity"], {"quantity": Decimal("-7.3")}, ["amount", "quantity"]),
        (WRONG["days"], {"quantity": Decimal(-9)}, ["amount", "unit"]),
        (WRONG["days"], {"amount": Decimal("-999.00")}, ["amount", "unit"]),
        (WRONG["days"], {"unit": "MON"}, ["unit"]),
        (WRONG["no rate"], {"vat_rate": Decimal("25.5")}, ["vat_rate"]),
    ],
)
def test_what_is_not_the_mirror_of_all_that_is_left_is_judged_by_its_own_figures(
    target: dict[str, Any], credit: dict[str, Any], expected: list[str]
) -> None:
    its = facts.a_line(id=100, state=LineState.DISPUTED, **target)
    assert credited(a_mirror(its, **credit), its) == expected


@pytest.mark.rule("D11.9-e")
def test_all_that_is_left_after_a_credit_is_taken_by_its_hours_or_its_quantity() -> None:
    hours = facts.a_line(id=100, quantity=Decimal("7.4"), amount=Decimal("740.00"), credited_minutes=60)
    hours.credited_amount = Decimal("100.00")
    rest = {"quantity": Decimal("-6.4"), "amount": Decimal("-640.00")}
    assert credited(a_mirror(hours, **rest), hours) == []
    assert credited(a_mirror(hours, **rest | {"amount": Decimal("-639.00")}), hours) == ["amount", "quantity"]
    assert credited(a_mirror(hours, amount=Decimal("-640.00")), hours) == ["amount", "credits_too_much", "quantity"]
    days = facts.a_line(id=100, **WRONG["days"], credited_amount=Decimal("100.00"))
    assert credited(a_mirror(days, amount=Decimal("-900.00")), days) == []


FILES = {
    "amount": {"net": "1100.00"},
    "quantity": {"quantity": "7.40", "net": "703.00"},
    "part of a minute": {"quantity": "7.43", "net": "705.85"},
    "unit": {"quantity": "10", "unit": "DAY"},
    "vat_rate": {},
}


def a_pair(order: Order, code: str, rate: str, line: dict[str, str]) -> tuple[bytes, bytes]:
    """An invoice's file of one line, and the credit note's that mirrors it."""
    net = Decimal(line.get("net", "950.00"))
    vat = (net * Decimal(rate) / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    sums = {"total_of_lines": f"{net}", "net": f"{net}", "vat": f"{vat}", "gross": f"{net + vat}"}
    item = f"<cac:SellersItemIdentification><cbc:ID>{code}</cbc:ID></cac:SellersItemIdentification>"
    about = f"<cac:OrderReference><cbc:ID>{order.number}</cbc:ID></cac:OrderReference>"
    preceding = "<cac:InvoiceDocumentReference><cbc:ID>2026-7</cbc:ID></cac:InvoiceDocumentReference>"
    note = f"{about}<cac:BillingReference>{preceding}</cac:BillingReference>"
    billed = ubl(lines=[ubl_line(item=item, **line)], references=about, **sums)
    taken = ubl(credit=True, lines=[ubl_line(item=item, credit=True, **line)], references=note, **sums)
    billed, taken = (each.replace(b"25.5<", rate.encode() + b"<") for each in (billed, taken))
    return billed, taken.replace(b">2026-7<", b">2026-8<", 1)


@pytest.mark.rule("D11.9-e", "D11.9-g")
@pytest.mark.parametrize("wrong", FILES)
async def test_a_disputed_line_in_error_is_settled_by_the_credit_note_file_that_mirrors_it(
    session: AsyncSession, store: Folder, wrong: str
) -> None:
    supplier = await make_organisation(session)
    supplier.business_id = "2345678-0"
    scene = await make_scene(session, price="95.00", supplier=supplier)
    await make_approved(session, scene, 600)
    rate = "14" if wrong == "vat_rate" else "25.5"
    billing, crediting = a_pair(scene.order, scene.group.code, rate, FILES[wrong])
    invoice = await receive(session, scene.sender, billing)
    (line,) = await lines_of(session, invoice)
    assert line.errors
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Väärin.", now=NOW)
    note = await receive(session, scene.sender, crediting)
    assert await codes_of(session, note) == []
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, invoice.state, line.reserved_minutes) == (LineState.CREDITED, InvoiceState.SETTLED, 0)
    assert await billed_of(session, scene) == 0
    assert await ledger.disagreements(session) == []


# Sums

SUMS = {
    "a month": {"unit": "MON", "raw_unit": "kk", "quantity": Decimal(1)},
    "pieces": {"unit": "C62", "raw_unit": "kpl", "quantity": Decimal(2), "unit_price": Decimal(500)},
    "a word": {"unit": None, "raw_unit": "erä", "quantity": Decimal(1)},
    "hours": {"unit": "HUR", "raw_unit": "h", "quantity": Decimal(10), "unit_price": Decimal(100)},
    "off the step": {"unit": "HUR", "raw_unit": "h", "quantity": Decimal("0.1"), "unit_price": Decimal(10_000)},
}


@pytest.mark.rule("D11.9-e", "H11.9-b")
@pytest.mark.parametrize("part", [Decimal(1), Decimal("0.5"), Decimal("0.1")])
@pytest.mark.parametrize("said", SUMS)
def test_a_part_of_a_fixed_price_is_credited_in_the_quantity_that_it_was_billed_in(said: str, part: Decimal) -> None:
    billed = facts.a_part_line(**SUMS[said])
    assert codes(judged(billed, record=a_part_record())) == []
    target = facts.a_part_line(id=100, state=LineState.APPROVED, milestone_id=PART, **SUMS[said])
    whole = a_mirror(target, order_reference=FIXED_NUMBER)
    assert whole.quantity is not None
    line = a_mirror(target, quantity=whole.quantity * part, amount=whole.amount * part)
    assert credited(line, target) == []
    assert credited(a_mirror(target, amount=whole.amount - 1), target) != []


@pytest.mark.rule("D11.9-e", "H11.9-b")
async def test_a_part_billed_with_hours_is_credited_as_money_partly_and_in_full(session: AsyncSession) -> None:
    scene = await make_scene(session)
    order = await session.get_one(Order, (await make_milestone(session, scene)).order_id)
    typed = replace(a_part_line(scene, order), minutes=Minutes(600), unit_price=Decimal(100), amount=None)
    invoice = await make_invoice(session, scene, typed)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
    (line,) = await lines_of(session, invoice)
    for minutes, state, taken, held in ((180, LineState.APPROVED, 300, 70_000), (420, LineState.CREDITED, 1000, 0)):
        credit = replace(typed, minutes=Minutes(minutes), credits_line_id=line.id)
        note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        assert await codes_of(session, note) == []
        await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
        assert (line.state, line.reserved_cents, line.reserved_minutes) == (state, held, 0)
        assert (line.credited_amount, line.credited_minutes) == (Decimal(taken), 0)
        assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e", "H11.9-c")
async def test_a_tickets_sum_billed_with_hours_is_credited_as_money(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    typed = replace(a_sum_line(ticket.number), minutes=Minutes(150), unit_price=Decimal(100), amount=None)
    invoice = await make_invoice(session, desk.scene, typed)
    await approve_lines(session, desk.scene.judge, invoice_id=invoice.id, now=NOW)
    (line,) = await lines_of(session, invoice)
    credit = replace(typed, credits_line_id=line.id)
    note = await make_invoice(session, desk.scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, desk.scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, line.reserved_cents, line.credited_minutes) == (LineState.CREDITED, 0, 0)
    assert await ledger.disagreements(session) == []


# Effort


async def effort_of(session: AsyncSession) -> tuple[list[tuple[int | None, int | None]], tuple[int, int]]:
    """What each line bills and says in minutes, by its number; what all lines bill, and what of it is to be paid."""
    reader, row = await tiera_service_manager(session), InvoiceLine.__table__.c
    each = sa.select(figures.billed_minutes(row), figures.invoiced_minutes(row)).order_by(row.id)
    totals = sa.select(*(of(None, reader, where=None) for of in (figures.minutes_of_lines, figures.payable_minutes)))
    lines = [tuple(line) for line in (await session.execute(each)).all()]
    return lines, tuple((await session.execute(totals)).one())  # type: ignore[return-value]


@pytest.mark.rule("D11.9-e", "H11.9-b")
async def test_no_effort_is_left_of_a_sum_that_was_credited_as_money(session: AsyncSession) -> None:
    scene = await make_scene(session)
    order = await session.get_one(Order, (await make_milestone(session, scene)).order_id)
    typed = replace(a_part_line(scene, order), minutes=Minutes(600), unit_price=Decimal(100), amount=None)
    invoice = await make_invoice(session, scene, typed)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
    (line,) = await lines_of(session, invoice)
    assert await effort_of(session) == ([(600, None)], (600, 0))
    credit = replace(typed, minutes=None, unit_price=None, amount=Decimal(1000), credits_line_id=line.id)
    note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert line.state is LineState.CREDITED
    assert await effort_of(session) == ([(0, None), (None, None)], (0, 0))


@pytest.mark.rule("D11.9-e", "H11.9-c")
async def test_no_effort_is_left_of_a_tickets_sum_that_was_credited_with_its_hours(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, resolved=True)
    await allow(session, desk, ticket, euros=Decimal("250.00"))
    typed = replace(a_sum_line(ticket.number), minutes=Minutes(150), unit_price=Decimal(100), amount=None)
    invoice = await make_invoice(session, desk.scene, typed)
    await approve_lines(session, desk.scene.judge, invoice_id=invoice.id, now=NOW)
    (line,) = await lines_of(session, invoice)
    credit = replace(typed, credits_line_id=line.id)
    note = await make_invoice(session, desk.scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, desk.scene.judge, invoice_id=note.id, now=LATER)
    lines, totals = await effort_of(session)
    assert (lines[0], [said for _, said in lines], totals) == ((0, None), [None, None], (0, 0))


@pytest.mark.rule("D11.9-e", "D0-e")
async def test_minutes_that_hours_keep_in_six_decimals_are_credited_as_the_whole_minutes_they_are(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450)
    invoice = await make_invoice(session, scene, a_line(scene, 443))  # 7.383333 h
    (line,) = await lines_of(session, invoice)
    assert await codes_of(session, invoice) == ["quantity"]
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="7.5 h.", now=NOW)
    credit = a_line(scene, 443, credits_line_id=line.id)
    note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, line.credited_minutes) == (LineState.CREDITED, 443)
    lines, totals = await effort_of(session)
    assert (lines[0], totals) == ((0, 443), (0, 0))


# Typed


@pytest.mark.rule("D11.9-e", "D0-d")
async def test_a_typed_credit_of_a_line_without_a_rate_says_none_and_settles_it(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    line.vat_rate = None  # as a file may come
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="No rate.", now=NOW)
    credit = a_line(scene, credits_line_id=line.id)
    note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    (its,) = await lines_of(session, note)
    assert (its.vat_rate, its.vat, note.vat, await codes_of(session, note)) == (None, None, Decimal(0), [])
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, invoice.state) == (LineState.CREDITED, InvoiceState.SETTLED)
