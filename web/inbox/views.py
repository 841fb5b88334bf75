"""The pages of mail that came in."""

from typing import Final

from starlette.responses import Response

from web.inbox import complaint_views, listing, report_views, steps
from web.inbox.steps import MAIL_STEPS
from web.pages import Page, found
from web.routing import get
from web.tickets.sensitive_views import opening

MOST_UNOPENED: Final = 20
"""Names of files that a page lists."""


async def show(page: Page) -> Response:
    mail = found((await page.query("inbox/mail.graphql", id=page.id("IncomingMail")))["incomingMail"])
    offers = MAIL_STEPS.offered(page, mail["availableActions"])
    may_complain = "COMPLAIN" in mail["availableActions"]
    became = mail["message"] or mail["ticket"]
    return await page.render(
        "inbox/mail.html",
        watch=[mail["id"]],
        mail=mail,
        most_unopened=MOST_UNOPENED,
        offers=offers,
        first="COMPLAIN" if mail["why"] == "COMPLAINT" and may_complain else MAIL_STEPS.first_of(offers),
        opening=opening(page, became["id"]) if mail["isSensitive"] else None,
    )


routes = [
    *listing.routes,
    *report_views.routes,
    *complaint_views.routes,
    *steps.routes,
    get("/saapuneet/{id:int}", show, name="inbox.show"),
]
