"""The list of invoices: narrowed and sorted by its address; what is approved of them as a file for the accounts."""

from datetime import date
from typing import Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date, month_of
from backend.kit.clock import now
from backend.rulebook.roles import Right
from web.invoices import exporting
from web.listing import Sorts, asked
from web.pages import ROWS, Page, found
from web.routing import get
from web.sheets import writer_of

SORTS: Final[Sorts] = {
    ("ARRIVED", True): "NEWEST",
    ("ARRIVED", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
    ("AMOUNT", True): "LARGEST",
    ("AMOUNT", False): "SMALLEST",
}
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
    """Approved lines of the invoices' suppliers, as CSV or XLSX."""
    write = writer_of(page)
    rows = await exporting.rows_of(page, {"states": ["APPROVED"]})
    return await write(page, "hyvaksytyt-laskurivit", exporting.HEADINGS, rows)


routes = [
    get("/laskut", listed, name="invoices.list"),
    get("/laskut/hyvaksytyt.{kind}", export, name="invoices.export"),
]
