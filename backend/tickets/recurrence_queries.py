"""What recurs, found by one statement over what was reported; who sees it, its evidence, and whether a remedy helped.

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
from backend.kit.conditions import has_words, is_among, is_seen, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Service
from backend.rulebook.rules import rule
from backend.tickets.clock_figures import was_warned_of
from backend.tickets.deadlines import ANSWER
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


register_thing(
    Recurrence,
    visible_recurrences,
    title="title",
    url="/toistuvat/{id}",
    words=("title", "proposal", "answer", "dismissal"),
)
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
    customer_id: int | None
    """Whose tickets alone they are; None: of several customers, or of none."""
    kind: TicketKind
    root: str
    words: list[str]
    ticket_ids: list[int]
    titled: list[list[bool]]
    """Of each word, whether it is in the title of each of the tickets, or in the description alone."""

    @property
    def evidence(self) -> dict[int, bool]:
        """Each ticket, and whether its title has one of the words."""
        return dict(zip(self.ticket_ids, map(any, zip(*self.titled, strict=True)), strict=True))


class Measure(NamedTuple):
    """What makes that something recurs, by the terms of an agreement."""

    days: int
    least: int
    least_at_customer: int
    description_percent: int
    """How much of a ticket counts whose description alone has the word."""


COMMON_LEAST, COMMON_SHARE = 12, 50
"""A word of more descriptions than this, and than one in so many of the service's, says something in titles alone."""

