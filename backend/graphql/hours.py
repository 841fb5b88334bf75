"""Hours: targets, entries, approvals. A customer sees none of them (D2.1-c)."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
import strawberry

from backend.graphql.agreements import Agreement
from backend.graphql.billing import BillingApproval
from backend.graphql.events import Event, timeline_of
from backend.graphql.orders import Order
from backend.graphql.parties import Organisation, Person
from backend.graphql.prices import PriceGroup
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    many,
    newest,
    oldest,
    one,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.graphql.scalars import Money, money
from backend.hours import figures, model, policy, queries
from backend.hours.states import EntryAction, EntryState, LeftOut, OwnCost
from backend.kit.actor import Actor, Channel
from backend.kit.amounts import Minutes
from backend.ledger.model import Account
from backend.orders.figures import has_passed_euros
from backend.parties.figures import price_of_day
from backend.rulebook.roles import Right

EVIDENCE = strawberry.lazy("backend.graphql.invoice_findings")

described(
    EntryState,
    "Where a time entry stands.",
    BOOKED="It waits for Tiera's approval.",
    APPROVED="Approved, and locked.",
    RETURNED="Tiera gave it back with a reason.",
    CORRECTED="A correction took its place; the old value stays visible.",
)
described(
    EntryAction,
    "What can be done with a time entry.",
    APPROVE="Approve it, as far as the ceiling reaches.",
    RETURN="Give it back with a reason.",
    CORRECT="Put another in its place, or take it off.",
    WITHDRAW="Take its approval back, shortly after it was given.",
)
described(
    OwnCost,
    "Work at the supplier's own cost: booked, never billed.",
    FAMILIARISATION="Familiarising a new person (H11.3-c).",
    BODIES="Work in the bodies and meetings (H11.2-a).",
    HOURS_INTEGRATION="The integration that transfers hours (H11.7.3-j).",
    AGAINST_INSTRUCTION="Extra work done against instruction (H11.8.1-h).",
    COMPLAINTS="Handling a complaint (H11.10-h).",
    BULLETINS="Informing about one's own services (H11.11-d).",
)
described(
    LeftOut,
    "Why an entry was left out of an approval of many.",
    NOT_WAITING="It did not wait for approval any more.",
    ABOVE_CEILING="It is above the ceiling that Tiera has approved.",
    WITHOUT_PERMISSION="It was done above the ceiling before Tiera's decision, which does not cover it.",
)


class TimeEntryOrder(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"


described(
    TimeEntryOrder,
    "In which order time entries stand.",
    NEWEST="The latest day first.",
    OLDEST="The earliest day first.",
    LONGEST="The most time first.",
    SHORTEST="The least time first.",
)


class TargetOrder(StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"


described(
    TargetOrder, "In which order targets stand.", OLDEST="As they were opened.", NEWEST="What was opened last first."
)


@shape(model.OwnCostTarget, queries.visible_own_cost_targets, sort=oldest("id"))
class OwnCostTarget(Subject):
    """Work that a supplier books at its own cost."""

    kind: OwnCost = column("What kind of work.")
    title: str = column("What it is called.")
    made_at: dt.datetime = column("When it was defined.")
    agreement: Agreement | None = one(lambda o, a: a.id == o.agreement_id, "Under which agreement.")
    order: Order | None = one(lambda o, order: order.id == o.order_id, "Of work against instruction: the order.")
    target: "Target | None" = one(
        lambda o, t: sa.and_(t.about_kind == "OwnCostTarget", t.about_id == o.id), "What hours are booked on."
    )


@shape(Account, queries.visible_targets, sort={
    TargetOrder.OLDEST: oldest("id"),
    TargetOrder.NEWEST: newest("id"),
})  # fmt: skip
class Target(Node):
    """What hours are booked on: an order's work, a ticket's that was approved for billing, or at own cost."""

    title: str | None = column("What it is called.")
    is_own_cost: bool = sql(lambda t: t.purpose == model.OWN_COST, "Whether it is at the supplier's own cost.")
    rule: str | None = column("The rule by which it is at the supplier's own cost.")
    granted_minutes: Minutes | None = sql(lambda t: t.granted, "The ceiling; null where there is none.")
    booked_minutes: Minutes = sql(lambda t: t.booked, "What is booked.")
    approved_minutes: Minutes = sql(lambda t: t.approved, "What of it is approved.")
    billed_minutes: Minutes = sql(lambda t: t.billed, "What of it is billed.")
    waiting_minutes: Minutes = sql(
        lambda t, until: figures.waiting_on(t, until),
        "What waits for approval.",
        until=argument(dt.date | None, "Only of days up to this one."),
    )
    uncovered_minutes: Minutes = sql(
        figures.uncovered_of, "What of the ceiling work done before Tiera's decision may not use."
    )
    left_uncovered_minutes: Minutes = sql(
        lambda t, first_day, last_day: figures.left_uncovered(t, first=first_day, last=last_day),
        "What approving all that waits would leave out, as done before a decision that does not cover it.",
        first_day=argument(dt.date | None, "Only of work from this day on."),
        last_day=argument(dt.date | None, "Only of work up to this day."),
    )
    instructions: str | None = column("How to book on it, as Tiera says.")
    version: int = column("Counts what was said of how to book on it.")
    opens_on: dt.date | None = column("From which day on it can be booked.")
    closes_on: dt.date | None = column("To which day it can be booked; null while it is open.")
    last_booked_on: dt.date | None = sql(figures.last_booked_on, "When you booked on it last.", by_actor=True)
    order: Order | None = one(
        lambda t, o: sa.and_(o.id == t.about_id, t.about_kind == "Order"), "The order whose work it is."
    )
    own_cost: OwnCostTarget | None = one(
        lambda t, o: sa.and_(o.id == t.about_id, t.about_kind == "OwnCostTarget"),
        "The work at the supplier's own cost.",
    )
    billing: BillingApproval | None = one(
        lambda t, b: sa.and_(b.id == t.about_id, t.about_kind == "BillingApproval"),
        "Of a ticket's work: what approved it for billing.",
    )
    supplier: Organisation | None = one(lambda t, o: o.id == t.holder_id, "Whose people book on it.")
    price_groups: list[PriceGroup] = many(
        figures.is_price_group_of,
        "At which prices it can be booked; none where the price is fixed, or where there is none to bill.",
        on=argument(dt.date, "The day of the work."),
    )
    foreseen_price: Decimal | None = sql(
        figures.foreseen_price_on,
        "Euros an hour of the dearest price group that the order's estimate foresaw; null where it foresaw none. "
        "Hours at a dearer one are recorded and marked.",
        on=argument(dt.date, "The day of the work."),
    )
    last_price_group: PriceGroup | None = one(
        figures.is_last_price_group, "At which price you booked on it last.", by_actor=True
    )


def _actions(actor: Actor, state: EntryState, person_id: int) -> list[EntryAction]:
    return policy.available_actions(actor, EntryState(state), person_id)


@shape(
    model.TimeEntry,
    queries.visible_entries,
    sort={
        TimeEntryOrder.NEWEST: newest("day", "id"),
        TimeEntryOrder.OLDEST: oldest("day", "id"),
        TimeEntryOrder.LONGEST: newest("minutes", "id"),
        TimeEntryOrder.SHORTEST: oldest("minutes", "id"),
    },
)
class TimeEntry(Subject):
    """One person's work on one target on one day."""

    day: dt.date = column("The day of the work.")
    minutes: Minutes = column("How long it took.")
    description: str = column("What was done.")
    state: EntryState = column("Where it stands.")
    is_late: bool = column("Whether it was booked later than it should have been: marked, not refused.")
    is_without_permission: bool = sql(
        figures.is_without_permission,
        "Whether it was booked above the ceiling, wholly or in part, or while its order was on hold.",
    )
    is_same_text: bool = sql(queries.is_same_text, "Whether the same person used the same description before.")
    is_dearer: bool = sql(
        figures.is_dearer,
        "Whether its price is higher than any that the order's estimate foresaw: marked, not refused.",
    )
    unit_price: Money | None = money(
        lambda e: price_of_day(e.price_group_id, on=e.day), "Euros an hour on the day of the work, without VAT."
    )
    foreseen_price: Money | None = money(
        lambda e: figures.foreseen_price(e.order_id, e.day),
        "Euros an hour, on that day, of the dearest price group that the order's estimate foresaw.",
    )
    channel: Channel = column("By which door it came.")
    first_booked_at: dt.datetime = column("When the work was first put on record.")
    booked_at: dt.datetime = column("When it was booked.")
    booked_by: Person | None = one(lambda e, p: p.id == e.booked_by_id, "Who booked it.", with_parent=True)
    returned_at: dt.datetime | None = column("When Tiera gave it back.")
    return_reason: str | None = column("Why it was given back.")
    instruction_reason: str | None = column("Why Tiera holds it to be extra work against instruction.")
    version: int = column("Counts its changes.")
    person: Person = one(lambda e, p: p.id == e.person_id, "Who worked.", with_parent=True)
    price_group: PriceGroup | None = one(lambda e, g: g.id == e.price_group_id, "At which price.", with_parent=True)
    marked_price_group: PriceGroup | None = one(
        lambda e, g: g.id == e.marked_price_group_id,
        "Of extra work against instruction: at which price it was booked on its order, and goes back to it.",
    )
    supplier: Organisation = one(lambda e, o: o.id == e.supplier_id, "Whose work it is.", with_parent=True)
    target: Target = one(lambda e, t: t.id == e.account_id, "What it is booked on.", with_parent=True)
    order: Order | None = one(lambda e, o: o.id == e.order_id, "The order it belongs to.")
    billing: BillingApproval | None = one(
        lambda e, b: b.id == e.billing_id, "Of a ticket's work: what approved it for billing."
    )
    corrected_by: Annotated["TimeEntry", strawberry.lazy("backend.graphql.hours")] | None = one(
        lambda e, o: o.corrects_id == e.id, "The entry that took its place."
    )
    splits: list[Annotated["TimeEntry", strawberry.lazy("backend.graphql.hours")]] = many(
        lambda e, o: o.split_from_id == e.id, "What was split from it, at the ceiling or as against instruction."
    )
    corrects: Annotated["TimeEntry", strawberry.lazy("backend.graphql.hours")] | None = one(
        lambda e, o: o.id == e.corrects_id, "The entry whose place it took."
    )
    split_from: Annotated["TimeEntry", strawberry.lazy("backend.graphql.hours")] | None = one(
        lambda e, o: o.id == e.split_from_id, "The entry as which it was booked; of what was split off twice too."
    )
    approval: Annotated["HourApproval", strawberry.lazy("backend.graphql.hours")] | None = one(
        lambda e, a: a.id == e.approval_id, "Its approval.", with_parent=True
    )
    billed: list[Annotated["Evidence", EVIDENCE]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda e, its: sa.and_(its.source_kind == "TimeEntry", its.source_id == e.id),
        "What lines of invoices hold or have billed of it, as far as you see them.",
    )
    timeline: Connection[Event] = timeline_of("TimeEntry")
    available_actions: list[EntryAction] = computed(
        _actions, lambda e: {"state": e.state, "person_id": e.person_id}, "What you may do with it now."
    )


