"""Services under an agreement, the channels that Tiera defines for them, and the mark of their start taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusals, constraint, invalid, needed
from backend.kit.sorting import sort_key
from backend.kit.translation import Text
from backend.parties import policy, queries, rules, service_queries
from backend.parties.agreement_model import Agreement, Service, ServiceChannel
from backend.parties.states import SERVICE, AgreementKind, ServiceAction, ServiceChannelKind
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

constraint(
    "uq_services_agreement_id_code", invalid(Text("The agreement has a service with this code already."), "code")
)
constraint("uq_services_takes_mail", invalid(Text("Somebody else chose the service of mail just now: look again.")))


async def add_service(
    session: Session, actor: Actor, agreement_id: int, *, code: str, name: str, now: datetime
) -> Service:
    """A service that a supplier produces under an agreement. It has not started yet."""
    agreement = await queries.get_agreement_for_change(session, actor, agreement_id)
    policy.require(actor, Right.ADMINISTER)
    if agreement.kind is not AgreementKind.SUPPLIER:
        raise invalid(Text("Services belong to an agreement with a supplier."), "agreement_id")
    name = rules.read_line(name, "name")
    service = Service(
        agreement_id=agreement.id, code=rules.read_line(code, "code", most=30), name=name, sort_key=sort_key(name)
    )
    session.add(service)
    await record_act(session, actor, "service.added", service, now=now)
    return service


async def rename_service(session: Session, actor: Actor, service_id: int, *, name: str, now: datetime) -> Service:
    """Call a service by another name; its code stays."""
    service = await queries.get_service_for_change(session, actor, service_id)
    policy.require(actor, Right.ADMINISTER)
    service.name = rules.read_line(name, "name")
    service.sort_key = sort_key(service.name)
    await record_act(session, actor, "service.renamed", service, now=now)
    return service


@rule("H11.7.2-a")
async def choose_mail_service(
    session: Session, actor: Actor, service_id: int, *, takes_mail: bool = True, now: datetime
) -> Service:
    """Let new matters that come by mail become tickets of a service, instead of another's; or no longer of any."""
    services = await service_queries.get_services_of_mail_for_change(session, actor, service_id)
    policy.require(actor, Right.ADMINISTER)
    chosen = next(each for each in services if each.id == service_id)
    for each in sorted(services, key=lambda service: service is chosen):  # the one that gives it up first
        will_take = takes_mail is (each is chosen)
        if each.takes_mail is not will_take:
            await _take_mail(session, actor, each, will_take=will_take, now=now)
    return chosen


async def _take_mail(session: Session, actor: Actor, service: Service, *, will_take: bool, now: datetime) -> None:
    service.takes_mail = will_take
    await session.flush()
    name = "service.mail_begun" if will_take else "service.mail_ended"
    await record_act(session, actor, name, service, now=now, rule="H11.7.2-a")


# Channels


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to reach a service: where, when and for whom, in words."""

    kind: ServiceChannelKind
    address: str
    hours: str
    for_whom: str


TEXTS = ("address", "hours", "for_whom")


@rule("H11.5-a")
async def define_service_channel(
    session: Session, actor: Actor, *, service_id: int, channel: Channel, replaces_id: int | None = None, now: datetime
) -> ServiceChannel:
    """Define a way to reach a service, in the place of another one or beside those that there are."""
    service = await queries.get_service_for_change(session, actor, service_id)
    start = await service_queries.find_start(session, service.id)
    move = SERVICE.take(actor, policy.stage_of(start), ServiceAction.DEFINE_CHANNELS)
    refusals, most = Refusals(), rules.MOST_LETTERS_OF_A_CHANNEL
    texts = {name: refusals.needed(getattr(channel, name), "channel", name, most=most) for name in TEXTS}
    refusals.raise_any()
    if replaces_id is not None:
        former = await service_queries.get_channel_for_change(session, service, replaces_id, "replaces_id")
        rules.check_in_use(former)
        former.ended_at, former.ended_by_id = now, actor.person_id
    made = ServiceChannel(
        service_id=service.id, kind=channel.kind, recorded_at=now, recorded_by_id=actor.person_id, **texts
    )
    session.add(made)
    await record_act(session, actor, "service.channel_defined", service, now=now, rule=move.rule, channel=channel.kind)
    return made


@rule("H11.5-a")
async def end_service_channel(session: Session, actor: Actor, *, channel_id: int, now: datetime) -> ServiceChannel:
    """A channel is used no more; a service that has started keeps one at least."""
    service = await service_queries.get_service_of_channel(session, actor, channel_id)
    channel = await service_queries.get_channel_for_change(session, service, channel_id, "channel_id")
    start = await service_queries.find_start(session, service.id)
    move = SERVICE.take(actor, policy.stage_of(start), ServiceAction.DEFINE_CHANNELS)
    rules.check_in_use(channel)
    if start is not None:
        rules.check_channels(len(await service_queries.channels_of(session, service.id)) - 1)
    channel.ended_at, channel.ended_by_id = now, actor.person_id
    await record_act(session, actor, "service.channel_ended", service, now=now, rule=move.rule, channel=channel.kind)
    return channel


@rule("H11.11-e")
async def take_back_start(session: Session, actor: Actor, *, service_id: int, reason: str, now: datetime) -> Service:
    """Say that a service had not started after all; the mark stays on record with the reason."""
    service = await queries.get_service_for_change(session, actor, service_id)
    start = await service_queries.find_start(session, service.id)
    move = SERVICE.take(actor, policy.stage_of(start), ServiceAction.TAKE_BACK)
    assert start is not None
    start.ended_at, start.ended_by_id, start.end_reason = now, actor.person_id, needed(reason, "reason", most=2_000)
    await record_act(
        session, actor, "service.start_taken_back", service, now=now, rule=move.rule, started_on=start.started_on
    )
    return service


async def record_act(
    session: Session,
    actor: Actor,
    name: str,
    service: Service,
    *,
    now: datetime,
    rule: str | None = None,
    **figures: Any,
) -> None:
    """Put on record what happened to a service, for both sides of its agreement."""
    agreement = await session.get_one(Agreement, service.agreement_id)
    await events.record(
        session,
        actor,
        name,
        service,
        at=now,
        rule=rule,
        within=agreement,
        audience=Audience.BOTH,
        concerns=agreement.concerns,
        **figures,
    )
