"""A bulletin's own page: what it says first, then what followed, who answers for it, and who has read it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.bulletins.steps import BULLETIN_STEPS
from web.language import local_path
from web.pages import Page, Problem, found
from web.routing import get, post
from web.stepping import Offer


async def show(page: Page) -> Response:
    data = await page.query(
        "bulletins/bulletin.graphql", id=page.id("Bulletin"), today=helsinki_date(now()).isoformat()
    )
    bulletin = found(data["bulletin"])
    offers = BULLETIN_STEPS.offered(page, bulletin["availableActions"]) + telling_on(page, bulletin)
    return await page.render(
        "bulletins/bulletin.html",
        watch=[bulletin["id"]],
        bulletin=bulletin,
        offers=offers,
        first=BULLETIN_STEPS.first_of(offers),
        acknowledging=page.form("AcknowledgeBulletinInput", {"bulletinId": bulletin["id"]}, "a"),
    )


def telling_on(page: Page, bulletin: Mapping[str, Any]) -> list[Offer]:
    """“Tell the customers of it”: what a supplier told Tiera, for those who inform customers (H11.11-a)."""
    if bulletin["receivers"] != "TIERA" or bulletin["state"] != "PUBLISHED" or page.actor.kind is not ActorKind.BUYER:
        return []
    if not page.actor.may(Right.INFORM):
        return []
    return [("TELL_ON", Text("Tell the customers of it"), f"{page.url('bulletins.new')}?pohjana={bulletin['id']}")]


async def acknowledge(page: Page) -> Response:
    return await _note(page, "acknowledge_bulletin", "AcknowledgeBulletinInput", Text("You have acknowledged it."))


async def dismiss(page: Page) -> Response:
    return await _note(page, "dismiss_bulletin", "DismissBulletinInput", Text("It is not shown to you any more."))


async def _note(page: Page, name: str, input_type: str, said: Text) -> Response:
    """What a reader does by one button, on the bulletin's page or on whichever page showed it."""
    if await page.mutate(f"bulletins/{name}.graphql", page.sent(input_type)) is None:
        raise Problem(page.status)
    own = page.url("bulletins.show", id=page.path("id"))
    return await page.done(said, local_path(str(page.posted.get("_back") or own) if page.posted else own, own))


async def by_number(page: Page) -> Response:
    """The address that people write: the number leads to the bulletin's page."""
    data = await page.query("bulletins/find.graphql", number=page.path("number"))
    id_ = found(data["bulletinByNumber"])["id"]
    return RedirectResponse(page.url("bulletins.show", id=id_.partition(":")[2]), 303)


routes = [
    get("/tiedotteet/{id:int}", show, name="bulletins.show"),
    post("/tiedotteet/{id:int}/kuittaa", acknowledge, name="bulletins.acknowledge"),
    post("/tiedotteet/{id:int}/piilota", dismiss, name="bulletins.dismiss"),
]
