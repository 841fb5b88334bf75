"""The list of invoices: narrowed and sorted by its address, page by page, or all of it as a file."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.clock import now
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.listing import Sorts, asked
from web.pages import ROWS, Page, found
from web.routing import get
from web.sheets import Cell, every_row, writer_of

SORTS: Final[Sorts] = {
    ("ARRIVED", True): "NEWEST",
    ("ARRIVED", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
    ("AMOUNT", True): "LARGEST",
    ("AMOUNT", False): "SMALLEST",
}
HEADINGS: Final = (
    Text("Invoice"),
    Text("Supplier"),
    Text("Kind"),
    Text("State"),
    Text("Invoice date"),
    Text("Arrived"),
    Text("Late"),
    Text("Payable by"),
    Text("Errors"),
    Text("Warnings"),
    Text("Without VAT, €"),
    Text("VAT, €"),
    Text("Total with VAT, €"),
    Text("Approved, without VAT, €"),
    Text("Disputed, without VAT, €"),
)
MONTHS: Final = 18
"""How many past months can be chosen."""


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page, "InvoiceFilter", SORTS)
    chooses = page.actor.kind is ActorKind.BUYER
    data = await page.query(
        "invoices/invoices.graphql", **variables, first=ROWS, after=page.params.get("after"), chooses=chooses
    )
    today = helsinki_date(now())
    return await page.render(
        "invoices/invoices.html",
        block="results",
        form=form,
        sorted=sorted_by,
        invoices=found(data["invoices"]),
        figures=data["invoiceFigures"],
        suppliers=[(each["id"], each["name"]) for each in (data.get("suppliers") or {"nodes": []})["nodes"]],
        services=[(each["id"], each["name"]) for each in (data["services"] or {"nodes": []})["nodes"]],
        months=_months(today),
        today=today.isoformat(),
        may_send=page.actor.kind is ActorKind.SUPPLIER and page.actor.may(Right.SEND_INVOICES),
        may_judge=page.actor.may(Right.JUDGE_INVOICES),
    )


def _months(today: date) -> list[tuple[str, str]]:
    """Months as choices: their first day, and how they are written."""
    month = month_of(today)
    past = [month - n for n in range(MONTHS)]
    return [(each.first_day.isoformat(), f"{each.number}/{each.year}") for each in past]


async def export(page: Page) -> Response:
    """All invoices that the address asks for, narrowed and sorted as the list is."""
    write = writer_of(page)
    _, _, variables = asked(page, "InvoiceFilter", SORTS)
    nodes = await every_row(page, "invoices/export_list.graphql", "invoices", variables)
    return await write(page, "laskut", HEADINGS, [_row(page, invoice) for invoice in nodes])


def _row(page: Page, invoice: dict[str, Any]) -> list[Cell]:
    return [
        invoice["number"],
        invoice["supplier"]["name"],
        translate(label("InvoiceKind", invoice["kind"]), page.language),
        translate(label("InvoiceState", invoice["state"]), page.language),
        invoice["issuedOn"],
        invoice["arrivedAt"],
        translate(Text("Yes"), page.language) if invoice["isLate"] else None,
        invoice["dueOn"],
        invoice["errors"],
        invoice["warnings"],
        *(Decimal(invoice[name]["amount"]) for name in ("net", "vat", "gross", "approvedTotal", "disputedTotal")),
    ]


routes = [
    get("/laskut", listed, name="invoices.list"),
    get("/laskut/vienti.{kind}", export, name="invoices.export_list"),
]
