"""The rows of the list of rights, for a spreadsheet."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from backend.kit.translation import Text, label, translate
from web.pages import Page
from web.sheets import Cell

HEADINGS: Final = (
    Text("Ordering contact"),
    Text("Acts for"),
    Text("From supplier"),
    Text("Agreement"),
    Text("Largest class"),
    Text("Most effort, h"),
    Text("Most of one order, €"),
    Text("Most in a year, €"),
    Text("Ordered in the year, €"),
    Text("Orders for"),
    Text("First day"),
    Text("Last day"),
    Text("Naming document"),
    Text("State"),
)


def row_of(page: Page, right: Mapping[str, Any]) -> list[Cell]:
    """One right, in the order of the headings."""
    every = translate(Text("every supplier"), page.language)
    everybody = translate(Text("all"), page.language)
    minutes = right["mostMinutes"]
    return [
        right["person"]["name"],
        right["organisation"]["name"],
        right["supplier"]["name"] if right["supplier"] else every,
        right["agreement"] and right["agreement"]["number"],
        right["largestClass"] and translate(label("SizeClass", right["largestClass"]), page.language),
        None if minutes is None else round(minutes / 60, 2),
        _euros(right["mostEuros"]),
        _euros(right["mostEurosAYear"]),
        right["orderedInYear"] and Decimal(right["orderedInYear"]),
        everybody if right["isForAll"] else ", ".join(row["name"] for row in right["forOrganisations"]),
        right["validFrom"],
        right["validUntil"],
        right["documentNumber"],
        translate(label("RightState", right["state"]), page.language),
    ]


def _euros(money: Mapping[str, str] | None) -> Decimal | None:
    return None if money is None else Decimal(money["amount"])
