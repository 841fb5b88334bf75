"""Under which title, tags and team a ticket is found."""

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


async def sort(page: Page, form: Form | None = None) -> Response:
    ticket = found((await page.query("tickets/sorting.graphql", id=page.id("Ticket")))["ticket"])
    if form is None:
        require(ticket, "EDIT")
    its = {"ticketId": ticket["id"], "expectedVersion": ticket["version"], "title": ticket["title"]}
    its |= {"team": ticket["team"], "tags": [", ".join(ticket["tags"] or [])]}
    return await page.render("tickets/sort.html", ticket=ticket, form=page.editing(form, "SortTicketInput", its))


async def put(page: Page) -> Response:
    form = page.sent("SortTicketInput")
    if await page.mutate("tickets/sort_ticket.graphql", form):
        there = page.url("tickets.show", id=page.path("id"))
        return await page.done(Text("It is found under these from now on."), there)
    return await sort(page, form)


routes = [
    get("/pyynnot/{id:int}/lajittelu", sort, name="tickets.sort"),
    post("/pyynnot/{id:int}/lajittelu", put, name="tickets.put_in_order"),
]
