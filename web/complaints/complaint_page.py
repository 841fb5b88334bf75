"""A complaint's own page: what is to be done comes first, then what was said, then what happened."""

from typing import Final

from starlette.responses import RedirectResponse, Response

from backend.kit import clock
from web.attachments import remover
from web.complaints.steps import COMPLAINT_STEPS, actions_of
from web.pages import Page, found

TOPICS: Final = {
    "summary": "SUMMARY",
    "mainPoints": "MAIN_POINTS",
    "problem": "PROBLEM",
    "effects": "EFFECTS",
    "measures": "MEASURES",
    "prevention": "PREVENTION",
}
"""The topics of a response: field of the schema → member of `ResponseTopic`."""


async def show(page: Page) -> Response:
    complaint = found((await page.query("complaints/complaint.graphql", id=page.id("Complaint")))["complaint"])
    offers = COMPLAINT_STEPS.offered(page, actions_of(complaint))
    return await page.render(
        "complaints/complaint.html",
        watch=[complaint["id"]],
        complaint=complaint,
        responses=[response for response in complaint["responses"] if response["sentAt"]],
        offers=offers,
        first=COMPLAINT_STEPS.first_of(offers),
        topics=TOPICS,
        now=clock.now().isoformat(),
        remove=remover(page, "complaints"),
    )


async def by_number(page: Page) -> Response:
    """The address that people write: the number leads to the complaint's page."""
    data = await page.query("complaints/find.graphql", number=page.path("number"))
    id_ = found(data["complaintByNumber"])["id"]
    return RedirectResponse(page.url("complaints.show", id=id_.partition(":")[2]), 303)
