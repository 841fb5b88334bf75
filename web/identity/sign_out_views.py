"""Signing somebody out everywhere, as when a device is lost: the key user's."""

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.identity.presence import house
from web.pages import Page, Problem, found
from web.routing import get, post


async def ask(page: Page, form: Form | None = None) -> Response:
    if not page.actor.may(Right.ADMINISTER):
        raise Problem(403)
    person = found((await page.query("identity/invite_person.graphql", id=page.id("Person")))["person"])
    return await page.render(
        "layout/confirm.html",
        title=Text("Sign %(name)s out everywhere?", name=person["name"]),
        sentence=Text(
            "Every browser in which %(name)s is signed in is signed out at once, "
            "and keys of %(name)s to the API stop working. The password stays as it is.",
            name=person["name"],
        ),
        form=form or page.form("EndSessionsOfInput", {"personId": person["id"]}),
        to=page.url("people.sign_out", id=page.path("id")),
        hidden=["personId"],
        button_text=Text("Sign out everywhere"),
        cancel=page.url("people.show", id=page.path("id")),
    )


async def sign_out(page: Page) -> Response:
    form = page.sent("EndSessionsOfInput")
    if await page.mutate("identity/end_sessions_of.graphql", form) is None:
        return await ask(page, form)
    house(page.request).reception.forget()
    return await page.done(Text("The person is signed out everywhere."), page.url("people.show", id=page.path("id")))


routes = [
    get("/henkilot/{id:int}/uloskirjaus", ask, name="people.ask_sign_out"),
    post("/henkilot/{id:int}/uloskirjaus", sign_out, name="people.sign_out"),
]
