"""The calendar of planned breaks, month by month; and the address by which a calendar program reads it."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from backend.kit.amounts import YEARS
from backend.kit.calendar import Month, helsinki_date, month_of, start_of_day
from backend.kit.clock import now
from backend.kit.translation import Text
from web.pages import Page, Problem
from web.routing import get, post
from web.sheets import every_row


def _month(page: Page) -> Month:
    """The month of the address; this one, where it names none of a year that is reckoned with."""
    try:
        named = Month.parse(page.params.get("kuukausi", ""))
    except ValueError:
        named = None
    return named if named and named.year in YEARS else month_of(helsinki_date(now()))


async def show(page: Page) -> Response:
    month = _month(page)
    following = month + 1
    start = start_of_day(month.first_day)
    bounds = {"starts": start.isoformat(), "ends": start_of_day(following.first_day).isoformat()}
    breaks = await every_row(page, "bulletins/calendar.graphql", "bulletins", bounds)
    key = (await page.query("bulletins/key.graphql"))["calendarKey"]
    return await page.render(
        "bulletins/calendar.html",
        month=month,
        before=month - 1,
        following=following,
        days=_by_day([one for one in map(_as_it_went, breaks) if one["endsAt"] > start], month),
        key=key,
        made=None,
        making=page.form("MakeCalendarKeyInput", {}, "m"),
        ending=page.form("EndCalendarKeyInput", {"calendarKeyId": key["id"]}, "e") if key else None,
    )


def _as_it_went(one: dict[str, Any]) -> dict[str, Any]:
    """A break with its instants read: it ends when it was said to be over, unless it had not begun by then."""
    starts, ends = (datetime.fromisoformat(one[name]) for name in ("startsAt", "endsAt"))
    over = datetime.fromisoformat(one["endedAt"]) if one["endedAt"] else None
    never_began = over is not None and over <= starts
    went_until = ends if over is None or never_began else min(ends, over)
    return one | {"startsAt": starts, "endsAt": went_until, "neverBegan": never_began}


def _by_day(breaks: list[dict[str, Any]], month: Month) -> list[tuple[date, list[dict[str, Any]]]]:
    """Breaks below the day on which they begin; what began before stands at the month's first day."""

    def day(one: dict[str, Any]) -> date:
        return max(helsinki_date(one["startsAt"]), month.first_day)

    return [(of, list(those)) for of, those in groupby(breaks, key=day)]


async def make_key(page: Page) -> Response:
    made = await page.mutate("bulletins/make_calendar_key.graphql", page.sent("MakeCalendarKeyInput", "m"))
    if made is None:
        raise Problem(page.status)
    base = str(page.request.app.state.base_url).rstrip("/")
    return await page.render("bulletins/calendar_key.html", address=made["path"] and base + made["path"])


async def end_key(page: Page) -> Response:
    if await page.mutate("bulletins/end_calendar_key.graphql", page.sent("EndCalendarKeyInput", "e")) is None:
        raise Problem(page.status)
    return await page.done(Text("The address was closed: nobody can read it any more."), page.url("bulletins.calendar"))


routes = [
    get("/tiedotteet/kalenteri", show, name="bulletins.calendar"),
    post("/tiedotteet/kalenteri/osoite", make_key, name="bulletins.make_calendar_key"),
    post("/tiedotteet/kalenteri/sulje", end_key, name="bulletins.end_calendar_key"),
]
