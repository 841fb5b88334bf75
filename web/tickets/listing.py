"""The list of tickets: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, found
from web.routing import get
from web.sheets import Cell, as_csv, as_xlsx, every_row

SORTS: Final = {
    ("MADE", True): "NEWEST",
    ("MADE", False): "OLDEST",
    ("DUE", False): "DUE_FIRST",
    ("DUE", True): "DUE_LAST",
}
HEADINGS: Final = (
    Text("Number"),
    Text("Title"),
    Text("Kind"),
    Text("State"),
    Text("Class"),
    Text("Customer"),
    Text("Service"),
    Text("Reported"),
    Text("Resolved"),
    Text("Due"),
)


def asked(page: Page) -> tuple[Form, tuple[str, bool], dict[str, Any]]:
    """The filters of the address, how it sorts, and both as variables of the query."""
    form = page.filters("TicketFilter")
    sorted_by = page.sort("-MADE", "MADE", "DUE")
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    return form, sorted_by, {"where": where, "sort": SORTS[sorted_by]}


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page)
    data = await page.query("tickets/tickets.graphql", **variables, **page.window())
    return await page.render(
        "tickets/tickets.html",
        block="results",
        form=form,
        sorted=sorted_by,
        tickets=data["tickets"],
        figures=data["ticketFigures"],
        now=clock.now().isoformat(),
        is_party=page.actor.kind is not ActorKind.CUSTOMER,
        may_report=page.actor.may(Right.REPORT_TICKETS),
    )


async def export(page: Page) -> Response:
    write = found({"csv": as_csv, "xlsx": as_xlsx}.get(page.path("kind")))
    _, _, variables = asked(page)
    nodes = await every_row(page, "tickets/tickets.graphql", "tickets", variables)
    return await write(page, "pyynnot", HEADINGS, [_row(page, ticket) for ticket in nodes])


def _row(page: Page, ticket: dict[str, Any]) -> list[Cell]:
    def said(kind: str, member: str) -> str:
        return translate(label(kind, member), page.language)

    return [
        ticket["number"],
        ticket["title"],
        said("TicketKind", ticket["kind"]),
        said("TicketState", ticket["state"]),
        said("Criticality", ticket["criticality"]),
        ticket["customer"] and ticket["customer"]["name"],
        ticket["service"]["name"],
        ticket["reportedAt"],
        ticket["resolvedAt"],
        ticket["dueAt"],
    ]


routes = [
    get("/pyynnot", listed, name="tickets.list"),
    get("/pyynnot/vienti.{kind}", export, name="tickets.export"),
]
