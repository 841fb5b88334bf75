"""What a Finvoice 3.0 must have, as far as it is read: elements in the format's own order, by `requirements`."""

from typing import Final

from backend.invoices.reading.requirements import MANY, Form, Part

_IBAN_OR_BBAN: Final = ("IdentificationSchemeName", ("IBAN", "BBAN"))

_SELLER: Final = (
    Part("SellerPartyIdentifier", 0, 1, Form.TEXT35),
    Part("SellerOrganisationName", 1, MANY, Form.NAME),
    Part("SellerOrganisationTaxCode", 0, 1, Form.TEXT35),
)
_SELLER_INFORMATION: Final = (
    Part(
        "SellerAccountDetails",
        0,
        MANY,
        parts=(
            Part("SellerAccountID", 1, 1, Form.SELLERS_ACCOUNT, required_attribute=_IBAN_OR_BBAN),
            Part("SellerBic", 1, 1, Form.BANK, required_attribute=("IdentificationSchemeName", ("BIC",))),
        ),
    ),
)
_BUYER: Final = (
    Part("BuyerPartyIdentifier", 0, 1, Form.TEXT35),
    Part("BuyerOrganisationName", 1, MANY, Form.NAME),
    Part("BuyerOrganisationTaxCode", 0, 1, Form.TEXT35),
)
_ORIGINAL: Final = (
    Part("InvoiceNumber", 0, 1, Form.NUMBER20),
    Part("InvoiceDate", 0, 1, Form.DATE),
)
_DETAILS: Final = (
    Part("InvoiceTypeCode", 1, 1, Form.MESSAGE_TYPE),
    Part("InvoiceTypeCodeUN", 0, 1, Form.CODE),
    Part("InvoiceTypeText", 1, 1, Form.TITLE35),
    Part("OriginCode", 1, 1, Form.ORIGIN),
    Part("InvoiceNumber", 1, 1, Form.NUMBER20),
    Part("InvoiceDate", 1, 1, Form.DATE),
    Part("OriginalInvoiceNumber", 0, 1, Form.NUMBER20),
    Part("OriginalInvoiceDate", 0, 1, Form.DATE),
    Part("OriginalInvoiceReference", 0, MANY, parts=_ORIGINAL),
    Part("InvoicingPeriodStartDate", 0, 1, Form.DATE),
    Part("InvoicingPeriodEndDate", 0, 1, Form.DATE),
    Part("SellerReferenceIdentifier", 0, 1, Form.TEXT70),
    Part("OrderIdentifier", 0, 1, Form.TEXT70),
    Part("OrderConfirmationIdentifier", 0, 1, Form.TEXT70),
    Part("AgreementIdentifier", 0, 1, Form.TEXT70),
    Part("BuyerReferenceIdentifier", 0, 1, Form.TEXT70),
    Part("ProjectReferenceIdentifier", 0, 1, Form.TEXT70),
    Part("RowsTotalVatExcludedAmount", 0, 1, Form.AMOUNT),
    Part("DiscountsTotalVatExcludedAmount", 0, 1, Form.AMOUNT),
    Part("ChargesTotalVatExcludedAmount", 0, 1, Form.AMOUNT),
    Part("InvoiceTotalVatExcludedAmount", 0, 1, Form.AMOUNT),
    Part("InvoiceTotalVatAmount", 0, 1, Form.AMOUNT),
    Part("InvoiceTotalVatIncludedAmount", 1, 1, Form.AMOUNT),
    Part("InvoiceTotalRoundoffAmount", 0, 1, Form.AMOUNT),
    Part("InvoicePaidAmount", 0, 1, Form.AMOUNT),
    Part(
        "VatSpecificationDetails",
        0,
        MANY,
        parts=(
            Part("VatBaseAmount", 0, 1, Form.AMOUNT),
            Part("VatRatePercent", 0, 1, Form.PERCENT),
            Part("VatCode", 0, 1, Form.CODE),
            Part("VatRateAmount", 0, 1, Form.AMOUNT),
        ),
    ),
    Part("InvoiceFreeText", 0, MANY, Form.TEXT512),
    Part("PaymentTermsDetails", 0, MANY, parts=(Part("InvoiceDueDate", 0, 1, Form.DATE),)),
    Part(
        "DiscountDetails",
        0,
        MANY,
        parts=(
            Part("FreeText", 0, 1, Form.REASON70),
            Part("Percent", 0, 1, Form.PERCENT),
            Part("Amount", 0, 1, Form.AMOUNT),
            Part("VatCategoryCode", 0, 1, Form.CODE),
            Part("VatRatePercent", 0, 1, Form.PERCENT),
        ),
    ),
    Part(
        "ChargeDetails",
        0,
        MANY,
        parts=(
            Part("ReasonText", 0, 1, Form.REASON70),
            Part("Percent", 0, 1, Form.PERCENT),
            Part("Amount", 0, 1, Form.AMOUNT),
            Part("VatCategoryCode", 0, 1, Form.CODE),
            Part("VatRatePercent", 0, 1, Form.PERCENT),
        ),
    ),
)
_ROW_DISCOUNT: Final = (
    Part("RowDiscountPercent", 0, 1, Form.PERCENT),
    Part("RowDiscountAmount", 0, 1, Form.AMOUNT),
    Part("RowDiscountTypeText", 0, 1, Form.TEXT35),
)
_ROW: Final = (
    Part("InvoicedObjectID", 0, 1, Form.REASON70),
    Part("ArticleIdentifier", 0, 1, Form.TEXT70),
    Part("ArticleName", 0, 1, Form.TEXT100),
    Part("ArticleDescription", 0, 1, Form.TEXT512),
    Part("BuyerArticleIdentifier", 0, 1, Form.TEXT70),
    Part(
        "RowDefinitionDetails",
        0,
        MANY,
        parts=(
            Part("RowDefinitionHeaderText", 1, 1, Form.TEXT70),
            Part("RowDefinitionValue", 0, 1, Form.TEXT70),
        ),
    ),
    Part("DeliveredQuantity", 0, MANY, Form.TEXT14),
    Part("InvoicedQuantity", 0, MANY, Form.TEXT14),
    Part("StartDate", 0, 1, Form.DATE),
    Part("EndDate", 0, 1, Form.DATE),
    Part("UnitPriceAmount", 0, 1, Form.AMOUNT),
    Part("UnitPriceDiscountAmount", 0, 1, Form.AMOUNT),
    Part("UnitPriceNetAmount", 0, 1, Form.AMOUNT),
    Part("UnitPriceVatIncludedAmount", 0, 1, Form.AMOUNT),
    Part("UnitPriceBaseQuantity", 0, 1, Form.TEXT14),
    Part("RowIdentifier", 0, 1, Form.TEXT35),
    Part("RowOrderPositionIdentifier", 0, 1, Form.TEXT35),
    Part("RowPositionIdentifier", 0, 1, Form.TEXT35),
    Part("OriginalInvoiceNumber", 0, 1, Form.NUMBER20),
    Part("OriginalInvoiceReference", 0, MANY, parts=_ORIGINAL),
    Part("RowAgreementIdentifier", 0, 1, Form.TEXT70),
    Part("RowFreeText", 0, MANY, Form.TEXT512),
    *_ROW_DISCOUNT,
    Part("RowProgressiveDiscountDetails", 0, MANY, parts=_ROW_DISCOUNT),
    Part(
        "RowChargeDetails",
        0,
        MANY,
        parts=(
            Part("ReasonText", 0, 1, Form.REASON70),
            Part("Percent", 0, 1, Form.PERCENT),
            Part("Amount", 0, 1, Form.AMOUNT),
        ),
    ),
    Part("RowVatRatePercent", 0, 1, Form.PERCENT),
    Part("RowVatCode", 0, 1, Form.CODE),
    Part("RowVatAmount", 0, 1, Form.AMOUNT),
    Part("RowVatExcludedAmount", 0, 1, Form.AMOUNT),
    Part("RowAmount", 0, 1, Form.AMOUNT),
)
_PAYMENT: Final = (
    Part(
        "EpiIdentificationDetails",
        1,
        1,
        parts=(Part("EpiDate", 1, 1, Form.DATE), Part("EpiReference", 1, 1, Form.PERHAPS_WORD)),
    ),
    Part(
        "EpiPartyDetails",
        1,
        1,
        parts=(
            Part("EpiBfiPartyDetails", 1, 1),
            Part(
                "EpiBeneficiaryPartyDetails",
                1,
                1,
                parts=(Part("EpiAccountID", 1, 1, Form.ACCOUNT, required_attribute=_IBAN_OR_BBAN),),
            ),
        ),
    ),
    Part(
        "EpiPaymentInstructionDetails",
        1,
        1,
        parts=(
            Part("EpiRemittanceInfoIdentifier", 0, 1, Form.REFERENCE),
            Part("EpiInstructedAmount", 1, 1, Form.WHOLE_CENTS),
            Part("EpiCharge", 1, 1, required_attribute=("ChargeOption", ("SHA", "OUR", "BEN", "SLEV"))),
            Part("EpiDateOptionDate", 1, 1, Form.DATE),
        ),
    ),
)

PARTS: Final = (
    Part("SellerPartyDetails", 1, 1, parts=_SELLER),
    Part("SellerInformationDetails", 0, 1, parts=_SELLER_INFORMATION),
    Part("BuyerPartyDetails", 1, 1, parts=_BUYER),
    Part("InvoiceDetails", 1, 1, parts=_DETAILS),
    Part("InvoiceRow", 1, MANY, parts=_ROW),
    Part("EpiDetails", 1, 1, parts=_PAYMENT),
    Part("InvoiceUrlNameText", 0, MANY, Form.TEXT512),
    Part("InvoiceUrlText", 0, MANY, Form.TEXT512),
    Part("AttachmentMessageDetails", 0, 1, parts=(Part("AttachmentMessageIdentifier", 1, 1, Form.ATTACHMENTS),)),
)
