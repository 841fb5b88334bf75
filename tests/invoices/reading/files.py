"""Invoice files of our own, as a supplier's software would write them: small, valid, with any part replaced."""

from collections.abc import Sequence

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
EPI = """<EpiDetails>
<EpiIdentificationDetails><EpiDate Format="CCYYMMDD">20261102</EpiDate><EpiReference/></EpiIdentificationDetails>
<EpiPartyDetails><EpiBfiPartyDetails/><EpiBeneficiaryPartyDetails>
<EpiAccountID IdentificationSchemeName="IBAN">FI2112345600000785</EpiAccountID>
</EpiBeneficiaryPartyDetails></EpiPartyDetails>
<EpiPaymentInstructionDetails>
<EpiRemittanceInfoIdentifier IdentificationSchemeName="ISO">RF18539007547034</EpiRemittanceInfoIdentifier>
<EpiInstructedAmount AmountCurrencyIdentifier="EUR">{payable}</EpiInstructedAmount>
<EpiCharge ChargeOption="SHA">SHA</EpiCharge><EpiDateOptionDate Format="CCYYMMDD">20261202</EpiDateOptionDate>
</EpiPaymentInstructionDetails>
</EpiDetails>"""


def euros(name: str, amount: str, attributes: str = "") -> str:
    """A Finvoice amount."""
    return f'<{name} AmountCurrencyIdentifier="EUR"{attributes}>{amount}</{name}>'


def finvoice_row(
    *,
    name: str = "Asiantuntijatyö",
    quantity: str = '<InvoicedQuantity QuantityUnitCode="h" QuantityUnitCodeUN="HUR">10,00</InvoicedQuantity>',
    price: str = euros("UnitPriceAmount", "95,00", ' UnitPriceUnitCode="e/h"'),
    order: str = "",
    middle: str = "",
    rate: str = "25,5",
    net: str = "950,00",
    before: str = "<ArticleIdentifier>ASI</ArticleIdentifier>",
) -> str:
    """A row of ten hours at 95 euros; `before` stands before the name, `middle` before the VAT."""
    return (
        f"<InvoiceRow>{before}<ArticleName>{name}</ArticleName>{quantity}{price}{order}{middle}"
        f"<RowVatRatePercent>{rate}</RowVatRatePercent><RowVatCode>S</RowVatCode>"
        f"{euros('RowVatExcludedAmount', net)}</InvoiceRow>"
    )


def finvoice(
    *,
    rows: Sequence[str] = (finvoice_row(),),
    type_code: str = "INV01",
    origin: str = "Original",
    number: str = "2026-7",
    issued: str = '<InvoiceDate Format="CCYYMMDD">20261102</InvoiceDate>',
    references: str = "<OrderIdentifier>TIL-2026-00042</OrderIdentifier>",
    net: str = "950,00",
    vat: str = "242,25",
    gross: str = "1192,25",
    after_totals: str = "",
    end: str = "",
    version: str = "3.0",
    declared: str = "UTF-8",
    epi: str = EPI,
    seller: str = "<SellerPartyIdentifier>2345678-0</SellerPartyIdentifier>"
    "<SellerOrganisationName>Toimittaja Oy</SellerOrganisationName>"
    "<SellerOrganisationTaxCode>FI23456780</SellerOrganisationTaxCode>",
) -> bytes:
    """A Finvoice 3.0 in the declared encoding; without a total `net` where that is empty."""
    text = f"""<?xml version="1.0" encoding="{declared}"?>
<Finvoice Version="{version}">
<SellerPartyDetails>{seller}</SellerPartyDetails>
<BuyerPartyDetails><BuyerPartyIdentifier>0112038-9</BuyerPartyIdentifier>
<BuyerOrganisationName>Ostaja Oy</BuyerOrganisationName></BuyerPartyDetails>
<InvoiceDetails><InvoiceTypeCode>{type_code}</InvoiceTypeCode><InvoiceTypeText>LASKU</InvoiceTypeText>
<OriginCode>{origin}</OriginCode><InvoiceNumber>{number}</InvoiceNumber>{issued}
<InvoicingPeriodStartDate Format="CCYYMMDD">20261001</InvoicingPeriodStartDate>
<InvoicingPeriodEndDate Format="CCYYMMDD">20261031</InvoicingPeriodEndDate>
{references}
{net and euros("InvoiceTotalVatExcludedAmount", net)}{euros("InvoiceTotalVatAmount", vat)}
{euros("InvoiceTotalVatIncludedAmount", gross)}{after_totals}
</InvoiceDetails>
{"".join(rows)}
{epi.format(payable=gross)}{end}
</Finvoice>"""
    return text.encode(declared)


