"""Every kind of finding: how grave, by which rule, and what people read; one table.

A sentence says what was expected and what was found; `about` is what else it names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from backend.invoices import wording
from backend.invoices.finding_codes import FindingCode
from backend.invoices.states import Severity
from backend.invoices.values import from_json, shown
from backend.kit.translation import Text, register_labels

C = FindingCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding, of a line (`line_id`) or, without one, of the invoice as a whole."""

    code: FindingCode
    line_id: int | None = None
    expected: object = None
    found: object = None
    about: str | None = None
    other_invoice_id: int | None = None
    own_rule: str | None = None
    """Where the rule is not that of the table: of what is at the supplier's own cost (H11.9-h)."""
    own_severity: Severity | None = None
    """Where it is less grave than the table says: of what a person has said in the line's place (D11.9-h)."""

    @property
    def severity(self) -> Severity:
        return self.own_severity or SORTS[self.code].severity

    @property
    def rule(self) -> str:
        return self.own_rule or SORTS[self.code].rule

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


Sentence = Callable[[Any, Any, str | None], Text]


@dataclass(frozen=True, slots=True)
class Sort:
    """What all findings of one code have in common; `sentence(expected, found, about)`."""

    severity: Severity
    rule: str
    sentence: Sentence


NOTHING_NAMED = "–"
"""What findings are about where a line names nothing."""


def _error(rule: str, sentence: Sentence) -> Sort:
    return Sort(Severity.ERROR, rule, sentence)


def _warning(rule: str, sentence: Sentence) -> Sort:
    return Sort(Severity.WARNING, rule, sentence)


