"""One box for what one has in hand: a number leads straight to its thing, words to a list of what one may see."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text
from web.naming import numbers_of
from web.pages import Page
from web.routing import get

KINDS: Final = (
    (("tickets",), Text("Requests and incidents")),
    (("messages", "agreed", "ratings", "effects"), Text("What is written on requests and incidents")),
    (("posts",), Text("What is written in groups")),
    (("groups",), Text("Groups")),
    (("orders",), Text("Orders")),
    (
        ("estimates", "options", "offered", "parts", "forecasts", "overruns", "revisions"),
        Text("Estimates, parts and reasons of orders"),
    ),
    (("hours",), Text("Hours")),
    (("complaints",), Text("Complaints")),
    (("responses", "sanctions"), Text("Responses to complaints, and decisions")),
    (("deviations",), Text("Quality deviations")),
    (("recurrences",), Text("What recurs")),
    (("bulletins",), Text("Bulletins")),
    (("documents",), Text("Documents")),
    (("versions",), Text("What is new in documents")),
    (("files",), Text("Files")),
    (("products", "offers"), Text("Service catalogue")),
    (("invoices",), Text("Invoices")),
    (("lines", "disputes"), Text("Lines of invoices")),
    (("billing",), Text("Approved for billing")),
    (("agreements",), Text("Agreements")),
    (("services",), Text("Services")),
    (("organisations",), Text("Organisations")),
    (("people", "competences"), Text("People")),
    (("rights",), Text("Ordering rights")),
    (("permissions",), Text("Permissions to write to customers")),
    (("mails",), Text("Mail that came in")),
)
"""What is searched, in the order of the page; that in which a number fits comes before the rest."""


class Part(NamedTuple):
    """How something is shown that stands within a larger thing."""

    words: str | None
    """Its field of words; None: its title says enough."""
    within: tuple[str, ...]
    """The way to what it stands in."""
    anchor: str | None = None
    """By what that thing's page shows it."""
    shown_with: str | None = None
    """With what of that thing it is shown, where the page has no place for it alone."""


PARTS: Final[Mapping[str, Part]] = {
    "messages": Part("text", ("ticket",), "viesti"),
    "agreed": Part("reason", ("message", "ticket"), "viesti", "message"),
    "ratings": Part("word", ("ticket",)),
    "effects": Part("reason", ("ticket",)),
    "posts": Part("text", ("body",), "kirjoitus"),
    "estimates": Part("noneBetterStatement", ("order",)),
    "options": Part(None, ("estimate", "order")),
    "offered": Part(None, ("option", "estimate", "order")),
    "parts": Part(None, ("order",)),
    "forecasts": Part("note", ("order",)),
    "overruns": Part("reason", ("order",)),
    "revisions": Part("reason", ("order",)),
    "hours": Part("description", ("target",)),
    "responses": Part("summary", ("complaint",)),
    "sanctions": Part("reason", ("complaint",)),
    "versions": Part("note", ("document",)),
    "offers": Part("description", ()),
    "lines": Part("text", ("invoice",)),
    "disputes": Part("reason", ("line", "invoice")),
    "competences": Part("competence", ("role", "person")),
}
HOLDERS: Final[Mapping[str, Part]] = {
    "ticket": Part(None, ("ticket",), "viesti"),
    "body": Part(None, ("body",), "kirjoitus"),
    **{of: Part(None, (of,)) for of in ("complaint", "sanctioned", "document", "order")},
}
"""Where what has a file stands within something: by the field that leads there."""
WHOSE: Final = ("customer", "supplier", "organisation", "service", "person")
MOST: Final = 200
MOST_COUNTED: Final = 100
MOST_SHOWN: Final = 20
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
    groups = [(names[0], title, _group(names, found)) for names, title in KINDS if found]
    groups.sort(key=lambda group: group[2]["order"])
    return await page.render("search/search.html", words=words, groups=[each for each in groups if each[2]["rows"]])


def _group(names: Sequence[str], found: Mapping[str, Any]) -> dict[str, Any]:
    """Things of some kinds as rows: what each is called, its number, whose it is; how many there are, if few enough."""
    its = [(name, found[name]) for name in names if found.get(name)]
    hits = [(name, hit) for name, each in its for hit in each["nodes"] if hit["thing"]]
    hits.sort(key=lambda each: not each[1]["isWhole"])
    totals = [each["totalCount"] for _, each in its]
    best = max(((hit["isExact"], hit["byNumber"]) for _, hit in hits), default=(False, False))
    return {
        "rows": [
            _file(hit["thing"]) if name == "files" else _row(hit["thing"], PARTS.get(name))
            for name, hit in hits[:MOST_SHOWN]
        ],
        "total": sum(totals) if max(totals, default=0) <= MOST_COUNTED else None,
        "order": 2 - sum(best),
    }


def _row(thing: Mapping[str, Any], part: Part | None) -> dict[str, Any]:
    if part is None:
        number = numbers_of(thing) or None if thing["title"] else None
        name = thing["title"] or thing["number"]
        return {"name": name, "number": number, "of": _whose(thing), "url": thing["url"]}
    whole: Mapping[str, Any] = thing
    for step in part.within:
        whole = whole[step] or {}
    called = whole.get("title") or whole.get("name") or _whose(whole)
    written = _beginning(thing[part.words] or "") if part.words else None
    url = whole.get("url") or thing["url"]
    if part.anchor:
        key = (thing[part.shown_with] if part.shown_with else thing)["id"].partition(":")[2]
        url = f"{url}?{part.anchor}={key}#{part.anchor}-{key}"
    whose = numbers_of(whole) or (thing.get("person") or {}).get("name")
    return {"name": written or thing["title"] or called, "number": whose, "of": called, "url": url}


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file leads to what has it, and is said to be of that, or of what that stands in."""
    if not (holder := file["about"]):
        return _row(file, None)
    part = next((part for of, part in HOLDERS.items() if holder.get(of)), None)
    row = _row(holder, part)
    return {**row, "name": file["title"], "of": row["of"] if part else row["name"]}


def _whose(thing: Mapping[str, Any]) -> str | None:
    return thing.get("senderName") or next((thing[of]["name"] for of in WHOSE if thing.get(of)), None)


def _beginning(text: str) -> str:
    """As much of a text as is read at a glance."""
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_LETTERS else f"{plain[:MOST_LETTERS].rpartition(' ')[0]} …"


routes = [get("/haku", show, name="search.show")]
