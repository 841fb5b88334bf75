"""The register of documents: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text, label, show, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, found
from web.routing import get
from web.sheets import Cell, as_csv, as_xlsx, every_row

SORTS: Final = {("ADDED", True): "NEWEST", ("ADDED", False): "OLDEST", ("REVIEW", False): "REVIEW_FIRST"}
HEADINGS: Final = (
    Text("Document"),
    Text("Kind"),
    Text("Service"),
    Text("Who answers"),
    Text("Owner"),
    Text("Version"),
    Text("Updated"),
    Text("Review by"),
    Text("Outdated"),
    Text("State"),
)


def asked(page: Page) -> tuple[Form, tuple[str, bool], dict[str, Any]]:
    """The filters of the address, how it sorts, and both as variables of the query."""
    form = page.filters("DocumentFilter")
    sorted_by = page.sort("REVIEW", "ADDED")
    where = {name: value for name, value in form.variables.items() if value is not None and value != []}
    today = helsinki_date(now()).isoformat()
    return form, sorted_by, {"where": where, "sort": SORTS.get(sorted_by, "REVIEW_FIRST"), "today": today}


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page)
    data = await page.query("papers/list.graphql", **variables, **page.window())
    return await page.render(
        "papers/list.html",
        block="results",
        form=form,
        sorted=sorted_by,
        documents=data["documents"],
        today=variables["today"],
        may_add=page.actor.may(Right.KEEP_DOCUMENTS),
    )


async def export(page: Page) -> Response:
    write = found({"csv": as_csv, "xlsx": as_xlsx}.get(page.path("kind")))
    _, _, variables = asked(page)
    nodes = await every_row(page, "papers/list.graphql", "documents", variables)
    return await write(page, "asiakirjat", HEADINGS, [_row(page, document) for document in nodes])


def _row(page: Page, document: dict[str, Any]) -> list[Cell]:
    return [
        document["title"],
        translate(label("DocumentKind", document["kind"]), page.language),
        (document["service"] or {}).get("name"),
        document["organisation"]["name"],
        (document["owner"] or {}).get("name"),
        (document["newest"] or {}).get("ordinal"),
        document["updatedAt"],
        document["reviewOn"],
        show(document["isOutdated"], page.language),
        translate(label("DocumentState", document["state"]), page.language),
    ]


routes = [
    get("/asiakirjat", listed, name="papers.list"),
    get("/asiakirjat/vienti.{kind}", export, name="papers.export"),
]
