"""Tiera chooses tickets, one or many, and says what may be billed of each; what did not go is shown with its reason."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from backend.kit import clock, translation
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


async def listed(page: Page) -> Response:
    form = page.filters("BillingFilter")
    where = {name: value for name, value in form.variables.items() if value is not None}
    data = await page.query("billing/approvals.graphql", where=where, **page.window())
    return await page.render(
        "billing/approvals.html",
        block="results",
        form=form,
        approvals=found(data["billingApprovals"]),
        may_approve=page.actor.may(Right.APPROVE_BILLING),
    )


async def ask(page: Page, form: Form | None = None) -> Response:
    """Tickets to choose from; the one that the address names is chosen already and stands alone."""
    if not page.actor.may(Right.APPROVE_BILLING):
        raise Problem(403)
    filters = page.filters("TicketFilter")
    narrowed = {name: value for name, value in filters.variables.items() if value}
    one = page.params.get("tapaus")
    chosen = [f"Ticket:{one}"] if one and one.isdigit() else []
    form = form or page.form("ApproveForBillingInput", {"ticketIds": chosen})
    data = await page.query(
        "billing/choices.graphql",
        where={**narrowed, "canBeBilled": True},
        ids=chosen,
        today=helsinki_date(clock.now()).isoformat(),
        **page.window(),
    )
    tickets = [node for node in data["nodes"] if node] if chosen else found(data["tickets"])["nodes"]
    return await page.render(
        "billing/approve.html",
        form=form,
        filters_form=filters,
        one=tickets[0] if chosen and tickets else None,
        tickets=found(data["tickets"]),
        groups=groups_of(data, {ticket["supplier"]["id"] for ticket in tickets}),
    )


def groups_of(data: Mapping[str, Any], suppliers: Collection[str]) -> list[tuple[str, str]]:
    """Price groups of these suppliers' agreements that have a price today, with whose they are."""
    return [
        (group["id"], f"{supplier} – {group['name']} ({translation.money(Decimal(group['price']))}/h)")
        for agreement in found(data["agreements"])["nodes"]
        for supplier in [agreement["organisation"]["name"]]
        if agreement["organisation"]["id"] in suppliers
        for group in agreement["priceGroups"]
        if group["price"] is not None
    ]


async def approve(page: Page) -> Response:
    form = page.sent("ApproveForBillingInput")
    if payload := await page.mutate("billing/approve_for_billing.graphql", form):
        id_ = payload["billingRound"]["id"].partition(":")[2]
        return await page.done(Text("It was approved for billing."), page.url("billing.round", id=id_))
    return await ask(page, form)


async def made(page: Page) -> Response:
    """One act: what was approved, what was left out and why."""
    act = found((await page.query("billing/round.graphql", id=page.id("BillingRound")))["billingRound"])
    reasons = {left["ticketId"]: left["reason"] for left in act["leftOut"]}
    return await page.render("billing/round.html", act=act, reasons=reasons)


routes = [
    get("/laskutusluvat", listed, name="billing.list"),
    get("/laskutusluvat/uusi", ask, name="billing.ask"),
    post("/laskutusluvat/uusi", approve, name="billing.approve"),
    get("/laskutusluvat/kerta/{id:int}", made, name="billing.round"),
]
