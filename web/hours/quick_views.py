"""One entry in half a minute, on a phone: choose the target, tap the hours, say what was done.

Who sees the others' hours at a supplier may book for a colleague: the entry is the colleague's, and says who booked it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours import dearer
from web.hours.offered import WORDS, booked_since, offered
from web.hours.weeks import DAYS, short_date, today
from web.pages import Page, Problem, found
from web.typed import typed

QUICK_MINUTES: Final = (30, 60, 120, 210, 450)
SUGGESTIONS: Final = 4
EARLIER: Final = 3
"""Days before today that are offered by a tap."""
_CHOSEN: Final = {"_minutes": "booking.minutes", "_day": "booking.day", "_description": "booking.description"}
"""What is tapped, and the field in which something else is written; what is written counts."""


def _require_booking(page: Page) -> None:
    if not page.actor.may(Right.BOOK_HOURS):
        raise Problem(403)


async def choose(page: Page) -> Response:
    _require_booking(page)
    day = today()
    since = day - EARLIER * timedelta(days=1)
    words = page.params.get(WORDS, "").strip()
    data = await page.query(
        "hours/choose.graphql",
        day=day.isoformat(),
        since=since.isoformat(),
        lately=booked_since(day),
        words=words or None,
    )
    return await page.render(
        "hours/choose.html",
        targets=offered(data),
        has_more=data["targets"]["pageInfo"]["hasNextPage"],
        words=words,
        booked_today=data["timeEntryFigures"]["minutes"],
        today=day,
    )


async def write(page: Page, form: Form | None = None, chosen: Mapping[str, str] | None = None) -> Response:
    _require_booking(page)
    day = today()
    leads = page.actor.may(Right.SEE_HOURS)
    own = f"Organisation:{page.actor.organisation_id}"
    data = await page.query(
        "hours/write.graphql", id=page.id("Target", "target"), day=day.isoformat(), own=own, chooses=leads
    )
    target: dict[str, Any] = found(data["target"])
    me = f"Person:{page.actor.person_id}"
    group = target["lastPriceGroup"]
    others = [(one["id"], one["name"]) for one in (data.get("people") or {"nodes": []})["nodes"] if one["id"] != me]
    initial = {"booking": {"targetId": target["id"], "priceGroupId": group["id"] if group and not others else None}}
    earlier = [day - timedelta(days=n) for n in range(EARLIER + 1)]
    return await page.render(
        "hours/write.html",
        block="entry",
        target=target,
        groups=dearer.choices(target),
        may_be_dearer=bool(dearer.ids(target)),
        others=others,
        form=form or page.form("BookHoursInput", initial),
        chosen=chosen or {"_day": typed(day, "Date")},
        hours=[(typed(minutes, "Minutes"), minutes) for minutes in QUICK_MINUTES],
        days=[(typed(d, "Date"), _day_name(d, n), short_date(d)) for n, d in enumerate(earlier)],
        suggestions=list(dict.fromkeys(entry["description"] for entry in data["timeEntries"]["nodes"]))[:SUGGESTIONS],
    )


def _day_name(day: Any, days_ago: int) -> Text:
    return (Text("Today"), Text("Yesterday"))[days_ago] if days_ago < 2 else DAYS[day.weekday()]


async def book(page: Page) -> Response:
    _require_booking(page)
    posted = page.posted or FormData()
    chosen = {name: str(posted.get(name) or "") for name in _CHOSEN}
    written = {field: str(posted.get(field) or "").strip() or chosen[name] for name, field in _CHOSEN.items()}
    others = [(name, value) for name, value in posted.multi_items() if name not in written and name not in chosen]
    page.posted = FormData([*others, *written.items()])
    form = page.sent("BookHoursInput")
    made = await page.mutate("hours/book.graphql", form)
    if made:
        return await page.done(Text("The hours were booked."), page.url("hours.booked", id=_key(made)))
    for name, field in _CHOSEN.items():
        if written[field] == chosen[name]:
            form.raw[field] = [""]  # it was tapped, not written
    return await write(page, form, chosen)


def _key(made: Mapping[str, Any]) -> int:
    return int(str(made["timeEntry"]["id"]).partition(":")[2])


async def booked(page: Page) -> Response:
    _require_booking(page)
    entry = found((await page.query("hours/booked.graphql", id=page.id("TimeEntry")))["timeEntry"])
    data = await page.query("hours/day_sum.graphql", day=entry["day"], person=entry["person"]["id"])
    return await page.render(
        "hours/booked.html",
        entry=entry,
        day_sum=data["timeEntryFigures"]["minutes"],
        is_own=entry["person"]["id"] == f"Person:{page.actor.person_id}",
    )
