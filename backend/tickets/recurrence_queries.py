"""What recurs, found by one statement over the stems of titles; who sees it, its evidence, and whether a remedy helped.

Words are compared by the beginnings of their stems: the Finnish stemmer alone misses palvelupyyntö ↔ palvelupyynnöt.
So a stem loses its last two letters, and words belong together where the shorter of two such beginnings begins both.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from backend.files.queries import register_acts
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import has_words, is_seen, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Service
from backend.rulebook.rules import rule
from backend.tickets.model import Ticket
from backend.tickets.policy import ASKED_FOR
from backend.tickets.quality_queries import month_of
from backend.tickets.recurrence_model import Recurrence, RecurrenceTicket
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.states import TicketKind

LEAST_LETTERS, MOST_LETTERS, ENDING = 4, 8, 2


def visible_recurrences(actor: Actor, recurrence: Row) -> Condition:
    """Tiera sees all, a supplier those of its services; a customer none."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return recurrence.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    return sa.false()


register_thing(Recurrence, visible_recurrences, title="title", url="/toistuvat/{id}", words=("title",))
register_acts(Recurrence.__name__)


def sees_recurrence(actor: Actor, recurrence_id: Any) -> Condition:
    """SQL: whether the actor sees what recurs, by its key."""
    return is_seen(actor, Recurrence.__name__, recurrence_id)


# Finding


class Candidate(NamedTuple):
    """What was found: tickets that share words, the longest of them first."""

    service_id: int
    agreement_id: int
    supplier_id: int
    kind: TicketKind
    root: str
    words: list[str]
    ticket_ids: list[int]


_FIND = sa.text(
    """
    WITH said AS (
        SELECT id, service_id, agreement_id, supplier_id, kind, title FROM tickets
        WHERE agreement_id = ANY(:agreements) AND kind = ANY(:kinds) AND reached_supplier_at IS NOT NULL
            AND reported_at >= :since AND state <> 'withdrawn'
    ), words AS (
        SELECT id, service_id, kind, word, left(left(stem[1], greatest(length(stem[1]) - :ending, :least_letters)),
            :most_letters) AS root
        FROM said, regexp_split_to_table(lower(title), '[^[:alpha:]]+') AS word,
            LATERAL (SELECT ts_lexize('finnish_stem', word) AS stem, ts_lexize('swedish_stem', word) AS swedish) stems
        WHERE stem <> '{}' AND swedish <> '{}' AND length(stem[1]) >= :least_letters
    ), known AS (
        SELECT DISTINCT service_id, kind, root FROM words
    ), roots AS (
        SELECT DISTINCT ON (longer.service_id, longer.kind, longer.root)
            longer.service_id, longer.kind, longer.root, shorter.root AS shared
        FROM known AS longer CROSS JOIN generate_series(CAST(:least_letters AS int), :most_letters) AS letters
        JOIN known AS shorter ON shorter.service_id = longer.service_id AND shorter.kind = longer.kind
            AND shorter.root = left(longer.root, letters)
        ORDER BY longer.service_id, longer.kind, longer.root, letters
    ), by_word AS (
        SELECT service_id, kind, shared, mode() WITHIN GROUP (ORDER BY word) AS word,
            array_agg(DISTINCT id ORDER BY id) AS tickets
        FROM words JOIN roots USING (service_id, kind, root)
        GROUP BY service_id, kind, shared HAVING count(DISTINCT id) >= :least
    ), by_tickets AS (
        SELECT row_number() OVER () AS n, service_id, kind, tickets,
            array_agg(word ORDER BY length(shared) DESC, word) AS words,
            (array_agg(shared ORDER BY length(shared) DESC, word))[1] AS root
        FROM by_word GROUP BY service_id, kind, tickets
    ), members AS (
        SELECT n, cardinality(tickets) AS size, unnest(tickets) AS ticket FROM by_tickets
    ), parts AS (
        SELECT part.n FROM members AS part JOIN members AS wider USING (ticket)
        WHERE wider.size > part.size
        GROUP BY part.n, wider.n, part.size HAVING count(*) = part.size
    )
    SELECT found.service_id, said.agreement_id, said.supplier_id, found.kind, found.root, found.words, found.tickets
    FROM by_tickets AS found JOIN said ON said.id = found.tickets[1]
    WHERE found.n NOT IN (SELECT n FROM parts)
    ORDER BY found.service_id, found.kind, found.root
    """
)


