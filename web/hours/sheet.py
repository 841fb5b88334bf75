"""The week's grid: rows of a target and a description, seven cells each, as shown and as typed.

A row's fields are `rows.0.target`, `.description`, `.group`; a cell's `rows.0.3` (what was typed), `.3.entry` (the
entry that stood there, with its version) and `.3.locked` (entries that cannot be typed over). What has changed becomes
the cells of the schema's `SaveWeekInput`; what is wrong with them comes back to the rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from starlette.datastructures import FormData

from backend.kit.translation import Text
from web.forms import NEEDED, Form
from web.hours import dearer
from web.hours.weeks import DAYS, Week, short_date
from web.typed import READERS, Unreadable, typed

LOCKED: Final = "APPROVED"
MOST_MINUTES: Final = 24 * 60
MOST_ROWS: Final = 60
_NAME: Final = re.compile(r"rows\.(\d{1,3})\.([a-z]+|[0-6](?:\.(?:entry|locked))?)")
_TARGET: Final = re.compile(r"Target:\d{1,18}")
_CELL: Final = re.compile(r"cells\.(\d+)(?:\.(\w+))?")
_OF_CELL: Final = {"minutes", "day"}
_OF_ROW: Final = {"description": "description", "priceGroupId": "group", "targetId": "target"}

Entry = Mapping[str, Any]


@dataclass
class Cell:
    """One target on one day: what is locked there, what can be typed over, and what was typed."""

    day: date
    typed: str = ""
    entry: Entry | None = None
    version: int | None = None
    is_overtaken: bool = False
    """Whether somebody else was faster; `now` is what stands there since, if anything does."""
    now: Entry | None = None
    fault: Text | str | None = None
    """What is wrong with what was typed, whoever else was faster."""
    lost: str | None = None
    """What was typed over an entry that was approved meanwhile, where that says something else."""
    locked: list[Entry] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """What is in the cell, as far as it can be read."""
        return _minutes(self.typed) + sum(int(entry["minutes"]) for entry in self.locked)


@dataclass
class Row:
    """A target and a description through a week."""

    target: Mapping[str, Any] | None
    description: str
    group: str
    cells: list[Cell]

    @property
    def groups(self) -> Sequence[tuple[str, str | Text]]:
        """Price groups to choose among, where there are several."""
        groups = dearer.choices(self.target) if self.target else ()
        return groups if len(groups) > 1 else ()

    @property
    def is_dearer(self) -> bool:
        """Whether its price group is dearer than the order's estimate foresaw."""
        return self.target is not None and self.group in dearer.ids(self.target)

    @property
    def has_entries(self) -> bool:
        return any(cell.entry or cell.locked for cell in self.cells)

    @property
    def is_locked(self) -> bool:
        """Something in it is approved: its description stays as it is."""
        return any(cell.locked for cell in self.cells)

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells)

    @property
    def returned(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.entry and cell.entry["state"] == "RETURNED"]


@dataclass
class Sheet:
    """A week of one person."""

    week: Week
    rows: list[Row]
    targets: list[Mapping[str, Any]]
    """Open ones to choose for a new row, the last used first."""
    has_more: bool = False
    """Whether others are open: they are found by words."""

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    def minutes_of(self, place: int) -> int:
        return sum(row.cells[place].minutes for row in self.rows)

    def is_too_long(self, place: int) -> bool:
        return self.minutes_of(place) > MOST_MINUTES

    def add_blank(self) -> None:
        self.rows.append(blank(self.week, None))


def blank(week: Week, target: Mapping[str, Any] | None) -> Row:
    group = target.get("lastPriceGroup") if target else None
    return Row(target, "", group["id"] if group else "", [Cell(day) for day in week.days])


