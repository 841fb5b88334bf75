"""The week: a grid to type hours into, by keyboard, without JavaScript, on paper-narrow screens too."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours import sheet as sheets
from web.hours.offered import booked_since, offered
from web.hours.sheet import Sheet
from web.hours.weeks import DAYS, SHORT_DAYS, Week, short_date, today
from web.pages import Page

KNOWN_FOR: Final = timedelta(days=21)
"""How long after it was booked on last a target has a row ready."""


def week_of(page: Page) -> Week:
    """The week that the address names, else this one; none that has not begun."""
    this = Week.of(today())
    return min(Week.parse(page.params.get("week")) or this, this)


async def _sheet(page: Page, chosen: Sequence[str] = (), words: str = "") -> tuple[Sheet, list[Any]]:
    """The sheet as it stands, what it offers narrowed to some words; and the `chosen` targets."""
    week = week_of(page)
    day = min(week.sunday, today())
    data = await page.query(
        "hours/week.graphql",
        first=week.monday.isoformat(),
        last=week.sunday.isoformat(),
        day=day.isoformat(),
        lately=booked_since(week.monday),
        words=words or None,
        chosen=list(chosen),
    )
    sheet = sheets.shown(week, data["timeEntries"]["nodes"], offered(data), week.monday - KNOWN_FOR)
    sheet.has_more = data["targets"]["pageInfo"]["hasNextPage"]
    return sheet, data["chosen"]


async def show(page: Page) -> Response:
    if not page.actor.may(Right.BOOK_HOURS):
        to = "hours.approval" if page.actor.may(Right.APPROVE_HOURS) else "hours.list"
        return RedirectResponse(page.url(to), 302)
    sheet, _ = await _sheet(page)
    return await _render(page, sheet, page.form("SaveWeekInput"))


async def save(page: Page) -> Response:
    """Store what has changed, all of it or nothing; or only put one more row below."""
    posted = page.posted or FormData()
    words = str(posted.get("_words") or "").strip()
    sheet, chosen = await _sheet(page, sheets.chosen_in(posted), words)
    sheet = sheets.typed_into(sheet, posted, chosen)
    sending = sheets.sending(sheet)
    page.posted = FormData([("_key", str(posted.get("_key") or "")), *sending.fields])
    form = page.sent("SaveWeekInput")
    if "_add" in posted:
        sheet.add_blank()
        return await _render(page, sheet, page.form("SaveWeekInput"), added=True, words=words)
    sending.say(form, sheet)
    if not sending.places and form.is_fine:
        return await page.done(Text("Nothing had changed: there was nothing to save."), _address(page), here=show)
    if await page.mutate("hours/save_week.graphql", form):
        return await page.done(Text("The week was saved."), _address(page), here=show)
    sending.say(form, sheet)
    sheets.catch_up(sheet, (await _sheet(page))[0])
    return await _render(page, sheet, form, words=words)


def _address(page: Page) -> str:
    return f"{page.url('hours.week')}?week={week_of(page)}"


async def _render(page: Page, sheet: Sheet, form: Form, *, added: bool = False, words: str = "") -> Response:
    return await page.render(
        "hours/week.html",
        block="week",
        sheet=sheet,
        form=form,
        added=added,
        words=words,
        today=today(),
        this_week=Week.of(today()),
        day_names=DAYS,
        short_days=SHORT_DAYS,
        short_date=short_date,
        to=_address(page),
    )
