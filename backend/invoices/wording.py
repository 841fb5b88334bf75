"""Sentences of findings that can be said in several ways, by what is expected, found and named; as people read them."""

from typing import Any

from backend.invoices.reading import ArithmeticCode
from backend.kit.amounts import Euros
from backend.kit.translation import Text


def price(agreed: Any, said: Any) -> Text:
    """Of a price: none is agreed, none is said, or another; where a sum is due, by which prices."""
    if agreed is None:
        return Text("No price is agreed for what the line bills.")
    if said is None:
        return Text("The contract's price is %(expected)s, and the line has none.", expected=agreed)
    if isinstance(agreed, tuple) and isinstance(agreed[-1], Euros):
        *prices, due = agreed
        return Text(
            "By the contract's price (%(prices)s) the amount is %(expected)s, the line's is %(found)s.",
            prices=tuple(prices),
            expected=due,
            found=said,
        )
    return Text("The contract's price is %(expected)s, the line's %(found)s.", expected=agreed, found=said)


def sum_of(expected: Any, found: Any, code: str | None) -> Text:
    """Of a total: which figures of the invoice it disagrees with (`ArithmeticCode`), else its lines."""
    match code:
        case ArithmeticCode.DOCUMENT_NET:
            return Text(
                "With its allowances and charges the invoice comes to %(expected)s without VAT, it says %(found)s.",
                expected=expected,
                found=found,
            )
        case ArithmeticCode.GROSS:
            return Text(
                "The sum without VAT and VAT make %(expected)s, the total with VAT says %(found)s.",
                expected=expected,
                found=found,
            )
        case ArithmeticCode.PAYABLE:
            return Text(
                "By the total with VAT %(expected)s is to be paid, the invoice asks for %(found)s.",
                expected=expected,
                found=found,
            )
    return Text("The lines add up to %(expected)s, the total says %(found)s.", expected=expected, found=found)


def vat(expected: Any, found: Any, code: str | None) -> Text:
    """Of VAT: what it is reckoned on (`ArithmeticCode`), else what it comes to."""
    if code == ArithmeticCode.VAT_BASE:
        return Text(
            "By the lines of its rate VAT is reckoned on %(expected)s, the invoice says on %(found)s.",
            expected=expected,
            found=found,
        )
    return Text("VAT is %(expected)s by its rate, the invoice says %(found)s.", expected=expected, found=found)


def seller(expected: Any, found: Any) -> Text:
    """Of who sells: nobody is named, or somebody else."""
    of_agreement = expected if expected is not None else Text("none")
    if found is None:
        return Text(
            "The invoice does not say the seller's business identifier; the agreement is with %(expected)s.",
            expected=of_agreement,
        )
    return Text(
        "The seller's business identifier is %(found)s; the agreement is with %(expected)s.",
        expected=of_agreement,
        found=found,
    )


def account(iban: Any, agreements: str | None) -> Text:
    """Of an account that is not confirmed: for which agreements, where there are some."""
    if iban is None:
        return Text("The invoice names no account to pay to.")
    if agreements is None:
        return Text("The account %(found)s is not one that Tiera has confirmed for this agreement.", found=iban)
    return Text(
        "The account %(found)s is not one that Tiera has confirmed for %(about)s.", found=iban, about=agreements
    )


def unknown_invoice(several: Any, named: str | None) -> Text:
    """Of what a credit note credits: more than one invoice (their numbers), or one that has not come or is gone."""
    if several is not None:
        return Text(
            "The credit note names several invoices (%(found)s): each is credited by a note of its own.", found=several
        )
    return Text("No invoice %(about)s of the supplier has come that stands.", about=named)


def unknown_line(sanction: Any, invoice: str | None) -> Text:
    """Of a line that credits no single one: also where a sanction could be deducted by it (its euros)."""
    if sanction is None:
        return Text("No single line of invoice %(about)s has the same references.", about=invoice)
    return Text(
        "The line may credit what invoice %(about)s billed or deduct the sanction of %(found)s: point to the line that "
        "it credits. A deduction names no invoice.",
        found=sanction,
        about=invoice,
    )
