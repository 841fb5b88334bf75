"""What is done with a complaint by one form: a table of steps, and the one pair of views that shows and takes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.stepping import ATTACHED, Asked, Step, Steps, form_of

_YES_NO: Final = Text("Was the cause the supplier's?")

TOPICS: Final = {
    "summary": "SUMMARY",
    "mainPoints": "MAIN_POINTS",
    "problem": "PROBLEM",
    "effects": "EFFECTS",
    "measures": "MEASURES",
    "prevention": "PREVENTION",
}
"""The topics of a response: field of the schema → member of `ResponseTopic`."""
SUM: Final = Asked(
    "amount",
    Text("Sum of the sanction, euros without VAT"),
    "money",
    Text("The agreement states none: give it where the sanction is applied."),
    "short",
)
"""Asked where the agreement states none."""
STEPS: Final = (
    Step(
        "SEND",
        "laheta",
        "send_complaint",
        Text("Send the complaint"),
        Text("Send the complaint"),
        Text(
            "It goes to the supplier's service manager under a number of its own, and the supplier's time runs. "
            "It cannot be changed any more."
        ),
        Text("The complaint was sent."),
    ),
    Step(
        "ACKNOWLEDGE",
        "kuittaa",
        "acknowledge_complaint",
        Text("Acknowledge"),
        Text("Acknowledge the complaint"),
        Text("Tiera is told that the complaint has arrived. The time to answer runs from its arrival."),
        Text("The complaint was acknowledged."),
    ),
    Step(
        "BEGIN",
        "aloita",
        "begin_handling_complaint",
        Text("Record the first action"),
        Text("Record the first action"),
        Text("Handling begins without delay; what was done first is said once."),
        Text("The first action was recorded."),
        (Asked("action", Text("What was done"), "textarea"),),
    ),
    Step(
        "FIND_PROPER",
        "arvioi",
        "judge_response",
        Text("Judge the response"),
        Text("Judge the response"),
        Text(
            "Is the response proper? The supplier reads your reason. A response that is not proper gives no new time."
        ),
        Text("The response was judged."),
        (
            Asked("isProper", Text("Is the response proper?"), "yesno"),
            Asked("reason", Text("Reason"), "textarea", Text("Of a response that is not proper: what is missing.")),
            ATTACHED,
        ),
    ),
    Step(
        "GIVE_TIME",
        "lisaaika",
        "give_time_to_answer",
        Text("Give more time"),
        Text("Give more time to answer"),
        Text(
            "The supplier has until the end of the day you give, or of the next business day where it is none. "
            "A sanction that has arisen stays Tiera's to apply or waive."
        ),
        Text("More time was given."),
        (
            Asked("until", Text("Until the end of"), width="short"),
            Asked("reason", Text("Reason for the supplier"), "textarea"),
        ),
    ),
    Step(
        "CALL_MEETING",
        "kokous",
        "call_extraordinary_meeting",
        Text("Call an extraordinary meeting"),
        Text("Call the supplier's steering group to an extraordinary meeting"),
        Text(
            "For a complaint that cannot wait for the normal rhythm. The supplier is told of the day and of your "
            "reason; the 14 days' notice of other meetings does not bind. Called once more, it is for the newer day."
        ),
        Text("The meeting was called."),
        (
            Asked("calledFor", Text("Day of the meeting"), width="short"),
            Asked("reason", Text("Why it cannot wait, and where or how the group meets"), "textarea"),
        ),
    ),
    Step(
        "HANDLE",
        "kasitelty",
        "handle_complaint",
        Text("Record the handling in the supplier's steering group"),
        Text("Record the handling in the supplier's steering group"),
        Text("Complaints and responses are handled in the supplier's steering group."),
        Text("The handling was recorded."),
        (
            Asked("handledOn", Text("Day of the meeting"), width="short"),
            Asked("handling", Text("What was said and agreed"), "textarea"),
            ATTACHED,
        ),
    ),
    Step(
        "CLOSE",
        "paata",
        "close_complaint",
        Text("Close the complaint"),
        Text("Close the complaint"),
        Text(
            "All that was agreed is done. The complaint stays in the register. "
            "Where the supplier's time to answer still runs, it ends and brings no sanction."
        ),
        Text("The complaint was closed."),
    ),
    Step(
        "SAY_SHARED_USE",
        "yhteiskaytto",
        "say_shared_use",
        Text("Say whether it touches the shared use"),
        Text("Say whether it touches the shared use"),
        Text("Complaints that touch the shared use go to the development group as well."),
        Text("What you said was recorded."),
        (Asked("touchesSharedUse", Text("Does the complaint touch the shared use?"), "yesno"),),
    ),
    Step(
        "SAY_CAUSE",
        "syy",
        "say_whose_cause",
        Text("Say whose the cause was"),
        Text("Say whose the cause was"),
        Text("Handling is billable only when both sides say that the cause was not the supplier's. It is said once."),
        Text("What you said was recorded."),
        (Asked("isSuppliers", _YES_NO, "yesno"),),
    ),
    Step(
        "OWN_CAUSE",
        "oma-syy",
        "say_whose_cause",
        Text("Say whose the cause was"),
        Text("Say whose the cause was"),
        Text("Handling is billable only when both sides say that the cause was not the supplier's. It is said once."),
        Text("What you said was recorded."),
        (Asked("isSuppliers", _YES_NO, "yesno"),),
    ),
    Step(
        "WITHDRAW",
        "peruuta",
        "withdraw_complaint",
        Text("Withdraw"),
        Text("Withdraw the complaint"),
        Text(
            "The complaint ends here and stays in the register. The supplier reads your reason. "
            "A sanction that has arisen stays: Tiera applies or waives it, and an applied one is deducted."
        ),
        Text("The complaint was withdrawn."),
        (Asked("reason", Text("Reason"), "textarea"),),
        "warn",
        says_of_draft=Text(
            "The draft ends here and stays in the register. The supplier does not see it. "
            "A mail that it was made of waits for the desk again."
        ),
    ),
    Step(
        "APPLY",
        "sanktio",
        "decide_sanction",
        Text("Decide on the sanction"),
        Text("Decide on the sanction"),
        Text("Tiera applies the agreed sanction or waives it. The supplier reads your reason."),
        Text("The decision was recorded."),
        (
            Asked("applies", Text("Is the sanction applied?"), "yesno"),
            SUM,
            Asked("reason", Text("Reason for the supplier"), "textarea"),
            ATTACHED,
        ),
        "warn",
    ),
)
COMPLAINT_STEPS: Final = Steps(
    "complaints",
    STEPS,
    next=("SEND", "ACKNOWLEDGE", "FIND_PROPER", "APPLY", "ANSWER", "HANDLE", "CLOSE"),
    links={
        "EDIT": (Text("Complete the draft"), "complaints.edit"),
        "ANSWER": (Text("Write the response"), "complaints.respond"),
        "BILL": (Text("Approve handling for billing"), "billing.ask_complaint"),
    },
)


def actions_of(complaint: Mapping[str, Any]) -> list[str]:
    """What may be done with a complaint, and with its sanction."""
    sanction = complaint["sanction"]
    return [*complaint["availableActions"], *(sanction["availableActions"] if sanction else ())]


def offered(complaint: Mapping[str, Any], today: date) -> list[str]:
    """The same, but for putting on record a meeting that is still to come while no response has."""
    is_to_come = complaint["calledFor"] is not None and complaint["calledFor"] > today.isoformat()
    waits = is_to_come and complaint["isTimeRunning"] and complaint["state"] in ("SENT", "ACKNOWLEDGED")
    return [action for action in actions_of(complaint) if not (waits and action == "HANDLE")]


async def show(page: Page, sent: Form | None) -> Response:
    step = COMPLAINT_STEPS.asked(page)
    complaint = found((await page.query("complaints/step.graphql", id=page.id("Complaint")))["complaint"])
    about_sanction = step.action == "APPLY"
    thing = (about_sanction and complaint["sanction"]) or complaint
    initial = {"sanctionId": complaint["sanction"]["id"]} if about_sanction else {"complaintId": complaint["id"]}
    if about_sanction and complaint["sanction"] and complaint["sanction"]["amount"]:
        step = replace(step, fields=tuple(asked for asked in step.fields if asked is not SUM))
    if step.action == "HANDLE":
        initial["handledOn"] = helsinki_date(now()).isoformat()
    if step.action == "FIND_PROPER" and complaint["response"]:
        initial["responseId"] = complaint["response"]["id"]
        if sent is not None and "responseId" in sent.errors:  # the newest stands above the form now
            sent.raw["responseId"] = [complaint["response"]["id"]]
    return await page.render(
        "complaints/step.html",
        step=step,
        complaint=complaint,
        topics=TOPICS if step.action == "FIND_PROPER" and complaint["response"] else {},
        hidden=[name for name in initial if name not in {asked.path for asked in step.fields}],
        form=form_of(page, step, thing, initial, sent),
    )


routes = COMPLAINT_STEPS.routes("/reklamaatiot", show)
