"""Writing a complaint: a draft that only Tiera sees until it is sent."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.complaints.about import about_sent, given_by, said_of, supplier_of, thing_of
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require

CONTENT = ("title", "description", "cause", "touchesSharedUse", "cannotWait", "meeting", "metOn")


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.COMPLAIN):
        raise Problem(403)
    about = await (about_sent(page, form) if form else thing_of(page, page.params.get("koskee", "")))
    if form is None:
        given = given_by(about)
        given["content"] = {"cause": "QUALITY", **given.get("content", {})}
        form = page.form("CreateComplaintInput", given)
    return await page.render(
        "complaints/new.html", form=form, complaint=None, mail=None, about=about, **await choices(page, about)
    )


async def choices(page: Page, about: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a complaint is made under and of, as a form offers it: of what it is about, that supplier's alone."""
    data = await page.query("complaints/new.graphql", today=helsinki_date(now()).isoformat())
    supplier = supplier_of(about)
    agreements = [a for a in data["agreements"]["nodes"] if supplier in (None, a["organisation"]["id"])]
    of_suppliers = {a["organisation"]["id"] for a in agreements}
    services = [s for s in data["services"]["nodes"] if s["agreement"]["organisation"]["id"] in of_suppliers]
    return {
        "agreements": [(a["id"], _name_of(a)) for a in agreements],
        "services": [
            (s["id"], s["name"] if len(of_suppliers) == 1 else f"{s['agreement']['organisation']['name']}: {s['name']}")
            for s in services
        ],
        "by_supplier": {a["organisation"]["id"]: a["id"] for a in agreements},
    }


async def create(page: Page) -> Response:
    form = page.sent("CreateComplaintInput")
    if payload := await page.mutate("complaints/create_complaint.graphql", form):
        id_ = payload["complaint"]["id"].partition(":")[2]
        return await page.done(Text("The draft was saved."), page.url("complaints.show", id=id_))
    return await new(page, form)


async def edit(page: Page, form: Form | None = None) -> Response:
    complaint = found((await page.query("complaints/edit.graphql", id=page.id("Complaint")))["complaint"])
    if form is None:
        require(complaint, "EDIT")
    content = {name: complaint[name] for name in CONTENT} | {
        "serviceId": complaint["service"] and complaint["service"]["id"],
        "aboutNamed": said_of(complaint["about"]),
    }
    its = {
        "complaintId": complaint["id"],
        "expectedVersion": complaint["version"],
        "agreementId": complaint["agreement"] and complaint["agreement"]["id"],
        "content": content,
    }
    form = page.editing(form, "EditComplaintInput", its)
    return await page.render(
        "complaints/new.html",
        form=form,
        complaint=complaint,
        mail=None,
        about=complaint["about"],
        **_with_its_own(complaint, await choices(page, None)),
    )


def _with_its_own(complaint: Mapping[str, Any], offered: dict[str, Any]) -> dict[str, Any]:
    """What a form offers, with the agreement that the draft is under also where that is not in force any more."""
    its = complaint["agreement"]
    if its and its["id"] not in dict(offered["agreements"]):
        offered["agreements"].append((its["id"], _name_of(its)))
    return offered


def _name_of(agreement: Mapping[str, Any]) -> str:
    return f"{agreement['organisation']['name']}: {agreement['name']} ({agreement['number']})"


async def save(page: Page) -> Response:
    form = page.sent("EditComplaintInput")
    if await page.mutate("complaints/edit_complaint.graphql", form):
        return await page.done(Text("The draft was saved."), page.url("complaints.show", id=page.path("id")))
    return await edit(page, form)


routes = [
    get("/reklamaatiot/uusi", new, name="complaints.new"),
    post("/reklamaatiot/uusi", create, name="complaints.create"),
    get("/reklamaatiot/{id:int}/muokkaa", edit, name="complaints.edit"),
    post("/reklamaatiot/{id:int}/muokkaa", save, name="complaints.save"),
]
