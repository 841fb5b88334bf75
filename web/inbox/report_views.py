"""Making a ticket of a mail: what it says is filled in, what has to be chosen is asked."""

from typing import Any

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require
from web.tickets.asking import find_asker
from web.tickets.report_views import choices


async def show(page: Page, form: Form | None = None) -> Response:
    mail = found((await page.query("inbox/report.graphql", id=page.id("IncomingMail")))["incomingMail"])
    if form is None:
        require(mail, "REPORT")
        form = page.form("ReportMailInput", {"mailId": mail["id"], "report": _as_it_says(mail)})
    return await page.render("inbox/report.html", form=form, mail=mail, **await choices(page))


def _as_it_says(mail: dict[str, Any]) -> dict[str, Any]:
    """The report that follows from a mail by itself: of its sender, but of what Tiera's own pass on or who has left."""
    report = {"kind": "SERVICE_REQUEST", "criticality": "NORMAL", "reach": "ONE_USER"}
    report |= {"title": mail["subject"][:200], "description": mail["text"]}
    side = (mail["organisation"] or {}).get("side")
    if mail["person"] and side != "BUYER" and mail["why"] != "NO_ROLE":
        report["requesterId"] = mail["sender"]
    if side == "CUSTOMER":
        report["customerId"] = mail["organisation"]["id"]
    return report


async def make(page: Page) -> Response:
    form = page.sent("ReportMailInput")
    await _say_who_asks(page, form)
    if payload := await page.mutate("inbox/report_mail.graphql", form):
        ticket = payload["incomingMail"]["ticket"]["id"].partition(":")[2]
        return await page.done(
            Text("A ticket was made of the mail; its clocks run."), page.url("tickets.show", id=ticket)
        )
    return await show(page, form)


async def _say_who_asks(page: Page, form: Form) -> None:
    """Whoever was typed is found; whoever asks "for Tiera" is named, for of nobody the API takes the mail's writer."""
    report: dict[str, Any] = form.variables.get("report") or {}
    await find_asker(page, form, "report.")
    if not report.get("customerId") and not report.get("requesterId"):
        report["requesterId"] = f"Person:{page.actor.person_id}"


routes = [
    get("/saapuneet/{id:int}/tapaukseksi", show, name="inbox.report"),
    post("/saapuneet/{id:int}/tapaukseksi", make, name="inbox.make"),
]
