"""Who sees which events and notices, and what verbs of telling load."""

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

import backend.bulletins.queries
import backend.complaints.queries
import backend.documents.queries
import backend.governance.queries
import backend.hours.queries
import backend.identity.queries
import backend.invoices.queries
import backend.orders.queries
import backend.parties.price_queries
import backend.parties.queries
import backend.parties.right_queries
import backend.tickets.kept_queries
import backend.tickets.quality_queries
import backend.tickets.queries
import backend.tickets.recurrence_queries  # noqa: F401  every slice registers its kinds: what is not known cannot be told
from backend.files import queries as files
from backend.kit import events, faults, refs
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Base, Condition, Row, Session, Thing
from backend.kit.events import Audience, Event, Outbox
from backend.kit.refs import Kind, Ref, register
from backend.notices.model import Delivery, NoticePreference
from backend.notices.states import Topic, Way
from backend.parties.model import Person
from backend.rulebook.roles import Right

log = logging.getLogger(__name__)

_EVENTS: Any = Event.__table__


# Visibility


def _subjects() -> dict[str, Kind]:
    """The kinds of things that events can be about."""
    tables = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Thing)}
    return {name: kind for name, kind in refs.KINDS.items() if kind.table in tables}


def visible_things(
    actor: Actor, kind: Any, id: Any, kinds: Iterable[str] | None = None, *, known: Condition | None = None
) -> Condition:
    """Whether the thing that a Ref names, of any kind (of these `kinds`), may be seen.

    Nothing is looked up where it is `known` that it may. A CASE and not an OR: what may be seen is looked up for the
    kind at hand alone, and only for rows that are wanted.
    """
    openly: list[str] = []
    guarded: list[tuple[Condition, Condition]] = []
    for name, registered in _subjects().items():
        if kinds is not None and name not in kinds:
            continue
        its = rows_of(registered.table)
        condition = registered.visible_to(actor, its.c)
        if isinstance(condition, sa.sql.elements.True_):
            openly.append(name)
        elif not isinstance(condition, sa.sql.elements.False_):
            guarded.append((kind == name, there_is(its, its.c.id == id, condition)))
    if guarded and known is not None:
        guarded.insert(0, (known, sa.true()))
    return sa.case((kind.in_(openly), sa.true()), *guarded, else_=sa.false())


def visible_events(
    actor: Actor, row: Row, kinds: Iterable[str] | None = None, *, known: Condition | None = None
) -> Condition:
    """What concerns the actor's side and is meant for it, about things that the actor may see; and one's own.

    What is for many at once concerns whoever may see it.
    """
    theirs = sa.and_(row.subject_kind == Person.__name__, row.subject_id == actor.person_id)
    told = [name for name, kind in _subjects().items() if kind.tells_readers and (kinds is None or name in kinds)]
    to_readers = sa.and_(row.audience == Audience.ALL, row.subject_kind.in_(told)) if told else sa.false()
    return sa.and_(
        sa.or_(events.visible_to(actor, row), theirs, to_readers),
        visible_things(actor, row.subject_kind, row.subject_id, kinds, known=known),
    )


def visible_notices(actor: Actor, row: Row) -> Condition:
    """One's own in the bell, of the organisation acted for, as long as one may see what they tell."""
    its = rows_of(_EVENTS)
    still = there_is(its, its.c.id == row.event_id, visible_events(actor, its.c))
    return sa.and_(
        row.way == Way.BELL,
        row.person_id == actor.person_id,
        row.organisation_id == actor.organisation_id,
        still,
    )


def visible_preferences(actor: Actor, row: Row) -> Condition:
    """One's own."""
    return row.person_id == actor.person_id  # type: ignore[no-any-return]


def visible_failures(actor: Actor, row: Row) -> Condition:
    """Mails that could not be sent: the key user's, who can mend an address."""
    if actor.kind is not ActorKind.BUYER or not actor.sees(Right.ADMINISTER):
        return sa.false()
    return sa.and_(row.way == Way.MAIL, row.given_up_at.is_not(None), row.done_at.is_(None))


