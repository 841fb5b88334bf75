"""Finvoice 3.0 into our own words. Where each thing stands is in docs/invoices.md."""

from decimal import Decimal
from itertools import zip_longest
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
from backend.invoices.reading.elements import Reading, number, once, order_reference, written
from backend.invoices.reading.finvoice_parts import PARTS
from backend.invoices.reading.identifiers import normalise_account, safe_link
from backend.invoices.reading.numbers import Mark, read_short_date
from backend.invoices.reading.refusals import Unread, Unreadable, shown
from backend.invoices.reading.requirements import contradiction, require
from backend.invoices.reading.signs import with_price_not_negative, with_quantity_as_amount
from backend.invoices.reading.units import price_in_currency, unit_of_code, unit_of_word
from backend.kit.translation import Text

VERSION: Final = "3.0"
_KINDS: Final = {"INV01": DocumentKind.INVOICE, "INV02": DocumentKind.CREDIT_NOTE}
_CREDIT_CODES: Final = {"81", "83", "381", "396", "532"}
_ORIGINS: Final = {"Original": Origin.ORIGINAL, "Copy": Origin.COPY, "Cancel": Origin.CANCELLATION}
_F: Final = Reading({}, read_short_date)
_PRICES: Final = ("UnitPriceNetAmount", "UnitPriceAmount", "UnitPriceVatIncludedAmount")


def read(root: etree._Element) -> EInvoice:
    """The invoice or credit note. Raises Unreadable: VERSION, NOT_AN_INVOICE, SCHEMA, NUMBER, DATE, TOO_LONG."""
    version = root.get("Version", "")
    if version != VERSION:
        raise Unreadable(
            Unread.VERSION, Text("Finvoice %(version)s is not taken: send Finvoice 3.0", version=shown(version) or "?")
        )
    message = _F.text(root, "InvoiceDetails/InvoiceTypeCode")
    if message is not None and message not in _KINDS:
        raise Unreadable(
            Unread.NOT_AN_INVOICE,
            Text("The message is of type %(type)s, neither an invoice nor a credit note", type=shown(message)),
        )
    require(root, PARTS, in_order=True)
    return _document(root, root.find("InvoiceDetails"), _KINDS[message or ""])


def _document(root: etree._Element, details: etree._Element | None, kind: DocumentKind) -> EInvoice:
    assert details is not None
    un_code = _F.text(details, "InvoiceTypeCodeUN")
    if un_code and (un_code in _CREDIT_CODES) != (kind is DocumentKind.CREDIT_NOTE):
        raise contradiction(Text("The document says of itself both invoice and credit note"))
    currency = _one_currency(root)
    lines = _lines(root, kind)
    issued_on, number_ = _F.date(details, "InvoiceDate"), _F.identifier(details, "InvoiceNumber")
    if issued_on is None or number_ is None:
        raise contradiction(Text("The document has no number or no date"))
    due_on = _F.date(details, "PaymentTermsDetails/InvoiceDueDate")
    if due_on is None and kind is DocumentKind.INVOICE:
        due_on = _F.date(root, "EpiDetails/EpiPaymentInstructionDetails/EpiDateOptionDate")
    return EInvoice(
        syntax=Syntax.FINVOICE,
        version=VERSION,
        kind=kind,
        origin=_ORIGINS[_F.text(details, "OriginCode") or ""],
        number=number_,
        issued_on=issued_on,
        due_on=due_on,
        currency=currency,
        order_id=order_reference(_F.identifier(details, "OrderIdentifier")),
        sales_order_id=_F.identifier(details, "OrderConfirmationIdentifier")
        or _F.identifier(details, "SellerReferenceIdentifier"),
        agreement_id=_F.identifier(details, "AgreementIdentifier"),
        buyer_reference=_F.identifier(details, "BuyerReferenceIdentifier"),
        project=_F.identifier(details, "ProjectReferenceIdentifier"),
        preceding=once(
            number
            for parent in (details, *root.findall("InvoiceRow"))
            for path in ("OriginalInvoiceNumber", "OriginalInvoiceReference/InvoiceNumber")
            for number in _F.identifiers(parent, path)
        ),
        period_start=_F.date(details, "InvoicingPeriodStartDate"),
        period_end=_F.date(details, "InvoicingPeriodEndDate"),
        seller=_party(root, "Seller"),
        buyer=_party(root, "Buyer"),
        accounts=once(
            normalise_account(account)
            for path in (
                "EpiDetails/EpiPartyDetails/EpiBeneficiaryPartyDetails/EpiAccountID",
                "SellerInformationDetails/SellerAccountDetails/SellerAccountID",
            )
            for account in _F.identifiers(root, path)
        ),
        payment_reference=_F.identifier(root, "EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier"),
        totals=_totals(root, details, kind),
        adjustments=(
            *(_adjustment(element, "FreeText", is_charge=False) for element in details.findall("DiscountDetails")),
            *(_adjustment(element, "ReasonText", is_charge=True) for element in details.findall("ChargeDetails")),
        ),
        vat_rates=tuple(
            VatRate(
                category=_F.text(element, "VatCode"),
                rate=_amount(element, "VatRatePercent"),
                base=_amount(element, "VatBaseAmount"),
                amount=_amount(element, "VatRateAmount"),
            )
            for element in details.findall("VatSpecificationDetails")
        ),
        lines=lines,
        attachments=_attachments(root),
        notes=_F.texts(details, "InvoiceFreeText"),
    )


