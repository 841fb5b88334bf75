"""What the contract says of orders (11.8), as pure functions. Effort is whole minutes, money euros without VAT."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.kit.amounts import CENT, Minutes, line_amount, round_cents
from backend.kit.calendar import Month
from backend.kit.faults import Refusal, Refusals, broken_rule, invalid, required, shows
from backend.kit.translation import Text
from backend.orders.states import PaperKind
from backend.rulebook.choices import StopWorkAt
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

PROJECT_PAPERS = (PaperKind.PROJECT_CONTRACT, PaperKind.PROJECT_PLAN, PaperKind.TASK_PLAN)
MOST_MONTHS = 60
MOST_LETTERS_IN_A_TITLE = 200
MOST_LETTERS_IN_A_NUMBER = 70
"""Of the supplier's own identifier: as many as an e-invoice has room for."""


TIERAS_SERIES = ("TIL", "TIK", "REK")
"""Of what lines of invoices refer to (orders, tickets, complaints), by Tiera: no number of a supplier is of them."""

_READ = Text("The supplier has read this already: propose a change of it when the order is placed.")

# Sizes


@rule("H11.8.2-a", "D0-e")
def size_class(minutes: int, terms: Terms) -> SizeClass:
    """Small under 10 person-days, assignment 10–50 inclusive, project over 50: by estimated minutes, unrounded."""
    if minutes < terms.minutes_of(terms.size_small_below_days):
        return SizeClass.SMALL
    if minutes <= terms.minutes_of(terms.size_assignment_max_days):
        return SizeClass.ASSIGNMENT
    return SizeClass.PROJECT


@rule("H11.8.2-a")
def counted_class(minutes: int, raised: SizeClass | None, terms: Terms) -> SizeClass:
    """The class whose duties hold: that of the effort, or a larger one that a person chose; never a smaller."""
    return larger(size_class(minutes, terms), raised)


def larger(by_effort: SizeClass | None, raised: SizeClass | None) -> SizeClass:
    """The class whose duties hold of an order that keeps the one by its effort, and perhaps a larger one."""
    return max(by_effort or SizeClass.SMALL, raised or SizeClass.SMALL, key=lambda size: size.rank)


