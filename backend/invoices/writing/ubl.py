"""A Peppol BIS Billing 3 file (UBL 2.1) from an invoice; elements in the order of the format."""

from datetime import date
from decimal import Decimal

from lxml import etree

from backend.invoices.reading.document import (
    Adjustment,
    Attachment,
    DocumentKind,
    EInvoice,
    Line,
    Origin,
    Party,
    Totals,
)
from backend.invoices.reading.signs import negated_adjustment, negated_line, negated_rate, negated_totals
from backend.invoices.reading.ubl import INVOICED_OBJECT, PROJECT
from backend.invoices.reading.ubl_parts import CAC, CBC, CREDIT_NOTE, INVOICE
from backend.invoices.writing.trees import Unwritable, add, needed, plain_decimal, put, to_bytes

_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_TRANSFER = "30"
_FINNISH_ADDRESS, _FINNISH_BUSINESS_ID = "0216", "0212"  # ISO 6523: OVT number, business id
_A, _B = f"{{{CAC}}}", f"{{{CBC}}}"


def write(invoice: EInvoice) -> bytes:
    """The file. Raises Unwritable when the invoice lacks what Peppol needs or has what it cannot say."""
    if invoice.origin is Origin.CANCELLATION:
        raise Unwritable("Peppol has no cancellations; send a credit note")
    is_credit = invoice.kind is DocumentKind.CREDIT_NOTE
    name, namespace = ("CreditNote", CREDIT_NOTE) if is_credit else ("Invoice", INVOICE)
    nsmap = {None: namespace, "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{namespace}}}{name}", nsmap=nsmap)  # type: ignore[arg-type]  # the stubs lack None
    _head(root, invoice)
    _references(root, invoice)
    _party(add(root, f"{_A}AccountingSupplierParty"), invoice.seller)
    _party(add(root, f"{_A}AccountingCustomerParty"), invoice.buyer)
    _payment(root, invoice)
    totals, lines, rates, adjustments = invoice.totals, invoice.lines, invoice.vat_rates, invoice.adjustments
    if is_credit:  # UBL writes them positive
        totals, lines = negated_totals(totals), tuple(map(negated_line, lines))
        rates, adjustments = tuple(map(negated_rate, rates)), tuple(map(negated_adjustment, adjustments))
    for adjustment in adjustments:
        _adjustment(root, adjustment, invoice.currency)
    if totals.vat is not None:
        tax = add(root, f"{_A}TaxTotal")
        _amount(tax, "TaxAmount", totals.vat, invoice.currency)
        for rate in rates:
            part = add(tax, f"{_A}TaxSubtotal")
            _amount(part, "TaxableAmount", rate.base, invoice.currency)
            _amount(part, "TaxAmount", needed(rate.amount, "the VAT of each rate"), invoice.currency)
            _tax_category(part, "TaxCategory", rate.category, rate.rate)
    _totals(root, totals, invoice.currency)
    for line in lines:
        _line(root, line, invoice.currency, is_credit=is_credit)
    return to_bytes(root)


def _date(parent: etree._Element, name: str, value: date | None) -> None:
    put(parent, _B + name, None if value is None else value.isoformat())


def _amount(parent: etree._Element, name: str, value: Decimal | None, currency: str) -> None:
    put(parent, _B + name, None if value is None else plain_decimal(value, ".", 2, 2), currencyID=currency)


def _head(root: etree._Element, invoice: EInvoice) -> None:
    is_credit = invoice.kind is DocumentKind.CREDIT_NOTE
    add(root, f"{_B}CustomizationID", _CUSTOMIZATION)
    add(root, f"{_B}ProfileID", _PROFILE)
    add(root, f"{_B}ID", invoice.number)
    put(root, f"{_B}CopyIndicator", "true" if invoice.origin is Origin.COPY else None)
    _date(root, "IssueDate", invoice.issued_on)
    _date(root, "DueDate", None if is_credit else invoice.due_on)
    add(root, f"{_B}CreditNoteTypeCode" if is_credit else f"{_B}InvoiceTypeCode", "381" if is_credit else "380")
    put(root, f"{_B}Note", "\n".join(invoice.notes) or None)  # Peppol takes one
    add(root, f"{_B}DocumentCurrencyCode", invoice.currency)
    put(root, f"{_B}BuyerReference", invoice.buyer_reference)


