"""The form of an estimate: options of rows by price group, alternatives, parts of a fixed price."""

from typing import Any

from starlette.responses import Response

from backend.kit import translation
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


async def show(page: Page, form: Form | None = None) -> Response:
    today = helsinki_date(now()).isoformat()
    order = found((await page.query("orders/estimating.graphql", id=page.id("Order"), today=today))["order"])
    if form is None:
        require(order, "ESTIMATE")
        form = page.form("GiveEstimateInput", _beginning(order))
    is_stale = "afterOrdinal" in form.errors
    if is_stale and order["estimate"]:  # it stands above the form now, so that whoever sends again has seen it
        form.raw["afterOrdinal"] = [str(order["estimate"]["ordinal"])]
    groups = [
        (group["id"], f"{group['name']} ({translation.money(float(group['price']))}/h)")
        for group in (order["agreement"] or {"priceGroups": []})["priceGroups"]
        if group["price"] is not None
    ]
    return await page.render(
        "orders/estimate.html", block="estimate", order=order, form=form, groups=groups, is_stale=is_stale
    )


def _beginning(order: dict[str, Any]) -> dict[str, Any]:
    """An estimate that takes the place of another begins as that one."""
    before = order["estimate"]
    if before is None:
        return {"orderId": order["id"], "afterOrdinal": 0, "options": [{"title": order["title"]}]}
    options = [
        {
            "title": option["title"],
            "description": option["description"],
            "rows": [{"priceGroupId": row["priceGroup"]["id"], "minutes": row["minutes"]} for row in option["rows"]],
            **_price(option["parts"]),
        }
        for option in before["options"]
    ]
    return {
        "orderId": order["id"],
        "afterOrdinal": before["ordinal"],
        "options": options,
        "noneBetterStatement": before["noneBetterStatement"],
    }


def _price(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """How a fixed price was given: as a monthly fee, which is the same each month, or part by part."""
    if parts and parts[0]["month"]:
        first = parts[0]
        return {"monthly": {"amount": first["amount"]["amount"], "firstMonth": first["month"], "months": len(parts)}}
    return {
        "parts": [
            {"title": part["title"], "amount": part["amount"]["amount"], "dueOn": part["dueOn"]} for part in parts
        ]
    }


async def give(page: Page) -> Response:
    form = page.sent("GiveEstimateInput")
    if await page.mutate("orders/give_estimate.graphql", form):
        return await page.done(Text("The estimate was given."), page.url("orders.show", id=page.path("id")))
    return await show(page, form)


routes = [
    get("/tilaukset/{id:int}/arvio", show, name="orders.estimate"),
    post("/tilaukset/{id:int}/arvio", give, name="orders.give_estimate"),
]