SORTS: Mapping[FindingCode, Sort] = MappingProxyType(
    {
        C.NO_REFERENCE: _error("H11.9-b", lambda e, f, a: Text("The line names no order of Tiera's.")),
        C.UNKNOWN_REFERENCE: _error("H11.8.3-a", lambda e, f, a: Text("There is no order %(about)s.", about=a)),
        C.OTHER_SUPPLIER: _error(
            "H11.8.3-a", lambda e, f, a: Text("%(about)s is not an order of this supplier.", about=a)
        ),
        C.OTHER_PERIOD: _error(
            "D11.9-h",
            lambda e, f, a: Text(
                "The line bills %(found)s, but %(about)s has its work in another period (%(expected)s).",
                found=f,
                expected=e,
                about=a,
            ),
        ),
        C.NO_PERIOD: _error("D11.9-h", lambda e, f, a: Text("Neither the line nor the invoice says which period.")),
        C.NO_PRICE_GROUP: _error(
            "D11.9-h", lambda e, f, a: Text("The line names no price group (the seller's item identifier).")
        ),
        C.UNKNOWN_PRICE_GROUP: _error(
            "D11.9-h",
            lambda e, f, a: Text(
                "The agreement has no price group %(about)s; it has %(expected)s.", about=a, expected=e
            ),
        ),
        C.NO_MILESTONE: _error(
            "D11.9-h",
            lambda e, f, a: Text("The line does not say which part of the fixed price of %(about)s it bills.", about=a),
        ),
        C.REQUIRED_REFERENCE: _error(
            "H11.9-i",
            lambda e, f, a: (
                Text("What Tiera has announced as required is missing: %(expected)s.", expected=e)
                if a is None
                else Text("The line names %(about)s by the supplier's own number %(found)s alone.", about=a, found=f)
                if f is not None
                else Text(
                    "The line lacks what Tiera has announced as required, %(expected)s: a person has pointed it to"
                    " %(about)s.",
                    expected=e,
                    about=a,
                )
            ),
        ),
        C.HOURS_NOT_APPROVED: _error(
            "H11.7.3-h",
            lambda e, f, a: Text(
                "%(found)s of what the line bills is booked but not approved; %(expected)s can be billed.",
                found=f,
                expected=e,
            ),
        ),
        C.MORE_THAN_APPROVED: _error(
            "H11.7.3-h",
            lambda e, f, a: Text(
                "The line bills %(found)s, but %(expected)s is approved and not yet billed.", found=f, expected=e
            ),
        ),
        C.ALREADY_BILLED: _error(
            "D11.9-e",
            lambda e, f, a: Text(
                "%(found)s of what the line bills is on invoice %(about)s already; %(expected)s is left.",
                found=f,
                expected=e,
                about=a,
            ),
        ),
        C.ABOVE_ESTIMATE: _error(
            "H11.8.3-d",
            lambda e, f, a: (
                Text(
                    "%(found)s is above the estimate, and no overrun is approved for it; %(expected)s can be billed.",
                    found=f,
                    expected=e,
                )
                if a is None
                else Text(
                    "The approved hours of %(about)s come to %(found)s; with what was granted it binds %(expected)s.",
                    found=f,
                    expected=e,
                    about=a,
                )
            ),
        ),
        C.TICKET_NOT_APPROVED: _error(
            "H11.9-c",
            lambda e, f, a: (
                Text("The line names no ticket whose handling is approved for billing.")
                if a in (None, NOTHING_NAMED)
                else Text("%(about)s is not approved for billing.", about=a)
            ),
        ),
        C.TICKET_NOT_RESOLVED: _warning(
            "H11.9-c",
            lambda e, f, a: Text("The sum was approved when %(about)s was resolved; it is not resolved now.", about=a),
        ),
        C.ORDER_NOT_ACCEPTED: _error(
            "H11.9-b",
            lambda e, f, a: Text("“%(about)s” has not been accepted, so it cannot be billed yet.", about=a),
        ),
        C.NO_ORDERING_RIGHT: _error(
            "H11.8.1-a",
            lambda e, f, a: Text(
                "%(about)s was not placed by an ordering contact whom Tiera has named in writing.", about=a
            ),
        ),
        C.OWN_COST: _error(
            "H11.9-h",
            lambda e, f, a: Text(
                "%(found)s is work at the supplier's own cost (“%(about)s”) and is never billed.", found=f, about=a
            ),
        ),
        C.PERIOD_NOT_ENDED: _error(
            "H11.9-a", lambda e, f, a: Text("The period is not over: it ends on %(expected)s.", expected=e)
        ),
        C.PERIOD_STILL_OPEN: _warning(
            "H11.7.3-h",
            lambda e, f, a: Text("Hours of this period still wait for approval: %(found)s.", found=f),
        ),
        C.EARLIER_MONTH: _warning(
            "H11.9-a",
            lambda e, f, a: Text(
                "The work is of an earlier month (%(found)s) than the one to be invoiced (%(expected)s).",
                found=f,
                expected=e,
            ),
        ),
        C.PRICE: _error("D11.9-d", lambda e, f, a: wording.price(e, f)),
        C.AMOUNT: _error(
            "D0-d",
            lambda e, f, a: Text("Quantity times price is %(expected)s, the line says %(found)s.", expected=e, found=f),
        ),
        C.QUANTITY: _error(
            "D0-e",
            lambda e, f, a: Text(
                "The quantity %(found)s is not in whole steps of %(expected)s.",
                expected=e,
                found=f if f is not None else Text("(none)"),
            ),
        ),
        C.UNIT: _error(
            "D11.9-d",
            lambda e, f, a: Text(
                "The unit “%(about)s” is not known for sure: hours are billed in hours (HUR) or minutes (MIN).",
                about=a or "–",
            ),
        ),
        C.VAT_RATE: _error(
            "D0-d",
            lambda e, f, a: Text(
                "The VAT rate is %(expected)s, the line says %(found)s.",
                expected=e,
                found=f if f is not None else Text("none"),
            ),
        ),
        C.NEGATIVE: _error(
            "D11.9-e",
            lambda e, f, a: Text("The line takes back %(found)s: that is done by a credit note.", found=f),
        ),
        C.CURRENCY: _error(
            "D0-d",
            lambda e, f, a: Text("The invoice is in %(found)s; it must be in %(expected)s.", expected=e, found=f),
        ),
        C.TOTAL: _error("D0-d", wording.sum_of),
        C.VAT_SUM: _error("D0-d", wording.vat),
        C.NUMBER_USED: _error(
            "D11.9-d", lambda e, f, a: Text("The supplier has used the number %(about)s before.", about=a)
        ),
        C.SAME_AMOUNT: _warning(
            "D11.9-d",
            lambda e, f, a: Text("Invoice %(about)s has the same amount (%(found)s) and date.", about=a, found=f),
        ),
        C.LATE: _warning(
            "H11.9-a",
            lambda e, f, a: Text("The invoice came on %(found)s; it was due on %(expected)s.", expected=e, found=f),
        ),
        C.NO_AGREEMENT: _error(
            "H3-a", lambda e, f, a: Text("Tiera has no agreement with this supplier for %(found)s.", found=f)
        ),
        C.SELLER: _error("D11.9-d", lambda e, f, a: wording.seller(e, f)),
        C.ACCOUNT: _error("D11.9-d", lambda e, f, a: wording.account(f, a)),
        C.DUE_DATE: _warning(
            "D11.9-d",
            lambda e, f, a: Text(
                "The due date is %(found)s; by the agreement it is %(expected)s at the earliest.", expected=e, found=f
            ),
        ),
        C.DEDUCTION: _error(
            "H11.10-g",
            lambda e, f, a: Text(
                "The sanction of %(about)s is deducted as a whole: %(expected)s; the line deducts %(found)s.",
                expected=e,
                found=f,
                about=a,
            ),
        ),
        C.DEDUCTION_WAITING: _warning(
            "H11.10-g",
            lambda e, f, a: Text(
                "The sanction of %(about)s, %(expected)s, waits to be deducted, and the invoice does not deduct it.",
                expected=e,
                about=a,
            ),
        ),
        C.CREDITS_NOTHING: _error("D11.9-e", lambda e, f, a: Text("The credit note names no invoice.")),
        C.CREDITS_UNKNOWN_INVOICE: _error("D11.9-e", lambda e, f, a: wording.unknown_invoice(f, a)),
        C.CREDITS_UNKNOWN_LINE: _error("D11.9-e", lambda e, f, a: wording.unknown_line(f, a)),
        C.CREDITS_TOO_MUCH: _error(
            "D11.9-e",
            lambda e, f, a: Text(
                "The line takes back %(found)s, but %(expected)s is left to be credited.", expected=e, found=f
            ),
        ),
        C.CREDIT_SIGN: _error(
            "D11.9-e", lambda e, f, a: Text("A credit note takes back; this would cost %(found)s.", found=f)
        ),
    }
)


