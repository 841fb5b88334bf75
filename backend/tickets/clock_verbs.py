"""A ticket's clocks put as its record tells them now: the last step of every verb that changes one (H2.1-a)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from backend.kit import deadlines
from backend.kit.database import Session
from backend.kit.deadlines import Kept
from backend.kit.events import Event
from backend.kit.working_time import Clock
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets import clock_queries, merged_queries, queries, rules
from backend.tickets.deadlines import REMOVE_SENSITIVE, Act, Billing, answered_at, clocks, tieras_clocks, write
from backend.tickets.model import Ticket
from backend.tickets.rules import Level
from backend.tickets.states import OF_WORDS, UNDONE, ClockKind, Holder, TicketState

TAKEN_UP = (
    "ticket.taken",
    "ticket.responded",
    "ticket.waiting",
    "ticket.waiting_for_supplier",
    "ticket.handed_over",
    "ticket.approved",
)
"""What ends Tiera's time to take up what was handed back, beside the ticket's end."""
DECIDED = ("ticket_message.released", "ticket_message.returned")
BILLINGS: Mapping[str, Billing] = {
    "ticket.billing_asked": Billing.ASKED,
    "ticket.billing_declined": Billing.DECLINED,
    "billing.effort_approved": Billing.APPROVED,
    "billing.sum_approved": Billing.APPROVED,
    "billing.taken_back": Billing.DECLINED,
}
TIERAS: Mapping[ClockKind, str] = {
    ClockKind.DECIDE: "H11.2.3-a",
    ClockKind.HAND_BACK: "H11.4-b",
    ClockKind.ANSWER: "H2.1-a",
    ClockKind.BILL: "H11.9-c",
}
"""The clocks that are Tiera's whoever has the ticket, and by which rule."""


@rule("H2.1-a")
def act_of(event: Event) -> Act:
    """What an event of a ticket, or of what is within it, means to its clocks.

    What waited to be put on record was reported when it came.
    """
    if event.subject_kind != Ticket.__name__:
        is_answer, carries = event.figures.get("is_answer"), event.figures.get("carries")
        return Act(
            event.at,
            answer=event.subject_id if is_answer else None,
            taken_back=event.subject_id if event.name == "ticket_message.returned" else None,
            carries=TicketState(carries) if carries else None,
            decided=event.subject_id if event.name in DECIDED else None,
            billing=BILLINGS.get(event.name),
        )
    holder, came_at = event.figures.get("holder"), event.figures.get("came_at")
    return Act(
        datetime.fromisoformat(came_at) if came_at else event.at,
        asked_by=(event.figures.get("asked_by") or event.organisation_id) if event.name == "ticket.reported" else None,
        state=TicketState(event.to_state) if event.to_state else None,
        holder=Holder(holder) if holder else None,
        handed_back=event.name == "ticket.handed_back",
        taken_up=event.name in TAKEN_UP,
        billing=BILLINGS.get(event.name),
    )


