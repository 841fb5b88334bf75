"""Figures as rows of SQL: of a measure, month, supplier, customer and service how many, how many fell short, a sum.

One arm a measure, all of one form: what is asked for is chosen by a parameter, so the other arms are not run.
Backlog and sanctions are counted from the event log, clocks from what was told of them: as was known on a day.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from backend.complaints.figures import answer_time_of
from backend.complaints.model import Complaint, ComplaintResponse, Sanction
from backend.complaints.states import SanctionState
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.conditions import rows_of, there_is, when
from backend.kit.database import Condition, Row, Thing
from backend.kit.deadlines import Deadline, FormerDeadline
from backend.kit.events import Event
from backend.orders.model import Order
from backend.orders.queries import visible_orders
from backend.parties.agreement_model import Service
from backend.parties.days import end_of_day, start_of_day
from backend.reports.measures import OF_CUSTOMERS, Measure, may_see_figures
from backend.rulebook.rules import rule
from backend.tickets.figures import is_open
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation, TicketRating
from backend.tickets.quality_queries import month_of
from backend.tickets.queries import ended_late, is_suppliers_report, visible_tickets
from backend.tickets.recurrence_model import Recurrence, RecurrenceTicket
from backend.tickets.recurrence_states import RecurrenceState
from backend.tickets.states import DONE, OF_WORDS, UNDONE, ClockKind, TicketKind

Arm = sa.Select[Any]
Since = Callable[[Any], Condition]
"""SQL: whether an instant is of the months that are asked for."""
PARTS = ("supplier_id", "customer_id", "service_id")
DIVISIONS = ("cause", "answer_time")
"""What complaints are divided by beside."""
NONE: Any = sa.cast(sa.null(), sa.BigInteger)
NO_TEXT: Any = sa.cast(sa.null(), sa.Text)
NO_SUM: Any = sa.cast(sa.null(), sa.Numeric(14, 2))
OLD_AFTER_DAYS = 30
"""What is open longer is counted as old."""
WITHOUT_RIGHT = (SanctionState.WAITING.value, SanctionState.LAPSED.value)
"""The states of a sanction to which Tiera is not entitled: a response waits for its judgement, or was proper."""


def figures(actor: Actor, *, as_of: Any, first_month: Any = None) -> sa.Subquery:
    """SQL rows: every figure from a month on, as far as it was known at the end of a day; of None up to now.

    Of a backlog all that stood open, whenever it was reported. A ticket is a supplier's, for both sides, once it has
    reached it. Whose a complaint is follows from what it is about, as far as the actor sees that.
    """
    until = end_of_day(sa.literal(date.max, sa.Date) if as_of is None else as_of)

    def since(instant: Any) -> Condition:
        return when(first_month, lambda day: instant >= start_of_day(day))

    arms = sa.union_all(
        *_clocks(until, since),
        *_volumes(until, since),
        _backlog(None if as_of is None else until),
        _ratings(until, since),
        _recurring(until),
        _complaints(actor, until),
        _sanctions(actor, until),
    ).subquery()
    c = arms.c
    parts = (c.measure, sa.cast(c.month, sa.Text), *(c[name] for name in (*PARTS, *DIVISIONS)))
    key = sa.func.concat_ws("/", *(sa.func.coalesce(sa.cast(part, sa.Text), "-") for part in parts), type_=sa.Text)
    return sa.select(arms, key.label("key")).subquery("figures")


def _rows(
    measure: Measure,
    month: Any,
    of: Any,
    come_from: Any,
    *conditions: Any,
    until: Any,
    is_suppliers: Condition | None = None,
    count: Any = None,
    short: Any = NONE,
    sum: Any = NO_SUM,
) -> Arm:
    """One arm: `of` is the row that says whose it is; a ticket is a supplier's if it had reached it (None: by now), and
    where `is_suppliers` says so.
    """
    parts = {name: of[name] for name in (*PARTS, *DIVISIONS) if name in of}
    if "reached_supplier_at" in of:
        at = of.reached_supplier_at
        has_reached = at.is_not(None) if until is None else at < until
        its = has_reached if is_suppliers is None else sa.and_(has_reached, is_suppliers)
        parts["supplier_id"] = sa.case((its, of.supplier_id))
    return (
        sa.select(
            sa.literal(measure.value, sa.Text).label("measure"),
            month.label("month"),
            *(parts.get(name, NONE).label(name) for name in PARTS),
            *(sa.cast(parts.get(name, NO_TEXT), sa.Text).label(name) for name in DIVISIONS),
            (sa.func.count() if count is None else count).label("count"),
            short.label("short"),
            sum.label("sum"),
        )
        .select_from(come_from)
        .where(*conditions)
        .group_by(month, *parts.values())
    )


def _clocks(until: Any, since: Since) -> Iterator[Arm]:
    """Clocks that had ended or used up their time by then, by the month in which they were due; short: used up.

    As they were told then: what is opened again, returned or of another class since was not yet. One that was used up
    stays so, however its ticket ended; one that ended undone before that is counted nowhere. Words that Tiera owes the
    supplier, where no customer asked, are of no supplier.
    """
    kinds = {
        Measure.RESPONSE_TIMES: ClockKind.RESPOND,
        Measure.RESOLUTION_TIMES: ClockKind.RESOLVE,
        Measure.UPDATE_TIMES: ClockKind.UPDATE,
    }
    for measure, kind in kinds.items():
        clock, ticket = _told(kind, until), rows_of(Ticket)
        met, breached = clock.c.met_at < until, clock.c.breached_at < until
        undone = sa.and_(clock.c.dropped_at < until, _ended_late(clock.c, ticket.c, until))
        missed = sa.or_(breached, undone, sa.and_(met, clock.c.met_at > clock.c.due_at))
        yield _rows(
            measure,
            month_of(clock.c.due_at),
            ticket.c,
            sa.join(clock, ticket, ticket.c.id == clock.c.about_id),
            sa.or_(clock.c.dropped_at.is_(None), clock.c.dropped_at >= until, undone),
            clock.c.due_at < until,
            since(clock.c.due_at),
            sa.or_(met, breached, undone),
            until=until,
            is_suppliers=_are_suppliers_words(ticket.c) if kind in OF_WORDS else None,
            short=sa.func.count().filter(missed),
        )


def _are_suppliers_words(ticket: Row) -> Condition:
    """SQL: whether words to whoever asked are the supplier's to say, once a ticket has reached it."""
    return sa.or_(ticket.customer_id.is_not(None), ~is_suppliers_report(ticket))


