"""What waits for somebody, by kinds. Each noun brings its own; the desk and the menu's counts are made of them.

    SECTIONS = (
        Section(
            key="overruns", place="orders", title=Text("Overruns to decide"),
            field="overruns(first: 5, filter: { waitsForMe: true })", item="id askedAt dueAt order { id number title }",
            card=lambda node: Card(node["order"]["title"], f"/tilaukset/…", Text("Decide"), node["dueAt"]),
            shown_to=lambda actor: actor.may(Right.DECIDE_OVERRUNS), everything="/tilaukset?…",
        ),
    )

stand in `web/<noun>/desk.py`. `field` is a root field that gives a connection,
oldest first; it may use `$today` and `$now`. All parts of a desk are one operation, and so are all counts of a menu.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from backend.kit import clock
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web import nouns
from web.pages import Page

VARIABLES: Final = {"today": "Date", "now": "DateTime"}
"""What a field of the desk may ask for: the day in Helsinki, the instant."""


@dataclass(frozen=True)
class Card:
    """One thing that waits: what it is, by when, and the one thing to do about it."""

    title: Text | str
    href: str
    action: Text
    due: date | datetime | str | None = None
    below: Text | str | None = None
    is_soon: bool = False
    """Whether it was warned of: a share of its time is used up."""

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


def at(kind: ActorKind, right: Right) -> Callable[[Actor], bool]:
    """Shown to those of a side who have a right."""
    return lambda actor: actor.kind is kind and actor.may(right)


@dataclass(frozen=True)
class Panel:
    """Something to keep in sight that is no task: what is left of a right, roles that nobody holds.

    `field` is a whole root field with its selection; `template` draws `data`, what it gave, and is left out for null.
    """

    key: str
    title: Text
    field: str
    template: str
    shown_to: Callable[[Actor], bool]


@dataclass(frozen=True)
class Waiting:
    """A section with what waits in it now."""

    section: Section
    count: int
    cards: tuple[Card, ...]
    ids: tuple[str, ...] = ()
    """Of the things on the cards, as far as they have any."""


@cache
def parts() -> tuple[Section | Panel, ...]:
    """Every section and panel of every noun."""
    found = tuple(
        part for desk in nouns.desks() for part in (*getattr(desk, "SECTIONS", ()), *getattr(desk, "PANELS", ()))
    )
    if len({part.key for part in found}) != len(found):
        raise ValueError("two parts of the desk have one key")
    return found


@cache
def document(shown: tuple[Section | Panel, ...], *, counts_only: bool = False) -> str:
    """All of them as one operation, each under its own key; `$today` and `$now` are there for those that ask."""
    fields = " ".join(f"{part.key}: {_selection(part, counts_only)}" for part in shown)
    declared = ", ".join(f"${name}: {kind}!" for name, kind in VARIABLES.items() if re.search(rf"\${name}\b", fields))
    name = "Counts" if counts_only else "Desk"
    return f"query {name}{f'({declared})' if declared else ''} {{ {fields} }}"


def _selection(part: Section | Panel, counts_only: bool) -> str:
    if isinstance(part, Panel):
        return part.field
    return f"{part.field} {{ totalCount {'' if counts_only else f'nodes {{ {part.item} }}'} }}"


async def _read(page: Page, shown: tuple[Section | Panel, ...], *, counts_only: bool = False) -> Mapping[str, Any]:
    if not shown:
        return {}
    text, now = document(shown, counts_only=counts_only), clock.now()
    values = {"today": helsinki_date(now).isoformat(), "now": now.isoformat()}
    given = {name: value for name, value in values.items() if f"${name}:" in text}
    return await page.portal.door.read(text, given, page.actor)


async def counts(page: Page) -> dict[str, int]:
    """How many things wait at each place of the menu."""
    shown = tuple(part for part in parts() if isinstance(part, Section) and part.shown_to(page.actor))
    data = await _read(page, shown, counts_only=True)
    found: dict[str, int] = {}
    for section in shown:
        found[section.place] = found.get(section.place, 0) + _count(data, section)
    return found


async def gather(page: Page) -> tuple[list[Waiting], list[tuple[Panel, Any]]]:
    """Every section in which something waits, what waits longest first; and every panel that has something to show."""
    shown = tuple(part for part in parts() if part.shown_to(page.actor))
    data = await _read(page, shown)
    waits = [
        _waiting(section, _count(data, section), data[section.key]["nodes"])
        for section in shown
        if isinstance(section, Section) and _count(data, section)
    ]
    waits.sort(key=lambda w: min((card.due_on or date.max for card in w.cards), default=date.max))
    return waits, [(part, data[part.key]) for part in shown if isinstance(part, Panel) and data.get(part.key)]


def _waiting(section: Section, count: int, nodes: Sequence[Mapping[str, Any]]) -> Waiting:
    cards = tuple(section.card(node) for node in nodes)
    return Waiting(section, count, cards, tuple(node["id"] for node in nodes if "id" in node))


def _count(data: Mapping[str, Any], section: Section) -> int:
    """None where the schema gives this actor no such field."""
    return int((data.get(section.key) or {"totalCount": 0})["totalCount"])