@rule("H11.3.4-a")
async def find_candidates(
    session: Session, agreement_ids: Sequence[int], since: datetime, least: int
) -> list[Candidate]:
    """Tickets of one service and kind since an instant whose titles share a word, where there are enough of them.

    What rests on a part of another's tickets alone is left out. Words that say nothing are in neither language.
    """
    rows = await session.execute(
        _FIND,
        {
            "agreements": list(agreement_ids),
            "kinds": [kind.value for kind in ASKED_FOR],
            "since": since,
            "least": least,
            "ending": ENDING,
            "least_letters": LEAST_LETTERS,
            "most_letters": MOST_LETTERS,
        },
    )
    return [Candidate(*row) for row in rows]


async def agreements_reported_on(session: Session, since: datetime) -> list[int]:
    """The agreements of whose services something was reported since an instant."""
    wanted = sa.select(Ticket.agreement_id).where(Ticket.reported_at >= since).distinct()
    return list((await session.scalars(wanted.order_by(Ticket.agreement_id))).all())


async def find_known(session: Session, candidate: Candidate) -> Recurrence | None:
    """What is on record of the same word in any of its lengths, locked; the newest."""
    wanted = sa.select(Recurrence).where(
        Recurrence.service_id == candidate.service_id,
        Recurrence.kind == candidate.kind,
        sa.or_(
            sa.func.starts_with(Recurrence.root, candidate.root),
            sa.func.starts_with(sa.literal(candidate.root), Recurrence.root),
        ),
    )
    newest = wanted.order_by(Recurrence.id.desc()).limit(1)
    return (await session.scalars(newest.with_for_update(key_share=True))).first()


# Loads for verbs


async def get_recurrence_for_change(session: Session, actor: Actor, recurrence_id: int) -> Recurrence:
    """The recurrence, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Recurrence).where(Recurrence.id == recurrence_id, visible_recurrences(actor, Recurrence))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("recurrence_id")
    return found


async def tickets_of(session: Session, recurrence_id: int) -> list[int]:
    """The tickets that it rests on, in ascending ids."""
    wanted = sa.select(RecurrenceTicket.ticket_id).where(RecurrenceTicket.recurrence_id == recurrence_id)
    return list((await session.scalars(wanted.order_by(RecurrenceTicket.ticket_id))).all())


async def remedied_since(session: Session, recurrence: Recurrence) -> datetime | None:
    """Since when an accepted remedy holds, as `remedied_at` says; the recurrence is locked."""
    wanted = sa.select(remedied_at(Recurrence)).where(Recurrence.id == recurrence.id)
    return await session.scalar(wanted)


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
    """SQL: since when a remedy that was accepted holds: the problem is resolved; until then null.

    Of one that did not help it is known until another is proposed.
    """
    its = rows_of(Ticket)
    resolved = sa.select(its.c.resolved_at).where(its.c.id == recurrence.problem_id).correlate_except(its)
    came_again = sa.and_(recurrence.state == RecurrenceState.TAKEN, recurrence.answered_at.is_not(None))
    is_remedied = sa.or_(recurrence.state == RecurrenceState.ACCEPTED, came_again)
    return sa.case((is_remedied, resolved.scalar_subquery()))


def came_after(recurrence: Row) -> Any:
    """SQL: how many came after its remedy; null before that."""
    since = remedied_at(recurrence)
    after = _of_tickets(recurrence, lambda _: sa.func.count(), lambda t: t.reported_at > since)
    return sa.case((since.is_not(None), after))


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
