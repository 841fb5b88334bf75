"""Writing a bulletin: a draft that one's own side alone sees, from a template, about a ticket, or after another."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text, label, translate
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require

CONTENT = (
    "title",
    "text",
    "kind",
    "criticality",
    "receivers",
    "byBanner",
    "byMail",
    "asksAcknowledgement",
    "startsAt",
    "endsAt",
    "shownUntil",
)
TOLD_ON = ("title", "text", "kind", "criticality", "startsAt", "endsAt", "serviceIds", "about")
"""What a bulletin to customers takes from one to Tiera."""


async def new(page: Page, form: Form | None = None) -> Response:
    choices = await _choices(page)
    if not choices["receivers"]:
        raise Problem(403)
    if form is None:
        content = {"kind": "NEWS", "byBanner": True, "byMail": True, "receivers": choices["receivers"][0]}
        content |= await _from_template(page) | await _from_bulletin(page) | await _about_ticket(page)
        form = page.form("CreateBulletinInput", {"content": content})
    await _keep_chosen(page, form, choices)
    return await page.render("bulletins/new.html", form=form, bulletin=None, followed=None, **choices)


async def _from_template(page: Page) -> dict[str, Any]:
    """What a template of a communication plan gives, where the address names one."""
    wanted = page.params.get("malli")
    if not wanted:
        return {}
    plan = found((await page.query("bulletins/template.graphql", id=wanted))["communicationPlan"])
    kind, criticality = _of_occasion(plan["occasion"])
    given = {
        "kind": kind,
        "criticality": criticality,
        "title": plan["templateTitle"],
        "text": plan["templateText"],
        "serviceIds": [plan["service"]["id"]] if plan["service"] else [],
    }
    return given | ({"receivers": "AS_PLANNED"} if plan["supplierInforms"] else {})


async def _from_bulletin(page: Page) -> dict[str, Any]:
    """What a supplier told, where the address names it: Tiera tells its customers of the same in its own words."""
    wanted = page.params.get("pohjana")
    if not wanted:
        return {}
    told = _content_of(found((await page.query("bulletins/edit.graphql", id=wanted))["bulletin"]))
    return {name: told[name] for name in TOLD_ON}


def _of_occasion(occasion: str) -> tuple[str, str | None]:
    """Kind and class of an agreed occasion, by its name."""
    criticality, found_, _ = occasion.partition("_INCIDENT")
    return ("INCIDENT", criticality) if found_ else (occasion, None)


async def _about_ticket(page: Page) -> dict[str, Any]:
    """What a ticket gives, where the address names one."""
    wanted = page.params.get("koskee")
    if not wanted:
        return {}
    ticket = found((await page.query("bulletins/about.graphql", id=wanted))["ticket"])
    is_incident = ticket["kind"] == "INCIDENT"
    return {
        "about": ticket["id"],
        "serviceIds": [ticket["service"]["id"]],
        "kind": "INCIDENT" if is_incident else "CHANGE" if ticket["kind"] == "CHANGE" else "NEWS",
        "criticality": ticket["criticality"] if is_incident else None,
        "title": ticket["title"],
    }


async def _choices(page: Page) -> dict[str, Any]:
    """What a bulletin may be of, to whom, and the templates to begin with."""
    data = await page.query("bulletins/new.graphql")
    templates = [(plan, None) for plan in data["communicationPlans"] or ()]
    for each in (data["serviceCommunication"] or {"nodes": []})["nodes"]:
        templates += [(plan, each["service"]) for plan in each["plans"]]
    receivers = data["informableReceivers"] or []
    return {
        "receivers": receivers,
        "services": [(service["id"], service["name"]) for service in data["services"]["nodes"]],
        "customers": [(one["id"], one["name"]) for one in (data["customers"] or {"nodes": []})["nodes"]],
        "templates": templates,
        "incidents": await _incidents(page) if "AS_PLANNED" in receivers else [],
        "has_to_name": "TIERA" in receivers,
    }


async def _incidents(page: Page) -> list[tuple[str, str]]:
    """The newest incidents, each with its class: a supplier says of which it informs customers (H11.11-b)."""
    nodes = (await page.query("bulletins/incidents.graphql"))["tickets"]["nodes"]
    return [(one["id"], _named(page, one)) for one in nodes]


def _named(page: Page, ticket: dict[str, Any]) -> str:
    criticality = translate(label("Criticality", ticket["criticality"]), page.language)
    return f"{ticket['number']} {ticket['title']} ({criticality})"


async def _keep_chosen(page: Page, form: Form, choices: dict[str, Any]) -> None:
    """Offer too what a form has already and what is not among the choices, which are so many at most."""
    ids = set(form.field("content.serviceIds").values) - {id_ for id_, _ in choices["services"]}
    found_ = [(await page.query("bulletins/service.graphql", id=id_))["service"] for id_ in sorted(ids)]
    choices["services"] += [(service["id"], service["name"]) for service in found_ if service]
    about = form.field("content.about").value
    if about and choices["incidents"] and about not in [id_ for id_, _ in choices["incidents"]]:
        ticket = (await page.query("bulletins/about.graphql", id=about))["ticket"]
        said = _named(page, ticket) if ticket else translate(Text("What it is about now"), page.language)
        choices["incidents"].append((about, said))


async def create(page: Page) -> Response:
    form = page.sent("CreateBulletinInput")
    if payload := await page.mutate("bulletins/create_bulletin.graphql", form):
        id_ = payload["bulletin"]["id"].partition(":")[2]
        return await page.done(Text("The draft was saved."), page.url("bulletins.show", id=id_))
    followed = form.field("followsId").value
    if followed:
        return await _follow(page, followed, form)
    return await new(page, form)


async def follow(page: Page) -> Response:
    return await _follow(page, page.id("Bulletin"))


async def _follow(page: Page, followed_id: str, form: Form | None = None) -> Response:
    followed = found((await page.query("bulletins/edit.graphql", id=followed_id))["bulletin"])
    if form is None:
        require(followed, "FOLLOW_UP")
        content = _content_of(followed) | {"text": "", "shownUntil": None}
        form = page.form("CreateBulletinInput", {"content": content, "followsId": followed["id"]})
    return await page.render("bulletins/new.html", form=form, bulletin=None, followed=followed, **await _choices(page))


async def edit(page: Page, form: Form | None = None) -> Response:
    bulletin = found((await page.query("bulletins/edit.graphql", id=page.id("Bulletin")))["bulletin"])
    if form is None:
        require(bulletin, "EDIT")
    its = {
        "bulletinId": bulletin["id"],
        "expectedVersion": bulletin["version"],
        "content": _content_of(bulletin) | {"fileIds": [file["id"] for file in bulletin["files"]]},
    }
    form = page.editing(form, "EditBulletinInput", its)
    form.files |= {file["id"]: file["name"] for file in bulletin["files"]}
    choices = await _choices(page)
    await _keep_chosen(page, form, choices)
    return await page.render(
        "bulletins/new.html", form=form, bulletin=bulletin, followed=bulletin["follows"], **choices
    )


def _content_of(bulletin: dict[str, Any]) -> dict[str, Any]:
    return {name: bulletin[name] for name in CONTENT} | {
        "serviceIds": [service["id"] for service in bulletin["services"]],
        "organisationIds": [one["id"] for one in bulletin["organisations"] or ()],
        "about": bulletin["about"] and bulletin["about"]["id"],
    }


async def save(page: Page) -> Response:
    form = page.sent("EditBulletinInput")
    if await page.mutate("bulletins/edit_bulletin.graphql", form):
        return await page.done(Text("The draft was saved."), page.url("bulletins.show", id=page.path("id")))
    return await edit(page, form)


routes = [
    get("/tiedotteet/uusi", new, name="bulletins.new"),
    post("/tiedotteet/uusi", create, name="bulletins.create"),
    get("/tiedotteet/{id:int}/jatka", follow, name="bulletins.follow"),
    get("/tiedotteet/{id:int}/muokkaa", edit, name="bulletins.edit"),
    post("/tiedotteet/{id:int}/muokkaa", save, name="bulletins.save"),
]
