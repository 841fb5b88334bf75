"""An order has two numbers (H11.8.3-a): wherever it is, both are."""

import re
from pathlib import Path
from typing import Any

import pytest

from web.naming import numbers_of

WEB = Path(__file__).parents[2] / "web"


@pytest.mark.rule("H11.8.3-a")
@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ({"number": "TIL-2026-00005", "supplierNumber": "KP-1005"}, "TIL-2026-00005 · KP-1005"),
        ({"number": "TIL-2026-00005", "supplierNumber": "TIL-2026-00005"}, "TIL-2026-00005"),
        ({"number": "TIL-2026-00005", "supplierNumber": None}, "TIL-2026-00005"),
        ({"number": None, "supplierNumber": None}, ""),
        ({"number": "TIK-2026-00021"}, "TIK-2026-00021"),
    ],
)
def test_a_thing_is_named_by_all_its_numbers(order: dict[str, Any], shown: str) -> None:
    assert numbers_of(order) == shown


@pytest.mark.rule("H11.8.3-a")
def test_no_page_asks_for_one_number_of_an_order_without_the_other() -> None:
    asked = {
        f"{file.relative_to(WEB)}: {found[0]}"
        for file in WEB.rglob("*.graphql")
        for found in re.finditer(
            r"\b(?:order|orders(?:\([^)]*\))?) \{\s*(?:nodes \{\s*)?(?:id )?number\b(?! supplierNumber)",
            file.read_text(),
        )
    }
    assert asked == set()
