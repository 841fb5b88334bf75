"""What happened, on record for ever (D0-b), and handed on to be told.

Events hold ids and figures, never names or texts; a trigger forbids changing or removing them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.conditions import rows_of
from backend.kit.database import Base, Concerned, Condition, Row, Session, Thing, enum_type, table_of, write
from backend.kit.refs import KINDS, Ref
from backend.kit.statements import Statement


class Audience(StrEnum):
    """Who may see an event beside those who act for Tiera."""

    TIERA = "tiera"
    BOTH = "both"
    """Tiera and the supplier."""
    ALL = "all"
    """The customer too."""


MEANT_FOR: Mapping[ActorKind, tuple[Audience, ...]] = {
    ActorKind.BUYER: tuple(Audience),
    ActorKind.SYSTEM: tuple(Audience),
    ActorKind.SUPPLIER: (Audience.BOTH, Audience.ALL),
    ActorKind.CUSTOMER: (Audience.ALL,),
}
"""The audiences to which each side belongs."""


class Event(Base):
    """One act: who, when, on what, from what to what, for whom, by which channel, by which rule."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_events_within", "within_kind", "within_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    within_kind: Mapped[str | None]
    within_id: Mapped[int | None]
    person_id: Mapped[int | None]
    service_account_id: Mapped[int | None]
    stands_for_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    audience: Mapped[Audience] = mapped_column(enum_type(Audience))
    supplier_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    rule: Mapped[str | None]
    figures: Mapped[dict[str, Any]]

    @property
    def subject(self) -> Ref:
        return Ref(self.subject_kind, self.subject_id)

    @property
    def around(self) -> Ref | None:
        """The larger thing that it happened within."""
        return Ref(self.within_kind, self.within_id) if self.within_kind and self.within_id else None


class Outbox(Base):
    """An event that has not yet been handed to deliveries."""

    __tablename__ = "outbox"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True, autoincrement=False)


_written = (
    sa.insert(table_of(Event))
    .values({c.name: sa.bindparam(c.name, type_=c.type) for c in table_of(Event).c if c.name != "id"})
    .returning(Event.id)
    .cte("written")
)
_RECORD = Statement(
    sa.insert(table_of(Outbox)).from_select(["event_id"], sa.select(_written.c.id)).returning(Outbox.event_id)
)
_LAST = Statement(sa.select(sa.func.currval(sa.func.pg_get_serial_sequence(Event.__tablename__, "id"))))

TO_TELL = "to tell"
"""Stands in a session's `info` once its transaction has something for the outbox: which things, for whom."""
CHANGED = "changed"
"""The channel on which the database says which things changed."""
REFS_AT_ONCE = 100
"""So many refs stay well below the 8,000 bytes of a notification."""


async def record(
    session: Session,
    actor: Actor,
    name: str,
    subject: Thing,
    *,
    at: datetime,
    rule: str | None = None,
    from_: StrEnum | None = None,
    to: StrEnum | None = None,
    within: Thing | Ref | None = None,
    audience: Audience = Audience.BOTH,
    concerns: Concerned | None = None,
    **figures: Any,
) -> None:
    """Write an event and its outbox row in the running transaction.

    `name` is noun first, past tense (`overrun.approved`); `within` is the larger thing whose timeline shows it too;
    `concerns` names others than the subject does, when each of several suppliers is told.
    """
    await write(session)
    around = within.ref if isinstance(within, Thing) else within
    if around and (kind := KINDS.get(subject.ref.kind)) and around.kind not in kind.part_of:
        raise ValueError(f"{kind.name} is registered as no part of {around.kind}: its timeline would not show this")
    concerns = concerns or subject.concerns
    await _RECORD.say(
        session,
        name=name,
        at=at,
        subject_kind=subject.ref.kind,
        subject_id=subject.id,
        within_kind=around and around.kind,
        within_id=around and around.id,
        person_id=actor.person_id,
        service_account_id=actor.service_account_id,
        stands_for_id=actor.stands_for_id,
        organisation_id=actor.organisation_id,
        channel=actor.channel,
        audience=audience,
        supplier_id=concerns.supplier_id,
        customer_id=concerns.customer_id,
        from_state=from_,
        to_state=to,
        rule=rule,
        figures={key: _plain(value) for key, value in figures.items()},
    )
    session.info.setdefault(TO_TELL, {}).update({(ref, audience): None for ref in (subject.ref, around) if ref})


async def id_of_last(session: Session) -> int:
    """The id of the event that this transaction recorded last."""
    ((id,),) = await _LAST.run(session)
    return int(id)


class Announcement(NamedTuple):
    """That things have changed, when, and for which audience: nothing of what became of them."""

    at: datetime
    audience: Audience
    refs: tuple[Ref, ...]

    @classmethod
    def read(cls, payload: str) -> "Announcement":
        at, audience, *refs = payload.split()
        parsed = (Ref.parse(ref) for ref in refs)
        return cls(datetime.fromisoformat(at), Audience(audience), tuple(ref for ref in parsed if ref))


def announcements(told: Mapping[tuple[Ref, Audience], None], at: datetime) -> Iterator[str]:
    """What a transaction changed, as payloads of notifications that `Announcement.read` reads."""
    by_audience: dict[Audience, list[Ref]] = defaultdict(list)
    for ref, audience in told:
        by_audience[audience].append(ref)
    for audience, refs in by_audience.items():
        for start in range(0, len(refs), REFS_AT_ONCE):
            yield " ".join([at.isoformat(), audience, *map(str, refs[start : start + REFS_AT_ONCE])])


def _plain(value: Any) -> Any:
    """Figures as JSON holds them: decimals and dates as text, refs as global ids."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case Ref():
            return str(value)
        case list() | tuple() | frozenset() | set():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
    return value


def events_about() -> sa.Subquery:
    """SQL rows: each event with its subject as `about_kind` and `about_id`, and again with the larger thing around it.

    So the newest of one thing are found from the ends of two indexes, however many there are: PostgreSQL reads along
    both as long as neither half has a condition of its own.
    """
    own, wider = rows_of(table_of(Event)), rows_of(table_of(Event))
    around_itself = sa.and_(wider.c.within_kind == wider.c.subject_kind, wider.c.within_id == wider.c.subject_id)
    every = sa.union_all(
        sa.select(
            own,
            own.c.subject_kind.label("about_kind"),
            own.c.subject_id.label("about_id"),
            sa.false().label("is_twice"),
        ),
        sa.select(wider, wider.c.within_kind, wider.c.within_id, around_itself),
    ).subquery()
    once = [column for column in every.c if column.name != "is_twice"]
    return sa.select(*once).where(~every.c.is_twice).subquery()


def visible_to(actor: Actor, event: Row) -> Condition:
    """Tiera sees every event; a supplier or a customer what concerns it and is meant for it too."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(
                event.supplier_id == actor.organisation_id, event.audience.in_(MEANT_FOR[ActorKind.SUPPLIER])
            )
    return sa.and_(event.customer_id == actor.organisation_id, event.audience.in_(MEANT_FOR[ActorKind.CUSTOMER]))
