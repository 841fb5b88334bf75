"""UBL 2.1 by Peppol BIS Billing 3 (EN 16931) into our own words. Where each thing stands is in docs/invoices.md."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from backend.invoices.reading.document import (
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
)
from backend.invoices.reading.elements import Reading, once, order_reference
from backend.invoices.reading.identifiers import normalise_account, plain_name, safe_link
from backend.invoices.reading.numbers import Mark, read_iso_date
from backend.invoices.reading.refusals import Unread, Unreadable, shown
from backend.invoices.reading.requirements import Part, contradiction, require
from backend.invoices.reading.signs import (
    negated_adjustment,
    negated_line,
    negated_rate,
    negated_totals,
    with_price_not_negative,
)
from backend.invoices.reading.ubl_parts import CAC, CBC, CREDIT_NOTE, CREDIT_NOTE_PARTS, INVOICE, INVOICE_PARTS
from backend.invoices.reading.units import unit_of_code
from backend.kit.translation import Text

SPECIFICATION: Final = "urn:cen.eu:en16931:2017"
VERSION: Final = "2.1"
INVOICED_OBJECT: Final = "130"  # the document type codes (UNTDID 1001) that Peppol gives a meaning
PROJECT: Final = "50"
_U: Final = Reading({"cac": CAC, "cbc": CBC}, read_iso_date)


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How invoices and credit notes differ in UBL."""

    kind: DocumentKind
    parts: tuple[Part, ...]
    type_code: str
    line: str
    quantity: str
    codes: frozenset[str]


_INVOICES: Final = _Dialect(
    kind=DocumentKind.INVOICE,
    parts=INVOICE_PARTS,
    type_code="cbc:InvoiceTypeCode",
    line="cac:InvoiceLine",
    quantity="cbc:InvoicedQuantity",
    # of Peppol's list, without proforma, prepayment, self-billed and partial ones, none of which bills work done
    codes=frozenset({"82", "380", "383", "384", "388"}),
)
_CREDIT_NOTES: Final = _Dialect(
    kind=DocumentKind.CREDIT_NOTE,
    parts=CREDIT_NOTE_PARTS,
    type_code="cbc:CreditNoteTypeCode",
    line="cac:CreditNoteLine",
    quantity="cbc:CreditedQuantity",
    codes=frozenset({"81", "83", "381", "396", "532"}),
)
_DIALECTS: Final = {f"{{{INVOICE}}}Invoice": _INVOICES, f"{{{CREDIT_NOTE}}}CreditNote": _CREDIT_NOTES}
ROOTS: Final = frozenset(_DIALECTS)


def read(root: etree._Element) -> EInvoice:
    """The invoice or credit note. Raises Unreadable: VERSION, NOT_AN_INVOICE, SCHEMA, NUMBER, DATE, TOO_LONG."""
    dialect = _DIALECTS[root.tag]
    if not (_U.text(root, "cbc:CustomizationID") or "").startswith(SPECIFICATION):
        raise Unreadable(
            Unread.VERSION, Text("The invoice does not say that it follows EN 16931: send Peppol BIS Billing 3")
        )
    require(root, dialect.parts, in_order=False)
    code = _U.text(root, dialect.type_code) or ""
    if code not in dialect.codes:
        raise Unreadable(
            Unread.NOT_AN_INVOICE,
            Text("The message is of type %(type)s, neither an invoice nor a credit note", type=shown(code)),
        )
    _require_one_currency(root)
    return _document(root, dialect)


