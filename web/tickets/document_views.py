"""What a change means for the documents of its service, said before it is closed (H11.6-a)."""

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


async def show(page: Page, form: Form | None = None) -> Response:
    ticket = found((await page.query("tickets/documents.graphql", id=page.id("Ticket")))["ticket"])
    if form is None:
        require(ticket, "MARK_DOCUMENTS")
    said = {each["document"]["id"]: each for each in ticket["markedDocuments"] if each["document"]}
    unsaid = [document["id"] for document in ticket["documents"] if document["id"] not in said]
    given = {"ticketId": ticket["id"], "documentIds": unsaid, "effect": "NO_EFFECT"}
    return await page.render(
        "tickets/documents.html",
        ticket=ticket,
        said=said,
        form=form or page.form("SayEffectOnDocumentsInput", given),
        choices=[(document["id"], document["title"]) for document in ticket["documents"]],
    )


async def say(page: Page) -> Response:
    form = page.sent("SayEffectOnDocumentsInput")
    if await page.mutate("tickets/say_effect_on_documents.graphql", form):
        return await page.done(Text("It was recorded."), page.url("tickets.show", id=page.path("id")))
    return await show(page, form)


routes = [
    get("/pyynnot/{id:int}/asiakirjat", show, name="tickets.documents"),
    post("/pyynnot/{id:int}/asiakirjat", say, name="tickets.say_documents"),
]
