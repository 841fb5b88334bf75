"""A typed invoice as its form begins: a draft as it was typed, or a credit note of what is left."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from backend.kit.amounts import line_amount, round_cents

Read = Mapping[str, Any]
_HEAD: Final = (
    "number",
    "issuedOn",
    "kind",
    "dueOn",
    "periodFirst",
    "periodLast",
    "orderReference",
    "buyerReference",
    "agreementReference",
    "sellerReference",
)
_FROM_HEAD: Final = ("orderReference", "sellerReference")
"""What a line says only where it says something else than the head."""
_DAYS: Final = ("periodFirst", "periodLast")


def as_draft(invoice: Read) -> dict[str, Any]:
    """A draft as its form begins: what was reckoned or taken from the head is left for that again.

    Amounts of a credit note are typed positive.
    """
    return {
        **{name: invoice[name] for name in _HEAD},
        "iban": next(iter(invoice["ibans"]), None),
        "creditsId": invoice["credits"] and invoice["credits"]["id"],
        "lines": [_as_line(line, invoice) for line in invoice["lines"]["nodes"]],
        "fileIds": [file["id"] for file in invoice["files"]],
    }


def _as_line(line: Read, invoice: Read) -> dict[str, Any]:
    sign = -1 if invoice["kind"] == "CREDIT_NOTE" else 1
    effort, amount = _effort_of(line, sign), sign * Decimal(line["amount"]["amount"])
    unsaid = line["creditsLine"]["vatRate"] if line["creditsLine"] else invoice["agreedVatRate"]
    is_unsaid = None not in (unsaid, line["vatRate"]) and Decimal(line["vatRate"]) == Decimal(unsaid)
    return {
        **_own_days(line, invoice),
        **{name: None if line[name] == invoice[name] else line[name] for name in _FROM_HEAD},
        "text": line["text"],
        "ground": line["ground"],
        "milestonePosition": line["milestonePosition"],
        "priceGroupCode": line["priceGroupCode"],
        **effort,
        "unitPrice": line["unitPrice"],
        "amount": None if amount == _product_of(effort, line["unitPrice"]) else format(amount, "f"),
        "vatRate": None if is_unsaid else line["vatRate"],
        "creditsLineId": line["creditsLine"] and line["creditsLine"]["id"],
    }


def _own_days(line: Read, head: Read) -> dict[str, Any]:
    """The days of a line's work, where they are other than the head's."""
    return {} if all(line[day] == head[day] for day in _DAYS) else {day: line[day] for day in _DAYS}


def _effort_of(line: Read, sign: int) -> dict[str, Any]:
    """Whole minutes of hours are typed as hours; any other quantity as it is, in its unit."""
    if line["quantity"] is None:
        return {"unit": line["unit"]}
    quantity = sign * Decimal(line["quantity"])
    minutes = quantity * 60
    whole = minutes.quantize(Decimal(1))
    if line["unit"] == "HUR" and abs(minutes - whole) < Decimal("0.0001"):  # six decimals of an hour were kept
        return {"minutes": int(whole)}
    return {"quantity": format(quantity, "f"), "unit": line["unit"]}


def _is_of_whole_minutes(line: Read) -> bool:
    return line["unit"] == "MIN" and line["quantity"] is not None and Decimal(line["quantity"]) % 1 == 0


def _product_of(effort: Read, unit_price: str | None) -> Decimal | None:
    if unit_price is None:
        return None
    if "minutes" in effort:
        return line_amount(effort["minutes"], Decimal(unit_price))
    return round_cents(Decimal(effort["quantity"]) * Decimal(unit_price)) if "quantity" in effort else None


def as_credit(line: Read, head: Read) -> dict[str, Any]:
    """A line of a credit note that takes back all that is left of a line: hours for the money that is left of them.

    `head` has the days that the credit note says for all its lines.

    Of a sum (a part of a fixed price, the price of a ticket) and of what is no whole minutes it is money alone.
    """
    is_of_sum = line["milestone"] or (line["billing"] and line["billing"]["amount"])
    credited = Decimal(line["creditedAmount"]["amount"])
    left = Decimal(line["amount"]["amount"]) - credited
    has_hours = not is_of_sum and line["minutes"] and ("minutes" in _effort_of(line, 1) or _is_of_whole_minutes(line))
    effort = {"minutes": line["minutes"]} if has_hours else {}
    is_product = _product_of(effort, line["hourlyPrice"]) == left
    return {
        "text": line["text"],
        "orderReference": line["orderReference"],
        "milestonePosition": line["milestone"]["position"] if line["milestone"] else line["milestonePosition"],
        **_own_days(line, head),
        "priceGroupCode": line["priceGroupCode"],
        "minutes": effort.get("minutes"),
        "unitPrice": line["hourlyPrice"] if effort and (is_product or not credited) else None,
        "amount": None if is_product else format(left, "f"),
        "creditsLineId": line["id"],
    }