async def recount(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Put the ticket's clocks as its events tell them now; the last step of every verb that changes one."""
    await session.flush()
    level = await clock_queries.level_of(session, ticket)
    acts = [act_of(event) for event in await clock_queries.events_of(session, ticket)]
    tiera_id = await session.scalar(BUYER_ID)
    kept = count(ticket, acts, level, tiera_id)
    await deadlines.keep_deadlines(session, ticket.ref, tuple(ClockKind), kept, at=now)
    ticket.due_at = next_due(ticket, acts, kept, tiera_id)
    ticket.responded_at = min(answered_at(acts), default=None)
    await keep_retention(session, ticket, now=now)


async def resolve_clock(session: Session, ticket: Ticket) -> Clock | None:
    """The clock in which a ticket is to be resolved, as its events tell it; None where that is not timed."""
    level = await clock_queries.level_of(session, ticket)
    acts = [act_of(event) for event in await clock_queries.events_of(session, ticket)]
    counted = clocks(acts, level, Terms.of(ticket.terms_on))
    return next((clock for kind, clock in counted if kind is ClockKind.RESOLVE), None)


def count(ticket: Ticket, acts: Sequence[Act], level: Level, tiera_id: int | None) -> list[Kept]:
    """A ticket's clocks as its acts tell them; one that has ended, or whose time is used up, stays theirs who had to
    keep it then.
    """
    terms = Terms.of(ticket.terms_on)
    answered = answered_at(acts)
    has_customer = ticket.customer_id is not None
    hands, answering = _hands(acts), _answering(ticket, acts)
    own = tieras_clocks(acts, ticket.kind, terms, is_priced=level.is_priced, has_customer=has_customer)
    return [
        _kept(
            kind,
            clock,
            terms,
            owner_id=tiera_id
            if kind in TIERAS
            else _whose(ticket, _kept_by(answering if kind in OF_WORDS else hands, clock), tiera_id),
            dropped_at=_dropped_at(ticket, kind, clock, acts, answered),
        )
        for kind, clock in (*clocks(acts, level, terms), *own)
    ]


def next_due(ticket: Ticket, acts: Sequence[Act], kept: Sequence[Kept], tiera_id: int | None) -> datetime | None:
    """The nearest deadline of the clocks that run for whoever has the ticket, also where another used up the time."""
    holder_id = _whose(ticket, ticket.holder, tiera_id)
    _, answers = _answering(ticket, acts)[-1]

    def is_holders(each: Kept) -> bool:
        if each.kind in OF_WORDS:
            return answers is ticket.holder
        return each.kind not in TIERAS or each.owner_id == holder_id

    own = (each for each in kept if is_holders(each))
    return min((each.due_at for each in own if not (each.met_at or each.dropped_at or each.paused_at)), default=None)


def _hands(acts: Sequence[Act]) -> list[tuple[datetime, Holder]]:
    """In whose hands a ticket was, each time from when on; its report is the first."""
    return [(act.at, act.holder) for act in acts if act.holder is not None]


@rule("H2.1-a")
def _answering(ticket: Ticket, acts: Sequence[Act]) -> list[tuple[datetime, Holder]]:
    """Whose words to whoever asked were waited for, each time from when on: theirs who had it, where a customer did."""
    hands = _hands(acts)
    if ticket.customer_id is not None:
        return hands
    is_suppliers = any(act.asked_by == ticket.supplier_id for act in acts)
    reached_at = next((at for at, holder in hands if holder is Holder.SUPPLIER), None)
    return [
        (
            at,
            rules.side_that_answers(
                is_suppliers_report=is_suppliers, has_reached_supplier=reached_at is not None and at >= reached_at
            ),
        )
        for at, _ in hands
    ]


@rule("H2.1-a")
def _kept_by(sides: Sequence[tuple[datetime, Holder]], clock: Clock) -> Holder:
    """Who has to keep a clock: the last side, or that which had to when it ended or, before that, its time was up."""
    ends = clock.stopped_at or clock.paused_at
    if ends is None or clock.due_at <= ends:
        kept = (side for at, side in reversed(sides) if at < clock.due_at)
    elif clock.stopped_at is not None:
        kept = (side for at, side in reversed(sides) if at <= ends)
    else:
        return sides[-1][1]
    return next(kept, sides[-1][1])


def _whose(ticket: Ticket, holder: Holder, tiera_id: int | None) -> int | None:
    return ticket.supplier_id if holder is Holder.SUPPLIER else tiera_id


@rule("H11.1-b")
async def keep_retention(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """How long sensitive texts are kept is counted from the ticket's end; while it goes on, it is not.

    Nor while that goes on which it was merged into, for it may be told apart again.

    What is marked after that is removed at once.
    """
    await _keep_retention(session, ticket, await merged_queries.ended_at(session, ticket), now)
    if ticket.closed_at is not None:
        await keep_retention_of_merged(session, ticket, now=now)


@rule("H11.1-b")
async def keep_retention_of_merged(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """The same of what was merged into a ticket, and into that."""
    ended_at = await merged_queries.ended_at(session, ticket)
    for merged in await merged_queries.merged_into(session, ticket):
        await _keep_retention(session, merged, ended_at, now)


async def _keep_retention(session: Session, ticket: Ticket, ended_at: datetime | None, now: datetime) -> None:
    kept: list[Kept] = []
    if ended_at is not None and await queries.has_sensitive_texts(session, ticket):
        days = Terms.of(ticket.terms_on).sensitive_text_days
        due_at = max(ended_at + timedelta(days=days), now)
        kept = [Kept(kind=REMOVE_SENSITIVE, started_at=ended_at, due_at=due_at, rule="H11.1-b")]
    await deadlines.keep_deadlines(session, ticket.ref, (REMOVE_SENSITIVE,), kept, at=now)


def _dropped_at(
    ticket: Ticket, kind: ClockKind, clock: Clock, acts: Sequence[Act], answered: Collection[datetime]
) -> datetime | None:
    """When a clock ended undone because its ticket did; a change that is rejected has been decided on.

    Nor is a question answered by the ticket's passing to whoever was asked, but Tiera's time that was used up stays so.
    Nor by its being resolved, also where it was opened again since, if no customer asked and only the side that
    reported it has written.
    Nor was a ticket resolved by words that had not been released when it ended: what they ended in time is dropped.
    What was to be approved for billing, and was opened again or ended before Tiera said a word, is not timed any more.
    """
    at = clock.stopped_at
    unless_late = None if clock.is_breached else at
    if at is None:
        return None
    if kind is ClockKind.BILL:
        return None if any(act.at == at and act.billing is not None for act in acts) else at
    if kind is ClockKind.ANSWER and any(act.at == at and act.holder is not None for act in acts):
        return unless_late
    if kind is ClockKind.RESOLVE and ticket.state in UNDONE:
        return ticket.closed_at if clock.is_breached else at
    if ticket.state in UNDONE and at == ticket.closed_at:
        is_decision = kind is ClockKind.DECIDE and ticket.state is TicketState.REJECTED
        return None if is_decision else at
    is_of_words = kind in OF_WORDS and ticket.customer_id is None
    return unless_late if is_of_words and at not in answered else None


def _kept(kind: ClockKind, clock: Clock, terms: Terms, *, owner_id: int | None, dropped_at: datetime | None) -> Kept:
    return Kept(
        kind=kind.value,
        started_at=clock.started_at,
        due_at=clock.due_at,
        warn_at=clock.share_used_up(int(terms.clock_warning_percent)),
        paused_at=clock.paused_at,
        met_at=None if dropped_at else clock.stopped_at,
        dropped_at=dropped_at,
        owner_id=owner_id,
        rule=TIERAS.get(kind, "H2.1-a"),
        stretches=write(clock),
    )
