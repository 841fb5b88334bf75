"""What is done with a ticket by one form: a table of steps, and the one pair of views that shows and takes them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get
from web.stepping import ATTACHED, Asked, Step, Steps, form_of
from web.tickets.desk import is_of_desk
from web.tickets.kept import chosen_in

REASON: Final = (Asked("reason", Text("Reason"), "textarea"),)
PERMITTED: Final = Asked(
    "permissionId",
    Text("By which permission"),
    "select",
    Text("A permission lets the customer read it at once. What it does not cover is refused."),
)
BOTH_READ: Final = Text("Tiera and the supplier read the reason; the customer does not.")

STEPS: Final = (
    Step(
        "TAKE",
        "ota",
        "take_ticket",
        Text("Take it"),
        Text("Take it to be worked on"),
        Text("Whoever takes it has it from now on, and others see that."),
        Text("It was taken."),
        (
            Asked("personId", Text("Who takes it"), "select"),
            Asked("team", Text("Team"), hint=Text("Leave it empty to change nothing.")),
        ),
    ),
    Step(
        "RESPOND",
        "vastaa",
        "respond_to_ticket",
        Text("Answer"),
        Text("Answer whoever asked"),
        Text("The first answer ends the response time."),
        Text("The answer was recorded."),
        (Asked("text", Text("Answer"), "textarea"), ATTACHED, PERMITTED),
    ),
    Step(
        "WAIT",
        "kysy",
        "wait_for_requester",
        Text("Ask and wait"),
        Text("Ask something and wait for the answer"),
        Text("The clocks stand while the answer is waited for, if the service level says so."),
        Text("The question was recorded."),
        (Asked("text", Text("Question"), "textarea"), ATTACHED, PERMITTED),
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
        (*REASON, ATTACHED),
    ),
    Step(
        "HAND_BACK",
        "palauta",
        "hand_back_ticket",
        Text("Hand back to Tiera"),
        Text("Hand it back to Tiera's desk"),
        BOTH_READ,
        Text("It was handed back."),
        (*REASON, ATTACHED),
    ),
    Step(
        "RECALL",
        "nouda",
        "recall_ticket",
        Text("Take back to the desk"),
        Text("Take it back to Tiera's desk"),
        BOTH_READ,
        Text("It is at Tiera's desk again."),
        (*REASON, ATTACHED),
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
            ATTACHED,
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
        (Asked("cause", Text("Root cause"), "textarea"), ATTACHED),
    ),
    Step(
        "APPROVE",
        "paatos",
        "decide_change",
        Text("Decide on the change"),
        Text("Decide on the change"),
        BOTH_READ,
        Text("The decision was recorded."),
        (Asked("isApproved", Text("May it be carried out?"), "yesno"), *REASON, ATTACHED),
    ),
    Step(
        "RESOLVE",
        "ratkaise",
        "resolve_ticket",
        Text("Resolve"),
        Text("Say how it was resolved"),
        Text("The time to resolve ends when this is written."),
        Text("The resolution was recorded."),
        (Asked("text", Text("How it was resolved"), "textarea"), ATTACHED, PERMITTED),
    ),
    Step(
        "REOPEN",
        "avaa",
        "reopen_ticket",
        Text("Open it again"),
        Text("Open it again"),
        Text("The clocks run on."),
        Text("It was opened again."),
        (Asked("reason", Text("What is still wrong"), "textarea"), ATTACHED),
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
        "ASK_BILLING",
        "pyyda-laskutuslupaa",
        "ask_for_billing",
        Text("Ask for approval for billing"),
        Text("Ask Tiera to approve it for billing"),
        Text(
            "Tiera approves it or says that it is not billed. Tiera and the supplier read this; the customer does not."
        ),
        Text("Tiera was asked to approve it for billing."),
        (Asked("reason", Text("What was done, and what is to be billed"), "textarea"), ATTACHED),
    ),
    Step(
        "DECLINE_BILLING",
        "ei-laskuteta",
        "decline_billing",
        Text("Say that it is not billed"),
        Text("Say that it is not billed"),
        BOTH_READ,
        Text("What you said was recorded."),
        (*REASON, ATTACHED),
    ),
    Step(
        "UNMERGE",
        "erilleen",
        "unmerge_ticket",
        Text("Take apart again"),
        Text("Let it go on by itself again"),
        Text("It stands as it did; its clocks run on without the time for which it was merged."),
        Text("It goes on by itself again."),
        (*REASON, ATTACHED),
    ),
    Step(
        "WITHDRAW",
        "peru",
        "withdraw_ticket",
        Text("Withdraw"),
        Text("Withdraw it"),
        Text("Nothing more is done about it."),
        Text("It was withdrawn."),
        (*REASON, ATTACHED),
        "warn",
    ),
)
TICKET_STEPS: Final = Steps(
    "tickets",
    STEPS,
    next=("APPROVE", "TAKE", "RESPOND", "RESUME", "RESOLVE", "CONFIRM", "CLOSE"),
    links={
        "LINK": (Text("Link to a ticket or an order"), "tickets.link"),
        "BILL": (Text("Approve for billing"), "tickets.bill"),
        "MERGE": (Text("Merge into another ticket"), "tickets.merge"),
        "EDIT": (Text("Title, tags and team"), "tickets.sort"),
    },
)


def claiming(page: Page) -> dict[str, Any]:
    """Variables that ask by which permissions a supplier may write to customers today."""
    return {"today": helsinki_date(clock.now()).isoformat(), "isSupplier": page.actor.kind is ActorKind.SUPPLIER}


def permissions_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The permissions that were asked for, as choices."""
    nodes = (data.get("contactPermissions") or {"nodes": []})["nodes"]
    return [(each["id"], f"{each['documentNumber']}: {each['matter']}") for each in nodes]


