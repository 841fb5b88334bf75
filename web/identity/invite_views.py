"""Letting somebody in: the key user makes a link that works once, and sees it once."""

from starlette.responses import Response

from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


async def new(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    person = found((await page.query("identity/invite_person.graphql", id=page.id("Person")))["person"])
    form = form or page.form("InvitePersonInput", {"personId": person["id"]})
    return await page.render("identity/invite.html", form=form, person=person)


async def create(page: Page) -> Response:
    form = page.sent("InvitePersonInput")
    made = await page.mutate("identity/invite.graphql", form)
    if made is None:
        return await new(page, form)
    path = made["linkPath"]
    link = f"{page.request.app.state.base_url}{path}" if path else None
    return await page.render("identity/invited.html", link=link, person=made["person"])


routes = [
    get("/henkilot/{id:int}/kutsu", new, name="people.invite"),
    post("/henkilot/{id:int}/kutsu", create, name="people.send_invitation"),
]
