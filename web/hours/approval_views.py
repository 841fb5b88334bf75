"""Tiera's approval: a supplier's month, all of it ticked, exceptions unticked, decided there.

A large month is narrowed by target, person and week, and turned page by page. What is not on the page goes with what
is, where all of it is approved: its ids are one field of the form, as they were when the page was shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit import clock
from backend.kit.clock import HELSINKI
from backend.kit.translation import Text, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours.waiting import Entry, Group, Narrowing, chosen_of, grouped, turn_to
from web.hours.weeks import Week, month_name
from web.naming import numbers_of
from web.pages import Page, Problem, found

RETURNING: Final = "return"
EVERYTHING: Final = "approve_all"
MOST_ASKED: Final = 100
"""Things that are asked for by their ids at once."""


async def show(page: Page) -> Response:
    return await _render(page, page.form("ApproveHoursInput"), page.form("ReturnHoursInput", prefix="r"))


async def decide(page: Page) -> Response:
    """Approve what is ticked, or give back what is not."""
    if not page.actor.may(Right.APPROVE_HOURS):
        raise Problem(403)
    posted = page.posted or FormData()
    weeks, entries = frozenset(_all(posted, "_week")), _all(posted, "_entry")
    chosen = chosen_of(weeks, entries)
    left = [entry for entry in _all(posted, "_shown") if entry not in frozenset(chosen)]
    if posted.get("_do") == RETURNING:
        return await _return(page, left, frozenset(chosen))
    if posted.get("_do") == EVERYTHING:
        without = frozenset(left)
        everything = (f"TimeEntry:{key}" for key in _all(posted, "_everything"))
        chosen = [entry for entry in everything if entry not in without]
    page.posted = FormData([("_key", str(posted.get("_key") or "")), *(("entryIds", entry) for entry in chosen)])
    form = page.sent("ApproveHoursInput")
    form.hidden.add("entryIds")
    made = await page.mutate("hours/approve.graphql", form)
    if made:
        to = page.url("hours.approved", id=str(made["hourApproval"]["id"]).partition(":")[2])
        return await page.done(Text("The hours were approved."), to)
    return await _render(page, form, page.form("ReturnHoursInput", prefix="r"), chosen=frozenset(chosen))


async def _return(page: Page, entry_ids: Sequence[str], chosen: frozenset[str]) -> Response:
    posted = page.posted or FormData()
    reason, key = str(posted.get("reason") or ""), str(posted.get("_key") or "")
    page.posted = FormData([("_key", key), ("reason", reason), *(("entryIds", entry) for entry in entry_ids)])
    form = page.sent("ReturnHoursInput", prefix="r")
    form.hidden.add("entryIds")
    if not entry_ids:
        form.errors.clear()
        form.general.append(Text("Untick first what you give back: everything is ticked now."))
    if await page.mutate("hours/return.graphql", form):
        return await page.done(Text("The entries were returned to the supplier."), page.here(), here=None)
    return await _render(page, page.form("ApproveHoursInput"), form, chosen=chosen)


def _all(posted: FormData, name: str) -> list[str]:
    """Values of a field; many ids (of `_everything` only their keys) are one value, with spaces between them."""
    values = (value for value in posted.getlist(name) if isinstance(value, str))
    return [one for value in values for one in (value.split() if name in ("_shown", "_everything") else [value])]


@dataclass
class Waiting:
    """What waits of a supplier's month: all of it, what the address narrows it to, and what of that is on the page."""

    entries: Sequence[Entry] = ()
    total: int = 0
    """More than there are entries here, where that is more than is read at once."""
    narrowed: Sequence[Entry] = ()
    groups: list[Group] = field(default_factory=list)
    """Those of the page."""
    pages: int = 1
    targets: Sequence[tuple[str, str]] = ()

    @property
    def shown(self) -> list[Entry]:
        return [entry for group in self.groups for week in group.shown for entry in week.entries]

    @property
    def people(self) -> list[tuple[str, str]]:
        return sorted({(e["person"]["id"], e["person"]["name"]) for e in self.entries}, key=lambda each: each[1])

    @property
    def weeks(self) -> list[Week]:
        return sorted({Week.of(date.fromisoformat(entry["day"])) for entry in self.entries})


