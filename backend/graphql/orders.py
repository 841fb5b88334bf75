"""Orders: what everybody concerned sees of them. Customers see totals, never hours, unit prices or people (D2.1-c)."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.graphql import agreements, parties, rights
from backend.graphql.complaints_about import COMPLAINTS, complaints_about
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, files_of, files_of_act
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.order_states import OrderSort
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    everyone,
    group,
    many,
    newest,
    oldest,
    one,
    ref,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.graphql.scalars import Money, money
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.database import Row
from backend.kit.events import events_about
from backend.kit.translation import translate
from backend.notices.queries import visible_events_about
from backend.orders import figures, model, policy, queries, rules
from backend.orders.states import (
    MilestoneAction,
    MilestoneState,
    OrderAction,
    OrderState,
    OverrunState,
    PaperKind,
    Pricing,
    RevisionState,
)
from backend.rulebook.sizes import SizeClass
from backend.tickets.figures import follows_from

SELF = strawberry.lazy("backend.graphql.orders")
ESTIMATES = strawberry.lazy("backend.graphql.estimates")
TICKETS = strawberry.lazy("backend.graphql.tickets")
CHANGES = strawberry.lazy("backend.graphql.overruns")
HOURS = strawberry.lazy("backend.graphql.hours")


def is_party(actor: Any) -> bool:
    """Who sees hours, unit prices and people: Tiera and the supplier."""
    return actor.kind is not ActorKind.CUSTOMER


def _counted_class(actor: Actor, size_class: SizeClass | None, raised_class: SizeClass | None) -> SizeClass | None:
    return rules.larger(size_class, raised_class) if size_class or raised_class else None


def _missing(check: Any) -> Any:
    """Makes the sentences, in the reader's language, on what a check of an order's size finds missing."""

    def make(
        actor: Actor, size_class: SizeClass | None, raised_class: SizeClass | None, papers: list[str], **prepared: Any
    ) -> list[str]:
        size = _counted_class(actor, size_class, raised_class) or SizeClass.SMALL
        has = rules.Prepared(papers=frozenset(PaperKind(kind) for kind in papers), **prepared)
        return [translate(text, actor.language) for text in rules.missing(check, size, has)]

    return make


def _sized(order: Row) -> dict[str, Any]:
    return {"size_class": order.size_class, "raised_class": order.raised_class, **figures.prepared_of(order)}


def _actions(actor: Actor, state: OrderState, **facts: Any) -> list[OrderAction]:
    return policy.available_actions(actor, state, policy.Facts(**facts))


def _milestone_actions(actor: Actor, state: MilestoneState, order: OrderState) -> list[MilestoneAction]:
    return policy.available_milestone_actions(actor, state, order)


def _followed(order: Row) -> tuple[Any, Any]:
    kind = sa.func.split_part(order.follows_from, ":", 1)
    return kind, sa.cast(sa.func.nullif(sa.func.split_part(order.follows_from, ":", 2), ""), sa.BigInteger)


@shape(model.Milestone, queries.visible_milestones, sort=oldest("position", "id"))
class Milestone(Subject):
    """A part of a fixed price, delivered and accepted by itself; a monthly fee is a row of them."""

    position: int = column("Its place in the order, from 1.")
    amount: Money = money(lambda m: m.amount, "Euros without VAT.")
    due_on: dt.date | None = column("By when.")
    month: dt.date | None = column("Of a monthly fee: the first day of its month.")
    state: MilestoneState = column("Where it stands.")
    delivered_at: dt.datetime | None = column("When the supplier delivered it.")
    accepted_at: dt.datetime | None = column("When Tiera accepted it.")
    accepted_by: parties.Person | None = one(
        lambda m, p: p.id == m.accepted_by_id, "Who accepted it.", with_parent=True, seen_by=is_party
    )
    returned_at: dt.datetime | None = column("When Tiera gave it back.")
    return_reason: str | None = column("Why it was given back last.", seen_by=is_party)
    delivery_files: list[StoredFile] = files_of_act(
        "Milestone", "milestone.delivered", at="delivered_at", said="What is attached to the delivery that counts."
    )
    return_files: list[StoredFile] = files_of_act(
        "Milestone", "milestone.returned", at="returned_at", said="What is attached to its return."
    )
    order: Annotated["Order", SELF] = one(lambda m, o: o.id == m.order_id, "Of which order.", with_parent=True)
    available_actions: list[MilestoneAction] = computed(
        _milestone_actions,
        lambda m: {"state": m.state, "order": figures.state_of_order(m)},
        "What you may do with it now.",
    )


@shape(model.OrderPaper, queries.visible_between_parties)
class OrderPaper(Subject):
    """A file that an order needs, or has."""

    kind: PaperKind = column("What it is.")
    added_at: dt.datetime = column("When it was attached.")
    added_by: parties.Person | None = one(lambda f, p: p.id == f.added_by_id, "Who attached it.", with_parent=True)
    file: StoredFile = one(lambda paper, f: f.id == paper.file_id, "The file itself.", with_parent=True)
    order: Annotated["Order", SELF] = one(lambda paper, o: o.id == paper.order_id, "Of which order.", with_parent=True)


@shape(model.Order, queries.visible_orders, sort={
    OrderSort.NEWEST: newest("id"),
    OrderSort.OLDEST: oldest("id"),
    OrderSort.DUE_FIRST: oldest("due_key", "id"),
    OrderSort.DUE_LAST: newest("due_key", "id"),
    OrderSort.LARGEST: newest("euros_key", "id"),
    OrderSort.SMALLEST: oldest("euros_key", "id"),
})  # fmt: skip
class Order(Subject):
    """A separately agreed, separately billed assignment."""

    number: str | None = column("Tiera's number, by which the supplier bills; none before it is placed.")
    supplier_number: str | None = column("The supplier's own number.")
    title: str = column("What it is called.")
    description: str = column("What is asked for, in plain words.")
    supplier_description: str | None = column("The supplier's description in plain words.", seen_by=is_party)
    goal: str | None = column("What it is to reach.")
    limits: str | None = column("What it leaves out.")
    pricing: Pricing = column("How it is priced.")
    state: OrderState = column("Where it stands.")
    size_class: SizeClass | None = column("The class by its effort; none before it is estimated.")
    raised_class: SizeClass | None = column("A larger class that a person chose.")
    raise_reason: str | None = column("Why the class was raised.")
    counted_class: SizeClass | None = computed(
        _counted_class,
        lambda o: {"size_class": o.size_class, "raised_class": o.raised_class},
        "The class whose duties hold.",
    )
    due_on: dt.date | None = column("By when.")
    is_on_hold: bool = column("Whether the newest forecast passes the ceiling and no decision covers it.")
    version: int = column("Counts the changes of its content.")

    created_at: dt.datetime = column("When it was begun.")
    requested_at: dt.datetime | None = column("When an estimate was asked for, the last time.")
    estimate_due_at: dt.datetime | None = column("Until when the estimate must come.")
    estimated_at: dt.datetime | None = column("When the first estimate came.")
    ordered_at: dt.datetime | None = column("When it was placed.")
    confirmed_at: dt.datetime | None = column("When the supplier confirmed it.")
    started_at: dt.datetime | None = column("When the work started.")
    delivered_at: dt.datetime | None = column("When it was delivered.")
    returned_at: dt.datetime | None = column("When a delivery was given back last.")
    return_reason: str | None = column("Why it was given back last.", seen_by=is_party)
    delivery_files: list[StoredFile] = files_of_act(
        "Order", "order.delivered", at="delivered_at", said="What is attached to the delivery that counts."
    )
    return_files: list[StoredFile] = files_of_act(
        "Order", "order.returned", at="returned_at", said="What is attached to the last return."
    )
    accepted_at: dt.datetime | None = column("When the delivery was accepted.")
    ended_at: dt.datetime | None = column("When it was declined, cancelled or ended early.")
    end_reason: str | None = sql(
        figures.end_reason, "Why it ended so; why its supplier declined it is not for customers.", by_actor=True
    )
    books_until: dt.date | None = column(
        "Of work ended early: until when hours up to its end are booked; null from the night after.", seen_by=is_party
    )

    ordered_minutes: Minutes | None = column("What was ordered at first.", seen_by=is_party)
    ceiling_minutes: Minutes | None = sql(figures.ceiling_of, "The approved ceiling now.", seen_by=is_party)
    booked_minutes: Minutes | None = sql(figures.booked_of, "What is booked on it.", seen_by=is_party)
    approved_minutes: Minutes | None = sql(figures.approved_of, "What Tiera has approved.", seen_by=is_party)
    forecast_minutes: Minutes | None = column("The newest forecast: booked and remaining.", seen_by=is_party)
    forecast_at: dt.datetime | None = column("When the newest forecast was given.", seen_by=is_party)
    forecast_due_at: dt.datetime | None = column(
        "After a warning: until when the forecast must be renewed.", seen_by=is_party
    )
    warned_at: dt.datetime | None = column("When the actual came near the ceiling.", seen_by=is_party)
    ordered_total: Money | None = money(lambda o: o.ordered_euros, "Euros without VAT that were ordered at first.")
    total: Money | None = money(
        lambda o: o.committed_euros,
        "Euros without VAT that it binds: with what was granted since, and of accepted hours what they came to.",
    )
    approved_total: Money | None = money(
        figures.approved_euros_of,
        "What the approved hours come to, each at the price of its day; null where the price is fixed.",
        seen_by=is_party,
    )
    accepted_total: Money | None = money(figures.accepted_euros_of, "Of a fixed price: what is accepted.")

    agreement: agreements.Agreement | None = one(
        lambda o, a: a.id == o.agreement_id, "Under which agreement.", seen_by=is_party
    )
    supplier: parties.Organisation = one(lambda o, s: s.id == o.supplier_id, "Who does it.", with_parent=True)
    service: agreements.Service | None = one(lambda o, s: s.id == o.service_id, "Of which service.", with_parent=True)
    customer: parties.Organisation | None = one(
        lambda o, c: c.id == o.customer_id, "For whom; none: for Tiera or for all.", with_parent=True
    )
    follows_from: Subject | None = ref(_followed, "What it followed from, such as an incident.")
    followed_by: list[Annotated["Ticket", TICKETS]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, t: follows_from(t, "Order", o.id), "The tickets that follow from it, as far as you see them."
    )
    asked_by: parties.Person | None = one(
        lambda o, p: p.id == o.asked_by_id, "The customer's person who asked for it.", with_parent=True
    )
    created_by: parties.Person | None = one(lambda o, p: p.id == o.created_by_id, "Who began it.", with_parent=True)
    ordered_by: parties.Person | None = one(lambda o, p: p.id == o.ordered_by_id, "Who ordered it.", with_parent=True)
    ordering_right: rights.OrderingRight | None = one(
        lambda o, r: r.id == o.ordering_right_id, "The naming in writing under which it was placed."
    )
    accepted_by: parties.Person | None = one(
        lambda o, p: p.id == o.accepted_by_id, "Who accepted the delivery.", with_parent=True
    )
    tiera_manager: parties.Person | None = one(
        lambda o, p: p.id == o.tiera_manager_id, "Tiera's project manager.", with_parent=True
    )
    supplier_manager: parties.Person | None = one(
        lambda o, p: p.id == o.supplier_manager_id,
        "The supplier's project manager.",
        with_parent=True,
        seen_by=is_party,
    )

    estimate: Annotated["Estimate", ESTIMATES] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda o, e: sa.and_(e.order_id == o.id, figures.is_newest(e)), "The newest estimate."
    )
    estimates: list[Annotated["Estimate", ESTIMATES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, e: e.order_id == o.id, "All estimates, the newest first."
    )
    chosen_option: Annotated["EstimateOption", ESTIMATES] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda o, option: option.id == o.chosen_option_id, "What was chosen of the estimate."
    )
    complaints: list[Annotated["Complaint", COMPLAINTS]] = complaints_about("Order")  # type: ignore[name-defined]  # noqa: F821
    timeline: Connection[Event] = timeline_of("Order")
    history: Connection[Event] = connection(
        figures.is_history,
        "As the timeline, without each booking of hours and each line that bills it.",
        rows=events_about,
        visible_to=visible_events_about("Order"),
    )
    milestones: list[Milestone] = many(lambda o, m: m.order_id == o.id, "Parts of a fixed price, in their order.")
    files: list[StoredFile] = files_of("Order")
    papers: list[OrderPaper] = many(lambda o, f: f.order_id == o.id, "What Tiera and the supplier have attached.")
    forecasts: list[Annotated["Forecast", CHANGES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, f: f.order_id == o.id, "Forecasts, the newest first."
    )
    open_overrun: Annotated["Overrun", CHANGES] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda o, w: sa.and_(w.order_id == o.id, w.state == OverrunState.REQUESTED), "The request that waits."
    )
    overruns: list[Annotated["Overrun", CHANGES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, w: w.order_id == o.id, "Requests to go on above the ceiling, the newest first."
    )
    revisions: list[Annotated["Revision", CHANGES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, r: r.order_id == o.id, "Changes of what was ordered, the newest first."
    )
    burn_up: list[Annotated["BurnUpPoint", CHANGES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, point: point.order_id == o.id, "What was booked until the end of each week.", rows=figures.burn_up
    )
    ceiling_steps: list[Annotated["CeilingStep", CHANGES]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda o, step: step.order_id == o.id, "How the ceiling moved.", rows=figures.ceiling_steps
    )
    target: Annotated["Target", HOURS] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda o, t: sa.and_(t.about_kind == "Order", t.about_id == o.id, t.purpose == model.WORK),
        "What its hours are booked on; null before it is placed.",
    )
    missing_before_ordering: list[str] | None = computed(
        _missing(rules.check_duties_before_ordering),
        _sized,
        "What an order of this size lacks before it may be placed, in sentences; of options the largest.",
    )
    missing_before_starting: list[str] | None = computed(
        _missing(rules.check_duties_before_starting),
        _sized,
        "What an order of this size lacks before its work may start, in sentences.",
        seen_by=is_party,
    )
    available_actions: list[OrderAction] = computed(
        _actions, lambda o: {"state": o.state, **figures.facts_of(o)}, "What you may do with it now."
    )


@filter_input
class OrderFilter:
    """Which orders."""

    words: str | None = value(
        "With words that begin like these in title and description, or of this number or customer.", default=None
    )
    states: list[OrderState] | None = value("In one of these states.", default=None)
    is_open: bool | None = value("Neither accepted nor ended, or the others.", default=None)
    is_on_hold: bool | None = value("On hold, or not.", default=None)
    is_confirmed: bool | None = value("Confirmed by the supplier, or not.", default=None)
    has_open_overrun: bool | None = value(
        "With a request to go on that waits, or without; a customer sees none.", default=None
    )
    open_revision: RevisionState | None = value(
        "With a proposed change that waits so; a customer sees none.", default=None
    )
    is_estimate_late: bool | None = value(
        "Whose estimate came, or is, after the day it was due, or not; a customer sees none.", default=None
    )
    has_delivered: bool | None = value(
        "Where the work, or a part of it, is delivered and waits for Tiera, or not.", default=None
    )
    is_billable: bool | None = value(
        "Under which work may be billed: placed, and not given up before its work began; or the others.", default=None
    )
    has_returned: bool | None = value("Where Tiera gave work or a part back, not delivered anew yet.", default=None)
    awaits_decision: bool | None = value("Where Tiera has something to decide, or not.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier.", default=None)
    customer_id: strawberry.ID | None = key("Organisation", "For this customer.", default=None)


@root
class OrderFigures:
    """Figures over the open orders that you see."""

    open: int = sql(lambda _, a: figures.count_of_orders(a, figures.is_open), "How many are open.", by_actor=True)
    on_hold: int | None = sql(
        lambda _, a: figures.count_of_orders(a, figures.is_on_hold), "How many are on hold.", by_actor=True
    )
    awaiting_decision: int = sql(
        lambda _, a: figures.count_of_orders(a, lambda order: figures.awaits_decision(order, a)),
        "In how many Tiera has something to decide.",
        by_actor=True,
    )
    committed_euros: Decimal = sql(lambda _, a: figures.committed_euros(a), "Euros that they bind.", by_actor=True)


@root
class OrdersQuery:
    """Orders."""

    orders: Connection[Order] | None = connection(
        figures.orders_matching,
        "Orders that you see.",
        by_actor=True,
        ways=figures.ways_to_orders,
        order=OrderSort,
        seen_by=everyone,
        where=argument(OrderFilter | None, "Which."),
    )
    order: Order | None = one(
        lambda _, o, id: o.id == id.of("Order"),
        "An order by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    order_by_number: Order | None = one(
        figures.is_numbered,
        "An order by Tiera's number or the supplier's; null where several suppliers gave that number to what you see.",
        by_actor=True,
        seen_by=everyone,
        number=argument(str, "`TIL-2026-00042`, or the supplier's."),
        supplier_id=argument(strawberry.ID | None, "Of which supplier; two may have given the same number."),
    )
    order_figures: OrderFigures | None = group("Figures over the open orders that you see.", seen_by=everyone)
