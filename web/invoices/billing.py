"""What billed something: from an order or an entry to the lines of invoices, for those who see invoices."""

from typing import Any, Final

from backend.rulebook.roles import Right
from web.pages import Page

LINES: Final = 10
"""On an order's page; its invoices say the rest."""


async def of_entry(page: Page, entry_id: str) -> list[dict[str, Any]]:
    """The portions of an entry that lines hold or have billed; none for who sees no invoices (D2.1-c)."""
    if not page.actor.may(Right.SEE_INVOICES):
        return []
    nodes = (await page.query("invoices/billed_entry.graphql", entry=entry_id))["evidence"]["nodes"]
    return [portion for portion in nodes if portion["line"]]


async def of_order(page: Page, order_id: str) -> dict[str, Any] | None:
    """The first lines for an order, and how many there are; None for who sees no invoices (D2.1-c)."""
    if not page.actor.may(Right.SEE_INVOICES):
        return None
    lines: dict[str, Any] = (await page.query("invoices/billed_order.graphql", order=order_id, first=LINES))[
        "invoiceLines"
    ]
    return lines