def _references(root: etree._Element, invoice: EInvoice) -> None:
    _period(root, invoice.period_start, invoice.period_end)
    if invoice.order_id or invoice.sales_order_id:
        order = add(root, f"{_A}OrderReference")
        add(order, f"{_B}ID", invoice.order_id or "NA")
        put(order, f"{_B}SalesOrderID", invoice.sales_order_id)
    for number in invoice.preceding:
        add(add(add(root, f"{_A}BillingReference"), f"{_A}InvoiceDocumentReference"), f"{_B}ID", number)
    if invoice.agreement_id:
        add(add(root, f"{_A}ContractDocumentReference"), f"{_B}ID", invoice.agreement_id)
    for attachment in invoice.attachments:
        _attachment(root, attachment)
    if invoice.project and invoice.kind is DocumentKind.CREDIT_NOTE:
        reference = add(root, f"{_A}AdditionalDocumentReference")
        add(reference, f"{_B}ID", invoice.project)
        add(reference, f"{_B}DocumentTypeCode", PROJECT)
    elif invoice.project:
        add(add(root, f"{_A}ProjectReference"), f"{_B}ID", invoice.project)


def _attachment(root: etree._Element, attachment: Attachment) -> None:
    if attachment.mime or attachment.size is not None:
        raise Unwritable("attachments within the file are not written")
    reference = add(root, f"{_A}AdditionalDocumentReference")
    add(reference, f"{_B}ID", needed(attachment.name, "a name for each attachment"))
    if attachment.url:
        add(add(add(reference, f"{_A}Attachment"), f"{_A}ExternalReference"), f"{_B}URI", attachment.url)


def _period(parent: etree._Element, start: date | None, end: date | None) -> None:
    if start or end:
        period = add(parent, f"{_A}InvoicePeriod")
        _date(period, "StartDate", start)
        _date(period, "EndDate", end)


def _party(parent: etree._Element, given: Party) -> None:
    party, business_id = add(parent, f"{_A}Party"), given.business_id
    if business_id:
        add(party, f"{_B}EndpointID", f"0037{business_id.replace('-', '')}", schemeID=_FINNISH_ADDRESS)
    country = add(add(party, f"{_A}PostalAddress"), f"{_A}Country")
    add(country, f"{_B}IdentificationCode", (given.vat_id or "FI")[:2])
    if given.vat_id:
        scheme = add(party, f"{_A}PartyTaxScheme")
        add(scheme, f"{_B}CompanyID", given.vat_id)
        add(add(scheme, f"{_A}TaxScheme"), f"{_B}ID", "VAT")
    entity = add(party, f"{_A}PartyLegalEntity")
    add(entity, f"{_B}RegistrationName", needed(given.name, "the name of each party"))
    scheme_id = _FINNISH_BUSINESS_ID if business_id == given.identifier else None
    put(entity, f"{_B}CompanyID", given.identifier, schemeID=scheme_id)


def _payment(root: etree._Element, invoice: EInvoice) -> None:
    due_on = invoice.due_on if invoice.kind is DocumentKind.CREDIT_NOTE else None
    for account in invoice.accounts or ((None,) if invoice.payment_reference or due_on else ()):
        means = add(root, f"{_A}PaymentMeans")
        add(means, f"{_B}PaymentMeansCode", _TRANSFER)
        _date(means, "PaymentDueDate", due_on)
        put(means, f"{_B}PaymentID", invoice.payment_reference)
        if account:
            add(add(means, f"{_A}PayeeFinancialAccount"), f"{_B}ID", account)