TOLD = ("about_id", "due_at", "met_at", "breached_at", "dropped_at")


def _told(kind: ClockKind, until: Any) -> sa.Subquery:
    """Clocks of a kind as they were told at an instant: as now, or as before they were counted anew since."""
    now, former = rows_of(Deadline).c, rows_of(FormerDeadline).c
    so_long = (former.told_until >= until,)
    arms = (
        sa.select(*(its[name] for name in TOLD), is_former.label("is_former")).where(
            its.about_kind == Ticket.__name__,
            its.kind == kind.value,
            sa.or_(its.told_since.is_(None), its.told_since < until),
            *held,
        )
        for its, is_former, held in ((now, sa.false(), ()), (former, sa.true(), so_long))
    )
    return sa.union_all(*arms).subquery()


def _ended_late(clock: Row, ticket: Row, until: Any) -> Condition:
    """SQL: `ended_late`, of what was told before by when the ticket had last ended undone at that instant."""
    event = rows_of(Event)
    is_undone = event.c.to_state.in_([state.value for state in UNDONE])
    ends = sa.select(event.c.at).where(event.c.subject_id == ticket.id, event.c.at < until, *_moves(event, Ticket))
    ended_at = ends.where(is_undone).order_by(event.c.id.desc()).limit(1).scalar_subquery()
    before = sa.and_(clock.dropped_at > clock.due_at, clock.dropped_at == ended_at)
    return sa.case((clock.is_former, before), else_=ended_late(clock, ticket))


def _volumes(until: Any, since: Since) -> Iterator[Arm]:
    """What was reported, by its month."""
    kinds = {
        Measure.INCIDENTS: TicketKind.INCIDENT,
        Measure.REQUESTS: TicketKind.SERVICE_REQUEST,
        Measure.PROBLEMS: TicketKind.PROBLEM,
        Measure.CHANGES: TicketKind.CHANGE,
    }
    for measure, kind in kinds.items():
        its = rows_of(Ticket)
        reported = (its.c.reported_at < until, since(its.c.reported_at))
        yield _rows(measure, month_of(its.c.reported_at), its.c, its, its.c.kind == kind, *reported, until=until)


