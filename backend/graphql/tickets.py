"""Tickets: what each side sees of them."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.documents.states import DocumentEffect
from backend.graphql import agreements, parties, quality
from backend.graphql.billing import BillingApproval, is_party
from backend.graphql.bulletins import Bulletin
from backend.graphql.catalogue import ProductOrder
from backend.graphql.complaints_about import COMPLAINTS, complaints_about
from backend.graphql.documents import Document
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, TakenAwayFile, count_of_masked, files_of, files_taken_away_from
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    many,
    newest,
    oldest,
    one,
    ref,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.graphql.ticket_clocks import TicketClock
from backend.graphql.ticket_messages import TicketMessage
from backend.graphql.ticket_states import TicketMessageSort, TicketSort
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.conditions import held, when
from backend.kit.events import Audience
from backend.rulebook.criticality import Criticality
from backend.tickets import (
    billing_queries,
    clock_figures,
    figures,
    merged_queries,
    model,
    permission_queries,
    policy,
    quality_queries,
    queries,
    status_queries,
)
from backend.tickets.kept_queries import visible_answers
from backend.tickets.states import (
    Holder,
    LinkKind,
    Reach,
    ServiceTime,
    TicketAction,
    TicketKind,
    TicketState,
)

ORDERS = strawberry.lazy("backend.graphql.orders")


@shape(model.TicketLink, queries.visible_links)
class TicketLink(Node):
    """What a ticket is to another one, or that it follows from an order."""

    kind: LinkKind = column("What it is to it.")
    ticket: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] = one(
        lambda link, t: t.id == link.ticket_id, "The ticket.", with_parent=True
    )
    other: Subject | None = ref(lambda link: (link.other_kind, link.other_id), "The other one, or the order.")
    made_at: dt.datetime = column("When it was said.")


@shape(model.ChangeDocument, queries.visible_change_documents, sort=newest("id"))
class ChangeDocument(Subject):
    """What a change means for a document of its service."""

    document: Document | None = one(lambda m, d: d.id == m.document_id, "The document.")
    effect: DocumentEffect = column("What it means.")
    reason: str = column("What was updated, or why nothing had to be.")
    ticket: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] = one(
        lambda m, t: t.id == m.ticket_id, "Of which change.", with_parent=True
    )
    said_at: dt.datetime = column("When it was said.")
    said_by: parties.Person | None = one(lambda m, p: p.id == m.said_by_id, "Who said it, where you may know them.")


@shape(model.TicketWatcher, queries.visible_watchers)
class TicketWatcher(Node):
    """Somebody who is told of what happens to a ticket."""

    person: parties.Person = one(lambda w, p: p.id == w.person_id, "Who.", with_parent=True)
    since: dt.datetime = column("Since when.")


@shape(model.ReadyAnswer, visible_answers, sort=oldest("title", "id"))
class ReadyAnswer(Subject):
    """What Tiera's desk answers often."""

    text: str = column("What it says.")
    written_at: dt.datetime = column("When it was written.")
    ended_at: dt.datetime | None = column("Since when it is offered no more.")
    version: int = column("Counts its changes.")


@shape(model.ServiceLevel, queries.visible_levels, sort=newest("id"))
class ServiceLevel(Node):
    """How fast tickets of a kind and class are answered and resolved, from a day on."""

    kind: TicketKind = column("Of which kind of tickets.")
    criticality: Criticality = column("Of which class.")
    service_time: ServiceTime = column("The hours in which the clocks run.")
    respond_minutes: Minutes | None = column("Service time to the first answer.")
    resolve_minutes: Minutes | None = column("Service time to the resolution.")
    update_minutes: Minutes | None = column("Service time from one word to whoever asked to the next.")
    stands_in: list[TicketState] = column("The states in which the clocks stand.")
    valid_from: dt.date = column("From which day on.")
    reason: str = column("Why.")
    recorded_at: dt.datetime = column("When it was entered.")
    agreement: agreements.Agreement | None = one(
        lambda level, a: a.id == level.agreement_id, "By which agreement; null: wherever none says otherwise."
    )


def _available(actor: Actor, kind: TicketKind, state: TicketState, holder: Holder, **facts: Any) -> list[TicketAction]:
    return policy.available_actions(actor, kind, state, holder, policy.Facts(**facts))


def _clocked(figure: Callable[..., Any], description: str) -> Any:
    """A field of clocks and of what waits, which a customer does not see."""
    return sql(figure, description, by_actor=True, seen_by=is_party)


WARNED = "Whether Tiera was warned of that and has time left."


