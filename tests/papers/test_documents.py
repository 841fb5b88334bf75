"""Documents are added, kept current and used no more; a change is not closed before its documents are seen to."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.documents import queries, releasing, verbs
from backend.documents.model import Document, DocumentVersion
from backend.documents.states import DocumentEffect, DocumentKind, DocumentState
from backend.documents.verbs import Content
from backend.files import queries as files
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.faults import Code, Refusal
from backend.kit.translation import translate
from backend.parties.model import Person, RoleHeld
from backend.rulebook.roles import Right, Role, rights_of, roles_of
from backend.tickets import handling_verbs
from backend.tickets.attachment_verbs import take_away_ticket_file
from backend.tickets.document_verbs import say_effect_on_documents
from backend.tickets.model import Ticket
from backend.tickets.states import TicketKind, TicketState
from tests.files.making import make_file
from tests.making import (
    NOW,
    TODAY,
    end_roles,
    make_agreement,
    make_person,
    make_role,
    make_service,
    supplier_expert,
    supplier_manager,
)
from tests.tickets.making import Desk, make_desk, make_ticket

HOUR = timedelta(hours=1)
LATER = TODAY + timedelta(days=30)


@dataclass
class Shelf:
    """A desk, and the manager of another supplier."""

    desk: Desk
    stranger: Actor


@pytest.fixture
async def shelf(session: AsyncSession) -> Shelf:
    return Shelf(await make_desk(session), await supplier_manager(session))


async def add(session: AsyncSession, by: Actor, desk: Desk, **given: Any) -> Document:
    """A document of the desk's service, unless it is said otherwise."""
    said = {"title": "Ohje", "kind": DocumentKind.INSTRUCTIONS, "service_id": desk.service.id, **given}
    file = await make_file(session, by)
    return await verbs.add_document(session, by, content=Content(**said), file_id=file.id, now=NOW)


async def seen_by(session: AsyncSession, actor: Actor) -> list[int]:
    wanted = sa.select(Document.id).where(queries.visible_documents(actor, Document))
    return list((await session.scalars(wanted.order_by(Document.id))).all())


async def change(session: AsyncSession, desk: Desk) -> Ticket:
    """A change that is resolved and may be closed."""
    ticket = await make_ticket(session, desk)
    ticket.kind, ticket.state, ticket.resolved_at = TicketKind.CHANGE, TicketState.RESOLVED, NOW
    await session.flush()
    return ticket


