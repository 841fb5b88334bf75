"""How services stand: what works, what does not and since when, what is coming, and the last thirty days."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.rulebook.roles import Right
from web.pages import Page
from web.routing import get

HISTORY: Final = timedelta(days=30)
COMING: Final = timedelta(days=14)


async def show(page: Page) -> Response:
    now = clock.now()
    moments = {"now": now, "since": now - HISTORY, "until": now + COMING}
    data = await page.query("status/status.graphql", **{name: at.isoformat() for name, at in moments.items()})
    services = data["serviceStatus"]["nodes"]
    return await page.render(
        "status/status.html",
        at=now.isoformat(),
        disturbed=[each for each in services if each["state"] != "WORKING" or each["breaks"]],
        working=[each for each in services if each["state"] == "WORKING"],
        broken=sum(each["state"] == "INCIDENT" for each in services),
        paused=sum(each["state"] == "BREAK" for each in services),
        past=_past(services),
        knows_all=page.actor.kind is ActorKind.BUYER,
        may_report=page.actor.may(Right.REPORT_TICKETS),
    )


def _past(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is over, with its service, the newest first."""
    found = [
        {**incident, "service": each["service"]}
        for each in services
        for incident in each["incidents"]
        if not incident["isOpen"]
    ]
    return sorted(found, key=lambda incident: str(incident["reportedAt"]), reverse=True)


routes = [get("/tila", show, name="status.show")]
