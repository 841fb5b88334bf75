"""An approval for billing: what may be billed, what is booked, approved and billed of it; raised or taken back."""

from typing import Final

from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, found
from web.routing import get
from web.stepping import Asked, Step, Steps, form_of

READ: Final = Text("Reason for the supplier")
STEPS: Final = Steps(
    "billing",
    (
        Step(
            "RAISE",
            "nosta",
            "raise_billing",
            Text("Raise the ceiling"),
            Text("Let more effort be billed"),
            Text("What was booked above the ceiling can be approved as far as you raise it."),
            Text("The ceiling was raised."),
            (
                Asked("minutes", Text("How much more"), hint=Text("Hours, such as 7,5 or 7:30."), width="short"),
                Asked("reason", READ, "textarea"),
            ),
        ),
        Step(
            "TAKE_BACK",
            "peru",
            "take_billing_back",
            Text("Take the approval back"),
            Text("Take the approval for billing back"),
            Text("Nothing has come of it yet: after this no hours can be booked on it and no line for it passes."),
            Text("The approval was taken back."),
            (Asked("reason", READ, "textarea"),),
            "warn",
        ),
    ),
    next=(),
)


async def show(page: Page) -> Response:
    data = await page.query("billing/approval.graphql", id=page.id("BillingApproval"))
    approval = found(data["billingApproval"])
    lines = None
    if page.actor.may(Right.SEE_INVOICES):
        lines = found((await page.query("billing/lines.graphql", id=approval["id"]))["invoiceLines"])["nodes"]
    return await page.render(
        "billing/approval.html",
        watch=[approval["id"]],
        approval=approval,
        offers=STEPS.offered(page, approval["availableActions"]),
        lines=lines,
    )


async def ask_step(page: Page, sent: Form | None) -> Response:
    step = STEPS.asked(page)
    approval = found((await page.query("billing/step.graphql", id=page.id("BillingApproval")))["billingApproval"])
    return await page.render(
        "billing/step.html",
        step=step,
        approval=approval,
        form=form_of(page, step, approval, {"approvalId": approval["id"]}, sent),
    )


routes = [
    get("/laskutusluvat/{id:int}", show, name="billing.show"),
    *STEPS.routes("/laskutusluvat", ask_step),
]
