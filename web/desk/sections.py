"""What waits for somebody, by kinds. Each noun brings its own; the desk and the menu's counts are made of them.

    SECTIONS = (
        Section(
            key="overruns", place="orders", title=Text("Overruns to decide"),
            field="overruns(first: 5, filter: { waitsForMe: true })", item="id askedAt dueAt order { id number title }",
            card=lambda node: Card(node["order"]["title"], f"/tilaukset/…", Text("Decide"), node["dueAt"]),
            shown_to=lambda actor: actor.may(Right.DECIDE_OVERRUNS), everything="/tilaukset?…",
        ),
    )

stand in `web/<noun>/desk.py`, and the module's name in `MODULES`. `field` is a root field that gives a connection,
oldest first. All sections of a desk are one operation, and so are all counts of a menu.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from backend.kit import clock
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from web.pages import Page

MODULES: Final[tuple[str, ...]] = ()
"""`web.<noun>.desk` of every noun that has something to wait for."""


@dataclass(frozen=True)
class Card:
    """One thing that waits: what it is, by when, and the one thing to do about it."""

    title: Text | str
    href: str
    action: Text
    due: date | datetime | str | None = None
    below: Text | str | None = None

    @property
    def due_on(self) -> date | None:
        """The day by which, in Helsinki."""
        due = self.due
        if isinstance(due, str):
            due = date.fromisoformat(due) if len(due) == len("2026-11-24") else datetime.fromisoformat(due)
        return helsinki_date(due) if isinstance(due, datetime) else due

    @property
    def is_late(self) -> bool:
        """A day is late when it is over, an instant when it is past."""
        due = self.due
        if isinstance(due, str) and len(due) > len("2026-11-24"):
            due = datetime.fromisoformat(due)
        if isinstance(due, datetime):
            return due.astimezone(UTC) < clock.now()
        return self.due_on is not None and self.due_on < helsinki_date(clock.now())


@dataclass(frozen=True)
class Section:
    """One kind of things that wait. `place` is the key of the menu's item that counts them too."""

    key: str
    place: str
    title: Text
    field: str
    item: str
    card: Callable[[Mapping[str, Any]], Card]
    shown_to: Callable[[Actor], bool]
    everything: str | None = None
    """Where all of them are listed."""


@dataclass(frozen=True)
class Waiting:
    """A section with what waits in it now."""

    section: Section
    count: int
    cards: tuple[Card, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Every section of every noun."""
    found = tuple(section for name in MODULES for section in importlib.import_module(name).SECTIONS)
    if len({section.key for section in found}) != len(found):
        raise ValueError("two sections of the desk have one key")
    return found


def document(shown: tuple[Section, ...], *, counts_only: bool) -> str:
    """All sections as one operation; each under its own name."""
    parts = (f"{s.key}: {s.field} {{ totalCount {'' if counts_only else f'nodes {{ {s.item} }}'} }}" for s in shown)
    return f"query {'Counts' if counts_only else 'Desk'} {{ {' '.join(parts)} }}"


def shown_to(actor: Actor) -> tuple[Section, ...]:
    return tuple(section for section in sections() if section.shown_to(actor))


async def counts(page: Page) -> dict[str, int]:
    """How many things wait at each place of the menu."""
    shown = shown_to(page.actor)
    found: dict[str, int] = {}
    if not shown:
        return found
    data = await page.portal.door.read(document(shown, counts_only=True), {}, page.actor)
    for section in shown:
        found[section.place] = found.get(section.place, 0) + _count(data, section)
    return found


async def waiting(page: Page) -> list[Waiting]:
    """Every section in which something waits; what waits longest comes first."""
    shown = shown_to(page.actor)
    if not shown:
        return []
    data = await page.portal.door.read(document(shown, counts_only=False), {}, page.actor)
    found = [
        Waiting(section, _count(data, section), tuple(section.card(node) for node in data[section.key]["nodes"]))
        for section in shown
        if _count(data, section)
    ]
    return sorted(found, key=lambda w: min((card.due_on or date.max for card in w.cards), default=date.max))


def _count(data: Mapping[str, Any], section: Section) -> int:
    """None where the schema gives this actor no such field."""
    return int((data.get(section.key) or {"totalCount": 0})["totalCount"])
