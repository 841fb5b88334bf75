"""The deadlines of all slices in one table; one job calls the verb registered for a kind when its time comes."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.actor import Actor
from backend.kit.database import Base, Condition, Instant, Row, Session, table_of
from backend.kit.refs import Ref
from backend.kit.statements import Statement

log = logging.getLogger(__name__)
ENDED_UNTOLD = "breached_at IS NULL AND (met_at > due_at OR dropped_at > due_at)"
"""SQL: what ended after its time, and was not told of as late."""


class Deadline(Base):
    """Something due: by whom, why, since when; met, breached, or still open."""

    __tablename__ = "deadlines"
    __table_args__ = (
        sa.UniqueConstraint("about_kind", "about_id", "kind", "started_at"),
        sa.Index("ix_deadlines_open", "due_at", postgresql_where=sa.text("met_at IS NULL AND dropped_at IS NULL")),
        sa.Index(
            "ix_deadlines_late",
            "about_kind",
            "about_id",
            postgresql_where=sa.text("breached_at IS NOT NULL AND met_at IS NULL AND dropped_at IS NULL"),
        ),
        sa.Index("ix_deadlines_ended_untold", "due_at", postgresql_where=sa.text(ENDED_UNTOLD)),
        sa.Index("ix_deadlines_kind", "kind", "due_at"),
        sa.Index("ix_deadlines_owner", "owner_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    about_kind: Mapped[str]
    about_id: Mapped[int]
    kind: Mapped[str]
    owner_id: Mapped[int | None]
    """Organisation whose duty it is."""
    started_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    """When it was told as late, which may be after it was done; of the oldest untold ones, when they ended."""
    met_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    """Since when its clock stands: `due_at` is then when it would be due if it ran on."""
    rule: Mapped[str | None]
    stretches: Mapped[dict[str, Any] | None]
    told_since: Mapped[datetime | None]
    """Since when it is told so; null: since it began."""

    @property
    def about(self) -> Ref:
        return Ref(self.about_kind, self.about_id)

    @property
    def said(self) -> dict[str, Any]:
        """What is put on record when it is told: by when it was due and, where it was done after that, when."""
        return {"due_at": self.due_at} if self.met_at is None else {"due_at": self.due_at, "done_at": self.met_at}


class FormerDeadline(Base):
    """What was told of a deadline that was due and done, missed or dropped, until it was counted anew.

    Never changed: figures of a past day read what held then. What was not due yet when it was counted anew had been
    counted by no figure, and is not kept.
    """

    __tablename__ = "former_deadlines"
    __table_args__ = (sa.Index("ix_former_deadlines_told", "kind", "told_until"),)

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    about_kind: Mapped[str]
    about_id: Mapped[int]
    kind: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    told_since: Mapped[datetime | None]
    """Since when it was told so; null: since it began."""
    told_until: Mapped[datetime]
    """When it was counted anew."""


@dataclass(frozen=True)
class DeadlineKind:
    """What happens shortly before and at a deadline of this kind: verbs of the slice that opened it."""

    name: str
    warn: Callable[..., Awaitable[Any]] | None = None
    breach: Callable[..., Awaitable[Any]] | None = None
    """Called also where the duty was done by then, but late."""
    stays_broken: bool = False
    """Whether `breach` is called also where the duty was gone by then, if it was due before that."""


_kinds: dict[str, DeadlineKind] = {}
KINDS: Mapping[str, DeadlineKind] = MappingProxyType(_kinds)


def register(kind: DeadlineKind) -> None:
    if kind.name in _kinds:
        raise ValueError(f"two slices register {kind.name}")
    _kinds[kind.name] = kind


async def open_deadline(
    session: Session,
    about: Ref,
    kind: str,
    *,
    started_at: datetime,
    due_at: datetime,
    warn_at: datetime | None = None,
    owner_id: int | None = None,
    rule: str | None = None,
) -> None:
    """Start a clock; the same clock started twice at one instant is one."""
    await _OPEN.say(
        session,
        about_kind=about.kind,
        about_id=about.id,
        kind=kind,
        started_at=started_at,
        due_at=due_at,
        warn_at=warn_at,
        owner_id=owner_id,
        rule=rule,
    )


_CLOCK = ("about_kind", "about_id", "kind", "started_at")
"""What one clock is known by."""
_given = {
    name: sa.bindparam(name, type_=table_of(Deadline).c[name].type)
    for name in (*_CLOCK, "due_at", "warn_at", "owner_id", "rule")
}


async def reopen_deadline(session: Session, about: Ref, kind: str, *, started_at: datetime) -> None:
    """A clock that had stopped goes on, to its own time; when it stopped stays on record in its stretches."""
    await _REOPEN.say(session, about_kind=about.kind, about_id=about.id, kind=kind, started_at=started_at)


def _reopening() -> sa.Update:
    its = table_of(Deadline).c
    due = sa.func.greatest(its.due_at, _given["due_at"])  # a value that is not given counts for nothing
    stopped = sa.func.jsonb_build_object("due_at", its.due_at, "met_at", its.met_at)
    earlier = sa.func.coalesce(its.stretches["met"], sa.cast(sa.literal("[]"), JSONB))
    is_moved = due > its.due_at
    changed = {
        "met_at": None,
        "due_at": due,
        "warn_at": sa.case((is_moved, _given["warn_at"]), else_=its.warn_at),
        "warned_at": sa.case((is_moved, None), else_=its.warned_at),
        "breached_at": sa.case((is_moved, None), else_=its.breached_at),
        "stretches": sa.func.jsonb_build_object("met", earlier.op("||")(sa.func.jsonb_build_array(stopped))),
    }
    is_it = (its[name] == _given[name] for name in _CLOCK)
    return sa.update(table_of(Deadline)).where(*is_it, its.met_at.is_not(None)).values(changed)


def opening_or_reopening(owner: Any = _given["owner_id"]) -> Statement:
    """A statement that starts a clock; if it had stopped it goes on, to the time given if that is later than its own.

    Before and at a later time it is told again.
    Its values are those of `open_deadline`, what it is about in two; without the owner where SQL for that is given.
    """
    reopened = _reopening().returning(table_of(Deadline).c.id).cte("reopened")
    return Statement(_opening.values(owner_id=owner).add_cte(reopened))


_opening = insert(table_of(Deadline)).values(_given).on_conflict_do_nothing()
_OPEN = Statement(_opening)
_REOPEN = Statement(_reopening())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A deadline as the log of its thing tells it now; `met_at` and `dropped_at` go if what was done is undone."""

    kind: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    paused_at: datetime | None = None
    met_at: datetime | None = None
    dropped_at: datetime | None = None
    owner_id: int | None = None
    rule: str | None = None
    stretches: dict[str, Any] | None = None


