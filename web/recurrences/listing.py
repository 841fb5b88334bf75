"""The list of what recurs: narrowed by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, translate
from web.forms import Form
from web.pages import Page, Problem
from web.routing import get
from web.sheets import Cell, every_row, writer_of

HEADINGS: Final = (
    Text("Shared words"),
    Text("Kind"),
    Text("Service"),
    Text("Supplier"),
    Text("Within"),
    Text("State"),
    Text("Tickets"),
    Text("Customers"),
    Text("First"),
    Text("Last"),
    Text("A month, when it was proposed"),
    Text("Expected a month"),
)


def asked(page: Page) -> tuple[Form, dict[str, Any]]:
    """The filters of the address, and as variables of the query."""
    form = page.filters("RecurrenceFilter")
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    return form, {"where": where}


def _refuse_others(page: Page) -> None:
    """What recurs is between Tiera and its suppliers."""
    if page.actor.kind is ActorKind.CUSTOMER:
        raise Problem(403)


async def listed(page: Page) -> Response:
    _refuse_others(page)
    form, variables = asked(page)
    data = await page.query("recurrences/recurrences.graphql", **variables, **page.window(), chooses=True)
    return await page.render(
        "recurrences/recurrences.html",
        block="results",
        form=form,
        recurrences=data["recurrences"],
        services=[(each["id"], each["name"]) for each in data["services"]["nodes"]],
        customers=[(each["id"], each["name"]) for each in data["customers"]["nodes"]],
    )


async def export(page: Page) -> Response:
    _refuse_others(page)
    write = writer_of(page)
    _, variables = asked(page)
    nodes = await every_row(page, "recurrences/recurrences.graphql", "recurrences", {**variables, "chooses": False})
    return await write(page, "toistuvat", HEADINGS, [_row(page, each) for each in nodes])


def _row(page: Page, recurrence: dict[str, Any]) -> list[Cell]:
    return [
        recurrence["title"],
        translate(label("TicketKind", recurrence["kind"]), page.language),
        recurrence["service"]["name"],
        recurrence["supplier"]["name"],
        recurrence["customer"]["name"] if recurrence["customer"] else translate(Text("all customers"), page.language),
        translate(label("RecurrenceState", recurrence["state"]), page.language),
        recurrence["ticketCount"],
        recurrence["customerCount"],
        recurrence["firstAt"],
        recurrence["lastAt"],
        recurrence["perMonth"] and float(recurrence["perMonth"]),
        recurrence["expectedPerMonth"] and float(recurrence["expectedPerMonth"]),
    ]


routes = [
    get("/toistuvat", listed, name="recurrences.list"),
    get("/toistuvat/vienti.{kind}", export, name="recurrences.export"),
]
