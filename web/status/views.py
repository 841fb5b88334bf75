"""How services stand: what works, what does not and since when, what is coming, and the last thirty days."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.rulebook.roles import Right
from web.pages import Page
from web.routing import get
from web.sheets import every_row

HISTORY: Final = timedelta(days=30)
COMING: Final = timedelta(days=14)
WORST_FIRST: Final = ("INCIDENT", "BREAK", "WORKING")
MOST: Final = 10
"""So many incidents, bulletins and breaks of a service are shown, and the document asks for one more."""


async def show(page: Page) -> Response:
    now = clock.now()
    moments = {"now": now.isoformat(), "until": (now + COMING).isoformat()}
    services = await every_row(page, "status/status.graphql", "serviceStatus", moments)
    past = await page.query("status/resolved.graphql", since=(now - HISTORY).isoformat(), **page.window())
    disturbed = [each for each in services if each["state"] != "WORKING" or each["breaks"]]
    return await page.render(
        "status/status.html",
        at=now.isoformat(),
        disturbed=sorted(disturbed, key=lambda each: WORST_FIRST.index(each["state"])),
        most=MOST,
        working=[each for each in services if each["state"] == "WORKING"],
        broken=sum(each["state"] == "INCIDENT" for each in services),
        paused=sum(each["state"] == "BREAK" for each in services),
        past=past["resolvedIncidents"],
        knows_all=page.actor.kind is ActorKind.BUYER,
        may_report=page.actor.may(Right.REPORT_TICKETS),
    )


routes = [get("/tila", show, name="status.show")]
