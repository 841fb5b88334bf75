"""A document's own page: its newest version first, then those before it, then what happened."""

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.clock import now
from web.pages import Page, found
from web.papers.steps import PAPER_STEPS
from web.routing import get


async def show(page: Page) -> Response:
    today = helsinki_date(now()).isoformat()
    document = found((await page.query("papers/paper.graphql", id=page.id("Document"), today=today))["document"])
    offers = PAPER_STEPS.offered(page, document["availableActions"])
    return await page.render(
        "papers/paper.html",
        watch=[document["id"]],
        document=document,
        is_party=page.actor.kind is not ActorKind.CUSTOMER,
        offers=offers,
        first=PAPER_STEPS.first_of(offers),
    )


routes = [get("/asiakirjat/{id:int}", show, name="papers.show")]
