"""A complaint is begun of what somebody wrote by mail (H11.10-a)."""

from datetime import datetime

from backend.complaints.model import Complaint
from backend.complaints.verbs import Content, create_complaint
from backend.inbox.desk_verbs import note_complaint
from backend.inbox.queries import get_mail_for_change
from backend.inbox.states import MAIL, MailAction
from backend.inbox.taking_verbs import hand_on_files
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.rulebook.rules import rule


@rule("H11.10-a")
async def complain_by_mail(
    session: Session, actor: Actor, *, mail_id: int, agreement_id: int, content: Content, now: datetime
) -> Complaint:
    """Begin a complaint of a mail that waits, with the files that came along; nothing is sent by this."""
    mail = await get_mail_for_change(session, actor, mail_id)
    MAIL.take(actor, mail.state, MailAction.COMPLAIN)
    complaint = await create_complaint(session, actor, agreement_id=agreement_id, content=content, now=now)
    complaint.mail_id = mail.id
    await hand_on_files(session, mail, complaint, now=now)
    await note_complaint(session, actor, mail, complaint.ref, now=now)
    return complaint