async def _render(page: Page, form: Form, returning: Form, *, chosen: frozenset[str] | None = None) -> Response:
    if not page.actor.may(Right.SEE_HOURS):
        raise Problem(403)
    months = [m for m in found((await page.query("hours/months.graphql"))["monthsToApprove"])["nodes"] if m["entries"]]
    month = _shown(page, months)
    narrowing = Narrowing(
        page.params.get("target") or None, page.params.get("person") or None, Week.parse(page.params.get("week"))
    )
    asked = page.params.get("sivu", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    waiting = await _waiting(page, month, narrowing, number) if month else Waiting()
    return await page.render(
        "hours/approval.html",
        watch=[group.target["order"]["id"] for group in waiting.groups if group.target["order"]],
        months=months,
        shown=month,
        waiting=waiting,
        narrowing=narrowing,
        number=min(max(number, 1), waiting.pages),
        form=form,
        returning=returning,
        chosen=chosen,
        may_approve=page.actor.may(Right.APPROVE_HOURS),
        month_name=month_name,
        now=clock.now().isoformat(),
    )


def _shown(page: Page, months: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The supplier's month that the address names, as long as it waits; where it names none, the first due."""
    wanted = (page.params.get("supplier"), page.params.get("month"))
    if wanted == (None, None):
        return next(iter(months), None)
    named = ((month["supplier"]["id"].partition(":")[2], month["month"][:7]) for month in months)
    return next((month for month, name in zip(months, named, strict=True) if name == wanted), None)


async def _waiting(page: Page, month: Mapping[str, Any], narrowing: Narrowing, number: int) -> Waiting:
    where = {
        "states": ["BOOKED"],
        "supplierId": month["supplier"]["id"],
        "firstDay": month["month"],
        "lastDay": month["lastDay"],
    }
    report = found((await page.query("hours/waiting.graphql", where=where))["timeEntryReport"])
    entries = report["nodes"]
    narrowed = [entry for entry in entries if narrowing.lets_through(entry)]
    days = {"first": month["month"], "last": month["lastDay"]}
    targets = await _by_id(page, "hours/targets_of.graphql", (entry["target"]["id"] for entry in entries), **days)
    groups, pages = turn_to(grouped(narrowed, targets), number)
    waiting = Waiting(entries, report["totalCount"], narrowed, groups, pages, _titles(page, targets))
    texts = await _by_id(page, "hours/waiting_texts.graphql", (entry["id"] for entry in waiting.shown))
    for week in (week for group in groups for week in group.shown):
        week.entries = [{**entry, **texts[entry["id"]]} for entry in week.entries if entry["id"] in texts]
    return waiting


async def _by_id(page: Page, document: str, wanted: Iterable[str], **variables: Any) -> dict[str, Mapping[str, Any]]:
    ids = list(dict.fromkeys(wanted))
    known: dict[str, Mapping[str, Any]] = {}
    for place in range(0, len(ids), MOST_ASKED):
        nodes = (await page.query(document, ids=ids[place : place + MOST_ASKED], **variables))["nodes"]
        known |= {node["id"]: node for node in nodes if node}
    return known


def _titles(page: Page, targets: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What is chosen from: of a complaint, whose handling came to be billed, both targets have the same words."""
    own_cost = f"({translate(Text('own cost, never billed'), page.language)})"
    named = (
        (
            key,
            (numbers_of(each["order"] or each["billing"] or {}), each["title"], own_cost if each["isOwnCost"] else ""),
        )
        for key, each in targets.items()
    )
    return sorted(((key, " ".join(filter(None, parts))) for key, parts in named), key=lambda each: each[1])


async def made(page: Page, form: Form | None = None) -> Response:
    """An approval: what it approved, what it left out and why, and until when it can be taken back."""
    approval: dict[str, Any] = found(
        (await page.query("hours/approval.graphql", id=page.id("HourApproval")))["hourApproval"]
    )
    reasons = {left["entryId"]: left["reason"] for left in approval["leftOut"]}
    until = datetime.fromisoformat(approval["revocableUntil"])
    is_revocable = approval["takenBackAt"] is None and clock.now() <= until and page.actor.may(Right.APPROVE_HOURS)
    local = until.astimezone(HELSINKI)
    return await page.render(
        "hours/approved.html",
        approval=approval,
        reasons=reasons,
        is_revocable=is_revocable,
        until=f"{local.hour}.{local.minute:02}.{local.second:02}",
        form=form or page.form("TakeApprovalBackInput", {"approvalId": approval["id"]}),
    )


async def take_back(page: Page) -> Response:
    form = page.sent("TakeApprovalBackInput")
    if await page.mutate("hours/take_back.graphql", form):
        return await page.done(Text("The approval was taken back: the hours wait again."), page.url("hours.approval"))
    return await made(page, form)
