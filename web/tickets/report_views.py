"""Reporting an incident or asking for a service."""

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem
from web.routing import get, post
from web.tickets import template_views
from web.tickets.asking import find_asker
from web.tickets.kept import chosen_in
from web.tickets.template_views import USUAL

LEAST_LETTERS, MOST_LETTERS = 4, 200
TEMPLATE = "pohja"
"""In the address: with which template a report begins."""
FILLED_IN = "_template"
"""In the form: the template that filled it in last."""


async def alike(page: Page) -> Response:
    """What is open already and sounds like what is being typed."""
    typed, service = page.params.get("report.title", ""), page.params.get("report.serviceId", "")
    return await page.render("tickets/alike.html", block="alike", alike=await _alike(page, typed, service))


async def _alike(page: Page, text: str, service: str | None) -> list[dict[str, Any]]:
    if len(text.strip()) < LEAST_LETTERS:
        return []
    named = service if service and service.startswith("Service:") else None
    data = await page.query("tickets/alike.graphql", text=text[:MOST_LETTERS], service=named)
    return list(data["ticketsAlike"])


async def new(page: Page, form: Form | None = None, known: list[dict[str, Any]] | None = None) -> Response:
    """The report's form, begun with the template that is chosen in it or named in the address: what was typed stays."""
    if not page.actor.may(Right.REPORT_TICKETS):
        raise Problem(403)
    templates, posted = await template_views.offered(page), page.posted or FormData()
    before = template_views.one_of(templates, posted.get(FILLED_IN))
    asked = template_views.one_of(templates, chosen_in(page, form) or page.params.get(TEMPLATE))
    form = form or page.form("ReportTicketInput", {"report": USUAL})
    if asked:
        template_views.fill(form, asked, before)
    return await page.render(
        "tickets/new.html",
        form=form,
        templates=[(each["id"], each["name"]) for each in templates],
        chosen=asked or before,
        alike=known or [],
        **await choices(page),
    )


async def choices(page: Page) -> dict[str, Any]:
    """What a report's form offers: kinds, services and, to Tiera, customers."""
    data = await page.query("tickets/new.graphql")
    return {
        "kinds": [(kind, label("TicketKind", kind)) for kind in data["reportableKinds"]],
        "services": [(s["id"], s["name"]) for s in data["services"]["nodes"]],
        "customers": []
        if page.actor.kind is not ActorKind.BUYER
        else [(o["id"], o["name"]) for o in (data["organisations"] or {"nodes": []})["nodes"]],
    }


async def create(page: Page) -> Response:
    form = page.sent("ReportTicketInput")
    await find_asker(page, form, "report.")
    if form.is_fine and page.posted and not page.posted.get("_reviewed"):
        said = form.variables["report"]
        if known := await _alike(page, said["title"], said["serviceId"]):
            return await new(page, form, known)
    if payload := await page.mutate("tickets/report_ticket.graphql", form):
        id_ = payload["ticket"]["id"].partition(":")[2]
        told = Text("It was put on record. You see on this page how it goes on.")
        return await page.done(told, page.url("tickets.show", id=id_))
    return await new(page, form)


routes = [
    get("/pyynnot/samanlaiset", alike, name="tickets.alike"),
    get("/pyynnot/uusi", new, name="tickets.new"),
    post("/pyynnot/uusi", create, name="tickets.create"),
]
