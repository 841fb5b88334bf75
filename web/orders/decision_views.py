"""What is decided on the order's own page: which option, how much more, a change, a part, a paper."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.orders import order_page
from web.orders.opening import require_of_part
from web.pages import Page, found
from web.routing import get, post

CHANGES: Final = {
    "hyvaksynta": ("accept_revision", Text("The change was accepted.")),
    "peruutus": ("withdraw_revision", Text("The change was withdrawn.")),
}
PARTS: Final = {
    "toimitus": ("deliver_milestone", Text("The part was delivered.")),
    "hyvaksynta": ("accept_milestone", Text("The part was accepted.")),
}


def _input(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_")) + "Input"


def _order(page: Page) -> str:
    return page.url("orders.show", id=page.path("id"))


async def place(page: Page) -> Response:
    form = page.sent("PlaceOrderInput", "place")
    if await page.mutate("orders/place_order.graphql", form):
        return await page.done(Text("The order was placed."), _order(page))
    return await order_page.show(page, form)


async def decide(page: Page) -> Response:
    form = page.sent("DecideOverrunInput", "decide")
    if page.posted is not None and page.posted.get("_decision") == "none":
        form.errors.pop("minutes", None)
        form.variables["minutes"] = 0
    if await page.mutate("orders/decide_overrun.graphql", form):
        return await page.done(Text("Your decision was sent to the supplier."), _order(page))
    return await order_page.show(page, form)


async def withdraw_overrun(page: Page) -> Response:
    form = page.sent("WithdrawOverrunInput", "withdraw")
    if await page.mutate("orders/withdraw_overrun.graphql", form):
        return await page.done(Text("The request was withdrawn."), _order(page))
    return await order_page.show(page, form)


async def answer_change(page: Page) -> Response:
    name, said = found(CHANGES.get(page.path("answer")))
    form = page.sent(_input(name), "change")
    if await page.mutate(f"orders/{name}.graphql", form):
        return await page.done(said, _order(page))
    return await order_page.show(page, form)


async def ask_rejection(page: Page, form: Form | None = None) -> Response:
    if form is None:
        revision_id = page.id("Revision", "change")
        await require_of_part(page, "revisions", revision_id, "REJECT")
        form = page.form("RejectRevisionInput", {"revisionId": revision_id})
    return await page.render(
        "orders/reason.html",
        form=form,
        title=Text("Reject the change"),
        sentence=Text("What was ordered stays as it is. The other side reads your reason."),
        hidden=["revisionId"],
        button_text=Text("Reject the change"),
        cancel=_order(page),
    )


async def reject_change(page: Page) -> Response:
    form = page.sent("RejectRevisionInput")
    if await page.mutate("orders/reject_revision.graphql", form):
        return await page.done(Text("The change was rejected."), _order(page))
    return await ask_rejection(page, form)


async def answer_part(page: Page) -> Response:
    name, said = found(PARTS.get(page.path("answer")))
    form = page.sent(_input(name), "part")
    if await page.mutate(f"orders/{name}.graphql", form):
        return await page.done(said, _order(page))
    return await order_page.show(page, form)


async def ask_return(page: Page, form: Form | None = None) -> Response:
    if form is None:
        milestone_id = page.id("Milestone", "part")
        await require_of_part(page, "milestones", milestone_id, "RETURN")
        form = page.form("ReturnMilestoneInput", {"milestoneId": milestone_id})
    return await page.render(
        "orders/reason.html",
        form=form,
        title=Text("Return the part"),
        sentence=Text("The supplier delivers the part again. It reads what is still missing."),
        hidden=["milestoneId"],
        button_text=Text("Return the part"),
        cancel=_order(page),
    )


async def return_part(page: Page) -> Response:
    form = page.sent("ReturnMilestoneInput")
    if await page.mutate("orders/return_milestone.graphql", form):
        return await page.done(Text("The part was returned."), _order(page))
    return await ask_return(page, form)


async def attach(page: Page) -> Response:
    form = page.sent("AttachOrderPaperInput", "paper")
    if await page.mutate("orders/attach_order_paper.graphql", form):
        return await page.done(Text("The document was attached."), f"{_order(page)}#papers")
    return await order_page.show(page, form)


routes = [
    post("/tilaukset/{id:int}/tilaus", place, name="orders.place"),
    post("/tilaukset/{id:int}/ylitys/paatos", decide, name="orders.decide_overrun"),
    post("/tilaukset/{id:int}/ylitys/peruutus", withdraw_overrun, name="orders.withdraw_overrun"),
    get("/tilaukset/{id:int}/muutokset/{change:int}/hylkays", ask_rejection, name="orders.ask_rejection"),
    post("/tilaukset/{id:int}/muutokset/{change:int}/hylkays", reject_change, name="orders.reject_change"),
    post("/tilaukset/{id:int}/muutokset/{change:int}/{answer}", answer_change, name="orders.answer_change"),
    get("/tilaukset/{id:int}/osat/{part:int}/palautus", ask_return, name="orders.ask_return"),
    post("/tilaukset/{id:int}/osat/{part:int}/palautus", return_part, name="orders.return_part"),
    post("/tilaukset/{id:int}/osat/{part:int}/{answer}", answer_part, name="orders.answer_part"),
    post("/tilaukset/{id:int}/asiakirjat", attach, name="orders.attach"),
]
