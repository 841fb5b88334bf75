"""The list of orders: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.rulebook.roles import Right
from web.listing import Sorts, asked, most_counted
from web.orders import exporting
from web.pages import ROWS, Page
from web.routing import get
from web.sheets import writer_of

SORTS: Final[Sorts] = {
    ("MADE", True): "NEWEST",
    ("MADE", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
    ("AMOUNT", True): "LARGEST",
    ("AMOUNT", False): "SMALLEST",
}


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page, "OrderFilter", SORTS)
    data = await page.query("orders/orders.graphql", **variables, first=ROWS, after=page.params.get("after"))
    return await page.render(
        "orders/orders.html",
        block="results",
        form=form,
        sorted=sorted_by,
        orders=data["orders"],
        most=most_counted(variables["where"]),
        figures=data["orderFigures"],
        today=helsinki_date(now()).isoformat(),
        may_order=page.actor.may(Right.PREPARE_ORDERS),
        may_ask=page.actor.may(Right.REQUEST_WORK),
    )


async def export(page: Page) -> Response:
    write = writer_of(page)
    _, _, variables = asked(page, "OrderFilter", SORTS)
    return await write(page, "tilaukset", exporting.HEADINGS, await exporting.rows_of(page, variables))


routes = [
    get("/tilaukset", listed, name="orders.list"),
    get("/tilaukset/vienti.{kind}", export, name="orders.export"),
]
