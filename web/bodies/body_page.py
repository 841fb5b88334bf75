"""A body's own page: a form to write, the discussion with the newest first, and who reads it. Naming somebody to it."""

from functools import partial
from typing import Any

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require

ANSWERED = "vastaus"
"""Of the address: the key of the post that is answered."""
POST = "kirjoitus"
"""Of the address: the key of a post to which a link leads."""


async def show(page: Page, sent: Form | None = None) -> Response:
    """The newest of the discussion; a link that names a post (`kirjoitus`) leads to the part that has it."""
    body, is_newest = await page.part_with(POST, "BodyPost", partial(_asked, page), lambda body: body["posts"]["nodes"])
    answered = await _answered(page, sent)
    writing = {"bodyId": body["id"], "answersId": answered and answered["id"]}
    seats = body["seats"]["nodes"]
    return await page.render(
        "bodies/body.html",
        watch=[body["id"]],
        body=body,
        is_newest=is_newest,
        seated=[seat for seat in seats if not seat["endedAt"]],
        former=[seat for seat in seats if seat["endedAt"]],
        answered=answered,
        form=sent or page.form("WriteBodyPostInput", writing),
    )


async def _asked(page: Page, **more: Any) -> dict[str, Any]:
    data = await page.query("bodies/body.graphql", id=page.id("Body"), **page.window(), **more)
    body: dict[str, Any] = found(data["body"])
    return body


async def _answered(page: Page, sent: Form | None) -> dict[str, Any] | None:
    """The post that the form answers: the one that the address names, or that was sent with it."""
    key = page.params.get(ANSWERED, "")
    wanted = sent.variables.get("answersId") if sent else (f"BodyPost:{key}" if key.isdecimal() else None)
    if not wanted:
        return None
    theirs: dict[str, Any] | None = (await page.query("bodies/answered.graphql", id=wanted))["node"]
    return theirs if theirs and "ANSWER" in theirs["availableActions"] else None


async def write(page: Page) -> Response:
    form = page.sent("WriteBodyPostInput")
    if await page.mutate("bodies/write_body_post.graphql", form):
        return await page.done(Text("Everybody in the group can read it now."), _here(page))
    return await show(page, form)


async def naming(page: Page, form: Form | None = None) -> Response:
    """First the organisation is chosen, by the address; then the people are its own."""
    given = (form.variables.get("organisationId") if form else None) or page.params.get("organisaatio", "")
    chosen = given if given.startswith("Organisation:") else None
    today = helsinki_date(clock.now()).isoformat()
    data = await page.query("bodies/naming.graphql", id=page.id("Body"), organisation=chosen, today=today)
    body = found(data["body"])
    if form is None:
        require(body, "NAME")
    organisations = data["organisations"]["nodes"]
    return await page.render(
        "bodies/naming.html",
        body=body,
        organisation=next((each for each in organisations if each["id"] == chosen), None),
        organisations=organisations,
        people=[(each["id"], each["name"]) for each in data["people"]["nodes"]],
        form=form or page.form("NameToBodyInput", {"bodyId": body["id"], "organisationId": chosen, "kind": "MEMBER"}),
    )


async def name(page: Page) -> Response:
    form = page.sent("NameToBodyInput")
    if await page.mutate("bodies/name_to_body.graphql", form):
        return await page.done(Text("The naming is on record; the person was told."), _here(page))
    return await naming(page, form)


def _here(page: Page) -> str:
    return page.url("bodies.show", id=page.path("id"))


routes = [
    get("/ryhmat/{id:int}", show, name="bodies.show"),
    post("/ryhmat/{id:int}", write, name="bodies.write"),
    get("/ryhmat/{id:int}/paikat/uusi", naming, name="bodies.naming"),
    post("/ryhmat/{id:int}/paikat/uusi", name, name="bodies.name"),
]
