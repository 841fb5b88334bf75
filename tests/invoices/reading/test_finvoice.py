"""What is taken from a Finvoice, and what Finvoices are refused."""

from datetime import date
from decimal import Decimal

import pytest

from backend.invoices.reading import Attachment, DocumentKind, Origin, Syntax, Unread, Unreadable, check, read
from tests.invoices.reading.files import euros, finvoice, finvoice_row

ORDER = "<RowIdentifier>{}</RowIdentifier>"
FRAME = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>\n'


def refusal_of(data: bytes) -> Unread:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    return refusal.value.code


@pytest.mark.rule("D11.9-g")
def test_a_finvoice_is_read() -> None:
    invoice = read(finvoice())
    assert (invoice.syntax, invoice.version, invoice.kind) == (Syntax.FINVOICE, "3.0", DocumentKind.INVOICE)
    assert (invoice.number, invoice.issued_on, invoice.due_on) == ("2026-7", date(2026, 11, 2), date(2026, 12, 2))
    assert (invoice.seller.business_id, invoice.buyer.business_id) == ("2345678-0", "0112038-9")
    assert (invoice.accounts, invoice.payment_reference) == (("FI2112345600000785",), "RF18539007547034")
    line = invoice.lines[0]
    assert (line.quantity, line.unit, line.unit_price, line.net_amount) == (10, "HUR", 95, 950)
    assert (line.seller_item_id, line.vat_rate) == ("ASI", Decimal("25.5"))
    assert check(invoice, Decimal("0.02")) == ()


@pytest.mark.rule("D11.9-h")
def test_a_row_has_its_own_order_and_period_or_else_the_documents() -> None:
    period = '<StartDate Format="CCYYMMDD">20260901</StartDate><EndDate Format="CCYYMMDD">20260930</EndDate>'
    own = finvoice_row(price=period + euros("UnitPriceAmount", "95,00"), order=ORDER.format("TIL-2026-00050"))
    invoice = read(finvoice(rows=[finvoice_row(), own]))
    assert [invoice.order_id_of(line) for line in invoice.lines] == ["TIL-2026-00042", "TIL-2026-00050"]
    assert [invoice.period_of(line) for line in invoice.lines] == [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
    ]


@pytest.mark.rule("D11.9-h")
def test_an_order_that_says_not_applicable_is_no_order() -> None:
    invoice = read(finvoice(references="<OrderIdentifier>NA</OrderIdentifier>", rows=[finvoice_row()]))
    assert invoice.order_id_of(invoice.lines[0]) is None


@pytest.mark.parametrize(
    ("attributes", "unit", "raw"),
    [
        ('QuantityUnitCode="t"', None, "t"),
        ('QuantityUnitCode="t" QuantityUnitCodeUN="HUR"', "HUR", "t"),
        ('QuantityUnitCode="t" QuantityUnitCodeUN="TNE"', "TNE", "t"),
        ('QuantityUnitCode="t" QuantityUnitCodeUN="ZZ"', None, "t"),
        ('QuantityUnitCode="htp"', None, "htp"),
        ('QuantityUnitCode="Tuntia"', "HUR", "Tuntia"),
        ('QuantityUnitCode="tim."', "HUR", "tim."),
        ("", None, None),
    ],
)
def test_a_unit_is_known_only_when_it_is_certain(attributes: str, unit: str | None, raw: str | None) -> None:
    quantity = f"<InvoicedQuantity {attributes}>10</InvoicedQuantity>"
    line = read(finvoice(rows=[finvoice_row(quantity=quantity)])).lines[0]
    assert (line.unit, line.raw_unit) == (unit, raw)


@pytest.mark.parametrize("unit", ["c/kWh", "snt/h", "SNT/kWh", "snt"])
def test_a_price_in_cents_becomes_euros(unit: str) -> None:
    price = euros("UnitPriceAmount", "9500,00", f' UnitPriceUnitCode="{unit}"') + euros("UnitPriceNetAmount", "9500,00")
    invoice = read(finvoice(rows=[finvoice_row(price=price)]))
    assert invoice.lines[0].unit_price == 95
    assert check(invoice, Decimal(0)) == ()


def test_a_price_is_after_its_own_discount_and_for_its_base_quantity() -> None:
    price = (
        euros("UnitPriceAmount", "1000,00")
        + euros("UnitPriceDiscountAmount", "50,00")
        + "<UnitPriceBaseQuantity>10</UnitPriceBaseQuantity>"
    )
    invoice = read(finvoice(rows=[finvoice_row(price=price)]))
    assert (invoice.lines[0].unit_price, invoice.lines[0].base_quantity) == (950, 10)
    assert check(invoice, Decimal(0)) == ()


