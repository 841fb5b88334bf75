"""What recurs: found each night, made a problem or dismissed; a remedy is proposed, and Tiera answers (H11.3.4-a)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from backend.files.verbs import attach_to_act
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import meet_deadline, open_deadline
from backend.kit.faults import Refusal, invalid, needed
from backend.kit.refs import Ref
from backend.kit.translation import Text, translate
from backend.parties import queries as parties
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.tickets import policy, recurrence_finding, recurrence_queries, rules
from backend.tickets.deadlines import ANSWER, tieras_time
from backend.tickets.merged_queries import goes_on_in, merged_into
from backend.tickets.model import Ticket
from backend.tickets.passing_verbs import link_tickets
from backend.tickets.recurrence_finding import Came, Candidate, Found, Measure
from backend.tickets.recurrence_model import FormerProposal, Recurrence, RecurrenceTicket
from backend.tickets.recurrence_states import RECURRENCE, RULE, RecurrenceAction, RecurrenceState
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import LinkKind, TicketKind, TicketState

A, S = RecurrenceAction, RecurrenceState
LONGEST_WINDOW = timedelta(days=366)
DAYS_A_MONTH = 30
LEAST_RATE = Decimal("0.01")
"""How finely it is said how many come a month."""

Scope = tuple[int, TicketKind, int | None]
"""What belongs together: a service, a kind, and of which customer alone."""


@rule("H11.3.4-a")
async def find_recurrences(session: Session, actor: Actor, *, now: datetime) -> None:
    """Look each night through what was reported, by the terms of each agreement: what is new is told."""
    by_terms: dict[Measure, list[int]] = defaultdict(list)
    for agreement_id in await recurrence_finding.agreements_reported_on(session, now - LONGEST_WINDOW):
        terms = await parties.terms_on(session, agreement_id, helsinki_date(now))
        measure = Measure(
            days=terms.recurrence_days,
            least=terms.recurrence_least,
            least_at_customer=terms.recurrence_least_at_customer,
            description_percent=terms.recurrence_description_percent,
        )
        by_terms[measure].append(agreement_id)
    for measure, agreement_ids in by_terms.items():
        since = now - timedelta(days=measure.days)
        found = await recurrence_finding.look_through(session, agreement_ids, since, measure)
        known = await recurrence_finding.list_known(session, found)
        new = await _keep(session, found, known, now)
        came = await recurrence_finding.came_since(session, [each.id for each in known], now, measure)
        back = [(each, came[each.id]) for each in known if _is_back(each, came.get(each.id), measure)]
        for recurrence, its in back:
            await _come_back(session, actor, recurrence, its, now)
        over_all = [each for each in (*known, *(each for each, _ in new)) if _stands_over_all(each)]
        found_again = [(each, its.tickets) for each, its in back if each.state is S.FOUND]
        for recurrence, tickets in (*found_again, *new):
            is_told = recurrence.customer_id and any(_is_within(recurrence, wider) for wider in over_all)
            event = "recurrence.found_at_customer" if is_told else "recurrence.found"
            await events.record(session, actor, event, recurrence, at=now, rule=RULE, to=S.FOUND, tickets=tickets)


async def _keep(
    session: Session, found: Found, known: Sequence[Recurrence], now: datetime
) -> list[tuple[Recurrence, int]]:
    """Put on record what is new, and the further tickets of what is known, all together; what is new, on how many."""
    by_scope: dict[Scope, list[Recurrence]] = defaultdict(list)
    for each in known:
        by_scope[each.service_id, each.kind, each.customer_id].append(each)
    rests_on = await recurrence_finding.tickets_known(session, known, found.candidates)
    kept: list[tuple[Recurrence, Candidate]] = []
    new: list[tuple[Recurrence, int]] = []
    for candidate in found.candidates:
        of_scope = by_scope[candidate.service_id, TicketKind(candidate.kind), candidate.customer_id]
        recurrence = _known_again(candidate, of_scope, rests_on)
        if recurrence is None:
            recurrence = Recurrence(
                title=", ".join(candidate.words)[: rules.MOST_LETTERS_IN_A_TITLE],
                root=candidate.roots[0],
                roots=candidate.roots,
                kind=TicketKind(candidate.kind),
                state=S.FOUND,
                service_id=candidate.service_id,
                agreement_id=candidate.agreement_id,
                supplier_id=candidate.supplier_id,
                customer_id=candidate.customer_id,
                found_at=now,
            )
            session.add(recurrence)
            of_scope.append(recurrence)
            new.append((recurrence, len(candidate.ticket_ids)))
        kept.append((recurrence, candidate))
    await session.flush()
    rows: dict[tuple[int, int], bool] = {}
    evidence = (*found.known.items(), *((recurrence.id, candidate.evidence) for recurrence, candidate in kept))
    for of, its in evidence:
        for ticket_id, in_title in its.items():
            rows[of, ticket_id] = in_title or rows.get((of, ticket_id), False)
    if rows:
        added = insert(RecurrenceTicket)
        titled = added.on_conflict_do_update(
            index_elements=("recurrence_id", "ticket_id"),
            set_={"in_title": True},
            where=added.excluded.in_title & ~RecurrenceTicket.in_title,
        )
        await session.execute(
            titled,
            [{"recurrence_id": of, "ticket_id": id, "since": now, "in_title": rows[of, id]} for of, id in sorted(rows)],
        )
    return new


@rule("H11.3.4-a")
def _known_again(
    candidate: Candidate, of_scope: Sequence[Recurrence], rests_on: Mapping[int, Collection[int]]
) -> Recurrence | None:
    """Of what recurs in a candidate's scope that which has one of its words, else on which most of its tickets were
    put on record before.
    """
    tickets = set(candidate.ticket_ids)
    by_word = (each for each in of_scope if rules.share_word(each.roots, candidate.roots))
    by_tickets = (each for each in of_scope if 2 * len(tickets.intersection(rests_on.get(each.id, ()))) > len(tickets))
    return next(by_word, None) or next(by_tickets, None)


def _stands_over_all(recurrence: Recurrence) -> bool:
    return recurrence.customer_id is None and recurrence.state is not S.DISMISSED


def _is_within(recurrence: Recurrence, wider: Recurrence) -> bool:
    is_of_it = (recurrence.service_id, recurrence.kind) == (wider.service_id, wider.kind)
    return is_of_it and rules.share_word(recurrence.roots, wider.roots)


@rule("H11.3.4-a")
def _is_back(recurrence: Recurrence, came: Came | None, measure: Measure) -> bool:
    """Whether as many more came in the window as make that something recurs: since it was dismissed; or since it was
    remedied, and more than were expected.
    """
    if came is None or came.weight < 100 * measure.least_of(recurrence.customer_id):
        return False
    rate = _a_month(came.tickets, came.days)
    return recurrence.state is S.DISMISSED or rate > (recurrence.expected_per_month or 0)


def _a_month(came: int, days: int) -> Decimal:
    """How many came a month, as it is kept and told."""
    return (Decimal(came * DAYS_A_MONTH) / days).quantize(LEAST_RATE, ROUND_HALF_UP)


@rule("H11.3.4-a")
async def _come_back(session: Session, actor: Actor, recurrence: Recurrence, came: Came, now: datetime) -> None:
    """What was dismissed is to be looked at again; of what was remedied it is told that the remedy did not help, and
    kept by how many in how many days.
    """
    if recurrence.state is S.DISMISSED:
        recurrence.state, recurrence.found_at = S.FOUND, now
        return
    recurrence.state = S.TAKEN
    await events.record(
        session, actor, "recurrence.came_again", recurrence, at=now, rule=RULE, from_=S.ACCEPTED, to=S.TAKEN,
        tickets=came.tickets, days=came.days,
    )  # fmt: skip


@rule("H11.3.4-a")
async def take_recurrence(
    session: Session, actor: Actor, *, recurrence_id: int, title: str | None = None, description: str | None = None,
    now: datetime,
) -> Recurrence:  # fmt: skip
    """Make a problem of what recurs; the tickets that it rests on are linked as caused by it."""
    recurrence = await recurrence_queries.get_recurrence_for_change(session, actor, recurrence_id)
    move = RECURRENCE.take(actor, recurrence.state, A.TAKE)
    ticket_ids = await recurrence_queries.tickets_of(session, recurrence.id)
    says = Text("%(num)s tickets share the words: %(words)s.", num=len(ticket_ids), words=recurrence.title)
    report = Report(
        kind=TicketKind.PROBLEM,
        service_id=recurrence.service_id,
        title=title or _titled(Text("Recurs: %(words)s", words=recurrence.title), actor),
        description=description or translate(says, actor.language),
    )
    try:
        problem = await report_ticket(session, actor, report=report, now=now)
    except Refusal as refusal:
        raise refusal.out_of("report") from None
    for ticket_id in ticket_ids:
        await link_tickets(session, actor, ticket_id=ticket_id, kind=LinkKind.CAUSED_BY, other=problem.ref, now=now)
    _set_aside(session, recurrence)
    recurrence.state, recurrence.problem_id = move.target, problem.id
    await _record(session, actor, "recurrence.taken", recurrence, now, S.FOUND)
    return recurrence


@rule("H11.3.4-a")
async def dismiss_recurrence(
    session: Session, actor: Actor, *, recurrence_id: int, reason: str, now: datetime
) -> Recurrence:
    """Say why it is nothing that recurs; it comes again when as many more come."""
    recurrence = await recurrence_queries.get_recurrence_for_change(session, actor, recurrence_id)
    move = RECURRENCE.take(actor, recurrence.state, A.DISMISS)
    recurrence.dismissal = needed(reason, "reason", most=rules.MOST_LETTERS)
    recurrence.state, recurrence.dismissed_at, recurrence.dismissed_by_id = move.target, now, actor.person_id
    await _record(session, actor, "recurrence.dismissed", recurrence, now, move.source)
    return recurrence


@rule("H11.3.4-a")
async def look_again(session: Session, actor: Actor, problem: Ticket, *, now: datetime) -> None:
    """Of what a problem was made that is withdrawn now, and for which a remedy is to be proposed, is looked at anew.

    What was proposed and answered stays until a problem is made of it again.
    """
    family = [problem, *await merged_into(session, problem)]
    for recurrence in await recurrence_queries.list_without_remedy(session, [each.id for each in family]):
        source, recurrence.state = recurrence.state, S.FOUND
        recurrence.found_at, recurrence.problem_id = now, None
        await _record(session, actor, "recurrence.returned", recurrence, now, source)


@rule("H11.3.4-a")
async def propose_remedy(
    session: Session,
    actor: Actor,
    *,
    recurrence_id: int,
    proposal: str,
    expected_per_month: Decimal,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Recurrence:
    """Propose how to have fewer of them, and say how many a month are expected then; Tiera's time to answer runs."""
    recurrence = await recurrence_queries.get_recurrence_for_change(session, actor, recurrence_id)
    move = RECURRENCE.take(actor, recurrence.state, A.PROPOSE)
    policy.check_proposes(actor)
    terms = await parties.terms_on(session, recurrence.agreement_id, helsinki_date(now))
    days = terms.recurrence_days
    came = await recurrence_queries.count_since(session, recurrence.id, now - timedelta(days=days))
    per_month = _a_month(came, days)
    if expected_per_month >= max(per_month, LEAST_RATE):
        raise invalid(
            Text("Fewer than now are expected: now %(now)s come a month.", now=per_month), "expected_per_month",
            rule=RULE,
        )  # fmt: skip
    if expected_per_month < 0 or expected_per_month % LEAST_RATE:
        raise invalid(
            Text("Say how many a month: nothing or more, with two decimals at most."), "expected_per_month", rule=RULE
        )
    proposal = needed(proposal, "proposal", most=rules.MOST_LETTERS)
    _set_aside(session, recurrence)
    recurrence.proposal = proposal
    recurrence.per_month, recurrence.expected_per_month = per_month, expected_per_month
    recurrence.state, recurrence.proposed_at, recurrence.proposed_by_id = move.target, now, actor.person_id
    warn_at, due_at = tieras_time(now, terms.decision_minutes, terms)
    recurrence.answer_due_at = due_at
    await open_deadline(
        session, recurrence.ref, ANSWER, started_at=now, due_at=due_at, warn_at=warn_at,
        owner_id=await session.scalar(BUYER_ID), rule=RULE,
    )  # fmt: skip
    await _record(session, actor, "recurrence.remedy_proposed", recurrence, now, move.source)
    await attach_to_act(session, actor, file_ids, recurrence)
    return recurrence