def _document(root: etree._Element, dialect: _Dialect) -> EInvoice:
    number, issued_on = _U.identifier(root, "cbc:ID"), _U.date(root, "cbc:IssueDate")
    if number is None or issued_on is None:
        raise contradiction(Text("The document has no number or no date"))
    totals, rates, adjustments = _totals(root), _vat_rates(root), _adjustments(root)
    lines = tuple(_line(element, dialect, i + 1) for i, element in enumerate(_U.list(root, dialect.line)))
    if dialect.kind is DocumentKind.CREDIT_NOTE:  # UBL writes them positive
        totals, lines = negated_totals(totals), tuple(map(negated_line, lines))
        rates, adjustments = tuple(map(negated_rate, rates)), tuple(map(negated_adjustment, adjustments))
    return EInvoice(
        syntax=Syntax.UBL,
        version=VERSION,
        kind=dialect.kind,
        origin=Origin.COPY if _U.text(root, "cbc:CopyIndicator") == "true" else Origin.ORIGINAL,
        number=number,
        issued_on=issued_on,
        due_on=_U.date(root, "cbc:DueDate") or _U.date(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        currency=_U.text(root, "cbc:DocumentCurrencyCode") or "",
        order_id=order_reference(_U.identifier(root, "cac:OrderReference/cbc:ID")),
        sales_order_id=_U.identifier(root, "cac:OrderReference/cbc:SalesOrderID"),
        agreement_id=_U.identifier(root, "cac:ContractDocumentReference/cbc:ID"),
        buyer_reference=_U.identifier(root, "cbc:BuyerReference"),
        project=_U.identifier(root, "cac:ProjectReference/cbc:ID") or _document_reference(root, PROJECT),
        preceding=_U.identifiers(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        period_start=_U.date(root, "cac:InvoicePeriod/cbc:StartDate"),
        period_end=_U.date(root, "cac:InvoicePeriod/cbc:EndDate"),
        seller=_party(root, "cac:AccountingSupplierParty/cac:Party"),
        buyer=_party(root, "cac:AccountingCustomerParty/cac:Party"),
        accounts=once(
            map(normalise_account, _U.identifiers(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"))
        ),
        payment_reference=_U.identifier(root, "cac:PaymentMeans/cbc:PaymentID"),
        totals=totals,
        adjustments=adjustments,
        vat_rates=rates,
        lines=lines,
        attachments=_attachments(root),
        notes=_U.texts(root, "cbc:Note"),
    )


def _amount(parent: etree._Element, path: str) -> Decimal | None:
    return _U.number(parent, path, Mark.POINT)


def _require_one_currency(root: etree._Element) -> None:
    currency = _U.text(root, "cbc:DocumentCurrencyCode")
    tax_currency = _U.text(root, "cbc:TaxCurrencyCode")
    for element in root.iter(f"{{{CBC}}}*"):
        found = element.get("currencyID", currency)
        if found == currency:
            continue
        parent = element.getparent()
        if found == tax_currency and parent is not None and parent.tag == f"{{{CAC}}}TaxTotal":
            continue
        raise contradiction(Text("The document has amounts in several currencies"))


def _document_reference(parent: etree._Element, type_code: str) -> str | None:
    for path in ("cac:AdditionalDocumentReference", "cac:DocumentReference"):
        for element in _U.list(parent, path):
            if _U.text(element, "cbc:DocumentTypeCode") == type_code:
                return _U.identifier(element, "cbc:ID")
    return None


def _party(root: etree._Element, path: str) -> Party:
    party = _U.find(root, path)
    assert party is not None
    vat_ids = [
        _U.identifier(scheme, "cbc:CompanyID")
        for scheme in _U.list(party, "cac:PartyTaxScheme")
        if (_U.text(scheme, "cac:TaxScheme/cbc:ID") or "VAT") == "VAT"
    ]
    return Party(
        identifier=_U.identifier(party, "cac:PartyLegalEntity/cbc:CompanyID")
        or _U.identifier(party, "cac:PartyIdentification/cbc:ID"),
        name=_U.text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or _U.text(party, "cac:PartyName/cbc:Name"),
        vat_id=next((vat_id for vat_id in vat_ids if vat_id), None),
    )


def _totals(root: etree._Element) -> Totals:
    total = _U.find(root, "cac:LegalMonetaryTotal")
    assert total is not None
    gross = _amount(total, "cbc:TaxInclusiveAmount")
    if gross is None:
        raise contradiction(Text("The document has no total"))
    tax = _tax_total(root)
    return Totals(
        gross=gross,
        net=_amount(total, "cbc:TaxExclusiveAmount"),
        vat=None if tax is None else _amount(tax, "cbc:TaxAmount"),
        payable=_amount(total, "cbc:PayableAmount"),
        lines=_amount(total, "cbc:LineExtensionAmount"),
        allowances=_amount(total, "cbc:AllowanceTotalAmount"),
        charges=_amount(total, "cbc:ChargeTotalAmount"),
        prepaid=_amount(total, "cbc:PrepaidAmount"),
        rounding=_amount(total, "cbc:PayableRoundingAmount"),
    )


def _tax_total(root: etree._Element) -> etree._Element | None:
    """The VAT in the document's currency; a second total may repeat it in the currency of accounting."""
    currency = _U.text(root, "cbc:DocumentCurrencyCode")
    for element in _U.list(root, "cac:TaxTotal"):
        amount = _U.find(element, "cbc:TaxAmount")
        if amount is not None and amount.get("currencyID", currency) == currency:
            return element
    return None


def _vat_rates(root: etree._Element) -> tuple[VatRate, ...]:
    tax = _tax_total(root)
    if tax is None:
        return ()
    return tuple(
        VatRate(
            category=_U.text(element, "cac:TaxCategory/cbc:ID"),
            rate=_amount(element, "cac:TaxCategory/cbc:Percent"),
            base=_amount(element, "cbc:TaxableAmount"),
            amount=_amount(element, "cbc:TaxAmount"),
        )
        for element in _U.list(tax, "cac:TaxSubtotal")
    )


def _adjustments(parent: etree._Element) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            is_charge=_is_charge(element),
            amount=_amount(element, "cbc:Amount"),
            reason=_U.text(element, "cbc:AllowanceChargeReason"),
            vat_rate=_amount(element, "cac:TaxCategory/cbc:Percent"),
            vat_category=_U.text(element, "cac:TaxCategory/cbc:ID"),
        )
        for element in _U.list(parent, "cac:AllowanceCharge")
    )


def _is_charge(element: etree._Element) -> bool:
    indicator = _U.text(element, "cbc:ChargeIndicator")
    if indicator not in ("true", "false", "1", "0"):
        raise contradiction(Text("An allowance or charge does not say which of the two it is"))
    return indicator in ("true", "1")


def _line(element: etree._Element, dialect: _Dialect, position: int) -> Line:
    quantity = _U.find(element, dialect.quantity)
    raw_unit = None if quantity is None else quantity.get("unitCode")
    base = _amount(element, "cac:Price/cbc:BaseQuantity")
    line = Line(
        position=position,
        id=_U.identifier(element, "cbc:ID"),
        text=_U.text(element, "cac:Item/cbc:Name"),
        description=_U.text(element, "cac:Item/cbc:Description"),
        quantity=_amount(element, dialect.quantity),
        unit=unit_of_code(raw_unit),
        raw_unit=raw_unit,
        unit_price=_amount(element, "cac:Price/cbc:PriceAmount"),
        base_quantity=abs(base) if base else Decimal(1),
        adjustments=_adjustments(element),
        net_amount=_amount(element, "cbc:LineExtensionAmount"),
        vat_rate=_amount(element, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        vat_category=_U.text(element, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        order_id=order_reference(_U.identifier(element, "cac:OrderLineReference/cac:OrderReference/cbc:ID")),
        order_line=_U.identifier(element, "cac:OrderLineReference/cbc:LineID"),
        seller_item_id=_U.identifier(element, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        buyer_item_id=_U.identifier(element, "cac:Item/cac:BuyersItemIdentification/cbc:ID"),
        object_id=_document_reference(element, INVOICED_OBJECT),
        period_start=_U.date(element, "cac:InvoicePeriod/cbc:StartDate"),
        period_end=_U.date(element, "cac:InvoicePeriod/cbc:EndDate"),
        notes=_U.texts(element, "cbc:Note"),
        attributes=tuple(
            (_U.text(found, "cbc:Name") or "", _U.text(found, "cbc:Value") or "")
            for found in _U.list(element, "cac:Item/cac:AdditionalItemProperty")
        ),
    )
    return with_price_not_negative(line)


def _attachments(root: etree._Element) -> tuple[Attachment, ...]:
    return tuple(
        _attachment(element)
        for element in _U.list(root, "cac:AdditionalDocumentReference")
        if _U.text(element, "cbc:DocumentTypeCode") is None
    )


def _attachment(reference: etree._Element) -> Attachment:
    name = _U.text(reference, "cbc:DocumentDescription") or _U.text(reference, "cbc:ID")
    embedded = _U.find(reference, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    if embedded is not None:
        return Attachment(
            name=plain_name(embedded.get("filename")) or name,
            mime=embedded.get("mimeCode", "").strip()[:100] or None,
            size=_decoded_size(embedded),
        )
    return Attachment(name=name, url=safe_link(_U.text(reference, "cac:Attachment/cac:ExternalReference/cbc:URI")))


def _decoded_size(embedded: etree._Element) -> int:
    """Bytes that the base64 text stands for; the file itself stays in the file as received."""
    text = "".join((embedded.text or "").split())
    return len(text.rstrip("=")) * 3 // 4
