"""Adding a document, a version of it, and changing what the register says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.sorting import sort_key
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require

CONTENT = ("title", "kind", "isTemplate", "isForCustomers", "reviewOn")
A_YEAR: Final = timedelta(days=365)


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.KEEP_DOCUMENTS):
        raise Problem(403)
    content = {"kind": "INSTRUCTIONS", "ownerId": f"Person:{page.actor.person_id}"}
    form = form or page.form("AddDocumentInput", {"content": content})
    return await page.render("papers/new.html", form=form, document=None, **await _choices(page))


async def _choices(page: Page, owner: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a document can be of, and whose: people of one's own side, and its owner, who may have left."""
    own, today = f"Organisation:{page.actor.organisation_id}", helsinki_date(now()).isoformat()
    data = await page.query("papers/new.graphql", own=own, today=today)
    owners = {person["id"]: person["name"] for person in (owner, *data["people"]["nodes"]) if person}
    return {
        "services": [(s["id"], s["name"]) for s in data["services"]["nodes"]],
        "owners": sorted(owners.items(), key=lambda each: sort_key(each[1])),
        "templates": [(t["id"], t["title"]) for t in data["templates"]["nodes"]],
    }


async def add(page: Page) -> Response:
    form = page.sent("AddDocumentInput")
    if payload := await page.mutate("papers/add_document.graphql", form):
        id_ = payload["document"]["id"].partition(":")[2]
        return await page.done(Text("The document was added."), page.url("papers.show", id=id_))
    return await new(page, form)


async def edit(page: Page, form: Form | None = None) -> Response:
    document = found((await page.query("papers/edit.graphql", id=page.id("Document")))["document"])
    if form is None:
        require(document, "EDIT")
    content = {name: document[name] for name in CONTENT} | {
        f"{name}Id": document[name] and document[name]["id"] for name in ("service", "template", "owner")
    }
    its = {"documentId": document["id"], "expectedVersion": document["version"], "content": content}
    form = page.editing(form, "EditDocumentInput", its)
    return await page.render("papers/new.html", form=form, document=document, **await _choices(page, document["owner"]))


async def save(page: Page) -> Response:
    form = page.sent("EditDocumentInput")
    if await page.mutate("papers/edit_document.graphql", form):
        return await page.done(Text("It was recorded."), page.url("papers.show", id=page.path("id")))
    return await edit(page, form)


async def new_version(page: Page, form: Form | None = None) -> Response:
    document = found((await page.query("papers/step.graphql", id=page.id("Document")))["document"])
    if form is None:
        require(document, "ADD_VERSION")
        given, today = {"documentId": document["id"]}, helsinki_date(now())
        if document["reviewOn"] and document["reviewOn"] < today.isoformat():
            given["reviewOn"] = (today + A_YEAR).isoformat()  # as before would leave it outdated
        form = page.form("AddDocumentVersionInput", given)
    return await page.render("papers/version.html", form=form, document=document)


async def add_version(page: Page) -> Response:
    form = page.sent("AddDocumentVersionInput")
    if await page.mutate("papers/add_document_version.graphql", form):
        return await page.done(Text("The version was added."), page.url("papers.show", id=page.path("id")))
    return await new_version(page, form)


routes = [
    get("/asiakirjat/uusi", new, name="papers.new"),
    post("/asiakirjat/uusi", add, name="papers.add"),
    get("/asiakirjat/{id:int}/muokkaa", edit, name="papers.edit"),
    post("/asiakirjat/{id:int}/muokkaa", save, name="papers.save"),
    get("/asiakirjat/{id:int}/uusi-versio", new_version, name="papers.new_version"),
    post("/asiakirjat/{id:int}/uusi-versio", add_version, name="papers.add_version"),
]
