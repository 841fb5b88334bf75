"""Beginning an order: Tiera's draft, a customer's request, completing a draft; a change of what was ordered."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import Offer, require

CONTENT = ("title", "description", "goal", "limits", "dueOn", "pricing")


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.PREPARE_ORDERS):
        return await ask(page)
    of = form.raw.get("content.followsFrom", [""])[-1] if form else page.params.get("koskee", "")
    ticket = (await page.query("orders/about.graphql", id=of))["ticket"] if of.startswith("Ticket:") else None
    form = form or page.form("CreateOrderInput", _beginning(page, ticket))
    return await page.render("orders/new.html", form=form, order=None, ticket=ticket, **await choices(page))


def _beginning(page: Page, ticket: dict[str, Any] | None) -> dict[str, Any]:
    """The values of a new draft: those of the ticket that it follows from, where there is one."""
    content: dict[str, Any] = {"pricing": "HOURS"}
    if _is_customer(page):
        content["customerId"] = f"Organisation:{page.actor.organisation_id}"
    if ticket is None:
        return {"content": content}
    of_ticket = {"followsFrom": ticket["id"], "title": ticket["title"], "serviceId": ticket["service"]["id"]}
    for_whom = {"customerId": ticket["customer"] and ticket["customer"]["id"]}
    agreement = ticket["service"]["agreement"]
    return {"agreementId": agreement and agreement["id"], "content": of_ticket | for_whom | content}


def ordering(page: Page, ticket: Mapping[str, Any]) -> list[Offer]:
    """“Order work for this”, on a ticket's page, for those who may."""
    if not page.actor.may(Right.PREPARE_ORDERS):
        return []
    return [("ORDER", Text("Order work for this"), f"{page.url('orders.new')}?koskee={ticket['id']}")]


def _is_customer(page: Page) -> bool:
    return page.actor.kind is ActorKind.CUSTOMER


async def choices(page: Page) -> dict[str, Any]:
    """What a draft is under, of and for, as a form offers it."""
    data = await page.query("orders/new.graphql", today=helsinki_date(now()).isoformat())
    return {
        "is_customer": _is_customer(page),
        "agreements": [
            (a["id"], f"{a['organisation']['name']}: {a['name']} ({a['number']})") for a in _nodes(data, "agreements")
        ],
        "services": [(s["id"], _of_whom(s)) for s in _nodes(data, "services")],
        "customers": [(o["id"], o["name"]) for o in _nodes(data, "organisations")],
    }


def _of_whom(service: dict[str, Any]) -> str:
    """What a service is called, and by whom it is given, where one may see that."""
    agreement = service["agreement"]
    return f"{service['name']} ({agreement['organisation']['name']})" if agreement else str(service["name"])


def _nodes(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return list((data.get(name) or {"nodes": []})["nodes"])


async def create(page: Page) -> Response:
    form = page.sent("CreateOrderInput")
    if payload := await page.mutate("orders/create_order.graphql", form):
        return await page.done(Text("The draft was saved."), _to(page, payload))
    return await new(page, form)


def _to(page: Page, payload: dict[str, Any]) -> str:
    return page.url("orders.show", id=payload["order"]["id"].partition(":")[2])


async def ask(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.REQUEST_WORK):
        raise Problem(403)
    form = form or page.form("AskForWorkInput")
    return await page.render("orders/ask.html", form=form, **await choices(page))


async def send_request(page: Page) -> Response:
    form = page.sent("AskForWorkInput")
    if payload := await page.mutate("orders/ask_for_work.graphql", form):
        return await page.done(Text("Your request was sent to Tiera."), _to(page, payload))
    return await ask(page, form)


async def edit(page: Page, form: Form | None = None) -> Response:
    order = found((await page.query("orders/edit.graphql", id=page.id("Order")))["order"])
    if form is None:
        require(order, "EDIT")
    content = {name: order[name] for name in CONTENT} | {
        "serviceId": order["service"] and order["service"]["id"],
        "customerId": order["customer"] and order["customer"]["id"],
        "followsFrom": order["followsFrom"] and order["followsFrom"]["id"],
    }
    its = {"orderId": order["id"], "expectedVersion": order["version"], "content": content}
    form = page.editing(form, "EditOrderInput", its)
    return await page.render("orders/new.html", form=form, order=order, **await choices(page))


async def save(page: Page) -> Response:
    form = page.sent("EditOrderInput")
    if await page.mutate("orders/edit_order.graphql", form):
        return await page.done(Text("The draft was saved."), page.url("orders.show", id=page.path("id")))
    return await edit(page, form)


async def revise(page: Page, form: Form | None = None) -> Response:
    order = found((await page.query("orders/edit.graphql", id=page.id("Order")))["order"])
    if form is None:
        require(order, "PROPOSE_REVISION", "OFFER_REVISION")
        content = {name: order[name] for name in CONTENT if name != "pricing"} | {"minutesChange": 0}
        form = page.form("ProposeRevisionInput", {"orderId": order["id"], "change": content})
    return await page.render("orders/revise.html", form=form, order=order)


async def propose(page: Page) -> Response:
    form = page.sent("ProposeRevisionInput")
    if await page.mutate("orders/propose_revision.graphql", form):
        return await page.done(Text("The change was proposed."), page.url("orders.show", id=page.path("id")))
    return await revise(page, form)


async def manager(page: Page, form: Form | None = None) -> Response:
    order = found((await page.query("orders/step.graphql", id=page.id("Order")))["order"])
    if form is None:
        require(order, "NAME_TIERA_MANAGER", "NAME_SUPPLIER_MANAGER")
    own = f"Organisation:{page.actor.organisation_id}"
    today = helsinki_date(now()).isoformat()
    people = (await page.query("orders/managers.graphql", organisation=own, today=today))["people"]["nodes"]
    return await page.render(
        "orders/manager.html",
        form=form or page.form("NameProjectManagerInput", {"orderId": order["id"]}),
        order=order,
        people=[(person["id"], person["name"]) for person in people],
    )


async def name_manager(page: Page) -> Response:
    form = page.sent("NameProjectManagerInput")
    if await page.mutate("orders/name_project_manager.graphql", form):
        return await page.done(Text("The project manager was named."), page.url("orders.show", id=page.path("id")))
    return await manager(page, form)


routes = [
    get("/tilaukset/uusi", new, name="orders.new"),
    post("/tilaukset/uusi", create, name="orders.create"),
    get("/tilaukset/pyynto", ask, name="orders.ask"),
    post("/tilaukset/pyynto", send_request, name="orders.send_request"),
    get("/tilaukset/{id:int}/muokkaa", edit, name="orders.edit"),
    post("/tilaukset/{id:int}/muokkaa", save, name="orders.save"),
    get("/tilaukset/{id:int}/muutos", revise, name="orders.revise"),
    post("/tilaukset/{id:int}/muutos", propose, name="orders.propose"),
    get("/tilaukset/{id:int}/projektipaallikko", manager, name="orders.manager"),
    post("/tilaukset/{id:int}/projektipaallikko", name_manager, name="orders.name_manager"),
]
