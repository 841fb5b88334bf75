"""The example's types, each with how it is read."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Text, cast, func, literal, table
from sqlalchemy import column as sa_column
from sqlalchemy.dialects.postgresql import ARRAY, array

import backend.graphql.viewer  # noqa: F401  which publishes sides and languages
from backend.graphql.assembling import assemble
from backend.graphql.inputs import filter_input, key, part, subject, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    group,
    many,
    newest,
    oldest,
    one,
    ref,
    report,
    root,
    shape,
    sql,
)  # fmt: skip
from backend.graphql.relay import Connection, Node, NodeQuery, Subject
from backend.graphql.scalars import Money, money
from backend.kit import refs
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.amounts import Minutes
from tests.graphql.reads.example import queries, states, tables, verbs
from tests.graphql.reads.example.states import TicketAction, TicketKind, TicketOrder, TicketState

HERE = "tests.graphql.reads.example.schema"
LATER = strawberry.lazy(HERE)

described(
    TicketState,
    "Where a ticket stands.",
    OPEN="In work.",
    WAITING="For an answer.",
    CLOSED="Done.",
    NEW="Seen by nobody.",
)
described(TicketKind, "Kinds.", INCIDENT="Broken.", REQUEST="Wanted.", CHANGE="Changed.", PROBLEM="Why it breaks.")
described(TicketAction, "What may be done.", ASSIGN="Give it to somebody.", CLOSE="End it.", REOPEN="Begin again.")
described(
    TicketOrder, "Orders of tickets.", NEWEST="New ones first.", OLDEST="Old ones first.", MOST_URGENT="By priority."
)

JOB = refs.Kind(
    "Job", tables.order, queries.of_organisation, number="number", title="title", url="/orders/{id}/{number}"
)
refs.register(JOB)


@shape(tables.organisation, queries.organisations)
class Organisation(Node):
    """A customer, a supplier or the buyer."""

    name: str = column("What it is called.")
    people: Connection["Person"] = connection(lambda o, p: p.org_id == o.id, "Who is there.")
    tickets: Connection["Ticket"] = connection(lambda o, t: t.org_id == o.id, "What it asked.", order=TicketOrder)


@shape(tables.person, queries.people)
class Person(Node):
    """Somebody who asks, works or decides."""

    name: str = column("What they are called.")
    email: str | None = column("Address; only the buyer sees it.", seen_by=lambda actor: actor.kind is ActorKind.BUYER)
    initials: list[str] = sql(lambda p: func.string_to_array(p.name, " "), "The words of the name.")
    is_me: bool = sql(lambda p, actor: p.id == actor.person_id, "Whether it is you.", by_actor=True)
    organisation: Organisation | None = one(lambda p, o: o.id == p.org_id, "Where they work.")
    requested: Connection["Ticket"] = connection(lambda p, t: t.requester_id == p.id, "Tickets this person opened.")


@shape(tables.comment, queries.comments, sort=newest("created_at", "id"))
class Comment(Node):
    """What somebody wrote on a ticket."""

    body: str = column("The words.")
    created_at: dt.datetime = column("When.")
    author: Person = one(lambda c, p: p.id == c.author_id, "Seen with the comment.", with_parent=True)


def available_actions(actor: Actor, state: TicketState, requester_id: int) -> list[TicketAction]:
    mine = actor.kind is not ActorKind.CUSTOMER or actor.person_id == requester_id
    return [action for action in states.ACTIONS[state] if mine or action is not TicketAction.CLOSE]


def ticket_summary(actor: Actor, number: str, kind: str) -> str:
    return f"{number} ({kind})"


@strawberry.type(description="One stretch of a clock.")
class Stretch:
    start: dt.datetime = strawberry.field(name="from", description="Its beginning.")
    counted: bool = strawberry.field(description="Whether it counts.")


@strawberry.type(description="A deadline and how it came about.")
class Clock:
    due_at: dt.datetime = strawberry.field(description="The deadline.")
    stretches: list[Stretch] = strawberry.field(description="What counted.")


def explain_clock(actor: Actor, created_at: dt.datetime, due_at: dt.datetime | None) -> Clock | None:
    if due_at is None:
        return None
    return Clock(
        due_at=due_at, stretches=[Stretch(start=created_at, counted=True), Stretch(start=due_at, counted=False)]
    )


@root
class Place:
    """Where a ticket is."""

    location: str | None = column("In words.")
    organisation: Organisation | None = one(lambda t, o: o.id == t.org_id, "At whose.")


@shape(
    tables.ticket,
    queries.of_organisation,
    sort={
        TicketOrder.NEWEST: newest("created_at", "id"),
        TicketOrder.OLDEST: oldest("created_at", "id"),
        TicketOrder.MOST_URGENT: oldest("priority", "id"),
    },
)
class Ticket(Subject):
    """A request, incident, problem or change."""

    number: str = column("Its number.")
    title: str = column("What it is about.")
    url: str | None = sql(lambda t: literal("/tickets"), "Where.")
    kind: TicketKind = column("Its kind.")
    state: TicketState = column("Its state.")
    priority: int = column("How urgent.")
    created_at: dt.datetime = column("When.")
    due_at: dt.datetime | None = column("By when.")
    requester: Person = one(lambda t, p: p.id == t.requester_id, "Seen with the ticket.", with_parent=True)
    assignee: Person | None = one(lambda t, p: p.id == t.assignee_id, "Who works on it.")
    place: Place = group("Where it is.")
    comments: Connection[Comment] = connection(lambda t, c: c.ticket_id == t.id, "Newest first.", with_parent=True)
    available_actions: list[TicketAction] = computed(
        available_actions, lambda t: {"state": t.state, "requester_id": t.requester_id}, "What you may do now."
    )
    summary: str = computed(ticket_summary, lambda t: {"number": t.number, "kind": t.kind}, "In one line.")
    clock: Clock | None = computed(
        explain_clock, lambda t: {"created_at": t.created_at, "due_at": t.due_at}, "The deadline, explained."
    )


@shape(tables.time_entry, queries.of_order)
class TimeEntry(Node):
    """One person, one day, one order."""

    day: dt.date = column("Which day.")
    minutes: Minutes = column("How long.")
    billable: bool = column("Whether it is billed.")
    note: str | None = column("On what.")
    person: Person | None = one(lambda e, p: p.id == e.person_id, "Who.")
    order: Annotated["Job", LATER] = one(lambda e, o: o.id == e.order_id, "For what.", with_parent=True)


@shape(tables.invoice_line, queries.of_order)
class InvoiceLine(Node):
    """One line of an invoice."""

    description: str = column("What it says.")
    quantity: Decimal = column("How many.")
    unit_price: Money = money(lambda line: line.unit_price, "For each.")
    amount: Money = money(lambda line: line.amount, "In all.")
    half: str = computed(lambda actor, amount: str(amount / 2), lambda line: {"amount": line.amount}, "By Python.")


def order_summary(actor: Actor, title: str) -> str:
    return f"{title} for {actor.kind}"


@shape(tables.order, queries.of_organisation)
class Job(Subject):
    """Separately agreed, separately billed work."""

    number: str = column("Its number.")
    estimate: Minutes = sql(lambda o: o.estimate_minutes, "How long.")
    booked: Minutes = sql(
        queries.minutes_of,
        "All minutes booked.",
        since=argument(dt.date | None, "From which day."),
        billable=argument(bool | None, "Billed ones, or others."),
    )
    ordered_by: Person | None = one(lambda o, p: p.id == o.ordered_by, "Who ordered it.")
    time_entries: Connection[TimeEntry] = connection(
        lambda o, e: e.order_id == o.id, "Work.", with_parent=True, page=20
    )
    invoice_lines: list[InvoiceLine] = many(lambda o, line: line.order_id == o.id, "What it cost.", with_parent=True)
    summary: str = computed(order_summary, lambda o: {"title": o.title}, "In one line.")


@shape(tables.event, queries.events, sort=newest("id"))
class Event(Node):
    """What happened."""

    name: str = column("What.")
    subject: Subject | None = ref(lambda e: (e.subject_kind, e.subject_id), "On what.")
    thing: Node | None = ref(lambda e: (e.subject_kind, e.subject_id), "On what, of any type.")


@shape(table("totals", sa_column("id", BigInteger), sa_column("minutes", BigInteger)), lambda actor, row: literal(True))
class Total:
    """Minutes of a person."""

    minutes: Minutes = column("How many.")
    person: Person | None = one(lambda t, p: p.id == t.id, "Whose.")


@filter_input
class TicketFilter:
    """Which tickets."""

    state: TicketState | None = value("In this state.", default=None)
    kinds: list[TicketKind] | None = value("Of these kinds.", default=None)
    created_before: dt.datetime | None = value("Made before.", default=None)
    words: str | None = value("With these words.", default=None)


@root
class Viewer:
    """Whoever asks."""

    kind: ActorKind = sql(lambda _, actor: literal(actor.kind.value), "On whose side.", by_actor=True)
    language: Language = sql(lambda _, actor: actor.language, "In which language.", by_actor=True)
    roles: list[str] = sql(lambda _, actor: cast(array(sorted(actor.roles)), ARRAY(Text())), "Roles.", by_actor=True)
    person: Person | None = one(lambda _, p, actor: p.id == actor.person_id, "Yourself.", by_actor=True)


def is_buyer(actor: Actor) -> bool:
    return actor.kind is ActorKind.BUYER


@root
class ExampleQuery:
    """The example's roots."""

    viewer: Viewer | None = group("Whoever asks.", seen_by=everyone)

    tickets: Connection[Ticket] | None = connection(
        queries.tickets_matching,
        "Tickets.",
        order=TicketOrder,
        seen_by=everyone,
        organisation=argument(strawberry.ID | None, "Of whom."),
        assignee=argument(strawberry.ID | None, "On whose desk."),
        assignees=argument(list[strawberry.ID] | None, "On whose desks."),
        where=argument(TicketFilter | None, "Which."),
    )
    order: Job | None = one(
        lambda _, o, id: o.id == id.of("Job"), "One order.", seen_by=everyone, id=argument(strawberry.ID, "Which.")
    )
    events: Connection[Event] | None = connection(lambda _, e: literal(True), "All events.", seen_by=everyone)
    time_entries: Connection[TimeEntry] | None = report(lambda _, e: literal(True), "All work.", seen_by=is_buyer)
    totals: list[Total] | None = many(
        lambda _, t, since: literal(True),
        "Minutes by person.",
        rows=queries.totals_of,
        seen_by=everyone,
        since=argument(dt.date | None, "From which day."),
    )
    me: Person | None = one(lambda _, p, actor: p.id == actor.person_id, "Yourself.", by_actor=True, seen_by=everyone)


@part(verbs.Line)
class LineInput:
    """One line."""

    person_id: strawberry.ID = key("Person", "Who works.")
    minutes: Minutes = value("How long.")


@mutation(verbs.close_ticket, ticket=Ticket, by="close_tickets", rule="H11.8.3-d")
class ShutTicket:
    """End a ticket."""

    ticket_id: strawberry.ID = key("Ticket", "Which.")
    lines: list[LineInput] | None = value("Work done.", default=None)
    about: strawberry.ID | None = subject("What it is about.", default=None)
    amount: Decimal | None = value("Its price.", default=None)


@mutation(verbs.rename, order=Job, edits=True)
class RenameJob:
    """Call an order something else."""

    order_id: strawberry.ID = key("Job", "Which.")
    title: str = value("Its new name.")


ExampleMutation = mutations(ShutTicket, RenameJob)
schema: Any = assemble(
    [ExampleQuery, NodeQuery],
    [ExampleMutation],
    [Organisation, Person, Comment, InvoiceLine],
    kinds={"Job": JOB},
)
