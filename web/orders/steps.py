"""What is done with an order by one form: a table of steps, and the one pair of views that shows and takes them.

A step is offered where the schema lists its action for whoever asks; the page says what follows before it happens.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.stepping import ATTACHED, Asked, Offer, Step, Steps, form_of


def _reason(label: Text) -> tuple[Asked, ...]:
    return (Asked("reason", label, "textarea"),)


STEPS: Final = (
    Step(
        "TAKE_UP",
        "ota-kasittelyyn",
        "take_up_request",
        Text("Take up"),
        Text("Take the request up"),
        Text(
            "The request becomes a draft of an order, which you complete and send to the supplier. "
            "The customer is told."
        ),
        Text("The request is now a draft of an order."),
    ),
    Step(
        "TURN_DOWN",
        "hylkaa-pyynto",
        "turn_down_request",
        Text("Turn down"),
        Text("Turn the request down"),
        Text("The request ends here. The customer reads your reason."),
        Text("The request was turned down."),
        _reason(Text("Reason for the customer")),
        "warn",
    ),
    Step(
        "WITHDRAW",
        "peru-pyynto",
        "withdraw_request",
        Text("Withdraw the request"),
        Text("Withdraw your request"),
        Text("The request ends here. Tiera is told."),
        Text("Your request was withdrawn."),
        _reason(Text("Reason")),
        "warn",
    ),
    Step(
        "REQUEST_ESTIMATE",
        "pyyda-arvio",
        "request_estimate",
        Text("Ask for an estimate"),
        Text("Ask the supplier for an estimate"),
        Text("The supplier sees the order from now on, and its time to answer begins."),
        Text("The estimate was asked for."),
        (
            Asked(
                "expectedClass",
                Text("How large do you think it is?"),
                "radio",
                Text("Small is under 10 person-days and a project over 50. The time to answer follows."),
            ),
            Asked("agreedOn", Text("Another day agreed with the supplier"), width="short"),
        ),
        initial={"expectedClass": "SMALL"},
    ),
    Step(
        "ORDER_AT_ONCE",
        "tilaa-heti",
        "order_at_once",
        Text("Order without an estimate"),
        Text("Order without an estimate"),
        Text("The order is placed at once and binds Tiera up to the ceiling you give."),
        Text("The order was placed."),
        (Asked("ceilingMinutes", Text("Ceiling"), width="short"),),
        "warn",
    ),
    Step(
        "CONFIRM",
        "vahvista",
        "confirm_order",
        Text("Confirm the order"),
        Text("Confirm the order"),
        Text("The order is recorded under your own number too; both numbers stand on everything that concerns it."),
        Text("The order was confirmed."),
        (
            Asked(
                "supplierNumber",
                Text("Your number for the order"),
                hint=Text("Without one Tiera's number is yours too."),
                width="medium",
            ),
            Asked("description", Text("What it is, in your plain words"), "textarea"),
        ),
    ),
    Step(
        "DECLINE",
        "hylkaa",
        "decline_order",
        Text("Decline"),
        Text("Decline the order"),
        Text("The order ends here, and what it bound is free again. Tiera reads your reason."),
        Text("The order was declined."),
        _reason(Text("Reason for Tiera")),
        "warn",
    ),
    Step(
        "CANCEL",
        "peruuta",
        "cancel_order",
        Text("Cancel the order"),
        Text("Cancel the order"),
        Text(
            "The order ends here, and what it bound is free again. Your reason is read by Tiera, by a customer it is "
            "for and, where it has seen the order, by the supplier."
        ),
        Text("The order was cancelled."),
        _reason(Text("Reason")),
        "warn",
    ),
    Step(
        "END_EARLY",
        "paata",
        "end_order_early",
        Text("End the order early"),
        Text("End the order early"),
        Text(
            "The work ends here. Hours of today and before can be booked for as long as today's are on time. At a "
            "price by the hour they can be approved up to the ceiling; of a fixed price, accepted parts can be billed. "
            "What else the order bound is free again after that. The supplier, and a customer it is for, read your "
            "reason."
        ),
        Text("The order was ended."),
        _reason(Text("Reason")),
        "warn",
        figures=True,
    ),
    Step(
        "RAISE_CLASS",
        "tilausryhma",
        "raise_order_class",
        Text("Raise the size"),
        Text("Hold the order to a larger size"),
        Text("The duties of the larger size hold from now on. The size can be raised, never lowered."),
        Text("The size was raised."),
        (Asked("sizeClass", Text("Size"), "radio"), Asked("reason", Text("Reason"), "textarea")),
    ),
    Step(
        "SPECIFY",
        "tavoite",
        "specify_order",
        Text("Give the goal and limits"),
        Text("Give the goal and limits"),
        Text(
            "From ten person-days on an order needs both. The supplier reads them at once, "
            "and they can be changed only by a proposal after the order is placed."
        ),
        Text("It is on the order now."),
        (
            Asked(
                "goal",
                Text("Goal"),
                "textarea",
                Text("What is true when this is done? From ten person-days on it is needed."),
            ),
            Asked(
                "limits", Text("Limits"), "textarea", Text("What is left out. From ten person-days on it is needed.")
            ),
        ),
    ),
    Step(
        "START",
        "aloita",
        "start_work",
        Text("Start the work"),
        Text("Start the work"),
        Text("From now on hours may be booked on the order."),
        Text("The work has started."),
        missing="missingBeforeStarting",
    ),
    Step(
        "FORECAST",
        "ennuste",
        "give_forecast",
        Text("Renew the forecast"),
        Text("Renew the forecast"),
        Text(
            "The forecast is what is booked and what you say remains. "
            "Above the ceiling the order waits for Tiera's decision."
        ),
        Text("The forecast was renewed."),
        (
            Asked("remainingMinutes", Text("What remains to be done"), width="short"),
            Asked("note", Text("What the forecast rests on"), "textarea"),
        ),
        figures=True,
    ),
    Step(
        "REQUEST_OVERRUN",
        "ylitys",
        "request_overrun",
        Text("Ask to go on above the ceiling"),
        Text("Ask to go on above the ceiling"),
        Text("Tiera approves all, a part or nothing. The ceiling moves only by its approval."),
        Text("Tiera was asked."),
        (
            Asked("minutes", Text("How much more is needed"), width="short"),
            Asked(
                "reason",
                Text("Reason for Tiera"),
                "textarea",
                Text("What has changed, and what follows if nothing more is approved."),
            ),
            ATTACHED,
        ),
        figures=True,
    ),
    Step(
        "DELIVER",
        "toimita",
        "deliver_work",
        Text("Deliver the work"),
        Text("Deliver the work"),
        Text("You say that all is done. Tiera accepts the delivery or returns it."),
        Text("The work was delivered."),
        (ATTACHED,),
    ),
    Step(
        "ACCEPT",
        "hyvaksy",
        "accept_work",
        Text("Accept the delivery"),
        Text("Accept the delivery"),
        Text(
            "The order is closed, and no more hours are booked on it. At a price by the hour it binds what they come "
            "to once all are approved. If you placed it yourself, somebody else approves its invoice."
        ),
        Text("The delivery was accepted."),
        (ATTACHED,),
        figures=True,
    ),
    Step(
        "RETURN",
        "palauta",
        "return_work",
        Text("Return the delivery"),
        Text("Return the delivery"),
        Text("The work goes on. The supplier reads what is still missing."),
        Text("The delivery was returned."),
        (*_reason(Text("What is missing")), ATTACHED),
        "warn",
    ),
)
LINKS: Final = {
    "EDIT": (Text("Complete the draft"), "orders.edit"),
    "ESTIMATE": (Text("Give an estimate"), "orders.estimate"),
    "NAME_TIERA_MANAGER": (Text("Name Tiera's project manager"), "orders.manager"),
    "NAME_SUPPLIER_MANAGER": (Text("Name the supplier's project manager"), "orders.manager"),
    "PROPOSE_REVISION": (Text("Propose a change"), "orders.revise"),
    "OFFER_REVISION": (Text("Propose a change"), "orders.revise"),
}
"""Actions with a page of their own."""
ASK_AGAIN: Final = Text("Ask for a new estimate")
_ASKED_AGAIN: Final = Text(
    "The supplier's time to answer begins anew. The estimate it has given stays on record; nothing can be ordered "
    "by it any more."
)
ON_THE_PAGE: Final = frozenset({"ORDER", "ATTACH_PAPER", "BRING_PAPER"})


ORDER_STEPS: Final = Steps(
    "orders",
    STEPS,
    next=(
        "TAKE_UP",
        "ORDER",
        "REQUEST_ESTIMATE",
        "ESTIMATE",
        "CONFIRM",
        "START",
        "REQUEST_OVERRUN",
        "FORECAST",
        "ACCEPT",
        "DELIVER",
    ),
    links=LINKS,
)


def offered(page: Page, order: Mapping[str, Any]) -> list[Offer]:
    """What can be done with an order on a page of its own, in the words of its state."""
    again = {"REQUEST_ESTIMATE": ASK_AGAIN} if order["state"] == "ESTIMATED" else {}
    return [
        (action, again.get(action, text), url)
        for action, text, url in ORDER_STEPS.offered(page, order["availableActions"])
    ]


def first_of(offers: list[Offer], order: Mapping[str, Any]) -> str | None:
    """The action that is the next step: an estimate or a forecast only where one is asked for."""
    asked = {
        "REQUEST_ESTIMATE": order["state"] == "DRAFT",
        "ESTIMATE": order["state"] == "REQUESTED",
        "FORECAST": order["forecastDueAt"] is not None,
    }
    return ORDER_STEPS.first_of([offer for offer in offers if asked.get(offer[0], True)])


async def show(page: Page, sent: Form | None) -> Response:
    step = ORDER_STEPS.asked(page)
    order = found((await page.query("orders/step.graphql", id=page.id("Order")))["order"])
    initial = {"orderId": order["id"], **step.initial}
    today = helsinki_date(now())
    if step.action == "REQUEST_ESTIMATE" and order["state"] == "ESTIMATED":
        step = replace(step, button=ASK_AGAIN, title=ASK_AGAIN, says=_ASKED_AGAIN)
        initial["expectedClass"] = order["sizeClass"] or initial["expectedClass"]
    is_wrong = sent is not None and "dueOn" in sent.errors
    if step.action == "REQUEST_ESTIMATE" and order["dueOn"] and (is_wrong or order["dueOn"] < today.isoformat()):
        step = replace(step, fields=(*step.fields, Asked("dueOn", Text("By when it is due now"), width="short")))
    if step.action == "SPECIFY":
        step = replace(step, fields=tuple(asked for asked in step.fields if not order[asked.path]))
    if step.action == "REQUEST_OVERRUN" and step.action in order["availableActions"]:
        initial["minutes"] = order["forecastMinutes"] - order["ceilingMinutes"]
    if step.action == "RAISE_CLASS":
        initial["sizeClass"] = "PROJECT"
    return await page.render(
        "orders/step.html",
        step=step,
        order=order,
        form=form_of(page, step, order, initial, sent),
        today=today,
    )


routes = ORDER_STEPS.routes("/tilaukset", show)