def sentence(code: FindingCode, expected: Any, found: Any, about: str | None) -> Text:
    """What people read of a finding; `expected` and `found` as its row keeps them."""
    return SORTS[code].sentence(shown(from_json(expected)), shown(from_json(found)), about)


def figure(kept: Any) -> Text | None:
    """The expected or the found value of a finding by itself."""
    value = shown(from_json(kept))
    return None if value is None else Text("%(value)s", value=value)


FINDING_LABELS = register_labels(
    {
        C.NO_REFERENCE: Text("No order number"),
        C.UNKNOWN_REFERENCE: Text("Unknown order number"),
        C.OTHER_SUPPLIER: Text("Another supplier's order"),
        C.OTHER_PERIOD: Text("Another period"),
        C.NO_PERIOD: Text("No period"),
        C.NO_PRICE_GROUP: Text("No price group"),
        C.UNKNOWN_PRICE_GROUP: Text("Unknown price group"),
        C.NO_MILESTONE: Text("No part of the fixed price"),
        C.REQUIRED_REFERENCE: Text("Required reference missing"),
        C.HOURS_NOT_APPROVED: Text("Hours not approved"),
        C.MORE_THAN_APPROVED: Text("More than approved"),
        C.ALREADY_BILLED: Text("Already billed"),
        C.ABOVE_ESTIMATE: Text("Above the estimate"),
        C.TICKET_NOT_APPROVED: Text("Ticket not approved for billing"),
        C.TICKET_NOT_RESOLVED: Text("Ticket not resolved"),
        C.ORDER_NOT_ACCEPTED: Text("Not accepted"),
        C.NO_ORDERING_RIGHT: Text("No ordering right"),
        C.OWN_COST: Text("At the supplier's own cost"),
        C.PERIOD_NOT_ENDED: Text("Period not over"),
        C.PERIOD_STILL_OPEN: Text("Hours still to be approved"),
        C.EARLIER_MONTH: Text("Earlier month"),
        C.PRICE: Text("Not the contract's price"),
        C.AMOUNT: Text("Quantity × price ≠ amount"),
        C.QUANTITY: Text("Quantity not in whole steps"),
        C.UNIT: Text("Unknown unit"),
        C.VAT_RATE: Text("VAT rate"),
        C.NEGATIVE: Text("Negative line"),
        C.CURRENCY: Text("Currency"),
        C.TOTAL: Text("Total ≠ sum of lines"),
        C.VAT_SUM: Text("Sum of VAT"),
        C.NUMBER_USED: Text("Number used before"),
        C.SAME_AMOUNT: Text("Same amount and date as another"),
        C.LATE: Text("Late invoice"),
        C.NO_AGREEMENT: Text("No agreement"),
        C.SELLER: Text("Another seller"),
        C.ACCOUNT: Text("Account not confirmed"),
        C.DUE_DATE: Text("Due date too early"),
        C.DEDUCTION: Text("Deduction of another sum"),
        C.DEDUCTION_WAITING: Text("A deduction waits"),
        C.CREDITS_NOTHING: Text("Credits no invoice"),
        C.CREDITS_UNKNOWN_INVOICE: Text("Credits an unknown invoice"),
        C.CREDITS_UNKNOWN_LINE: Text("Credits no single line"),
        C.CREDITS_TOO_MUCH: Text("Credits too much"),
        C.CREDIT_SIGN: Text("Credit note that costs"),
    }
)
