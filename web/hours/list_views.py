"""Time entries as a list: narrowed by the address, summed, sorted, taken along as a file."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from backend.kit.actor import ActorKind
from backend.kit.translation import Text, label, translate
from backend.rulebook.roles import Right
from web.forms import Form
from web.hours.weeks import today
from web.naming import numbers_of
from web.pages import Page, Problem, found
from web.sheets import Cell, every_row, writer_of

ORDERS: Final = {
    ("DAY", False): "OLDEST",
    ("DAY", True): "NEWEST",
    ("MINUTES", False): "SHORTEST",
    ("MINUTES", True): "LONGEST",
}
HEADINGS: Final = (
    Text("Day"),
    Text("Person"),
    Text("Supplier"),
    Text("Order"),
    Text("Supplier's number"),
    Text("Target"),
    Text("What was done"),
    Text("Price group"),
    Text("Hours"),
    Text("State"),
    Text("Booked late"),
    Text("Without permission to continue"),
    Text("Dearer than the estimate"),
)


async def show(page: Page) -> Response:
    _require_hours(page)
    form = page.filters("TimeEntryFilter")
    window, sorted_by = page.window(), page.sort("-DAY", "MINUTES")
    data = await page.query(
        "hours/list.graphql",
        where=_where(form),
        order=ORDERS[sorted_by],
        first=window["first"],
        after=window["after"],
    )
    chosen = form.variables.get("targetId")
    choices = await page.query("hours/choices.graphql", day=today().isoformat(), chosen=[chosen] if chosen else [])
    entries = found(data["timeEntries"])
    offered = (*choices["chosen"], *choices["targets"]["nodes"], *(entry["target"] for entry in entries["nodes"]))
    targets = {target["id"]: target for target in offered if target}  # the newest, and what is listed
    return await page.render(
        "hours/list.html",
        block="results",
        form=form,
        entries=entries,
        figures=data["timeEntryFigures"],
        sorted=sorted_by,
        choices=choices,
        targets=[
            (target["id"], f"{target['title']} {numbers_of(target['order'] or target['billing'] or {})}".strip())
            for target in targets.values()
        ],
        sees_others=page.actor.may(Right.SEE_HOURS),
        is_tiera=page.actor.kind is ActorKind.BUYER,
    )


async def export(page: Page) -> Response:
    """All rows of the list as it is narrowed and sorted."""
    _require_hours(page)
    write = writer_of(page)
    asked = {"where": _where(page.filters("TimeEntryFilter")), "order": ORDERS[page.sort("-DAY", "MINUTES")]}
    nodes = await every_row(page, "hours/export.graphql", "timeEntries", asked)
    return await write(page, f"tunnit-{today().isoformat()}", HEADINGS, [_row(page, entry) for entry in nodes])


def _where(form: Form) -> dict[str, Any]:
    """What the address asks for; entries that a correction took the place of only when they are asked for."""
    return {"states": ["BOOKED", "APPROVED", "RETURNED"]} | {k: v for k, v in form.variables.items() if v is not None}


def _require_hours(page: Page) -> None:
    """A customer sees no hours (D2.1-c)."""
    if not (page.actor.may(Right.BOOK_HOURS) or page.actor.may(Right.SEE_HOURS)):
        raise Problem(403)


def _row(page: Page, entry: Mapping[str, Any]) -> list[Cell]:
    yes = translate(Text("Yes"), page.language)
    target, group = entry["target"], entry["priceGroup"]
    order = target["order"] or target["billing"]
    return [
        entry["day"],
        entry["person"]["name"],
        entry["supplier"]["name"],
        order and order["number"],
        order and order.get("supplierNumber"),
        entry["target"]["title"],
        entry["description"],
        group and group["code"],
        round(entry["minutes"] / 60, 2),
        translate(label("EntryState", entry["state"]), page.language),
        yes if entry["isLate"] else None,
        yes if entry["isWithoutPermission"] else None,
        yes if entry["isDearer"] else None,
    ]
