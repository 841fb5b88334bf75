"""A quality deviation's own page, and what is done with it by one form."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get
from web.stepping import ATTACHED, Asked, Step, Steps, form_of

MEASURES: Final = ("done", "planned", "prevention")
STEPS: Final = (
    Step(
        "MEASURE",
        "toimenpiteet",
        "record_measures",
        Text("Record the measures"),
        Text("Record the measures"),
        Text("Tiera and the supplier read them. Without all three the deviation stays open."),
        Text("The measures were recorded."),
        (
            Asked("done", Text("What was done"), "textarea"),
            Asked("planned", Text("What is planned"), "textarea"),
            Asked("prevention", Text("How the like is prevented"), "textarea"),
            ATTACHED,
        ),
    ),
    Step(
        "TELL_CUSTOMER",
        "kerro",
        "tell_customer_of_measures",
        Text("Tell the customer"),
        Text("Tell the customer what came of it"),
        Text("The customer reads your words on the ticket's page; the measures themselves it does not see."),
        Text("The customer was told."),
        (Asked("report", Text("What the customer reads"), "textarea"),),
    ),
    Step(
        "REPORT_IN_GROUP",
        "raportoitu",
        "report_missed_level",
        Text("Note the report"),
        Text("Note what was reported in the production group"),
        Text("It leaves the next agenda. What the service misses from now on is a new item."),
        Text("The report was recorded."),
        (
            Asked("reportedOn", Text("Day of the meeting"), width="short"),
            Asked("report", Text("What the production group was told"), "textarea"),
            ATTACHED,
        ),
    ),
    Step(
        "REPORT_CAUSE",
        "juurisyy-raportoitu",
        "report_root_cause",
        Text("Note the report"),
        Text("Note what was reported in the production group"),
        Text("It leaves the next agenda. A root cause that is written anew is a new item."),
        Text("The report was recorded."),
        (
            Asked("reportedOn", Text("Day of the meeting"), width="short"),
            Asked("report", Text("What the production group was told"), "textarea"),
            ATTACHED,
        ),
    ),
)
DEVIATION_STEPS: Final = Steps(
    "deviations", STEPS, next=("TELL_CUSTOMER", "REPORT_IN_GROUP", "REPORT_CAUSE", "MEASURE")
)
IN_GROUP: Final = ("REPORT_IN_GROUP", "REPORT_CAUSE")


async def show(page: Page) -> Response:
    if page.actor.kind is ActorKind.CUSTOMER:
        return await _to_ticket(page)
    deviation = await _asked(page)
    offers = DEVIATION_STEPS.offered(page, deviation["availableActions"])
    return await page.render(
        "deviations/deviation.html",
        watch=[deviation["id"]],
        deviation=deviation,
        offers=offers,
        first=DEVIATION_STEPS.first_of(offers),
    )


async def _to_ticket(page: Page) -> Response:
    """What a customer is told of a deviation stands on its ticket's page: a hit of the search leads there."""
    deviation = found(
        (await page.query("deviations/ticket.graphql", id=page.id("QualityDeviation")))["qualityDeviation"]
    )
    return RedirectResponse(found(deviation["ticket"])["url"], 303)


async def ask(page: Page, sent: Form | None) -> Response:
    step, deviation = DEVIATION_STEPS.asked(page), await _asked(page)
    initial = {"deviationId": deviation["id"], **_initial(step, deviation)}
    return await page.render(
        "deviations/step.html",
        step=step,
        deviation=deviation,
        form=form_of(page, step, deviation, initial, sent),
    )


def _initial(step: Step, deviation: dict[str, Any]) -> dict[str, Any]:
    if step.action == "MEASURE":
        return {name: deviation[name] or "" for name in MEASURES}
    return {"reportedOn": helsinki_date(now()).isoformat()} if step.action in IN_GROUP else {}


async def _asked(page: Page) -> dict[str, Any]:
    data = await page.query("deviations/deviation.graphql", id=page.id("QualityDeviation"))
    deviation: dict[str, Any] = found(data["qualityDeviation"])
    return deviation


routes = [
    get("/laatupoikkeamat/{id:int}", show, name="deviations.show"),
    *DEVIATION_STEPS.routes("/laatupoikkeamat", ask),
]
