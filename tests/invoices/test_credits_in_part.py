"""What a credit of a part leaves is in order where the line was, and Tiera approves it (D11.9-e)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.store import Folder
from backend.invoices import credit_judging
from backend.invoices.deciding_verbs import approve_lines, dispute_lines
from backend.invoices.drafting import DraftLine
from backend.invoices.model import InvoiceLine
from backend.invoices.record import Record
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.kit.amounts import round_cents
from backend.ledger import verbs as ledger
from tests.invoices import facts
from tests.invoices.facts import GROUP, a_credit, a_piece, a_record, codes, credit_line, judged
from tests.invoices.making import NOW, a_line, lines_of, make_approved, make_invoice, make_scene
from tests.invoices.reading.files import ubl, ubl_line
from tests.invoices.test_credits import LATER, make_credit
from tests.invoices.test_deciding import billed, codes_of
from tests.invoices.test_receiving import receive, store
from tests.making import make_organisation

__all__ = ["store"]

CHANGE = date(2026, 10, 16)
CHANGED = {GROUP: [(Range(facts.YEAR.lower, CHANGE), Decimal(100)), (Range(CHANGE, None), Decimal(110))]}
FALLEN = {GROUP: [(Range(facts.YEAR.lower, CHANGE), Decimal(110)), (Range(CHANGE, None), Decimal(100))]}
IN_ORDER: Mapping[str, dict[str, Any]] = {
    "its price": {},
    "an allowance": {"amount": Decimal("950.00"), "adjustment": Decimal("-50.00")},
    "no price": {"unit_price": None},
    "minutes": {"quantity": Decimal(600), "unit": "MIN", "unit_price": Decimal("1.666667")},
}
"""Lines of ten hours for no more than the contract's thousand euros."""


def at_two_prices(prices: Mapping[int, Any] = CHANGED) -> Record:
    """Five hours at 100 and five at 110 euros."""
    return a_record(a_piece(date(2026, 10, 5), 300), a_piece(date(2026, 10, 20), 300), prices=prices)


def take(target: InvoiceLine, credit: InvoiceLine) -> None:
    """Take off a line what an approved credit takes of it."""
    target.credited_amount -= credit.amount
    target.credited_minutes += credit_judging.credited_minutes(credit, target) or 0


def a_part_of(target: InvoiceLine, quarters: int, euros: Decimal | None) -> InvoiceLine:
    """A credit of quarters of hours at the line's price or for their share, or of money alone."""
    if euros is not None:
        return credit_line(quantity=None, unit=None, unit_price=None, amount=-euros, credits_line_id=100)
    quantity = Decimal(quarters * 15) / (60 if target.unit == "HUR" else 1)
    share = round_cents(Decimal(quarters) * (target.amount if target.unit_price is None else 1000) / 40)
    same = {"unit": target.unit, "unit_price": target.unit_price, "credits_line_id": 100}
    return credit_line(quantity=-quantity, amount=-min(share, target.amount), **same)


@pytest.mark.rule("D11.9-e", "D11.9-d")
@given(
    kind=st.sampled_from(sorted(IN_ORDER)),
    quarters=st.integers(1, 37),
    euros=st.none() | st.decimals(Decimal("0.01"), Decimal("949.99"), places=2),
)
def test_what_a_credit_leaves_of_a_line_in_order_is_in_order(kind: str, quarters: int, euros: Decimal | None) -> None:
    target = facts.a_line(id=100, **IN_ORDER[kind])
    assert codes(judged(target)) == []
    credit = a_part_of(target, quarters, euros)
    assert codes(a_credit(credit, target)) == []
    take(target, credit)
    assert codes(judged(target)) == []


