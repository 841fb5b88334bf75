"""What is approved of invoices, line by line, for the accounts."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text, label, translate
from web.pages import Page
from web.sheets import Cell, every_row

HEADINGS: Final = (
    Text("Supplier"),
    Text("Business identifier"),
    Text("Invoice"),
    Text("Kind"),
    Text("Invoice date"),
    Text("Payable by"),
    Text("Buyer's reference"),
    Text("Line"),
    Text("Text"),
    Text("Order"),
    Text("Supplier's number"),
    Text("First day"),
    Text("Last day"),
    Text("Price group"),
    Text("Hours"),
    Text("Price, €/h"),
    Text("Amount without VAT, €"),
    Text("VAT, %%"),
    Text("VAT, €"),
    Text("Approved by"),
    Text("Approved on"),
    Text("Credited invoice"),
    Text("Credited line"),
)
DAY: Final = HEADINGS.index(Text("Approved on"))
"""The place of the day of approval in a row."""


async def rows_of(page: Page, where: dict[str, Any]) -> list[list[Cell]]:
    """All lines that the filter lets through, each with its amount and its VAT; what takes back stands below nought.

    By the day of their approval, of each day invoice by invoice.
    """
    lines = await every_row(page, "invoices/export.graphql", "invoiceLines", {"where": where})
    return sorted((_row(page, line) for line in lines), key=lambda row: str(row[DAY]))


def _row(page: Page, line: dict[str, Any]) -> list[Cell]:
    invoice, order, credited = line["invoice"], line["order"], line["creditsLine"]
    rate = Decimal(line["vatRate"]) if line["vatRate"] is not None else None
    return [
        invoice["supplier"]["name"],
        invoice["supplier"]["businessId"],
        invoice["number"],
        translate(label("InvoiceKind", invoice["kind"]), page.language),
        invoice["issuedOn"],
        invoice["dueOn"],
        invoice["buyerReference"],
        line["position"],
        line["text"],
        order["number"] if order else line["orderReference"],
        order and order["supplierNumber"],
        line["periodFirst"],
        line["periodLast"],
        line["priceGroupCode"],
        None if line["invoicedMinutes"] is None else round(Decimal(line["invoicedMinutes"]) / 60, 2),
        None if line["hourlyPrice"] is None else Decimal(line["hourlyPrice"]).normalize(),
        Decimal(line["amount"]["amount"]),
        None if rate is None else rate.normalize(),
        None if line["vat"] is None else Decimal(line["vat"]["amount"]),
        line["decidedBy"] and line["decidedBy"]["name"],
        line["payableAt"] and helsinki_date(datetime.fromisoformat(line["payableAt"])).isoformat(),
        credited and credited["invoice"]["number"],
        credited and credited["position"],
    ]
