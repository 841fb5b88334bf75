"""Lines of an invoice by their states, however many it has: a page of them, or all, as choices of a form."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from backend.kit.translation import money
from web.pages import Page, found

Line = dict[str, Any]
Choice = tuple[str, str]

CREDITABLE: Final = ("APPROVED", "DISPUTED", "OPEN")
"""States of lines that a credit note may take back from."""
MOST_READ: Final = 500
"""Lines that the schema gives at once."""


async def some_lines(
    page: Page, invoice_id: str, states: Sequence[str] | None, *, first: int = MOST_READ, after: str | None = None
) -> dict[str, Any]:
    """The invoice with those of its lines, in the order of the invoice; `None` for every state."""
    asked = {"id": invoice_id, "states": states, "first": first, "after": after}
    invoice: dict[str, Any] = found((await page.query("invoices/some_lines.graphql", **asked))["invoice"])
    return invoice


async def every_line(page: Page, invoice_id: str, states: Sequence[str] | None = None) -> list[Line]:
    """All of those lines, in the order of the invoice."""
    lines: list[Line] = []
    after = None
    while True:
        some = (await some_lines(page, invoice_id, states, after=after))["lines"]
        lines += some["nodes"]
        if not some["pageInfo"]["hasNextPage"]:
            return lines
        after = some["pageInfo"]["endCursor"]


def named_in_address(page: Page) -> str | None:
    """The line that the address names, by its identifier."""
    key = page.params.get("rivi", "")
    return f"InvoiceLine:{key}" if key.isascii() and key.isdigit() and len(key) < 19 else None


def choices_of(lines: Iterable[Line]) -> list[Choice]:
    """Each with what is left of what it bills: whoever disputes, credits or withdraws it chooses money."""
    return [(line["id"], f"{line['position']}. {line['text']}, {money(_left_of(line))}") for line in lines]


def _left_of(line: Line) -> Decimal:
    return Decimal(line["amount"]["amount"]) - Decimal(line["creditedAmount"]["amount"])
