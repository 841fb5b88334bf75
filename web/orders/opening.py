"""A form about a part of an order opens for whom the schema lists the part's action."""

from web.pages import Page, found
from web.stepping import require


async def require_of_part(page: Page, parts: str, id_: str, action: str) -> None:
    """As `require`, of one of the order's `revisions` or `milestones`; 404 where it is none of this order's."""
    order = found((await page.query("orders/answering.graphql", id=page.id("Order")))["order"])
    require(found(next((part for part in order[parts] if part["id"] == id_), None)), action)
