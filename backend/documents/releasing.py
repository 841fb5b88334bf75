"""What a supplier means for customers reaches them when Tiera has released it, version by version (H11.4-a)."""

from datetime import datetime

from backend.documents import policy, queries, rules
from backend.documents.model import Document
from backend.documents.states import DocumentAction
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session
from backend.kit.faults import needed, version_conflict
from backend.rulebook.rules import rule

A = DocumentAction
Shown = tuple[str, str, int | None]


def shown_of(document: Document) -> Shown:
    """What customers read of a document beside its versions."""
    return document.title, document.kind, document.service_id


@rule("H11.4-a")
async def settle(session: Session, actor: Actor, document: Document, *, is_changed: bool, now: datetime) -> None:
    """After a document was added, changed or given a version: whether customers see it.

    What Tiera keeps they see at once, with all its versions. What a supplier keeps waits for Tiera. A version that was
    released stays seen meanwhile; not so once what the register says `is_changed`, for there is one title alone.
    """
    if not document.is_for_customers:
        return
    if actor.kind is ActorKind.BUYER:
        document.released_at = document.released_at or now
        for version in await queries.versions_of(session, document.id):
            version.released_at = version.released_at or now
        return
    if is_changed:
        document.released_at = None
    newest = (await queries.versions_of(session, document.id))[0]
    if document.released_at is not None and newest.released_at is not None:
        return
    document.release_asked_at, document.return_reason = now, None
    await events.record(session, actor, "document.submitted", document, at=now, rule="H11.4-a", ordinal=newest.ordinal)


@rule("H11.4-a")
async def release_document(
    session: Session, actor: Actor, *, document_id: int, expected_version: int, now: datetime
) -> Document:
    """Let customers see what the register says of it and its newest version, as they were looked at."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take_release(actor, document.state, A.RELEASE, waits=document.release_asked_at is not None)
    if document.version != expected_version:
        raise version_conflict()
    newest = (await queries.versions_of(session, document.id))[0]
    newest.released_at = newest.released_at or now
    document.released_at = document.released_at or now
    document.release_asked_at = None
    document.version += 1
    await events.record(session, actor, "document.released", document, at=now, rule=move.rule, ordinal=newest.ordinal)
    return document


@rule("H11.4-a")
async def return_document(
    session: Session, actor: Actor, *, document_id: int, expected_version: int, reason: str, now: datetime
) -> Document:
    """Say why customers are not to see what waits; they see what was released before, or nothing."""
    document = await queries.get_document_for_change(session, actor, document_id)
    move = policy.take_release(actor, document.state, A.RETURN, waits=document.release_asked_at is not None)
    if document.version != expected_version:
        raise version_conflict()
    document.return_reason = needed(reason, "reason", most=rules.MOST_LETTERS)
    document.release_asked_at = None
    document.version += 1
    await events.record(session, actor, "document.returned", document, at=now, rule=move.rule)
    return document
