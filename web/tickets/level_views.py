"""Service levels: how fast tickets are answered and resolved, by an agreement or wherever none says otherwise."""

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


async def listed(page: Page) -> Response:
    data = await page.query("tickets/levels.graphql", **page.window())
    return await page.render(
        "tickets/levels.html",
        levels=found(data["serviceLevels"]),
        today=helsinki_date(clock.now()).isoformat(),
        may_set=page.actor.may(Right.ADMINISTER),
    )


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    data = await page.query("tickets/level_choices.graphql")
    initial = {"validFrom": helsinki_date(clock.now()).isoformat(), "standsIn": ["WAITING"]}
    agreements = [(each["id"], f"{each['number']} {each['name']}") for each in data["agreements"]["nodes"]]
    return await page.render(
        "tickets/level.html", agreements=agreements, form=form or page.form("SetServiceLevelInput", initial)
    )


async def put(page: Page) -> Response:
    form = page.sent("SetServiceLevelInput")
    if await page.mutate("tickets/set_service_level.graphql", form):
        return await page.done(Text("The service level is on record."), page.url("levels.list"))
    return await new(page, form)


routes = [
    get("/pyynnot/palvelutasot", listed, name="levels.list"),
    get("/pyynnot/palvelutasot/uusi", new, name="levels.new"),
    post("/pyynnot/palvelutasot/uusi", put, name="levels.set"),
]
