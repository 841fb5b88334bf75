"""What is approved of invoices, for the accounts: of a time, a supplier and a service, as a list or as a file.

A line stands under the day of its approval with its own amount, a credit below nought under the day from which both it
and what it credits are approved: files of times once taken along stay true, and add up to what is to be paid.
"""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import start_of_day
from web.forms import Form
from web.invoices import exporting
from web.listing import day_of
from web.pages import ROWS, Page, found
from web.routing import get
from web.sheets import writer_of

FIRST, LAST = "alku", "loppu"
"""Days of the address: approved from the first to the last of them."""


def _asked(page: Page) -> tuple[Form, dict[str, Any]]:
    """The filters of the address, and what they come to in the schema."""
    form = page.filters("InvoiceLineFilter", also=(FIRST, LAST))
    first, last = day_of(form, FIRST), day_of(form, LAST)
    where = {name: value for name, value in form.variables.items() if value is not None}
    where |= {"isPayable": True, "payableFrom": _instant(first), "payableBefore": _instant(last, after=1)}
    return form, {name: value for name, value in where.items() if value is not None}


def _instant(day: date | None, after: int = 0) -> str | None:
    return None if day is None else start_of_day(day + timedelta(days=after)).isoformat()


async def show(page: Page) -> Response:
    form, where = _asked(page)
    chooses = page.actor.kind is ActorKind.BUYER
    data = await page.query(
        "invoices/approved.graphql", where=where, first=ROWS, after=page.params.get("after"), chooses=chooses
    )
    return await page.render(
        "invoices/approved.html",
        block="results",
        form=form,
        lines=found(data["invoiceLines"]),
        figures=data["invoiceLineFigures"],
        services=[(each["id"], each["name"]) for each in data["services"]["nodes"]],
        suppliers=[(each["id"], each["name"]) for each in (data.get("suppliers") or {"nodes": []})["nodes"]],
    )


async def export(page: Page) -> Response:
    """The lines that the address asks for, as CSV or XLSX."""
    write = writer_of(page)
    _, where = _asked(page)
    return await write(page, "hyvaksytyt-laskurivit", exporting.HEADINGS, await exporting.rows_of(page, where))


routes = [
    get("/laskut/hyvaksytyt", show, name="invoices.approved"),
    get("/laskut/hyvaksytyt.{kind}", export, name="invoices.export"),
]
