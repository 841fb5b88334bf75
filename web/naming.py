"""What people know a thing by."""

from collections.abc import Mapping
from typing import Any


def numbers_of(thing: Mapping[str, Any]) -> str:
    """A thing's number; of an order Tiera's and the supplier's, where the supplier has given one of its own."""
    numbers = (thing.get("number"), thing.get("supplierNumber"))
    return " · ".join(dict.fromkeys(number for number in numbers if number))
