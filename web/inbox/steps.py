"""What the desk does with a mail by one form: a table of steps, and the pair of views that shows and takes them."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.stepping import Asked, Step, Steps, form_of

STEPS: Final = (
    Step(
        "ADD",
        "liita",
        "add_mail_to_ticket",
        Text("Add it to a ticket"),
        Text("Add the mail to a ticket"),
        Text("What it says becomes a message on the ticket, for Tiera alone to read."),
        Text("The mail was added to the ticket."),
        (Asked("number", Text("Number of the ticket"), hint=Text("As it stands on the ticket: TIK-2026-00042.")),),
    ),
    Step(
        "DISCARD",
        "hylkaa",
        "discard_mail",
        Text("Discard it"),
        Text("Discard the mail"),
        Text("Nothing becomes of it. It stays on record, and can be brought back."),
        Text("The mail was discarded."),
        (
            Asked("reason", Text("Reason"), "textarea"),
            Asked("withOthers", Text("Discard all that wait from this sender"), hint=Text("Each can be brought back.")),
        ),
    ),
    Step(
        "HOLD",
        "palauta",
        "hold_mail",
        Text("Bring it back to the desk"),
        Text("Bring the mail back to the desk"),
        Text("It waits for the desk again: a ticket can be made of it."),
        Text("The mail waits for the desk again."),
    ),
)
MAIL_STEPS: Final = Steps(
    "inbox",
    STEPS,
    next=("REPORT", "HOLD"),
    links={
        "REPORT": (Text("Make a ticket of it"), "inbox.report"),
        "COMPLAIN": (Text("Make a complaint of it"), "inbox.complain"),
    },
)


async def show(page: Page, sent: Form | None) -> Response:
    step = MAIL_STEPS.asked(page)
    mail = found((await page.query("inbox/step.graphql", id=page.id("IncomingMail")))["incomingMail"])
    form = form_of(page, step, mail, {"mailId": mail["id"]}, sent)
    return await page.render("inbox/step.html", step=step, mail=mail, form=form)


routes = MAIL_STEPS.routes("/saapuneet", show)