@rule("H11.3.4-a")
async def answer_proposal(
    session: Session,
    actor: Actor,
    *,
    recurrence_id: int,
    is_accepted: bool,
    reason: str,
    opens_change: bool = False,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Recurrence:
    """Accept what the supplier proposes, perhaps opening a change that follows from the problem; or not, with why."""
    recurrence = await recurrence_queries.get_recurrence_for_change(session, actor, recurrence_id)
    move = RECURRENCE.take(actor, recurrence.state, A.ACCEPT if is_accepted else A.DECLINE)
    recurrence.answer = needed(reason, "reason", most=rules.MOST_LETTERS)
    await meet_deadline(session, recurrence.ref, ANSWER, at=now)
    recurrence.state, recurrence.is_accepted = move.target, is_accepted
    recurrence.answered_at, recurrence.answered_by_id = now, actor.person_id
    if is_accepted and opens_change and recurrence.problem_id is not None:
        title = _titled(Text("So that it recurs less: %(words)s", words=recurrence.title), actor)
        change = Report(
            kind=TicketKind.CHANGE,
            service_id=recurrence.service_id,
            title=title,
            description=recurrence.proposal or title,
        )
        made = await report_ticket(session, actor, report=change, now=now)
        await link_tickets(
            session,
            actor,
            ticket_id=made.id,
            kind=LinkKind.FOLLOWS_FROM,
            other=Ref("Ticket", recurrence.problem_id),
            now=now,
        )
        recurrence.change_id = made.id
    name = "recurrence.remedy_accepted" if is_accepted else "recurrence.remedy_declined"
    await _record(session, actor, name, recurrence, now, move.source)
    await attach_to_act(session, actor, file_ids, recurrence)
    if not is_accepted and recurrence.problem_id is not None:
        problem = await goes_on_in(session, await session.get_one(Ticket, recurrence.problem_id))
        if problem.state is TicketState.WITHDRAWN:
            await look_again(session, actor, problem, now=now)
    return recurrence


PROPOSED: Final = (
    "proposal", "per_month", "expected_per_month", "proposed_at", "proposed_by_id",
    "is_accepted", "answer", "answered_at", "answered_by_id",
)  # fmt: skip
"""What is known of a proposal and of its answer."""


@rule("H11.3.4-a")
def _set_aside(session: Session, recurrence: Recurrence) -> None:
    """Keep what was proposed, and its answer, among what was before: another takes its place."""
    if recurrence.proposed_at is None:
        return
    session.add(FormerProposal(recurrence_id=recurrence.id, **{name: getattr(recurrence, name) for name in PROPOSED}))
    for name in PROPOSED:
        setattr(recurrence, name, None)


def _titled(says: Text, actor: Actor) -> str:
    """What a ticket is called that is made of what recurs: cut where a title ends."""
    return translate(says, actor.language)[: rules.MOST_LETTERS_IN_A_TITLE]


async def _record(
    session: Session, actor: Actor, name: str, recurrence: Recurrence, now: datetime, source: RecurrenceState
) -> None:
    await events.record(
        session, actor, name, recurrence, at=now, rule=RULE, from_=source, to=recurrence.state,
        now_rate=recurrence.per_month, expected_rate=recurrence.expected_per_month,
    )  # fmt: skip