def _adjustment(parent: etree._Element, adjustment: Adjustment, currency: str) -> None:
    element = add(parent, f"{_A}AllowanceCharge")
    add(element, f"{_B}ChargeIndicator", "true" if adjustment.is_charge else "false")
    put(element, f"{_B}AllowanceChargeReason", adjustment.reason)
    _amount(element, "Amount", needed(adjustment.amount, "the amount of an allowance or charge"), currency)
    if adjustment.vat_category:
        _tax_category(element, "TaxCategory", adjustment.vat_category, adjustment.vat_rate)


def _tax_category(parent: etree._Element, name: str, category: str | None, rate: Decimal | None) -> None:
    element = add(parent, _A + name)
    add(element, f"{_B}ID", needed(category, "the VAT category"))
    put(element, f"{_B}Percent", None if rate is None else plain_decimal(rate, ".", 0, 10))
    add(add(element, f"{_A}TaxScheme"), f"{_B}ID", "VAT")


def _totals(root: etree._Element, totals: Totals, currency: str) -> None:
    element = add(root, f"{_A}LegalMonetaryTotal")
    _amount(element, "LineExtensionAmount", needed(totals.lines, "the total of lines"), currency)
    _amount(element, "TaxExclusiveAmount", needed(totals.net, "the total without VAT"), currency)
    _amount(element, "TaxInclusiveAmount", totals.gross, currency)
    _amount(element, "AllowanceTotalAmount", totals.allowances, currency)
    _amount(element, "ChargeTotalAmount", totals.charges, currency)
    _amount(element, "PrepaidAmount", totals.prepaid, currency)
    _amount(element, "PayableRoundingAmount", totals.rounding, currency)
    _amount(element, "PayableAmount", needed(totals.payable, "what is to be paid"), currency)


def _line(root: etree._Element, line: Line, currency: str, *, is_credit: bool) -> None:
    element = add(root, f"{_A}CreditNoteLine" if is_credit else f"{_A}InvoiceLine")
    add(element, f"{_B}ID", needed(line.id, "an id for each line"))
    put(element, f"{_B}Note", "\n".join(line.notes) or None)  # Peppol takes one
    if line.quantity is not None:
        name = f"{_B}CreditedQuantity" if is_credit else f"{_B}InvoicedQuantity"
        unit = needed(line.unit or line.raw_unit, "the unit of each quantity")
        add(element, name, plain_decimal(line.quantity, ".", 0, 10), unitCode=unit)
    _amount(element, "LineExtensionAmount", needed(line.net_amount, "each line's amount without VAT"), currency)
    _period(element, line.period_start, line.period_end)
    if line.order_line:
        add(add(element, f"{_A}OrderLineReference"), f"{_B}LineID", line.order_line)
    if line.object_id:
        reference = add(element, f"{_A}DocumentReference")
        add(reference, f"{_B}ID", line.object_id)
        add(reference, f"{_B}DocumentTypeCode", INVOICED_OBJECT)
    for adjustment in line.adjustments:
        _adjustment(element, adjustment, currency)
    _item(element, line)
    if line.unit_price is not None:
        price = add(element, f"{_A}Price")
        add(price, f"{_B}PriceAmount", plain_decimal(line.unit_price, ".", 2, 10), currencyID=currency)
        if line.base_quantity != 1:
            add(price, f"{_B}BaseQuantity", plain_decimal(line.base_quantity, ".", 0, 10))


def _item(parent: etree._Element, line: Line) -> None:
    item = add(parent, f"{_A}Item")
    put(item, f"{_B}Description", line.description)
    put(item, f"{_B}Name", line.text)
    if line.buyer_item_id:
        add(add(item, f"{_A}BuyersItemIdentification"), f"{_B}ID", line.buyer_item_id)
    if line.seller_item_id:
        add(add(item, f"{_A}SellersItemIdentification"), f"{_B}ID", line.seller_item_id)
    if line.vat_category:
        _tax_category(item, "ClassifiedTaxCategory", line.vat_category, line.vat_rate)
    for name, value in line.attributes:
        prop = add(item, f"{_A}AdditionalItemProperty")
        add(prop, f"{_B}Name", name)
        add(prop, f"{_B}Value", value)
