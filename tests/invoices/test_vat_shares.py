"""VAT is rounded once a rate, so each line has a share of it: whatever is approved when, the shares are the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices import rules
from backend.invoices.model import Invoice
from backend.invoices.receiving import new_line, vat_by_rate
from backend.invoices.states import InvoiceKind
from backend.kit.amounts import vat
from tests.invoices.making import a_line, lines_of, make_invoice, make_scene
from tests.invoices.reading.files import ubl, ubl_amount, ubl_category, ubl_line
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
    rules.share_vat(lines, whole, {})
    assert sum(line.vat or 0 for line in lines) == whole
    told_to = ([line for line in lines if line.vat_rate] or lines)[-1]
    for line in (each for each in lines if each is not told_to):
        assert line.vat is not None
        assert abs(line.vat - vat(line.amount, line.vat_rate or Decimal(0))) <= Decimal("0.01")


@pytest.mark.rule("D0-d")
@pytest.mark.usefixtures("store")
async def test_a_file_that_says_a_cent_more_has_it_on_its_last_line(session: AsyncSession) -> None:
    scene = await make_scene(session)
    content = a_file(scene).replace(b">242,25<", b">242,26<").replace(b">1192,25<", b">1192,26<")
    invoice = await receive(session, scene.sender, content)
    assert [line.vat for line in await lines_of(session, invoice)] == [Decimal("242.26")] == [invoice.vat]


@pytest.mark.rule("D0-d")
@pytest.mark.parametrize("says_by_rate", [True, False])
@pytest.mark.parametrize(
    ("percent", "deducted"), [("<cbc:Percent>0</cbc:Percent>", Decimal("0.00")), ("", None)], ids=["nought", "outside"]
)
@pytest.mark.usefixtures("store")
async def test_vat_rounded_a_line_is_that_of_taxed_lines_where_the_last_line_deducts_without_vat(
    session: AsyncSession, says_by_rate: bool, percent: str, deducted: Decimal | None
) -> None:
    scene = await make_scene(session)
    untaxed = ubl_category().replace("<cbc:ID>S<", "<cbc:ID>O<").replace("<cbc:Percent>25.5</cbc:Percent>", percent)
    lines = [ubl_line(net=net, price=net, quantity="1") for net in ("761.83", "235.13", "-10.00")]
    lines[-1] = lines[-1].replace(ubl_category(), untaxed)
    subtotals = "".join(
        f"<cac:TaxSubtotal>{ubl_amount('TaxableAmount', base)}{ubl_amount('TaxAmount', amount)}{category}"
        "</cac:TaxSubtotal>"
        for base, amount, category in (
            ("996.96", "254.23", ubl_category("TaxCategory")),
            ("-10.00", "0.00", untaxed.replace("ClassifiedTaxCategory", "TaxCategory")),
        )
        if says_by_rate
    )
    tax_total = f"<cac:TaxTotal>{ubl_amount('TaxAmount', '254.23')}{subtotals}</cac:TaxTotal>"
    content = ubl(lines=lines, tax_total=tax_total, total_of_lines="986.96", net="986.96", gross="1241.19")
    invoice = await receive(session, scene.sender, content)
    shares = [line.vat for line in await lines_of(session, invoice)]
    assert (invoice.vat, shares) == (Decimal("254.23"), [Decimal("194.27"), Decimal("59.96"), deducted])


HIGH, LOW, NOUGHT = Decimal("25.5"), Decimal(14), Decimal(0)


@pytest.mark.rule("D0-d")
@pytest.mark.parametrize(
    ("by_rate", "shares"),
    [
        pytest.param({HIGH: "254.23", LOW: "14.00"}, ["194.27", "59.96", "14.00", "0.00"], id="of one rate"),
        pytest.param({HIGH: "254.22", LOW: "14.01"}, ["194.27", "59.95", "14.01", "0.00"], id="of the other"),
        pytest.param({HIGH: "254.23"}, ["194.27", "59.96", "14.00", "0.00"], id="silent of one"),
        pytest.param({}, ["194.27", "59.95", "14.01", "0.00"], id="silent of all"),
        pytest.param({NOUGHT: "0.01"}, ["194.27", "59.95", "14.01", "0.00"], id="of nought"),
        pytest.param({HIGH: "400.00"}, ["194.27", "59.95", "14.01", "0.00"], id="no rounding"),
        pytest.param({Decimal(10): "0.01"}, ["194.27", "59.95", "14.01", "0.00"], id="of no line"),
    ],
)
def test_a_cent_is_of_the_rate_of_which_the_invoice_says_it(by_rate: dict[Decimal, str], shares: list[str]) -> None:
    worked = (("761.83", HIGH), ("235.13", HIGH), ("100.00", LOW), ("-10.00", NOUGHT))
    lines = [new_line(amount=Decimal(amount), vat_rate=rate) for amount, rate in worked]
    rules.share_vat(lines, Decimal("268.23"), {rate: Decimal(amount) for rate, amount in by_rate.items()})
    assert [line.vat for line in lines] == [Decimal(share) for share in shares]


def test_what_an_invoice_says_twice_of_a_rate_is_added_and_half_of_it_is_nothing() -> None:
    said = (("25.50", "250.004"), ("25.5", "4.23"), ("14", "14.00"), ("14", None), (None, "1.00"))
    kept = [{"rate": rate, "amount": amount} for rate, amount in said]
    assert vat_by_rate(Invoice(document={"vat_rates": kept})) == {HIGH: Decimal("254.23")}
    assert vat_by_rate(Invoice()) == {}


def test_a_line_without_a_rate_has_no_share_and_what_is_far_apart_is_no_rounding() -> None:
    lines = [new_line(amount=Decimal(100), vat_rate=rate) for rate in (Decimal("25.5"), None)]
    rules.share_vat(lines, Decimal(26), {Decimal("25.5"): Decimal(26)})
    assert [line.vat for line in lines] == [Decimal("25.50"), None]
    rules.share_vat(lines[:1], Decimal(200), {})
    assert lines[0].vat == Decimal("25.50")
