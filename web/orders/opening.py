"""A form opens for whom the schema lists its action; a form that came back with something to mend is shown as it is."""

from collections.abc import Mapping
from typing import Any

from backend.kit.translation import Text
from web.pages import Page, Problem, found


def require(order: Mapping[str, Any], *actions: str) -> None:
    """Raises Problem 409 where none of these actions is open to whoever asks."""
    if not set(actions) & set(order["availableActions"]):
        raise Problem(409, Text("This is not possible now: look at the order again."))


async def require_of_part(page: Page, parts: str, id_: str, action: str) -> None:
    """The same of one of the order's `revisions` or `milestones`; 404 where it is none of this order's."""
    order = found((await page.query("orders/answering.graphql", id=page.id("Order")))["order"])
    require(found(next((part for part in order[parts] if part["id"] == id_), None)), action)
