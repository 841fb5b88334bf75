"""What is taken from a Peppol invoice (UBL), and which are refused."""

from datetime import date
from decimal import Decimal

import pytest

from backend.invoices.reading import Attachment, DocumentKind, Origin, Syntax, Unread, Unreadable, check, read
from tests.invoices.reading.files import ubl, ubl_amount, ubl_category, ubl_line

LINE_REFERENCE = "<cac:OrderLineReference><cbc:LineID>3</cbc:LineID>{}</cac:OrderLineReference>"


def refusal_of(data: bytes) -> Unread:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    return refusal.value.code


def allowance(amount: str, *, charge: bool = False, category: str = "") -> str:
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(charge).lower()}</cbc:ChargeIndicator>"
        f"{ubl_amount('Amount', amount)}{category}</cac:AllowanceCharge>"
    )


@pytest.mark.rule("D11.9-g")
def test_a_peppol_invoice_is_read() -> None:
    invoice = read(ubl(head="<cbc:Note>Lokakuu</cbc:Note>"))
    assert (invoice.syntax, invoice.kind, invoice.origin) == (Syntax.UBL, DocumentKind.INVOICE, Origin.ORIGINAL)
    assert (invoice.number, invoice.issued_on, invoice.currency) == ("2026-7", date(2026, 11, 2), "EUR")
    assert (invoice.seller.business_id, invoice.buyer.name) == ("2345678-0", "Ostaja Oy")
    assert (invoice.accounts, invoice.notes) == (("FI2112345600000785",), ("Lokakuu",))
    line = invoice.lines[0]
    assert (line.quantity, line.unit, line.unit_price, line.net_amount) == (10, "HUR", 95, 950)
    assert (line.seller_item_id, invoice.order_id_of(line)) == ("ASI", "TIL-2026-00042")
    assert invoice.period_of(line) == (date(2026, 10, 1), date(2026, 10, 31))
    assert check(invoice, Decimal("0.02")) == ()


@pytest.mark.rule("D11.9-h")
def test_a_lines_own_references_come_before_the_documents() -> None:
    own = "<cac:OrderReference><cbc:ID>TIL-2026-00050</cbc:ID></cac:OrderReference>"
    middle = (
        "<cac:InvoicePeriod><cbc:StartDate>2026-09-01</cbc:StartDate></cac:InvoicePeriod>"
        + LINE_REFERENCE.format(own)
        + "<cac:DocumentReference><cbc:ID>K-1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>"
        + "</cac:DocumentReference>"
    )
    invoice = read(ubl(lines=[ubl_line(middle=middle)]))
    line = invoice.lines[0]
    assert (invoice.order_id_of(line), line.order_line, line.object_id) == ("TIL-2026-00050", "3", "K-1")
    assert invoice.period_of(line) == (date(2026, 9, 1), date(2026, 9, 1))


def test_an_order_that_says_not_applicable_is_no_order() -> None:
    reference = "<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S-1</cbc:SalesOrderID></cac:OrderReference>"
    invoice = read(ubl(references=reference))
    assert (invoice.order_id, invoice.sales_order_id) == (None, "S-1")


def test_a_credit_note_which_ubl_writes_positive_is_negative() -> None:
    billing = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-6</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    invoice = read(
        ubl(
            credit=True,
            references=billing,
            lines=[ubl_line(credit=True, middle=allowance("50.00"), net="900.00")],
            adjustments=allowance("100.00", category=ubl_category("TaxCategory")),
            total_of_lines="900.00",
            net="800.00",
            vat="204.00",
            gross="1004.00",
            more_totals=ubl_amount("AllowanceTotalAmount", "100.00"),
        )
    )
    line = invoice.lines[0]
    assert (invoice.kind, invoice.preceding) == (DocumentKind.CREDIT_NOTE, ("2026-6",))
    assert (line.quantity, line.unit_price, line.net_amount) == (-10, 95, -900)
    assert (line.adjustments[0].amount, invoice.adjustments[0].amount) == (-50, -100)
    assert (invoice.totals.net, invoice.totals.gross, invoice.vat_rates[0].base) == (-800, -1004, -800)
    assert check(invoice, Decimal(0)) == ()


def test_a_negative_price_becomes_a_negative_quantity() -> None:
    line = read(ubl(lines=[ubl_line(price="-95.00", net="-950.00")])).lines[0]
    assert (line.quantity, line.unit_price, line.net_amount) == (-10, 95, -950)


def test_a_price_is_for_its_base_quantity_and_already_after_its_discount() -> None:
    in_price = '<cbc:BaseQuantity unitCode="HUR">10</cbc:BaseQuantity>' + (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        f"{ubl_amount('Amount', '50.00')}{ubl_amount('BaseAmount', '1000.00')}</cac:AllowanceCharge>"
    )
    invoice = read(ubl(lines=[ubl_line(price="950.00", in_price=in_price)]))
    assert (invoice.lines[0].unit_price, invoice.lines[0].base_quantity) == (950, 10)
    assert check(invoice, Decimal(0)) == ()