@pytest.mark.rule("D11.9-e", "D11.9-d")
@given(euros=st.decimals(Decimal("0.01"), Decimal("1049.99"), places=2), price=st.sampled_from([None, Decimal(105)]))
def test_money_credited_of_hours_at_several_prices_leaves_them_in_order(euros: Decimal, price: Decimal | None) -> None:
    target = facts.a_line(id=100, unit_price=price, amount=Decimal("1050.00"))
    assert codes(judged(target, record=at_two_prices())) == []
    take(target, a_part_of(target, 0, euros))
    assert codes(judged(target, record=at_two_prices())) == []


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize(
    ("line", "credited", "expected"),
    [
        ({"unit_price": Decimal(90), "amount": Decimal("900.00")}, "1.00", ["price"]),
        ({"unit_price": None, "amount": Decimal("900.00")}, "1.00", ["price"]),
        ({"unit_price": Decimal(103), "amount": Decimal("1030.00")}, "29.00", ["price"]),
        ({"unit_price": Decimal(103), "amount": Decimal("1030.00")}, "30.00", []),
        ({"unit_price": Decimal(103), "amount": Decimal("1030.00")}, "330.00", []),
        ({"unit_price": Decimal(90), "amount": Decimal("1100.00")}, "100.00", []),
    ],
)
def test_what_is_left_is_no_dearer_than_the_contract_and_too_low_a_price_is_told_still(
    line: dict[str, Any], credited: str, expected: list[str]
) -> None:
    target = facts.a_line(id=100, **line)
    assert codes(judged(target)) == ["price"]
    target.credited_amount = Decimal(credited)
    assert codes(judged(target)) == expected


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize("amount", ["500.00", "100.00", "998.00"])
def test_money_credited_does_not_clear_a_line_whose_amount_lacks_some_of_its_product(amount: str) -> None:
    target = facts.a_line(id=100, amount=Decimal(amount))
    target.credited_amount = Decimal("0.01")
    assert codes(judged(target)) == ["price"]


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize("price", [None, Decimal(100)])
@pytest.mark.parametrize("amount", ["1000.00", "1049.00"])
def test_money_credited_does_not_clear_hours_at_several_prices_that_were_billed_at_the_lowest(
    amount: str, price: Decimal | None
) -> None:
    target = facts.a_line(id=100, unit_price=price, amount=Decimal(amount))
    assert codes(judged(target, record=at_two_prices())) == ["price"]
    target.credited_amount = Decimal("0.01")
    assert codes(judged(target, record=at_two_prices())) == ["price"]


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize("price", [None, Decimal(105)])
@pytest.mark.parametrize(("billed", "expected"), [("1050.00", []), ("1040.00", ["price"])])
def test_hours_credited_at_a_price_that_had_fallen_leave_the_dearer_ones_in_order(
    price: Decimal | None, billed: str, expected: list[str]
) -> None:
    target = facts.a_line(id=100, unit_price=price, amount=Decimal(billed))
    assert codes(judged(target, record=at_two_prices(FALLEN))) == expected
    target.credited_minutes, target.credited_amount = 300, Decimal("525.00")
    assert codes(judged(target, record=a_record(a_piece(minutes=300), prices=FALLEN))) == expected


@pytest.mark.rule("D11.9-e")
@pytest.mark.parametrize("price", ["100.00", None])
async def test_a_disputed_line_of_which_money_is_credited_is_approved_with_the_rest(
    session: AsyncSession, price: str | None
) -> None:
    """A third of the work was done anew: the supplier gives that back, and all the hours stay billed."""
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    typed = a_line(scene, unit_price=price and Decimal(price), amount=Decimal("1000.00"))
    invoice = await make_invoice(session, scene, typed)
    (line,) = await lines_of(session, invoice)
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Done anew.", now=NOW)
    part = DraftLine(text="Work done anew", amount=Decimal("300.00"), credits_line_id=line.id)
    note = await make_invoice(session, scene, part, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, await codes_of(session, invoice)) == (LineState.OPEN, [])
    assert (line.decided_by_id, line.decided_at) == (None, None), "it waits for a decision again"
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (invoice.state, await billed(session, scene)) == (InvoiceState.APPROVED, 600)
    assert await ledger.disagreements(session) == []


ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
    '<cbc:Amount currencyID="EUR">50.00</cbc:Amount></cac:AllowanceCharge>'
)


@pytest.mark.rule("D11.9-e")
async def test_an_hour_is_credited_of_a_disputed_line_with_an_allowance(session: AsyncSession, store: Folder) -> None:
    supplier = await make_organisation(session)
    supplier.business_id = "2345678-0"
    scene = await make_scene(session, supplier=supplier)
    await make_approved(session, scene, 600)
    item = f"<cac:SellersItemIdentification><cbc:ID>{scene.group.code}</cbc:ID></cac:SellersItemIdentification>"
    about = f"<cac:OrderReference><cbc:ID>{scene.order.number}</cbc:ID></cac:OrderReference>"
    lines = [ubl_line(item=item, price="100.00", middle=ALLOWANCE)]
    invoice = await receive(session, scene.sender, ubl(lines=lines, references=about))
    (line,) = await lines_of(session, invoice)
    assert (line.amount, line.adjustment, await codes_of(session, invoice)) == (Decimal(950), Decimal(-50), [])
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="9 h.", now=NOW)
    note = await make_credit(session, scene, line, 60)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, await codes_of(session, invoice)) == (LineState.OPEN, [])
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (invoice.state, await billed(session, scene)) == (InvoiceState.APPROVED, 540)
    assert await ledger.disagreements(session) == []
