"""Tiera's approval: a supplier's month on one screen, all of it ticked, exceptions unticked, decided there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from backend.kit import clock
from backend.kit.clock import HELSINKI
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours.waiting import Group, chosen_of, grouped
from web.hours.weeks import month_name
from web.pages import Page, Problem, found

RETURNING: Final = "return"


async def show(page: Page) -> Response:
    return await _render(page, page.form("ApproveHoursInput"), page.form("ReturnHoursInput", prefix="r"))


async def decide(page: Page) -> Response:
    """Approve what is ticked, or give back what is not."""
    if not page.actor.may(Right.APPROVE_HOURS):
        raise Problem(403)
    posted = page.posted or FormData()
    weeks, entries = frozenset(_all(posted, "_week")), _all(posted, "_entry")
    chosen = chosen_of(weeks, entries)
    if posted.get("_do") == RETURNING:
        left = [entry for entry in _all(posted, "_shown") if entry not in frozenset(chosen)]
        return await _return(page, left, frozenset(chosen))
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
    return [value for value in posted.getlist(name) if isinstance(value, str)]


async def _render(page: Page, form: Form, returning: Form, *, chosen: frozenset[str] | None = None) -> Response:
    if not page.actor.may(Right.SEE_HOURS):
        raise Problem(403)
    months = [m for m in found((await page.query("hours/months.graphql"))["monthsToApprove"])["nodes"] if m["entries"]]
    shown = _shown(page, months)
    groups = await _groups(page, shown) if shown else []
    return await page.render(
        "hours/approval.html",
        watch=[group.target["order"]["id"] for group in groups if group.target["order"]],
        months=months,
        shown=shown,
        groups=groups,
        form=form,
        returning=returning,
        chosen=chosen,
        may_approve=page.actor.may(Right.APPROVE_HOURS),
        month_name=month_name,
        now=clock.now().isoformat(),
        total=sum(group.minutes for group in groups),
    )


def _shown(page: Page, months: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The supplier's month that the address names, as long as it waits; where it names none, the first due."""
    wanted = (page.params.get("supplier"), page.params.get("month"))
    if wanted == (None, None):
        return next(iter(months), None)
    named = ((month["supplier"]["id"].partition(":")[2], month["month"][:7]) for month in months)
    return next((month for month, name in zip(months, named, strict=True) if name == wanted), None)


async def _groups(page: Page, month: Mapping[str, Any]) -> list[Group]:
    where = {
        "states": ["BOOKED"],
        "supplierId": month["supplier"]["id"],
        "firstDay": month["month"],
        "lastDay": month["lastDay"],
    }
    entries = found((await page.query("hours/waiting.graphql", where=where))["timeEntryReport"])["nodes"]
    days = {"first": month["month"], "last": month["lastDay"]}
    ids = list(dict.fromkeys(entry["target"]["id"] for entry in entries))
    targets: dict[str, Mapping[str, Any]] = {}
    for place in range(0, len(ids), 100):
        nodes = (await page.query("hours/targets_of.graphql", ids=ids[place : place + 100], **days))["nodes"]
        targets |= {node["id"]: node for node in nodes if node}
    return grouped(entries, targets)


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
