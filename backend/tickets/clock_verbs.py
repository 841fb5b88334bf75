"""A ticket's clocks put as its record tells them now: the last step of every verb that changes one (H2.1-a)."""

from datetime import datetime

from backend.kit import deadlines
from backend.kit.database import Session
from backend.kit.deadlines import Kept
from backend.kit.events import Event
from backend.kit.working_time import Clock
from backend.parties.queries import BUYER_ID
from backend.rulebook.terms import Terms
from backend.tickets import queries
from backend.tickets.deadlines import Act, answered_at, clocks, write
from backend.tickets.model import Ticket
from backend.tickets.states import ClockKind, Holder, TicketState


def act_of(event: Event) -> Act:
    """What an event of a ticket, or of what is within it, means to its clocks."""
    if event.subject_kind != Ticket.__name__:
        is_answer, is_returned = event.figures.get("is_answer"), event.name == "ticket_message.returned"
        return Act(
            event.at,
            answer=event.subject_id if is_answer else None,
            taken_back=event.subject_id if is_returned else None,
        )
    holder = event.figures.get("holder")
    return Act(
        event.at,
        state=TicketState(event.to_state) if event.to_state else None,
        holder=Holder(holder) if holder else None,
    )


async def recount(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Put the ticket's clocks as its events tell them now; the last step of every verb that changes one."""
    await session.flush()
    terms = Terms.of(ticket.terms_on)
    level = await queries.level_of(session, ticket)
    acts = [act_of(event) for event in await queries.events_of(session, ticket)]
    ended = ticket.state in (TicketState.WITHDRAWN, TicketState.REJECTED)
    holder_id = ticket.supplier_id if ticket.holder is Holder.SUPPLIER else await session.scalar(BUYER_ID)
    kept = [
        _kept(kind, clock, terms, owner_id=holder_id, dropped_at=clock.stopped_at if ended else None)
        for kind, clock in clocks(acts, level, terms)
    ]
    await deadlines.keep_deadlines(session, ticket.ref, tuple(ClockKind), kept, at=now)
    open_ = [each.due_at for each in kept if not (each.met_at or each.dropped_at or each.paused_at)]
    ticket.due_at = min(open_, default=None)
    ticket.responded_at = min(answered_at(acts), default=None)


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
        rule="H2.1-a",
        stretches=write(clock),
    )
