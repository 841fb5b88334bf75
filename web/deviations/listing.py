"""The list of quality deviations: narrowed by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem
from web.routing import get
from web.sheets import Cell, every_row, writer_of

HEADINGS: Final = (
    Text("Number"),
    Text("Kind"),
    Text("Service"),
    Text("Supplier"),
    Text("Ticket"),
    Text("State"),
    Text("Arose"),
    Text("Root cause"),
    Text("What was done"),
    Text("What is planned"),
    Text("How the like is prevented"),
    Text("Report given"),
)


def asked(page: Page) -> tuple[Form, dict[str, Any]]:
    """The filters of the address, and as variables of the query."""
    form = page.filters("QualityDeviationFilter")
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    return form, {"where": where}


def _refuse_others(page: Page) -> None:
    """Whoever reports or measures sees the list; a customer reads on its own tickets what came of them."""
    if not (page.actor.may(Right.REPORT) or page.actor.may(Right.MEASURE_DEVIATIONS)):
        raise Problem(403)


async def listed(page: Page) -> Response:
    _refuse_others(page)
    form, variables = asked(page)
    data = await page.query("deviations/deviations.graphql", **variables, **page.window())
    return await page.render(
        "deviations/deviations.html",
        block="results",
        form=form,
        deviations=data["qualityDeviations"],
        figures=data["qualityFigures"],
    )


async def export(page: Page) -> Response:
    _refuse_others(page)
    write = writer_of(page)
    _, variables = asked(page)
    nodes = await every_row(page, "deviations/deviations.graphql", "qualityDeviations", variables)
    return await write(page, "laatupoikkeamat", HEADINGS, [_row(page, each) for each in nodes])


def _row(page: Page, deviation: dict[str, Any]) -> list[Cell]:
    return [
        deviation["number"],
        translate(label("DeviationKind", deviation["kind"]), page.language),
        deviation["service"]["name"],
        deviation["supplier"] and deviation["supplier"]["name"],
        deviation["ticket"] and deviation["ticket"]["number"],
        translate(label("DeviationState", deviation["state"]), page.language),
        deviation["arisenAt"],
        _cause(deviation),
        deviation["done"],
        deviation["planned"],
        deviation["prevention"],
        deviation["reportedAt"],
    ]


def _cause(deviation: dict[str, Any]) -> str | None:
    """Of the root cause of an incident of wide reach, what it is."""
    ticket = deviation["ticket"] if deviation["kind"] == "WIDE_CAUSE" else None
    return ticket and ticket["rootCause"]


routes = [
    get("/laatupoikkeamat", listed, name="deviations.list"),
    get("/laatupoikkeamat/vienti.{kind}", export, name="deviations.export"),
]