def test_of_several_quantities_the_one_in_the_unit_of_the_price_is_taken() -> None:
    quantity = (
        '<InvoicedQuantity QuantityUnitCodeUN="DAY">2</InvoicedQuantity>'
        '<InvoicedQuantity QuantityUnitCodeUN="HUR">10</InvoicedQuantity>'
    )
    price = euros("UnitPriceAmount", "95,00", ' QuantityUnitCodeUN="HUR"')
    line = read(finvoice(rows=[finvoice_row(quantity=quantity, price=price)])).lines[0]
    assert (line.quantity, line.unit) == (10, "HUR")


def test_headings_subtotals_and_free_text_are_not_lines() -> None:
    heading = "<InvoiceRow><ArticleName>LOKAKUU</ArticleName></InvoiceRow>"
    subtotal = (
        "<InvoiceRow><SubInvoiceRow><SubArticleName>YHTEENSÄ</SubArticleName>"
        f"{euros('SubRowVatExcludedAmount', '950,00')}</SubInvoiceRow></InvoiceRow>"
    )
    text = "<InvoiceRow><RowFreeText>Kiitos</RowFreeText></InvoiceRow>"
    zero = f"<InvoiceRow><ArticleName>Työ</ArticleName>{euros('RowVatExcludedAmount', '0,00')}</InvoiceRow>"
    invoice = read(finvoice(rows=[heading, finvoice_row(), subtotal, text, zero]))
    assert [line.position for line in invoice.lines] == [1]
    assert check(invoice, Decimal(0)) == ()


def test_discounts_and_charges_of_a_row_are_part_of_its_reckoning() -> None:
    middle = (
        f"{euros('RowDiscountAmount', '100,00')}<RowDiscountTypeText>Sovittu</RowDiscountTypeText>"
        f"<RowChargeDetails><ReasonText>Matka</ReasonText>{euros('Amount', '20,00')}</RowChargeDetails>"
    )
    invoice = read(
        finvoice(rows=[finvoice_row(middle=middle, net="870,00")], net="870,00", vat="221,85", gross="1091,85")
    )
    assert [(a.is_charge, a.amount, a.reason) for a in invoice.lines[0].adjustments] == [
        (False, 100, "Sovittu"),
        (True, 20, "Matka"),
    ]
    assert check(invoice, Decimal(0)) == ()


def test_a_row_whose_discount_is_only_a_percentage_is_not_reckoned() -> None:
    row = finvoice_row(middle="<RowDiscountPercent>10</RowDiscountPercent>", net="855,00")
    invoice = read(finvoice(rows=[row], net="855,00", vat="218,03", gross="1073,03"))
    assert invoice.lines[0].adjustments[0].amount is None
    assert check(invoice, Decimal(0)) == ()


CREDIT = {"type_code": "INV02", "net": "-950,00", "vat": "-242,25", "gross": "-1192,25"}


@pytest.mark.parametrize(("quantity", "price"), [("-10", "95,00"), ("10", "-95,00"), ("10", "95,00")])
def test_what_is_credited_is_negative_in_quantity_and_amount_however_it_is_written(quantity: str, price: str) -> None:
    row = finvoice_row(
        quantity=f'<InvoicedQuantity QuantityUnitCodeUN="HUR">{quantity}</InvoicedQuantity>',
        price=euros("UnitPriceAmount", price),
        net="-950,00",
    )
    invoice = read(finvoice(rows=[row], **CREDIT))
    line = invoice.lines[0]
    assert invoice.kind is DocumentKind.CREDIT_NOTE
    assert (line.quantity, line.unit_price, line.net_amount) == (-10, 95, -950)
    assert check(invoice, Decimal(0)) == ()


def test_a_minus_in_an_invoice_is_not_explained_away() -> None:
    invoice = read(finvoice(rows=[finvoice_row(net="-950,00")], net="-950,00", vat="-242,25", gross="-1192,25"))
    assert invoice.lines[0].quantity == 10
    assert [finding.line for finding in check(invoice, Decimal("0.02"))] == [1]


def test_a_credit_note_names_the_invoices_it_credits() -> None:
    numbers = (
        "<OriginalInvoiceNumber>1</OriginalInvoiceNumber>"
        "<OriginalInvoiceReference><InvoiceNumber>2</InvoiceNumber></OriginalInvoiceReference>"
    )
    data = finvoice(type_code="INV02").replace(b"</InvoiceDate>", b"</InvoiceDate>" + numbers.encode())
    assert read(data).preceding == ("1", "2")


@pytest.mark.parametrize(
    ("code", "origin"), [("Original", Origin.ORIGINAL), ("Copy", Origin.COPY), ("Cancel", Origin.CANCELLATION)]
)
def test_copies_and_cancellations_are_known_by_the_origin_code(code: str, origin: Origin) -> None:
    assert read(finvoice(origin=code)).origin is origin


