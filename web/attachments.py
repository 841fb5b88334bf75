"""A page that asks before an attachment is taken away; each noun has one, beside the thing that it is attached to."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import Route

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post


def taking_away(noun: str, path: str, document: str, input_type: str) -> list[Route]:
    """The routes of a noun (`<noun>.ask_take_away`, `<noun>.take_away`) below the address of its things."""

    async def ask(page: Page, form: Form | None = None) -> Response:
        file_id = page.id("StoredFile", "file")
        file = (await page.query("layout/attachment.graphql", id=file_id))["node"]
        if form is None and not found(file)["mayBeTakenAway"]:
            raise Problem(403)
        return await page.render(
            "layout/take_away.html",
            form=form or page.form(input_type, {"fileId": file_id}),
            name=file and file["name"],  # of one that is masked it is not read again
            back=page.url(f"{noun}.show", id=page.path("id")),
        )

    async def take(page: Page) -> Response:
        form = page.sent(input_type)
        if await page.mutate(document, form):
            return await page.done(Text("The attachment was taken away."), page.url(f"{noun}.show", id=page.path("id")))
        return await ask(page, form)

    address = f"{path}/{{id:int}}/liitteet/{{file:int}}/poista"
    return [
        get(address, ask, name=f"{noun}.ask_take_away"),
        post(address, take, name=f"{noun}.take_away"),
    ]


def remover(page: Page, noun: str) -> Callable[[str], str]:
    """Makes the address that asks before a file is taken away."""
    return lambda file: page.url(f"{noun}.ask_take_away", id=page.path("id"), file=file)
