"""Who sees a file: whoever sees what it is about; before that, whoever brought it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.kit import faults, refs
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_seen
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import Ref

_holders: set[str] = set()


def register_holder(kind: str) -> None:
    """Say that things of this kind have files: who sees the thing may read them.

    A thing whose viewers differ from its file's (an order's papers show prices to nobody at a customer's) is not what
    a file is about: the smaller thing with the right visibility is.
    """
    _holders.add(kind)


def is_holder(kind: str) -> bool:
    return kind in _holders


def visible_files(actor: Actor, row: Row) -> Condition:
    """One's own uploads, and what the things one sees hold; what was taken away nobody reads."""
    return sa.and_(row.taken_away_at.is_(None), sa.or_(brought_by(actor, row), is_held(actor, row)))


def visible_taken_away(actor: Actor, row: Row) -> Condition:
    """That there was a file: whoever sees what held it."""
    return sa.and_(row.taken_away_at.is_not(None), is_held(actor, row))


def is_held(actor: Actor, row: Row) -> Condition:
    """Attached to something that the actor sees."""
    if actor.kind is ActorKind.SYSTEM:
        return row.about_kind.is_not(None)  # type: ignore[no-any-return]
    return sa.or_(*(_of_a(kind, actor, row) for kind in sorted(_holders)))


def brought_by(actor: Actor, row: Row) -> Condition:
    """Uploaded by this very person or service account, acting for the same organisation."""
    person = sa.and_(row.uploaded_by_id.is_not(None), row.uploaded_by_id == actor.person_id)
    account = sa.and_(row.service_account_id.is_not(None), row.service_account_id == actor.service_account_id)
    return sa.and_(sa.or_(person, account), row.organisation_id == actor.organisation_id)


def _of_a(kind: str, actor: Actor, row: Row) -> Condition:
    return sa.and_(row.about_kind == kind, is_seen(actor, kind, row.about_id))


async def find_visible(session: Session, actor: Actor, file_id: int) -> StoredFile | None:
    """The file, if the actor may read it."""
    wanted = sa.select(StoredFile).where(StoredFile.id == file_id, visible_files(actor, StoredFile))
    return (await session.scalars(wanted)).first()


async def get_for_use(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """A file that the actor brought, locked; it may be in use already."""
    wanted = sa.select(StoredFile).where(StoredFile.id == file_id, brought_by(actor, StoredFile))
    found = (await session.scalars(wanted.with_for_update(key_share=True))).first()
    if found is None:
        raise faults.not_found()
    return found


async def get_to_take_away(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """An attached file that the actor sees, locked. Raises NOT_FOUND."""
    wanted = sa.select(StoredFile).where(
        StoredFile.id == file_id, StoredFile.about_kind.is_not(None), visible_files(actor, StoredFile)
    )
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None or found.taken_away_at is not None:
        raise faults.not_found("file_id")
    return found


async def count_of(session: Session, about: Ref) -> int:
    """How many files a thing has."""
    counted = sa.select(sa.func.count()).where(
        StoredFile.about_kind == about.kind, StoredFile.about_id == about.id, StoredFile.taken_away_at.is_(None)
    )
    return await session.scalar(counted) or 0


async def known_hashes(session: Session, hashes: Iterable[str]) -> list[str]:
    """Those hashes that a file still has that was not taken away."""
    having = (StoredFile.sha256.in_(list(hashes)), StoredFile.taken_away_at.is_(None))
    wanted = sa.select(StoredFile.sha256).where(*having).distinct()
    return list((await session.scalars(wanted)).all())


def _table(mapped: Any) -> sa.Table:
    table = mapped.__table__
    assert isinstance(table, sa.Table)
    return table


refs.register(refs.Kind("StoredFile", _table(StoredFile), visible_files, title="name", url="/api/files/{id}"))
