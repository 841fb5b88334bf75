"""One entry: what it is, what happened to it, and what one may do with it."""

from typing import Any, Final

from starlette.responses import Response

from backend.kit.faults import CHANGED
from backend.kit.translation import Text
from web.forms import NEEDED, VERSION, Form
from web.hours import dearer
from web.invoices import billing
from web.pages import Page, found

_SHOWN: Final = ("minutes", "day", "description")
"""What a correction shows, filled in."""


async def show(
    page: Page,
    correcting: Form | None = None,
    returning: Form | None = None,
    marking: Form | None = None,
    going_back: Form | None = None,
) -> Response:
    entry = await _entry(page, page.id("TimeEntry"))
    while correcting and entry["correctedBy"]:  # somebody else was faster: what was typed stands over their correction
        entry = await _entry(page, entry["correctedBy"]["id"])
        correcting.raw["entryId"] = [entry["id"]]
        if VERSION not in correcting.errors:  # something else was wrong first, and nobody compared versions
            correcting.complain(VERSION, CHANGED)
    actions = entry["availableActions"]
    groups: list[tuple[str, str | Text]] = []
    order, groups_of_order = _order_to_go_back_to(entry), []
    if order is not None:
        data = await page.query("hours/entry_groups.graphql", id=order["target"]["id"], day=entry["day"])
        groups_of_order = dearer.choices(data["target"])
        going_back = going_back or page.form("CorrectHoursInput", _back(page, entry, order, data["target"]), prefix="o")
    if "CORRECT" in actions:
        data = await page.query("hours/entry_groups.graphql", id=entry["target"]["id"], day=entry["day"])
        groups = dearer.choices(data["target"])
    known = {
        "entryId": entry["id"],
        "expectedVersion": entry["version"],
        "minutes": entry["minutes"],
        "description": entry["description"],
        "day": entry["day"],
        "priceGroupId": entry["priceGroup"] and entry["priceGroup"]["id"],
    }
    removal = {"entryId": entry["id"], "expectedVersion": entry["version"], "minutes": 0}
    return await page.render(
        "hours/entry.html",
        watch=[entry["id"]],
        entry=entry,
        actions=actions,
        groups=groups,
        order_to_go_back_to=order,
        groups_of_order=groups_of_order,
        going_back=going_back,
        billed=await billing.of_entry(page, entry["id"]),
        correcting=page.editing(correcting, "CorrectHoursInput", known),
        removing=page.form("CorrectHoursInput", removal, prefix="d"),
        approving=page.form("ApproveHoursInput", {"entryIds": [entry["id"]]}, prefix="a"),
        marking=marking or page.form("MarkAgainstInstructionInput", {"entryId": entry["id"]}, prefix="i"),
        returning=returning or page.form("ReturnHoursInput", {"entryIds": [entry["id"]]}, prefix="r"),
    )


async def _entry(page: Page, id_: str) -> dict[str, Any]:
    entry: dict[str, Any] = found((await page.query("hours/entry.graphql", id=id_))["timeEntry"])
    return entry


async def correct(page: Page) -> Response:
    """What is emptied is asked for: the schema would leave it as it is, and taking off has a button of its own."""
    form = page.sent("CorrectHoursInput")
    for name in _SHOWN:
        if not form.field(name).value.strip():
            form.complain(name, NEEDED)
    made = await page.mutate("hours/correct.graphql", form)
    if made:
        return await page.done(Text("The entry was corrected; the old value stays on record."), _address(page, made))
    return await show(page, correcting=form)


async def remove(page: Page) -> Response:
    form = page.sent("CorrectHoursInput", prefix="d")
    made = await page.mutate("hours/correct.graphql", form)
    if made:
        return await page.done(Text("The entry was taken off; the old value stays on record."), _address(page, made))
    return await show(page)


async def go_back(page: Page) -> Response:
    form = page.sent("CorrectHoursInput", prefix="o")
    made = await page.mutate("hours/correct.graphql", form)
    if made:
        return await page.done(Text("The entry is on its order again; it goes to Tiera anew."), _address(page, made))
    return await show(page, going_back=form)


def _order_to_go_back_to(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Of what Tiera marked as work against instruction and has returned: the order that it was booked on."""
    own = entry["target"]["ownCost"]
    is_returned = entry["state"] == "RETURNED" and entry["instructionReason"] and "CORRECT" in entry["availableActions"]
    order: dict[str, Any] | None = own["order"] if is_returned and own else None
    return order if order and order["target"] else None


def _back(page: Page, entry: dict[str, Any], order: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    """At the price group that it had; where that is not known, only whoever worked is offered their last one."""
    is_own = entry["person"]["id"] == f"Person:{page.actor.person_id}"
    group = entry["markedPriceGroup"] or (target["lastPriceGroup"] if is_own else None)
    return {
        "entryId": entry["id"],
        "expectedVersion": entry["version"],
        "targetId": order["target"]["id"],
        "priceGroupId": group and group["id"],
    }


async def approve(page: Page) -> Response:
    form = page.sent("ApproveHoursInput", prefix="a")
    form.hidden.add("entryIds")
    made = await page.mutate("hours/approve.graphql", form)
    if made:
        key = str(made["hourApproval"]["id"]).partition(":")[2]
        return await page.done(Text("The hours were approved."), page.url("hours.approved", id=key))
    return await show(page)


async def give_back(page: Page) -> Response:
    form = page.sent("ReturnHoursInput", prefix="r")
    made = await page.mutate("hours/return.graphql", form)
    if made:
        return await page.done(Text("The entry was returned to the supplier."), _address(page, made))
    return await show(page, returning=form)


async def mark(page: Page) -> Response:
    form = page.sent("MarkAgainstInstructionInput", prefix="i")
    made = await page.mutate("hours/mark_against_instruction.graphql", form)
    if made:
        done = Text("The extra work is at the supplier's own cost; the rest stays on the order.")
        return await page.done(done, _address(page, made))
    return await show(page, marking=form)


def _address(page: Page, made: dict[str, Any]) -> str:
    return page.url("hours.show", id=str(made["timeEntry"]["id"]).partition(":")[2])
