"""A service is marked as started, once its channels are defined and what is told of it is agreed."""

from datetime import date, datetime

from backend.bulletins import queries, rules
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import Refusals
from backend.parties import policy, service_queries
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement, Service, ServiceStart
from backend.parties.rules import check_channels, check_start
from backend.parties.service_verbs import record_act
from backend.parties.states import SERVICE, ServiceAction
from backend.rulebook.rules import rule


@rule("H11.5-a", "H11.11-e")
async def start_service(session: Session, actor: Actor, *, service_id: int, started_on: date, now: datetime) -> Service:
    """Mark a service as started. What is not agreed yet is refused or, where the term only warns, on record."""
    service = await parties.get_service_for_change(session, actor, service_id)
    stage = policy.stage_of(await service_queries.find_start(session, service.id))
    move = SERVICE.take(actor, stage, ServiceAction.START)
    agreement = await session.get_one(Agreement, service.agreement_id)
    channels = await service_queries.channels_of(session, service.id)
    missing = rules.missing_occasions(await queries.occasions_planned(session, service.id))
    terms = await parties.terms_on(session, agreement.id, started_on)
    refusals = Refusals()
    refusals.check(lambda: check_start(started_on, agreement.valid, helsinki_date(now)))
    refusals.check(lambda: check_channels(len(channels)))
    refusals.check(lambda: rules.check_may_start(missing, terms))
    refusals.raise_any()
    session.add(
        ServiceStart(service_id=service.id, started_on=started_on, recorded_at=now, recorded_by_id=actor.person_id)
    )
    name = "service.started_unplanned" if missing else "service.started"
    await record_act(session, actor, name, service, now=now, rule=move.rule, started_on=started_on, missing=missing)
    return service
