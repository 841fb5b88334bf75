"""VAT is rounded once a rate, so each line has a share of it: whatever is approved when, the shares are the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices import rules
from backend.invoices.receiving import new_line
from backend.invoices.states import InvoiceKind
from backend.kit.amounts import vat
from tests.invoices.making import a_line, lines_of, make_invoice, make_scene
from tests.invoices.test_receiving import a_file, receive, store

__all__ = ["store"]

amounts = st.decimals(-10_000, 10_000, places=2)
rates = st.sampled_from([Decimal("25.5"), Decimal("13.5"), Decimal(0)])


@pytest.mark.rule("D0-d")
async def test_the_shares_of_an_invoice_add_up_to_its_vat(session: AsyncSession) -> None:
    scene = await make_scene(session)
    worked = (a_line(scene, 465, "98.30"), a_line(scene, 60, vat_rate=Decimal(14)), a_line(scene, 135, "104.50"))
    invoice = await make_invoice(session, scene, *worked)
    lines = await lines_of(session, invoice)
    assert [line.vat for line in lines] == [Decimal("194.27"), Decimal("14.00"), Decimal("59.95")]
    assert sum(line.vat or 0 for line in lines) == invoice.vat
    mirrored = await make_invoice(
        session, scene, *worked, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id, due_on=None
    )
    assert [line.vat for line in await lines_of(session, mirrored)] == [-(line.vat or 0) for line in lines]


@pytest.mark.rule("D0-d")
@given(st.lists(st.tuples(amounts, rates), min_size=1, max_size=12), st.integers(-3, 3))
def test_shares_are_the_whole_and_of_each_line_about_its_own(told: list[tuple[Decimal, Decimal]], apart: int) -> None:
    lines = [new_line(amount=amount, vat_rate=rate) for amount, rate in told]
    bases = {rate: sum(amount for amount, its in told if its == rate) for _, rate in told}
    whole = sum((vat(Decimal(base), rate) for rate, base in bases.items()), Decimal(0)) + Decimal(apart) / 100
    rules.share_vat(lines, whole)
    assert sum(line.vat or 0 for line in lines) == whole
    for line in lines[:-1]:
        assert line.vat is not None
        assert abs(line.vat - vat(line.amount, line.vat_rate or Decimal(0))) <= Decimal("0.01")


@pytest.mark.rule("D0-d")
@pytest.mark.usefixtures("store")
async def test_a_file_that_says_a_cent_more_has_it_on_its_last_line(session: AsyncSession) -> None:
    scene = await make_scene(session)
    content = a_file(scene).replace(b">242,25<", b">242,26<").replace(b">1192,25<", b">1192,26<")
    invoice = await receive(session, scene.sender, content)
    assert [line.vat for line in await lines_of(session, invoice)] == [Decimal("242.26")] == [invoice.vat]


def test_a_line_without_a_rate_has_no_share_and_what_is_far_apart_is_no_rounding() -> None:
    lines = [new_line(amount=Decimal(100), vat_rate=rate) for rate in (Decimal("25.5"), None)]
    rules.share_vat(lines, Decimal(26))
    assert [line.vat for line in lines] == [Decimal("25.50"), None]
    rules.share_vat(lines[:1], Decimal(200))
    assert lines[0].vat == Decimal("25.50")
