"""What a service's pages read of it."""

from typing import Any

from backend.kit.actor import ActorKind
from web.pages import Page, found


async def read(page: Page) -> tuple[dict[str, Any], list[str] | None]:
    """The service that the address names, and for what nothing is agreed; None for a customer, who sees no plans.

    `ofMail` of the service is the one that takes mail now, if any.
    """
    is_party = page.actor.kind is not ActorKind.CUSTOMER
    data = await page.query("services/service.graphql", id=page.id("Service"), isParty=is_party)
    service = found(data["service"]) | {"ofMail": data["mailService"]}
    return service, data["serviceCommunication"]["nodes"][0]["missing"] if is_party else None
