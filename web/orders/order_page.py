"""An order's own page: what is to be decided comes first, then the figures it rests on, then what happened."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.complaints.about import complaining
from web.forms import Form
from web.invoices import billing
from web.orders import burn_up, steps
from web.pages import Page, found
from web.stepping import Offer


async def show(page: Page, sent: Form | None = None) -> Response:
    """The page; `sent` is a form of it that has something to mend."""
    data = await page.query("orders/order.graphql", id=page.id("Order"))
    order = found(data["order"])
    offers = steps.offered(page, order)
    if order["number"]:
        offers += complaining(page, order)
    now = clock.now()
    offers += _booking(page, order, helsinki_date(now).isoformat())
    chart = burn_up.chart_of(order, now)
    return await page.render(
        "orders/order.html",
        watch=[order["id"]],
        order=order,
        is_party=page.actor.kind != "customer",
        billed=await billing.of_order(page, order["id"]),
        offers=offers,
        first=None if _decides_here(order) else steps.first_of(offers, order),
        forms=_forms(page, order, sent),
        chart=chart,
        sentence=burn_up.sentence_of(order),
        today=helsinki_date(now).isoformat(),
        now=now.isoformat(),
    )


def _booking(page: Page, order: dict[str, Any], today: str) -> list[Offer]:
    """Where hours are booked on the order, while its work goes on, or has ended early and may still be booked."""
    is_open = order["state"] in ("IN_PROGRESS", "DELIVERED") or (order["booksUntil"] or "") >= today
    if not (is_open and order["target"] and page.actor.may(Right.BOOK_HOURS)):
        return []
    return [("BOOK", Text("Book hours on it"), page.url("hours.write", target=order["target"]["id"].partition(":")[2]))]


def _decides_here(order: dict[str, Any]) -> bool:
    """Whether what waits has its form, or stands, on the page itself: then no next step is the strong button."""
    waits = any(set(revision["availableActions"]) & {"ACCEPT"} for revision in order["revisions"])
    return "ORDER" in order["availableActions"] or bool(order["openOverrun"]) or waits


def _forms(page: Page, order: dict[str, Any], sent: Form | None) -> dict[str, Any]:
    """The forms of the page, each with a prefix of its own; the one just sent as it came."""

    def form(input_type: str, initial: dict[str, Any], prefix: str) -> Form:
        return sent if sent is not None and sent.prefix == prefix else page.form(input_type, initial, prefix)

    asked = order["openOverrun"]
    forms: dict[str, Any] = {"place": form("PlaceOrderInput", {"orderId": order["id"], **_only_option(order)}, "place")}
    if asked:
        decision = {"overrunId": asked["id"], "minutes": asked["askedMinutes"]}
        forms["decide"] = form("DecideOverrunInput", decision, "decide")
        forms["withdraw"] = form("WithdrawOverrunInput", {"overrunId": asked["id"]}, "withdraw")
    forms["paper"] = form("AttachOrderPaperInput", {"orderId": order["id"]}, "paper")
    forms["accept_revision"] = lambda key: page.form("AcceptRevisionInput", {"revisionId": key}, "change")
    forms["withdraw_revision"] = lambda key: page.form("WithdrawRevisionInput", {"revisionId": key}, "change")
    forms["accept_part"] = lambda key: page.form("AcceptMilestoneInput", {"milestoneId": key}, "part")
    return forms


def _only_option(order: dict[str, Any]) -> dict[str, Any]:
    """What can be chosen where nothing else can."""
    options = order["estimate"]["options"] if order["estimate"] else []
    return {"optionId": options[0]["id"]} if len(options) == 1 else {}


async def by_number(page: Page) -> Response:
    """The address that people write: either side's number leads to the order's page."""
    order = found((await page.query("orders/find.graphql", number=page.path("number")))["orderByNumber"])
    return RedirectResponse(page.url("orders.show", id=order["id"].partition(":")[2]), 303)
