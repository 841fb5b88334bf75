"""What recurs: who sees it, its evidence, and whether a remedy helped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from backend.files.queries import register_acts
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, is_among, is_seen, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.events import Event
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Service
from backend.tickets.clock_figures import was_warned_of
from backend.tickets.deadlines import ANSWER
from backend.tickets.model import Ticket
from backend.tickets.quality_queries import month_of
from backend.tickets.recurrence_model import WORDS_OF_RECURRENCES, Recurrence, RecurrenceTicket
from backend.tickets.recurrence_states import RecurrenceState

CAME_AGAIN: Final = "recurrence.came_again"


def visible_recurrences(actor: Actor, recurrence: Row) -> Condition:
    """Tiera sees all, a supplier those of its services; a customer none."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return recurrence.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.false()


register_thing(
    Recurrence,
    visible_recurrences,
    title="title",
    url="/toistuvat/{id}",
    words=WORDS_OF_RECURRENCES,
)
register_acts(Recurrence.__name__)


def sees_recurrence(actor: Actor, recurrence_id: Any) -> Condition:
    """SQL: whether the actor sees what recurs, by its key."""
    return is_seen(actor, Recurrence.__name__, recurrence_id)


# Loads for verbs


async def get_recurrence_for_change(session: Session, actor: Actor, recurrence_id: int) -> Recurrence:
    """The recurrence, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Recurrence).where(Recurrence.id == recurrence_id, visible_recurrences(actor, Recurrence))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("recurrence_id")
    return found


async def list_without_remedy(session: Session, problem_ids: Sequence[int]) -> list[Recurrence]:
    """Of what these problems were made, where a remedy is to be proposed; locked, in ascending ids."""
    is_to_propose = Recurrence.state.in_((RecurrenceState.TAKEN, RecurrenceState.DECLINED))
    wanted = sa.select(Recurrence).where(is_among(Recurrence.problem_id, problem_ids), is_to_propose)
    return list((await session.scalars(wanted.order_by(Recurrence.id).with_for_update(key_share=True))).all())


async def tickets_of(session: Session, recurrence_id: int) -> list[int]:
    """The tickets that it rests on, in ascending ids."""
    wanted = sa.select(RecurrenceTicket.ticket_id).where(RecurrenceTicket.recurrence_id == recurrence_id)
    return list((await session.scalars(wanted.order_by(RecurrenceTicket.ticket_id))).all())


async def count_since(session: Session, recurrence_id: int, since: datetime) -> int:
    """How many of its tickets were reported since an instant."""
    its = rows_of(RecurrenceTicket)
    wanted = (
        sa.select(sa.func.count())
        .select_from(its.join(Ticket, Ticket.id == its.c.ticket_id))
        .where(its.c.recurrence_id == recurrence_id, Ticket.reported_at >= since)
    )
    return int(await session.scalar(wanted) or 0)


# SQL for lists


def recurrences_matching(_: None, recurrence: Row, *, where: Any) -> Condition:
    """SQL: whether a recurrence fits what a list is narrowed to."""
    return sa.and_(
        when(where.kinds, lambda kinds: sa.cast(recurrence.kind, sa.Text) == sa.any_(kinds)),
        when(where.states, lambda states: sa.cast(recurrence.state, sa.Text) == sa.any_(states)),
        when(where.supplier_id, lambda of: recurrence.supplier_id == of.of("Organisation")),
        when(where.service_id, lambda of: recurrence.service_id == of.of("Service")),
        when(where.customer_id, lambda of: _is_at(recurrence, of.of("Organisation"))),
        when(where.words, lambda words: _has_words(recurrence, words)),
    )


def _is_at(recurrence: Row, customer_id: Any) -> Condition:
    its, ticket = rows_of(RecurrenceTicket), rows_of(Ticket)
    is_of = sa.and_(its.c.recurrence_id == recurrence.id, ticket.c.id == its.c.ticket_id)
    return there_is(its, is_of, ticket.c.customer_id == customer_id, beside=ticket)


def _has_words(recurrence: Row, words: Any) -> Condition:
    service = rows_of(Service)
    name = sa.select(service.c.name).where(service.c.id == recurrence.service_id).correlate_except(service)
    return has_words(words, recurrence.title, name.scalar_subquery())


def is_evidence(recurrence: Row, ticket: Row) -> Condition:
    """SQL: whether a recurrence rests on a ticket."""
    its = rows_of(RecurrenceTicket)
    return there_is(its, its.c.recurrence_id == recurrence.id, its.c.ticket_id == ticket.id)


def _of_tickets(recurrence: Row, figure: Any, *conditions: Any) -> Any:
    its, ticket = rows_of(RecurrenceTicket), rows_of(Ticket)
    wanted = (
        sa.select(figure(ticket.c))
        .select_from(its.join(ticket, ticket.c.id == its.c.ticket_id))
        .where(its.c.recurrence_id == recurrence.id, *(condition(ticket.c) for condition in conditions))
    )
    return wanted.correlate_except(its, ticket).scalar_subquery()


def tickets_in_all(recurrence: Row) -> Any:
    """SQL: on how many tickets it rests."""
    return _of_tickets(recurrence, lambda _: sa.func.count())


def customers_in_all(recurrence: Row) -> Any:
    """SQL: of how many customers they are."""
    return _of_tickets(recurrence, lambda t: sa.func.count(sa.distinct(t.customer_id)))


def first_at(recurrence: Row) -> Any:
    """SQL: when the first was reported."""
    return _of_tickets(recurrence, lambda t: sa.func.min(t.reported_at))


def last_at(recurrence: Row) -> Any:
    """SQL: when the last was reported."""
    return _of_tickets(recurrence, lambda t: sa.func.max(t.reported_at))


def remedied_at(recurrence: Row) -> Any:
    """SQL: since when a remedy that was accepted holds: the problem, or that in which it goes on, is resolved;
    until then null. A further remedy holds since it was accepted, for the problem is resolved already.

    Of one that did not help it is known until another is proposed.
    """
    problem, into = rows_of(Ticket), rows_of(Ticket)
    first = sa.select(problem.c.merged_into_id, problem.c.resolved_at).where(problem.c.id == recurrence.problem_id)
    led = first.correlate(recurrence.problem_id.table).cte(recursive=True, nesting=True)
    then = sa.select(into.c.merged_into_id, into.c.resolved_at).where(into.c.id == led.c.merged_into_id)
    led = led.union(then.correlate_except(into, led))
    holds = sa.func.greatest(led.c.resolved_at, recurrence.answered_at)
    since = sa.select(holds).where(led.c.merged_into_id.is_(None), led.c.resolved_at.is_not(None))
    is_remedied = sa.or_(recurrence.state == RecurrenceState.ACCEPTED, _did_not_help(recurrence))
    return sa.case((is_remedied, since.correlate_except(led).scalar_subquery()))


def _did_not_help(recurrence: Row) -> Condition:
    return sa.and_(recurrence.state == RecurrenceState.TAKEN, recurrence.answered_at.is_not(None))


def _judged(recurrence: Row, figure: Any) -> Any:
    its = rows_of(Event)
    is_its = sa.and_(its.c.subject_kind == Recurrence.__name__, its.c.subject_id == recurrence.id)
    last = sa.select(figure(its.c)).where(is_its, its.c.name == CAME_AGAIN).order_by(its.c.id.desc()).limit(1)
    return sa.case((_did_not_help(recurrence), last.correlate_except(its).scalar_subquery()))


def judged_at(recurrence: Row) -> Any:
    """SQL: when it was found that its remedy did not help; null where it was not."""
    return _judged(recurrence, lambda event: event.at)


def judged_days(recurrence: Row) -> Any:
    """SQL: by how many days that was judged; null also where that was not kept."""
    return _judged(recurrence, lambda event: sa.cast(event.figures["days"].astext, sa.Integer))


def judged_tickets(recurrence: Row) -> Any:
    """SQL: how many came in those days."""
    return _judged(recurrence, lambda event: sa.cast(event.figures["tickets"].astext, sa.Integer))


def came_after(recurrence: Row) -> Any:
    """SQL: how many came after its remedy; null before that."""
    since = remedied_at(recurrence)
    after = _of_tickets(recurrence, lambda _: sa.func.count(), lambda t: t.reported_at > since)
    return sa.case((since.is_not(None), after))


def is_answer_due_soon(recurrence: Row) -> Condition:
    """SQL: whether Tiera was warned of the answer to what was proposed, with time left."""
    return was_warned_of(ANSWER, Recurrence, recurrence.id)


def months() -> sa.Subquery:
    """SQL rows: of each recurrence and month in which some came, how many."""
    its, ticket = rows_of(RecurrenceTicket), rows_of(Ticket)
    month = month_of(ticket.c.reported_at).label("month")
    return (
        sa.select(its.c.recurrence_id, month, sa.func.count().label("tickets"))
        .join_from(its, ticket, ticket.c.id == its.c.ticket_id)
        .group_by(its.c.recurrence_id, month)
        .subquery("recurrence_months")
    )


MONTHS = months()
