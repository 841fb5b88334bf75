"""Telling: from the outbox to deliveries, from deliveries to workers, and what came of it."""

import logging
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from backend.identity.mails import LETTER_OF
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience, Event, Outbox
from backend.kit.faults import not_permitted
from backend.kit.refs import Ref
from backend.notices import letters, queries, rules
from backend.notices.model import Delivery, NoticePreference
from backend.notices.recipients import Circle
from backend.notices.states import Topic, Way, Withheld
from backend.notices.tables import NOTICES
from backend.parties.model import Person

log = logging.getLogger(__name__)


@dataclass
class Handover:
    """What a verb hands to the worker that called it, beside what it writes."""

    ids: list[int] = field(default_factory=list)
    """Mails that the worker has for a while."""
    told: int = 0
    """Events that left the outbox."""
    mail: letters.Mail | None = None


# From the outbox to deliveries


async def spread(
    session: Session,
    actor: Actor,
    handover: Handover,
    *,
    most: int = 100,
    lease: timedelta = rules.LEASE,
    now: datetime,
) -> None:
    """Make deliveries of what is in the outbox, and hand over mails whose time has come, new ones and old.

    Everything in one transaction: an event is in the outbox or all its deliveries are there.
    """
    told = await queries.events_to_tell(session, most)
    circle = Circle(session, now)
    rows = [row for event in told for row in await _deliveries(circle, event, now)]
    await _deliver(_gathered(rows, {event.id: _act_of(event) for event in told}), session)
    await _leave_outbox(session, told)
    mails = await queries.mails_to_hand_over(session, most, now)
    for mail in mails:
        mail.handed_at, mail.begun_at, mail.lease_until = now, None, now + lease
    handover.told, handover.ids = len(told), [mail.id for mail in mails]


async def settle_past(session: Session, actor: Actor, *, unread_since: datetime | None = None, now: datetime) -> None:
    """Tell all that is in the outbox in the bell alone, to those who are concerned now: for data with a past.

    Notices are read already, except those of what happened since `unread_since`; no mail is sent.
    """
    told = await queries.events_to_tell(session, None)
    circle, rows = Circle(session, now), list[dict[str, Any]]()
    for event in told:
        read_at = event.at if unread_since is None or event.at < unread_since else None
        of_event = await _deliveries(circle, event, event.at)
        rows += [row | {"read_at": read_at} for row in of_event if row["way"] is Way.BELL]
    await _deliver(rows, session)
    await _leave_outbox(session, told)


async def _deliveries(circle: Circle, event: Event, now: datetime) -> list[dict[str, Any]]:
    if event.name in LETTER_OF:
        return [_row(event, event.subject_id, None, Way.MAIL, True, now)]
    notice = NOTICES.get(event.name)
    if notice is None:
        log.error("nobody says who is told of %s", event.name)
        return []
    rows: list[dict[str, Any]] = []
    receivers = await circle.receivers(event, notice)
    chosen = {} if notice.required else await circle.chosen_by([to.person_id for to in receivers])
    for to in receivers:
        own = chosen.get(to.person_id, {})
        wanted = (way for way in Way if rules.is_wanted(own, event.name, way, is_required=notice.required))
        rows += [_row(event, to.person_id, to.organisation_id, way, notice.required, now) for way in wanted]
    return rows


def _act_of(event: Event) -> Hashable:
    """What all events of one act share: by whom and for whom it was done, at which instant.

    Of what the schedule does at once, each sort is an act of its own.
    """
    by = event.person_id, event.service_account_id
    sort = event.name if by == (None, None) else None
    return sort, event.at, *by, event.stands_for_id, event.organisation_id


def _gathered(rows: Sequence[dict[str, Any]], acts: Mapping[int, Hashable]) -> Sequence[dict[str, Any]]:
    """What one act tells somebody by mail is one mail: that of its first event, which carries the others.

    What the contract requires comes before what it does not: a complaint is the first thing that its mail says.
    Decided here, in the transaction that makes the deliveries, so that a repeat of the mail says the same.
    """
    first: dict[Hashable, int] = {}
    for row in sorted(rows, key=lambda row: not row["is_required"]):
        if row["way"] is Way.MAIL:
            act = acts[row["event_id"]], row["person_id"], row["organisation_id"]
            carrier = first.setdefault(act, row["event_id"])
            if carrier != row["event_id"]:
                row |= {"carried_by_id": carrier, "withheld": Withheld.GATHERED, "next_at": None}
    return rows


def _row(
    event: Event, person_id: int, organisation_id: int | None, way: Way, is_required: bool, now: datetime
) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "person_id": person_id,
        "organisation_id": organisation_id,
        "way": way,
        "is_required": is_required,
        "told_at": now,
        "done_at": now if way is Way.BELL else None,
        "next_at": now if way is Way.MAIL else None,
        "carried_by_id": None,
        "withheld": None,
    }


async def _deliver(rows: Sequence[Mapping[str, Any]], session: Session) -> None:
    """Once is a unique key, not a look beforehand."""
    if rows:
        await session.execute(insert(Delivery).on_conflict_do_nothing(), rows)


