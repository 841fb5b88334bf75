"""What a complaint is about: the way to one from the page of anything, and what the thing gives its draft."""

from collections.abc import Mapping
from typing import Any

from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.pages import Page
from web.stepping import Offer


def complaining(page: Page, thing: Mapping[str, Any]) -> list[Offer]:
    """“Complain about this”, for those who may."""
    if not page.actor.may(Right.COMPLAIN):
        return []
    return [("COMPLAIN", Text("Complain about this"), f"{page.url('complaints.new')}?koskee={thing['id']}")]


async def thing_of(page: Page, id_: str) -> dict[str, Any] | None:
    """What a complaint may be about, with its agreement and service; None where there is no such thing to see."""
    about = Ref.parse(id_)
    return (await page.query("complaints/about.graphql", id=str(about)))["node"] if about else None


def given_by(thing: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a new complaint that follow from what it is about."""
    if thing is None:
        return {}
    is_service = thing["id"].startswith("Service:")
    of = thing if is_service else thing.get("service") or thing.get("ofTicket")
    agreement = thing.get("agreement") or (of and of["agreement"])
    content = {"about": thing["id"], "serviceId": of and of["id"]}
    return {"agreementId": agreement and agreement["id"], "content": content}