@pytest.mark.parametrize(("code", "unit"), [("HUR", "HUR"), ("C62", "C62"), ("t", None), ("ZZ", None)])
def test_a_unit_that_is_no_code_stays_unknown(code: str, unit: str | None) -> None:
    line = read(ubl(lines=[ubl_line(unit=code)])).lines[0]
    assert (line.unit, line.raw_unit) == (unit, code)


def test_prepayment_and_rounding_are_part_of_what_is_to_be_paid() -> None:
    more = ubl_amount("PrepaidAmount", "192.00") + ubl_amount("PayableRoundingAmount", "-0.25")
    invoice = read(ubl(more_totals=more, payable="1000.00"))
    assert (invoice.totals.prepaid, invoice.totals.rounding) == (192, Decimal("-0.25"))
    assert check(invoice, Decimal(0)) == ()


def test_vat_repeated_in_another_currency_is_not_taken_for_the_vat() -> None:
    second = f"<cac:TaxTotal>{ubl_amount('TaxAmount', '2700.00', 'SEK')}</cac:TaxTotal>"
    first = (
        f"<cac:TaxTotal>{ubl_amount('TaxAmount', '242.25')}<cac:TaxSubtotal>{ubl_amount('TaxableAmount', '950.00')}"
        f"{ubl_amount('TaxAmount', '242.25')}{ubl_category('TaxCategory')}</cac:TaxSubtotal></cac:TaxTotal>"
    )
    after_currency = "</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>"
    data = ubl(tax_total=second + first).replace(b"</cbc:DocumentCurrencyCode>", after_currency.encode())
    invoice = read(data)
    assert (invoice.totals.vat, len(invoice.vat_rates)) == (Decimal("242.25"), 1)


def test_an_attachments_name_is_never_a_path_and_only_https_is_a_link() -> None:
    def reference(content: str) -> str:
        return (
            f"<cac:AdditionalDocumentReference><cbc:ID>Liite</cbc:ID><cac:Attachment>{content}</cac:Attachment>"
            "</cac:AdditionalDocumentReference>"
        )

    def link(uri: str) -> str:
        return reference(f"<cac:ExternalReference><cbc:URI>{uri}</cbc:URI></cac:ExternalReference>")

    embedded = reference(
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="../../etc/lasku.pdf">JVBERi0='
        "</cbc:EmbeddedDocumentBinaryObject>"
    )
    invoice = read(ubl(references=embedded + link("https://a.example/1.csv") + link("file:///etc/passwd")))
    assert invoice.attachments == (
        Attachment(name="lasku.pdf", mime="application/pdf", size=5),
        Attachment(name="Liite", url="https://a.example/1.csv"),
        Attachment(name="Liite"),
    )


def test_a_copy_says_so() -> None:
    data = ubl().replace(b"<cbc:IssueDate>", b"<cbc:CopyIndicator>true</cbc:CopyIndicator><cbc:IssueDate>")
    assert read(data).origin is Origin.COPY


ORDER = ubl().replace(b"Invoice-2", b"Order-2").replace(b"<Invoice ", b"<Order ").replace(b"</Invoice>", b"</Order>")
REFUSED = {
    "an older profile": (ubl(customization="urn:www.cenbii.eu:transaction:biitrns010:ver2.0"), Unread.VERSION),
    "a proforma": (ubl(type_code="325"), Unread.NOT_AN_INVOICE),
    "an invoice that says credit note": (ubl(type_code="381"), Unread.NOT_AN_INVOICE),
    "a credit note that says invoice": (ubl(credit=True, type_code="380"), Unread.NOT_AN_INVOICE),
    "no line": (ubl(lines=[]), Unread.SCHEMA),
    "amounts in another currency": (ubl(currency="SEK"), Unread.SCHEMA),
    "two numbers": (ubl(head="<cbc:ID>2026-8</cbc:ID>"), Unread.SCHEMA),
    "a decimal comma": (ubl(lines=[ubl_line(net="1,5")]), Unread.NUMBER),
    "infinity": (ubl(lines=[ubl_line(quantity="INF")]), Unread.NUMBER),
    "an exponent": (ubl(lines=[ubl_line(quantity="1e99")]), Unread.NUMBER),
    "Arabic digits": (ubl(lines=[ubl_line(quantity="٧")]), Unread.NUMBER),
    "the 30th of February": (ubl().replace(b">2026-11-02<", b">2026-02-30<"), Unread.DATE),
    "a Finnish date": (ubl().replace(b">2026-11-02<", b">02.11.2026<"), Unread.DATE),
    "too many lines": (ubl(lines=[ubl_line()] * 5001), Unread.TOO_MANY_LINES),
    "a long number": (ubl().replace(b">2026-7<", b">" + b"7" * 201 + b"<"), Unread.TOO_LONG),
    "a long note": (ubl(head=f"<cbc:Note>{'x' * 10_001}</cbc:Note>"), Unread.TOO_LONG),
    "an order": (ORDER, Unread.NOT_AN_INVOICE),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_peppol_invoice_is_refused(data: bytes, code: Unread) -> None:
    assert refusal_of(data) is code