async def _leave_outbox(session: Session, told: Sequence[Event]) -> None:
    await session.execute(sa.delete(Outbox).where(Outbox.event_id.in_([event.id for event in told])))


# From deliveries to mails


async def take_back(session: Session, actor: Actor, delivery_ids: Sequence[int], *, now: datetime) -> None:
    """What was handed over did not reach the queue: it is free again at once."""
    free = sa.update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.begun_at.is_(None))
    await session.execute(free.values(lease_until=None, handed_at=None))


async def begin_mail(
    session: Session,
    actor: Actor,
    delivery_id: int,
    handover: Handover,
    *,
    base_url: str,
    lease: timedelta = rules.LEASE,
    now: datetime,
) -> None:
    """Write the mail that is to be sent now, if it still is: not done, in no other hands, and still for its receiver.

    Counted as a try before it is sent, so that one which ends its worker each time is given up too.
    """
    handover.mail = None
    delivery = await queries.find_mail_for_change(session, delivery_id)
    if delivery is None or (delivery.begun_at and delivery.lease_until and delivery.lease_until > now):
        return
    if delivery.tries >= rules.MOST_TRIES:
        delivery.given_up_at, delivery.lease_until = now, None
        return
    mail = await letters.write(session, actor, delivery, base_url, Circle(session, now))
    if mail is None:
        delivery.withheld, delivery.lease_until = Withheld.NOT_VISIBLE, None
        return
    delivery.begun_at, delivery.lease_until, delivery.tries = now, now + lease, delivery.tries + 1
    handover.mail = mail


async def finish_mail(session: Session, actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """The mail server has taken it: it counts as arrived."""
    done = sa.update(Delivery).where(Delivery.id == delivery_id, Delivery.done_at.is_(None))
    await session.execute(done.values(done_at=now, lease_until=None, failure=None, given_up_at=None))


async def fail_mail(
    session: Session, actor: Actor, delivery_id: int, failure: str, *, is_final: bool = False, now: datetime
) -> None:
    """It could not be sent: tried again after a pause, or given up, which the key user sees."""
    delivery = await queries.find_mail_for_change(session, delivery_id)
    if delivery is None:
        return
    delivery.failure, delivery.lease_until = failure[:500], None
    delivery.next_at = now + rules.pause_after(delivery.tries)
    if is_final or delivery.tries >= rules.MOST_TRIES:
        delivery.given_up_at = now


async def try_again(session: Session, actor: Actor, mail_id: int, *, now: datetime) -> Ref:
    """Send a mail that was given up once more, as after mending its address: the key user's."""
    delivery = await queries.get_failure_for_change(session, actor, mail_id)
    delivery.given_up_at, delivery.tries, delivery.next_at = None, 0, now
    person = await session.get_one(Person, delivery.person_id)
    await events.record(session, actor, "mail.tried_again", person, at=now, audience=Audience.TIERA)
    return person.ref


# The bell


async def mark_read(session: Session, actor: Actor, notice_ids: Sequence[int], *, now: datetime) -> None:
    """Note that one has read some of one's own notices; it is no act that anybody else need know of."""
    await _mark(session, actor, Delivery.id.in_(notice_ids), now)


async def mark_all_read(session: Session, actor: Actor, *, until_id: int, now: datetime) -> None:
    """Note that one has read all notices up to one that was seen, of the organisation acted for."""
    await _mark(session, actor, Delivery.id <= until_id, now)


async def _mark(session: Session, actor: Actor, which: sa.ColumnElement[bool], now: datetime) -> None:
    own = sa.and_(Delivery.person_id == actor.person_id, Delivery.organisation_id == actor.organisation_id)
    unread = sa.and_(Delivery.way == Way.BELL, Delivery.read_at.is_(None))
    await session.execute(sa.update(Delivery).where(own, unread, which).values(read_at=now))


# What is wanted


async def choose_notices(
    session: Session, actor: Actor, bell_topics: Collection[Topic], mail_topics: Collection[Topic], *, now: datetime
) -> Ref:
    """Be told of these topics in the portal and of those by mail; what the contract requires is told all the same."""
    if actor.person_id is None:
        raise not_permitted()
    wanted = {Way.BELL: frozenset(bell_topics), Way.MAIL: frozenset(mail_topics)}
    rows = [
        {
            "person_id": actor.person_id,
            "topic": topic,
            "way": way,
            "is_wanted": topic in wanted[way],
            "chosen_at": now,
        }
        for way in Way
        for topic in Topic
    ]
    row = insert(NoticePreference)
    newer = {"is_wanted": row.excluded.is_wanted, "chosen_at": row.excluded.chosen_at}
    await session.execute(row.on_conflict_do_update(index_elements=["person_id", "topic", "way"], set_=newer), rows)
    person = await session.get_one(Person, actor.person_id)
    await events.record(
        session,
        actor,
        "person.notices_chosen",
        person,
        at=now,
        audience=Audience.TIERA,
        bell_topics=sorted(wanted[Way.BELL]),
        mail_topics=sorted(wanted[Way.MAIL]),
    )
    return person.ref