# Nobody knows how many words there are: whatever joins them says so by equal columns alone, which hashes serve.
_FIND = sa.text(
    """
    WITH said AS MATERIALIZED (
        SELECT id, service_id, agreement_id, supplier_id, customer_id, kind, title FROM tickets
        WHERE agreement_id = ANY(:agreements) AND kind = ANY(:kinds) AND reached_supplier_at IS NOT NULL
            AND reported_at >= :since AND state <> 'withdrawn'
    ), titled AS MATERIALIZED (
        SELECT id, service_id, kind, customer_id, word, left(left(stem[1], greatest(length(stem[1]) - :ending,
            :least_letters)), :most_letters) AS root
        FROM said, regexp_split_to_table(lower(title), '[^[:alpha:]]+') AS word,
            LATERAL (SELECT ts_lexize('finnish_stem', word) AS stem, ts_lexize('swedish_stem', word) AS swedish) stems
        WHERE stem <> '{}' AND swedish <> '{}' AND length(stem[1]) >= :least_letters
    ), described AS MATERIALIZED (
        SELECT DISTINCT id, service_id, kind, customer_id, left(left(lexeme, greatest(length(lexeme) - :ending,
            :least_letters)), :most_letters) AS root
        FROM tickets, unnest(stems)
        WHERE :percent > 0 AND NOT is_sensitive AND agreement_id = ANY(:agreements) AND kind = ANY(:kinds)
            AND reached_supplier_at IS NOT NULL AND reported_at >= :since AND state <> 'withdrawn'
            AND length(lexeme) >= :least_letters AND lexeme ~ '^[[:alpha:]]+$'
    ), known AS MATERIALIZED (
        SELECT service_id, kind, root, true AS by_title FROM titled GROUP BY service_id, kind, root
        UNION ALL
        SELECT service_id, kind, root, false FROM described JOIN (
            SELECT service_id, kind, greatest(:common_least, count(*) / :common_share) AS most
            FROM said GROUP BY service_id, kind
        ) sizes USING (service_id, kind)
        GROUP BY service_id, kind, root, most HAVING count(*) <= most
    ), beginnings AS MATERIALIZED (
        SELECT service_id, kind, root, by_title, letters, left(root, letters) AS beginning
        FROM known, generate_series(CAST(:least_letters AS int), length(root)) AS letters
    ), roots AS MATERIALIZED (
        SELECT DISTINCT ON (longer.service_id, longer.kind, longer.root, longer.by_title)
            longer.service_id, longer.kind, longer.root, longer.by_title, shorter.root AS shared
        FROM beginnings AS longer JOIN known AS shorter ON shorter.service_id = longer.service_id
            AND shorter.kind = longer.kind AND shorter.root = longer.beginning
        ORDER BY longer.service_id, longer.kind, longer.root, longer.by_title, shorter.by_title DESC, letters
    ), holds AS (
        SELECT service_id, kind, shared, id, customer_id, bool_or(by_title) AS by_title FROM (
            SELECT id, service_id, kind, customer_id, root, true AS by_title FROM titled
            UNION ALL
            SELECT id, service_id, kind, customer_id, root, false FROM described
        ) words JOIN roots USING (service_id, kind, root, by_title)
        GROUP BY service_id, kind, shared, id, customer_id
    ), counted AS (
        SELECT service_id, kind, shared, customer_id, array_agg(id ORDER BY id) AS tickets,
            array_agg(by_title ORDER BY id) AS titled
        FROM holds
        GROUP BY service_id, kind, shared, GROUPING SETS ((), (customer_id))
        HAVING CASE grouping(customer_id)
            WHEN 0 THEN customer_id IS NOT NULL
                AND sum(CASE WHEN by_title THEN 100 ELSE :percent END) >= 100 * :least_at_customer
            ELSE sum(CASE WHEN by_title THEN 100 ELSE :percent END) >= 100 * :least AND NOT (
                min(customer_id) = max(customer_id) AND count(customer_id) = count(*)
                AND sum(CASE WHEN by_title THEN 100 ELSE :percent END) >= 100 * :least_at_customer)
            END
    ), spoken AS (
        SELECT service_id, kind, shared, mode() WITHIN GROUP (ORDER BY word) AS word
        FROM titled JOIN roots USING (service_id, kind, root) WHERE by_title GROUP BY service_id, kind, shared
    ), by_word AS (
        SELECT counted.*, coalesce(spoken.word, written.word) AS word
        FROM counted LEFT JOIN spoken USING (service_id, kind, shared) LEFT JOIN LATERAL (
            SELECT word FROM tickets AS first, regexp_split_to_table(lower(description), '[^[:alpha:]]+') AS word
            WHERE spoken.word IS NULL AND first.id = counted.tickets[1]
                AND starts_with((ts_lexize('finnish_stem', word))[1], shared)
                AND ts_lexize('swedish_stem', word) <> '{}'
            LIMIT 1
        ) written ON true
        WHERE coalesce(spoken.word, written.word) IS NOT NULL
    ), by_tickets AS MATERIALIZED (
        SELECT row_number() OVER () AS n, service_id, kind, customer_id, tickets,
            array_agg(word ORDER BY length(shared) DESC, word) AS words, array_agg(titled) AS titled,
            (array_agg(shared ORDER BY length(shared) DESC, word))[1] AS root
        FROM by_word GROUP BY service_id, kind, customer_id, tickets
    ), members AS MATERIALIZED (
        SELECT n, customer_id, cardinality(tickets) AS size, unnest(tickets) AS ticket FROM by_tickets
    ), pairs AS MATERIALIZED (
        SELECT part.n, wider.n AS wider, cardinality(part.tickets) AS size
        FROM by_tickets AS part JOIN members AS wider ON wider.ticket = part.tickets[1]
        WHERE wider.size > cardinality(part.tickets) AND wider.customer_id IS NOT DISTINCT FROM part.customer_id
    ), parts AS (
        SELECT pairs.n FROM pairs JOIN members AS its ON its.n = pairs.n
        JOIN members AS other ON other.n = pairs.wider AND other.ticket = its.ticket
        GROUP BY pairs.n, pairs.wider, pairs.size HAVING count(*) = pairs.size
    )
    SELECT found.service_id, said.agreement_id, said.supplier_id, found.customer_id, found.kind, found.root,
        found.words, found.tickets, found.titled
    FROM by_tickets AS found JOIN said ON said.id = found.tickets[1]
    WHERE found.n NOT IN (SELECT n FROM parts)
    ORDER BY found.service_id, found.kind, found.customer_id NULLS FIRST, found.root
    """
)


@rule("H11.3.4-a")
async def find_candidates(
    session: Session, agreement_ids: Sequence[int], since: datetime, measure: Measure
) -> list[Candidate]:
    """Tickets of one service and kind since an instant that share a word, where there are enough of them.

    Over all customers, and within each by itself. A word in a title counts whole, one of a description alone in part,
    and not at all where it is masked (H11.1-b) or most descriptions have it. What rests on a part of another's tickets
    alone is left out. Words that say nothing are in neither language.
    """
    rows = await session.execute(
        _FIND,
        {
            "agreements": list(agreement_ids),
            "kinds": [kind.value for kind in ASKED_FOR],
            "since": since,
            "least": measure.least,
            "least_at_customer": measure.least_at_customer,
            "percent": measure.description_percent,
            "common_least": COMMON_LEAST,
            "common_share": COMMON_SHARE,
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


async def list_known(session: Session, candidates: Sequence[Candidate]) -> list[Recurrence]:
    """All on record of the candidates' services, locked, in ascending ids."""
    services = sorted({each.service_id for each in candidates})
    wanted = sa.select(Recurrence).where(is_among(Recurrence.service_id, services)).order_by(Recurrence.id)
    return list((await session.scalars(wanted.with_for_update(key_share=True))).all())


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
