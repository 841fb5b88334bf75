"""What recurs on a page of its own: the evidence, what is done about it by one form, and whether it helped."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.translation import Text, translate
from web.forms import Form
from web.pages import Page, found
from web.recurrences import effect
from web.routing import get
from web.stepping import ATTACHED, Asked, Step, Steps, form_of

BOTH_READ: Final = Text("Tiera and the supplier read the reason; the customer does not.")
STEPS: Final = (
    Step(
        "TAKE",
        "ongelma",
        "take_recurrence",
        Text("Make a problem of it"),
        Text("Make a problem of it"),
        Text("A problem is opened, and the tickets below are linked as caused by it."),
        Text("The problem was opened."),
        (Asked("title", Text("Title")), Asked("description", Text("Description"), "textarea")),
    ),
    Step(
        "DISMISS",
        "hylkaa",
        "dismiss_recurrence",
        Text("It does not recur"),
        Text("Say why it does not recur"),
        Text("It leaves the list, and comes again when as many more come."),
        Text("It was dismissed."),
        (Asked("reason", Text("Reason"), "textarea"),),
    ),
    Step(
        "PROPOSE",
        "ehdota",
        "propose_remedy",
        Text("Propose a remedy"),
        Text("Propose how to have fewer of them"),
        Text("Tiera answers. Later this page shows whether it helped."),
        Text("The proposal was sent to Tiera."),
        (
            Asked("proposal", Text("What would be done"), "textarea"),
            Asked("expectedPerMonth", Text("Expected a month after that"), width="short"),
            ATTACHED,
        ),
    ),
    Step(
        "ACCEPT",
        "vastaa",
        "answer_proposal",
        Text("Answer the proposal"),
        Text("Answer the proposal"),
        BOTH_READ,
        Text("The answer was recorded."),
        (
            Asked("isAccepted", Text("Is it accepted?"), "yesno"),
            Asked("reason", Text("Reason"), "textarea"),
            Asked("opensChange", Text("Open a change that follows from the problem")),
            ATTACHED,
        ),
    ),
)
RECURRENCE_STEPS: Final = Steps("recurrences", STEPS, next=("TAKE", "ACCEPT", "PROPOSE"))


async def show(page: Page) -> Response:
    recurrence = await _asked(page)
    now = clock.now()
    offers = RECURRENCE_STEPS.offered(page, recurrence["availableActions"])
    return await page.render(
        "recurrences/recurrence.html",
        watch=[recurrence["id"]],
        recurrence=recurrence,
        now=now.isoformat(),
        offers=offers,
        first=RECURRENCE_STEPS.first_of(offers),
        taking=page.form("TakeRecurrenceInput", {"recurrenceId": recurrence["id"]}),
        chart=effect.chart_of(recurrence, now),
        sentence=effect.sentence_of(recurrence, now),
    )


async def ask(page: Page, sent: Form | None) -> Response:
    step, recurrence = RECURRENCE_STEPS.asked(page), await _asked(page)
    initial = {"recurrenceId": recurrence["id"], **_initial(page, step, recurrence)}
    return await page.render(
        "recurrences/step.html",
        step=step,
        recurrence=recurrence,
        sentence=effect.sentence_of(recurrence, clock.now()),
        form=form_of(page, step, recurrence, initial, sent),
    )


def _initial(page: Page, step: Step, recurrence: dict[str, Any]) -> dict[str, Any]:
    if step.action != "TAKE":
        return {}
    words = recurrence["title"]
    says = Text("%(num)s tickets share the words: %(words)s.", num=recurrence["ticketCount"], words=words)
    return {
        "title": translate(Text("Recurs: %(words)s", words=words), page.language),
        "description": translate(says, page.language),
    }


async def _asked(page: Page) -> dict[str, Any]:
    data = await page.query("recurrences/recurrence.graphql", id=page.id("Recurrence"))
    recurrence: dict[str, Any] = found(data["recurrence"])
    return recurrence


routes = [
    get("/toistuvat/{id:int}", show, name="recurrences.show"),
    *RECURRENCE_STEPS.routes("/toistuvat", ask),
]
