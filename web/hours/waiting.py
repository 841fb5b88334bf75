"""What waits for approval, as an approver looks at it: by target, person and week, with the figures it rests on."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from backend.kit.amounts import line_amount
from web.hours.dearer import Dearer, summed
from web.hours.weeks import Week
from web.naming import numbers_of

Entry = Mapping[str, Any]
MOST_SHOWN: Final = 200
"""Entries of one page, give or take a person's week: each has a tick, and a form has only so many fields."""


@dataclass
class PersonWeek:
    """One person's week on one target: what is approved or left out by one tick."""

    key: str
    person: str
    week: Week
    entries: list[Entry] = field(default_factory=list)
    is_chosen: bool = True

    @property
    def minutes(self) -> int:
        return sum(entry["minutes"] for entry in self.entries)

    @property
    def late(self) -> int:
        return sum(1 for entry in self.entries if entry["isLate"])

    @property
    def without_permission(self) -> int:
        return sum(1 for entry in self.entries if entry["isWithoutPermission"])

    @property
    def same_text(self) -> int:
        return sum(1 for entry in self.entries if entry["isSameText"])

    @property
    def dearer(self) -> int:
        return sum(1 for entry in self.entries if entry["isDearer"])

    @property
    def is_marked(self) -> bool:
        """Whether Tiera should look at its entries before approving."""
        return any(entry["isLate"] or entry["isWithoutPermission"] or entry["isDearer"] for entry in self.entries)


@dataclass
class Group:
    """A target with what waits on it; a page of a large month shows some of its weeks."""

    target: Mapping[str, Any]
    weeks: list[PersonWeek]
    shown: list[PersonWeek] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Of the order or the ticket whose work it is."""
        return numbers_of(self.target["order"] or self.target["billing"] or {})

    @property
    def minutes(self) -> int:
        return sum(week.minutes for week in self.weeks)

    @property
    def room(self) -> int | None:
        """How much of the ceiling is not used up; None where there is no ceiling."""
        granted = self.target["grantedMinutes"]
        return None if granted is None else int(granted) - int(self.target["approvedMinutes"])

    @property
    def over(self) -> int:
        """Minutes that will not fit under the ceiling."""
        return 0 if self.room is None else max(self.minutes - self.room, 0)

    @property
    def uncovered(self) -> int:
        """Minutes of what is shown that were done before a decision which does not cover them: left out, at most."""
        return int(self.target["leftUncoveredMinutes"])

    @property
    def dearer(self) -> list[Dearer]:
        """What waits at a price that the order's estimate did not foresee."""
        return summed(entry for week in self.weeks for entry in week.entries)

    @property
    def bound(self) -> Decimal | None:
        """Euros that the order binds; None where nothing is bound."""
        order = self.target["order"]
        return Decimal(order["total"]["amount"]) if order and order["total"] else None

    @property
    def comes_to(self) -> Decimal:
        """Euros to which the order's approved hours would come with what waits, each at the price of its day.

        Of what waits as much as fits under the ceiling, the oldest first, as approving takes it.
        """
        order = self.target["order"]
        approved = Decimal(order["approvedTotal"]["amount"]) if order and order["approvedTotal"] else Decimal(0)
        minutes: dict[tuple[str, str], int] = {}
        left = max(self.minutes - self.over, 0)
        for entry in sorted((entry for week in self.weeks for entry in week.entries), key=_age):
            part = min(entry["minutes"], left)
            left -= part
            if entry["unitPrice"]:
                at = (entry["priceGroup"]["code"], entry["unitPrice"]["amount"])
                minutes[at] = minutes.get(at, 0) + part
        return approved + sum(line_amount(its, Decimal(price)) for (_, price), its in minutes.items())

    @property
    def passes_euros(self) -> bool:
        """Whether approving all of it would come to more than the order binds: told, never refused."""
        return self.bound is not None and self.comes_to > self.bound

    @property
    def share(self) -> float:
        """What is approved and what waits, of the ceiling."""
        granted = self.target["grantedMinutes"]
        return (self.target["approvedMinutes"] + self.minutes) / granted if granted else 0.0


def _age(entry: Entry) -> tuple[str, int]:
    """To sort by: the oldest first."""
    return entry["day"], int(str(entry["id"]).partition(":")[2])


def grouped(entries: Iterable[Entry], targets: Mapping[str, Mapping[str, Any]]) -> list[Group]:
    """Entries by target, person and week; by number, what is at the supplier's own cost after the rest."""
    weeks: dict[tuple[str, str, Week], PersonWeek] = {}
    for entry in entries:
        week = Week.of(date.fromisoformat(entry["day"]))
        target, person = entry["target"]["id"], entry["person"]
        at = (target, person["id"], week)
        if at not in weeks:
            weeks[at] = PersonWeek(str(len(weeks)), person["name"], week)
        weeks[at].entries.append(entry)
    found: dict[str, list[PersonWeek]] = {}
    for (target, _, _), person_week in weeks.items():
        found.setdefault(target, []).append(person_week)
    groups = [
        Group(targets[target], sorted(of_target, key=lambda w: (w.person, w.week)))
        for target, of_target in found.items()
        if target in targets
    ]
    return sorted(groups, key=lambda g: (g.target["isOwnCost"], g.number, g.target["id"]))


@dataclass(frozen=True)
class Narrowing:
    """Of which target, person and week an approver looks at what waits; None is every one."""

    target: str | None = None
    person: str | None = None
    week: Week | None = None

    def lets_through(self, entry: Entry) -> bool:
        return (
            (self.target is None or entry["target"]["id"] == self.target)
            and (self.person is None or entry["person"]["id"] == self.person)
            and (self.week is None or Week.of(date.fromisoformat(entry["day"])) == self.week)
        )


def turn_to(groups: Sequence[Group], number: int, most: int = MOST_SHOWN) -> tuple[list[Group], int]:
    """The groups of a page (from 1; the last where there are fewer), each with its weeks there; how many there are.

    Pages are of whole weeks of persons, of `most` entries or a little more.
    """
    pages: list[list[tuple[Group, PersonWeek]]] = [[]]
    entries = 0
    for group, week in ((of, week) for of in groups for week in of.weeks):
        if entries >= most:
            pages.append([])
            entries = 0
        pages[-1].append((group, week))
        entries += len(week.entries)
    here: dict[int, Group] = {}
    for group, week in pages[min(max(number, 1), len(pages)) - 1]:
        here.setdefault(id(group), group).shown.append(week)
    return list(here.values()), len(pages)


def chosen_of(weeks: Set[str], entries: Iterable[str]) -> list[str]:
    """Ids of entries that are ticked in a week that is ticked; an entry's tick says its week's key and its id."""
    pairs = (value.partition(" ") for value in entries)
    return [entry for week, _, entry in pairs if week in weeks and entry]
