"""The burn-up picture of an order: what was booked week by week, the ceiling with what was granted, the forecast."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.kit.amounts import Minutes
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.charts import BurnUp, Limit

WEEK: Final = timedelta(days=7)
MOST_WEEKS: Final = 60
AHEAD: Final = 4


def chart_of(order: Mapping[str, Any], now: Any) -> BurnUp | None:
    """The chart; None before anything is booked. Weeks without work are there too, level."""
    points = {date.fromisoformat(point["week"]): point["bookedMinutes"] for point in order["burnUp"]}
    if not points or order["ceilingMinutes"] is None:
        return None
    first, last = min(points), _monday(helsinki_date(now))
    ended = order["acceptedAt"] or order["deliveredAt"]
    if ended:
        last = min(last, _monday(date.fromisoformat(ended[:10])))
    last = max(last, max(points))
    first = max(first, last - MOST_WEEKS * WEEK)
    weeks, actual, so_far = [], [], 0
    week = min(points)
    while week <= last:
        so_far = points.get(week, so_far)
        if week >= first:
            weeks.append(week)
            actual.append(so_far)
        week += WEEK
    coming = _coming(order, actual[-1], last)
    weeks += [last + n * WEEK for n in range(1, len(coming) + 1)]
    return BurnUp(
        labels=[_label(week) for week in weeks],
        actual=actual,
        forecast=coming,
        limits=_limits(order, weeks),
        heading=Text("Week"),
    )


def sentence_of(order: Mapping[str, Any]) -> Text:
    """What the picture shows, in one sentence."""
    granted = (order["ceilingMinutes"] or 0) - (order["orderedMinutes"] or 0) if order["orderedMinutes"] else 0
    said = {
        "booked": Minutes(order["bookedMinutes"] or 0),
        "ceiling": Minutes(order["ceilingMinutes"] or 0),
        "granted": Minutes(granted),
        "forecast": Minutes(order["forecastMinutes"] or 0),
    }
    if granted > 0:
        return _sentence_with_grants(order, said)
    if order["forecastMinutes"] is None:
        return Text("%(booked)s of the ceiling of %(ceiling)s is booked; there is no forecast yet.", **said)
    if order["forecastMinutes"] > (order["ceilingMinutes"] or 0):
        return Text(
            "%(booked)s of the ceiling of %(ceiling)s is booked; the forecast of %(forecast)s passes the ceiling.",
            **said,
        )
    return Text("%(booked)s of the ceiling of %(ceiling)s is booked; the forecast is %(forecast)s.", **said)


def _sentence_with_grants(order: Mapping[str, Any], said: Mapping[str, Minutes]) -> Text:
    if order["forecastMinutes"] is None:
        return Text(
            "%(booked)s of the ceiling of %(ceiling)s, of which %(granted)s was granted after the order, is booked; "
            "there is no forecast yet.",
            **said,
        )
    if order["forecastMinutes"] > order["ceilingMinutes"]:
        return Text(
            "%(booked)s of the ceiling of %(ceiling)s, of which %(granted)s was granted after the order, is booked; "
            "the forecast of %(forecast)s passes the ceiling.",
            **said,
        )
    return Text(
        "%(booked)s of the ceiling of %(ceiling)s, of which %(granted)s was granted after the order, is booked; "
        "the forecast is %(forecast)s.",
        **said,
    )


def _ceilings(order: Mapping[str, Any], weeks: Sequence[date]) -> list[int]:
    """What the ceiling was as each week ended: the newest decision by then, the first one before any."""
    steps = [
        (helsinki_date(datetime.fromisoformat(step["at"])), step["ceilingMinutes"]) for step in order["ceilingSteps"]
    ]
    return [next((level for day, level in reversed(steps) if day < week + WEEK), steps[0][1]) for week in weeks]


def _limits(order: Mapping[str, Any], weeks: Sequence[date]) -> list[Limit]:
    """The ceiling as it is and was week by week, as it was at first, and as it would be."""
    ceiling, first = order["ceilingMinutes"], order["orderedMinutes"]
    limits = [Limit(Text("Ceiling"), ceiling, moved=_ceilings(order, weeks))]
    if first and first != ceiling:
        limits.append(Limit(Text("Ordered"), first))
    if order["openOverrun"]:
        limits.append(Limit(Text("Asked for"), ceiling + order["openOverrun"]["askedMinutes"], "asked"))
    return limits


def _coming(order: Mapping[str, Any], booked: int, last: date) -> list[int]:
    """The forecast, reached evenly by the day it is due or in a month."""
    forecast = order["forecastMinutes"]
    if forecast is None or forecast <= booked or order["deliveredAt"] or order["acceptedAt"]:
        return []
    weeks = AHEAD
    if order["dueOn"]:
        weeks = max(1, min(12, (_monday(date.fromisoformat(order["dueOn"])) - last) // WEEK))
    return [booked + (forecast - booked) * n // weeks for n in range(1, weeks + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _label(week: date) -> Text:
    return Text("week %(number)s", number=week.isocalendar().week)
