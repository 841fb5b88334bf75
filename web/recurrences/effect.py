"""Whether a remedy helped: how many came month by month, before and after, as bars with their sentence."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from backend.kit.calendar import helsinki_date, month_of
from backend.kit.translation import Text
from web.charts import Bar, Bars

MOST_MONTHS: Final = 24
DAYS_A_MONTH: Final = 30
STANDS: Final = ("PROPOSED", "ACCEPTED")
"""States in which a remedy is expected to help."""


def chart_of(recurrence: Mapping[str, Any], now: datetime) -> Bars:
    """A bar a month up to this one, also where none came; those after the remedy in another tone."""
    came = {date.fromisoformat(each["month"]): each["tickets"] for each in recurrence["months"]}
    last = month_of(helsinki_date(now))
    month = month_of(min(came, default=last.first_day))
    since = _day(recurrence["remediedAt"])
    bars: list[Bar] = []
    while month.first_day <= last.first_day:
        is_after = since is not None and month.last_day >= since
        text = f"{month.number}/{month.year}"
        bars.append(Bar(text, came.get(month.first_day, 0), "ok" if is_after else "plain"))
        month += 1
    return Bars(bars[-MOST_MONTHS:], Text("Month"), Text("Tickets"))


def sentence_of(recurrence: Mapping[str, Any], now: datetime) -> Text:
    """What the bars show: how often it came, what was expected, and what came after the remedy."""
    said = {"now": recurrence["perMonth"], "expected": recurrence["expectedPerMonth"]}
    if recurrence["remediedAt"] is None and recurrence["state"] not in STANDS:
        return Text(
            "%(num)s tickets between %(first)s and %(last)s.",
            num=recurrence["ticketCount"],
            first=_day(recurrence["firstAt"]) or "–",
            last=_day(recurrence["lastAt"]) or "–",
        )
    said = {name: Decimal(value) for name, value in said.items()}
    if recurrence["remediedAt"] is None:
        return Text("%(now)s came a month when the remedy was proposed; %(expected)s are expected after it.", **said)
    since, until, came = _counted(recurrence, now)
    days = max((until - since).days, 1)
    after = (Decimal(came * DAYS_A_MONTH) / days).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Text(
        "Before the remedy %(now)s came a month, after it %(after)s (%(first)s–%(last)s); %(expected)s were expected.",
        after=after,
        first=helsinki_date(since),
        last=helsinki_date(until),
        **said,
    )


def _counted(recurrence: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime, int]:
    """Since when and until when it is told how many came, and how many: as was judged, else since the remedy."""
    if recurrence["judgedDays"] is None:
        return datetime.fromisoformat(recurrence["remediedAt"]), now, recurrence["cameAfter"]
    remedied, judged = (datetime.fromisoformat(recurrence[at]) for at in ("remediedAt", "judgedAt"))
    since = judged - timedelta(days=recurrence["judgedDays"])
    if since - remedied < timedelta(days=1) and remedied < judged:  # whole days are kept, and all since it are counted
        since = remedied
    return since, judged, recurrence["judgedTickets"]


def _day(instant: str | None) -> date | None:
    return helsinki_date(datetime.fromisoformat(instant)) if instant else None
