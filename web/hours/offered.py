"""Which targets are offered to whoever books: those last booked on, then the newest; any other by words or number."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

LATELY: Final = timedelta(days=60)
"""How long a target that somebody booked on is offered to them first, however old it is."""
WORDS: Final = "haku"

Target = Mapping[str, Any]


def booked_since(day: date) -> str:
    """The day from which on what was booked is offered first, as the schema has it."""
    return (day - LATELY).isoformat()


def offered(data: Mapping[str, Any]) -> list[Target]:
    """Of `lately` and `targets` each once: what was booked on last first, then the newest."""
    each = {target["id"]: target for part in ("lately", "targets") for target in data[part]["nodes"]}
    return sorted(each.values(), key=lambda target: target["lastBookedOn"] or "", reverse=True)
