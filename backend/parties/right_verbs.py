"""Ordering rights: named in writing, confirmed by Tiera's namer, ended or replaced, never overwritten (11.8.1)."""

from datetime import datetime
from typing import Any

from backend.files import verbs as files
from backend.kit import deadlines, events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Concerned, Session
from backend.kit.deadlines import Deadline, DeadlineKind
from backend.kit.events import Audience
from backend.kit.faults import Refusals, broken_rule, constraint, invalid
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.parties import policy, queries, rules
from backend.parties.deadlines import warning_day_bounds
from backend.parties.model import Organisation
from backend.parties.naming import (
    Document,
    Limits,
    check_document,
    check_limits,
    customers_of,
    require_role,
    supplier_of,
)
from backend.parties.right_model import OrderingRight
from backend.parties.right_queries import find_next_for_change, get_right_for_change
from backend.parties.states import ORDERING_RIGHT, RightAction, RightState
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

ENDING = "ordering_right.ending"
TAKING_OVER = "ordering_right.taking_over"
"""When a version that is in force already, for later days, ends the one before it."""
DOCUMENT = "naming_document"
"""Purpose of the file that a right holds."""

constraint(
    "uq_ordering_rights_successor",
    invalid(Text("A new version of this ordering right was entered already: confirm or end that one first.")),
)


@rule("H11.8.1-a", "H11.8.1-b")
async def name_ordering_contact(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    organisation_id: int,
    limits: Limits,
    document: Document,
    now: datetime,
) -> OrderingRight:
    """Enter a naming in writing with its limits and document; it is in force once Tiera's namer confirms it."""
    policy.require(actor, Right.NAME_ORDERING_CONTACTS, rule="H11.8.1-a")
    organisation = await queries.get_organisation(session, actor, organisation_id)
    if organisation.side not in (ActorKind.BUYER, ActorKind.CUSTOMER):
        raise broken_rule("H11.8.1-a", Text("Nobody orders for a supplier."), "organisation_id")
    await require_role(session, person_id, organisation.id, limits.valid_from, "person_id", now=now)
    return await _enter(session, actor, person_id, organisation, limits, document, None, now=now)


@rule("H11.8.1-b", "H11.8.1-c")
async def replace_right(
    session: Session, actor: Actor, right_id: int, *, limits: Limits, document: Document, now: datetime
) -> OrderingRight:
    """Enter a new version of a right in force; the old one is in force until the new one is confirmed."""
    old = await get_right_for_change(session, actor, right_id)
    policy.require(actor, Right.NAME_ORDERING_CONTACTS, rule="H11.8.1-a")
    if old.state is not RightState.IN_FORCE:
        raise invalid(Text("Only a right in force gets a new version."), rule="H11.8.1-c")
    await require_role(session, old.person_id, old.organisation_id, limits.valid_from, now=now)
    organisation = await queries.get_organisation(session, actor, old.organisation_id)
    return await _enter(session, actor, old.person_id, organisation, limits, document, old, now=now)


async def _enter(
    session: Session,
    actor: Actor,
    person_id: int,
    organisation: Organisation,
    limits: Limits,
    document: Document,
    old: OrderingRight | None,
    *,
    now: datetime,
) -> OrderingRight:
    refused = Refusals()
    refused.check(lambda: check_limits(limits))
    refused.check(lambda: check_document(document, today=helsinki_date(now)))
    refused.raise_any()
    customer_id = organisation.concerns.customer_id
    right = OrderingRight(
        person_id=person_id,
        organisation_id=organisation.id,
        customer_id=customer_id,
        supplier_id=await supplier_of(session, limits),
        agreement_id=limits.agreement_id,
        largest_class=limits.largest_class,
        most_minutes=limits.most_minutes,
        most_euros=limits.most_euros,
        most_euros_a_year=limits.most_euros_a_year,
        for_organisation_ids=await customers_of(session, limits, customer_id),
        valid=rules.days(limits.valid_from, limits.valid_until),
        document_number=document.number.strip(),
        document_on=document.on,
        state=RightState.PROPOSED,
        recorded_at=now,
        recorded_by_id=actor.person_id,
        replaces_id=old and old.id,
        first_id=old and (old.first_id or old.id),
    )
    session.add(right)
    await session.flush()
    if document.file_id is not None:
        file = await files.use_file(session, actor, document.file_id, right, DOCUMENT)
        right.document_file_id = file.id
    await _record(session, actor, "ordering_right.named", right, to=RightState.PROPOSED, now=now)
    return right


