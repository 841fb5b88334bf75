"""The one place where the time is read; everything below an entrance is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)
