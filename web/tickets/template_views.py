"""Templates: written and kept by Tiera's desk, chosen when somebody reports; what choosing one fills in."""

from collections.abc import Mapping
from typing import Any

from backend.kit.translation import Text, label
from web.forms import Form
from web.pages import Page
from web.tickets.kept import Kept, Node

USUAL = {"kind": "INCIDENT", "criticality": "NORMAL", "reach": "ONE_USER"}
"""How a report begins."""


def _content(template: Node) -> dict[str, Any]:
    return {
        "name": template["name"],
        "kind": template["kind"],
        "serviceId": template["service"] and template["service"]["id"],
        "ticketTitle": template["ticketTitle"],
        "description": template["description"],
        "criticality": template["criticality"],
        "reach": template["reach"],
    }


async def _choices(page: Page) -> dict[str, Any]:
    services = (await page.query("catalogue/services.graphql"))["services"]["nodes"]
    return {
        "kinds": [(kind, label("TicketKind", kind)) for kind in ("INCIDENT", "SERVICE_REQUEST")],
        "services": [(each["id"], each["name"]) for each in services],
    }


TEMPLATES = Kept(
    kind="TicketTemplate",
    field="ticketTemplates",
    noun="template",
    place="pohjat",
    called="ticket_template",
    as_input=lambda template: {"content": _content(template)},
    begins={"content": USUAL},
    offered=_choices,
    title=Text("Ticket templates"),
    lede=Text("What is reported often. Whoever reports can begin with one and changes it to fit."),
    changing=Text("Change a template"),
    written=Text("Whoever reports can begin with it now."),
    changed=Text("The template was changed."),
    ended=Text("The template is offered no more."),
)

routes = TEMPLATES.routes


async def offered(page: Page) -> list[Node]:
    """With what this actor may begin a report."""
    nodes: list[Node] = (await page.query("tickets/templates.graphql"))["ticketTemplates"]["nodes"]
    return nodes


def one_of(templates: list[Node], id: object) -> Node | None:
    """The one of this identifier, or None: it is unknown here, or offered no more."""
    return next((each for each in templates if each["id"] == id), None)


def fill(form: Form, template: Node, before: Node | None) -> None:
    """Write into a report what a template says, wherever nobody has written: where it is empty, or as it began, or as
    the template `before` this one has filled it in."""
    earlier = _said(before) if before else {}
    for name, text in _said(template).items():
        path = f"report.{name}"
        if form.field(path).value.strip() in ("", USUAL.get(name), earlier.get(name)):
            form.raw[path] = [text]


def _said(template: Node) -> Mapping[str, str]:
    """What a template says in a report, by the names of its fields there."""
    said = {**_content(template), "title": template["ticketTitle"]}
    return {name: said[name] or "" for name in ("kind", "serviceId", "title", "description", "criticality", "reach")}