@rule("H11.8.2-a")
def refuse_lowering(chosen: SizeClass, now: SizeClass | None, reason: str) -> None:
    """A person may raise the class of an order with a reason; REFUSED: lowering it, or leaving it where it is."""
    if not shows(reason):
        raise required("reason", rule="H11.8.2-a")
    if chosen.rank <= (now or SizeClass.SMALL).rank:
        raise broken_rule(
            "H11.8.2-a",
            Text("The size of an order can be raised, never lowered below what its estimate says."),
            "size_class",
            limit=Text("%(size)s", size=now or SizeClass.SMALL),
            actual=Text("%(size)s", size=chosen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What an order has that its size may demand."""

    goal: str | None
    limits: str | None
    papers: Set[PaperKind]
    has_tiera_manager: bool
    has_supplier_manager: bool


@rule("H11.8.2-c")
def check_duties_before_ordering(size: SizeClass, prepared: Prepared) -> None:
    """An assignment has the standard form; it and a project have a clear goal and limits. All that lacks is told."""
    if size is SizeClass.SMALL:
        return
    refusals = _without({"goal": prepared.goal, "limits": prepared.limits})
    if size is SizeClass.ASSIGNMENT and PaperKind.FORM not in prepared.papers:
        refusals.add(
            broken_rule(
                "H11.8.2-c", Text("An assignment is agreed on the standard form, which Tiera or the supplier attaches.")
            )
        )
    refusals.raise_any()


@rule("H11.8.2-c")
def check_emptied(size: SizeClass, changed: Mapping[str, str | None]) -> None:
    """A change (name of content → what it becomes) leaves no order above a small one without its goal or limits."""
    if size is not SizeClass.SMALL:
        _without({name: changed[name] for name in _AGREED if name in changed}).raise_any()


_AGREED = {
    "goal": Text("An order of this size needs a clear goal."),
    "limits": Text("An order of this size needs limits: what is left out."),
}


def _without(said: Mapping[str, str | None]) -> Refusals:
    """What is wrong with a goal and limits that say nothing."""
    refusals = Refusals()
    for name in (name for name, text in said.items() if not shows(text or "")):
        refusals.add(broken_rule("H11.8.2-c", _AGREED[name], name))
    return refusals


@rule("H11.8.2-c", "H11.8.3-b")
def specified(said: Mapping[str, str | None], given: Mapping[str, str | None]) -> dict[str, str]:
    """What is given of a goal and limits left open; REFUSED: nothing, or a change of what the supplier has read."""
    new = {name: text for name, text in given.items() if text and not said[name]}
    refusals = Refusals()
    for name, text in given.items():
        if text and said[name] and text != said[name]:
            refusals.add(broken_rule("H11.8.3-b", _READ, name))
    if not new and not refusals.errors:
        for name in (name for name, text in said.items() if not text):
            refusals.add(required(name, rule="H11.8.2-c"))
        if not refusals.errors:
            refusals.add(invalid(Text("Nothing would change."), rule="H11.8.3-b"))
    refusals.raise_any()
    return new


@rule("H11.8.2-d", "H11.3.3-a")
def check_duties_before_starting(size: SizeClass, prepared: Prepared) -> None:
    """A project's work does not start without contract, project plan, task plan and both project managers."""
    if size is not SizeClass.PROJECT:
        return
    refusals = Refusals()
    missing = [kind for kind in PROJECT_PAPERS if kind not in prepared.papers]
    if missing:
        refusals.add(
            broken_rule(
                "H11.8.2-d",
                Text("A project's work starts when these are attached: %(missing)s.", missing=tuple(missing)),
            )
        )
    if not prepared.has_tiera_manager:
        refusals.add(
            broken_rule("H11.3.3-a", Text("A project's work starts when Tiera has named its project manager."))
        )
    if not prepared.has_supplier_manager:
        refusals.add(
            broken_rule("H11.3.3-a", Text("A project's work starts when the supplier has named its project manager."))
        )
    refusals.raise_any()


def missing(check: Callable[[SizeClass, Prepared], None], size: SizeClass, prepared: Prepared) -> list[Text]:
    """What one of the checks above would say is missing."""
    try:
        check(size, prepared)
    except Refusal as refusal:
        return [error.message for error in refusal.errors]
    return []


@rule("H11.8.2-a")
def check_crossing(before: SizeClass, after: SizeClass, prepared: Prepared, *, has_started: bool) -> None:
    """A new total that lifts ordered work into a larger class must first meet that class's duties."""
    if after.rank > before.rank:
        check_duties_before_ordering(after, prepared)
        if has_started:
            check_duties_before_starting(after, prepared)


@rule("H11.8.2-b")
def check_order_at_once(minutes: int, raised: SizeClass | None, terms: Terms) -> None:
    """Without an estimate only a small order may be placed, and only where the term of the agreement says so."""
    if terms.small_order_needs_estimate:
        raise broken_rule("H11.8.2-b", Text("By this agreement an order is estimated before it is placed."))
    if minutes <= 0:
        raise invalid(Text("An order without an estimate needs a ceiling."), "ceiling_minutes", rule="H11.8.2-b")
    if counted_class(minutes, raised, terms) is not SizeClass.SMALL:
        raise broken_rule(
            "H11.8.2-b",
            Text("Only a small assignment may be ordered without an estimate."),
            "ceiling_minutes",
            limit=Text("under %(minutes)s", minutes=terms.minutes_of(terms.size_small_below_days)),
            actual=Text("%(minutes)s", minutes=Minutes(minutes)),
        )


# Estimates


@dataclass(frozen=True, slots=True)
class PricedRow:
    """Minutes of one price group at its price an hour of the day."""

    price_group_id: int
    minutes: int
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        """Euros, rounded once (D0-d)."""
        return line_amount(self.minutes, self.unit_price)


def totals(rows: Iterable[PricedRow]) -> tuple[Minutes, Decimal]:
    """Minutes and euros of the rows together."""
    listed = list(rows)
    return Minutes(sum(row.minutes for row in listed)), sum((row.amount for row in listed), Decimal("0.00"))


@rule("H11.8.1-g")
def check_alternatives(options: int, none_better_statement: str | None) -> None:
    """No estimate goes out without either an alternative or the supplier's word that it knows none better."""
    if options < 1:
        raise required("options", rule="H11.8.1-g")
    if options == 1 and not shows(none_better_statement or ""):
        raise broken_rule(
            "H11.8.1-g",
            Text("Add a cheaper or better alternative, or state that you know of none."),
            "none_better_statement",
        )


@rule("D0-e")
def check_step(minutes: int, terms: Terms, *path: str | int) -> None:
    """Effort is whole steps (15 minutes) and more than nothing."""
    if minutes <= 0:
        raise invalid(Text("Effort is more than nothing."), *path, rule="D0-e")
    if minutes % terms.booking_step_minutes:
        step = Minutes(terms.booking_step_minutes)
        raise broken_rule("D0-e", Text("Effort is given in steps of %(step)s.", step=step), *path)


# Milestones


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a fixed price. `month` is the first day of the month that a monthly fee is for."""

    title: str
    amount: Decimal
    due_on: date | None = None
    month: date | None = None


@rule("H11.9-b")
def monthly_parts(title: str, amount: Decimal, first: Month, months: int) -> list[Part]:
    """A monthly fee as a standing order: one milestone a month, due on the month's last day."""
    if not 1 <= months <= MOST_MONTHS:
        raise invalid(Text("A monthly fee is ordered for 1 to %(most)s months.", most=MOST_MONTHS), "months")
    every = (first + n for n in range(months))
    return [Part(f"{title} {month.number}/{month.year}", amount, month.last_day, month.first_day) for month in every]


def check_parts(parts: Sequence[Part], *path: str | int) -> Decimal:
    """Each part of a fixed price is more than nothing and in whole cents; their sum in euros."""
    if not parts:
        raise required(*path)
    for n, part in enumerate(parts):
        if part.amount <= 0 or part.amount != part.amount.quantize(CENT):
            raise invalid(Text("An amount is more than nothing, in whole cents."), *path, n, "amount", rule="D0-d")
    return sum((part.amount for part in parts), Decimal("0.00"))


def check_days_of_parts(parts: Sequence[Part], today: date, *path: str | int) -> None:
    """Parts are estimated to be due by days that have not passed; a monthly fee is for its month."""
    for n, part in enumerate(parts):
        if part.month is None:
            check_day_to_come(part.due_on, today, *path, n, "due_on")


@rule("D0-c")
def day_of_milestone(month: date | None, delivered_on: date) -> date:
    """The day that places an accepted milestone in a month: the last one of its fee's month, else its delivery's."""
    return Month(month.year, month.month).last_day if month else delivered_on


# Forecast, ceiling, overruns


@rule("H11.8.3-c")
def forecast_total(booked: int, remaining: int, terms: Terms) -> Minutes:
    """What the work will take in all: actual and remaining together."""
    if remaining:
        check_step(remaining, terms, "remaining_minutes")
    return Minutes(booked + remaining)


@rule("H11.8.3-c")
def is_warning_due(booked: int, ceiling: int, warned_before: bool, terms: Terms) -> bool:
    """Once, when the actual reaches the share (80 %) of the ceiling at which both sides are warned."""
    return not warned_before and ceiling > 0 and Decimal(booked) * 100 >= terms.overrun_warning_percent * ceiling


@rule("H11.8.3-d")
def covered(forecast: int, ceiling: int, booked: int, terms: Terms) -> int:
    """The greatest forecast that lets the work go on, in minutes: an order whose forecast is greater is on hold.

    It is the ceiling; where the term says that only the reached ceiling stops work, the forecast itself until then.
    """
    if terms.stop_work_at is StopWorkAt.CEILING and booked < ceiling:
        return max(forecast, ceiling)
    return ceiling


@rule("H11.8.3-d")
def check_overrun_asked(asked: int, forecast: int | None, ceiling: int, reason: str, terms: Terms) -> None:
    """To go on above the ceiling is asked for with a reason when the newest forecast is above it, for what it shows."""
    check_step(asked, terms, "minutes")
    if not shows(reason):
        raise required("reason", rule="H11.8.3-d")
    if forecast is None or forecast <= ceiling:
        raise broken_rule(
            "H11.8.3-d",
            Text("Give a forecast first: more is asked for when it passes the ceiling."),
        )


@rule("H11.8.3-d")
def check_overrun_granted(granted: int, asked: int, reason: str, terms: Terms) -> None:
    """Tiera approves all, part or none, with a reason; never more than was asked."""
    if not shows(reason):
        raise required("reason", rule="H11.8.3-d")
    if granted:
        check_step(granted, terms, "minutes")
    if granted > asked:
        raise broken_rule(
            "H11.8.3-d",
            Text("No more can be approved than was asked for."),
            "minutes",
            limit=Text("%(minutes)s", minutes=Minutes(asked)),
            actual=Text("%(minutes)s", minutes=Minutes(granted)),
        )


def extra_euros(minutes: int, ordered_minutes: int, ordered_euros: Decimal) -> Decimal:
    """Euros of effort beyond what was ordered, at the order's average price an hour; negative for less effort."""
    return round_cents(ordered_euros * minutes / ordered_minutes) if ordered_minutes else Decimal("0.00")


# Agreements


@rule("D3-a")
def check_due_day(due_on: date | None, last: date | None) -> None:
    """Work is due within the agreement's dates and options."""
    if due_on is not None and last is not None and due_on > last:
        raise broken_rule(
            "D3-a",
            Text("The work would be due after the agreement and its options end."),
            "due_on",
            limit=Text("%(day)s", day=last),
            actual=Text("%(day)s", day=due_on),
        )


def check_day_to_come(due_on: date | None, today: date, *path: str | int) -> None:
    """Work is asked for by a day that has not passed; today is one."""
    if due_on is not None and due_on < today:
        raise invalid(Text("The due day, %(day)s, has passed: choose a later one.", day=due_on), *path)


@rule("H11.8.3-b", "D3-a")
def day_of_placing(asked: date | None, given: date | None, today: date, last: date | None) -> date | None:
    """By when work is ordered: by the day asked for or, where that has passed or is after the agreement's `last`, one
    given now. REFUSED: another."""
    cannot_stay = asked is not None and (asked < today or (last is not None and asked > last))
    if given is not None and given != asked and not cannot_stay:
        raise broken_rule("H11.8.3-b", _READ, "due_on")
    day = given or asked
    check_day_to_come(day, today, "due_on")
    check_due_day(day, last)
    return day


# Revisions


REVISED = ("title", "description", "goal", "limits", "due_on")
"""What of an order's content a revision may change, beside its effort."""


@rule("H11.8.3-b")
def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Of the proposed content only what differs from the order's."""
    return {name: after[name] for name in REVISED if name in after and after[name] != before[name]}


@rule("H11.8.3-b")
def check_revision(changed: Mapping[str, object], minutes_change: int, terms: Terms) -> None:
    """A revision changes something, and leaves no order without title or description."""
    if not changed and not minutes_change:
        raise invalid(Text("Nothing would change."), rule="H11.8.3-b")
    for name in ("title", "description"):
        if name in changed and not shows(str(changed[name] or "")):
            raise required(name)
    if minutes_change:
        check_step(abs(minutes_change), terms, "minutes_change")


@rule("H11.8.3-b")
def check_lowered_ceiling(ceiling: int, change: int, approved: int) -> None:
    """The ceiling is not lowered below what has been approved already, nor to nothing."""
    if ceiling + change < max(approved, 1):
        raise broken_rule(
            "H11.8.3-b",
            Text("The ceiling cannot go below the effort that has been approved."),
            "minutes_change",
            limit=Text("%(minutes)s", minutes=Minutes(max(approved, 1))),
            actual=Text("%(minutes)s", minutes=Minutes(ceiling + change)),
        )