RECOUNTED = ("due_at", "warn_at", "paused_at", "met_at", "dropped_at", "owner_id", "stretches")


async def keep_deadlines(
    session: Session, about: Ref, kinds: Sequence[str], kept: Sequence[Kept], *, at: datetime
) -> None:
    """Put deadlines of these kinds as they were counted anew: those that are not among them any more are dropped.

    A warning or a breach that was told stays told, unless its time now lies later, or it was done in time as it is told
    now: then it is told again when it comes.
    What was told of one that had been due is kept where it was otherwise (`FormerDeadline`).
    """
    columns = {name: [getattr(each, name) for each in kept] for name in _KEPT}
    columns["stretches"] = [None if each is None else json.dumps(each) for each in columns["stretches"]]
    await _KEEP.say(session, about_kind=about.kind, about_id=about.id, kinds=list(kinds), at=at, **columns)


def _keeping() -> sa.Executable:
    its = table_of(Deadline)
    types = {name: sa.Text() if name == "stretches" else its.c[name].type for name in _KEPT}
    kept = (
        sa.func.unnest(*(sa.bindparam(name, type_=ARRAY(type_)) for name, type_ in types.items()))
        .table_valued(*(sa.column(name, type_) for name, type_ in types.items()))
        .render_derived(name="kept")
    )
    about = {name: sa.bindparam(name, type_=its.c[name].type) for name in ("about_kind", "about_id")}
    of_thing = [its.c[name] == value for name, value in about.items()]
    held = _held(*of_thing).cte("held")
    of_kinds = its.c.kind == sa.any_(sa.bindparam("kinds", type_=ARRAY(sa.Text)))
    at = sa.bindparam("at", type_=Instant)
    is_it = sa.and_(kept.c.kind == its.c.kind, kept.c.started_at == its.c.started_at)
    is_kept = sa.exists().where(is_it)
    gone = (
        sa.update(its)
        .where(*of_thing, of_kinds, its.c.dropped_at.is_(None), ~is_kept)
        .values(dropped_at=at)
        .returning(its.c.id)
        .cte("gone")
    )
    former = (
        sa.select(*(held.c[name] for name in _FORMER), at)
        .join(kept, sa.and_(kept.c.kind == held.c.kind, kept.c.started_at == held.c.started_at))
        .where(_was_counted(held.c, at), _is_told_anew(held.c, kept.c, at))
    )
    put = insert(table_of(FormerDeadline)).from_select([*_FORMER, "told_until"], former)
    told_before = put.returning(table_of(FormerDeadline).c.id).cte("told_before")
    are_held = sa.select(sa.func.count()).select_from(held).scalar_subquery() >= 0
    rows = sa.select(*about.values(), *(sa.cast(kept.c[name], its.c[name].type) for name in _KEPT), at).where(are_held)
    row = insert(its).from_select([*about, *_KEPT, "told_since"], rows)
    counted: dict[str, Any] = {name: row.excluded[name] for name in RECOUNTED}
    told = {
        "warned_at": sa.case((its.c.warned_at < row.excluded.warn_at, sa.null()), else_=its.c.warned_at),
        "breached_at": sa.case((_is_told_too_soon(its.c, row.excluded), sa.null()), else_=its.c.breached_at),
        "told_since": sa.case((_is_told_anew(its.c, row.excluded, at), at), else_=its.c.told_since),
    }
    unique = ("about_kind", "about_id", "kind", "started_at")
    return row.on_conflict_do_update(index_elements=unique, set_=counted | told).add_cte(gone, told_before)


