"""What is done with a bulletin by one form: a table of steps, and the one pair of views that shows and takes them."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from web.forms import Form
from web.pages import Page, found
from web.stepping import Asked, Step, Steps, form_of

STEPS: Final = (
    Step(
        "PUBLISH",
        "julkaise",
        "publish_bulletin",
        Text("Publish"),
        Text("Publish the bulletin"),
        Text("Those whom it is for read it at once. It cannot be changed any more: a follow-up corrects it."),
        Text("The bulletin was published."),
    ),
    Step(
        "END",
        "paata",
        "end_bulletin",
        Text("Say that it is over"),
        Text("Say that it is over"),
        Text("It leaves the portal's pages and stays in the list."),
        Text("It was recorded."),
    ),
    Step(
        "WITHDRAW",
        "peruuta",
        "withdraw_bulletin",
        Text("Withdraw"),
        Text("Withdraw the bulletin"),
        Text("Those who were told read that it was withdrawn, and why."),
        Text("The bulletin was withdrawn."),
        (Asked("reason", Text("Reason"), "textarea"),),
        "warn",
        says_of_draft=Text("The draft ends here, and nobody else is told of it."),
    ),
)
BULLETIN_STEPS: Final = Steps(
    "bulletins",
    STEPS,
    next=("PUBLISH", "TELL_ON", "FOLLOW_UP"),
    links={
        "EDIT": (Text("Complete the draft"), "bulletins.edit"),
        "FOLLOW_UP": (Text("Write a follow-up"), "bulletins.follow"),
    },
)


async def show(page: Page, sent: Form | None) -> Response:
    step = BULLETIN_STEPS.asked(page)
    bulletin = found((await page.query("bulletins/step.graphql", id=page.id("Bulletin")))["bulletin"])
    form = form_of(page, step, bulletin, {"bulletinId": bulletin["id"]}, sent)
    return await page.render("bulletins/step.html", step=step, bulletin=bulletin, form=form)


routes = BULLETIN_STEPS.routes("/tiedotteet", show)
