"""A part of an order, on a page of its own."""

from typing import Any

from web.pages import Page, found


async def part_of(page: Page, parts: str, id_: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The order, and of its `revisions` or `milestones` the one with this id; 404 where it is none of this order's."""
    order: dict[str, Any] = found((await page.query("orders/answering.graphql", id=page.id("Order")))["order"])
    return order, found(next((part for part in order[parts] if part["id"] == id_), None))