def _held(*of_thing: Condition) -> sa.Select[Any]:
    """SQL: the thing's deadlines, locked, as the last transaction left them that told of one.

    What the statement itself sees is older where it had to wait: what was told meanwhile would be kept nowhere.
    """
    its = table_of(Deadline)
    return sa.select(its).where(*of_thing).with_for_update(key_share=True)


def _is_told_too_soon(before: Row, now: Row) -> Condition:
    """SQL: whether a breach that was told is none any more, or not yet."""
    return sa.or_(before.breached_at < now.due_at, sa.func.coalesce(now.met_at <= now.due_at, sa.false()))


def _was_counted(clock: Row, at: Any) -> Condition:
    """SQL: whether figures of a day before may have counted a deadline as it was told until now."""
    is_told = sa.or_(clock.met_at.is_not(None), clock.breached_at.is_not(None), clock.dropped_at.is_not(None))
    return sa.and_(clock.due_at < at, is_told, sa.or_(clock.told_since.is_(None), clock.told_since < at))


def _is_told_anew(before: Row, now: Row, at: Any) -> Condition:
    """SQL: whether a deadline is told otherwise than before of days before too, not only ended at this moment."""
    ends = ((before[name], now[name]) for name in ("met_at", "dropped_at"))
    changed = (sa.and_(a.is_distinct_from(b), ~sa.and_(a.is_(None), sa.func.coalesce(b >= at, False))) for a, b in ends)
    return sa.or_(before.due_at != now.due_at, *changed)


