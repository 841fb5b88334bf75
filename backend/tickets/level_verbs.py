"""Service levels: how fast tickets are answered and resolved, from a day on, by an agreement or for all (H2.1-a)."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import needed, not_found, not_permitted
from backend.parties.agreement_model import Agreement
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import rules
from backend.tickets.model import ServiceLevel
from backend.tickets.rules import Level
from backend.tickets.states import ServiceTime, TicketKind, TicketState


@rule("H2.1-a", "D0-c")
async def set_service_level(
    session: Session,
    actor: Actor,
    *,
    agreement_id: int | None = None,
    kind: TicketKind,
    criticality: Criticality,
    service_time: ServiceTime,
    respond_minutes: int | None = None,
    resolve_minutes: int | None = None,
    update_minutes: int | None = None,
    stands_in: Sequence[TicketState] = (TicketState.WAITING,),
    valid_from: date,
    reason: str,
    now: datetime,
) -> ServiceLevel:
    """Say how fast tickets of a kind and class are from a day on; tickets reported before keep what they had."""
    if not actor.may(Right.ADMINISTER):
        raise not_permitted("H2.1-a")
    agreement = None
    if agreement_id is not None:
        agreement = await session.get(Agreement, agreement_id)
        if agreement is None or agreement.concerns.supplier_id is None:
            raise not_found("agreement_id")
    level = Level(
        service_time=service_time,
        respond_minutes=respond_minutes,
        resolve_minutes=resolve_minutes,
        update_minutes=update_minutes,
        stands_in=tuple(stands_in),
    )
    rules.check_level(level, valid_from, helsinki_date(now))
    row = ServiceLevel(
        agreement_id=agreement_id,
        kind=kind,
        criticality=criticality,
        service_time=service_time,
        respond_minutes=respond_minutes,
        resolve_minutes=resolve_minutes,
        update_minutes=update_minutes,
        stands_in=[state.value for state in level.stands_in],
        valid_from=valid_from,
        reason=needed(reason, "reason", most=2_000),
        recorded_at=now,
        recorded_by_id=actor.person_id,
        supplier_id=agreement.concerns.supplier_id if agreement else None,
    )
    session.add(row)
    await events.record(
        session,
        actor,
        "service_level.set",
        row,
        at=now,
        rule="H2.1-a",
        within=agreement,
        kind=kind,
        criticality=criticality,
        valid_from=valid_from,
    )
    return row