def _amount(parent: etree._Element, path: str) -> Decimal | None:
    return _F.number(parent, path, Mark.COMMA)


def _one_currency(root: etree._Element) -> str:
    """The currency of the total; every other amount that is read must be in it."""
    total = root.find("InvoiceDetails/InvoiceTotalVatIncludedAmount")
    assert total is not None
    currency = total.get("AmountCurrencyIdentifier", "")
    sections = (*root.findall("InvoiceRow"), *root.findall("InvoiceDetails"), *root.findall("EpiDetails"))
    for element in (amount for section in sections for amount in section.iter()):
        if element.get("AmountCurrencyIdentifier", currency) != currency and element.tag not in _OTHER_CURRENCY:
            raise contradiction(Text("The document has amounts in several currencies"))
    return currency


_OTHER_CURRENCY: Final = {
    "InvoiceTotalVatAccountingAmount",
    "OtherCurrencyAmountVatExcludedAmount",
    "OtherCurrencyAmountVatIncludedAmount",
    "OtherCurrencyAmount",
}


def _party(root: etree._Element, who: str) -> Party:
    return Party(
        identifier=_F.identifier(root, f"{who}PartyDetails/{who}PartyIdentifier"),
        name=_F.text(root, f"{who}PartyDetails/{who}OrganisationName"),
        vat_id=_F.identifier(root, f"{who}PartyDetails/{who}OrganisationTaxCode"),
    )


def _totals(root: etree._Element, details: etree._Element, kind: DocumentKind) -> Totals:
    payable = _amount(root, "EpiDetails/EpiPaymentInstructionDetails/EpiInstructedAmount")
    if kind is DocumentKind.CREDIT_NOTE and payable == 0:
        payable = None  # nothing is to be paid for a credit note: many write 0,00 for "not applicable"
    gross = _amount(details, "InvoiceTotalVatIncludedAmount")
    assert gross is not None
    return Totals(
        gross=gross,
        net=_amount(details, "InvoiceTotalVatExcludedAmount"),
        vat=_amount(details, "InvoiceTotalVatAmount"),
        payable=payable,
        lines=_amount(details, "RowsTotalVatExcludedAmount"),
        allowances=_amount(details, "DiscountsTotalVatExcludedAmount"),
        charges=_amount(details, "ChargesTotalVatExcludedAmount"),
        prepaid=_amount(details, "InvoicePaidAmount"),
        rounding=_amount(details, "InvoiceTotalRoundoffAmount"),
    )


def _adjustment(element: etree._Element, reason: str, *, is_charge: bool) -> Adjustment:
    return Adjustment(
        is_charge=is_charge,
        amount=_amount(element, "Amount"),
        reason=_F.text(element, reason),
        vat_rate=_amount(element, "VatRatePercent"),
        vat_category=_F.text(element, "VatCategoryCode"),
    )


def _lines(root: etree._Element, kind: DocumentKind) -> tuple[Line, ...]:
    lines: list[Line] = []
    for row in root.findall("InvoiceRow"):
        line = _line(row, len(lines) + 1)
        if line is None:
            continue
        line = with_price_not_negative(line)
        lines.append(with_quantity_as_amount(line) if kind is DocumentKind.CREDIT_NOTE else line)
    return tuple(lines)


