"""Documents are added, kept current, and used no more; nothing of them is ever removed (H11.5, H11.6)."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.documents import policy, queries, releasing, rules
from backend.documents.model import Document, DocumentVersion
from backend.documents.states import DocumentAction, DocumentKind, DocumentState
from backend.files.verbs import ATTACHMENT, use_file
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal, needed, not_found, not_permitted, optional, required, version_conflict
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement, Service
from backend.parties.role_queries import works_for
from backend.rulebook.rules import rule

A, S = DocumentAction, DocumentState


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the register says of a document."""

    title: str
    kind: DocumentKind
    service_id: int | None = None
    """None: a template, which is of no service."""
    is_template: bool = False
    template_id: int | None = None
    owner_id: int | None = None
    """None: whoever adds it; later, whoever was its owner."""
    is_for_customers: bool = False
    review_on: date | None = None


@rule("H11.5-a", "H11.6-c")
async def add_document(
    session: Session, actor: Actor, *, content: Content, file_id: int, note: str | None = None, now: datetime
) -> Document:
    """Put a document or a template into the register, with its first version."""
    policy.require_may_add(actor, is_template=content.is_template)
    if actor.organisation_id is None:
        raise not_permitted("H11.6-c")
    document = Document(
        state=S.IN_USE,
        is_template=content.is_template,
        organisation_id=actor.organisation_id,
        made_at=now,
        made_by_id=actor.person_id,
        updated_at=now,
    )
    await _fill(session, actor, document, content, now)
    session.add(document)
    await session.flush()
    await events.record(
        session, actor, "document.added", document, at=now, rule="H11.5-a", audience=Audience.BOTH, kind=document.kind
    )
    await _add(session, actor, document, file_id, optional(note, "note", most=rules.MOST_LETTERS) or "", now)
    await releasing.settle(session, actor, document, is_changed=True, now=now)
    return document


async def edit_document(
    session: Session, actor: Actor, *, document_id: int, content: Content, expected_version: int, now: datetime
) -> Document:
    """Change what the register says of it."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take(actor, document.state, A.EDIT, document.organisation_id)
    if document.version != expected_version:
        raise version_conflict()
    before = releasing.shown_of(document)
    await _fill(session, actor, document, content, now)
    document.version += 1
    await events.record(session, actor, "document.edited", document, at=now, rule=move.rule, version=document.version)
    is_changed = releasing.shown_of(document) != before
    await releasing.settle(session, actor, document, is_changed=is_changed, now=now)
    return document


@rule("H11.6-a")
async def add_version(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    file_id: int,
    note: str,
    review_on: date | None = None,
    now: datetime,
) -> Document:
    """Put a newer version in the place of the one before, which stays to be read."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take(actor, document.state, A.ADD_VERSION, document.organisation_id)
    rules.check_review(review_on, helsinki_date(now))
    version = await _add(session, actor, document, file_id, needed(note, "note", most=rules.MOST_LETTERS), now)
    document.updated_at = now
    document.review_on = review_on or document.review_on
    document.version += 1
    await events.record(session, actor, "document.updated", document, at=now, rule=move.rule, ordinal=version.ordinal)
    await releasing.settle(session, actor, document, is_changed=False, now=now)
    return document


@rule("H11.6-a")
async def review_document(
    session: Session, actor: Actor, *, document_id: int, review_on: date, now: datetime
) -> Document:
    """Say that it is right as it is, and by when somebody looks at it again."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take(actor, document.state, A.REVIEW, document.organisation_id)
    rules.check_review(review_on, helsinki_date(now))
    document.reviewed_at, document.review_on = now, review_on
    document.version += 1
    await events.record(session, actor, "document.reviewed", document, at=now, rule=move.rule, review_on=review_on)
    return document


@rule("H11.6-b")
async def retire_document(session: Session, actor: Actor, *, document_id: int, reason: str, now: datetime) -> Document:
    """Say that it is used no more; it stays to be read with all its versions."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take(actor, document.state, A.RETIRE, document.organisation_id)
    document.end_reason = needed(reason, "reason", most=rules.MOST_LETTERS)
    document.state, document.retired_at, document.release_asked_at = move.target, now, None
    await events.record(
        session, actor, "document.retired", document, at=now, rule=move.rule, from_=move.source, to=move.target
    )
    return document


async def _add(
    session: Session, actor: Actor, document: Document, file_id: int, note: str, now: datetime
) -> DocumentVersion:
    version = DocumentVersion(
        document_id=document.id,
        ordinal=await queries.next_ordinal(session, document.id),
        note=note.strip(),
        added_at=now,
        added_by_id=actor.person_id,
        supplier_id=document.supplier_id,
    )
    session.add(version)
    await session.flush()
    try:
        await use_file(session, actor, file_id, version, ATTACHMENT)
    except Refusal as refusal:
        raise refusal.at("file_id") from None
    return version


async def _fill(session: Session, actor: Actor, document: Document, content: Content, now: datetime) -> None:
    try:
        document.title = needed(content.title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
        rules.check_review(content.review_on if content.review_on != document.review_on else None, helsinki_date(now))
        document.supplier_id = await _supplier(session, actor, document, content)
        if content.template_id is not None:
            template = await session.get(Document, content.template_id)
            if template is None or not template.is_template:
                raise not_found("template_id")
        owner = content.owner_id or document.owner_id or actor.person_id
        is_new = content.owner_id is not None and owner != document.owner_id
        if is_new and not await works_for(session, owner, document.organisation_id, helsinki_date(now)):
            raise not_found("owner_id")
    except Refusal as refusal:
        raise refusal.at("content") from None
    document.kind, document.owner_id, document.template_id = content.kind, owner, content.template_id
    document.service_id = None if document.is_template else content.service_id
    document.is_for_customers, document.review_on = content.is_for_customers, content.review_on
    if not document.is_for_customers:
        document.released_at = document.release_asked_at = document.return_reason = None


async def _supplier(session: Session, actor: Actor, document: Document, content: Content) -> int | None:
    """Who produces the service; a supplier has documents of its own services alone."""
    if document.is_template:
        return None
    if content.service_id is None:
        raise required("service_id")
    service = await session.get(Service, content.service_id)
    agreement = None if service is None else await session.get(Agreement, service.agreement_id)
    if agreement is None or (actor.organisation_id != agreement.organisation_id and not parties.sees_all(actor)):
        raise not_found("service_id")
    return agreement.organisation_id