def _backlog(until: Any) -> Arm:
    """What stood open at the end of a day, by the month of its report; short: older than thirty days. None: now.

    It is open now, or was moved since: of those, and of no others, the last state before the end of the day is asked.
    """
    its, moved, open_ = rows_of(Ticket), rows_of(Event), rows_of(Ticket)
    month = month_of(its.c.reported_at)
    if until is None:
        return _rows(Measure.BACKLOG, month, its.c, its, is_open(its.c), until=until)
    later = sa.select(moved.c.subject_id).where(moved.c.at >= until, *_moves(moved, Ticket))
    candidates = sa.union(sa.select(open_.c.id).where(is_open(open_.c)), later)
    is_old = its.c.reported_at < until - sa.text(f"interval '{OLD_AFTER_DAYS} days'")
    return _rows(
        Measure.BACKLOG,
        month,
        its.c,
        its,
        its.c.id == sa.any_(sa.func.array(candidates.scalar_subquery())),
        _stood(Ticket, its.c.id, until).not_in([state.value for state in DONE]),
        until=until,
        short=sa.func.count().filter(is_old),
    )


def _moves(event: sa.FromClause, of: type[Thing]) -> tuple[Condition, Condition]:
    """SQL: whether an event moved a thing of this kind."""
    return event.c.subject_kind == of.__name__, event.c.to_state.is_not(None)


def _stood(of: type[Thing], id: Any, until: Any) -> Any:
    """SQL: in which state a thing stood at an instant, by its last event before that; null before its first."""
    event = rows_of(Event)
    last = sa.select(event.c.to_state).where(event.c.subject_id == id, event.c.at < until, *_moves(event, of))
    return last.order_by(event.c.id.desc()).limit(1).scalar_subquery()


def _ratings(until: Any, since: Since) -> Arm:
    """What whoever asked said; short: low ones; the sum is that of the scores."""
    rating, ticket, deviation = rows_of(TicketRating), rows_of(Ticket), rows_of(QualityDeviation)
    is_low = there_is(deviation, deviation.c.rating_id == rating.c.id)
    return _rows(
        Measure.RATINGS,
        month_of(rating.c.rated_at),
        ticket.c,
        sa.join(rating, ticket, ticket.c.id == rating.c.ticket_id),
        rating.c.rated_at < until,
        since(rating.c.rated_at),
        until=until,
        short=sa.func.count().filter(is_low),
        sum=sa.cast(sa.func.sum(rating.c.score), sa.Numeric(14, 2)),
    )


def _recurring(until: Any) -> Arm:
    """Tickets that something which recurs rests on; not what had been dismissed by then."""
    its, ticket, recurrence = rows_of(RecurrenceTicket), rows_of(Ticket), rows_of(Recurrence)
    stood = _stood(Recurrence, recurrence.c.id, until)
    return _rows(
        Measure.RECURRING,
        month_of(ticket.c.reported_at),
        ticket.c,
        sa.join(its, ticket, ticket.c.id == its.c.ticket_id).join(recurrence, recurrence.c.id == its.c.recurrence_id),
        its.c.since < until,
        stood.is_distinct_from(RecurrenceState.DISMISSED.value),
        until=until,
        count=sa.func.count(sa.distinct(ticket.c.id)),
    )


def _with_its(complaint: Any, actor: Actor) -> tuple[Any, tuple[Any, Any]]:
    """SQL: complaints with what they are about, and whose they are: their service, and the customer.

    Both follow from the ticket or order that they are about, where the actor sees it; a named service goes first.
    """
    ticket, order = rows_of(Ticket), rows_of(Order)
    come_from = complaint
    for kind, its, visible in ((Ticket, ticket, visible_tickets), (Order, order, visible_orders)):
        is_it = sa.and_(complaint.c.about_kind == kind.__name__, complaint.c.about_id == its.c.id)
        come_from = sa.outerjoin(come_from, its, sa.and_(is_it, visible(actor, its.c)))
    is_service = complaint.c.about_kind == Service.__name__
    named = (complaint.c.service_id, sa.case((is_service, complaint.c.about_id)))
    service_id = sa.func.coalesce(*named, ticket.c.service_id, order.c.service_id).label("service_id")
    return come_from, (service_id, sa.func.coalesce(ticket.c.customer_id, order.c.customer_id).label("customer_id"))


