"""A service's own page and its channels."""

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.complaints.about import complaining
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.services import steps
from web.services.reading import read
from web.services.steps import SERVICE_STEPS
from web.stepping import require

MAIL = "m"
"""The prefix of the fields that say whether a service takes mail."""


async def show(page: Page, rename: Form | None = None, mail: Form | None = None) -> Response:
    service, missing = await read(page)
    offers = SERVICE_STEPS.offered(page, service["availableActions"]) + complaining(page, service)
    first = SERVICE_STEPS.first_of(offers) if service["channels"] else "DEFINE_CHANNELS"
    its = {"serviceId": service["id"], "expectedVersion": service["version"], "name": service["name"]}
    if rename or page.actor.may(Right.ADMINISTER):
        rename = page.editing(rename, "RenameServiceInput", its)
    taking = {"serviceId": service["id"], "takesMail": not service["takesMail"]}
    return await page.render(
        "services/service.html",
        watch=[service["id"]],
        service=service,
        missing=missing,
        offers=offers,
        first=first,
        rename=rename,
        mail=mail or page.form("ChooseMailServiceInput", taking, MAIL),
        may_agree=page.actor.may(Right.AGREE_COMMUNICATION),
    )


async def rename(page: Page) -> Response:
    form = page.sent("RenameServiceInput")
    if await page.mutate("services/rename_service.graphql", form) is None:
        return await show(page, form)
    return await page.done(Text("The service was renamed."), _here(page))


async def choose_mail(page: Page) -> Response:
    form = page.sent("ChooseMailServiceInput", MAIL)
    if await page.mutate("services/choose_mail_service.graphql", form) is None:
        return await show(page, mail=form)
    return await page.done(Text("Where new matters by mail go was changed."), _here(page))


async def channel(page: Page, form: Form | None = None, end: Form | None = None) -> Response:
    """A new channel or, where the address names one, another in its place."""
    service, _ = await read(page)
    former = None
    if "channel" in page.request.path_params:
        key = page.id("ServiceChannel", "channel")
        former = found(next((each for each in service["channels"] if each["id"] == key), None))
    if form is None:
        require(service, "DEFINE_CHANNELS")
        given = former and {name: former[name] for name in ("kind", "address", "hours", "forWhom")}
        initial = {"serviceId": service["id"], "replacesId": former and former["id"], "channel": given or {}}
        form = page.form("DefineServiceChannelInput", initial)
    if former and end is None:
        end = page.form("EndServiceChannelInput", {"channelId": former["id"]}, "e")
    return await page.render("services/channel.html", service=service, former=former, form=form, end=end)


async def define(page: Page) -> Response:
    form = page.sent("DefineServiceChannelInput")
    if await page.mutate("services/define_service_channel.graphql", form) is None:
        return await channel(page, form)
    return await page.done(Text("The channel was defined."), _here(page))


async def end(page: Page) -> Response:
    form = page.sent("EndServiceChannelInput", "e")
    if await page.mutate("services/end_service_channel.graphql", form) is None:
        return await channel(page, end=form)
    return await page.done(Text("The channel is used no more."), _here(page))


def _here(page: Page) -> str:
    return page.url("services.show", id=page.path("id"))


routes = [
    get("/palvelut/{id:int}", show, name="services.show"),
    post("/palvelut/{id:int}", rename, name="services.rename"),
    post("/palvelut/{id:int}/posti", choose_mail, name="services.choose_mail"),
    get("/palvelut/{id:int}/kanavat/uusi", channel, name="services.new_channel"),
    post("/palvelut/{id:int}/kanavat/uusi", define, name="services.define_channel"),
    get("/palvelut/{id:int}/kanavat/{channel:int}", channel, name="services.channel"),
    post("/palvelut/{id:int}/kanavat/{channel:int}", define, name="services.replace_channel"),
    post("/palvelut/{id:int}/kanavat/{channel:int}/paata", end, name="services.end_channel"),
    *steps.routes,
]