@rule("H11.8.1-a", "D0-f")
async def confirm_right(session: Session, actor: Actor, right_id: int, *, now: datetime) -> OrderingRight:
    """Put a naming in force: Tiera's namer, who is neither named in it nor entered it.

    Whoever is named holds a role in that organisation still. Its older version ends, on its own first day if that is to
    come.
    """
    right = await get_right_for_change(session, actor, right_id)
    move = ORDERING_RIGHT.take(actor, right.state, RightAction.CONFIRM)
    rules.check_decider(right, actor.deciding_person_ids)
    await require_role(session, right.person_id, right.organisation_id, right.valid.lower, now=now)
    last = rules.last_day(right.valid)
    if last is not None and last < helsinki_date(now):
        raise invalid(Text("The days of this naming are past: enter a new one."), rule="H11.8.1-b")
    if right.replaces_id is not None:
        await _take_over(session, actor, right, right.replaces_id, now=now)
    right.state, right.confirmed_at, right.confirmed_by_id = move.target, now, actor.person_id
    name, begins_on = "ordering_right.confirmed", right.valid.lower
    await _record(
        session, actor, name, right, from_=move.source, to=move.target, rule=move.rule, begins_on=begins_on, now=now
    )
    await _tell_suppliers(session, actor, name, right, begins_on=begins_on, now=now)
    await _watch_end(session, right, now=now)
    return right


async def _take_over(session: Session, actor: Actor, right: OrderingRight, older_id: int, *, now: datetime) -> None:
    """The older version ends: now, or when the first day that this one names begins.

    One whose days would begin only then never counts: this one takes its place after the version that is in force.
    """
    older = await get_right_for_change(session, actor, older_id)
    if older.state is not RightState.IN_FORCE:
        raise invalid(Text("The version that this one replaces is no longer in force: enter a new naming."))
    if older.begins_at > now and older.begins_at >= right.begins_at:
        await close_right(session, actor, older, None, "ordering_right.replaced", now=now)
        if right.replaces_id is not None and right.replaces_id != older.id:
            await _take_over(session, actor, right, right.replaces_id, now=now)
    elif right.begins_at <= now:
        await _end_older(session, actor, right, now, now=now)
    else:
        await deadlines.open_deadline(
            session, right.ref, TAKING_OVER, started_at=now, due_at=right.begins_at, rule="H11.8.1-b"
        )


async def _yet_to_end(session: Session, actor: Actor, right: OrderingRight) -> OrderingRight | None:
    """The version that this one has still to end."""
    if right.replaces_id is None:
        return None
    older = await get_right_for_change(session, actor, right.replaces_id)
    return older if older.state is RightState.IN_FORCE else None


async def _end_older(session: Session, actor: Actor, right: OrderingRight, at: datetime, *, now: datetime) -> None:
    """End the version before, if that is still to be done."""
    if (older := await _yet_to_end(session, actor, right)) is not None:
        await close_right(session, actor, older, None, "ordering_right.replaced", ended_at=at, now=now)


async def _leave_to_next(session: Session, actor: Actor, right: OrderingRight) -> None:
    """What comes after a version that never begins comes after the one before it."""
    before, after = await _yet_to_end(session, actor, right), await find_next_for_change(session, right.id)
    if before is not None and after is not None:
        after.replaces_id = before.id


