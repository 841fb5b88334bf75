"""That a message carries what was agreed; and Tiera's word that it binds, or not (H11.4-e)."""

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import require


async def show(
    page: Page, noted: Form | None = None, confirmed: Form | None = None, refused: Form | None = None
) -> Response:
    wanted = page.id("TicketMessage", "message")
    message = found((await page.query("tickets/agreed.graphql", id=wanted))["node"])
    if message["ticket"]["id"] != page.id("Ticket"):
        raise Problem(404)
    if not (noted or confirmed or refused):
        require(message["agreed"] or message["ticket"], "REFUSE" if message["agreed"] else "WRITE")
    point = {"agreedPointId": message["agreed"] and message["agreed"]["id"]}
    return await page.render(
        "tickets/agreed.html",
        message=message,
        ticket=message["ticket"],
        noted=noted or page.form("NoteAgreedInput", {"messageId": wanted}),
        confirmed=confirmed or page.form("ConfirmAgreedInput", point, "confirm"),
        refused=refused or page.form("RefuseAgreedInput", point, "refuse"),
    )


async def note(page: Page) -> Response:
    form = page.sent("NoteAgreedInput")
    if await page.mutate("tickets/note_agreed.graphql", form):
        return await page.done(Text("It is on record; it does not bind until Tiera confirms it."), _ticket(page))
    return await show(page, noted=form)


async def confirm(page: Page) -> Response:
    form = page.sent("ConfirmAgreedInput", "confirm")
    if await page.mutate("tickets/confirm_agreed.graphql", form):
        return await page.done(Text("What was agreed binds from now on."), _ticket(page))
    return await show(page, confirmed=form)


async def refuse(page: Page) -> Response:
    form = page.sent("RefuseAgreedInput", "refuse")
    if await page.mutate("tickets/refuse_agreed.graphql", form):
        return await page.done(Text("What was agreed does not bind; the reason is on record."), _ticket(page))
    return await show(page, refused=form)


def _ticket(page: Page) -> str:
    return page.url("tickets.show", id=page.path("id"))


routes = [
    get("/pyynnot/{id:int}/viestit/{message:int}/sovittu", show, name="tickets.agreed"),
    post("/pyynnot/{id:int}/viestit/{message:int}/sovittu", note, name="tickets.note_agreed"),
    post("/pyynnot/{id:int}/viestit/{message:int}/sovittu/vahvistus", confirm, name="tickets.confirm_agreed"),
    post("/pyynnot/{id:int}/viestit/{message:int}/sovittu/epaaminen", refuse, name="tickets.refuse_agreed"),
]
