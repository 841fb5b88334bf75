"""What judging can find: codes that clients may rely on."""

from enum import StrEnum


class FindingCode(StrEnum):
    # What a line refers to
    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    OTHER_SUPPLIER = "other_supplier"
    OTHER_PERIOD = "other_period"
    NO_PERIOD = "no_period"
    NO_PRICE_GROUP = "no_price_group"
    UNKNOWN_PRICE_GROUP = "unknown_price_group"
    NO_MILESTONE = "no_milestone"
    REQUIRED_REFERENCE = "required_reference"
    # Whether it may be billed
    HOURS_NOT_APPROVED = "hours_not_approved"
    MORE_THAN_APPROVED = "more_than_approved"
    ALREADY_BILLED = "already_billed"
    ABOVE_ESTIMATE = "above_estimate"
    TICKET_NOT_APPROVED = "ticket_not_approved"
    ORDER_NOT_ACCEPTED = "order_not_accepted"
    NO_ORDERING_RIGHT = "no_ordering_right"
    OWN_COST = "own_cost"
    PERIOD_NOT_ENDED = "period_not_ended"
    PERIOD_STILL_OPEN = "period_still_open"
    EARLIER_MONTH = "earlier_month"
    # Its figures
    PRICE = "price"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    UNIT = "unit"
    VAT_RATE = "vat_rate"
    NEGATIVE = "negative"
    # The invoice as a whole
    CURRENCY = "currency"
    TOTAL = "total"
    VAT_SUM = "vat_sum"
    NUMBER_USED = "number_used"
    SAME_AMOUNT = "same_amount"
    LATE = "late"
    NO_AGREEMENT = "no_agreement"
    SELLER = "seller"
    ACCOUNT = "account"
    DUE_DATE = "due_date"
    DEDUCTION = "deduction"
    DEDUCTION_WAITING = "deduction_waiting"
    # Credit notes
    CREDITS_NOTHING = "credits_nothing"
    CREDITS_UNKNOWN_INVOICE = "credits_unknown_invoice"
    CREDITS_UNKNOWN_LINE = "credits_unknown_line"
    CREDITS_TOO_MUCH = "credits_too_much"
    CREDIT_SIGN = "credit_sign"