@pytest.mark.parametrize("type_code", ["ORD01", "INV03", "INV05", "INV06", "TES01", "DEV01"])
def test_other_messages_are_not_invoices(type_code: str) -> None:
    assert refusal_of(finvoice(type_code=type_code)) is Unread.NOT_AN_INVOICE


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252"])
def test_a_file_in_any_usual_encoding_is_read(encoding: str) -> None:
    assert read(finvoice(declared=encoding)).lines[0].text == "Asiantuntijatyö"


def test_of_two_documents_in_a_file_the_second_is_the_invoice_whatever_its_encoding() -> None:
    name = "Työ 5 €"
    data = FRAME + finvoice(declared="ISO-8859-15", rows=[finvoice_row(name=name)])
    assert read(data).lines[0].text == name


NO_INVOICES = {
    "a frame alone": FRAME,
    "another envelope": FRAME.replace(b"schemas.xmlsoap.org", b"example.org") + finvoice(),
    "an envelope within": b"<Post><Envelope></Envelope></Post>",
}


@pytest.mark.parametrize("data", NO_INVOICES.values(), ids=NO_INVOICES)
def test_a_frame_alone_or_of_another_kind_holds_no_invoice(data: bytes) -> None:
    assert refusal_of(data) is Unread.NOT_AN_INVOICE


def test_links_are_kept_only_when_they_are_https() -> None:
    end = (
        "<InvoiceUrlNameText>Tunnit 10/2026</InvoiceUrlNameText><InvoiceUrlNameText>Kuva</InvoiceUrlNameText>"
        "<InvoiceUrlText>https://toimittaja.example/10.csv</InvoiceUrlText>"
        "<InvoiceUrlText>javascript:alert(1)</InvoiceUrlText>"
    )
    assert read(finvoice(end=end)).attachments == (
        Attachment(name="Tunnit 10/2026", url="https://toimittaja.example/10.csv"),
        Attachment(name="Kuva"),
    )


SWEDISH = '<UnitPriceAmount AmountCurrencyIdentifier="SEK">95,00</UnitPriceAmount>'
SAYS_CREDIT = b"<InvoiceTypeCodeUN>381</InvoiceTypeCodeUN><InvoiceTypeText>"
DATE = '<InvoiceDate Format="CCYYMMDD">{}</InvoiceDate>'
REFUSED = {
    "an older version": (finvoice(version="2.01"), Unread.VERSION),
    "no payment order": (finvoice(epi=""), Unread.SCHEMA),
    "no row": (finvoice(rows=[]), Unread.SCHEMA),
    "a number of 21 characters": (finvoice(number="x" * 21), Unread.SCHEMA),
    "an unknown origin": (finvoice(origin="Other"), Unread.SCHEMA),
    "a seller without a name": (finvoice(seller=""), Unread.SCHEMA),
    "a date with dashes": (finvoice(issued=DATE.format("2026-11-02")), Unread.SCHEMA),
    "a date without its format": (finvoice(issued="<InvoiceDate>20261102</InvoiceDate>"), Unread.SCHEMA),
    "a thirteenth month": (finvoice(issued=DATE.format("20261302")), Unread.DATE),
    "two dates": (finvoice(issued=DATE.format("20261102") * 2), Unread.SCHEMA),
    "a decimal point": (finvoice(gross="1192.25"), Unread.SCHEMA),
    "an exponent": (finvoice(gross="1e3"), Unread.NUMBER),
    "an empty amount": (finvoice(rows=[finvoice_row(net="")]), Unread.NUMBER),
    "a quantity that is no number": (
        finvoice(rows=[finvoice_row(quantity="<InvoicedQuantity>NaN</InvoicedQuantity>")]),
        Unread.NUMBER,
    ),
    "markup in a text": (finvoice(rows=[finvoice_row(name="<b>x</b>")]), Unread.SCHEMA),
    "an element out of its place": (
        finvoice(rows=[finvoice_row(before="", middle="<ArticleIdentifier>ASI</ArticleIdentifier>")]),
        Unread.SCHEMA,
    ),
    "another currency": (finvoice(rows=[finvoice_row(price=SWEDISH)]), Unread.SCHEMA),
    "too many rows": (finvoice(rows=[finvoice_row()] * 5001), Unread.TOO_MANY_LINES),
    "both kinds at once": (finvoice().replace(b"<InvoiceTypeText>", SAYS_CREDIT), Unread.SCHEMA),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_written_as_finvoice_asks_is_refused(data: bytes, code: Unread) -> None:
    assert refusal_of(data) is code


def test_a_credit_note_that_says_nothing_is_to_be_paid_says_nothing_of_it() -> None:
    data = finvoice(rows=[finvoice_row(net="-950,00")], **CREDIT).replace(b">-1192,25</EpiI", b">0,00</EpiI")
    invoice = read(data)
    assert invoice.totals.payable is None
    assert check(invoice, Decimal(0)) == ()
