"""Sensitive mail is fetched on record, and goes with what it became, when that was kept long enough (H11.1-b)."""

from datetime import datetime

import sqlalchemy as sa

from backend.files.model import StoredFile
from backend.files.queries import register_note
from backend.files.verbs import REMOVED, remove_files
from backend.inbox import queries
from backend.inbox.model import IncomingMail
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.rulebook.rules import rule
from backend.tickets.deadlines import REMOVE_SENSITIVE
from backend.tickets.sensitive_verbs import note_fetched_with, remove_sensitive_texts


@rule("H11.1-b")
async def note_mail_fetched(session: Session, actor: Actor, file: StoredFile, *, now: datetime) -> None:
    """Put on record that somebody fetched a masked mail, or a file of it, as of the text that it became."""
    mail = await session.get_one(IncomingMail, file.about_id)
    await note_fetched_with(
        session, actor, file, ticket_id=mail.ticket_id or 0, message_id=mail.ticket_message_id, now=now
    )


@rule("H11.1-b")
async def remove_with_mails(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Remove a ticket's sensitive texts and files, and the mails by which they came; that mail came stays on record."""
    await remove_sensitive_texts(session, actor, deadline, now=now)
    sensitive = sa.and_(IncomingMail.ticket_id == deadline.about_id, sa.not_(queries.is_plain(IncomingMail)))
    emptied = sa.update(IncomingMail).where(sensitive).values(text=REMOVED, unopened=[]).returning(IncomingMail.id)
    removed = list((await session.scalars(emptied)).all())
    await remove_files(session, IncomingMail.__name__, removed, now=now)


register_note(IncomingMail.__name__, note_mail_fetched)
register(DeadlineKind(REMOVE_SENSITIVE, breach=remove_with_mails))