def shown(week: Week, entries: Iterable[Entry], targets: Sequence[Mapping[str, Any]], known_since: date) -> Sheet:
    """The sheet as it stands; a target that was booked on lately has a row ready, and one is free for another."""
    rows: dict[tuple[str, str, str], list[Row]] = {}
    for entry in entries:
        group = entry["priceGroup"]["id"] if entry["priceGroup"] else ""
        same = rows.setdefault((entry["target"]["id"], entry["description"], group), [])
        place = date.fromisoformat(entry["day"]).weekday()
        free = [row for row in same if entry["state"] == LOCKED or row.cells[place].entry is None]
        if not free:
            free = [Row(entry["target"], entry["description"], group, [Cell(day) for day in week.days])]
            same += free
        cell = free[0].cells[place]
        if entry["state"] == LOCKED:
            cell.locked.append(entry)
        else:
            cell.entry, cell.version = entry, entry["version"]
            cell.typed = typed(entry["minutes"], "Minutes")
    found = sorted((row for same in rows.values() for row in same), key=lambda row: str((row.target or {})["title"]))
    there = {row.target["id"] for row in found if row.target}
    ready = [t for t in targets if (t["lastBookedOn"] or "") >= known_since.isoformat() and t["id"] not in there]
    sheet = Sheet(week, [*found, *(blank(week, target) for target in ready[:5])], list(targets))
    sheet.add_blank()
    return sheet


def chosen_in(posted: FormData) -> list[str]:
    """The targets that the rows of a sheet name, as it was sent."""
    named = {str(value): match[1] for name, value in posted.multi_items() if (match := _NAME.fullmatch(name))
             and match[2] == "target"}  # fmt: skip
    return [value for value in named if _TARGET.fullmatch(value)][:MOST_ROWS]


def typed_into(sheet: Sheet, posted: FormData, chosen: Iterable[Mapping[str, Any] | None]) -> Sheet:
    """The sheet as somebody sent it: their rows with their texts, over what stands there now.

    `chosen` are the targets that they name, as far as they are seen: they may be among those offered no more.
    """
    entries = {e["id"]: e for row in sheet.rows for c in row.cells for e in (*c.locked, c.entry) if e}
    targets = {t["id"]: t for t in (*sheet.targets, *chosen, *(row.target for row in sheet.rows)) if t}
    rows: dict[int, Row] = {}
    for name, value in posted.multi_items():
        match = _NAME.fullmatch(name)
        if match is None or not isinstance(value, str) or int(match[1]) >= MOST_ROWS:
            continue
        row = rows.setdefault(int(match[1]), blank(sheet.week, None))
        which, _, what = match[2].partition(".")
        if not which.isdigit():
            if which == "target":
                row.target = targets.get(value)
            elif which == "description":
                row.description = value.strip()
            elif which == "group":
                row.group = value
            continue
        cell = row.cells[int(which)]
        entry_id, _, version = value.partition("@")
        if what == "locked":
            cell.locked += [entries[value]] if value in entries else []
        elif what == "entry":
            cell.entry = entries.get(entry_id, {"id": entry_id, "state": "BOOKED", "minutes": 0, "description": "",
                                                "priceGroup": None})  # fmt: skip
            cell.version = int(version) if version.isdigit() and len(version) < 10 else None
        else:
            cell.typed = value.strip()
    return Sheet(sheet.week, [rows[n] for n in sorted(rows)], sheet.targets, sheet.has_more)


def catch_up(sheet: Sheet, current: Sheet) -> None:
    """Where somebody else was faster, let what was typed stand over what is there now, and say what that is.

    What is corrected is an entry of its own: it is known by its target and day, where no other cell stands for it.
    What was approved is not typed over: what was typed there is only said.
    """
    cells = [(row, cell) for row in sheet.rows for cell in row.cells if cell.entry]
    there = {e["id"]: e for row in current.rows for cell in row.cells for e in (*cell.locked, cell.entry) if e}
    claimed = {e["id"] for row in sheet.rows for cell in row.cells for e in (*cell.locked, cell.entry) if e}
    free = [entry for id_, entry in there.items() if id_ not in claimed]
    for row, cell in cells:
        entry = there.get(cell.entry["id"]) if cell.entry else None
        if entry is not None and entry["version"] == cell.version:
            continue
        if entry is None:
            same = (each for each in free if row.target and _place_of(each) == (row.target["id"], cell.day.isoformat()))
            if (entry := next(same, None)) is not None:
                free.remove(entry)
        cell.now, cell.is_overtaken = entry, True
        if entry is not None and entry["state"] == LOCKED:
            cell.lost = cell.typed if _minutes(cell.typed) != entry["minutes"] else None
            cell.locked, cell.typed, entry = [*cell.locked, entry], "", None
        cell.entry, cell.version = entry, entry["version"] if entry else None


