"""A Finvoice 3.0 file from an invoice; elements in the order of the format."""

from datetime import date
from decimal import Decimal

from lxml import etree

from backend.invoices.reading.document import Adjustment, DocumentKind, EInvoice, Line, Origin, Party
from backend.invoices.writing.trees import Unwritable, add, needed, plain_decimal, put, to_bytes

_TYPES = {DocumentKind.INVOICE: ("INV01", "380", "LASKU"), DocumentKind.CREDIT_NOTE: ("INV02", "381", "HYVITYSLASKU")}
_ORIGINS = {Origin.ORIGINAL: "Original", Origin.COPY: "Copy", Origin.CANCELLATION: "Cancel"}


def write(invoice: EInvoice) -> bytes:
    """The file. Raises Unwritable when the invoice lacks what Finvoice needs or has what it cannot say."""
    root = etree.Element("Finvoice", Version="3.0")
    _party(root, "Seller", invoice.seller)
    _party(root, "Buyer", invoice.buyer)
    _details(root, invoice)
    for line in invoice.lines:
        _row(root, line, invoice.currency)
    _payment(root, invoice)
    if any(attachment.mime or attachment.size is not None for attachment in invoice.attachments):
        raise Unwritable("Finvoice has no attachments within the file")
    for attachment in invoice.attachments:
        add(root, "InvoiceUrlNameText", attachment.name)
    for attachment in invoice.attachments:
        add(root, "InvoiceUrlText", attachment.url)
    return to_bytes(root)


def _date(parent: etree._Element, name: str, value: date | None) -> None:
    put(parent, name, None if value is None else f"{value:%Y%m%d}", Format="CCYYMMDD")


def _amount(parent: etree._Element, name: str, value: Decimal | None, currency: str) -> None:
    put(parent, name, None if value is None else plain_decimal(value, ",", 2, 5), AmountCurrencyIdentifier=currency)


def _percent(parent: etree._Element, name: str, value: Decimal | None) -> None:
    put(parent, name, None if value is None else plain_decimal(value, ",", 0, 3))


def _party(root: etree._Element, who: str, party: Party) -> None:
    details = add(root, f"{who}PartyDetails")
    put(details, f"{who}PartyIdentifier", party.identifier)
    add(details, f"{who}OrganisationName", needed(party.name, f"the {who.lower()}'s name"))
    put(details, f"{who}OrganisationTaxCode", party.vat_id)


def _details(root: etree._Element, invoice: EInvoice) -> None:
    details, currency, totals = add(root, "InvoiceDetails"), invoice.currency, invoice.totals
    type_code, un_code, type_text = _TYPES[invoice.kind]
    add(details, "InvoiceTypeCode", type_code)
    add(details, "InvoiceTypeCodeUN", un_code)
    add(details, "InvoiceTypeText", type_text)
    add(details, "OriginCode", _ORIGINS[invoice.origin])
    add(details, "InvoiceNumber", invoice.number)
    _date(details, "InvoiceDate", invoice.issued_on)
    for number in invoice.preceding[:1]:
        add(details, "OriginalInvoiceNumber", number)
    for number in invoice.preceding[1:]:
        add(add(details, "OriginalInvoiceReference"), "InvoiceNumber", number)
    _date(details, "InvoicingPeriodStartDate", invoice.period_start)
    _date(details, "InvoicingPeriodEndDate", invoice.period_end)
    put(details, "SellerReferenceIdentifier", invoice.sales_order_id)
    put(details, "OrderIdentifier", invoice.order_id)
    put(details, "AgreementIdentifier", invoice.agreement_id)
    put(details, "BuyerReferenceIdentifier", invoice.buyer_reference)
    put(details, "ProjectReferenceIdentifier", invoice.project)
    _amount(details, "RowsTotalVatExcludedAmount", totals.lines, currency)
    _amount(details, "DiscountsTotalVatExcludedAmount", totals.allowances, currency)
    _amount(details, "ChargesTotalVatExcludedAmount", totals.charges, currency)
    _amount(details, "InvoiceTotalVatExcludedAmount", totals.net, currency)
    _amount(details, "InvoiceTotalVatAmount", totals.vat, currency)
    _amount(details, "InvoiceTotalVatIncludedAmount", totals.gross, currency)
    _amount(details, "InvoiceTotalRoundoffAmount", totals.rounding, currency)
    _amount(details, "InvoicePaidAmount", totals.prepaid, currency)
    for rate in invoice.vat_rates:
        vat = add(details, "VatSpecificationDetails")
        _amount(vat, "VatBaseAmount", rate.base, currency)
        _percent(vat, "VatRatePercent", rate.rate)
        put(vat, "VatCode", rate.category)
        _amount(vat, "VatRateAmount", rate.amount, currency)
    for note in invoice.notes:
        add(details, "InvoiceFreeText", note)
    _date(add(details, "PaymentTermsDetails"), "InvoiceDueDate", invoice.due_on)
    for allowance in _of(invoice.adjustments, is_charge=False):
        _adjustment(add(details, "DiscountDetails"), "FreeText", allowance, currency)
    for charge in _of(invoice.adjustments, is_charge=True):
        _adjustment(add(details, "ChargeDetails"), "ReasonText", charge, currency)


