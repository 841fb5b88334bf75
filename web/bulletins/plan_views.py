"""What communication is agreed, service by service and occasion by occasion (H11.11-c, -e)."""

from typing import Any

from starlette.responses import Response

from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text, labels
from backend.rulebook.roles import Right
from web.forms import Form
from web.pages import Page, Problem, found
from web.routing import get, post

AGREED = (
    "measures",
    "told",
    "toAllCustomers",
    "channels",
    "whenDown",
    "rhythm",
    "supplierInforms",
    "templateTitle",
    "templateText",
    "agreedOn",
)

ROWS = 30
"""So many services a page."""


async def listed(page: Page) -> Response:
    """Page by page, or of the one service that the address names (`palvelu`)."""
    key = page.params.get("palvelu")
    data = await page.query("bulletins/plans.graphql", service=key and f"Service:{key}", **page.window(ROWS))
    if data["serviceCommunication"] is None:
        raise Problem(403)
    if key:
        found(next(iter(data["serviceCommunication"]["nodes"]), None))
    return await page.render(
        "bulletins/plans.html",
        common=data["communicationPlans"],
        services=data["serviceCommunication"],
        occasions=list(labels("Occasion")),
        may_agree=page.actor.may(Right.AGREE_COMMUNICATION),
        may_write=page.actor.may(Right.INFORM),
    )


async def edit(page: Page, form: Form | None = None) -> Response:
    """One occasion of the service that the address names (`palvelu`), or of all services."""
    if not page.actor.may(Right.AGREE_COMMUNICATION):
        raise Problem(403)
    occasion = _occasion(page)
    key = page.params.get("palvelu")
    data = await page.query("bulletins/plan.graphql", service=f"Service:{key or 0}")
    own = found(next(iter(data["serviceCommunication"]["nodes"]), None)) if key else None
    plans = own["plans"] if own else data["communicationPlans"]
    now_agreed = next((plan for plan in plans if plan["occasion"] == occasion), None)
    if form is None:
        agreed: dict[str, Any] = {"agreedOn": helsinki_date(now())}
        if now_agreed:
            agreed = {name: now_agreed[name] for name in AGREED} | {
                "organisationIds": [one["id"] for one in now_agreed["organisations"]]
            }
        given = {"occasion": occasion, "serviceId": own and own["service"]["id"], "agreed": agreed}
        form = page.form("AgreeOnCommunicationInput", given)
    return await page.render(
        "bulletins/plan.html",
        form=form,
        occasion=occasion,
        service=own and own["service"],
        customers=[(one["id"], one["name"]) for one in data["customers"]["nodes"]],
    )


def _occasion(page: Page) -> str:
    named: str = page.path("occasion").upper().replace("-", "_")
    if named not in labels("Occasion"):
        raise Problem(404)
    return named


async def save(page: Page) -> Response:
    form = page.sent("AgreeOnCommunicationInput")
    if await page.mutate("bulletins/agree_on_communication.graphql", form):
        key = page.params.get("palvelu")
        address = page.url("bulletins.plans") + (f"?palvelu={key}" if key else "")
        return await page.done(Text("What was agreed is on record."), address)
    return await edit(page, form)


routes = [
    get("/tiedotteet/suunnitelmat", listed, name="bulletins.plans"),
    get("/tiedotteet/suunnitelmat/{occasion}", edit, name="bulletins.plan"),
    post("/tiedotteet/suunnitelmat/{occasion}", save, name="bulletins.agree"),
]
