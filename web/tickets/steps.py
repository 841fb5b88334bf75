"""What is done with a ticket by one form: a table of steps, and the one pair of views that shows and takes them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.orders.steps import Asked, Step
from web.pages import Page, Problem, found, get, post

REASON: Final = (Asked("reason", Text("Reason"), "textarea"),)
BOTH_READ: Final = Text("Tiera and the supplier read the reason; the customer does not.")
CUSTOMER_READS: Final = Text("What a supplier writes reaches the customer when Tiera has released it.")

STEPS: Final = (
    Step(
        "TAKE",
        "ota",
        "take_ticket",
        Text("Take it"),
        Text("Take it to be worked on"),
        Text("You have it from now on, and others see that."),
        Text("You have it now."),
    ),
    Step(
        "RESPOND",
        "vastaa",
        "respond_to_ticket",
        Text("Answer"),
        Text("Answer whoever asked"),
        CUSTOMER_READS,
        Text("The answer was recorded."),
        (Asked("text", Text("Answer"), "textarea"),),
    ),
    Step(
        "WAIT",
        "kysy",
        "wait_for_requester",
        Text("Ask and wait"),
        Text("Ask something and wait for the answer"),
        Text("The clocks stand while the answer is waited for, if the service level says so."),
        Text("The question was recorded."),
        (Asked("text", Text("Question"), "textarea"),),
    ),
    Step(
        "RESUME",
        "jatka",
        "resume_ticket",
        Text("Go on"),
        Text("Go on with it"),
        Text("The clocks run on."),
        Text("Work goes on."),
    ),
    Step(
        "HAND_OVER",
        "siirra",
        "hand_over_ticket",
        Text("Hand over to the supplier"),
        Text("Hand it over to the supplier"),
        BOTH_READ,
        Text("It was handed over."),
        REASON,
    ),
    Step(
        "HAND_BACK",
        "palauta",
        "hand_back_ticket",
        Text("Hand back to Tiera"),
        Text("Hand it back to Tiera's desk"),
        BOTH_READ,
        Text("It was handed back."),
        REASON,
    ),
    Step(
        "RECALL",
        "nouda",
        "recall_ticket",
        Text("Take back to the desk"),
        Text("Take it back to Tiera's desk"),
        BOTH_READ,
        Text("It is at Tiera's desk again."),
        REASON,
    ),
    Step(
        "CHANGE_CLASS",
        "luokka",
        "change_ticket_class",
        Text("Change the class"),
        Text("Change the class"),
        Text("The clocks are counted anew from the beginning; no pause is lost."),
        Text("The class was changed."),
        (
            Asked("criticality", Text("Criticality"), "select"),
            Asked("reach", Text("Reach"), "select"),
            *REASON,
        ),
    ),
    Step(
        "FIND_CAUSE",
        "juurisyy",
        "write_root_cause",
        Text("Write the root cause"),
        Text("Write the root cause"),
        Text("Tiera and the supplier read it."),
        Text("The root cause was recorded."),
        (Asked("cause", Text("Root cause"), "textarea"),),
    ),
    Step(
        "APPROVE",
        "paatos",
        "decide_change",
        Text("Decide on the change"),
        Text("Decide on the change"),
        BOTH_READ,
        Text("The decision was recorded."),
        (Asked("isApproved", Text("May it be carried out?"), "radio"), *REASON),
    ),
    Step(
        "RESOLVE",
        "ratkaise",
        "resolve_ticket",
        Text("Resolve"),
        Text("Say how it was resolved"),
        CUSTOMER_READS,
        Text("It was resolved."),
        (Asked("text", Text("How it was resolved"), "textarea"),),
    ),
    Step(
        "REOPEN",
        "avaa",
        "reopen_ticket",
        Text("Open it again"),
        Text("Open it again"),
        Text("The clocks run on."),
        Text("It was opened again."),
        (Asked("reason", Text("What is still wrong"), "textarea"),),
    ),
    Step(
        "CONFIRM",
        "vahvista",
        "close_ticket",
        Text("Confirm and close"),
        Text("Confirm that it is resolved"),
        Text("It is closed and cannot be opened again."),
        Text("It was closed."),
    ),
    Step(
        "CLOSE",
        "sulje",
        "close_ticket",
        Text("Close"),
        Text("Close it"),
        Text("It is closed and cannot be opened again."),
        Text("It was closed."),
    ),
    Step(
        "WITHDRAW",
        "peru",
        "withdraw_ticket",
        Text("Withdraw"),
        Text("Withdraw it"),
        Text("Nothing more is done about it."),
        Text("It was withdrawn."),
        REASON,
        "warn",
    ),
)
BY_SLUG: Final = {step.slug: step for step in STEPS}
NEXT: Final = ("TAKE", "RESPOND", "APPROVE", "RESUME", "RESOLVE", "CONFIRM", "CLOSE")
"""What comes first to somebody's mind, the first that is open being the strong button."""


def offered(page: Page, ticket: Mapping[str, Any]) -> list[tuple[str, Text, str]]:
    """Action, text and address of what can be done on a page of its own, in the order of the table."""
    return [
        (step.action, step.button, page.url("tickets.step", id=page.path("id"), step=step.slug))
        for step in STEPS
        if step.action in ticket["availableActions"]
    ]


def first_of(offers: list[tuple[str, Text, str]]) -> str | None:
    """The action that is the next step."""
    actions = {action for action, _, _ in offers}
    return next((action for action in NEXT if action in actions), None)


async def show(page: Page, form: Form | None = None) -> Response:
    step = found(BY_SLUG.get(page.path("step")))
    ticket = found((await page.query("tickets/step.graphql", id=page.id("Ticket")))["ticket"])
    if form is None and step.action not in ticket["availableActions"]:
        raise Problem(409, Text("This is not possible now: look at it again."))
    initial = {"ticketId": ticket["id"]}
    if step.action == "CHANGE_CLASS":
        initial |= {"criticality": ticket["criticality"], "reach": ticket["reach"]}
    return await page.render("tickets/step.html", step=step, ticket=ticket, form=form or page.form(step.input, initial))


async def take(page: Page) -> Response:
    step = found(BY_SLUG.get(page.path("step")))
    form = page.sent(step.input)
    if await page.mutate(f"tickets/{step.name}.graphql", form):
        return await page.done(step.done, page.url("tickets.show", id=page.path("id")))
    return await show(page, form)


routes = [
    get("/pyynnot/{id:int}/{step}", show, name="tickets.step"),
    post("/pyynnot/{id:int}/{step}", take, name="tickets.take_step"),
]
