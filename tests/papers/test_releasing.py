"""What a supplier means for customers waits for Tiera, version by version; until then they see what was released."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.documents import queries, releasing, verbs
from backend.documents.model import Document, DocumentVersion
from backend.documents.policy import available_actions
from backend.documents.states import DocumentAction, DocumentKind, DocumentState
from backend.documents.verbs import Content
from backend.files import queries as files
from backend.kit.actor import Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from tests.files.making import make_file
from tests.making import NOW, supplier_expert
from tests.tickets.making import Desk, make_desk

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


def said_of(desk: Desk, **given: Any) -> Content:
    said = {"title": "Ohje", "kind": DocumentKind.INSTRUCTIONS, "service_id": desk.service.id, "is_for_customers": True}
    return Content(**(said | given))


async def add(session: AsyncSession, by: Actor, desk: Desk) -> Document:
    file = await make_file(session, by)
    return await verbs.add_document(session, by, content=said_of(desk), file_id=file.id, note="Versio 1.", now=NOW)


async def add_version(session: AsyncSession, by: Actor, document: Document, note: str) -> int:
    """The key of its file."""
    file = await make_file(session, by)
    await verbs.add_version(session, by, document_id=document.id, file_id=file.id, note=note, now=NOW + HOUR)
    return file.id


async def release(session: AsyncSession, by: Actor, document: Document) -> None:
    await releasing.release_document(
        session, by, document_id=document.id, expected_version=document.version, now=NOW + 2 * HOUR
    )


async def notes_seen(session: AsyncSession, actor: Actor) -> list[str]:
    wanted = sa.select(DocumentVersion.note).where(queries.visible_versions(actor, DocumentVersion))
    return list((await session.scalars(wanted.order_by(DocumentVersion.id))).all())


@pytest.mark.rule("H11.4-a")
async def test_customers_read_the_version_that_was_released_until_tiera_releases_the_next(
    session: AsyncSession, desk: Desk
) -> None:
    expert = await supplier_expert(session, desk.parties.supplier)
    document = await add(session, expert, desk)
    assert await notes_seen(session, desk.customer) == []
    await release(session, desk.tiera, document)
    assert await notes_seen(session, desk.customer) == ["Versio 1."]
    newer = await add_version(session, expert, document, "Ottakaa yhteys suoraan meihin.")
    assert await notes_seen(session, desk.customer) == ["Versio 1."]
    assert await files.find_readable(session, desk.customer, newer, now=NOW) is None
    await releasing.return_document(
        session, desk.tiera, document_id=document.id, expected_version=document.version, reason="Yhteys on Tieraan.",
        now=NOW,
    )  # fmt: skip
    assert (document.return_reason, document.release_asked_at) == ("Yhteys on Tieraan.", None)
    await add_version(session, expert, document, "Versio 3.")
    assert document.return_reason is None
    await release(session, desk.tiera, document)
    assert await notes_seen(session, desk.customer) == ["Versio 1.", "Versio 3."], "what was returned they never see"
    assert len(await notes_seen(session, desk.tiera)) == len(await notes_seen(session, desk.supplier)) == 3


@pytest.mark.rule("H11.4-a")
async def test_a_title_that_the_supplier_changes_waits_and_the_document_with_it(
    session: AsyncSession, desk: Desk
) -> None:
    document = await add(session, desk.supplier, desk)
    await release(session, desk.tiera, document)

    async def edit(**given: Any) -> bool:
        await verbs.edit_document(
            session, desk.supplier, document_id=document.id, content=said_of(desk, **given),
            expected_version=document.version, now=NOW,
        )  # fmt: skip
        seen = sa.select(Document.id).where(queries.visible_documents(desk.customer, Document))
        return await session.scalar(seen) is not None

    assert await edit(review_on=(NOW + timedelta(days=9)).date()), "a day is no text"
    assert document.release_asked_at is None
    assert not await edit(title="Soittakaa meille")
    assert document.release_asked_at is not None
    await release(session, desk.tiera, document)
    assert not await edit(title="Soittakaa meille", is_for_customers=False)
    assert document.release_asked_at is None
    assert not await edit(title="Soittakaa meille"), "meant for customers again it waits again"


@pytest.mark.rule("H11.4-a")
async def test_only_tieras_desk_releases_what_waits_and_as_it_was_looked_at(session: AsyncSession, desk: Desk) -> None:
    document = await add(session, desk.supplier, desk)
    looked_at = document.version
    for actor, code in ((desk.supplier, Code.NOT_PERMITTED), (desk.customer, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await release(session, actor, document)
        assert refused.value.code is code
    await add_version(session, desk.supplier, document, "Toinen.")
    with pytest.raises(Refusal) as refused:
        await releasing.release_document(
            session, desk.tiera, document_id=document.id, expected_version=looked_at, now=NOW
        )
    assert refused.value.code is Code.VERSION_CONFLICT, "there is another version than was looked at"
    await release(session, desk.tiera, document)
    with pytest.raises(Refusal) as refused:
        await release(session, desk.tiera, document)
    assert refused.value.code is Code.BROKEN_RULE


def test_tiera_is_offered_to_release_what_waits_alone(desk: Desk) -> None:
    def offered(actor: Actor, *, waits: bool) -> set[DocumentAction]:
        return set(available_actions(actor, DocumentState.IN_USE, desk.parties.supplier.id, waits))

    assert offered(desk.tiera, waits=True) == {DocumentAction.RELEASE, DocumentAction.RETURN}
    assert offered(desk.tiera, waits=False) == set()
    assert not offered(desk.supplier, waits=True) & {DocumentAction.RELEASE, DocumentAction.RETURN}


async def test_tieras_desk_is_told_of_what_waits_and_the_supplier_of_what_came_of_it(
    session: AsyncSession, desk: Desk
) -> None:
    document = await add(session, desk.supplier, desk)
    await release(session, desk.tiera, document)
    names = await session.scalars(
        sa.select(Event.name)
        .where(Event.subject_kind == "Document", Event.subject_id == document.id)
        .order_by(Event.id)
    )
    assert list(names) == ["document.added", "document.submitted", "document.released"]
