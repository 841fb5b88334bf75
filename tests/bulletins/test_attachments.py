"""What is attached to a bulletin: its readers' once it is published, and a draft has just what it names."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import verbs
from backend.bulletins.model import Bulletin
from backend.bulletins.states import Receivers
from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from tests.bulletins.making import Sides, content, make_sides
from tests.files.making import make_file
from tests.making import NOW


@pytest.fixture
async def sides(session: AsyncSession) -> Sides:
    return await make_sides(session)


async def draft(session: AsyncSession, s: Sides, *files: StoredFile) -> Bulletin:
    """To one customer by name, with these files."""
    said = content(
        s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.mallila.id], file_ids=[file.id for file in files]
    )
    return await verbs.create_bulletin(session, s.tiera, content=said, now=NOW)


async def edit(session: AsyncSession, actor: Actor, s: Sides, bulletin: Bulletin, *files: StoredFile) -> None:
    said = content(s, file_ids=[file.id for file in files])
    await verbs.edit_bulletin(
        session, actor, bulletin_id=bulletin.id, content=said, expected_version=bulletin.version, now=NOW
    )


async def seen(session: AsyncSession, file: StoredFile, *actors: Actor) -> list[bool]:
    await session.refresh(file)
    return [await find_readable(session, actor, file.id, now=NOW) is not None for actor in actors]


@pytest.mark.rule("H11.11-a")
async def test_readers_read_what_is_attached_once_the_bulletin_is_published(
    session: AsyncSession, sides: Sides
) -> None:
    s, file = sides, await make_file(session, sides.tiera)
    bulletin = await draft(session, s, file)
    assert await seen(session, file, s.tiera, s.in_mallila) == [True, False]
    await verbs.publish_bulletin(session, s.tiera, bulletin_id=bulletin.id, now=NOW)
    assert await seen(session, file, s.tiera, s.in_mallila) == [True, True]
    assert await seen(session, file, s.in_nordby, s.supplier_manager, s.stranger) == [False, False, False]


async def test_a_draft_has_the_files_that_it_names_and_no_others(session: AsyncSession, sides: Sides) -> None:
    s = sides
    kept, dropped, later = [await make_file(session, s.tiera) for _ in range(3)]
    bulletin = await draft(session, s, kept, dropped)
    await edit(session, s.tiera, s, bulletin, kept, later)
    for file in (kept, dropped, later):
        await session.refresh(file)
    assert [file.about for file in (kept, dropped, later)] == [bulletin.ref, None, bulletin.ref]


async def test_a_colleague_keeps_what_is_attached_and_takes_no_file_that_somebody_else_brought(
    session: AsyncSession, sides: Sides
) -> None:
    s = sides
    colleague = replace(s.tiera, person_id=s.manager.id)
    kept, others = [await make_file(session, s.tiera) for _ in range(2)]
    bulletin = await draft(session, s, kept)
    await edit(session, colleague, s, bulletin, kept)
    assert kept.about == bulletin.ref
    with pytest.raises(Refusal) as refused:
        await edit(session, colleague, s, bulletin, kept, others)
    (error,) = refused.value.errors
    assert (error.code, error.path) == (Code.NOT_FOUND, ("content", "file_ids", 1))
