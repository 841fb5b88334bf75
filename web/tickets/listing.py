"""The list of tickets: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.listing import Sorts, asked, most_counted
from web.pages import Page
from web.routing import get
from web.sheets import Cell, every_row, writer_of
from web.tickets.bulk_views import offered
from web.tickets.desk import is_of_desk, sees_mail

SORTS: Final[Sorts] = {
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


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page, "TicketFilter", SORTS)
    data = await page.query("tickets/tickets.graphql", **variables, **page.window())
    return await page.render(
        "tickets/tickets.html",
        block="results",
        form=form,
        sorted=sorted_by,
        tickets=data["tickets"],
        most=most_counted(variables["where"]),
        figures=data["ticketFigures"],
        now=clock.now().isoformat(),
        is_party=page.actor.kind is not ActorKind.CUSTOMER,
        bulks=offered(page, data["tickets"]["nodes"]),
        is_of_desk=is_of_desk(page.actor),
        sees_mail=sees_mail(page.actor),
        may_report=page.actor.may(Right.REPORT_TICKETS),
    )


async def export(page: Page) -> Response:
    write = writer_of(page)
    _, _, variables = asked(page, "TicketFilter", SORTS)
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
