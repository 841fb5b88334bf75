"""Bringing files and using them. Their bytes are in the store before a row says that they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from backend.files import policy, queries, rules
from backend.files.model import StoredFile
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session, Thing
from backend.kit.faults import Refusal, invalid, needed, not_permitted
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.rulebook.rules import rule

ATTACHMENT = "attachment"
MOST_LETTERS_OF_REASON = 2_000
REMOVED = ""


async def add_file(
    session: Session, actor: Actor, *, sha256: str, size: int, name: str, media_type: str, now: datetime
) -> StoredFile:
    """Note bytes that the store has under `sha256`; only who brings them may name the file, until something uses it."""
    if actor.person_id is None and actor.service_account_id is None:
        raise not_permitted()
    file = StoredFile(
        sha256=sha256,
        size=size,
        name=rules.check_name(name, media_type),
        media_type=media_type,
        uploaded_by_id=actor.person_id,
        service_account_id=actor.service_account_id,
        organisation_id=actor.organisation_id,
        uploaded_at=now,
        is_undrawable=await queries.is_undrawable(session, sha256),
    )
    session.add(file)
    await session.flush()
    return file


@dataclass(frozen=True)
class Kept:
    """Bytes that the store has, and what they are called."""

    sha256: str
    size: int
    name: str
    media_type: str


async def keep_file(session: Session, about: Thing | Ref, purpose: str, kept: Kept, *, now: datetime) -> StoredFile:
    """Note bytes that nobody brought, such as a mail's: they are about a thing from the beginning."""
    ref = _holder(about)
    file = StoredFile(
        sha256=kept.sha256,
        size=kept.size,
        name=rules.harmless_name(kept.name, kept.media_type),
        media_type=kept.media_type,
        uploaded_at=now,
        is_undrawable=await queries.is_undrawable(session, kept.sha256),
        about_kind=ref.kind,
        about_id=ref.id,
        purpose=purpose,
    )
    session.add(file)
    await session.flush()
    return file


async def use_file(session: Session, actor: Actor, file_id: int, about: Thing | Ref, purpose: str) -> StoredFile:
    """Attach a file that the actor brought to a thing, for good; whoever sees the thing sees it from now on.

    Called by the verbs of slices, in their transaction. NOT_FOUND for a file that somebody else brought, INVALID for
    one that something uses already (the same thing for the same purpose excepted).
    """
    ref = _holder(about)
    file = await queries.get_for_use(session, actor, file_id)
    if file.about is not None and (file.about, file.purpose) != (ref, purpose):
        raise invalid(Text("This file is attached to something else already."))
    file.about_kind, file.about_id, file.purpose = ref.kind, ref.id, purpose
    await session.flush()
    return file


async def attach_files(
    session: Session,
    actor: Actor,
    file_ids: Sequence[int] | None,
    about: Thing | Ref,
    *path: str,
    there: Collection[int] = (),
) -> None:
    """Attach files that the actor brought to a thing; what is refused is said of its place in the list at `path`.

    Those that are `there` already need nothing more.
    """
    ids = list(dict.fromkeys(file_ids or ()))
    for place, file_id in enumerate(ids):
        if file_id in there:
            continue
        try:
            await use_file(session, actor, file_id, about, ATTACHMENT)
        except Refusal as refusal:
            raise refusal.at(*path, place) from None
    holder = _holder(about)
    most = rules.MOST_FILES_OF_AN_ACT if holder.kind == queries.ACT else rules.MOST_FILES
    if ids and await queries.count_of(session, holder) > most:
        raise invalid(Text("At most %(most)s files.", most=most), *path)


async def replace_files(
    session: Session, actor: Actor, file_ids: Sequence[int] | None, draft: Thing, *path: str
) -> None:
    """Let a draft have just these files: those it has and those that the actor brought; others are unused again."""
    there = await queries.attached_to(session, draft.ref, ATTACHMENT)
    if gone := there - set(file_ids or ()):
        its = sa.update(StoredFile).where(StoredFile.id.in_(gone))
        await session.execute(its.values(about_kind=None, about_id=None, purpose=None))
    await attach_files(session, actor, file_ids, draft, *path, there=there)


async def attach_to_act(
    session: Session, actor: Actor, file_ids: Sequence[int] | None, thing: Thing, *path: str
) -> None:
    """Attach files that the actor brought to what they did to a thing: the event that was recorded just now.

    Tiera and the supplier read them with the event; a customer never. `path` is `file_ids` where none is given.
    """
    if thing.ref.kind not in queries.ACTED_ON:
        raise ValueError(f"acts on things of kind {thing.ref.kind} have no files: register_acts says which do")
    if file_ids:
        act = Ref(queries.ACT, await events.id_of_last(session))
        await attach_files(session, actor, file_ids, act, *(path or ("file_ids",)))


def _holder(about: Thing | Ref) -> Ref:
    ref = about.ref if isinstance(about, Thing) else about
    if not queries.is_holder(ref.kind):
        raise ValueError(f"things of kind {ref.kind} hold no files: register_holder says which do")
    return ref


@rule("H11.1-b")
async def note_fetched(session: Session, actor: Actor, *, file_id: int, now: datetime) -> None:
    """Put on record that somebody fetched a masked file, as what it is attached to says."""
    file = await session.get_one(StoredFile, file_id)
    await queries.NOTES[file.about_kind or ""](session, actor, file, now=now)


async def note_undrawable(session: Session, actor: Actor, *, sha256: str, now: datetime) -> None:
    """Remember of every file with these bytes that no preview can be made, so that it is not tried again."""
    its = sa.update(StoredFile).where(StoredFile.sha256 == sha256)
    await session.execute(its.values(is_undrawable=True))


async def take_away(session: Session, actor: Actor, file: StoredFile, reason: str, *, now: datetime) -> None:
    """Let nobody read a file any more that the caller holds; the caller puts it on record."""
    if not policy.may_take_away(actor, file.uploaded_by_id, file.organisation_id):
        raise not_permitted(None, Text("Who brought a file takes it away, or Tiera's desk."))
    file.taken_away_reason = needed(reason, "reason", most=MOST_LETTERS_OF_REASON)
    file.taken_away_at, file.taken_away_by_id = now, actor.person_id


async def remove_files(session: Session, about_kind: str, about_ids: Sequence[int], *, now: datetime) -> None:
    """Let nobody read the files of things whose texts are removed: their names go with them, their bytes soon."""
    its = sa.update(StoredFile).where(StoredFile.about_kind == about_kind, StoredFile.about_id.in_(about_ids))
    gone = sa.func.coalesce(StoredFile.taken_away_at, now)
    await session.execute(its.values(taken_away_at=gone, name=REMOVED, taken_away_reason=None))


async def sweep_unused(session: Session, actor: Actor, *, now: datetime) -> None:
    """Forget files that nothing has used for a day; their bytes go with the store's next sweep."""
    unused = StoredFile.about_kind.is_(None)
    await session.execute(sa.delete(StoredFile).where(unused, StoredFile.uploaded_at < now - rules.UNUSED_FOR))
