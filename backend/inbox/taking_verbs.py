"""Mail comes: put on record once, and written on its ticket where its sender might write there themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from backend.files.verbs import Kept, keep_file
from backend.inbox import queries, rules
from backend.inbox.model import IncomingMail
from backend.inbox.reading import ReadMail
from backend.inbox.rules import House
from backend.inbox.states import MailState, WhyAside
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal
from backend.kit.refs import Ref
from backend.rulebook.rules import rule
from backend.tickets import rules as tickets
from backend.tickets.message_verbs import write_message


@dataclass(frozen=True)
class Arrived:
    """A mail as it was read, with its bytes and what came with it in the store."""

    mail: ReadMail
    whole: Kept
    attachments: tuple[Kept, ...] = ()
    unopened: tuple[str, ...] = ()
    """Names of attachments of a kind that is not exchanged here."""


@dataclass(frozen=True)
class _Answer:
    """On which ticket somebody writes by a mail, as whom, for whom."""

    ticket_id: int
    writer: Actor
    audience: Audience


@rule("H11.7.2-a")
async def take_mail(session: Session, actor: Actor, *, arrived: Arrived, house: House, now: datetime) -> IncomingMail:
    """Put a mail on record, and its words on the ticket that it answers; the same mail is taken once.

    Whatever cannot be taken waits for the desk with the reason; what a machine wrote is put aside.
    """
    mail, is_new = await _put_on_record(session, arrived, now)
    if not is_new:
        return mail
    answer, why = await _judge(session, mail, arrived.mail, house, now)
    if answer is not None:
        why = await _write(session, mail, answer, now)
    if why is not None:
        await _put_aside(session, actor, mail, why, now)
    return mail


async def _put_on_record(session: Session, arrived: Arrived, now: datetime) -> tuple[IncomingMail, bool]:
    """The mail's row, and whether it is new: of two who take the same at once the second waits and finds it."""
    read = arrived.mail
    row = insert(IncomingMail).values(
        digest=read.digest,
        message_id=read.message_id,
        state=MailState.HELD,
        why=WhyAside.UNKNOWN_SENDER,
        sender=read.sender,
        sender_name=read.sender_name,
        subject=read.subject,
        text=read.text,
        sent_at=read.sent_at,
        received_at=now,
        unopened=list(arrived.unopened),
    )
    id = await session.scalar(row.on_conflict_do_nothing(index_elements=["digest"]).returning(IncomingMail.id))
    if id is None:
        return await queries.find_taken(session, read.digest), False
    mail = await session.get_one(IncomingMail, id)
    await keep_file(session, mail, "mail", arrived.whole, now=now)
    for each in arrived.attachments:
        await keep_file(session, mail, "attachment", each, now=now)
    return mail, True


async def _judge(
    session: Session, mail: IncomingMail, read: ReadMail, house: House, now: datetime
) -> tuple[_Answer | None, WhyAside | None]:
    """Either on which ticket and as whom its sender writes by it, or why not; who that is is noted on the way."""
    if ignored := rules.why_ignored(read, house):
        return None, ignored
    thread = rules.thread_of(read, house)
    if thread.is_anothers or not rules.is_proven(read):
        return None, WhyAside.NOT_PROVEN
    person = await queries.find_sender(session, read.sender)
    if person is None:
        return None, WhyAside.UNKNOWN_SENDER
    mail.person_id = person.id
    actors = await queries.actors_of(session, person, now)
    if not actors:
        return None, WhyAside.NO_ROLE
    if len(actors) == 1:
        mail.organisation_id = actors[0].organisation_id
    if not read.is_whole:
        return None, WhyAside.NOT_WHOLE
    ticket_id = await queries.find_ticket(session, thread.numbers, read.answers)
    if ticket_id is None:
        return None, WhyAside.NOT_SEEN if thread.numbers else WhyAside.NEW_MATTER
    writer = await queries.find_writer(session, actors, ticket_id)
    if writer is None:
        return None, WhyAside.NOT_SEEN
    mail.organisation_id = writer.organisation_id
    if not read.text.strip():
        return None, WhyAside.EMPTY
    if await queries.count_lately(session, mail, ticket_id, now) >= rules.MOST_AN_HOUR:
        return None, WhyAside.TOO_MANY
    return _Answer(ticket_id, writer, rules.audience_of(writer.kind, thread.audience)), None


@rule("H11.4-a")
async def _write(session: Session, mail: IncomingMail, answer: _Answer, now: datetime) -> WhyAside | None:
    """Write a mail's words on its ticket by the verb by which its sender would; why not, where a rule refuses it."""
    text = tickets.shortened(mail.text)
    try:
        async with session.begin_nested():
            await write_message(
                session, answer.writer, ticket_id=answer.ticket_id, text=text, audience=answer.audience, now=now
            )
    except Refusal:
        return WhyAside.REFUSED
    mail.state, mail.why, mail.ticket_id = MailState.TAKEN, None, answer.ticket_id
    await record_taken(session, answer.writer, mail, now)
    return None


async def record_taken(
    session: Session, actor: Actor, mail: IncomingMail, now: datetime, *, source: MailState | None = None
) -> None:
    """Put on record that a mail is on a ticket now."""
    await events.record(
        session, actor, "incoming_mail.taken", mail, at=now, rule="H11.7.2-a", from_=source, to=mail.state,
        audience=Audience.TIERA, ticket=Ref("Ticket", mail.ticket_id or 0),
    )  # fmt: skip


async def _put_aside(session: Session, actor: Actor, mail: IncomingMail, why: WhyAside, now: datetime) -> None:
    """Keep it for the desk, or for nobody; only so many of one sender in an hour are told."""
    mail.state, mail.why = rules.state_of(why), why
    is_told = mail.state is MailState.HELD and mail.person_id is not None
    if is_told and await queries.count_lately(session, mail, None, now) >= rules.MOST_AN_HOUR:
        is_told = False
    name = "incoming_mail.held" if is_told else "incoming_mail.put_aside"
    await events.record(
        session, actor, name, mail, at=now, rule="H11.7.2-a", to=mail.state, audience=Audience.TIERA, why=why
    )
