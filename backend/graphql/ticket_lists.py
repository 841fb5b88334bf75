"""Lists of tickets and of what stands around them: filters, figures, the slice's part of the query."""

import datetime as dt

import sqlalchemy as sa
import strawberry

from backend.graphql.billing import is_party
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.reads.shape import argument, computed, connection, everyone, group, many, one, root, sql
from backend.graphql.relay import Connection
from backend.graphql.ticket_messages import ContactPermission, TicketMessage
from backend.graphql.ticket_states import TicketSort
from backend.graphql.tickets import ReadyAnswer, ServiceLevel, Ticket
from backend.kit.actor import ActorKind
from backend.rulebook.criticality import Criticality
from backend.tickets import clock_figures, figures, permission_queries, policy
from backend.tickets.states import Holder, MessageState, TicketKind, TicketState


@filter_input
class TicketFilter:
    """Which tickets."""

    words: str | None = value(
        "With words that begin like these in title and description, or of this number or customer.", default=None
    )
    kinds: list[TicketKind] | None = value("Of one of these kinds.", default=None)
    states: list[TicketState] | None = value("In one of these states.", default=None)
    criticalities: list[Criticality] | None = value("Of one of these classes.", default=None)
    holder: Holder | None = value("In these hands.", default=None)
    is_open: bool | None = value("Neither resolved nor ended, or the others.", default=None)
    is_mine: bool | None = value("That you have, or not; none, for a customer.", default=None)
    is_assigned: bool | None = value("That somebody has, or nobody; none, for a customer.", default=None)
    is_watched: bool | None = value("That you watch, or not.", default=None)
    awaits_own_answer: bool | None = value("That wait for an answer of your side's, or not.", default=None)
    awaits_own_words: bool | None = value(
        "That the other side has and to which your side owes words, where no customer asked, or not.", default=None
    )
    awaits_own_reply: bool | None = value(
        "Resolved ones on which whoever asked has written since, and that your side is to answer, or the others; none "
        "of the first, for a customer.",
        default=None,
    )
    awaits_own_rating: bool | None = value("That you asked for and can say how it went, or not.", default=None)
    is_late: bool | None = value("With a clock that has used up its time, or without.", default=None)
    is_suppliers_late: bool | None = value(
        "With such a clock that the supplier has to keep, or without; with, none for a customer.", default=None
    )
    awaits_release: bool | None = value("With a message that waits for Tiera, or without.", default=None)
    awaits_confirmation: bool | None = value(
        "With something that was agreed and waits for Tiera, or without.", default=None
    )
    can_be_billed: bool | None = value(
        "That can be approved for billing and are not yet, or the others; of suppliers' work only.", default=None
    )
    awaits_billing: bool | None = value(
        "That wait for Tiera to approve them for billing, or the others; none, for a customer.", default=None
    )
    awaits_decision: bool | None = value(
        "Changes on which Tiera has not decided, or the others; of the first, none for a customer.", default=None
    )
    tag: str | None = value("With this tag; none, for a customer.", default=None)
    team: str | None = value("That this team has; none, for a customer.", default=None)
    due_before: dt.datetime | None = value("With a deadline before this instant; none, for a customer.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier's services.", default=None)
    customer_id: strawberry.ID | None = key("Organisation", "Of this customer.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)
    merged_into_id: strawberry.ID | None = key("Ticket", "That were merged into this one.", default=None)


@root
class TicketFigures:
    """Figures over the open tickets that you see."""

    open: int = sql(lambda _, a: figures.count_of_tickets(a, figures.every), "How many are open.", by_actor=True)
    in_own_hands: int = sql(
        lambda _, a: figures.count_of_tickets(a, figures.in_own_hands),
        "How many are in your side's hands; of a customer, wait for its answer.",
        by_actor=True,
    )
    unassigned: int = sql(
        lambda _, a: figures.count_of_tickets(a, figures.is_nobodys),
        "How many of those nobody has; for a customer none.",
        by_actor=True,
    )
    late: int = sql(
        lambda _, a: figures.count_of_tickets(a, clock_figures.is_late),
        "In how many a clock has used up its time.",
        by_actor=True,
    )
    messages_awaiting_release: int = sql(
        lambda _, a: figures.messages_awaiting_release(a), "How many messages wait for Tiera.", by_actor=True
    )


@root
class TicketsQuery:
    """Tickets."""

    tickets: Connection[Ticket] | None = connection(
        figures.tickets_matching,
        "Tickets that you see.",
        by_actor=True,
        ways=figures.ways_to_tickets,
        order=TicketSort,
        seen_by=everyone,
        where=argument(TicketFilter | None, "Which."),
    )
    ticket: Ticket | None = one(
        lambda _, t, id: t.id == id.of("Ticket"),
        "A ticket by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    ticket_by_number: Ticket | None = one(
        lambda _, t, number: t.number == number,
        "A ticket by its number.",
        seen_by=everyone,
        number=argument(str, "`TIK-2026-01187`."),
    )
    tickets_alike: list[Ticket] | None = many(
        lambda _, t, actor, text, service: sa.true(),
        "Open tickets that you see whose words are most like a text, at most five, the newest first: before the same "
        "is reported twice.",
        by_actor=True,
        seen_by=everyone,
        rows=figures.alike,
        text=argument(str, "What is about to be reported."),
        service=argument(strawberry.ID | None, "Of this service alone."),
    )
    messages_to_release: Connection[TicketMessage] | None = connection(
        lambda _, m: m.state == MessageState.WAITING,
        "What suppliers wrote to customers and Tiera has to release or return, the oldest first.",
        seen_by=is_party,
    )
    contact_permissions: Connection[ContactPermission] | None = connection(
        lambda _, c, actor, on, ticket: sa.and_(
            sa.true() if on is None else permission_queries.holds_on(c, on),
            sa.true() if ticket is None else permission_queries.lets_write_on(c, actor, ticket.of("Ticket")),
        ),
        "Who of the suppliers may write to customers directly, now and before, the newest first.",
        by_actor=True,
        seen_by=is_party,
        on=argument(dt.date | None, "Only what is in force on this day."),
        ticket=argument(strawberry.ID | None, "Only what names you, and this ticket's customer, service and kind."),
    )
    ready_answers: Connection[ReadyAnswer] | None = connection(
        lambda _, a: a.ended_at.is_(None),
        "What Tiera's desk answers often, by title.",
        seen_by=lambda actor: actor.kind is ActorKind.BUYER,
    )
    service_levels: Connection[ServiceLevel] | None = connection(
        lambda _, level, agreement: sa.true() if agreement is None else level.agreement_id == agreement.of("Agreement"),
        "Service levels, past and to come, the newest first.",
        seen_by=is_party,
        agreement=argument(strawberry.ID | None, "Of this agreement; else all."),
    )
    reportable_kinds: list[TicketKind] | None = computed(
        lambda actor: list(policy.reportable_kinds(actor)),
        lambda _: {},
        "Which kinds of tickets you may report.",
        seen_by=everyone,
    )
    ticket_figures: TicketFigures | None = group("Figures over the open tickets that you see.", seen_by=everyone)