@strawberry.type(description="An entry that was left out of an approval of many.")
class LeftOutEntry:
    entry_id: strawberry.ID = strawberry.field(description="Which entry.")
    reason: LeftOut = strawberry.field(description="Why.")


def _left_out(actor: Actor, left_out: dict[str, str]) -> list[LeftOutEntry]:
    return [
        LeftOutEntry(entry_id=strawberry.ID(f"TimeEntry:{id}"), reason=LeftOut(reason))
        for id, reason in sorted(left_out.items(), key=lambda pair: int(pair[0]))
    ]


def _sees_others(actor: Actor) -> bool:
    """Whose own entry was approved sees by whom and when, and nothing of the others' hours."""
    return actor.sees(Right.SEE_HOURS)


@shape(model.HourApproval, queries.visible_approvals, sort=newest("id"))
class HourApproval(Subject):
    """An approval of entries, one or many at once."""

    approved_at: dt.datetime = column("When it was given.")
    revocable_until: dt.datetime = column("Until when it can be taken back.")
    taken_back_at: dt.datetime | None = column("When it was taken back.")
    is_late: bool = column("Whether it was given after the day by which Tiera approves a month.")
    approved_by: Person | None = one(lambda a, p: p.id == a.approved_by_id, "By whom.", with_parent=True)
    minutes: Minutes | None = column("How much was approved.", seen_by=_sees_others)
    entries: int | None = column("How many entries.", seen_by=_sees_others)
    left_out: list[LeftOutEntry] | None = computed(
        _left_out, lambda a: {"left_out": a.left_out}, "What could not be approved, and why.", seen_by=_sees_others
    )
    supplier: Organisation | None = one(
        lambda a, o: o.id == a.supplier_id, "Whose entries they were; null where there were several.", with_parent=True
    )
    time_entries: Connection[TimeEntry] = connection(
        lambda a, e: e.approval_id == a.id, "The entries it approved.", order=TimeEntryOrder
    )
    left_out_entries: Connection[TimeEntry] = connection(
        lambda a, e: e.id == sa.any_(queries.left_out_ids(a)), "The entries that it left out.", order=TimeEntryOrder
    )

    passed_orders: list[Order] = many(
        lambda a, o: sa.and_(queries.is_approved_by(a, o), has_passed_euros(o)),
        "The orders of these entries whose approved hours come to more than they bind.",
    )


class MonthOrder(StrEnum):
    DUE_FIRST = "due_first"


described(MonthOrder, "In which order months stand.", DUE_FIRST="The first due first.")


@shape(
    figures.MONTHS, figures.visible_months, sort={MonthOrder.DUE_FIRST: oldest("due_at", "supplier_id", "month", "id")}
)
class MonthToApprove:
    """A supplier's month of which something waits for Tiera's approval."""

    month: dt.date = column("Its first day.")
    last_day: dt.date = column("Its last day.")
    due_at: dt.datetime = column("By when Tiera approves it.")
    minutes: Minutes = sql(figures.waiting_minutes, "What waits.")
    entries: int = sql(figures.waiting_entries, "How many entries wait.")
    supplier: Organisation = one(lambda m, o: o.id == m.supplier_id, "Whose month.", with_parent=True)


@shape(figures.DAYS, figures.visible_days, sort=oldest("day"))
class DayToBook:
    """A day from Monday to Friday on which you have booked nothing."""

    day: dt.date = column("Which.")
