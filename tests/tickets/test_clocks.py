"""The clocks of tickets: counted from the record at each act, warned of and breached once, whoever has the ticket."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, ActorKind
from backend.kit.calendar import MONDAY_TO_FRIDAY
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Event
from backend.kit.faults import Refusal
from backend.kit.working_time import MINUTE, ROUND_THE_CLOCK, ServiceHours
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.rulebook.terms import Terms
from backend.tickets import clock_figures, deadlines, handling_verbs, level_verbs, message_verbs, reporting_verbs
from backend.tickets.deadlines import Act
from backend.tickets.model import ServiceLevel, Ticket
from backend.tickets.rules import DEFAULT_LEVELS, Level, default_level
from backend.tickets.states import (
    ClockKind,
    Holder,
    Reach,
    ServiceTime,
    StretchReason,
    TicketKind,
    TicketState,
)
from tests.making import NOW, TODAY, an_actor
from tests.tickets.making import (
    HOUR,
    Desk,
    clock_of,
    hand_over,
    make_desk,
    make_ticket,
    make_ticket_at_supplier,
    newest_waiting,
    write,
)

C, K, S = Criticality, ClockKind, TicketState
RESPOND, RESOLVE = 240 * MINUTE, 1_440 * MINUTE
"""Of an incident of the class normal, by the default."""
TUESDAY_CLOSES, WEDNESDAY_OPENS = NOW + 6 * HOUR, NOW + 22 * HOUR


async def told(session: AsyncSession, ticket: Ticket) -> list[str]:
    """Warnings and breaches on record."""
    wanted = sa.select(Event.name).where(
        Event.subject_id == ticket.id, sa.or_(Event.name.like("ticket.%_late"), Event.name.like("ticket.%_due_soon"))
    )
    return list((await session.scalars(wanted.order_by(Event.id))).all())


async def change_class(
    session: AsyncSession, desk: Desk, ticket: Ticket, criticality: Criticality, *, now: datetime
) -> None:
    await reporting_verbs.change_ticket_class(
        session,
        desk.tiera,
        ticket_id=ticket.id,
        criticality=criticality,
        reach=Reach.ONE_ORGANISATION,
        reason="More depends on it.",
        now=now,
    )


@pytest.mark.rule("H2.1-a")
async def test_a_report_starts_three_clocks_in_the_service_hours_of_its_class(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    due = {kind: (await clock_of(session, ticket, kind)).due_at for kind in (K.RESPOND, K.RESOLVE, K.UPDATE)}
    assert due == {
        K.RESPOND: NOW + 4 * HOUR,
        K.RESOLVE: NOW + 72 * HOUR,  # six hours today, eight on Wednesday and on Thursday, two on Friday
        K.UPDATE: NOW + 48 * HOUR,
    }
    critical = await make_ticket(session, desk, criticality=C.CRITICAL, now=TUESDAY_CLOSES + HOUR)
    assert (await clock_of(session, critical, K.RESPOND)).due_at == TUESDAY_CLOSES + HOUR + 30 * MINUTE
    assert ticket.due_at == due[K.RESPOND]


@pytest.mark.rule("H2.1-a")
async def test_while_an_answer_is_waited_for_clocks_stand_and_no_breach_is_told(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    due = (await clock_of(session, ticket, K.RESOLVE)).due_at
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="When?", now=NOW + HOUR)
    standing = await clock_of(session, ticket, K.RESOLVE)
    assert (standing.paused_at, ticket.due_at) == (NOW + HOUR, None)
    await pass_deadlines(session, SCHEDULE, now=due + timedelta(days=9))
    assert await told(session, ticket) == []
    await write(session, desk.customer, ticket, "At nine.", now=NOW + 3 * HOUR)
    running = await clock_of(session, ticket, K.RESOLVE)
    assert (running.paused_at, running.due_at) == (None, due + 2 * HOUR)


@pytest.mark.rule("H2.1-a")
async def test_a_wait_over_the_night_changes_nothing(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    due = (await clock_of(session, ticket, K.RESOLVE)).due_at
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="?", now=TUESDAY_CLOSES)
    await handling_verbs.resume_ticket(session, desk.tiera, ticket_id=ticket.id, now=WEDNESDAY_OPENS)
    assert (await clock_of(session, ticket, K.RESOLVE)).due_at == due


@pytest.mark.rule("H2.1-a")
async def test_a_class_that_changes_counts_anew_from_the_report_and_loses_no_pause(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="?", now=NOW + HOUR)
    await handling_verbs.resume_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + 2 * HOUR)
    await change_class(session, desk, ticket, C.HIGH, now=NOW + 3 * HOUR)
    # eight hours from ten, one of them waited: today until four, and three more tomorrow
    assert (await clock_of(session, ticket, K.RESOLVE)).due_at == WEDNESDAY_OPENS + 3 * HOUR
    await change_class(session, desk, ticket, C.NORMAL, now=NOW + 4 * HOUR)
    assert (await clock_of(session, ticket, K.RESOLVE)).due_at == NOW + 73 * HOUR


@pytest.mark.rule("H2.1-a")
async def test_a_ticket_that_is_opened_again_runs_on_without_the_time_it_was_held_to_be_done(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    due = (await clock_of(session, ticket, K.RESOLVE)).due_at
    await handling_verbs.resolve_ticket(session, desk.tiera, ticket_id=ticket.id, text="Done.", now=NOW + HOUR)
    met = await clock_of(session, ticket, K.RESOLVE)
    assert (met.met_at, ticket.due_at) == (NOW + HOUR, None)
    await handling_verbs.reopen_ticket(session, desk.customer, ticket_id=ticket.id, reason="No.", now=NOW + 4 * HOUR)
    again = await clock_of(session, ticket, K.RESOLVE)
    assert (again.id, again.met_at, again.due_at) == (met.id, None, due + 3 * HOUR)
    update = await clock_of(session, ticket, K.UPDATE)
    assert (update.started_at, update.met_at) == (NOW + 4 * HOUR, None)


@pytest.mark.rule("H2.1-a")
async def test_each_word_to_whoever_asked_starts_the_time_to_the_next(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await write(session, desk.tiera, ticket, now=NOW + HOUR)
    await write(session, desk.customer, ticket, "Thanks.", now=NOW + 2 * HOUR)
    await write(session, desk.tiera, ticket, now=NOW + 3 * HOUR)
    wanted = sa.select(Deadline.started_at, Deadline.met_at).where(
        Deadline.kind == K.UPDATE.value, Deadline.about_id == ticket.id
    )
    found = [tuple(row) for row in (await session.execute(wanted.order_by(Deadline.started_at))).all()]
    assert found == [(NOW, NOW + HOUR), (NOW + HOUR, NOW + 3 * HOUR), (NOW + 3 * HOUR, None)]


@pytest.mark.rule("H2.1-a")
async def test_a_warning_comes_at_three_quarters_and_a_breach_at_the_end_once_each(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    for minutes in (179, 180, 181, 239, 240, 241):
        await pass_deadlines(session, SCHEDULE, now=NOW + minutes * MINUTE)
        for actor, sees in ((desk.tiera, True), (desk.customer, False)):
            shown = sa.select(clock_figures.is_due_soon(Ticket, actor), clock_figures.is_late(Ticket, actor))
            expected = (sees and 180 <= minutes < 240, sees and minutes >= 240)
            assert tuple((await session.execute(shown.where(Ticket.id == ticket.id))).one()) == expected, minutes
    assert await told(session, ticket) == ["ticket.respond_due_soon", "ticket.respond_late"]
    clock = await clock_of(session, ticket, K.RESPOND)
    assert (clock.warned_at, clock.breached_at) == (NOW + 180 * MINUTE, NOW + 240 * MINUTE)
    await write(session, desk.tiera, ticket, now=NOW + 5 * HOUR)
    late = await clock_of(session, ticket, K.RESPOND)
    assert late.met_at is not None and late.met_at > late.due_at and late.breached_at is not None


@pytest.mark.rule("H2.1-a")
async def test_what_was_told_of_a_class_is_told_again_only_for_a_later_deadline(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk, criticality=C.HIGH)
    await pass_deadlines(session, SCHEDULE, now=NOW + HOUR)
    assert await told(session, ticket) == ["ticket.respond_late"]
    await change_class(session, desk, ticket, C.HIGH, now=NOW + HOUR)
    await pass_deadlines(session, SCHEDULE, now=NOW + 2 * HOUR)
    assert await told(session, ticket) == ["ticket.respond_late"]
    await change_class(session, desk, ticket, C.NORMAL, now=NOW + 2 * HOUR)
    assert (await clock_of(session, ticket, K.RESPOND)).breached_at is None
    await pass_deadlines(session, SCHEDULE, now=NOW + 4 * HOUR)
    assert await told(session, ticket) == ["ticket.respond_late"] * 2


@pytest.mark.rule("H2.1-a")
async def test_the_stretches_say_who_had_the_ticket_and_why_it_did_not_count(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await hand_over(session, desk, ticket, now=NOW + HOUR)
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW + 2 * HOUR)
    await handling_verbs.wait_for_requester(session, desk.supplier, ticket_id=ticket.id, text="?", now=NOW + 3 * HOUR)
    asked = await newest_waiting(session, ticket)
    released_at = NOW + 3 * HOUR + 30 * MINUTE
    await message_verbs.release_message(session, desk.tiera, message_id=asked.id, now=released_at)
    await write(session, desk.customer, ticket, "So.", now=NOW + 4 * HOUR)
    clock = await clock_of(session, ticket, K.RESOLVE)
    assert clock.owner_id == ticket.supplier_id
    shown = [(s.start - NOW, s.counts, s.reason) for s in deadlines.explain(clock.stretches, clock.due_at)]
    assert shown[:6] == [
        (0 * HOUR, True, StretchReason.AT_DESK),
        (1 * HOUR, True, StretchReason.AT_SUPPLIER),
        (3 * HOUR, False, StretchReason.WAITING),
        (4 * HOUR, True, StretchReason.AT_SUPPLIER),
        (6 * HOUR, False, StretchReason.OUTSIDE_HOURS),
        (22 * HOUR, True, StretchReason.AT_SUPPLIER),
    ]
    counted = [s for s in deadlines.explain(clock.stretches, clock.due_at) if s.counts and s.end]
    assert sum((s.end - s.start for s in counted if s.end), timedelta()) == RESOLVE


@pytest.mark.rule("H2.1-a", "H11.4-a")
async def test_what_passes_until_tiera_returns_an_answer_is_tieras_time(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    answer = await write(session, desk.supplier, ticket, now=NOW + 10 * MINUTE)
    resolve = (await clock_of(session, ticket, K.RESOLVE)).due_at
    await pass_deadlines(session, SCHEDULE, now=NOW + 69 * MINUTE)
    at = {"reason": "Say when it works.", "now": NOW + 70 * MINUTE}
    await message_verbs.return_message(session, desk.tiera, message_id=answer.id, **at)
    due = {K.RESPOND: NOW + (30 + 60) * MINUTE, K.UPDATE: NOW + (60 + 60) * MINUTE}
    for kind, due_at in due.items():
        kept = sa.select(Deadline).where(Deadline.about_id == ticket.id, Deadline.kind == kind.value)
        clock = (await session.scalars(kept.where(Deadline.dropped_at.is_(None)))).one()
        assert (clock.started_at, clock.due_at, clock.met_at, clock.paused_at) == (NOW, due_at, None, None)
        assert clock.stretches is not None and clock.stretches["spent_minutes"] == 10
        shown = [(s.start - NOW, s.counts, s.reason) for s in deadlines.explain(clock.stretches, clock.due_at)]
        assert shown == [
            (0 * MINUTE, True, StretchReason.AT_SUPPLIER),
            (10 * MINUTE, False, StretchReason.WITH_TIERA),
            (70 * MINUTE, True, StretchReason.AT_SUPPLIER),
        ], kind
    assert (await clock_of(session, ticket, K.RESOLVE)).due_at == resolve, "it could be worked on meanwhile"
    for minutes in (84, 89, 90):
        await pass_deadlines(session, SCHEDULE, now=NOW + minutes * MINUTE)
        is_told = "ticket.respond_late" in await told(session, ticket)
        assert is_told == (minutes == 90), minutes


@pytest.mark.rule("H2.1-a", "H11.4-a")
async def test_what_passes_until_tiera_returns_a_resolution_is_tieras_time_of_every_clock(
    session: AsyncSession,
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk, criticality=C.CRITICAL)
    await handling_verbs.take_ticket(session, desk.supplier, ticket_id=ticket.id, now=NOW)
    before = {kind: (await clock_of(session, ticket, kind)).due_at for kind in (K.RESPOND, K.RESOLVE, K.UPDATE)}
    said = {"text": "It works.", "now": NOW + 10 * MINUTE}
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, **said)
    waits = await newest_waiting(session, ticket)
    await message_verbs.return_message(session, desk.tiera, message_id=waits.id, reason="No.", now=NOW + 70 * MINUTE)
    for kind, due_at in before.items():
        clock = await clock_of(session, ticket, kind)
        assert (clock.started_at, clock.due_at, clock.met_at) == (NOW, due_at + HOUR, None), kind
        shown = [(s.start - NOW, s.reason) for s in deadlines.explain(clock.stretches, clock.due_at) if not s.counts]
        assert shown == [(10 * MINUTE, StretchReason.WITH_TIERA)], kind


async def test_a_withdrawn_ticket_leaves_no_clock_open_and_none_met(session: AsyncSession) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="Mine.", now=NOW + HOUR)
    found = (await session.scalars(sa.select(Deadline).where(Deadline.about_id == ticket.id))).all()
    assert {(clock.met_at, clock.dropped_at) for clock in found} == {(None, NOW + HOUR)}


# Service levels


async def set_level(session: AsyncSession, desk: Desk, *, now: datetime = NOW, **changes: Any) -> ServiceLevel:
    said: dict[str, Any] = {
        "agreement_id": desk.parties.agreement.id,
        "kind": TicketKind.INCIDENT,
        "criticality": C.NORMAL,
        "service_time": ServiceTime.ROUND_THE_CLOCK,
        "respond_minutes": 15,
        "resolve_minutes": 60,
        "update_minutes": None,
        "stands_in": (),
        "valid_from": TODAY,
        "reason": "Agreed in the steering group.",
    }
    key_user = an_actor(ActorKind.BUYER, Role.KEY_USER, person_id=desk.tiera.person_id)
    return await level_verbs.set_service_level(session, key_user, **(said | changes), now=now)


@pytest.mark.rule("H2.1-a")
@pytest.mark.rule("D0-c")
async def test_a_ticket_has_the_level_of_its_agreement_as_it_was_when_it_was_reported(session: AsyncSession) -> None:
    desk, others = await make_desk(session), await make_desk(session)
    before = await make_ticket(session, desk)
    await set_level(session, desk, now=NOW + HOUR)
    await set_level(session, desk, agreement_id=None, resolve_minutes=90, now=NOW + HOUR)
    after = await make_ticket(session, desk, now=NOW + 2 * HOUR)
    other = await make_ticket(session, others, now=NOW + 2 * HOUR)
    await write(session, desk.tiera, before, now=NOW + 3 * HOUR)
    assert (await clock_of(session, before, K.RESOLVE)).due_at == NOW + 72 * HOUR
    assert (await clock_of(session, after, K.RESOLVE)).due_at == NOW + 3 * HOUR
    assert (await clock_of(session, other, K.RESOLVE)).due_at == NOW + 2 * HOUR + 90 * MINUTE


@pytest.mark.rule("H2.1-a")
async def test_where_the_level_says_so_no_wait_stops_a_clock(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await set_level(session, desk)
    ticket = await make_ticket(session, desk, now=NOW + MINUTE)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + MINUTE)
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="?", now=NOW + 2 * MINUTE)
    assert (await clock_of(session, ticket, K.RESOLVE)).paused_at is None


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"respond_minutes": 0}, ("respond_minutes",)),
        ({"respond_minutes": 61}, ("respond_minutes",)),
        ({"stands_in": (S.OPEN,)}, ("stands_in",)),
        ({"valid_from": date(2026, 11, 23)}, ("valid_from",)),
        ({"reason": " "}, ("reason",)),
    ],
)
@pytest.mark.rule("H2.1-a")
async def test_a_level_that_makes_no_sense_is_refused(session: AsyncSession, wrong: Any, path: tuple[str]) -> None:
    desk = await make_desk(session)
    with pytest.raises(Refusal) as refused:
        await set_level(session, desk, **wrong)
    assert refused.value.errors[0].path == path
    assert await session.scalar(sa.select(sa.func.count()).select_from(ServiceLevel)) == 0


@pytest.mark.rule("H2.1-a")
def test_hours_are_those_of_the_terms_or_all() -> None:
    terms = Terms(service_opens_minutes=420, service_closes_minutes=1080)
    assert Level().hours(terms) == ServiceHours(420, 1080, MONDAY_TO_FRIDAY)
    assert default_level(TicketKind.INCIDENT, C.CRITICAL).hours(terms) == ROUND_THE_CLOCK
    assert all(level.respond_minutes and level.resolve_minutes for level in DEFAULT_LEVELS.values())


@pytest.mark.rule("H2.1-a")
def test_acts_of_one_save_lose_nothing_of_each_other() -> None:
    level, terms = DEFAULT_LEVELS[TicketKind.INCIDENT, C.NORMAL], Terms()
    report = Act(NOW, state=S.NEW, holder=Holder.DESK)
    both = [
        report,
        Act(NOW + HOUR, answer=1),
        Act(NOW + HOUR, state=S.WAITING),
        Act(NOW + HOUR, holder=Holder.SUPPLIER),
    ]
    clocks = list(deadlines.clocks(both, level, terms))
    named = dict(clocks)
    assert named[K.RESPOND].stopped_at == NOW + HOUR
    assert named[K.RESOLVE].paused_at == NOW + HOUR
    assert [clock.started_at for kind, clock in clocks if kind is K.UPDATE] == [NOW, NOW + HOUR]


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
def test_what_was_resolved_when_it_was_merged_is_told_of_anew_from_when_it_goes_on_by_itself() -> None:
    level, terms = DEFAULT_LEVELS[TicketKind.INCIDENT, C.NORMAL], Terms()
    acts = [
        Act(NOW, state=S.NEW, holder=Holder.DESK),
        Act(NOW + 1 * HOUR, answer=1, carries=S.RESOLVED),  # waits for Tiera
        Act(NOW + 2 * HOUR, state=S.MERGED),
        Act(NOW + 3 * HOUR, decided=1),
        Act(NOW + 4 * HOUR, state=S.OPEN),
    ]
    updates = [clock for kind, clock in deadlines.clocks(acts, level, terms) if kind is K.UPDATE]
    assert [(clock.started_at - NOW, clock.stopped_at is None) for clock in updates] == [
        (0 * HOUR, False),
        (4 * HOUR, True),
    ]
