"""Quality deviations: they arise by themselves, get their measures, and are reported (H10.3-c, H11.3.4-d)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from backend.files.verbs import attach_to_act
from backend.kit import events, numbers
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import Deadline
from backend.kit.events import Audience
from backend.kit.faults import Refusals, invalid, needed
from backend.kit.translation import Text
from backend.rulebook.rules import rule
from backend.tickets import policy, quality_queries, rules
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_states import DEVIATION, RISES, DeviationAction, DeviationKind, DeviationState

A = DeviationAction
SERIES = "POI"
MEASURES = ("done", "planned", "prevention")


async def open_deviation(
    session: Session,
    actor: Actor,
    kind: DeviationKind,
    ticket: Ticket,
    *,
    supplier_id: int | None,
    rating_id: int | None = None,
    month: date | None = None,
    figures: Mapping[str, Any] = MappingProxyType({}),
    now: datetime,
) -> QualityDeviation:
    """Put a deviation on record: it is open until it has measures."""
    deviation = QualityDeviation(
        kind=kind,
        state=DeviationState.OPEN,
        service_id=ticket.service_id,
        supplier_id=supplier_id,
        customer_id=ticket.customer_id if kind is DeviationKind.LOW_RATING else None,
        rating_id=rating_id,
        ticket_id=ticket.id,
        month=month,
        arisen_at=now,
    )
    deviation.number = await numbers.take(session, SERIES, helsinki_date(now).year)
    session.add(deviation)
    name, rule_name = RISES[kind]
    await events.record(
        session, actor, name, deviation, at=now, rule=rule_name, to=deviation.state, within=ticket, **figures
    )
    return deviation


@rule("H11.3.4-d")
async def miss_level(session: Session, actor: Actor, ticket: Ticket, clock: Deadline, *, now: datetime) -> None:
    """A clock of a ticket that the supplier has used up its time: what the service missed in that month is gathered."""
    month = helsinki_date(clock.due_at).replace(day=1)
    is_suppliers = clock.owner_id == ticket.supplier_id
    if is_suppliers and await quality_queries.find_missed(session, ticket.service_id, month) is None:
        await open_deviation(
            session, actor, DeviationKind.MISSED_LEVEL, ticket, now=now, supplier_id=ticket.supplier_id, month=month,
            figures={"missed_month": str(month)[:7]},
        )  # fmt: skip


@rule("H11.2.3-b")
async def bring_cause(session: Session, actor: Actor, ticket: Ticket, *, now: datetime) -> None:
    """The root cause of an incident of wide reach goes to the production group's agenda: once, until it is reported.

    Of an incident that the supplier never saw Tiera itself brings it.
    """
    is_known = rules.is_wide(ticket) and bool(ticket.root_cause)
    if is_known and not await quality_queries.is_cause_on_agenda(session, ticket):
        await open_deviation(
            session, actor, DeviationKind.WIDE_CAUSE, ticket, now=now,
            supplier_id=ticket.supplier_id if ticket.reached_supplier_at else None,
        )  # fmt: skip


@rule("H10.3-c")
async def record_measures(
    session: Session,
    actor: Actor,
    *,
    deviation_id: int,
    done: str,
    planned: str,
    prevention: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> QualityDeviation:
    """Say what was done about a deviation, what is planned, and how the like is prevented; all three."""
    deviation = await quality_queries.get_deviation_for_change(session, actor, deviation_id)
    move = DEVIATION.take(actor, deviation.state, A.MEASURE)
    policy.check_measures(actor, deviation.supplier_id)
    refusals = Refusals()
    for name, text in zip(MEASURES, (done, planned, prevention), strict=True):
        setattr(deviation, name, refusals.needed(text, name, most=rules.MOST_LETTERS))
    refusals.raise_any()
    deviation.state, deviation.measured_at, deviation.measured_by_id = move.target, now, actor.person_id
    await events.record(
        session, actor, "deviation.measured", deviation, at=now, rule=move.rule, from_=move.source, to=move.target
    )
    await attach_to_act(session, actor, file_ids, deviation)
    return deviation


@rule("H10.3-c")
async def tell_customer_of_measures(
    session: Session, actor: Actor, *, deviation_id: int, report: str, now: datetime
) -> QualityDeviation:
    """Tell a customer in Tiera's words what came of a low rating."""
    return await _report(session, actor, deviation_id, A.TELL_CUSTOMER, report, None, None, now)


@rule("H11.3.4-d")
async def report_missed_level(
    session: Session,
    actor: Actor,
    *,
    deviation_id: int,
    report: str,
    reported_on: date,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> QualityDeviation:
    """Note what the supplier's service manager reported of a missed level in the production group, and when."""
    return await _report(session, actor, deviation_id, A.REPORT_IN_GROUP, report, reported_on, file_ids, now)


@rule("H11.2.3-b")
async def report_root_cause(
    session: Session,
    actor: Actor,
    *,
    deviation_id: int,
    report: str,
    reported_on: date,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> QualityDeviation:
    """Note what the production group was told of the root cause of an incident of wide reach, and when."""
    return await _report(session, actor, deviation_id, A.REPORT_CAUSE, report, reported_on, file_ids, now)


async def _report(
    session: Session,
    actor: Actor,
    deviation_id: int,
    action: DeviationAction,
    report: str,
    reported_on: date | None,
    file_ids: Sequence[int] | None,
    now: datetime,
) -> QualityDeviation:
    deviation = await quality_queries.get_deviation_for_change(session, actor, deviation_id)
    move = DEVIATION.take(actor, deviation.state, action)
    policy.check_kind(deviation.kind, action)
    arisen_on = helsinki_date(deviation.arisen_at)
    if reported_on and not arisen_on <= reported_on <= helsinki_date(now):
        said = Text("Enter a day from %(day)s, when the deviation arose, to today.", day=arisen_on)
        raise invalid(said, "reported_on")
    deviation.report = needed(report, "report", most=rules.MOST_LETTERS)
    deviation.state, deviation.reported_on = move.target, reported_on
    deviation.reported_at, deviation.reported_by_id = now, actor.person_id
    is_told = action is A.TELL_CUSTOMER
    ticket = await session.get_one(Ticket, deviation.ticket_id) if is_told else None
    await events.record(
        session, actor, "deviation.told" if is_told else "deviation.reported", deviation, at=now, rule=move.rule,
        from_=move.source, to=move.target, within=ticket, audience=Audience.ALL if is_told else Audience.BOTH,
        reported_on=reported_on,
    )  # fmt: skip
    await attach_to_act(session, actor, file_ids, deviation)
    return deviation
