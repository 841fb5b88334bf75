"""What a Peppol BIS Billing 3 invoice (UBL 2.1) must have, as far as it is read, by `requirements`.

Order is not asked for: the paths used do not depend on it. What would be ambiguous if it stood twice may not.
"""

from typing import Final

from backend.invoices.reading.requirements import MANY, Part

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def _a(name: str, least: int, most: int, *parts: Part) -> Part:
    return Part(f"{{{CAC}}}{name}", least, most, parts=parts)


def _b(name: str, least: int, most: int) -> Part:
    return Part(f"{{{CBC}}}{name}", least, most)


def _allowances() -> Part:
    return _a(
        "AllowanceCharge",
        0,
        MANY,
        _b("ChargeIndicator", 1, 1),
        _b("Amount", 1, 1),
        _b("AllowanceChargeReason", 0, 1),
        _a("TaxCategory", 0, 1, _b("ID", 1, 1), _b("Percent", 0, 1)),
    )


def _party(who: str) -> Part:
    return _a(
        who,
        1,
        1,
        _a(
            "Party",
            1,
            1,
            _a("PartyName", 0, 1, _b("Name", 1, 1)),
            _a("PartyTaxScheme", 0, 2, _b("CompanyID", 0, 1), _a("TaxScheme", 1, 1, _b("ID", 0, 1))),
            _a("PartyLegalEntity", 0, 1, _b("RegistrationName", 0, 1), _b("CompanyID", 0, 1)),
        ),
    )


def _period() -> Part:
    return _a("InvoicePeriod", 0, 1, _b("StartDate", 0, 1), _b("EndDate", 0, 1))


def _line(line: str, quantity: str) -> Part:
    return _a(
        line,
        1,
        MANY,
        _b("ID", 1, 1),
        _b(quantity, 0, 1),
        _b("LineExtensionAmount", 1, 1),
        _period(),
        _a(
            "OrderLineReference",
            0,
            1,
            _b("LineID", 0, 1),
            _a("OrderReference", 0, 1, _b("ID", 1, 1)),
        ),
        _allowances(),
        _a(
            "Item",
            1,
            1,
            _b("Name", 0, 1),
            _b("Description", 0, 1),
            _a("SellersItemIdentification", 0, 1, _b("ID", 1, 1)),
            _a("BuyersItemIdentification", 0, 1, _b("ID", 1, 1)),
            _a("ClassifiedTaxCategory", 0, 1, _b("ID", 1, 1), _b("Percent", 0, 1)),
            _a("AdditionalItemProperty", 0, MANY, _b("Name", 1, 1), _b("Value", 0, 1)),
        ),
        _a("Price", 0, 1, _b("PriceAmount", 1, 1), _b("BaseQuantity", 0, 1)),
    )


def _parts(type_code: str, line: Part) -> tuple[Part, ...]:
    return (
        _b("CustomizationID", 1, 1),
        _b("ID", 1, 1),
        _b("CopyIndicator", 0, 1),
        _b("IssueDate", 1, 1),
        _b("DueDate", 0, 1),
        _b(type_code, 1, 1),
        _b("DocumentCurrencyCode", 1, 1),
        _b("BuyerReference", 0, 1),
        _period(),
        _a("OrderReference", 0, 1, _b("ID", 0, 1), _b("SalesOrderID", 0, 1)),
        _a("BillingReference", 0, MANY, _a("InvoiceDocumentReference", 0, 1, _b("ID", 1, 1))),
        _a("ContractDocumentReference", 0, 1, _b("ID", 1, 1)),
        _a("ProjectReference", 0, 1, _b("ID", 1, 1)),
        _party("AccountingSupplierParty"),
        _party("AccountingCustomerParty"),
        _allowances(),
        _a(
            "TaxTotal",
            0,
            2,
            _b("TaxAmount", 1, 1),
            _a(
                "TaxSubtotal",
                0,
                MANY,
                _b("TaxableAmount", 0, 1),
                _b("TaxAmount", 1, 1),
                _a("TaxCategory", 1, 1, _b("ID", 0, 1), _b("Percent", 0, 1)),
            ),
        ),
        _a(
            "LegalMonetaryTotal",
            1,
            1,
            _b("LineExtensionAmount", 1, 1),
            _b("TaxExclusiveAmount", 1, 1),
            _b("TaxInclusiveAmount", 1, 1),
            _b("AllowanceTotalAmount", 0, 1),
            _b("ChargeTotalAmount", 0, 1),
            _b("PrepaidAmount", 0, 1),
            _b("PayableRoundingAmount", 0, 1),
            _b("PayableAmount", 1, 1),
        ),
        line,
    )


INVOICE_PARTS: Final = _parts("InvoiceTypeCode", _line("InvoiceLine", "InvoicedQuantity"))
CREDIT_NOTE_PARTS: Final = _parts("CreditNoteTypeCode", _line("CreditNoteLine", "CreditedQuantity"))
