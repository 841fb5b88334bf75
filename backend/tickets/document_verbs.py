"""What a change means for the documents of its service (H11.6-a)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from backend.documents import queries as documents
from backend.documents.model import Document
from backend.documents.rules import MOST_LETTERS, check_documents_before_closing, check_updated
from backend.documents.states import DocumentEffect
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import invalid, needed, not_found
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import policy, queries
from backend.tickets.model import ChangeDocument, Ticket
from backend.tickets.states import TicketAction, TicketKind


@rule("H11.6-a")
async def say_effect_on_documents(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int,
    document_ids: Sequence[int],
    effect: DocumentEffect,
    reason: str,
    now: datetime,
) -> Ticket:
    """Say of documents that they were updated for a change, or that it has no effect on them; said anew, it counts."""
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    if ticket.kind is not TicketKind.CHANGE:
        raise invalid(Text("Only a change has an effect on documents."), "ticket_id", rule="H11.6-a")
    policy.take(actor, ticket.kind, ticket.state, TicketAction.MARK_DOCUMENTS, ticket.holder)
    said = needed(reason, "reason", most=MOST_LETTERS)
    those = {document.id: document for document in await _of(session, actor, ticket)}
    if not document_ids or not set(document_ids) <= set(those):
        raise not_found("document_ids")
    for document_id in document_ids:
        check_updated(effect, those[document_id].updated_at, ticket.reported_at)
        row = {"effect": effect, "reason": said, "said_at": now, "said_by_id": actor.person_id}
        named = insert(ChangeDocument).values(ticket_id=ticket.id, document_id=document_id, **row)
        await session.execute(named.on_conflict_do_update(index_elements=["ticket_id", "document_id"], set_=row))
    await events.record(
        session, actor, "ticket.documents_marked", ticket, at=now, rule="H11.6-a", audience=Audience.BOTH,
        effect=effect, documents=len(document_ids),
    )  # fmt: skip
    return ticket


@rule("H11.6-a")
async def require_documents_marked(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Refuse to close a change while something is unsaid of a document of its service; who says it reads of which."""
    if ticket.kind is not TicketKind.CHANGE:
        return
    marked = set(
        await session.scalars(sa.select(ChangeDocument.document_id).where(ChangeDocument.ticket_id == ticket.id))
    )
    in_use = {document.id for document in await documents.in_use_of(session, ticket.service_id)}
    named = await _of(session, actor, ticket) if actor.may(Right.KEEP_DOCUMENTS) else []
    titles = [document.title for document in named if document.id not in marked]
    check_documents_before_closing(titles, are_all_marked=in_use <= marked)


async def _of(session: Session, actor: Actor, ticket: Ticket) -> Sequence[Document]:
    """The documents of the change's service that are in use and that the actor sees."""
    wanted = sa.select(Document.id).where(documents.visible_documents(actor, Document))
    seen = set(await session.scalars(wanted))
    return [document for document in await documents.in_use_of(session, ticket.service_id) if document.id in seen]
