"""Beginning a complaint of a mail: what it says is filled in, and what it names."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.complaints.about import about_sent, given_by, thing_named_in
from web.complaints.draft_views import choices
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


async def show(page: Page, form: Form | None = None) -> Response:
    mail = found((await page.query("inbox/complain.graphql", id=page.id("IncomingMail")))["incomingMail"])
    if form:
        about = await about_sent(page, form)
    else:
        require(mail, "COMPLAIN")
        about = await thing_named_in(page, f"{mail['subject']} {mail['text']}")
    offered = await choices(page, about)
    form = form or page.form("ComplainByMailInput", _as_it_says(mail, about, offered["by_supplier"]))
    return await page.render("complaints/new.html", form=form, complaint=None, mail=mail, about=about, **offered)


def _as_it_says(mail: dict[str, Any], about: dict[str, Any] | None, by_supplier: dict[str, str]) -> dict[str, Any]:
    """The draft that follows from a mail by itself: under the agreement of what it names, else of its sender."""
    given = given_by(about) or {"agreementId": by_supplier.get((mail["organisation"] or {}).get("id", ""))}
    says = {"cause": "QUALITY", "title": mail["subject"][:200], "description": mail["text"]}
    return {**given, "mailId": mail["id"], "content": says | given.get("content", {})}


async def make(page: Page) -> Response:
    form = page.sent("ComplainByMailInput")
    if payload := await page.mutate("inbox/complain_by_mail.graphql", form):
        id_ = payload["complaint"]["id"].partition(":")[2]
        return await page.done(Text("The draft was saved."), page.url("complaints.show", id=id_))
    return await show(page, form)


routes = [
    get("/saapuneet/{id:int}/reklamaatioksi", show, name="inbox.complain"),
    post("/saapuneet/{id:int}/reklamaatioksi", make, name="inbox.make_complaint"),
]