def _visible_acts(actor: Actor, row: Row) -> Condition:
    """As `visible_events`, of those that may have files."""
    return visible_events(actor, row, files.ACTED_ON)


register(Kind("Event", _EVENTS, visible_events))
files.register_holder(
    files.ACT, visible_to=_visible_acts, is_read=lambda actor, act, file: files.reads_acts(actor, act)
)
register(Kind("Notice", Delivery.__table__, visible_notices))


async def may_see(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor may see an event and what it is about, now."""
    if event.subject_kind not in refs.KINDS:
        log.error("no slice says who sees things of kind %s", event.subject_kind)
        return False
    seen = sa.select(Event.id).where(Event.id == event.id, visible_events(actor, Event, [event.subject_kind]))
    return await session.scalar(seen) is not None


async def who_may_see(session: Session, actors: Sequence[Actor], event: Event) -> set[tuple[int | None, int | None]]:
    """As `may_see` of each, asked together: the person and organisation of those who may.

    One statement for all actors of one form, whose values stand in rows where those of one actor are parameters.
    """
    alike: dict[Hashable, list[Actor]] = {}
    for actor in actors:
        alike.setdefault(actor.form(), []).append(actor)
    return {seer for those in alike.values() for seer in await _those_who_may_see(session, those, event)}


async def _those_who_may_see(
    session: Session, alike: Sequence[Actor], event: Event
) -> Sequence[tuple[int | None, int | None]]:
    columns = ("person_id", "organisation_id")
    values = (sa.literal([getattr(actor, name) for actor in alike], ARRAY(sa.BigInteger)) for name in columns)
    each = sa.func.unnest(*values).table_valued(*(sa.column(name, sa.BigInteger) for name in columns), name="each")
    who = each.render_derived()
    anybody = alike[0].with_parameters(lambda name: who.c[name] if name in columns else getattr(alike[0], name))
    wanted = (
        sa.select(who.c.person_id, who.c.organisation_id)
        .select_from(sa.join(who, Event, Event.id == event.id))
        .where(visible_events(anybody, Event, [event.subject_kind]))
    )
    return [(person_id, organisation_id) for person_id, organisation_id in await session.execute(wanted)]


def visible_events_about(kind: str) -> Callable[[Actor, Row], Condition]:
    """As `visible_events`, of events about things of one kind and their parts: no other kind need be thought of.

    They are those of a thing that the actor sees: whether it may be seen is not asked again for each of its own.
    """

    def visible(actor: Actor, row: Row) -> Condition:
        kinds = {kind, *(each.name for each in refs.KINDS.values() if kind in each.part_of)}
        its_own = sa.and_(row.subject_kind == kind, row.subject_id == row.about_id)
        return visible_events(actor, row, kinds, known=its_own)

    return visible


# What things are called


def column_of_any(name: str, kind: Any, id: Any) -> sa.ColumnElement[str]:
    """`number` or `title` of the thing that a Ref names, whichever its kind; no visibility is asked."""
    cases = []
    for kind_name, registered in _subjects().items():
        column = getattr(registered, name)
        if column is not None:
            its = rows_of(registered.table)
            cases.append((kind == kind_name, sa.select(its.c[column]).where(its.c.id == id).scalar_subquery()))
    return sa.case(*cases, else_=sa.null())


def name_in_figures(figures: Any) -> sa.ScalarSelect[str]:
    """The name of the person that an event's figures speak of."""
    its: Any = rows_of(Person)
    key = sa.cast(sa.func.split_part(figures["person"].astext, ":", 2), sa.BigInteger)
    return sa.select(its.c.name).where(figures["person"].astext.like("Person:%"), its.c.id == key).scalar_subquery()


async def words_of(session: Session, event: Event) -> tuple[str | None, str | None]:
    """What the subject of an event is called, and whom its figures name."""
    kind, named, part, name = refs.KINDS.get(event.subject_kind), person_in(event), None, None
    if kind is not None and kind.title is not None:
        columns = kind.table.c
        part = await session.scalar(sa.select(columns[kind.title]).where(columns.id == event.subject_id))
    if named is not None:
        name = await session.scalar(sa.select(Person.name).where(Person.id == named))
    return part, name


def person_in(event: Event) -> int | None:
    """The person that an event's figures name."""
    named = Ref.parse(str(event.figures.get("person")))
    return named.id if named and named.kind == Person.__name__ else None


async def find_named(session: Session, actor: Actor, ref: Ref | None) -> dict[str, Any] | None:
    """The columns of a thing by its Ref, if the actor may see it."""
    kind = ref and refs.KINDS.get(ref.kind)
    if not ref or not kind:
        return None
    its = kind.table.alias()
    found = await session.execute(sa.select(its).where(its.c.id == ref.id, kind.visible_to(actor, its.c)))
    row = found.mappings().one_or_none()
    return dict(row) if row else None


# Loads for verbs


async def events_to_tell(session: Session, most: int | None) -> Sequence[Event]:
    """The oldest events in the outbox that nobody else is telling, their outbox rows locked."""
    wanted = sa.select(Event).join(Outbox, Outbox.event_id == Event.id).order_by(Event.id)
    locked = wanted.limit(most).with_for_update(of=Outbox, skip_locked=True)
    return (await session.scalars(locked)).all()


async def preferences_of(session: Session, person_ids: Collection[int]) -> dict[int, dict[tuple[Topic, Way], bool]]:
    """What people have chosen; nothing of those who have not."""
    chosen: dict[int, dict[tuple[Topic, Way], bool]] = {id: {} for id in person_ids}
    rows = await session.scalars(sa.select(NoticePreference).where(NoticePreference.person_id.in_(person_ids)))
    for row in rows:
        chosen[row.person_id][row.topic, row.way] = row.is_wanted
    return chosen


def is_open(row: Row) -> Condition:
    """Whether a delivery is a mail that is still to be sent."""
    return sa.and_(row.way == Way.MAIL, row.done_at.is_(None), row.given_up_at.is_(None), row.withheld.is_(None))


async def mails_to_hand_over(session: Session, most: int, now: datetime) -> Sequence[Delivery]:
    """Mails whose time has come and that no worker has, oldest first, locked."""
    free = sa.or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now)
    wanted = sa.select(Delivery).where(is_open(Delivery), Delivery.next_at <= now, free)
    locked = wanted.order_by(Delivery.next_at, Delivery.id).limit(most).with_for_update(skip_locked=True)
    return (await session.scalars(locked)).all()


async def find_mail_for_change(session: Session, delivery_id: int) -> Delivery | None:
    """A mail that is still to be sent, locked; None where it is not, or somebody has hold of it this moment."""
    wanted = sa.select(Delivery).where(Delivery.id == delivery_id, is_open(Delivery))
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).one_or_none()


async def events_in_mail(session: Session, delivery: Delivery) -> Sequence[Event]:
    """The event of a mail, then those of the same act that it carries, as they happened."""
    carried = sa.select(Delivery.event_id).where(
        Delivery.carried_by_id == delivery.event_id, Delivery.person_id == delivery.person_id
    )
    wanted = sa.select(Event).where(sa.or_(Event.id == delivery.event_id, Event.id.in_(carried)))
    return (await session.scalars(wanted.order_by(Event.id != delivery.event_id, Event.id))).all()


async def get_failure_for_change(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    """A mail that was given up, locked. Raises NOT_FOUND."""
    wanted = sa.select(Delivery).where(Delivery.id == delivery_id, visible_failures(actor, Delivery))
    found = (await session.scalars(wanted.with_for_update())).one_or_none()
    if found is None:
        raise faults.not_found("mail_id")
    return found
