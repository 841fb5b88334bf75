"""A ticket's own page: how it stands and how long is left, then the conversation, then what happened."""

from functools import partial
from typing import Any

from starlette.responses import RedirectResponse, Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.translation import Text
from web import clocks
from web.attachments import remover, taking_away
from web.complaints.about import complaining
from web.forms import Form
from web.orders.draft_views import ordering
from web.pages import Page, found
from web.routing import get, post
from web.tickets.causes import LACKS_CAUSE, lacks_cause
from web.tickets.kept import chosen_in
from web.tickets.sensitive_views import masking, opening
from web.tickets.steps import TICKET_STEPS, claiming, permissions_of, ready_answers

AUDIENCES = {
    "ALL": Text("Everyone, the customer too"),
    "BOTH": Text("Tiera and the supplier"),
    "TIERA": Text("Tiera only"),
}

FROM_THERE = {
    "CAUSED_BY": Text("It caused"),
    "DUPLICATE_OF": Text("The same as"),
    "PART_OF": Text("A part of it is"),
    "FOLLOWS_FROM": Text("From it follows"),
}
"""By the kind of a link that another ticket has to this one: what this one is to it."""
MOST_ENDED, MOST_MERGED = 20, 50
"""So many clocks that have ended, and tickets that were merged into this one, its page shows; it asks one more."""
WATCHED = Text("You are told of it from now on.")
GIVE = Text("Give it to a colleague or a team")
MESSAGE = "viesti"
"""The parameter with a message to which a link leads."""
RATING = "r"
"""The prefix of the fields with which a ticket is rated."""


async def show(page: Page, sent: Form | None = None, rating: Form | None = None) -> Response:
    """The newest of the conversation; a link that names a message (`viesti`) leads to the part that has it."""
    data, is_newest = await page.part_with(
        MESSAGE, "TicketMessage", partial(_asked, page), lambda data: found(data["ticket"])["messages"]["nodes"]
    )
    ticket, now = found(data["ticket"]), clock.now()
    ticket["messages"]["nodes"].reverse()
    texts = [ticket, *ticket["messages"]["nodes"]]
    has_it = (ticket["assignee"] or {}).get("id") == f"Person:{page.actor.person_id}"
    offers = TICKET_STEPS.offered(page, ticket["availableActions"]) + ordering(page, ticket) + complaining(page, ticket)
    if has_it:
        offers = [("GIVE", GIVE, url) if action == "TAKE" else (action, text, url) for action, text, url in offers]
    waiting = ticket["waiting"]["nodes"]
    to_release = next((each for each in waiting if "RELEASE" in each["availableActions"]), None)
    to_confirm = next((each for each in waiting if each["agreed"] and each["agreed"]["availableActions"]), None)
    names = AUDIENCES if ticket["customer"] else AUDIENCES | {"ALL": AUDIENCES["BOTH"]}
    audiences = [name for name in ticket["availableAudiences"] if ticket["customer"] or name != "ALL"] or ["ALL"]
    before = sent and chosen_in(page, sent) and (sent.field("text").value.strip(), sent.field("audience").value)
    if sent and before == ("", audiences[0]):
        sent.raw["audience"] = [audiences[-1]]  # a ready answer alone is for who asks
    return await page.render(
        "tickets/ticket.html",
        watch=[ticket["id"]],
        ticket=ticket,
        is_party=page.actor.kind is not ActorKind.CUSTOMER,
        is_desk=page.actor.kind is ActorKind.BUYER,
        clocks=clocks.shown([*reversed(ticket["running"]), *ticket["ended"][:MOST_ENDED]], "ClockKind", now),
        most_ended=MOST_ENDED if len(ticket["ended"]) > MOST_ENDED else None,
        most_merged=MOST_MERGED,
        offers=offers,
        first=None if to_release else TICKET_STEPS.first_of(offers),
        to_release=to_release,
        is_untold=page.actor.kind is ActorKind.BUYER and _is_untold(ticket),
        lacks_cause=LACKS_CAUSE if lacks_cause(ticket) else None,
        to_confirm=to_confirm,
        is_newest=is_newest,
        form=sent or page.form("WriteTicketMessageInput", {"ticketId": ticket["id"], "audience": audiences[0]}),
        audience_names=names,
        audiences=[(name, names[name]) for name in audiences],
        answers=await ready_answers(page, sent),
        permissions=permissions_of(data),
        opening={each["id"]: opening(page, each["id"]) for each in texts if each["isSensitive"]},
        masking=masking(page, texts),
        from_there=FROM_THERE,
        unlinking={link["id"]: _unlinking(page, link) for link in ticket["links"] if link["other"]},
        rating=rating or page.form("RateTicketInput", {"ticketId": ticket["id"]}, RATING),
        watching=page.form("WatchTicketInput", {"ticketId": ticket["id"], "isWatching": not ticket["isWatched"]}, "w"),
        now=now.isoformat(),
        remove=remover(page, "tickets"),
    )


DONE = ("RESOLVED", "CLOSED", "WITHDRAWN", "REJECTED", "MERGED")


def _is_untold(ticket: dict[str, Any]) -> bool:
    """Whether it is an open incident of wide reach of which no bulletin tells customers."""
    is_wide = (ticket["kind"], ticket["reach"]) == ("INCIDENT", "MANY")
    return is_wide and ticket["state"] not in DONE and not ticket["isToldToCustomers"]


async def _asked(page: Page, **more: Any) -> dict[str, Any]:
    return await page.query("tickets/ticket.graphql", id=page.id("Ticket"), **claiming(page), **page.window(), **more)


def _unlinking(page: Page, link: dict[str, Any]) -> Form:
    """The form that takes a link away."""
    its = {"ticketId": link["ticket"]["id"], "kind": link["kind"], "other": link["other"]["id"]}
    return page.form("UnlinkTicketsInput", its, f"u{link['id'].partition(':')[2]}")


async def write(page: Page) -> Response:
    form = page.sent("WriteTicketMessageInput")
    if payload := await page.mutate("tickets/write_ticket_message.graphql", form):
        return await page.done(_said(payload["message"]), page.url("tickets.show", id=page.path("id")))
    return await show(page, form)


def _said(message: dict[str, Any] | None) -> Text:
    if message and message["state"] == "WAITING":
        return Text("Your message waits for Tiera's release; the customer reads it then.")
    return Text("Your message was sent.")


async def watch(page: Page) -> Response:
    form = page.sent("WatchTicketInput", "w")
    if await page.mutate("tickets/watch_ticket.graphql", form):
        text = WATCHED if form.variables["isWatching"] else Text("You are told of it no more.")
        return await page.done(text, page.url("tickets.show", id=page.path("id")))
    return await show(page)


async def by_number(page: Page) -> Response:
    """The address that people write: the number leads to the ticket's page."""
    id_ = found((await page.query("tickets/find.graphql", number=page.path("number")))["ticketByNumber"])["id"]
    return RedirectResponse(page.url("tickets.show", id=id_.partition(":")[2]), 303)


routes = [
    get("/pyynnot/{id:int}", show, name="tickets.show"),
    post("/pyynnot/{id:int}/viesti", write, name="tickets.write"),
    post("/pyynnot/{id:int}/seuraa", watch, name="tickets.watch"),
    *taking_away("tickets", "/pyynnot", "tickets/take_away_file.graphql", "TakeAwayTicketFileInput"),
]
