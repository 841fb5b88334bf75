"""One box for what one has in hand: a number leads straight to its thing, words to a list of what one may see."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.pages import Page
from web.routing import get

KINDS: Final = (
    ("tickets", Text("Requests and incidents")),
    ("orders", Text("Orders")),
    ("invoices", Text("Invoices")),
    ("complaints", Text("Complaints")),
    ("agreements", Text("Agreements")),
    ("people", Text("People")),
)
"""What is searched, in the order of the page."""
MOST: Final = 200


async def show(page: Page) -> Response:
    words = " ".join(page.params.get("haku", "").split())[:MOST]
    found: dict[str, Any] = {}
    if words:
        may_see_invoices = page.actor.may(Right.SEE_INVOICES)
        found = await page.query("search/search.graphql", words=words, invoices=may_see_invoices)
        exact = found["orderByNumber"] or found["ticketByNumber"] or found["complaintByNumber"]
        if exact:
            return RedirectResponse(exact["url"], 303)
    groups = [(key, title, _group(found[key])) for key, title in KINDS if found.get(key)]
    return await page.render("search/search.html", words=words, groups=[each for each in groups if each[2]["rows"]])


def _group(found: Any) -> dict[str, Any]:
    """A kind's things as rows: what each is called, its number, whose it is, where it stands."""
    rows = [
        {
            "name": thing.get("title") or thing.get("name") or thing.get("number"),
            "number": thing.get("number") if thing.get("title") or thing.get("name") else None,
            "of": (thing.get("customer") or thing.get("supplier") or {}).get("name"),
            "url": thing["url"],
        }
        for thing in found["nodes"]
    ]
    return {"rows": rows, "total": found["totalCount"]}


routes = [get("/haku", show, name="search.show")]