def colleagues_of(page: Page, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """One's own side's people that were asked for, as choices, without whoever asks."""
    nodes = (data.get("people") or {"nodes": []})["nodes"]
    return [(each["id"], each["name"]) for each in nodes if each["id"] != f"Person:{page.actor.person_id}"]


async def ready_answers(page: Page, sent: Form | None) -> list[tuple[str, str]]:
    """What Tiera's desk answers often, as choices; one that was chosen stands in the form after what was typed."""
    if not is_of_desk(page.actor):
        return []
    nodes = (await page.query("tickets/answers.graphql"))["readyAnswers"]["nodes"]
    if sent and (id := chosen_in(page, sent)):
        said = [each["text"] for each in nodes if each["id"] == id]
        sent.raw["text"] = ["\n\n".join(filter(None, [sent.field("text").value.rstrip(), *said]))]
    return [(each["id"], each["title"]) for each in nodes]


async def show(page: Page, sent: Form | None) -> Response:
    step = TICKET_STEPS.asked(page)
    today = claiming(page)
    data = await page.query(
        "tickets/step.graphql",
        id=page.id("Ticket"),
        own=f"Organisation:{page.actor.organisation_id}",
        isTaken=step.action == "TAKE",
        isDecided=step.action == "APPROVE",
        **today,
    )
    ticket = found(data["ticket"])
    initial = {"ticketId": ticket["id"]}
    if step.action == "CHANGE_CLASS":
        initial |= {"criticality": ticket["criticality"], "reach": ticket["reach"]}
    answers = await ready_answers(page, sent) if any(asked.path == "text" for asked in step.fields) else []
    return await page.render(
        "tickets/step.html",
        step=step,
        ticket=ticket,
        permissions=permissions_of(data),
        colleagues=colleagues_of(page, data),
        answers=answers,
        now=clock.now().isoformat(),
        form=form_of(page, step, ticket, initial, sent),
    )


async def bill(page: Page) -> Response:
    """Approving one ticket for billing is approving many of one."""
    return RedirectResponse(f"{page.url('billing.ask')}?tapaus={page.path('id')}", 303)


routes = [
    get("/pyynnot/{id:int}/laskutus", bill, name="tickets.bill"),
    *TICKET_STEPS.routes("/pyynnot", show),
]