def _of(adjustments: tuple[Adjustment, ...], *, is_charge: bool) -> list[Adjustment]:
    return [adjustment for adjustment in adjustments if adjustment.is_charge is is_charge]


def _adjustment(parent: etree._Element, reason: str, adjustment: Adjustment, currency: str) -> None:
    put(parent, reason, adjustment.reason)
    _amount(parent, "Amount", needed(adjustment.amount, "the amount of an allowance or charge"), currency)
    put(parent, "VatCategoryCode", adjustment.vat_category)
    _percent(parent, "VatRatePercent", adjustment.vat_rate)


def _row(root: etree._Element, line: Line, currency: str) -> None:
    row = add(root, "InvoiceRow")
    put(row, "InvoicedObjectID", line.object_id)
    put(row, "ArticleIdentifier", line.seller_item_id)
    put(row, "ArticleName", line.text)
    put(row, "ArticleDescription", line.description)
    put(row, "BuyerArticleIdentifier", line.buyer_item_id)
    for name, value in line.attributes:
        definition = add(row, "RowDefinitionDetails")
        add(definition, "RowDefinitionHeaderText", name)
        add(definition, "RowDefinitionValue", value)
    units = {"QuantityUnitCode": line.raw_unit, "QuantityUnitCodeUN": line.unit}
    if line.quantity is not None:
        add(row, "InvoicedQuantity", plain_decimal(line.quantity, ",", 0, 10), **units)
    _date(row, "StartDate", line.period_start)
    _date(row, "EndDate", line.period_end)
    _amount(row, "UnitPriceAmount", line.unit_price, currency)
    _amount(row, "UnitPriceNetAmount", line.unit_price, currency)
    _amount(row, "UnitPriceVatIncludedAmount", line.gross_unit_price, currency)
    if line.base_quantity != 1:
        add(row, "UnitPriceBaseQuantity", plain_decimal(line.base_quantity, ",", 0, 10))
    put(row, "RowIdentifier", line.order_id)
    put(row, "RowOrderPositionIdentifier", line.order_line)
    put(row, "RowPositionIdentifier", line.id)
    put(row, "RowAgreementIdentifier", line.agreement_id)
    for note in line.notes:
        add(row, "RowFreeText", note)
    _row_adjustments(row, line, currency)
    _percent(row, "RowVatRatePercent", line.vat_rate)
    put(row, "RowVatCode", line.vat_category)
    _amount(row, "RowVatAmount", line.vat_amount, currency)
    _amount(row, "RowVatExcludedAmount", line.net_amount, currency)
    _amount(row, "RowAmount", line.gross_amount, currency)


def _row_adjustments(row: etree._Element, line: Line, currency: str) -> None:
    for place, allowance in enumerate(_of(line.adjustments, is_charge=False)):
        parent = add(row, "RowProgressiveDiscountDetails") if place else row
        amount = needed(allowance.amount, "the amount of an allowance or charge")
        _amount(parent, "RowDiscountAmount", amount, currency)
        put(parent, "RowDiscountTypeText", allowance.reason)
    for charge in _of(line.adjustments, is_charge=True):
        details = add(row, "RowChargeDetails")
        put(details, "ReasonText", charge.reason)
        _amount(details, "Amount", needed(charge.amount, "the amount of an allowance or charge"), currency)


def _payment(root: etree._Element, invoice: EInvoice) -> None:
    """The payment order (Epi) that every Finvoice must have."""
    if len(invoice.accounts) != 1:
        raise Unwritable("Finvoice needs one account; for more it needs their banks' codes")
    due_on = invoice.due_on or (invoice.issued_on if invoice.kind is DocumentKind.CREDIT_NOTE else None)
    details = add(root, "EpiDetails")
    identification = add(details, "EpiIdentificationDetails")
    _date(identification, "EpiDate", invoice.issued_on)
    add(identification, "EpiReference")
    parties = add(details, "EpiPartyDetails")
    add(parties, "EpiBfiPartyDetails")
    beneficiary = add(parties, "EpiBeneficiaryPartyDetails")
    add(beneficiary, "EpiAccountID", invoice.accounts[0], IdentificationSchemeName="IBAN")
    order, reference = add(details, "EpiPaymentInstructionDetails"), invoice.payment_reference
    scheme = "ISO" if (reference or "").startswith("RF") else "SPY"
    put(order, "EpiRemittanceInfoIdentifier", reference, IdentificationSchemeName=scheme)
    payable = Decimal(0) if invoice.totals.payable is None else invoice.totals.payable
    currency = {"AmountCurrencyIdentifier": invoice.currency}
    add(order, "EpiInstructedAmount", plain_decimal(payable, ",", 2, 2), **currency)
    add(order, "EpiCharge", "SHA", ChargeOption="SHA")
    _date(order, "EpiDateOptionDate", needed(due_on, "a due date"))
