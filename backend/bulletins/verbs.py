"""Bulletins are written, published, followed, ended and withdrawn (H11.11-a, -b, -g)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.bulletins import policy, queries, rules
from backend.bulletins.model import Bulletin
from backend.bulletins.rules import Reached
from backend.bulletins.states import BulletinAction, BulletinKind, BulletinState, Receivers, occasion_of
from backend.files.verbs import replace_files
from backend.kit import events, numbers
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal, invalid, needed, not_found, not_permitted, version_conflict
from backend.kit.refs import Ref, is_visible
from backend.kit.translation import Text
from backend.parties.role_queries import holders_of
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right, Role
from backend.rulebook.rules import rule

A, S = BulletinAction, BulletinState
SERIES, DIGITS = "TDT", 4


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a bulletin says, and whom it is for."""

    kind: BulletinKind
    title: str
    text: str
    receivers: Receivers
    criticality: Criticality | None = None
    service_ids: Sequence[int] | None = None
    about: Ref | None = None
    organisation_ids: Sequence[int] | None = None
    by_banner: bool = True
    by_mail: bool = True
    asks_acknowledgement: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    shown_until: datetime | None = None
    file_ids: Sequence[int] | None = None


async def create_bulletin(
    session: Session, actor: Actor, *, content: Content, follows_id: int | None = None, now: datetime
) -> Bulletin:
    """Begin a bulletin, which one's own side alone sees; one that follows another is for the same readers."""
    if not actor.may(Right.INFORM) or actor.organisation_id is None:
        raise not_permitted("H11.11-a")
    bulletin = Bulletin(
        state=S.DRAFT,
        organisation_id=actor.organisation_id,
        supplier_id=actor.organisation_id if actor.kind is ActorKind.SUPPLIER else None,
        written_by_id=actor.person_id,
        written_at=now,
    )
    if follows_id is not None:
        bulletin.follows_id = await _first_of(session, actor, follows_id)
    await _fill(session, actor, bulletin, content)
    session.add(bulletin)
    await session.flush()
    await replace_files(session, actor, content.file_ids, bulletin, "content", "file_ids")
    await _record(session, actor, "bulletin.drafted", bulletin, now, to=S.DRAFT, audience=Audience.BOTH)
    return bulletin


async def edit_bulletin(
    session: Session, actor: Actor, *, bulletin_id: int, content: Content, expected_version: int, now: datetime
) -> Bulletin:
    """Change a draft; what was published is never written over."""
    bulletin, _ = await _begin(session, actor, bulletin_id, A.EDIT)
    if bulletin.version != expected_version:
        raise version_conflict()
    await _fill(session, actor, bulletin, content)
    await replace_files(session, actor, content.file_ids, bulletin, "content", "file_ids")
    bulletin.version += 1
    await _record(session, actor, "bulletin.edited", bulletin, now, audience=Audience.BOTH, version=bulletin.version)
    return bulletin


@rule("H11.11-a", "H11.11-b", "H11.11-g")
async def publish_bulletin(session: Session, actor: Actor, *, bulletin_id: int, now: datetime) -> Bulletin:
    """Tell those whom it is for: it gets its number and is written over no more."""
    bulletin, source = await _begin(session, actor, bulletin_id, A.PUBLISH)
    rules.check_shown(bulletin.shown_until, bulletin.ends_at, now)
    reached = await _reached(session, actor, bulletin)
    rules.check_reached(bulletin.receivers, reached)
    bulletin.to_all_customers, bulletin.organisation_ids = reached.all_customers, list(reached.organisation_ids)
    managers = await holders_of(session, bulletin.organisation_id, Role.SERVICE_MANAGER, helsinki_date(now))
    bulletin.answers_for_id = rules.who_answers(managers, actor.person_id, of_supplier=bulletin.supplier_id is not None)
    bulletin.number = await numbers.take(session, SERIES, helsinki_date(now).year, digits=DIGITS)
    bulletin.state, bulletin.published_at = S.PUBLISHED, now
    name = "bulletin.published" if bulletin.by_mail else "bulletin.posted"
    await _record(session, actor, name, bulletin, now, from_=source, to=bulletin.state)
    return bulletin


async def end_bulletin(session: Session, actor: Actor, *, bulletin_id: int, now: datetime) -> Bulletin:
    """What it tells of is over: it leaves the portal's pages and stays to be read."""
    bulletin, source = await _begin(session, actor, bulletin_id, A.END)
    bulletin.state, bulletin.ended_at = S.ENDED, now
    await _record(session, actor, "bulletin.ended", bulletin, now, from_=source, to=bulletin.state)
    return bulletin


async def withdraw_bulletin(
    session: Session, actor: Actor, *, bulletin_id: int, reason: str, now: datetime
) -> Bulletin:
    """Take it back, with a reason that those read who were told; a draft that nobody was told of too."""
    bulletin, source = await _begin(session, actor, bulletin_id, A.WITHDRAW)
    bulletin.end_reason = needed(reason, "reason", most=rules.MOST_LETTERS)
    bulletin.state, bulletin.withdrawn_at, bulletin.withdrawn_by_id = S.WITHDRAWN, now, actor.person_id
    is_draft = bulletin.published_at is None
    await _record(
        session,
        actor,
        "bulletin.discarded" if is_draft else "bulletin.withdrawn",
        bulletin,
        now,
        audience=Audience.BOTH if is_draft else Audience.ALL,
        from_=source,
        to=bulletin.state,
    )
    return bulletin


