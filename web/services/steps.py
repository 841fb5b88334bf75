"""What is done about a service's start by one form."""

from typing import Final

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page
from web.services.reading import read
from web.stepping import Asked, Step, Steps, form_of

STEPS: Final = (
    Step(
        "START",
        "aloita",
        "start_service",
        Text("Mark as started"),
        Text("Mark the service as started"),
        Text("Both sides see from when it has started, and it stands on the page of how services stand."),
        Text("The service was marked as started."),
        (Asked("startedOn", Text("Started on"), width="short"),),
    ),
    Step(
        "TAKE_BACK",
        "peru-aloitus",
        "take_back_service_start",
        Text("Take back the mark of the start"),
        Text("Take back the mark that the service has started"),
        Text("The service has not started then. The mark stays on record with your reason."),
        Text("The mark was taken back."),
        (Asked("reason", Text("Reason"), "textarea"),),
        "warn",
    ),
)
SERVICE_STEPS: Final = Steps(
    "services",
    STEPS,
    next=("START",),
    links={"DEFINE_CHANNELS": (Text("Define a channel"), "services.new_channel")},
)


async def show(page: Page, sent: Form | None) -> Response:
    step = SERVICE_STEPS.asked(page)
    service, missing = await read(page)
    initial = {"serviceId": service["id"]}
    if step.action == "START":
        initial["startedOn"] = helsinki_date(now()).isoformat()
    form = form_of(page, step, service, initial, sent)
    return await page.render("services/step.html", step=step, service=service, missing=missing, form=form)


routes = SERVICE_STEPS.routes("/palvelut", show)
