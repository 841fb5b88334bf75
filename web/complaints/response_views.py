"""Writing the response: six topics, kept as a draft as often as one likes, sent when all are there."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.attachments import remover
from web.complaints.steps import TOPICS
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require

HINTS: Final = {
    "summary": Text("In a few sentences: what this is about and what was done."),
    "mainPoints": Text("What the complaint says, as you understood it."),
    "problem": Text("What went wrong, and why."),
    "effects": Text("On whom or what it had an effect, and for how long."),
    "measures": Text("What was done at once, what was corrected, and how it is solved."),
    "prevention": Text("What is changed so that the like does not happen again, by when, and who answers for it."),
}


async def show(page: Page, form: Form | None = None) -> Response:
    complaint = found((await page.query("complaints/response.graphql", id=page.id("Complaint")))["complaint"])
    written = complaint["responseDraft"] or complaint["response"] or {}
    if form is None:
        require(complaint, "ANSWER")
    response = {topic: written.get(topic, "") for topic in TOPICS}
    its = {"complaintId": complaint["id"], "expectedVersion": written.get("version"), "response": response}
    form = page.editing(form, "AnswerComplaintInput", its)
    return await page.render(
        "complaints/response.html",
        form=form,
        complaint=complaint,
        topics=TOPICS,
        hints=HINTS,
        remove=remover(page, "complaints"),
    )


async def send(page: Page) -> Response:
    to = page.url("complaints.show", id=page.path("id"))
    if page.posted is not None and page.posted.get("_keep"):
        draft = page.sent("DraftResponseInput")
        if await page.mutate("complaints/draft_response.graphql", draft):
            return await page.done(Text("The draft was kept; Tiera does not see it."), to)
        return await show(page, draft)
    form = page.sent("AnswerComplaintInput")
    if await page.mutate("complaints/answer_complaint.graphql", form):
        return await page.done(Text("The response was sent to Tiera."), to)
    return await show(page, form)


routes = [
    get("/reklamaatiot/{id:int}/vastine", show, name="complaints.respond"),
    post("/reklamaatiot/{id:int}/vastine", send, name="complaints.send_response"),
]
