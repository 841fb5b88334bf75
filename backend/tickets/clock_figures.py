"""Clocks of tickets as SQL expressions over a row: who is late, what is due soon, and what waits for Tiera by when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import between_parties, is_about, rows_of, there_is
from backend.kit.database import Condition, Row
from backend.kit.deadlines import Deadline
from backend.rulebook.rules import rule
from backend.tickets import deadlines
from backend.tickets.agreed_states import AgreedState
from backend.tickets.model import AgreedPoint, TicketMessage
from backend.tickets.queries import is_suppliers_report, visible_agreed, visible_clocks, visible_messages
from backend.tickets.states import OF_WORDS, ClockKind, Holder, MessageState, TicketState

OTHERS_HANDS = {ActorKind.BUYER: Holder.SUPPLIER, ActorKind.SUPPLIER: Holder.DESK}
"""Whose hands are the other side's."""


def is_late(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether a clock that has not ended is on record as breached; false where clocks are not seen."""
    return _has_late(ticket, actor, _late_clocks, _late_releases, _late_confirmations)


@rule("H2.1-a")
def is_suppliers_late(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether one that the supplier has to keep is."""
    return _has_late(ticket, actor, _late_clocks, by=lambda owner: owner == ticket.supplier_id)


@rule("H2.1-a", "H11.4-a", "H11.4-e")
def is_tieras_late(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether one that Tiera has to keep is, also of what it has to release or to confirm."""
    late = (_late_clocks, _late_releases, _late_confirmations)
    return _has_late(ticket, actor, *late, by=lambda owner: owner != ticket.supplier_id)


def _has_late(
    ticket: Row,
    actor: Actor,
    *late: Callable[[Actor], sa.Select[Any]],
    by: Callable[[sa.ColumnElement[Any]], Condition] = lambda owner: sa.true(),
) -> Condition:
    """Whether one of these clocks is its: one list of keys, so that few late ones are found among a million tickets."""
    its = sa.union_all(*(of(actor) for of in late)).subquery()
    return there_is(its, its.c.ticket_id == ticket.id, by(its.c.owner_id))


def _late_clocks(actor: Actor) -> sa.Select[Any]:
    clock = rows_of(Deadline)
    return _late(clock, clock.c.about_id).where(visible_clocks(actor, clock.c))


def _late_releases(actor: Actor) -> sa.Select[Any]:
    clock, message = rows_of(Deadline), rows_of(TicketMessage)
    seen = sa.and_(between_parties(actor, message.c), visible_messages(actor, message.c))
    of_it = sa.and_(is_about(clock.c, TicketMessage.__name__, message.c.id), clock.c.kind == deadlines.RELEASE)
    return _late(clock, message.c.ticket_id).where(of_it, seen)


def _late_confirmations(actor: Actor) -> sa.Select[Any]:
    clock, point = rows_of(Deadline), rows_of(AgreedPoint)
    seen = sa.and_(between_parties(actor, point.c), visible_agreed(actor, point.c))
    of_it = sa.and_(is_about(clock.c, AgreedPoint.__name__, point.c.id), clock.c.kind == deadlines.CONFIRM)
    return _late(clock, point.c.ticket_id).where(of_it, seen)


def _late(clock: Any, ticket_id: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The tickets and owners of clocks that are on record as breached and have not ended."""
    wanted = sa.select(ticket_id.label("ticket_id"), clock.c.owner_id)
    return wanted.where(clock.c.breached_at.is_not(None), clock.c.met_at.is_(None), clock.c.dropped_at.is_(None))


def is_due_soon(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether a clock of whoever has it is on record as warned of, with time left; false where none is seen."""
    its = rows_of(Deadline)
    of_holder = (its.c.owner_id == ticket.supplier_id) == (ticket.holder == Holder.SUPPLIER)
    warned = sa.and_(its.c.about_id == ticket.id, of_holder, _was_warned(its.c))
    return there_is(its, warned, _runs(its.c), visible_clocks(actor, its.c))


def has_ended(clock: Row) -> Condition:
    """SQL: whether what a clock times is done, or gone."""
    return sa.or_(clock.met_at.is_not(None), clock.dropped_at.is_not(None))


def _runs(clock: Row) -> Condition:
    return sa.and_(clock.met_at.is_(None), clock.dropped_at.is_(None), clock.paused_at.is_(None))


def _was_warned(clock: Row) -> Condition:
    return sa.and_(clock.warned_at.is_not(None), clock.breached_at.is_(None))


# What waits for Tiera


class Waiting(NamedTuple):
    """What of a ticket waits for Tiera: the rows, which of them do, by when, and whether Tiera was warned of one."""

    rows: sa.FromClause
    which: Condition
    due_at: sa.ColumnElement[Any]
    is_warned: Condition


@dataclass(frozen=True)
class Duty:
    """Something that Tiera, or either side, has to do on a ticket. Nothing waits where it is not seen."""

    of: Callable[[Row, Actor], Waiting]

    def waits(self, ticket: Row, actor: Actor) -> Condition:
        """SQL: whether something does."""
        waiting = self.of(ticket, actor)
        return there_is(waiting.rows, waiting.which)

    def due_at(self, ticket: Row, actor: Actor) -> sa.ColumnElement[Any]:
        """SQL: the nearest time by which it is to be done."""
        waiting = self.of(ticket, actor)
        nearest = sa.select(sa.func.min(waiting.due_at)).where(waiting.which)
        return nearest.correlate_except(waiting.rows).scalar_subquery()

    def is_due_soon(self, ticket: Row, actor: Actor) -> Condition:
        """SQL: whether Tiera was warned of it, with time left."""
        waiting = self.of(ticket, actor)
        return there_is(waiting.rows, waiting.which, waiting.is_warned)


def _to_release(ticket: Row, actor: Actor) -> Waiting:
    its = rows_of(TicketMessage)
    waits = sa.and_(its.c.ticket_id == ticket.id, its.c.state == MessageState.WAITING, visible_messages(actor, its.c))
    return Waiting(its, waits, its.c.release_due_at, was_warned_of(deadlines.RELEASE, TicketMessage, its.c.id))


def _to_confirm(ticket: Row, actor: Actor) -> Waiting:
    its = rows_of(AgreedPoint)
    waits = sa.and_(its.c.ticket_id == ticket.id, its.c.state == AgreedState.NOTED, visible_agreed(actor, its.c))
    return Waiting(its, waits, its.c.due_at, was_warned_of(deadlines.CONFIRM, AgreedPoint, its.c.id))


def was_warned_of(kind: str, about: type, id: Any) -> Condition:
    """SQL: whether Tiera was warned of its clock of a kind about a thing, with time left."""
    clock = rows_of(Deadline)
    of_it = sa.and_(is_about(clock.c, about.__name__, id), clock.c.kind == kind)
    return there_is(clock, of_it, _runs(clock.c), _was_warned(clock.c))


def _by_clock(kind: ClockKind) -> Callable[[Row, Actor], Waiting]:
    """What a clock of the ticket itself tells."""

    def of(ticket: Row, actor: Actor) -> Waiting:
        its = rows_of(Deadline)
        of_it = sa.and_(its.c.about_id == ticket.id, its.c.kind == kind.value)
        return Waiting(
            its, sa.and_(of_it, _runs(its.c), visible_clocks(actor, its.c)), its.c.due_at, _was_warned(its.c)
        )

    return of


def is_between_sides(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether no customer asks, and the other side than the actor's has a ticket."""
    if actor.kind not in OTHERS_HANDS:
        return sa.false()
    return sa.and_(ticket.customer_id.is_(None), ticket.holder == OTHERS_HANDS[actor.kind])


@rule("H2.1-a")
def _owes_words(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether words of the actor's side are waited for now, as `rules.side_that_answers`.

    Not whose a clock is: one whose time was used up stays theirs who did that.
    """
    is_suppliers = is_suppliers_report(ticket)
    if actor.kind is ActorKind.SUPPLIER:
        return sa.and_(ticket.reached_supplier_at.is_not(None), ~is_suppliers)
    return is_suppliers


def awaits_own_reply(ticket: Row, actor: Actor) -> Condition:
    """SQL: whether whoever asked wrote on what was resolved, and the actor's side may answer: of a customer's Tiera and
    whoever has it, else the side that owes the other words. False for a customer.

    A supplier has done its part once it has answered, though that waits for Tiera's release.
    """
    if actor.kind not in OTHERS_HANDS:
        return sa.false()
    is_theirs: Condition = sa.true()
    if actor.kind is ActorKind.SUPPLIER:
        is_theirs = sa.and_(ticket.holder == Holder.SUPPLIER, ~_has_answer_that_waits(ticket))
    answers = sa.case((ticket.customer_id.is_not(None), is_theirs), else_=_owes_words(ticket, actor))
    return sa.and_(ticket.awaits_reply_since.is_not(None), ticket.state == TicketState.RESOLVED, answers)


def _has_answer_that_waits(ticket: Row) -> Condition:
    """SQL: whether words wait for Tiera's release, after all that the customer wrote."""
    its, later = rows_of(TicketMessage), rows_of(TicketMessage)
    of_customer = sa.and_(later.c.ticket_id == ticket.id, later.c.organisation_id == ticket.customer_id)
    is_last = ~there_is(later, of_customer, later.c.id > its.c.id)
    return there_is(its, its.c.ticket_id == ticket.id, its.c.state == MessageState.WAITING, is_last)


def _to_say(ticket: Row, actor: Actor) -> Waiting:
    its = rows_of(Deadline)
    of_it = sa.and_(its.c.about_id == ticket.id, its.c.kind.in_([kind.value for kind in OF_WORDS]))
    seen = sa.and_(is_between_sides(ticket, actor), _owes_words(ticket, actor), visible_clocks(actor, its.c))
    return Waiting(its, sa.and_(of_it, _runs(its.c), seen), its.c.due_at, _was_warned(its.c))


RELEASE = Duty(_to_release)
"""To release or return what a supplier wrote to the customer (H11.4-a)."""
CONFIRMATION = Duty(_to_confirm)
"""To confirm or refuse what was agreed (H11.4-e)."""
DECISION = Duty(_by_clock(ClockKind.DECIDE))
"""To decide on a change."""
ANSWER = Duty(_by_clock(ClockKind.ANSWER))
"""To answer what the supplier asks and waits for (H2.1-a)."""
WORDS = Duty(_to_say)
"""To answer and to tell anew, for either side, what it owes words of to the side that has the ticket (H2.1-a)."""
BILLING = Duty(_by_clock(ClockKind.BILL))
"""To approve a ticket for billing, or to say that it is not billed (H11.9-c)."""
