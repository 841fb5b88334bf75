"""A file belongs to who brought it until something uses it; then to whoever sees that thing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files import queries, verbs
from backend.files.model import StoredFile
from backend.files.store import Folder
from backend.files.sweeping import sweep_store
from backend.kit.actor import SCHEDULE
from backend.kit.clock import now as this_instant
from backend.kit.database import make_engine, make_sessions
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from tests.files.making import make_file
from tests.making import NOW, make_organisation, make_person, make_right, supplier_manager, tiera_service_manager


async def test_only_who_brought_a_file_may_name_it(session: AsyncSession) -> None:
    owner = await tiera_service_manager(session)
    others = [
        await tiera_service_manager(session),
        await supplier_manager(session),
        replace(owner, organisation_id=(await make_organisation(session)).id),
    ]
    file = await make_file(session, owner)
    about = Ref("OrderingRight", 1)
    for other in others:
        assert await queries.find_readable(session, other, file.id, now=NOW) is None
        with pytest.raises(Refusal) as refused:
            await verbs.use_file(session, other, file.id, about, "document")
        assert refused.value.code is Code.NOT_FOUND
    assert file.about is None
    assert await queries.find_readable(session, owner, file.id, now=NOW) is file


async def test_a_file_in_use_is_seen_by_whoever_sees_the_thing_and_used_for_nothing_else(session: AsyncSession) -> None:
    owner, colleague = await tiera_service_manager(session), await tiera_service_manager(session)
    supplier, stranger = await supplier_manager(session), await supplier_manager(session)
    right = await make_right(session, await make_person(session))
    right.supplier_id = supplier.organisation_id
    file = await make_file(session, owner)
    await verbs.use_file(session, owner, file.id, right, "document")
    await verbs.use_file(session, owner, file.id, right, "document")

    seen = [
        bool(await queries.find_readable(session, actor, file.id, now=NOW)) for actor in (colleague, supplier, stranger)
    ]
    assert seen == [True, True, False]
    with pytest.raises(Refusal) as refused:
        await verbs.use_file(session, owner, file.id, await make_right(session, await make_person(session)), "document")
    assert refused.value.code is Code.INVALID


async def test_what_nothing_uses_is_forgotten_after_a_day(session: AsyncSession) -> None:
    owner = await tiera_service_manager(session)
    unused, used = await make_file(session, owner), await make_file(session, owner, b"%PDF-2")
    await verbs.use_file(session, owner, used.id, await make_right(session, await make_person(session)), "document")

    async def left() -> set[int]:
        return set((await session.scalars(sa.select(StoredFile.id))).all())

    await verbs.sweep_unused(session, SCHEDULE, now=NOW + timedelta(hours=24))
    assert await left() == {unused.id, used.id}
    await verbs.sweep_unused(session, SCHEDULE, now=NOW + timedelta(hours=24, seconds=1))
    assert await left() == {used.id}


async def test_the_store_keeps_what_a_file_still_has(database_url: str, tmp_path: Path) -> None:
    store = Folder(tmp_path)
    kept, gone = store.put(b"%PDF-kept"), store.put(b"%PDF-gone")
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        await make_file(session, await tiera_service_manager(session), b"%PDF-kept")
    assert await sweep_store(sessions, store, now=this_instant()) == 0
    assert await sweep_store(sessions, store, now=this_instant() + timedelta(hours=25)) == 1
    assert store.get(kept) == b"%PDF-kept"
    with pytest.raises(KeyError):
        store.get(gone)
    await engine.dispose()