def _line(row: etree._Element, position: int) -> Line | None:
    """The row as a line; None for a heading, a subtotal or free text, which bill nothing."""
    net, gross = _amount(row, "RowVatExcludedAmount"), _amount(row, "RowAmount")
    unit_price, gross_unit_price = _prices(row)
    if not net and not gross and unit_price is None and gross_unit_price is None:
        return None
    quantity, unit, raw_unit = _quantity(row)
    base = _F.number(row, "UnitPriceBaseQuantity", Mark.EITHER)
    return Line(
        position=position,
        id=_F.identifier(row, "RowPositionIdentifier"),
        text=_F.text(row, "ArticleName"),
        description=_F.text(row, "ArticleDescription"),
        quantity=quantity,
        unit=unit,
        raw_unit=raw_unit,
        unit_price=unit_price,
        gross_unit_price=gross_unit_price,
        base_quantity=abs(base) if base else Decimal(1),
        adjustments=_row_adjustments(row),
        net_amount=net,
        gross_amount=gross,
        vat_rate=_amount(row, "RowVatRatePercent"),
        vat_category=_F.text(row, "RowVatCode"),
        vat_amount=_amount(row, "RowVatAmount"),
        order_id=order_reference(_F.identifier(row, "RowIdentifier")),
        order_line=_F.identifier(row, "RowOrderPositionIdentifier"),
        agreement_id=_F.identifier(row, "RowAgreementIdentifier"),
        seller_item_id=_F.identifier(row, "ArticleIdentifier"),
        buyer_item_id=_F.identifier(row, "BuyerArticleIdentifier"),
        object_id=_F.identifier(row, "InvoicedObjectID"),
        period_start=_F.date(row, "StartDate"),
        period_end=_F.date(row, "EndDate"),
        notes=_F.texts(row, "RowFreeText"),
        attributes=tuple(
            (_F.text(element, "RowDefinitionHeaderText") or "", _F.text(element, "RowDefinitionValue") or "")
            for element in row.findall("RowDefinitionDetails")
        ),
    )


def _prices(row: etree._Element) -> tuple[Decimal | None, Decimal | None]:
    """The price after its own discount, and the price with VAT; both in whole currency units.

    Only the listed price always has its unit; what is written without one is in the same.
    """
    of_list = row.find("UnitPriceAmount")
    unit = None if of_list is None else of_list.get("UnitPriceUnitCode")
    listed, net = _price(row, "UnitPriceAmount", unit), _price(row, "UnitPriceNetAmount", unit)
    gross, discount = _price(row, "UnitPriceVatIncludedAmount", unit), _price(row, "UnitPriceDiscountAmount", unit)
    if net is None and listed is not None:
        net = listed - abs(discount or Decimal(0))
    return net, gross


def _price(row: etree._Element, name: str, unit: str | None) -> Decimal | None:
    element = row.find(name)
    price = None if element is None else number(element, Mark.COMMA)
    if element is None or price is None:
        return None
    return price_in_currency(price, element.get("UnitPriceUnitCode") or unit)


def _quantity(row: etree._Element) -> tuple[Decimal | None, str | None, str | None]:
    """Quantity, unit if certain, unit as written. Of several, the one in the price's unit, else the first."""
    given = [
        element
        for name in ("InvoicedQuantity", "DeliveredQuantity")
        for element in row.findall(name)
        if written(element) is not None
    ]
    if not given:
        return None, None, None
    priced = {price.get("QuantityUnitCodeUN") for name in _PRICES for price in row.findall(name)} - {None}
    name = given[0].tag
    chosen = next(
        (element for element in given if element.tag == name and element.get("QuantityUnitCodeUN") in priced), given[0]
    )
    code, word = chosen.get("QuantityUnitCodeUN"), chosen.get("QuantityUnitCode")
    unit = unit_of_code(code) or unit_of_word(word)
    return number(chosen, Mark.EITHER), unit, word or code


def _row_adjustments(row: etree._Element) -> tuple[Adjustment, ...]:
    found = [_row_discount(row)] if row.find("RowDiscountAmount") is not None else []
    if not found and _amount(row, "RowDiscountPercent"):
        found = [_row_discount(row)]
    found += [_row_discount(element) for element in row.findall("RowProgressiveDiscountDetails")]
    found += [_adjustment(element, "ReasonText", is_charge=True) for element in row.findall("RowChargeDetails")]
    return tuple(found)


def _row_discount(element: etree._Element) -> Adjustment:
    return Adjustment(
        is_charge=False,
        amount=_amount(element, "RowDiscountAmount"),
        reason=_F.text(element, "RowDiscountTypeText"),
    )


def _attachments(root: etree._Element) -> tuple[Attachment, ...]:
    """Links with their names, which stand in two lists of the same order; and the message with the attachments."""
    names = [written(element) for element in root.findall("InvoiceUrlNameText")]
    urls = [written(element) for element in root.findall("InvoiceUrlText")]
    links = [Attachment(name=name or url, url=safe_link(url)) for name, url in zip_longest(names, urls) if name or url]
    message = _F.identifier(root, "AttachmentMessageDetails/AttachmentMessageIdentifier")
    return (*links, Attachment(name=message)) if message else tuple(links)
