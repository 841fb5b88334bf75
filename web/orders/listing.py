"""The list of orders: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.rulebook.roles import Right
from web.forms import Form
from web.orders import exporting
from web.pages import ROWS, Page, found
from web.routing import get
from web.sheets import as_csv, as_xlsx

SORTS: Final = {
    ("MADE", True): "NEWEST",
    ("MADE", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
    ("AMOUNT", True): "LARGEST",
    ("AMOUNT", False): "SMALLEST",
}


def asked(page: Page) -> tuple[Form, tuple[str, bool], dict[str, Any]]:
    """The filters of the address, how it sorts, and both as variables of the query."""
    form = page.filters("OrderFilter")
    sorted_by = page.sort("-MADE", "MADE", "DUE", "AMOUNT")
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    return form, sorted_by, {"where": where, "sort": SORTS[sorted_by]}


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page)
    data = await page.query("orders/orders.graphql", **variables, first=ROWS, after=page.params.get("after"))
    return await page.render(
        "orders/orders.html",
        block="results",
        form=form,
        sorted=sorted_by,
        orders=data["orders"],
        figures=data["orderFigures"],
        today=helsinki_date(now()).isoformat(),
        may_order=page.actor.may(Right.PREPARE_ORDERS),
        may_ask=page.actor.may(Right.REQUEST_WORK),
    )


async def export(page: Page) -> Response:
    write = found({"csv": as_csv, "xlsx": as_xlsx}.get(page.path("kind")))
    _, _, variables = asked(page)
    return await write(page, "tilaukset", exporting.HEADINGS, await exporting.rows_of(page, variables))


routes = [
    get("/tilaukset", listed, name="orders.list"),
    get("/tilaukset/vienti.{kind}", export, name="orders.export"),
]
