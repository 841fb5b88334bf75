"""What recurs, found by one statement over what was reported, with what has the words of what is known to recur.

Words are compared by the beginnings of their stems: the Finnish stemmer alone misses palvelupyyntö ↔ palvelupyynnöt.
So a stem loses its last two letters, and words belong together where the shorter of two such beginnings begins both.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from backend.kit.conditions import is_among, rows_of
from backend.kit.database import Session
from backend.rulebook.rules import rule
from backend.tickets.model import Ticket
from backend.tickets.policy import ASKED_FOR
from backend.tickets.recurrence_model import Recurrence, RecurrenceTicket
from backend.tickets.recurrence_queries import remedied_at
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.states import TicketKind

LEAST_LETTERS, MOST_LETTERS, ENDING = 4, 8, 2


class Candidate(NamedTuple):
    """What was found: tickets that share words, the longest of them first."""

    service_id: int
    agreement_id: int
    supplier_id: int
    customer_id: int | None
    """Whose tickets alone they are; None: of several customers, or of none."""
    kind: TicketKind
    roots: list[str]
    words: list[str]
    """As they stand most often: of each of the roots one."""
    ticket_ids: list[int]
    titled: list[list[bool]]
    """Of each word, whether it is in the title of each of the tickets, or in the description alone."""

    @property
    def evidence(self) -> dict[int, bool]:
        """Each ticket, and whether its title has one of the words."""
        return dict(zip(self.ticket_ids, map(any, zip(*self.titled, strict=True)), strict=True))


class Found(NamedTuple):
    """What a night's look finds: what may recur, and which tickets have the words of what is known to recur."""

    candidates: list[Candidate]
    known: dict[int, dict[int, bool]]
    """Of each known recurrence, each ticket, and whether its title has one of the words."""


class Came(NamedTuple):
    """What came of a known recurrence in the days since it was dismissed or remedied, within the window."""

    days: int
    """At least one."""
    tickets: int
    weight: int
    """In percent of a ticket: one whose description alone has the words counts in part."""


class Measure(NamedTuple):
    """What makes that something recurs, by the terms of an agreement."""

    days: int
    least: int
    least_at_customer: int
    description_percent: int
    """How much of a ticket counts whose description alone has the word."""

    def least_of(self, customer_id: int | None) -> int:
        """How many make that something recurs within a customer, or over all."""
        return self.least if customer_id is None else self.least_at_customer


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
    ), shares AS MATERIALIZED (
        SELECT DISTINCT service_id, kind, shared FROM roots
    ), longer AS MATERIALIZED (
        SELECT service_id, kind, shared, left(shared, letters) AS beginning
        FROM shares, generate_series(CAST(:least_letters AS int), length(shared)) AS letters
    ), asked AS MATERIALIZED (
        SELECT recurrences.id, service_id, kind, customer_id, left(word, letters) AS beginning,
            letters = length(word) AS is_whole
        FROM recurrences, unnest(roots) AS word, generate_series(CAST(:least_letters AS int), length(word)) AS letters
    ), recognised AS MATERIALIZED (
        SELECT asked.id, service_id, kind, asked.customer_id, shared
        FROM asked JOIN (SELECT *, shared AS beginning FROM shares) whole USING (service_id, kind, beginning)
        UNION
        SELECT asked.id, service_id, kind, asked.customer_id, shared
        FROM asked JOIN longer USING (service_id, kind, beginning) WHERE is_whole
    ), holds AS MATERIALIZED (
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
            array_agg(shared ORDER BY length(shared) DESC, word) AS roots
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
    ), further AS (
        SELECT recognised.id AS of, holds.id, bool_or(by_title) AS by_title
        FROM recognised JOIN holds USING (service_id, kind, shared)
        WHERE recognised.customer_id IS NULL OR recognised.customer_id = holds.customer_id
        GROUP BY recognised.id, holds.id
    )
    SELECT NULL AS known, found.service_id, said.agreement_id, said.supplier_id, found.customer_id,
        CAST(found.kind AS text), found.roots, found.words, found.tickets, found.titled
    FROM by_tickets AS found JOIN said ON said.id = found.tickets[1]
    WHERE found.n NOT IN (SELECT n FROM parts)
    UNION ALL
    SELECT of, NULL, NULL, NULL, NULL, NULL, NULL, NULL, array_agg(id ORDER BY id),
        ARRAY[array_agg(by_title ORDER BY id)]
    FROM further GROUP BY of
    ORDER BY known NULLS FIRST, service_id, kind, customer_id NULLS FIRST, roots
    """
)


@rule("H11.3.4-a")
async def look_through(session: Session, agreement_ids: Sequence[int], since: datetime, measure: Measure) -> Found:
    """Tickets of one service and kind since an instant that share a word, where there are enough of them; and, however
    few, those that have a word of what is known to recur.

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
    candidates, known = [], {}
    for of, *found in rows:
        candidate = Candidate(*found)
        if of is None:
            candidates.append(candidate)
        else:
            known[of] = candidate.evidence
    return Found(candidates, known)


