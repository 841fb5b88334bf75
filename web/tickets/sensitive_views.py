"""Sensitive texts: opened by a button, never by looking at a page, and shown in the answer to it alone (H11.1-b)."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import post


def opening(page: Page, id: str) -> Form:
    """The button's form for the text of a ticket or a message."""
    return page.form("OpenSensitiveTextInput", {"textOf": id}, f"o{id.partition(':')[2]}")


def masking(page: Page, texts: Sequence[Mapping[str, Any]]) -> dict[str, Form]:
    """A form for each of these texts that is not masked yet, by its id; none for whoever may not."""
    if not page.actor.may(Right.REPORT_TICKETS):
        return {}
    plain = [text["id"] for text in texts if not text["isSensitive"]]
    return {id: page.form("MarkSensitiveInput", {"textOf": id}, f"m{id.replace(':', '')}") for id in plain}


async def open_text(page: Page) -> Response:
    ticket = found((await page.query("tickets/sensitive.graphql", id=page.id("Ticket")))["ticket"])
    form = page.sent("OpenSensitiveTextInput")
    payload = await page.mutate("tickets/open_sensitive_text.graphql", form)
    if payload is None:
        raise Problem(404)
    opened = payload["textOpening"]
    mine = [file for file in opened["files"] if file["mayBeTakenAway"]]
    return await page.render(
        "tickets/opened.html", ticket=ticket, opened=opened, removing=[(file, _removing(page, file)) for file in mine]
    )


def _removing(page: Page, file: dict[str, Any]) -> Form:
    """The form that takes a masked file away: only here it can be told from others."""
    return page.form("TakeAwayTicketFileInput", {"fileId": file["id"]}, f"t{file['id'].partition(':')[2]}")


async def mark(page: Page) -> Response:
    form = page.sent("MarkSensitiveInput")
    if await page.mutate("tickets/mark_sensitive.graphql", form) is None:
        raise Problem(404)
    return await page.done(Text("The text is masked from now on."), page.url("tickets.show", id=page.path("id")))


routes = [
    post("/pyynnot/{id:int}/avaus", open_text, name="tickets.open_text"),
    post("/pyynnot/{id:int}/peitto", mark, name="tickets.mark"),
]
