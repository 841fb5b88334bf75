"""Tiera releases what a supplier wrote to a customer, as it is or changed, or returns it (H11.4-a)."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text
from web.attachments import remover
from web.forms import NEEDED, Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require
from web.tickets.sensitive_views import opening


async def show(page: Page, release: Form | None = None, returned: Form | None = None) -> Response:
    message = await _message(page)
    wanted = message["id"]
    if message["ticket"]["id"] != page.id("Ticket"):
        raise Problem(404)
    if release is None and returned is None:
        if message["state"] != "WAITING":  # somebody came back to what was decided meanwhile
            key = page.path("message")
            return RedirectResponse(f"{_ticket(page)}?viesti={key}#viesti-{key}", 303)
        require(message, "RELEASE")
    return await page.render(
        "tickets/release.html",
        ticket=message["ticket"],
        message=message,
        opening=opening(page, wanted),
        remove=remover(page, "tickets"),
        release=release
        or page.form("ReleaseTicketMessageInput", {"messageId": wanted, "text": message["writtenText"]}, "release"),
        returned=returned or page.form("ReturnTicketMessageInput", {"messageId": wanted}, "return"),
    )


async def let_go(page: Page) -> Response:
    form = page.sent("ReleaseTicketMessageInput", "release")
    if form.variables.get("text", "") is None and not await _is_sensitive(page):
        form.complain("text", NEEDED)  # emptied, which must not mean: as the supplier wrote it
    if await page.mutate("tickets/release_ticket_message.graphql", form):
        return await page.done(Text("The customer reads the message now."), _ticket(page))
    return await show(page, release=form)


async def give_back(page: Page) -> Response:
    form = page.sent("ReturnTicketMessageInput", "return")
    if await page.mutate("tickets/return_ticket_message.graphql", form):
        return await page.done(Text("The message was returned to the supplier."), _ticket(page))
    return await show(page, returned=form)


async def _is_sensitive(page: Page) -> bool:
    """Whether the message is masked for Tiera too: the form was empty, and left so it goes as it was written."""
    return bool((await _message(page))["isSensitive"])


async def _message(page: Page) -> dict[str, Any]:
    message: dict[str, Any] = found(
        (await page.query("tickets/release.graphql", id=page.id("TicketMessage", "message")))["node"]
    )
    return message


def _ticket(page: Page) -> str:
    return page.url("tickets.show", id=page.path("id"))


routes = [
    get("/pyynnot/{id:int}/viestit/{message:int}", show, name="tickets.release"),
    post("/pyynnot/{id:int}/viestit/{message:int}/julkaisu", let_go, name="tickets.let_go"),
    post("/pyynnot/{id:int}/viestit/{message:int}/palautus", give_back, name="tickets.give_back"),
]