async def agreements_reported_on(session: Session, since: datetime) -> list[int]:
    """The agreements of whose services something was reported since an instant."""
    wanted = sa.select(Ticket.agreement_id).where(Ticket.reported_at >= since).distinct()
    return list((await session.scalars(wanted.order_by(Ticket.agreement_id))).all())


async def list_known(session: Session, found: Found) -> list[Recurrence]:
    """All on record of the candidates' services, and what further tickets have words of, locked, in ascending ids."""
    services = sorted({each.service_id for each in found.candidates})
    its = sa.or_(is_among(Recurrence.service_id, services), is_among(Recurrence.id, sorted(found.known)))
    wanted = sa.select(Recurrence).where(its).order_by(Recurrence.id)
    return list((await session.scalars(wanted.with_for_update(key_share=True))).all())


async def tickets_known(
    session: Session, known: Sequence[Recurrence], candidates: Sequence[Candidate]
) -> dict[int, set[int]]:
    """Of each known recurrence, which of the candidates' tickets it rests on already."""
    tickets = sorted({ticket_id for each in candidates for ticket_id in each.ticket_ids})
    wanted = sa.select(RecurrenceTicket.recurrence_id, RecurrenceTicket.ticket_id).where(
        is_among(RecurrenceTicket.recurrence_id, [each.id for each in known]),
        is_among(RecurrenceTicket.ticket_id, tickets),
    )
    its: dict[int, set[int]] = {}
    for of, ticket_id in await session.execute(wanted):
        its.setdefault(of, set()).add(ticket_id)
    return its


async def came_since(
    session: Session, recurrence_ids: Sequence[int], now: datetime, measure: Measure
) -> dict[int, Came]:
    """Of what was dismissed, or remedied as was accepted: what came since, within the window that ends now."""
    its, ticket, recurrence = rows_of(RecurrenceTicket), rows_of(Ticket), rows_of(Recurrence)
    dismissed_at = sa.case((recurrence.c.state == RecurrenceState.DISMISSED, recurrence.c.dismissed_at))
    accepted = sa.case((recurrence.c.state == RecurrenceState.ACCEPTED, remedied_at(recurrence.c)))
    start = sa.func.greatest(sa.func.coalesce(dismissed_at, accepted), now - timedelta(days=measure.days))
    weight = sa.case((its.c.in_title, 100), else_=measure.description_percent)
    wanted = (
        sa.select(recurrence.c.id, start, sa.func.count(), sa.func.sum(weight))
        .join_from(recurrence, its, its.c.recurrence_id == recurrence.c.id)
        .join(ticket, ticket.c.id == its.c.ticket_id)
        .where(
            is_among(recurrence.c.id, recurrence_ids),
            sa.or_(dismissed_at.is_not(None), accepted.is_not(None)),
            ticket.c.reported_at >= start,
        )
        .group_by(recurrence.c.id)
    )
    return {
        id_: Came(max((now - began).days, 1), tickets, weight)
        for id_, began, tickets, weight in await session.execute(wanted)
    }