def ubl_amount(name: str, amount: str, currency: str = "EUR") -> str:
    """A UBL amount."""
    return f'<cbc:{name} currencyID="{currency}">{amount}</cbc:{name}>'


def ubl_category(name: str = "ClassifiedTaxCategory", rate: str = "25.5") -> str:
    """A VAT category."""
    return (
        f"<cac:{name}><cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{name}>"
    )


def ubl_line(
    *,
    quantity: str = "10.00",
    unit: str = "HUR",
    net: str = "950.00",
    price: str = "95.00",
    in_price: str = "",
    middle: str = "",
    item: str = "<cac:SellersItemIdentification><cbc:ID>ASI</cbc:ID></cac:SellersItemIdentification>",
    credit: bool = False,
) -> str:
    """A line of ten hours at 95 euros; `middle` stands between the amount and the item."""
    line, counted = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    return (
        f'<cac:{line}><cbc:ID>1</cbc:ID><cbc:{counted} unitCode="{unit}">{quantity}</cbc:{counted}>'
        f"{ubl_amount('LineExtensionAmount', net)}{middle}"
        f"<cac:Item><cbc:Name>Asiantuntijatyö</cbc:Name>{item}{ubl_category()}</cac:Item>"
        f"<cac:Price>{ubl_amount('PriceAmount', price)}{in_price}</cac:Price></cac:{line}>"
    )


def ubl(
    *,
    lines: Sequence[str] | None = None,
    credit: bool = False,
    type_code: str | None = None,
    head: str = "",
    references: str = "<cac:OrderReference><cbc:ID>TIL-2026-00042</cbc:ID></cac:OrderReference>",
    customization: str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    adjustments: str = "",
    tax_total: str | None = None,
    total_of_lines: str = "950.00",
    net: str = "950.00",
    vat: str = "242.25",
    gross: str = "1192.25",
    more_totals: str = "",
    payable: str | None = None,
    currency: str = "EUR",
    means: str = "<cac:PayeeFinancialAccount><cbc:ID>FI21 1234 5600 0007 85</cbc:ID></cac:PayeeFinancialAccount>",
) -> bytes:
    """A Peppol BIS Billing 3 invoice or credit note."""
    root = "CreditNote" if credit else "Invoice"
    code = type_code or ("381" if credit else "380")
    parties = "".join(
        f"<cac:{who}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{vat_id}</cbc:CompanyID><cac:TaxScheme>"
        f"<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>"
        f"<cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID>{number}</cbc:CompanyID>"
        f"</cac:PartyLegalEntity></cac:Party></cac:{who}>"
        for who, name, number, vat_id in (
            ("AccountingSupplierParty", "Toimittaja Oy", "2345678-0", "FI23456780"),
            ("AccountingCustomerParty", "Ostaja Oy", "0112038-9", "FI01120389"),
        )
    )
    subtotal = (
        f"<cac:TaxSubtotal>{ubl_amount('TaxableAmount', net)}{ubl_amount('TaxAmount', vat)}"
        f"{ubl_category('TaxCategory')}</cac:TaxSubtotal>"
    )
    tax = tax_total or f"<cac:TaxTotal>{ubl_amount('TaxAmount', vat)}{subtotal}</cac:TaxTotal>"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:CustomizationID>{customization}</cbc:CustomizationID><cbc:ID>2026-7</cbc:ID>
<cbc:IssueDate>2026-11-02</cbc:IssueDate><cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>{head}
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
<cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>
{references}{parties}
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>RF18539007547034</cbc:PaymentID>
{means}</cac:PaymentMeans>{adjustments}{tax}
<cac:LegalMonetaryTotal>{ubl_amount("LineExtensionAmount", total_of_lines)}{ubl_amount("TaxExclusiveAmount", net)}
{ubl_amount("TaxInclusiveAmount", gross)}{more_totals}{ubl_amount("PayableAmount", payable or gross)}
</cac:LegalMonetaryTotal>{"".join([ubl_line(credit=credit)] if lines is None else lines)}
</{root}>"""
    return text.encode()
