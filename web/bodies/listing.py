"""The bodies in which one sits, and opening one."""

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem
from web.routing import get, post


async def listed(page: Page) -> Response:
    data = await page.query("bodies/list.graphql", **page.window())
    return await page.render(
        "bodies/list.html",
        bodies=data["bodies"],
        former=data["bodySeats"]["nodes"],
        may_open=page.actor.may(Right.KEEP_BODIES),
    )


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.KEEP_BODIES):
        raise Problem(403)
    return await page.render("bodies/new.html", form=form or page.form("OpenBodyInput", {"kind": "ECOSYSTEM_GROUP"}))


async def begin(page: Page) -> Response:
    form = page.sent("OpenBodyInput")
    if payload := await page.mutate("bodies/open_body.graphql", form):
        id_ = payload["body"]["id"].partition(":")[2]
        return await page.done(Text("The group was opened. Name its members and guests next."), _body(page, id_))
    return await new(page, form)


def _body(page: Page, id_: str) -> str:
    return page.url("bodies.show", id=id_)


routes = [
    get("/ryhmat", listed, name="bodies.list"),
    get("/ryhmat/uusi", new, name="bodies.new"),
    post("/ryhmat/uusi", begin, name="bodies.open"),
]
