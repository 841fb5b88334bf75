"""When it is told that something ends."""

from datetime import date, datetime, timedelta

from backend.kit.calendar import end_of_day, start_of_day


def warning_day_bounds(last_day: date, days_before: int) -> tuple[datetime, datetime]:
    """When those concerned are told of a last day, and the end of that day itself."""
    return start_of_day(last_day - timedelta(days=days_before)), end_of_day(last_day)
