"""The mails that came in: first those that wait for the desk."""

from typing import Final

from starlette.responses import Response

from web.listing import Sorts, asked
from web.pages import Page, Problem
from web.routing import get
from web.tickets.desk import sees_mail

SORTS: Final[Sorts] = {("CAME", True): "NEWEST", ("CAME", False): "OLDEST"}


async def listed(page: Page) -> Response:
    if not sees_mail(page.actor):
        raise Problem(403)
    form, sorted_by, variables = asked(page, "IncomingMailFilter", SORTS)
    data = await page.query("inbox/mails.graphql", **variables, **page.window())
    return await page.render(
        "inbox/mails.html",
        block="results",
        form=form,
        sorted=sorted_by,
        mails=data["incomingMails"],
        held=data["heldMailCount"],
        service=data["mailService"],
    )


routes = [get("/saapuneet", listed, name="inbox.list")]