_FORMER = tuple(column.name for column in table_of(FormerDeadline).c if column.name not in ("id", "told_until"))
_KEPT = tuple(field.name for field in fields(Kept))
_KEEP = Statement(_keeping())


async def meet_deadline(
    session: Session, about: Ref, kind: str, *, at: datetime, started_at: datetime | None = None
) -> None:
    """The duty is done (late or not: `due_at` against `met_at` tells); of a repeated one, that which began then."""
    met = _still_open(about, kind).values(met_at=at)
    await session.execute(met if started_at is None else met.where(Deadline.started_at == started_at))


async def reopen_last(session: Session, about: Ref, kind: str) -> None:
    """What had been done is undone: the last clock that was met goes on, due when it was; told late once at most."""
    met = sa.select(Deadline.started_at).where(
        Deadline.about_kind == about.kind,
        Deadline.about_id == about.id,
        Deadline.kind == kind,
        Deadline.met_at.is_not(None),
        Deadline.dropped_at.is_(None),
    )
    if (last := await session.scalar(met.order_by(Deadline.id.desc()).limit(1))) is not None:
        await reopen_deadline(session, about, kind, started_at=last)


async def drop_deadline(session: Session, about: Ref, kind: str, *, at: datetime) -> None:
    """The duty is gone, as when the thing is cancelled."""
    await session.execute(_still_open(about, kind).values(dropped_at=at))


def _still_open(about: Ref, kind: str) -> sa.Update:
    return sa.update(Deadline).where(*_open(about, kind))


def _open(about: Ref, kind: str) -> tuple[Condition, ...]:
    return (
        Deadline.about_kind == about.kind,
        Deadline.about_id == about.id,
        Deadline.kind == kind,
        Deadline.met_at.is_(None),
        Deadline.dropped_at.is_(None),
    )


async def pass_deadlines(session: Session, actor: Actor, *, most: int = 100, now: datetime) -> None:
    """Warn of and breach what is due, each once: the row is locked, marked, and its kind's verb called.

    What ended late before that was told is told now: it was done, or its time cut short, between two turns.
    """
    is_open = sa.and_(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None), Deadline.paused_at.is_(None))
    due = sa.or_(
        sa.and_(Deadline.due_at <= now, Deadline.breached_at.is_(None)),
        sa.and_(Deadline.warn_at <= now, Deadline.warned_at.is_(None), Deadline.due_at > now),
    )
    stay_broken = [kind.name for kind in KINDS.values() if kind.stays_broken]
    is_told = sa.or_(Deadline.dropped_at.is_(None), Deadline.kind.in_(stay_broken))
    found = await _due(session, is_open, due, most=most)
    found += await _due(session, sa.text(ENDED_UNTOLD), is_told, Deadline.due_at <= now, most=most)
    for deadline in found:
        named = f"{deadline.kind} of {deadline.about}"
        try:
            async with session.begin_nested():
                await _pass(session, actor, deadline, now)
        except (InterfaceError, OperationalError):  # the whole transaction's matter: a lost connection, a deadlock
            raise
        except Exception:  # one that fails keeps no other from being told; it is tried again the next time
            log.exception("deadline %s failed", named)


async def _due(session: Session, *conditions: Any, most: int) -> list[Deadline]:
    """Deadlines of which something is to be told, what was due first; what another worker tells is left out."""
    wanted = sa.select(Deadline).where(*conditions).order_by(Deadline.due_at, Deadline.id).limit(most)
    locked = wanted.with_for_update(skip_locked=True, key_share=True).execution_options(populate_existing=True)
    return list((await session.scalars(locked)).all())


async def _pass(session: Session, actor: Actor, deadline: Deadline, now: datetime) -> None:
    kind = KINDS.get(deadline.kind)
    breached = deadline.due_at <= now
    if breached:
        deadline.breached_at = now
    else:
        deadline.warned_at = now
    verb = None if kind is None else kind.breach if breached else kind.warn
    if verb is not None:
        await verb(session, actor, deadline, now=now)
