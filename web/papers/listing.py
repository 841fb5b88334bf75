"""The register of documents: narrowed and sorted by its address, page by page, or all of it as a file."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text, label, show, translate
from backend.rulebook.roles import Right
from web.listing import Sorts, asked
from web.pages import Page
from web.routing import get
from web.sheets import Cell, every_row, writer_of

SORTS: Final[Sorts] = {
    ("REVIEW", False): "REVIEW_FIRST",
    ("REVIEW", True): "REVIEW_LAST",
    ("ADDED", True): "NEWEST",
    ("ADDED", False): "OLDEST",
}
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


async def listed(page: Page) -> Response:
    form, sorted_by, variables = asked(page, "DocumentFilter", SORTS)
    today = helsinki_date(now()).isoformat()
    data = await page.query("papers/list.graphql", **variables, today=today, **page.window())
    return await page.render(
        "papers/list.html",
        block="results",
        form=form,
        sorted=sorted_by,
        documents=data["documents"],
        may_add=page.actor.may(Right.KEEP_DOCUMENTS),
    )


async def export(page: Page) -> Response:
    write = writer_of(page)
    _, _, variables = asked(page, "DocumentFilter", SORTS)
    variables["today"] = helsinki_date(now()).isoformat()
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
