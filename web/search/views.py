"""One box for what one has in hand: a number leads straight to its thing, words to a list of what one may see."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text
from web.naming import numbers_of
from web.pages import Page
from web.routing import get

KINDS: Final = (
    ("tickets", Text("Requests and incidents")),
    ("messages", Text("What is written on requests and incidents")),
    ("posts", Text("What is written in groups")),
    ("groups", Text("Groups")),
    ("orders", Text("Orders")),
    ("complaints", Text("Complaints")),
    ("responses", Text("Responses to complaints")),
    ("deviations", Text("Quality deviations")),
    ("recurrences", Text("What recurs")),
    ("bulletins", Text("Bulletins")),
    ("documents", Text("Documents")),
    ("versions", Text("What is new in documents")),
    ("products", Text("Service catalogue")),
    ("invoices", Text("Invoices")),
    ("billing", Text("Approved for billing")),
    ("agreements", Text("Agreements")),
    ("services", Text("Services")),
    ("organisations", Text("Organisations")),
    ("people", Text("People")),
    ("rights", Text("Ordering rights")),
    ("permissions", Text("Permissions to write to customers")),
    ("mails", Text("Mail that came in")),
)
"""What is searched, in the order of the page; that in which a number fits comes before the rest."""
WHOSE: Final = ("customer", "supplier", "organisation", "service", "person")
MOST: Final = 200
MOST_COUNTED: Final = 100
MOST_LETTERS: Final = 160


async def show(page: Page) -> Response:
    words = " ".join(page.params.get("haku", "").split())[:MOST]
    found: dict[str, Any] = {}
    if words:
        found = await page.query("search/search.graphql", words=words)
        hits = [hit for each in found.values() if each for hit in each["nodes"] if hit["thing"]]
        exact = [hit["thing"] for hit in hits if hit["isExact"]]
        if len(exact) == 1 and exact[0]["url"]:
            return RedirectResponse(exact[0]["url"], 303)
    groups = [(key, title, _group(found[key])) for key, title in KINDS if found.get(key)]
    groups.sort(key=lambda group: group[2]["order"])
    return await page.render("search/search.html", words=words, groups=[each for each in groups if each[2]["rows"]])


def _group(found: Mapping[str, Any]) -> dict[str, Any]:
    """A kind's things as rows: what each is called, its number, whose it is; and how many there are, if few enough."""
    rows = [_row(hit["thing"]) for hit in found["nodes"] if hit["thing"]]
    total = found["totalCount"]
    best = next(iter(found["nodes"]), {"isExact": False, "byNumber": False})
    order = 0 if best["isExact"] else 1 if best["byNumber"] else 2
    return {"rows": rows, "total": total if total <= MOST_COUNTED else None, "order": order}


def _row(thing: Mapping[str, Any]) -> dict[str, Any]:
    ticket, body, complaint, document = (thing.get(of) for of in ("ticket", "body", "complaint", "document"))
    if ticket:
        key = thing["id"].partition(":")[2]
        anchor = f"{thing['url']}?viesti={key}#viesti-{key}"
        return {"name": _beginning(thing["text"]), "number": ticket["number"], "of": ticket["title"], "url": anchor}
    if body:
        key = thing["id"].partition(":")[2]
        anchor = f"{thing['url']}?kirjoitus={key}#kirjoitus-{key}"
        return {"name": _beginning(thing["text"]), "number": None, "of": body["name"], "url": anchor}
    if complaint:
        name, of = _beginning(thing["summary"]) or complaint["title"], complaint["title"]
        return {"name": name, "number": complaint["number"], "of": of, "url": thing["url"]}
    if document:
        return {"name": _beginning(thing["note"]), "number": None, "of": document["title"], "url": thing["url"]}
    return {
        "name": thing["title"] or thing["number"],
        "number": numbers_of(thing) or None if thing["title"] else None,
        "of": _whose(thing),
        "url": thing["url"],
    }


def _whose(thing: Mapping[str, Any]) -> str | None:
    return thing.get("senderName") or next((thing[of]["name"] for of in WHOSE if thing.get(of)), None)


def _beginning(text: str) -> str:
    """As much of a text as is read at a glance."""
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_LETTERS else f"{plain[:MOST_LETTERS].rpartition(' ')[0]} …"


routes = [get("/haku", show, name="search.show")]
