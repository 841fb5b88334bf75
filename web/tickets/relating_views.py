"""What a ticket is to others: linked, merged into one, or split in two."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require


async def _named(page: Page, form: Form, path: str) -> None:
    """A number that was typed stands for the ticket or order that has it; what is an identifier already is left."""
    typed = (form.variables.get(path) or "").strip()
    if not typed or ":" in typed:
        return
    named = await page.query("tickets/named.graphql", number=typed.upper())
    if thing := named["ticketByNumber"] or named["orderByNumber"]:
        form.variables[path] = thing["id"]
    else:
        form.complain(path, Text("There is no such number, or you may not see what has it."))


async def _ticket(page: Page, action: str, form: Form | None) -> dict[str, object]:
    ticket: dict[str, object] = found((await page.query("tickets/relating.graphql", id=page.id("Ticket")))["ticket"])
    if form is None:
        require(ticket, action)
    return ticket


async def link(page: Page, form: Form | None = None) -> Response:
    ticket = await _ticket(page, "LINK", form)
    form = form or page.form("LinkTicketsInput", {"ticketId": ticket["id"]})
    return await page.render("tickets/link.html", ticket=ticket, form=form)


async def merge(page: Page, form: Form | None = None) -> Response:
    ticket = await _ticket(page, "MERGE", form)
    form = form or page.form("MergeTicketsInput", {"ticketId": ticket["id"]})
    return await page.render("tickets/merge.html", ticket=ticket, form=form)


async def _put(
    page: Page, name: str, path: str, said: Text, show: Callable[[Page, Form], Awaitable[Response]]
) -> Response:
    """Carry out what names another ticket, by its number or its identifier."""
    form = page.sent("".join(word.capitalize() for word in name.split("_")) + "Input")
    await _named(page, form, path)
    if await page.mutate(f"tickets/{name}.graphql", form):
        return await page.done(said, _back(page))
    return await show(page, form)


async def put_link(page: Page) -> Response:
    return await _put(page, "link_tickets", "other", Text("The link was made."), link)


async def take_link_away(page: Page) -> Response:
    return await _put(page, "unlink_tickets", "other", Text("The link was taken away; it stays on record."), link)


async def put_together(page: Page) -> Response:
    return await _put(page, "merge_tickets", "intoId", Text("The ticket goes on in the other one."), merge)


async def split(page: Page, form: Form | None = None) -> Response:
    """Of a message, which all read whom it was for; or of what was reported."""
    wanted = page.id("TicketMessage", "message")
    message = found((await page.query("tickets/split.graphql", id=wanted))["node"])
    if message["ticket"]["id"] != page.id("Ticket"):
        raise Problem(404)
    is_read_by_customer = message["audience"] == "ALL" and message["state"] in ("SENT", "RELEASED")
    text = message["text"] if is_read_by_customer or not message["ticket"]["customer"] else ""
    said = {"by": message["author"], "at": message["writtenAt"], **_text_of(message, message["text"])}
    return await _split(page, form, message["ticket"], {"messageId": wanted, "description": text}, said)


async def split_report(page: Page, form: Form | None = None) -> Response:
    ticket = found((await page.query("tickets/split.graphql", id=page.id("Ticket")))["node"])
    text = ticket["description"]
    said = {"by": ticket["requesterName"], "at": ticket["reportedAt"], **_text_of(ticket, text)}
    return await _split(page, form, ticket, {"ticketId": ticket["id"], "description": text}, said)


def _text_of(thing: dict[str, Any], text: str) -> dict[str, Any]:
    return {"text": text, "isMasked": thing["isSensitive"]}


async def _split(
    page: Page, form: Form | None, ticket: dict[str, Any], initial: dict[str, Any], said: dict[str, Any]
) -> Response:
    if form is None:
        require(ticket, "SPLIT")
    form = form or page.form("SplitTicketInput", initial | {"kind": ticket["kind"]})
    return await page.render("tickets/split.html", ticket=ticket, said=said, of=next(iter(initial)), form=form)


async def make_two(page: Page) -> Response:
    return await _make(page, split, Text("A ticket of its own was made of the message."))


async def make_two_of_report(page: Page) -> Response:
    return await _make(page, split_report, Text("A ticket of its own was made of what was reported."))


async def _make(page: Page, show: Callable[[Page, Form], Awaitable[Response]], said: Text) -> Response:
    form = page.sent("SplitTicketInput")
    if payload := await page.mutate("tickets/split_ticket.graphql", form):
        return await page.done(said, page.url("tickets.show", id=payload["ticket"]["id"].partition(":")[2]))
    return await show(page, form)


def _back(page: Page) -> str:
    return page.url("tickets.show", id=page.path("id"))


routes = [
    get("/pyynnot/{id:int}/liitos", link, name="tickets.link"),
    post("/pyynnot/{id:int}/liitos", put_link, name="tickets.put_link"),
    post("/pyynnot/{id:int}/liitos/poisto", take_link_away, name="tickets.unlink"),
    get("/pyynnot/{id:int}/yhdistys", merge, name="tickets.merge"),
    post("/pyynnot/{id:int}/yhdistys", put_together, name="tickets.put_together"),
    get("/pyynnot/{id:int}/viestit/{message:int}/erota", split, name="tickets.split"),
    post("/pyynnot/{id:int}/viestit/{message:int}/erota", make_two, name="tickets.make_two"),
    get("/pyynnot/{id:int}/erota", split_report, name="tickets.split_report"),
    post("/pyynnot/{id:int}/erota", make_two_of_report, name="tickets.make_two_of_report"),
]