@shape(model.Ticket, queries.visible_tickets, sort={
    TicketSort.NEWEST: newest("id"),
    TicketSort.OLDEST: oldest("id"),
    TicketSort.DUE_FIRST: oldest("due_key", "id", seen_by=is_party),
    TicketSort.DUE_LAST: newest("due_key", "id", seen_by=is_party),
})  # fmt: skip
class Ticket(Subject):
    """A service request, an incident, a problem or a change."""

    number: str = column("Its number, such as `TIK-2026-01187`.")
    kind: TicketKind = column("What it is.")
    state: TicketState = column("Where it stands.")
    title: str = column("What it is called.")
    description: str = sql(figures.description_of, "What was reported; empty where it is masked.")
    is_sensitive: bool = column("Whether the description is masked: it is read by opening it on record.")
    criticality: Criticality = column("How much depends on it.")
    reach: Reach = column("How far it reaches.")
    holder: Holder = column("In whose hands it is.")
    team: str | None = column("Which team has it.", seen_by=is_party)
    tags: list[str] | None = column("By what it is found.", seen_by=is_party)
    root_cause: str | None = sql(
        figures.root_cause_of, "Why it came about; empty where it is masked.", seen_by=is_party
    )
    lacks_cause: bool = sql(
        figures.lacks_cause, "Whether it is of wide reach, and closed by nobody before its root cause has been written."
    )
    version: int | None = column("Counts the changes of its title, tags and team.", seen_by=is_party)

    reported_at: dt.datetime = column("When it was reported.")
    reached_supplier_at: dt.datetime | None = column("When the supplier saw it first.", seen_by=is_party)
    responded_at: dt.datetime | None = column("When whoever asked was answered first.", seen_by=is_party)
    resolved_at: dt.datetime | None = column("When it was resolved.")
    closed_at: dt.datetime | None = column("When it was closed, withdrawn or rejected.")
    due_at: dt.datetime | None = column(
        "The nearest deadline of the clocks that run of whoever has it.", seen_by=is_party
    )
    is_late: bool | None = _clocked(clock_figures.is_late, "Whether a clock that has not ended has used up its time.")
    is_suppliers_late: bool | None = _clocked(clock_figures.is_suppliers_late, "Whether one of the supplier's has.")
    is_tieras_late: bool | None = _clocked(clock_figures.is_tieras_late, "Whether one of Tiera's has.")
    is_due_soon: bool | None = _clocked(
        clock_figures.is_due_soon, "Whether a clock that runs of whoever has it was warned of and has time left."
    )
    awaits_release: bool | None = _clocked(
        clock_figures.RELEASE.waits, "Whether something that the supplier wrote to the customer waits for Tiera."
    )
    release_due_at: dt.datetime | None = _clocked(
        clock_figures.RELEASE.due_at,
        "The nearest time by which Tiera releases or returns what the supplier wrote to the customer.",
    )
    is_release_due_soon: bool | None = _clocked(clock_figures.RELEASE.is_due_soon, WARNED)
    confirmation_due_at: dt.datetime | None = _clocked(
        clock_figures.CONFIRMATION.due_at, "The nearest time by which Tiera confirms or refuses what was agreed."
    )
    is_confirmation_due_soon: bool | None = _clocked(clock_figures.CONFIRMATION.is_due_soon, WARNED)
    decision_due_at: dt.datetime | None = _clocked(
        clock_figures.DECISION.due_at, "By when Tiera decides on the change."
    )
    is_decision_due_soon: bool | None = _clocked(clock_figures.DECISION.is_due_soon, WARNED)
    answer_due_at: dt.datetime | None = _clocked(
        clock_figures.ANSWER.due_at, "By when Tiera answers what the supplier asks and waits for."
    )
    is_answer_due_soon: bool | None = _clocked(clock_figures.ANSWER.is_due_soon, WARNED)
    awaits_own_answer: bool = sql(
        figures.awaits_own_answer, "Whether it waits for an answer of your side's.", by_actor=True
    )
    words_due_at: dt.datetime | None = _clocked(
        clock_figures.WORDS.due_at,
        "Where no customer asked and the other side has it: by when your side answers, or tells anew, for it owes "
        "these words.",
    )
    is_words_due_soon: bool | None = _clocked(
        clock_figures.WORDS.is_due_soon, "Whether your side was warned of that and has time left."
    )
    billing_due_at: dt.datetime | None = _clocked(
        clock_figures.BILLING.due_at, "By when Tiera approves it for billing or says that it is not billed."
    )
    is_billing_due_soon: bool | None = _clocked(clock_figures.BILLING.is_due_soon, WARNED)
    supplier_informs: bool | None = sql(
        permission_queries.is_informed_by_supplier,
        "Whether what the supplier writes to the customer needs no release, as the communication plan lets it for "
        "incidents of this class.",
        seen_by=is_party,
    )
    is_watched: bool = sql(figures.is_watched, "Whether you are told of what happens to it.", by_actor=True)

    customer: parties.Organisation | None = one(
        lambda t, o: o.id == t.customer_id, "Whose it is; null: between Tiera and the supplier.", with_parent=True
    )
    supplier: parties.Organisation = one(
        lambda t, o: o.id == t.supplier_id, "Who produces the service.", with_parent=True
    )
    service: agreements.Service = one(lambda t, s: s.id == t.service_id, "Of which service.", with_parent=True)
    requester: parties.Person | None = one(lambda t, p: p.id == t.requester_id, "Who asks, where you may know them.")
    requester_name: str | None = sql(lambda t: figures.name_of(t.requester_id), "Who asks, by name.", seen_by=is_party)
    reported_by: parties.Person | None = one(
        lambda t, p: p.id == t.reported_by_id, "Who reported it, where you may know them."
    )
    assignee: parties.Person | None = one(
        lambda t, p: p.id == t.assignee_id, "Who has it, where you may know them.", seen_by=is_party
    )
    assignee_name: str | None = sql(lambda t: figures.name_of(t.assignee_id), "Who has it, by name.", seen_by=is_party)

    messages: Connection[TicketMessage] = connection(
        lambda t, m, up_to, awaits_decision: figures.is_written_on(
            t, m, None if up_to is None else up_to.of("TicketMessage"), awaits_decision
        ),
        "The conversation, as far as you may read it, the oldest first.",
        order=TicketMessageSort,
        up_to=argument(strawberry.ID | None, "Up to this message: what was written later is left out."),
        awaits_decision=argument(
            bool | None, "That Tiera has to release, or whose agreement it has to confirm, or the others."
        ),
    )
    clocks: list[TicketClock] = many(
        lambda t, clock, has_ended: sa.and_(
            clock.about_kind == "Ticket",
            clock.about_id == t.id,
            sa.or_(clock.dropped_at.is_(None), queries.ended_late(clock, t)),
            when(has_ended, lambda wanted: held(clock_figures.has_ended(clock), wanted)),
        ),
        "Its clocks, those that have not ended first, of each the one that began last; one that ended undone where its "
        "time was used up before. A customer sees none.",
        ahead=lambda clock: sa.not_(clock_figures.has_ended(clock)),
        has_ended=argument(bool | None, "Whether what they time is done or gone; the others run, or stand."),
    )
    merged_into: Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")] | None = one(
        lambda t, into: into.id == t.merged_into_id, "Where it goes on."
    )
    merged: list[Annotated["Ticket", strawberry.lazy("backend.graphql.tickets")]] = many(
        lambda t, other: other.merged_into_id == t.id, "What was merged into it."
    )
    links: list[TicketLink] = many(figures.is_linked, "What it is to others, and they to it.")
    orders: list[Annotated["Order", ORDERS]] = many(  # type: ignore[name-defined]  # noqa: F821
        lambda t, o: o.follows_from == sa.func.concat("Ticket:", t.id), "Orders that follow from it, as you see them."
    )
    watchers: list[TicketWatcher] = many(
        lambda t, w: w.ticket_id == t.id, "Who is told; others than Tiera see themselves."
    )
    files: list[StoredFile] = files_of("Ticket")
    masked_file_count: int = count_of_masked("Ticket")
    files_taken_away: list[TakenAwayFile] = files_taken_away_from("Ticket")
    documents: list[Document] = many(
        figures.is_document_of_change, "Of a change: the documents of its service that are in use, as you see them."
    )
    marked_documents: list[ChangeDocument] = many(
        lambda t, m: m.ticket_id == t.id, "What was said that the change means for documents."
    )
    bulletins: list[Bulletin] = many(
        status_queries.is_told_of, "What you are told of it, or of what was merged into it, the newest first."
    )
    is_told_to_customers: bool | None = sql(
        status_queries.is_told_to_customers,
        "Whether a published bulletin for customers tells of it, or of what was merged into it; Tiera alone knows.",
        seen_by=lambda actor: actor.kind is ActorKind.BUYER,
    )
    product_order: ProductOrder | None = one(
        lambda t, o: o.ticket_id == t.id,
        "Of what was ordered from the catalogue: which version, which answers.",
    )
    billings: list[BillingApproval] = many(
        lambda t, b: sa.and_(b.about_kind == "Ticket", b.about_id == t.id),
        "What approved it for billing, now and before; a customer sees none.",
    )
    ratings: list[quality.TicketRating] = many(
        lambda t, r: r.ticket_id == t.id, "How well it was handled, by whoever asked, the newest first."
    )
    deviations: list[quality.QualityDeviation] = many(
        lambda t, d: d.ticket_id == t.id, "Quality deviations that came of it, as far as you may see them."
    )
    complaints: list[Annotated["Complaint", COMPLAINTS]] = complaints_about("Ticket")  # type: ignore[name-defined]  # noqa: F821
    timeline: Connection[Event] = timeline_of("Ticket")
    available_actions: list[TicketAction] = computed(
        _available,
        lambda t: {
            "kind": t.kind,
            "state": t.state,
            "holder": t.holder,
            "asker_ids": merged_queries.people_of(t, "requester_id"),
            "reporter_ids": sa.case((t.kind == TicketKind.CHANGE, merged_queries.people_of(t, "reported_by_id"))),
            "can_be_billed": figures.can_be_billed(t),
            "awaits_billing": billing_queries.awaits_billing(t.id),
            "raters_left": quality_queries.raters_left(t),
            "lacks_cause": figures.lacks_cause(t),
            "has_whom_to_ask": figures.has_whom_to_ask(t),
            "has_whom_to_answer": figures.has_whom_to_answer(t),
            "waiting_words": figures.waiting_words(t),
        },
        "What you may do with it now.",
    )
    available_audiences: list[Audience] = computed(
        lambda actor: list(policy.audiences_of(actor)), lambda t: {}, "To whom you can write on it."
    )