def _complaints(actor: Actor, until: Any) -> Arm:
    """Complaints by the month in which they were sent, their cause and how long the first response took.

    Short: without a proper response in time; the sum is business days to the first responses.
    """
    complaint, response, sanction = rows_of(Complaint), rows_of(ComplaintResponse), rows_of(Sanction)
    first = (
        sa.select(response.c.complaint_id, response.c.business_days)
        .where(response.c.sent_at < until)
        .ext(distinct_on(response.c.complaint_id))
        .order_by(response.c.complaint_id, response.c.ordinal)
        .subquery()
    )
    come_from, whose = _with_its(complaint, actor)
    its = (
        sa.select(
            *(complaint.c[name] for name in ("id", "supplier_id", "cause", "sent_at")),
            *whose,
            answer_time_of(first.c.business_days).label("answer_time"),
            first.c.business_days,
        )
        .select_from(sa.outerjoin(come_from, first, first.c.complaint_id == complaint.c.id))
        .where(complaint.c.sent_at < until)
        .subquery()
    )
    had_right = _stood(Sanction, sanction.c.id, until).not_in(WITHOUT_RIGHT)
    is_late = there_is(sanction, sanction.c.complaint_id == its.c.id, had_right)
    return _rows(
        Measure.COMPLAINTS,
        month_of(its.c.sent_at),
        its.c,
        its,
        until=until,
        short=sa.func.count().filter(is_late),
        sum=sa.cast(sa.func.sum(its.c.business_days), sa.Numeric(14, 2)),
    )


def _sanctions(actor: Actor, until: Any) -> Arm:
    """Sanctions to which Tiera was entitled by then, by the month in which they arose.

    The sum is euros of those that had been applied.
    """
    sanction, complaint = rows_of(Sanction), rows_of(Complaint)
    come_from, whose = _with_its(complaint, actor)
    its = (
        sa.select(
            *(complaint.c[name] for name in ("supplier_id", "cause")),
            *whose,
            *(sanction.c[name] for name in ("arisen_at", "amount")),
            _stood(Sanction, sanction.c.id, until).label("stood"),
        )
        .select_from(sa.join(sanction, come_from, complaint.c.id == sanction.c.complaint_id))
        .where(sanction.c.arisen_at < until)
        .subquery()
    )
    return _rows(
        Measure.SANCTIONS,
        month_of(its.c.arisen_at),
        its.c,
        its,
        its.c.stood.not_in(WITHOUT_RIGHT),
        until=until,
        sum=sa.func.sum(its.c.amount).filter(its.c.stood == SanctionState.APPLIED.value),
    )


FIGURES = figures(SCHEDULE, as_of=None)


@rule("D2.1-c", "H11.7.1-a")
def visible_figures(actor: Actor, row: Row) -> Condition:
    """Tiera sees all; who leads at a supplier those of its services; a customer its own, of some measures."""
    if not may_see_figures(actor):
        return sa.false()
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return row.supplier_id == actor.organisation_id  # type: ignore[no-any-return]
    own = row.customer_id == actor.organisation_id
    return sa.and_(own, row.measure.in_([measure.value for measure in OF_CUSTOMERS]))


def figures_matching(_: None, row: Row, actor: Actor, *, measures: Any, where: Any) -> Condition:
    """SQL: whether a figure is one of those asked for; what stood open is told however long before it was reported."""
    measure = sa.cast(row.measure, sa.Text)
    return sa.and_(
        measure == sa.any_(measures),
        when(where.first_month, lambda day: sa.or_(row.month >= day, measure == Measure.BACKLOG.value)),
        when(where.last_month, lambda day: row.month <= day),
        when(where.supplier_id, lambda of: row.supplier_id == of.of("Organisation")),
        when(where.customer_id, lambda of: row.customer_id == of.of("Organisation")),
        when(where.service_id, lambda of: row.service_id == of.of("Service")),
    )
