"""How well a ticket was handled: on its page, or by the link of a mail without signing in. Looking changes nothing."""

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.identity.presence import house
from web.pages import Page, Problem
from web.routing import get, post
from web.tickets import ticket_page

THANKS: Final = Text("Thank you! What you said was recorded.")


async def rate(page: Page) -> Response:
    form = page.sent("RateTicketInput", ticket_page.RATING)
    if await page.mutate("tickets/rate_ticket.graphql", form):
        return await page.done(THANKS, page.url("tickets.show", id=page.path("id")))
    return await ticket_page.show(page, rating=form)


async def by_link(page: Page, form: Form | None = None) -> Response:
    """The one ticket that the link is about, and nothing else of the portal."""
    ticket = None
    if about := await _about(page):
        ticket = (await page.query("tickets/to_rate.graphql", id=about))["ticket"]
    if ticket is None:
        return await page.render("tickets/dead_rating_link.html", status=404)
    given = {"ticketId": ticket["id"]} | ({"score": score} if (score := _score(page)) else {})
    form = form or page.form("RateTicketInput", given, ticket_page.RATING)
    return await page.render(
        "tickets/rate.html", ticket=ticket, form=form, is_done="RATE" not in ticket["availableActions"]
    )


async def rate_by_link(page: Page) -> Response:
    about = await _about(page)
    form = page.sent("RateTicketInput", ticket_page.RATING)
    if about is None:
        return await page.render("tickets/dead_rating_link.html", status=404)
    if form.is_fine and form.variables["ticketId"] != about:
        raise Problem(404)
    if await page.mutate("tickets/rate_ticket.graphql", form):
        return await page.done(THANKS, page.url("tickets.rate_by_link", secret=page.path("secret")))
    return await by_link(page, form)


async def _about(page: Page) -> str | None:
    """The thing that the link is about; from now on its receiver acts on this page. None where it does not work."""
    errand = await house(page.request).reception.of_errand(page.path("secret"))
    if errand is None or errand.about.kind != "Ticket":
        return None
    page.by_link = replace(errand.actor, language=page.language)
    return str(errand.about)


def _score(page: Page) -> int | None:
    """What was chosen already where the link was followed, as `?arvosana=5`."""
    wanted = page.params.get("arvosana", "")
    return int(wanted) if wanted in "12345" and len(wanted) == 1 else None


routes = [
    post("/pyynnot/{id:int}/arvio", rate, name="tickets.rate"),
    get("/arvio/{secret}", by_link, name="tickets.rate_by_link", open=True),
    post("/arvio/{secret}", rate_by_link, name="tickets.send_rating", open=True),
]
