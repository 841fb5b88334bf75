"""Who sees a file: whoever sees what it is about; before that, whoever brought it.

What has words of its own (a ticket, a bulletin) is what its files are about. Of what is only done to a thing (a request
is decided, a delivery given back) the files are about the act, the event on record.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from backend.files import rules
from backend.files.model import WORDS_OF_FILES, StoredFile
from backend.kit import faults, refs
from backend.kit.actor import Actor
from backend.kit.conditions import between_parties, is_about, rows_of, there_is
from backend.kit.database import Condition, Row, Session, table_of
from backend.kit.events import Event
from backend.kit.refs import Ref
from backend.rulebook.rules import rule


@dataclass(frozen=True)
class Holder:
    """What decides, beside who sees a thing, who reads its files."""

    is_plain: Callable[[Row], Condition]
    """Of a thing: whether its files are read where it is seen. Those of a sensitive text are masked with it."""
    is_opened: Callable[[Actor, Row, Any], Condition]
    """Of a thing: whether the actor has opened it on record since an instant."""
    is_read: Callable[[Actor, Row, Row], Condition]
    """Of a thing that is seen and a file of it: whether the actor reads that; what was withdrawn not everybody does."""
    visible_to: Callable[[Actor, Row], Condition] | None
    """Who sees the thing, where that is not said as its kind says it."""
    read_since: Callable[[Actor, Row], Any]
    """Of a thing that is seen: since when (SQL) the actor's side reads it; None: since there is one."""


ACT = "Event"
"""The kind of what is done to a thing, of which the files are read with the event on record."""
Note = Callable[..., Awaitable[None]]
"""A verb: `note(session, actor, file, now=…)`."""
_notes: dict[str, Note] = {}
NOTES: Mapping[str, Note] = MappingProxyType(_notes)
"""By the kind of what they are attached to: how it goes on record that somebody fetched a masked file."""
_holders: dict[str, Holder] = {}
HOLDERS: Mapping[str, Holder] = MappingProxyType(_holders)
"""The kinds of things that have files."""
_acted_on: set[str] = set()
ACTED_ON: Set[str] = _acted_on
"""The kinds of things of which acts have files."""


def register_acts(*kinds: str) -> None:
    """Say that what is done to things of these kinds may have files (`verbs.attach_to_act`)."""
    _acted_on.update(kinds)


def register_holder(
    kind: str,
    *,
    is_plain: Callable[[Row], Condition] = lambda thing: sa.true(),
    is_opened: Callable[[Actor, Row, Any], Condition] = lambda actor, thing, since: sa.false(),
    is_read: Callable[[Actor, Row, Row], Condition] = lambda actor, thing, file: sa.true(),
    visible_to: Callable[[Actor, Row], Condition] | None = None,
    read_since: Callable[[Actor, Row], Any] = lambda actor, thing: None,
) -> None:
    """Say that things of this kind have files: who sees the thing may read them.

    A thing whose viewers differ from its file's (an order's papers show prices to nobody at a customer's) is not what
    a file is about: the smaller thing with the right visibility is.
    """
    _holders[kind] = Holder(is_plain, is_opened, is_read, visible_to, read_since)


def register_note(kind: str, note: Note) -> None:
    """Say how it goes on record that somebody fetched a file of a thing of this kind, which is masked there."""
    _notes[kind] = note


def is_holder(kind: str) -> bool:
    return kind in HOLDERS


@rule("H11.1-b")
def visible_files(actor: Actor, row: Row) -> Condition:
    """One's own uploads that nothing uses yet, and what the things one sees hold, but for what is masked there.

    What was taken away nobody reads.
    """
    unused = sa.and_(row.about_kind.is_(None), brought_by(actor, row))
    return sa.and_(row.taken_away_at.is_(None), sa.or_(unused, _is_held_plainly(actor, row)))


def visible_files_of(kind: str) -> Callable[[Actor, Row], Condition]:
    """As `visible_files`, of those that things of one kind hold: no other kind need be thought of."""

    def visible(actor: Actor, row: Row) -> Condition:
        held = _is_held_by(actor, row, kind, lambda holder, thing: holder.is_plain(thing))
        return sa.and_(row.taken_away_at.is_(None), held)

    return visible


