"""What people know a thing by."""

from collections.abc import Mapping
from typing import Any


def numbers_of(thing: Mapping[str, Any]) -> str:
    """A thing's number; of an order Tiera's and the supplier's, where the supplier has given one of its own."""
    numbers = (thing.get("number"), thing.get("supplierNumber"))
    return " · ".join(dict.fromkeys(number for number in numbers if number))


def who_of(event: Mapping[str, Any]) -> str:
    """Who did something, and for which organisation where that is not all that is known of them."""
    return ", ".join(dict.fromkeys(name for name in (event["by"], event["forWhom"]) if name))