async def _begin(
    session: Session, actor: Actor, bulletin_id: int, action: BulletinAction
) -> tuple[Bulletin, BulletinState]:
    bulletin = await queries.get_bulletin_for_change(session, actor, bulletin_id)
    move = policy.take(actor, bulletin.state, action, bulletin.supplier_id, bulletin.receivers)
    return bulletin, move.source


async def _first_of(session: Session, actor: Actor, follows_id: int) -> int:
    """The first bulletin of the matter; one's own side's, and published."""
    followed = await queries.get_bulletin_for_change(session, actor, follows_id, "follows_id")
    policy.take(actor, followed.state, A.FOLLOW_UP, followed.supplier_id, followed.receivers)
    return followed.follows_id or followed.id


async def _reached(session: Session, actor: Actor, bulletin: Bulletin) -> Reached:
    """The customers whom it is for: by the plans, by name, or those who were told first of the matter."""
    if bulletin.follows_id is not None:
        await _address_like_first(session, actor, bulletin)
    await _check_class(session, actor, bulletin)
    occasion = occasion_of(bulletin.kind, bulletin.criticality)
    plans = await queries.plans_for(session, bulletin.service_ids, occasion)
    rules.check_subject(actor.kind, bulletin.receivers, bulletin.kind)
    rules.check_may_inform(actor.kind, bulletin.receivers, plans)
    if bulletin.follows_id is not None:
        return Reached(bulletin.to_all_customers, tuple(bulletin.organisation_ids))
    match bulletin.receivers:
        case Receivers.TIERA:
            return Reached()
        case Receivers.ALL_CUSTOMERS:
            return Reached(all_customers=True)
        case Receivers.ORGANISATIONS:
            return Reached(organisation_ids=tuple(bulletin.organisation_ids))
        case Receivers.AS_PLANNED:
            return rules.reached_as_planned(plans)


async def _fill(session: Session, actor: Actor, bulletin: Bulletin, content: Content) -> None:
    try:
        bulletin.title = needed(content.title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
        bulletin.text = needed(content.text, "text", most=rules.MOST_LETTERS)
        if bulletin.follows_id is None:
            await _address(session, actor, bulletin, content)
        else:
            await _address_like_first(session, actor, bulletin)
        rules.check_what(bulletin.kind, bulletin.criticality, bulletin.service_ids, content.starts_at, content.ends_at)
        await _check_class(session, actor, bulletin)
        if not content.by_banner and not content.by_mail:
            raise invalid(Text("Choose a channel: the portal's pages, mail, or both."), "by_banner")
    except Refusal as refusal:
        raise refusal.at("content") from None
    bulletin.by_banner, bulletin.by_mail = content.by_banner, content.by_mail
    bulletin.asks_acknowledgement = content.asks_acknowledgement
    bulletin.starts_at, bulletin.ends_at = content.starts_at, content.ends_at
    bulletin.shown_until = content.shown_until


async def _address(session: Session, actor: Actor, bulletin: Bulletin, content: Content) -> None:
    """Of what it is and whom it is for: what the actor sees, and whom their side informs."""
    if content.receivers not in policy.receivers_open_to(actor):
        raise not_permitted("H11.11-a", Text("A supplier informs Tiera; Tiera informs its customers."), "receivers")
    services = list(dict.fromkeys(content.service_ids or ()))
    if len(await queries.services_seen(session, actor, services)) != len(services):
        raise not_found("service_ids")
    named = list(dict.fromkeys(content.organisation_ids or ()))
    if len(await queries.customers_among(session, named)) != len(named):
        raise not_found("organisation_ids")
    rules.check_named(content.receivers, named)
    rules.check_subject(actor.kind, content.receivers, content.kind)
    if content.about is not None and not await is_visible(session, actor, content.about):
        raise not_found("about")
    about = content.about
    bulletin.kind, bulletin.criticality = content.kind, content.criticality
    bulletin.service_ids, bulletin.receivers, bulletin.organisation_ids = services, content.receivers, named
    bulletin.about_kind, bulletin.about_id = (about.kind, about.id) if about else (None, None)


async def _address_like_first(session: Session, actor: Actor, bulletin: Bulletin) -> None:
    """For the same readers and of the same matter; a supplier's to customers of the class that its incident has now."""
    first = await session.get_one(Bulletin, bulletin.follows_id)
    bulletin.kind, bulletin.criticality = first.kind, first.criticality
    bulletin.service_ids, bulletin.receivers = list(first.service_ids), first.receivers
    bulletin.to_all_customers, bulletin.organisation_ids = first.to_all_customers, list(first.organisation_ids)
    bulletin.about_kind, bulletin.about_id = first.about_kind, first.about_id
    if rules.has_class_of_its_incident(actor.kind, bulletin.receivers, bulletin.kind):
        incident = await queries.find_incident(session, bulletin.about)
        bulletin.criticality = incident.criticality if incident else first.criticality


async def _check_class(session: Session, actor: Actor, bulletin: Bulletin) -> None:
    """Of a first one; one that follows it has nothing to choose, and the class of the incident by itself, if any."""
    is_first = bulletin.follows_id is None
    if is_first and rules.has_class_of_its_incident(actor.kind, bulletin.receivers, bulletin.kind):
        incident = await queries.find_incident(session, bulletin.about)
        rules.check_class(bulletin.criticality, bulletin.service_ids, incident)


async def _record(
    session: Session,
    actor: Actor,
    name: str,
    bulletin: Bulletin,
    now: datetime,
    *,
    audience: Audience = Audience.ALL,
    **figures: Any,
) -> None:
    await events.record(session, actor, name, bulletin, at=now, rule="H11.11-a", audience=audience, **figures)
