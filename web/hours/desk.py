"""What of hours waits for somebody: days without hours, returned entries, months to approve."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import is_business_day
from backend.kit.translation import Text, plural
from backend.rulebook.roles import Right
from backend.rulebook.terms import DEFAULTS
from web.desk.sections import Card, Section
from web.hours.weeks import month_name, today


def _books(actor: Actor) -> bool:
    return actor.kind is ActorKind.SUPPLIER and actor.may(Right.BOOK_HOURS)


def _works_today(actor: Actor) -> bool:
    """Those who only book, on a working day: leads have other work too."""
    return _books(actor) and not actor.may(Right.SEE_HOURS) and is_business_day(today(), DEFAULTS.counting)


def _unbooked(node: Mapping[str, Any]) -> Card:
    day = date.fromisoformat(node["day"])
    return Card(Text("Nothing is booked for today yet"), "/tunnit/uusi", Text("Book"), day)


def _returned(node: Mapping[str, Any]) -> Card:
    entry = str(node["id"]).partition(":")[2]
    return Card(node["description"], f"/tunnit/{entry}", Text("Mend"), None, node["returnReason"])


def _month(node: Mapping[str, Any]) -> Card:
    supplier = str(node["supplier"]["id"]).partition(":")[2]
    title = Text("%(supplier)s, %(month)s", supplier=node["supplier"]["name"], month=month_name(node["month"]))
    waits = plural("%(n)s entry waits", "%(n)s entries wait", node["entries"])
    href = f"/tunnit/hyvaksynta?supplier={supplier}&month={node['month'][:7]}"
    return Card(title, href, Text("Approve"), node["dueAt"], waits)


SECTIONS = (
    Section(
        key="returnedHours",
        place="hours",
        title=Text("Hours that Tiera has returned"),
        field="timeEntries(first: 5, orderBy: OLDEST, where: { mine: true, states: [RETURNED] })",
        item="id description returnReason",
        card=_returned,
        shown_to=_books,
        everything="/tunnit/lista?states=RETURNED",
    ),
    Section(
        key="unbookedDays",
        place="hours",
        title=Text("Hours of today"),
        field="daysToBook(first: 1, firstDay: $today, lastDay: $today)",
        item="day",
        card=_unbooked,
        shown_to=_works_today,
    ),
    Section(
        key="monthsToApprove",
        place="hours",
        title=Text("Hours to approve"),
        field="monthsToApprove(first: 5, endedBefore: $today)",
        item="month dueAt entries supplier { id name }",
        card=_month,
        shown_to=lambda actor: actor.may(Right.APPROVE_HOURS),
        everything="/tunnit/hyvaksynta",
    ),
)
