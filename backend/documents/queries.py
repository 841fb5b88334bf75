"""Who sees documents; loads for verbs."""

from typing import Any

import sqlalchemy as sa

from backend.documents.model import (
    ENDS_OF_DOCUMENTS,
    WORDS_OF_DOCUMENTS,
    WORDS_OF_DOCUMENTS_PARTIES,
    WORDS_OF_VERSIONS,
    Document,
    DocumentVersion,
)
from backend.documents.states import DocumentState
from backend.files.queries import register_holder
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import between_parties, has_words, held, is_seen, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import Aside, register_thing
from backend.parties.agreement_model import Service
from backend.parties.days import is_valid_on
from backend.parties.model import RoleHeld
from backend.rulebook.roles import Role
from backend.rulebook.rules import rule


@rule("H11.5-a", "H11.5-b", "H11.4-a")
def visible_documents(actor: Actor, document: Row) -> Condition:
    """Tiera all; a supplier those of its services, and templates; a customer what is released to customers."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.or_(document.supplier_id == actor.organisation_id, document.is_template)
    return document.released_at.is_not(None)  # type: ignore[no-any-return]


@rule("H11.4-a")
def visible_versions(actor: Actor, version: Row) -> Condition:
    """Those of the documents seen; a customer those of them that are released."""
    of_seen = is_seen(actor, Document.__name__, version.document_id)
    if actor.kind is ActorKind.CUSTOMER:
        return sa.and_(version.released_at.is_not(None), of_seen)
    return of_seen


def reads_end(actor: Actor, document: Row) -> Condition:
    """SQL: whether why it is used no more is read: what a supplier says of that reaches no customer (H11.4-a)."""
    if actor.kind is not ActorKind.CUSTOMER:
        return sa.true()
    return document.organisation_id.is_distinct_from(document.supplier_id)  # type: ignore[no-any-return]


register_thing(
    Document,
    visible_documents,
    title="title",
    url="/asiakirjat/{id}",
    words=WORDS_OF_DOCUMENTS,
    asides=(Aside(WORDS_OF_DOCUMENTS_PARTIES, between_parties), Aside(ENDS_OF_DOCUMENTS, reads_end)),
)
register_thing(
    DocumentVersion,
    visible_versions,
    url="/asiakirjat/{document_id}",
    part_of=("Document",),
    words=WORDS_OF_VERSIONS,
)
register_holder("DocumentVersion")


def is_outdated(document: Row, on: Any) -> Condition:
    """SQL: whether it should have been looked at again by a day."""
    return sa.and_(document.state == DocumentState.IN_USE, document.review_on < on)


@rule("H11.6-c")
def answers_for_all(document: Row, person: Row, on: Any) -> Condition:
    """SQL: whether a person is on a day a service manager of the supplier, and so answers for all of the service's."""
    role = rows_of(RoleHeld)
    return there_is(
        role,
        role.c.organisation_id == document.supplier_id,
        role.c.person_id == person.id,
        role.c.role == Role.SERVICE_MANAGER,
        is_valid_on(role.c, on),
    )


@rule("H11.6-c")
def falls_to(document: Row, actor: Actor) -> Condition:
    """SQL: whether the actor sees to it that it is kept: its owner, or a service manager of the side that keeps it."""
    of_side = document.organisation_id == actor.organisation_id
    if Role.SERVICE_MANAGER in actor.roles:
        return of_side  # type: ignore[no-any-return]
    return sa.and_(of_side, sa.func.coalesce(document.owner_id == actor.person_id, sa.false()))


def is_newest(document: Row, version: Row, *, actor: Actor) -> Condition:
    """SQL: whether a version is the newest of a document that the actor sees."""
    return sa.and_(version.document_id == document.id, version.ordinal == _newest_seen(document, actor, "ordinal"))


def updated_at(document: Row, actor: Actor) -> Any:
    """SQL: when the newest version that the actor sees was added."""
    return _newest_seen(document, actor, "added_at") if actor.kind is ActorKind.CUSTOMER else document.updated_at


def end_reason(document: Row, actor: Actor) -> Any:
    """SQL: why it is used no more, as far as the actor reads it."""
    return sa.case((reads_end(actor, document), document.end_reason))


def _newest_seen(document: Row, actor: Actor, column: str) -> Any:
    its = rows_of(DocumentVersion)
    seen = its.c.released_at.is_not(None) if actor.kind is ActorKind.CUSTOMER else sa.true()
    of = sa.select(sa.func.max(its.c[column])).where(its.c.document_id == document.id, seen)
    return of.correlate_except(its).scalar_subquery()


@rule("H11.4-a")
def waits_for_release(document: Row, actor: Actor) -> Condition:
    """SQL: whether something of it waits for Tiera's release; customers are not told."""
    if actor.kind is ActorKind.CUSTOMER:
        return sa.false()
    return sa.and_(document.state == DocumentState.IN_USE, document.release_asked_at.is_not(None))


def documents_matching(_: None, document: Row, actor: Actor, *, where: Any) -> Condition:
    """SQL: whether a document fits what a list is narrowed to."""
    return sa.and_(
        when(where.kinds, lambda kinds: sa.cast(document.kind, sa.Text) == sa.any_(kinds)),
        when(where.states, lambda states: sa.cast(document.state, sa.Text) == sa.any_(states)),
        when(where.is_template, lambda wanted: document.is_template == wanted),
        when(where.service_id, lambda of: document.service_id == of.of("Service")),
        when(where.organisation_id, lambda of: document.organisation_id == of.of("Organisation")),
        when(where.is_mine, lambda wanted: (document.owner_id == actor.person_id) == wanted),
        when(where.falls_to_me, lambda wanted: held(falls_to(document, actor), wanted)),
        when(where.waits_for_release, lambda wanted: held(waits_for_release(document, actor), wanted)),
        when(where.outdated_on, lambda day: is_outdated(document, day)),
        when(where.words, lambda words: _has_words(document, words)),
    )


def _has_words(document: Row, words: Any) -> Condition:
    service = rows_of(Service)
    name = sa.select(service.c.name).where(service.c.id == document.service_id).correlate_except(service)
    return has_words(words, document.title, name.scalar_subquery())


async def get_document_for_change(session: Session, actor: Actor, document_id: int) -> Document:
    """The document, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(Document).where(Document.id == document_id, visible_documents(actor, Document))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("document_id")
    return found


async def versions_of(session: Session, document_id: int) -> list[DocumentVersion]:
    """All versions of a document, which is locked, the newest first."""
    wanted = sa.select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    return list((await session.scalars(wanted.order_by(DocumentVersion.ordinal.desc()))).all())


async def next_ordinal(session: Session, document_id: int) -> int:
    """The ordinal of the next version of a document, which is locked."""
    highest = sa.select(sa.func.max(DocumentVersion.ordinal)).where(DocumentVersion.document_id == document_id)
    return (await session.scalar(highest) or 0) + 1


async def in_use_of(session: Session, service_id: int) -> list[Document]:
    """The documents of a service that are in use."""
    wanted = sa.select(Document).where(
        Document.service_id == service_id, Document.state == DocumentState.IN_USE, ~Document.is_template
    )
    return list((await session.scalars(wanted.order_by(Document.id))).all())
