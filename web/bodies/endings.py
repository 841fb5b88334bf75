"""What ends with a reason, by one form: a body, a seat, a post. A table of them, and one pair of views."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import Route

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


@dataclass(frozen=True)
class Ending:
    """One of them: its route and address, its thing with the part of the address that names it, its documents."""

    route: str
    path: str
    kind: str
    part: str
    action: str
    shown: str
    name: str
    field: str
    title: Text
    says: Text
    done: Text

    @property
    def input(self) -> str:
        return "".join(word.capitalize() for word in self.name.split("_")) + "Input"


ENDINGS: Final = (
    Ending(
        "closing",
        "/ryhmat/{id:int}/sulje",
        "Body",
        "id",
        "CLOSE",
        "close",
        "close_body",
        "bodyId",
        Text("Close the group"),
        Text("Nothing more is written in it. Its members and guests may still read what was written."),
        Text("The group was closed; its members and guests were told."),
    ),
    Ending(
        "ending",
        "/ryhmat/{id:int}/paikat/{seat:int}/paata",
        "BodySeat",
        "seat",
        "END",
        "end",
        "end_body_seat",
        "seatId",
        Text("End a seat"),
        Text("This person sees nothing of the group any more, from this moment. What they wrote stays."),
        Text("The seat has ended; the person was told."),
    ),
    Ending(
        "withdrawing",
        "/ryhmat/{id:int}/kirjoitukset/{post:int}/poista",
        "BodyPost",
        "post",
        "WITHDRAW",
        "withdraw",
        "withdraw_body_post",
        "postId",
        Text("Withdraw the post"),
        Text("Everybody in the group reads that it was withdrawn, and why. Its words and attachments only Tiera sees."),
        Text("The post was withdrawn."),
    ),
)


def _routes(ending: Ending) -> list[Route]:
    async def ask(page: Page, form: Form | None = None) -> Response:
        wanted = page.id(ending.kind, ending.part)
        thing = found((await page.query(f"bodies/{ending.shown}.graphql", id=wanted))["node"])
        if form is None:
            require(thing, ending.action)
        form = form or page.form(ending.input, {ending.field: thing["id"]})
        return await page.render("bodies/ending.html", ending=ending, thing=thing, form=form)

    async def take(page: Page) -> Response:
        form = page.sent(ending.input)
        if await page.mutate(f"bodies/{ending.name}.graphql", form):
            return await page.done(ending.done, page.url("bodies.show", id=page.path("id")))
        return await ask(page, form)

    return [
        get(ending.path, ask, name=f"bodies.{ending.route}"),
        post(ending.path, take, name=f"bodies.take_{ending.route}"),
    ]


routes = [route for ending in ENDINGS for route in _routes(ending)]