@pytest.mark.rule("H11.5-a", "H11.5-b")
async def test_documents_are_at_hand_for_both_sides_and_customers_see_what_is_meant_for_them(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    own = await add(session, desk.supplier, desk)
    tieras = await add(session, desk.tiera, desk)
    guide = await add(session, desk.supplier, desk, is_for_customers=True)
    template = await add(session, desk.tiera, desk, is_template=True)
    assert await seen_by(session, desk.tiera) == [own.id, tieras.id, guide.id, template.id]
    assert await seen_by(session, desk.supplier) == [own.id, tieras.id, guide.id, template.id]
    assert await seen_by(session, shelf.stranger) == [template.id]
    assert await seen_by(session, desk.customer) == [], "what a supplier writes waits for Tiera"
    await releasing.release_document(session, desk.tiera, document_id=guide.id, expected_version=1, now=NOW)
    assert await seen_by(session, desk.customer) == [guide.id]
    tieras_guide = await add(session, desk.tiera, desk, is_for_customers=True)
    assert await seen_by(session, desk.customer) == [guide.id, tieras_guide.id]


@pytest.mark.rule("H11.5-b")
async def test_a_documents_file_is_read_by_whoever_sees_the_document(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    file = await make_file(session, desk.supplier)
    content = Content(title="Kuvaus", kind=DocumentKind.ARCHITECTURE, service_id=desk.service.id)
    await verbs.add_document(session, desk.supplier, content=content, file_id=file.id, now=NOW)
    read = [
        await files.find_readable(session, actor, file.id, now=NOW) is not None
        for actor in (desk.tiera, desk.supplier, shelf.stranger, desk.customer)
    ]
    assert read == [True, True, False, False]


@pytest.mark.rule("H11.6-a", "H11.6-b")
async def test_a_newer_version_takes_the_place_of_the_one_before_which_stays_to_be_read(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    document = await add(session, desk.supplier, desk)
    newer = await make_file(session, desk.supplier)
    await verbs.add_version(
        session, desk.supplier, document_id=document.id, file_id=newer.id, note="Korjattu.", now=NOW + HOUR
    )
    versions = await session.scalars(
        sa.select(DocumentVersion.ordinal)
        .where(DocumentVersion.document_id == document.id)
        .order_by(DocumentVersion.ordinal)
    )
    assert list(versions) == [1, 2]
    assert document.updated_at == NOW + HOUR
    with pytest.raises(Refusal) as refused:
        await take_away_ticket_file(session, desk.supplier, file_id=newer.id, reason="Pois.", now=NOW)
    assert refused.value.code is Code.NOT_FOUND, "what is documentation nobody takes away"


@pytest.mark.rule("H11.6-a")
async def test_an_outdated_one_is_shown_until_somebody_has_looked_at_it(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    document = await add(session, desk.supplier, desk, review_on=TODAY + timedelta(days=1))

    async def outdated(on: date) -> bool:
        return bool(await session.scalar(sa.select(Document.id).where(queries.is_outdated(Document, on))))

    assert [await outdated(TODAY + timedelta(days=n)) for n in (1, 2)] == [False, True]
    await verbs.review_document(session, desk.supplier, document_id=document.id, review_on=LATER, now=NOW)
    assert not await outdated(TODAY + timedelta(days=2))
    with pytest.raises(Refusal) as refused:
        await verbs.review_document(session, desk.supplier, document_id=document.id, review_on=TODAY, now=NOW)
    assert refused.value.errors[0].path == ("review_on",)


async def test_a_day_of_review_that_somebody_gave_meanwhile_is_not_written_over(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    soon = TODAY + timedelta(days=1)
    document = await add(session, desk.supplier, desk, review_on=soon)
    opened = document.version
    await verbs.review_document(session, desk.supplier, document_id=document.id, review_on=LATER, now=NOW)
    said = Content(title="Ohje 2", kind=DocumentKind.INSTRUCTIONS, service_id=desk.service.id, review_on=soon)
    with pytest.raises(Refusal) as refused:
        await verbs.edit_document(
            session, desk.supplier, document_id=document.id, content=said, expected_version=opened, now=NOW
        )
    assert (refused.value.code, document.review_on) == (Code.VERSION_CONFLICT, LATER)


async def test_a_document_whose_owner_has_left_can_still_be_changed_and_stays_theirs_until_another_is_named(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    gone = await make_person(session)
    role = await make_role(session, gone, desk.parties.supplier, Role.SERVICE_MANAGER)
    document = await add(session, desk.supplier, desk, owner_id=gone.id)
    await end_roles(session, RoleHeld.id == role.id)
    said = {"kind": DocumentKind.INSTRUCTIONS, "service_id": desk.service.id}
    for owner_id in (gone.id, None):
        content = Content(title="Uusi nimi", owner_id=owner_id, **said)
        await verbs.edit_document(
            session, desk.supplier, document_id=document.id, content=content, expected_version=document.version,
            now=NOW,
        )  # fmt: skip
        assert (document.title, document.owner_id) == ("Uusi nimi", gone.id)


@pytest.mark.rule("H11.6-c")
async def test_each_side_keeps_its_own_and_templates_are_tieras(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    theirs = await add(session, desk.supplier, desk)
    for by, code in ((desk.tiera, Code.NOT_PERMITTED), (shelf.stranger, Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            await verbs.retire_document(session, by, document_id=theirs.id, reason="x", now=NOW)
        assert refused.value.code is code
    with pytest.raises(Refusal) as refused:
        await add(session, desk.supplier, desk, is_template=True)
    assert refused.value.errors[0].rule == "H11.6-c"
    with pytest.raises(Refusal):
        await add(session, desk.customer, desk)


async def test_what_a_document_names_must_be_there_and_ones_own(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    elsewhere = await make_service(session, await make_agreement(session))
    plain = await add(session, desk.supplier, desk)
    for wrong, field in (
        ({"service_id": elsewhere.id}, "service_id"),
        ({"service_id": None}, "service_id"),
        ({"template_id": plain.id}, "template_id"),
        ({"owner_id": (await make_person(session)).id}, "owner_id"),
        ({"title": " "}, "title"),
        ({"review_on": TODAY}, "review_on"),
    ):
        with pytest.raises(Refusal) as refused:
            await add(session, desk.supplier, desk, **wrong)
        assert refused.value.errors[0].path == ("content", field)
    with pytest.raises(Refusal) as refused:
        await verbs.add_version(session, desk.supplier, document_id=plain.id, file_id=0, note="x", now=NOW)
    assert refused.value.errors[0].path == ("file_id",)


@pytest.mark.rule("H11.6-b")
async def test_one_that_is_used_no_more_stays_to_be_read(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    document = await add(session, desk.supplier, desk)
    await verbs.retire_document(session, desk.supplier, document_id=document.id, reason="Korvattu.", now=NOW)
    assert (document.state, document.end_reason) == (DocumentState.RETIRED, "Korvattu.")
    assert document.id in await seen_by(session, desk.tiera)


@pytest.mark.rule("H11.6-a")
async def test_a_change_is_closed_when_something_is_said_of_each_document(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    first, second = await add(session, desk.supplier, desk), await add(session, desk.tiera, desk, title="Suunnitelma")
    ticket = await change(session, desk)
    with pytest.raises(Refusal) as refused:
        await handling_verbs.close_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    assert refused.value.errors[0].rule == "H11.6-a"
    assert ticket.state is TicketState.RESOLVED
    given: dict[str, Any] = {"ticket_id": ticket.id, "reason": "Ei muutu.", "now": NOW + HOUR}
    await say_effect_on_documents(
        session, desk.tiera, document_ids=[first.id], effect=DocumentEffect.NO_EFFECT, **given
    )
    await verbs.retire_document(session, desk.tiera, document_id=second.id, reason="Turha.", now=NOW)
    await handling_verbs.close_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW + HOUR)
    assert ticket.state is TicketState.CLOSED


@pytest.mark.rule("H11.6-a")
async def test_a_document_is_updated_by_a_version_and_not_by_saying_so(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    document = await add(session, desk.supplier, desk)
    ticket = await change(session, desk)
    ticket.reported_at = NOW + HOUR
    given: dict[str, Any] = {
        "ticket_id": ticket.id, "document_ids": [document.id], "effect": DocumentEffect.UPDATED, "reason": "Versio 2.",
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        await say_effect_on_documents(session, desk.tiera, now=NOW + HOUR, **given)
    assert refused.value.errors[0].path == ("document_ids",)
    file = await make_file(session, desk.supplier)
    at = NOW + 2 * HOUR
    await verbs.add_version(session, desk.supplier, document_id=document.id, file_id=file.id, note="2", now=at)
    await say_effect_on_documents(session, desk.tiera, now=at, **given)
    await handling_verbs.close_ticket(session, desk.tiera, ticket_id=ticket.id, now=at)
    assert ticket.state is TicketState.CLOSED


@pytest.mark.rule("H11.6-a", "H11.5-a")
async def test_who_confirms_a_change_is_told_for_whom_it_waits_and_reads_no_titles(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    hidden = await add(session, desk.supplier, desk, title="Toipumissuunnitelma")
    guide = await add(session, desk.supplier, desk, title="Käyttöohje", is_for_customers=True)
    ticket = await change(session, desk)

    async def told(actor: Actor) -> str:
        with pytest.raises(Refusal) as refused:
            await handling_verbs.close_ticket(session, actor, ticket_id=ticket.id, now=NOW)
        [error] = refused.value.errors
        assert (error.code, error.rule) == (Code.BROKEN_RULE, "H11.6-a")
        return translate(error.message, Language.EN)

    assert "Toipumissuunnitelma, Käyttöohje" in await told(desk.tiera)
    said = await told(desk.customer)
    assert said.startswith("Tiera and the supplier have not said yet")
    assert "Toipumissuunnitelma" not in said and "Käyttöohje" not in said
    await say_effect_on_documents(
        session, desk.tiera, ticket_id=ticket.id, document_ids=[hidden.id, guide.id],
        effect=DocumentEffect.NO_EFFECT, reason="Ei muutu.", now=NOW,
    )  # fmt: skip
    await handling_verbs.close_ticket(session, desk.customer, ticket_id=ticket.id, now=NOW)
    assert ticket.state is TicketState.CLOSED


@pytest.mark.rule("H11.6-a")
async def test_what_a_change_means_for_documents_is_not_a_customers_to_say(session: AsyncSession, shelf: Shelf) -> None:
    desk = shelf.desk
    guide = await add(session, desk.supplier, desk, is_for_customers=True)
    ticket = await change(session, desk)
    with pytest.raises(Refusal) as refused:
        await say_effect_on_documents(
            session, desk.customer, ticket_id=ticket.id, document_ids=[guide.id], effect=DocumentEffect.NO_EFFECT,
            reason="Ei muutu.", now=NOW,
        )  # fmt: skip
    assert (refused.value.code, refused.value.errors[0].rule) == (Code.NOT_PERMITTED, "H11.6-a")


@pytest.mark.rule("H11.6-c")
async def test_a_document_falls_to_its_owner_and_the_service_managers_of_the_side_that_keeps_it(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    expert = await supplier_expert(session, desk.parties.supplier)
    left = await make_person(session)
    role = await make_role(session, left, desk.parties.supplier, Role.EXPERT)
    of_expert = await add(session, desk.supplier, desk, owner_id=expert.person_id)
    of_one_who_left = await add(session, desk.supplier, desk, owner_id=left.id)
    tieras = await add(session, desk.tiera, desk)
    await end_roles(session, RoleHeld.id == role.id)

    async def falling_to(actor: Actor) -> list[int]:
        wanted = sa.select(Document.id).where(queries.falls_to(Document, actor)).order_by(Document.id)
        return list((await session.scalars(wanted)).all())

    assert await falling_to(expert) == [of_expert.id]
    assert await falling_to(desk.supplier) == [of_expert.id, of_one_who_left.id]
    assert await falling_to(desk.tiera) == [tieras.id]
    assert await falling_to(shelf.stranger) == await falling_to(desk.customer) == []


@pytest.mark.rule("H11.6-c")
async def test_the_suppliers_service_manager_of_the_day_answers_for_all_documents_of_the_service(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    own, tieras = await add(session, desk.supplier, desk), await add(session, desk.tiera, desk)
    template = await add(session, desk.tiera, desk, is_template=True)
    former = await make_person(session)
    await supplier_expert(session, desk.parties.supplier)
    await end_roles(
        session, RoleHeld.id == (await make_role(session, former, desk.parties.supplier, Role.SERVICE_MANAGER)).id
    )

    async def answers(document: Document) -> list[int]:
        wanted = sa.select(Person.id).where(queries.answers_for_all(document, Person, TODAY))
        return list((await session.scalars(wanted)).all())

    assert await answers(own) == await answers(tieras) == [desk.supplier.person_id]
    assert await answers(template) == []


@pytest.mark.parametrize("side", [ActorKind.BUYER, ActorKind.SUPPLIER])
def test_whoever_has_a_role_at_tiera_or_a_supplier_can_be_an_owner(side: ActorKind) -> None:
    assert all(Right.KEEP_DOCUMENTS in rights_of(side, [role]) for role in roles_of(side))


async def test_only_documents_of_the_changes_service_are_spoken_of_and_only_of_a_change(
    session: AsyncSession, shelf: Shelf
) -> None:
    desk = shelf.desk
    other = await make_service(session, desk.parties.agreement)
    document, elsewhere = (
        await add(session, desk.supplier, desk),
        await add(session, desk.supplier, desk, service_id=other.id),
    )
    ticket, incident = await change(session, desk), await make_ticket(session, desk)
    for where, those in ((ticket, [elsewhere.id]), (ticket, []), (incident, [document.id])):
        with pytest.raises(Refusal):
            await say_effect_on_documents(
                session, desk.tiera, ticket_id=where.id, document_ids=those, effect=DocumentEffect.NO_EFFECT,
                reason="x", now=NOW,
            )  # fmt: skip
