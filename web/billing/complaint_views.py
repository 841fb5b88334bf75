"""The handling of a complaint, approved for billing when both sides say that the cause was not the supplier's."""

from starlette.responses import Response

from backend.kit import clock
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.billing.approving import groups_of
from web.forms import Form
from web.pages import Page, found
from web.routing import get, post
from web.stepping import require


async def ask(page: Page, form: Form | None = None) -> Response:
    today = helsinki_date(clock.now()).isoformat()
    data = await page.query("billing/complaint.graphql", id=page.id("Complaint"), today=today)
    complaint = found(data["complaint"])
    if form is None:
        require(complaint, "BILL")
    return await page.render(
        "billing/complaint.html",
        complaint=complaint,
        groups=groups_of(data, {complaint["supplier"]["id"]}),
        form=form or page.form("BillHandlingInput", {"complaintId": complaint["id"]}),
    )


async def approve(page: Page) -> Response:
    form = page.sent("BillHandlingInput")
    if payload := await page.mutate("billing/bill_handling.graphql", form):
        id_ = payload["billingApproval"]["id"].partition(":")[2]
        return await page.done(Text("It was approved for billing."), page.url("billing.show", id=id_))
    return await ask(page, form)


routes = [
    get("/reklamaatiot/{id:int}/laskutus", ask, name="billing.ask_complaint"),
    post("/reklamaatiot/{id:int}/laskutus", approve, name="billing.approve_complaint"),
]