@rule("H11.4-a", "D2.1-c")
def reads_acts(actor: Actor, row: Row) -> Condition:
    """What is attached to an act is between Tiera and the supplier, whoever else hears of the act (H11.4-a, D2.1-c)."""
    return between_parties(actor, row)


def visible_files_of_acts(actor: Actor, row: Row) -> Condition:
    """As `visible_files`, of what acts hold that the actor is known to see."""
    return sa.and_(row.taken_away_at.is_(None), row.about_kind == ACT, reads_acts(actor, row))


@rule("H11.1-b", "H11.4-a")
def visible_taken_away(actor: Actor, row: Row) -> Condition:
    """That there was a file: whoever sees what held it, and could when it was taken away; of a sensitive text not even
    its name is read.
    """

    def was_there(holder: Holder, thing: Row) -> Condition:
        since = holder.read_since(actor, thing)
        return sa.and_(holder.is_plain(thing), sa.true() if since is None else row.taken_away_at >= since)

    return sa.and_(row.taken_away_at.is_not(None), _is_held(actor, row, was_there))


def _is_held_plainly(actor: Actor, row: Row) -> Condition:
    return _is_held(actor, row, lambda holder, thing: holder.is_plain(thing))


@rule("H11.1-b")
def is_opened(actor: Actor, row: Row, since: datetime) -> Condition:
    """Whether it is masked with a text that the actor sees, and has opened on record since an instant."""
    opened = _is_held(actor, row, lambda holder, thing: holder.is_opened(actor, thing, since))
    return sa.and_(row.taken_away_at.is_(None), opened)


def _is_held(actor: Actor, row: Row, and_so: Callable[[Holder, Row], Condition]) -> Condition:
    """Attached to something that the actor sees and of which more holds."""
    return sa.or_(*(_is_held_by(actor, row, kind, and_so) for kind in sorted(HOLDERS)))


def _is_held_by(actor: Actor, row: Row, kind: str, and_so: Callable[[Holder, Row], Condition]) -> Condition:
    """As `_is_held`, by something of one kind."""
    known, holder = refs.KINDS[kind], HOLDERS[kind]
    thing = rows_of(known.table)
    sees = holder.visible_to or known.visible_to
    read = sa.and_(sees(actor, thing.c), holder.is_read(actor, thing.c, row))
    seen = there_is(thing, thing.c.id == row.about_id, read, and_so(holder, thing.c))
    return sa.and_(row.about_kind == kind, seen)


def is_of_act(file: Row, kind: str, id: Any, names: Collection[str], at: Any = None) -> Condition:
    """SQL: whether a file is attached to one of these acts on a thing; `at`: to the one of that time."""
    act = rows_of(table_of(Event))
    of_thing = sa.and_(act.c.subject_kind == kind, act.c.subject_id == id, act.c.name.in_(sorted(names)))
    when = sa.true() if at is None else act.c.at == at
    return sa.and_(file.about_kind == ACT, there_is(act, act.c.id == file.about_id, of_thing, when))


def held_by(file: Row) -> tuple[Any, Any]:
    """SQL: the kind and the key of what has a file; of a file of an act what was acted on."""
    act = rows_of(table_of(Event))

    def of_act(name: str) -> Any:
        wanted = sa.select(act.c[name]).where(act.c.id == file.about_id).correlate_except(act).scalar_subquery()
        return sa.case((file.about_kind == ACT, wanted), else_=file[name.replace("subject", "about")])

    kinds = sa.Enum(*sorted((HOLDERS.keys() | ACTED_ON) - {ACT}), native_enum=False, create_constraint=False)
    return sa.type_coerce(of_act("subject_kind"), kinds), of_act("subject_id")


