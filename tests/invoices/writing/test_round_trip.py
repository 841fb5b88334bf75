"""What is written reads back as exactly the same invoice, in both formats, and is valid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.invoices.reading import (
    Adjustment,
    Attachment,
    DocumentKind,
    EInvoice,
    Line,
    Origin,
    Party,
    Syntax,
    Totals,
    VatRate,
    check,
    read,
)
from backend.invoices.writing import Unwritable, write
from tests.invoices.reading.files import finvoice, ubl

SCHEMA = Path(__file__).parents[3].parent / "shared" / "samples" / "finvoice" / "xsd" / "Finvoice3.0.xsd"
LETTERS = "abcXYZåäöÅÄÖ€ß0123456789<>&\"'.,:;/-_()=@ "

texts = (
    st.text(LETTERS, min_size=2, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: len(text) > 1)
)
identifiers = st.text(ascii_uppercase + digits + "-/.", min_size=2, max_size=20).filter(
    lambda text: text not in ("NA", "N/A")
)
notes = st.lists(texts, max_size=1).map(tuple)
dates = st.dates(date(2020, 1, 1), date(2099, 12, 31))
amounts = st.decimals("-999999.99", "999999.99", places=2)
positive = st.decimals("0.01", "999999.99", places=2)
rates = st.sampled_from([Decimal("25.5"), Decimal(14), Decimal(10), Decimal(0)])
parties = st.builds(Party, identifier=identifiers, name=texts, vat_id=st.sampled_from(["FI23456780", "SE556677889901"]))


@cache
def official_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def adjustments(of_a_document: bool) -> st.SearchStrategy[tuple[Adjustment, ...]]:
    """Allowances before charges, as Finvoice has them."""
    vat = {"vat_rate": rates, "vat_category": st.just("S")} if of_a_document else {}
    one = st.builds(Adjustment, is_charge=st.booleans(), amount=amounts, reason=maybe(texts), **vat)
    return st.lists(one, max_size=3).map(lambda found: tuple(sorted(found, key=lambda each: each.is_charge)))


@st.composite
def lines(draw: st.DrawFn, syntax: Syntax, kind: DocumentKind, position: int) -> Line:
    is_finvoice = syntax is Syntax.FINVOICE
    unit = draw(st.sampled_from(["HUR", "DAY", "C62"]))
    quantity, net = draw(maybe(amounts)), draw(amounts)
    if kind is DocumentKind.CREDIT_NOTE:
        quantity, net = None if quantity is None else -abs(quantity) + 0, -abs(net) + 0
    only_finvoice: dict[str, Any] = {
        "gross_amount": draw(maybe(amounts)) if kind is DocumentKind.INVOICE else None,
        "gross_unit_price": draw(maybe(positive)),
        "vat_amount": draw(maybe(amounts)),
        "order_id": draw(maybe(identifiers)),
        "agreement_id": draw(maybe(identifiers)),
    }
    return Line(
        position=position,
        id=draw(identifiers),
        text=draw(texts),
        description=draw(maybe(texts)),
        quantity=quantity,
        unit=None if quantity is None else unit,
        raw_unit=None if quantity is None else draw(st.sampled_from(["t", "h"])) if is_finvoice else unit,
        unit_price=draw(st.decimals("0.00001", "9999.99999", places=5)),
        base_quantity=draw(st.sampled_from([Decimal(1), Decimal(100), Decimal("0.5")])),
        adjustments=draw(adjustments(of_a_document=False)),
        net_amount=net,
        vat_rate=draw(rates),
        vat_category="S",
        order_line=draw(maybe(identifiers)),
        seller_item_id=draw(maybe(identifiers)),
        buyer_item_id=draw(maybe(identifiers)),
        object_id=draw(maybe(identifiers)),
        period_start=draw(maybe(dates)),
        period_end=draw(maybe(dates)),
        notes=draw(notes),
        attributes=draw(st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
        **(only_finvoice if is_finvoice else {}),
    )


@st.composite
def invoices(draw: st.DrawFn) -> EInvoice:
    syntax, kind = draw(st.sampled_from(Syntax)), draw(st.sampled_from(DocumentKind))
    is_finvoice = syntax is Syntax.FINVOICE
    origins = [Origin.ORIGINAL, Origin.COPY, Origin.CANCELLATION][: 3 if is_finvoice else 2]
    link = st.builds(Attachment, name=texts, url=maybe(st.just("https://toimittaja.example/a?b=1&c=2")))
    count = draw(st.integers(1, 3))
    return EInvoice(
        syntax=syntax,
        version="3.0" if is_finvoice else "2.1",
        kind=kind,
        origin=draw(st.sampled_from(origins)),
        number=draw(identifiers),
        issued_on=draw(dates),
        due_on=draw(dates),
        currency=draw(st.sampled_from(["EUR", "SEK"])),
        order_id=draw(maybe(identifiers)),
        sales_order_id=draw(maybe(identifiers)),
        agreement_id=draw(maybe(identifiers)),
        buyer_reference=draw(maybe(identifiers)),
        project=draw(maybe(identifiers)),
        preceding=tuple(draw(st.lists(identifiers, max_size=3, unique=True))),
        period_start=draw(maybe(dates)),
        period_end=draw(maybe(dates)),
        seller=draw(parties),
        buyer=draw(parties),
        accounts=("FI2112345600000785",),
        payment_reference=draw(maybe(st.sampled_from(["RF18539007547034", "12344"]))),
        totals=Totals(
            gross=draw(amounts),
            net=draw(amounts),
            vat=draw(amounts),
            payable=draw(positive),
            lines=draw(amounts),
            allowances=draw(maybe(amounts)),
            charges=draw(maybe(amounts)),
            prepaid=draw(maybe(amounts)),
            rounding=draw(maybe(amounts)),
        ),
        adjustments=draw(adjustments(of_a_document=True)),
        vat_rates=tuple(
            draw(
                st.lists(
                    st.builds(VatRate, category=st.just("S"), rate=rates, base=amounts, amount=amounts), max_size=2
                )
            )
        ),
        lines=tuple(draw(lines(syntax, kind, position + 1)) for position in range(count)),
        attachments=tuple(draw(st.lists(link, max_size=2))),
        notes=draw(notes),
    )


@settings(max_examples=100, deadline=None)
@given(invoices())
def test_what_is_written_reads_back_the_same(invoice: EInvoice) -> None:
    assert read(write(invoice)) == invoice


@pytest.mark.skipif(not SCHEMA.exists(), reason="the official schema is not beside this checkout")
@settings(max_examples=50, deadline=None)
@given(invoices().filter(lambda invoice: invoice.syntax is Syntax.FINVOICE))
def test_a_written_finvoice_is_valid_by_the_official_schema(invoice: EInvoice) -> None:
    official_schema().assertValid(etree.fromstring(write(invoice)))


@pytest.mark.parametrize("data", [finvoice(), ubl(), ubl(credit=True)], ids=["Finvoice", "UBL", "UBL credit note"])
def test_a_file_that_was_read_can_be_written_again(data: bytes) -> None:
    invoice = read(data)
    assert check(read(write(invoice)), Decimal(0)) == ()


def test_an_invoice_can_be_written_in_the_other_format() -> None:
    invoice = read(ubl())
    lines = tuple(replace(line, raw_unit="h") for line in invoice.lines)
    other = replace(invoice, syntax=Syntax.FINVOICE, version="3.0", due_on=date(2026, 12, 2), lines=lines)
    assert read(write(other)) == other


CHANGES: dict[str, dict[str, Any]] = {
    "no account": {"accounts": ()},
    "two accounts": {"accounts": ("FI2112345600000785", "FI0050000198765432")},
    "no due date": {"due_on": None},
    "no name of the seller": {"seller": Party(identifier="2345678-0")},
    "a number too long": {"number": "9" * 21},
    "a file within": {"attachments": (Attachment(name="a.pdf", mime="application/pdf", size=5),)},
    "a character that XML has not": {"number": "a\x01b"},
    "more decimals than there are": {"totals": Totals(gross=Decimal("1.123456"), payable=Decimal("1.12"))},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_finvoice_cannot_say_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(Unwritable):
        write(replace(read(finvoice()), **change))


UBL_CHANGES: dict[str, dict[str, Any]] = {
    "a cancellation": {"origin": Origin.CANCELLATION},
    "two notes": {"notes": ("a", "b")},
    "a link without a name": {"attachments": (Attachment(url="https://a.example/"),)},
    "no total without VAT": {"totals": Totals(gross=Decimal(1), payable=Decimal(1), lines=Decimal(1))},
    "a line's own order": {"lines": (replace(read(ubl()).lines[0], order_id="TIL-2026-00050"),)},
    "a quantity without a unit": {"lines": (replace(read(ubl()).lines[0], unit=None, raw_unit=None),)},
}


@pytest.mark.parametrize("change", UBL_CHANGES.values(), ids=UBL_CHANGES)
def test_what_peppol_cannot_say_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(Unwritable):
        write(replace(read(ubl()), **change))