async def end_replaced(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: the first day of a version has begun, and the older one is over since then."""
    right = await get_right_for_change(session, actor, deadline.about_id)
    deadline.met_at = now
    await _end_older(session, actor, right, deadline.due_at, now=now)


@rule("H11.8.1-c")
async def end_right(session: Session, actor: Actor, right_id: int, *, reason: str, now: datetime) -> OrderingRight:
    """End a right at once, or drop a naming that nobody confirmed; suppliers are told.

    Whoever enters namings may: it takes two to put a right in force, and one to withdraw it without delay.
    """
    right = await get_right_for_change(session, actor, right_id)
    ORDERING_RIGHT.take(actor, right.state, RightAction.END)
    reason = rules.read_line(reason, "reason", most=2_000)
    await close_right(session, actor, right, reason, "ordering_right.ended", now=now)
    return right


async def close_right(
    session: Session,
    actor: Actor,
    right: OrderingRight,
    reason: str | None,
    event: str,
    *,
    ended_at: datetime | None = None,
    now: datetime,
) -> None:
    """End a right, or drop a naming, for who may; the suppliers of a right are told by the name of `event`.

    The version before is over since this one has begun; where it has not, the next one ends that on its own first day.
    `ended_at`: since when it is over, now if that is not said.
    """
    move = ORDERING_RIGHT.move(right.state, RightAction.END)
    if move.source is RightState.IN_FORCE and right.begins_at <= now:
        await _end_older(session, actor, right, right.begins_at, now=now)
    elif move.source is RightState.IN_FORCE:
        await _leave_to_next(session, actor, right)
    right.state, right.ended_at, right.end_reason = move.target, ended_at or now, reason
    right.ended_by_id = actor.person_id
    await _record(session, actor, event, right, from_=move.source, to=move.target, rule=move.rule, now=now)
    if move.source is RightState.IN_FORCE:
        await _tell_suppliers(session, actor, event, right, now=now)
        for kind in (ENDING, TAKING_OVER):
            await deadlines.drop_deadline(session, right.ref, kind, at=now)


async def _record(
    session: Session,
    actor: Actor,
    name: str,
    right: OrderingRight,
    *,
    from_: RightState | None = None,
    to: RightState | None = None,
    rule: str = "H11.8.1-a",
    now: datetime,
    **figures: Any,
) -> None:
    await events.record(
        session,
        actor,
        name,
        right,
        at=now,
        rule=rule,
        from_=from_,
        to=to,
        within=Ref("Person", right.person_id),
        audience=Audience.ALL,
        person=Ref("Person", right.person_id),
        replaces=right.replaces_id and Ref("OrderingRight", right.replaces_id),
        **figures,
    )


@rule("H11.8.1-c")
async def _tell_suppliers(
    session: Session, actor: Actor, change: str, right: OrderingRight, *, now: datetime, **figures: Any
) -> None:
    """Every supplier that a right covers is told of every change of it: one event for each, which it alone sees."""
    ids = [right.supplier_id] if right.supplier_id else await queries.suppliers_on(session, helsinki_date(now))
    for supplier_id in ids:
        await events.record(
            session,
            actor,
            "ordering_right.told",
            right,
            at=now,
            rule="H11.8.1-c",
            to=right.state,
            within=Ref("Person", right.person_id),
            audience=Audience.BOTH,
            concerns=Concerned(supplier_id=supplier_id),
            change=change,
            person=Ref("Person", right.person_id),
            **figures,
        )


async def _watch_end(session: Session, right: OrderingRight, *, now: datetime) -> None:
    last = rules.last_day(right.valid)
    if last is not None:
        terms = await queries.terms_on(session, right.agreement_id, helsinki_date(now))
        warn_at, due_at = warning_day_bounds(last, terms.right_ending_warning_days)
        await deadlines.open_deadline(
            session, right.ref, ENDING, started_at=now, warn_at=warn_at, due_at=due_at, rule="H11.8.1-b"
        )


async def warn_of_ending(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: the days of a right end soon."""
    right = await session.get_one(OrderingRight, deadline.about_id)
    await _record(session, actor, "ordering_right.ends_soon", right, rule="H11.8.1-b", now=now)


async def note_ending(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The clock's own: the days of a right have ended; its suppliers are told (H11.8.1-c)."""
    right = await session.get_one(OrderingRight, deadline.about_id)
    deadline.met_at = now
    await _record(session, actor, "ordering_right.has_ended", right, rule="H11.8.1-b", now=now)
    await _tell_suppliers(session, actor, "ordering_right.has_ended", right, now=now)


deadlines.register(DeadlineKind(ENDING, warn=warn_of_ending, breach=note_ending))
deadlines.register(DeadlineKind(TAKING_OVER, breach=end_replaced))