def _place_of(entry: Entry) -> tuple[str, str]:
    return entry["target"]["id"], entry["day"]


@dataclass
class Sending:
    """What is sent of a sheet: the fields of the input, and where in the sheet each of its cells stands."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    wrong: list[tuple[str, Text]] = field(default_factory=list)

    def add(self, at: tuple[int, int], values: Mapping[str, object]) -> None:
        here = f"cells.{len(self.places)}"
        self.places.append(at)
        self.fields += [(f"{here}.{name}", str(value)) for name, value in values.items() if value is not None]

    def say(self, form: Form, sheet: Sheet) -> None:
        """Bring what is wrong with the form's cells to the rows of the sheet, each thing once."""
        for path, text in self.wrong:
            if text not in form.errors.get(path, ()):
                form.complain(path, text)
        for path in [path for path in form.errors if path.startswith("cells.")]:
            match = _CELL.fullmatch(path)
            if match is None or int(match[1]) >= len(self.places):
                continue
            row, place = self.places[int(match[1])]
            of_row = _OF_ROW.get(match[2] or "")
            here = f"rows.{row}.{of_row or place}"
            if match[2] in _OF_CELL:
                sheet.rows[row].cells[place].fault = form.errors[path][0]
            for message in form.errors.pop(path):
                if message not in form.errors.get(here, ()):
                    form.complain(here, message)
        for number, row_ in enumerate(sheet.rows):
            title: str | Text = str(row_.target["title"]) if row_.target else Text("Row %(number)s", number=number + 1)
            form.name(f"rows.{number}", title)
            form.name(f"rows.{number}.target", Text("Target"))
            form.name(f"rows.{number}.description", Text("What was done"))
            form.name(f"rows.{number}.group", Text("Price group"))
            for place, day in enumerate(sheet.week.days):
                form.name(f"rows.{number}.{place}", Text("%(day)s %(date)s", day=DAYS[place], date=short_date(day)))


def sending(sheet: Sheet) -> Sending:
    """What has changed in a sheet, as cells of the input; what lacks is said at the row."""
    sent = Sending()
    for number, row in enumerate(sheet.rows):
        before = len(sent.places)
        for place, cell in enumerate(row.cells):
            if _is_changed(row, cell):
                sent.add((number, place), _values(row, cell))
        wrote = any(cell.typed for cell in row.cells)
        if wrote and row.target is None:
            sent.wrong.append((f"rows.{number}.target", NEEDED))
        elif row.description and not wrote and not row.has_entries and len(sent.places) == before:
            message = Text("No hours were written on this row: write them, or empty the description.")
            sent.wrong.append((f"rows.{number}.description", message))
    return sent


def _is_changed(row: Row, cell: Cell) -> bool:
    entry = cell.entry
    if entry is None:
        return bool(cell.typed)
    group = entry["priceGroup"]["id"] if entry["priceGroup"] else ""
    as_it_was = (typed(entry["minutes"], "Minutes"), entry["description"], entry.get("version"))
    is_same = (cell.typed, row.description, cell.version) == as_it_was
    return not is_same or (bool(row.group) and row.group != group)


def _values(row: Row, cell: Cell) -> dict[str, object]:
    return {
        "targetId": row.target["id"] if row.target else "",
        "day": typed(cell.day, "Date"),
        "minutes": cell.typed or "0",
        "description": row.description,
        "priceGroupId": row.group or None,
        "entryId": cell.entry["id"] if cell.entry else None,
        "expectedVersion": cell.version if cell.entry else None,
    }


def _minutes(written: str) -> int:
    if not written:
        return 0
    try:
        return int(str(READERS["Minutes"](written)))
    except Unreadable:
        return 0
