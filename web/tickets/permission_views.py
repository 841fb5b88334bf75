"""Who of a supplier may write to customers directly: seen by both, given and ended by Tiera (H11.4-c)."""

from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


def _today() -> str:
    return helsinki_date(clock.now()).isoformat()


async def listed(page: Page) -> Response:
    data = await page.query("tickets/permissions.graphql", **page.window())
    return await page.render(
        "tickets/permissions.html",
        permissions=found(data["contactPermissions"]),
        today=_today(),
        may_permit=page.actor.may(Right.PERMIT_CONTACTS),
    )


async def new(page: Page, form: Form | None = None) -> Response:
    """First the supplier is chosen, by the address; then the people and services are that supplier's."""
    if not page.actor.may(Right.PERMIT_CONTACTS):
        raise Problem(403)
    supplier = (form.variables.get("supplierId") if form else None) or page.params.get("toimittaja", "")
    chosen = supplier if supplier.startswith("Organisation:") else None
    data = await page.query("tickets/permit.graphql", supplier=chosen, today=_today())
    initial = {"supplierId": chosen, "validFrom": _today()}
    return await page.render(
        "tickets/permit.html",
        supplier=next((each for each in data["suppliers"]["nodes"] if each["id"] == chosen), None),
        suppliers=_pairs(data["suppliers"]),
        people=_pairs(data["people"]),
        customers=_pairs(data["customers"]),
        services=[
            (each["id"], each["name"])
            for each in data["services"]["nodes"]
            if each["agreement"] and each["agreement"]["organisation"]["id"] == chosen
        ],
        form=form or page.form("PermitContactInput", initial),
    )


def _pairs(those: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["id"], each["name"]) for each in those["nodes"]]


async def permit(page: Page) -> Response:
    form = page.sent("PermitContactInput")
    if await page.mutate("tickets/permit_contact.graphql", form):
        return await page.done(Text("The permission is on record; the supplier was told."), _list(page))
    return await new(page, form)


async def ending(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.PERMIT_CONTACTS):
        raise Problem(403)
    wanted = page.id("ContactPermission")
    permission = found((await page.query("tickets/permission.graphql", id=wanted))["node"])
    if form is None and permission["endedAt"]:
        raise Problem(409, Text("This permission has ended already."))
    form = form or page.form("EndContactPermissionInput", {"permissionId": wanted})
    return await page.render("tickets/end_permission.html", permission=permission, form=form)


async def end(page: Page) -> Response:
    form = page.sent("EndContactPermissionInput")
    if await page.mutate("tickets/end_contact_permission.graphql", form):
        return await page.done(Text("The permission has ended; the supplier was told."), _list(page))
    return await ending(page, form)


def _list(page: Page) -> str:
    return page.url("permissions.list")


routes = [
    get("/pyynnot/luvat", listed, name="permissions.list"),
    get("/pyynnot/luvat/uusi", new, name="permissions.new"),
    post("/pyynnot/luvat/uusi", permit, name="permissions.permit"),
    get("/pyynnot/luvat/{id:int}/paata", ending, name="permissions.ending"),
    post("/pyynnot/luvat/{id:int}/paata", end, name="permissions.end"),
]
