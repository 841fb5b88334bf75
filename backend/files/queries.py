"""Who sees a file: whoever sees what it is about; before that, whoever brought it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.kit import faults, refs
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of
from backend.kit.database import Condition, Row, Session

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
    """One's own uploads, and what the things one sees hold; no document of a service is closed to Tiera."""
    own = brought_by(actor, row)
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.or_(own, row.about_kind.is_not(None))
    return sa.or_(own, *(_of_a(kind, actor, row) for kind in sorted(_holders)))


def brought_by(actor: Actor, row: Row) -> Condition:
    """Uploaded by this very person or service account, acting for the same organisation."""
    person = sa.and_(row.uploaded_by_id.is_not(None), row.uploaded_by_id == actor.person_id)
    account = sa.and_(row.service_account_id.is_not(None), row.service_account_id == actor.service_account_id)
    return sa.and_(sa.or_(person, account), row.organisation_id == actor.organisation_id)


def _of_a(kind: str, actor: Actor, row: Row) -> Condition:
    held = refs.KINDS[kind]
    thing = rows_of(held.table)
    seen = sa.exists().where(thing.c.id == row.about_id, held.visible_to(actor, thing.c))
    return sa.and_(row.about_kind == kind, seen)


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


async def known_hashes(session: Session, hashes: Iterable[str]) -> list[str]:
    """Those hashes that a file still has."""
    wanted = sa.select(StoredFile.sha256).where(StoredFile.sha256.in_(list(hashes))).distinct()
    return list((await session.scalars(wanted)).all())


def _table(mapped: Any) -> sa.Table:
    table = mapped.__table__
    assert isinstance(table, sa.Table)
    return table


refs.register(refs.Kind("StoredFile", _table(StoredFile), visible_files, title="name", url="/api/files/{id}"))
