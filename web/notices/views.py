"""What one was told, what one wants to be told, and for the key user the mails that could not be sent."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from backend.kit.refs import nearest
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.notices import folder
from web.pages import ROWS, Page, Problem
from web.routing import get, post

UNSEEN: Final = {"number": None, "title": None, "url": None}
"""What its reader may not see any more."""
ONLY_UNREAD: Final = "lukemattomat"
"""`?nayta=lukemattomat` leaves out what was read."""


async def show(page: Page) -> Response:
    data = await page.query("notices/notices.graphql", first=ROWS, after=page.params.get("after"))
    unread = [_told(notice) | {"mark": _mark(page, notice)} for notice in data["unread"]["nodes"]]
    newest = data["unread"]["nodes"][0]["id"] if unread else ""
    return await page.render(
        "notices/notices.html",
        unread=unread,
        total=data["unread"]["totalCount"],
        read=[_told(notice) for notice in data["read"]["nodes"]],
        page_info=data["read"]["pageInfo"],
        only_unread=page.params.get("nayta") == ONLY_UNREAD,
        mark_all=page.form("MarkAllNoticesReadInput", {"untilId": newest}, "all"),
        may_mend=page.actor.may(Right.ADMINISTER),
    )


def _told(notice: Mapping[str, Any]) -> dict[str, Any]:
    """What happened, below the larger thing that it belongs to; what has another page of its own leads there."""
    event = notice["event"]
    about = event["within"] or event["subject"] or UNSEEN
    around = about["url"] or ""
    own = nearest((event["subject"] or UNSEEN)["url"] or "", around)
    return {**event, "about": about, "own": own if own != around else "", "isRequired": notice["isRequired"]}


def _mark(page: Page, notice: Mapping[str, Any]) -> Form:
    return page.form("MarkNoticesReadInput", {"noticeIds": [notice["id"]]}, notice["id"])


async def mark_read(page: Page) -> Response:
    return await _done(page, "MarkNoticesReadInput", "notices/mark_read.graphql", Text("Marked as read."))


async def mark_all_read(page: Page) -> Response:
    message = Text("All notices are marked as read.")
    return await _done(page, "MarkAllNoticesReadInput", "notices/mark_all_read.graphql", message)


async def _done(page: Page, input_type: str, document: str, message: Text) -> Response:
    if await page.mutate(document, page.sent(input_type)) is None:
        raise Problem(page.status)
    return await page.done(message, page.url("notices.list"))  # whole, for the bell counts anew


# What one wants to be told


async def preferences(page: Page, form: Form | None = None) -> Response:
    chosen = (await page.query("notices/preferences.graphql"))["noticePreferences"]
    refused = {(row["way"], row["topic"]) for row in chosen if not row["isWanted"]}
    topics = list(page.form("ChooseNoticesInput").field("bellTopics").options or ())
    wanted = {
        name: [topic for topic in topics if (way, topic) not in refused]
        for name, way in (("bellTopics", "BELL"), ("mailTopics", "MAIL"))
    }
    return await page.render("notices/preferences.html", form=form or page.form("ChooseNoticesInput", wanted))


async def choose(page: Page) -> Response:
    form = page.sent("ChooseNoticesInput")
    if await page.mutate("notices/choose.graphql", form) is None:
        return await preferences(page, form)
    return await page.done(Text("Your choice is saved."), page.url("notices.preferences"))


# Mails that could not be sent


async def failed(page: Page) -> Response:
    data = await page.query("notices/failed_mails.graphql")
    if data["failedMails"] is None:
        raise Problem(403)
    mails = [
        {**mail, "again": page.form("TryMailAgainInput", {"mailId": mail["id"]}, mail["id"])}
        for mail in data["failedMails"]["nodes"]
    ]
    return await page.render("notices/failed_mails.html", mails=mails)


async def try_again(page: Page) -> Response:
    if await page.mutate("notices/try_again.graphql", page.sent("TryMailAgainInput")) is None:
        raise Problem(page.status)
    return await page.done(Text("The mail is sent once more."), page.url("notices.failed"))


routes = [
    get("/ilmoitukset", show, name="notices.list"),
    post("/ilmoitukset/luettu", mark_read, name="notices.mark_read"),
    post("/ilmoitukset/kaikki-luettu", mark_all_read, name="notices.mark_all_read"),
    get("/ilmoitukset/lahettamatta", failed, name="notices.failed"),
    post("/ilmoitukset/lahettamatta", try_again, name="notices.try_again"),
    get("/asetukset/ilmoitukset", preferences, name="notices.preferences"),
    post("/asetukset/ilmoitukset", choose, name="notices.choose"),
    *folder.routes,
]
