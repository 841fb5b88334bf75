"""A complaint is begun of what somebody wrote by mail: by itself, where the mail says so, or by the desk (H11.10-a)."""

from datetime import datetime

from backend.complaints import naming
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintCause
from backend.complaints.verbs import Content, begin_complaint, create_complaint
from backend.inbox import rules as inbox
from backend.inbox.desk_verbs import note_complaint, note_draft
from backend.inbox.model import IncomingMail
from backend.inbox.queries import get_mail_for_change
from backend.inbox.rules import House
from backend.inbox.states import MAIL, MailAction
from backend.inbox.taking_verbs import Arrived, hand_on_files, take_mail
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import Refusal
from backend.rulebook.rules import rule
from backend.tickets.rules import shortened


@rule("H11.10-a")
async def receive_mail(
    session: Session, actor: Actor, *, arrived: Arrived, house: House, now: datetime
) -> IncomingMail:
    """Take a mail that came; one that is a complaint by somebody known at Tiera or a customer becomes a draft.

    It stays Tiera's to complete, to send or to withdraw. What does not say to whom it goes waits for the desk.
    """
    return await take_mail(session, actor, arrived=arrived, house=house, complaining=draft_by_mail, now=now)


@rule("H11.10-a")
async def draft_by_mail(session: Session, actor: Actor, mail: IncomingMail, now: datetime) -> bool:
    """Make the draft of a mail that has just come, with what it says and its files; False: nothing was made.

    Under the one agreement that the numbers in it lead to; without any, under the one with the supplier that it names;
    without such too, under the only one that there is. One that names a complaint by its number speaks of that one,
    and is no new one.
    """
    said = f"{mail.subject}\n{mail.text}"
    if naming.names_complaint(said):
        return False
    named = await naming.named_in(session, said)
    agreements = await naming.agreements_named_in(session, said, named, helsinki_date(now))
    if len(agreements) != 1:
        return False
    about = named[0].about if len(named) == 1 else None
    content = Content(
        title=inbox.title_of(mail.subject, mail.text),
        description=shortened(mail.text or mail.subject),
        cause=ComplaintCause.OTHER,
        about=about,
    )
    try:
        async with session.begin_nested():
            complaint = await begin_complaint(
                session,
                actor,
                agreement_id=agreements.pop(),
                content=content,
                event="complaint.drafted_by_mail",
                now=now,
            )
    except Refusal:
        return False
    complaint.mail_id = mail.id
    await hand_on_files(session, mail, complaint, now=now)
    await note_draft(session, actor, mail, complaint.ref, now=now)
    return True


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
