"""The list of orders as a file: all its rows, as they are narrowed and sorted."""

from decimal import Decimal
from typing import Any, Final

from backend.kit.translation import Text, label, translate
from web.pages import Page
from web.sheets import Cell, every_row

HEADINGS: Final = (
    Text("Number"),
    Text("Supplier's number"),
    Text("Order"),
    Text("State"),
    Text("Customer"),
    Text("Supplier"),
    Text("Due"),
    Text("Booked, h"),
    Text("Ceiling, h"),
    Text("Total, €"),
)


async def rows_of(page: Page, variables: dict[str, Any]) -> list[list[Cell]]:
    """All rows of the list."""
    nodes = await every_row(page, "orders/orders.graphql", "orders", variables)
    return [_row(page, order) for order in nodes]


def _row(page: Page, order: dict[str, Any]) -> list[Cell]:
    return [
        order["number"],
        order["supplierNumber"],
        order["title"],
        translate(label("OrderState", order["state"]), page.language),
        order["customer"] and order["customer"]["name"],
        order["supplier"]["name"],
        order["dueOn"],
        _hours(order["bookedMinutes"]),
        _hours(order["ceilingMinutes"]),
        order["total"] and Decimal(order["total"]["amount"]),
    ]


def _hours(minutes: int | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 2)
