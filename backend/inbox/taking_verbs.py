"""Mail comes: put on record once, and written on its ticket, or made one, where its sender might do so themselves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from backend.files.verbs import ATTACHMENT, Kept, keep_file
from backend.inbox import queries, rules
from backend.inbox.model import IncomingMail
from backend.inbox.reading import ReadMail
from backend.inbox.rules import House
from backend.inbox.states import MailState, WhyAside
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.database import Session, Thing
from backend.kit.events import Audience
from backend.kit.faults import Refusal
from backend.kit.refs import Ref
from backend.kit.translation import translate
from backend.parties import queries as parties
from backend.rulebook.rules import rule
from backend.tickets import rules as tickets
from backend.tickets.merged_queries import goes_on_in
from backend.tickets.message_verbs import write_message
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import TicketKind


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


@dataclass(frozen=True)
class _Matter:
    """Of which service somebody begins a matter by a mail, as whom."""

    service_id: int
    writer: Actor


Complaining = Callable[[Session, Actor, IncomingMail, datetime], Awaitable[bool]]
"""Makes the draft of a complaint of a mail that says that it is one; False: it waits for the desk."""


@rule("H11.7.2-a")
async def take_mail(
    session: Session,
    actor: Actor,
    *,
    arrived: Arrived,
    house: House,
    complaining: Complaining | None = None,
    now: datetime,
) -> IncomingMail:
    """Put a mail on record, and its words on the ticket that it answers or that it begins; the same mail is taken once.

    Whatever cannot be taken waits for the desk with the reason; what a machine wrote is put aside.
    """
    read = replace(arrived.mail, text=rules.without_secrets(arrived.mail.text, house))
    mail, is_new = await _put_on_record(session, replace(arrived, mail=read), now)
    if not is_new:
        return mail
    judged = await _judge(session, mail, read, house, now)
    if judged is WhyAside.COMPLAINT and complaining is not None:
        mail.why = judged
        is_many = await queries.count_lately(session, mail, None, now) >= rules.MOST_AN_HOUR
        if not is_many and await complaining(session, actor, mail, now):
            return mail
    why = judged if isinstance(judged, WhyAside) else await _write(session, mail, judged, now)
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
    await keep_file(session, mail, queries.WHOLE, arrived.whole, now=now)
    for each in arrived.attachments:
        await keep_file(session, mail, ATTACHMENT, each, now=now)
    return mail, True


async def _judge(
    session: Session, mail: IncomingMail, read: ReadMail, house: House, now: datetime
) -> _Answer | _Matter | WhyAside:
    """What its sender does by a mail and as whom, or why nothing; who that is is noted on the way."""
    if ignored := rules.why_ignored(read, house):
        return ignored
    thread = rules.thread_of(read, house)
    if thread.is_anothers or not rules.is_proven(read):
        return WhyAside.NOT_PROVEN
    person = await queries.find_sender(session, read.sender)
    if person is None:
        return WhyAside.UNKNOWN_SENDER
    mail.person_id = person.id
    actors = await queries.actors_of(session, person, now)
    if not actors:
        return WhyAside.NO_ROLE
    if len(actors) == 1:
        mail.organisation_id = actors[0].organisation_id
    if doubted := rules.why_doubted(read):
        return doubted
    if not read.is_whole:
        return WhyAside.NOT_WHOLE
    if rules.begins_complaint(read, thread) and not _acts_for_supplier(actors):
        return await _judge_matter(session, mail, actors, now)
    ticket_id = await queries.find_ticket(session, thread.numbers, read.answers)
    if ticket_id is None:
        return WhyAside.NOT_SEEN if thread.numbers else await _judge_matter(session, mail, actors, now)
    ticket_id = (await goes_on_in(session, await session.get_one(Ticket, ticket_id))).id
    able = [actor for actor in actors if rules.may_answer(actor.kind, thread.audience)]
    writer = await queries.find_writer(session, able, ticket_id)
    if writer is None:
        return WhyAside.NOT_SEEN
    mail.organisation_id = writer.organisation_id
    if not rules.says_something(read.text):
        return WhyAside.EMPTY
    if await queries.count_lately(session, mail, ticket_id, now) >= rules.MOST_AN_HOUR:
        return WhyAside.TOO_MANY
    return _Answer(ticket_id, writer, rules.audience_of(writer.kind, thread.audience))


def _acts_for_supplier(actors: Sequence[Actor]) -> bool:
    return any(actor.kind is ActorKind.SUPPLIER for actor in actors)


async def _judge_matter(
    session: Session, mail: IncomingMail, actors: Sequence[Actor], now: datetime
) -> _Matter | WhyAside:
    """A new matter is its sender's own, where a service takes mail; what Tiera's people pass on is somebody else's.

    Of what is said to be a complaint Tiera makes the draft (H11.10-a); a supplier's word on one is no request, nor is
    an answer to one.
    """
    if rules.speaks_of_complaint(mail.subject):
        is_own = rules.says_complaint(mail.subject) and not _acts_for_supplier(actors)
        return WhyAside.COMPLAINT if is_own else WhyAside.NEW_MATTER
    service_id = await parties.find_service_of_mail(session)
    if service_id is None or len(actors) > 1 or actors[0].kind is ActorKind.BUYER:
        return WhyAside.NEW_MATTER
    is_hidden = not rules.says_something(mail.text) and bool(mail.text or mail.unopened)
    if is_hidden or not rules.title_of(mail.subject, mail.text):
        return WhyAside.EMPTY
    if await queries.count_lately(session, mail, None, now) >= rules.MOST_AN_HOUR:
        return WhyAside.TOO_MANY
    return _Matter(service_id, actors[0])


async def _write(session: Session, mail: IncomingMail, judged: _Answer | _Matter, now: datetime) -> WhyAside | None:
    """Let a mail become what its sender would do with its words by the same verb; why not, where a rule refuses it."""
    try:
        async with session.begin_nested():
            if isinstance(judged, _Answer):
                thing: Ticket | TicketMessage = await _answer(session, mail, judged, now)
            else:
                thing = await _begin(session, mail, judged, now)
    except Refusal:
        return WhyAside.REFUSED if isinstance(judged, _Answer) else WhyAside.NEW_MATTER
    mail.state, mail.why = MailState.TAKEN, None
    await become(session, mail, thing, now=now)
    await record_taken(session, judged.writer, mail, now)
    return None


@rule("H11.4-a")
async def _answer(session: Session, mail: IncomingMail, answer: _Answer, now: datetime) -> TicketMessage:
    text = tickets.shortened(mail.text, _note(mail, answer.writer))
    return await write_message(
        session, answer.writer, ticket_id=answer.ticket_id, text=text, audience=answer.audience, now=now
    )


@rule("H11.7.2-a")
async def _begin(session: Session, mail: IncomingMail, matter: _Matter, now: datetime) -> Ticket:
    """A request of the usual class; where the text is missing, the subject says it all."""
    report = Report(
        kind=TicketKind.SERVICE_REQUEST,
        service_id=matter.service_id,
        title=rules.title_of(mail.subject, mail.text),
        description=tickets.shortened(mail.text or mail.subject, _note(mail, matter.writer)),
    )
    return await report_ticket(session, matter.writer, report=report, now=now)


def _note(mail: IncomingMail, reader: Actor) -> str:
    missed = rules.not_taken(mail.unopened)
    return translate(missed, reader.language) if missed else ""


async def become(session: Session, mail: IncomingMail, thing: Ticket | TicketMessage, *, now: datetime) -> None:
    """Note which ticket a mail is on, and as what; its files hang there too."""
    if isinstance(thing, TicketMessage):
        mail.ticket_id, mail.ticket_message_id = thing.ticket_id, thing.id
    else:
        mail.ticket_id = thing.id
    await hand_on_files(session, mail, thing, now=now)


async def hand_on_files(session: Session, mail: IncomingMail, thing: Thing, *, now: datetime) -> None:
    """Attach what came along with a mail to what it became: whoever sees that sees the files."""
    for file in await queries.files_of(session, mail):
        kept = Kept(file.sha256, file.size, file.name, file.media_type)
        await keep_file(session, thing, ATTACHMENT, kept, now=now)


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
    mail.state, mail.why = rules.state_of(why, is_of_somebody=mail.person_id is not None), why
    is_told = mail.state is MailState.HELD and mail.person_id is not None
    if is_told and await queries.count_lately(session, mail, None, now) >= rules.MOST_AN_HOUR:
        is_told = False
    name = "incoming_mail.held" if is_told else "incoming_mail.put_aside"
    await events.record(
        session, actor, name, mail, at=now, rule="H11.7.2-a", to=mail.state, audience=Audience.TIERA, why=why
    )