def brought_by(actor: Actor, row: Row) -> Condition:
    """Uploaded by this very person or service account, acting for the same organisation."""
    person = sa.and_(row.uploaded_by_id.is_not(None), row.uploaded_by_id == actor.person_id)
    account = sa.and_(row.service_account_id.is_not(None), row.service_account_id == actor.service_account_id)
    return sa.and_(sa.or_(person, account), row.organisation_id == actor.organisation_id)


def has_preview(row: Row) -> Condition:
    """Whether there is a small picture of it: so far as nobody has asked for it yet, it is taken for granted."""
    return sa.and_(row.media_type.in_(sorted(rules.DRAWN)), sa.not_(row.is_undrawable))


async def find_readable(session: Session, actor: Actor, file_id: int, *, now: datetime) -> StoredFile | None:
    """The file, if the actor may read it: where it stands, or for a while after its text was opened on record."""
    readable = sa.or_(visible_files(actor, StoredFile), is_opened(actor, StoredFile, now - rules.OPENED_FOR))
    wanted = sa.select(StoredFile).where(StoredFile.id == file_id, readable)
    return (await session.scalars(wanted)).first()


@rule("H11.1-b")
async def is_masked(session: Session, actor: Actor, file: StoredFile) -> bool:
    """Whether a file that the actor may read is read only for having been opened."""
    wanted = sa.select(StoredFile.id).where(StoredFile.id == file.id, visible_files(actor, StoredFile))
    return file.about_kind in NOTES and await session.scalar(wanted) is None


async def get_for_use(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """A file that the actor brought, locked; it may be in use already."""
    wanted = sa.select(StoredFile).where(StoredFile.id == file_id, brought_by(actor, StoredFile))
    found = (await session.scalars(wanted.with_for_update(key_share=True))).first()
    if found is None:
        raise faults.not_found()
    return found


async def get_to_take_away(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """A file attached to something that the actor sees, masked or not, locked. Raises NOT_FOUND."""
    wanted = sa.select(StoredFile).where(
        StoredFile.id == file_id,
        StoredFile.taken_away_at.is_(None),
        _is_held(actor, StoredFile, lambda holder, thing: sa.true()),
    )
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None or found.taken_away_at is not None:
        raise faults.not_found("file_id")
    return found


def count_masked(kind: str, thing: Row) -> sa.ColumnElement[int]:
    """SQL: how many files of a thing are read only by opening it."""
    its = rows_of(StoredFile)
    counted = sa.select(sa.func.count()).where(is_about(its.c, kind, thing.id), its.c.taken_away_at.is_(None))
    plain = HOLDERS[kind].is_plain(thing)
    return sa.case((plain, 0), else_=counted.correlate_except(its).scalar_subquery())


async def attached_to(session: Session, about: Ref, purpose: str) -> set[int]:
    """The files that a thing has for a purpose."""
    its = (StoredFile.about_kind == about.kind, StoredFile.about_id == about.id, StoredFile.purpose == purpose)
    return set(await session.scalars(sa.select(StoredFile.id).where(*its, StoredFile.taken_away_at.is_(None))))


async def count_of(session: Session, about: Ref) -> int:
    """How many files a thing has."""
    counted = sa.select(sa.func.count()).where(
        StoredFile.about_kind == about.kind, StoredFile.about_id == about.id, StoredFile.taken_away_at.is_(None)
    )
    return await session.scalar(counted) or 0


async def is_undrawable(session: Session, sha256: str) -> bool:
    """Whether it is known of these bytes that no preview can be made."""
    its = (StoredFile.sha256 == sha256, StoredFile.is_undrawable)
    return bool(await session.scalar(sa.select(sa.exists().where(*its))))


async def known_hashes(session: Session, hashes: Iterable[str]) -> list[str]:
    """Those hashes that a file still has that was not taken away."""
    having = (StoredFile.sha256.in_(list(hashes)), StoredFile.taken_away_at.is_(None))
    wanted = sa.select(StoredFile.sha256).where(*having).distinct()
    return list((await session.scalars(wanted)).all())


refs.register_thing(StoredFile, visible_files, title="name", url="/api/files/{id}", words=WORDS_OF_FILES)
