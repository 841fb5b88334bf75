"""Who sees the mail that came, and what verbs ask of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from backend.files.model import StoredFile
from backend.files.queries import register_holder
from backend.files.verbs import ATTACHMENT
from backend.identity.actors import actor_of_person
from backend.identity.queries import organisations_of
from backend.inbox.model import SAID_IN_MAILS, WORDS_OF_MAILS, IncomingMail
from backend.inbox.rules import WINDOW
from backend.inbox.states import MailState
from backend.kit import faults
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.calendar import helsinki_date
from backend.kit.conditions import has_words, is_about, rows_of, there_is, when
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import Aside, register_thing
from backend.parties.model import Person
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import figures
from backend.tickets.model import TextOpening, Ticket, TicketMessage
from backend.tickets.queries import visible_tickets

WHOLE: Final = "mail"
"""The purpose of the file that is a mail byte for byte."""
_MOST_AT_ONCE: Final = 1_000


def visible_mails(actor: Actor, mail: Row) -> Condition:
    """Tiera's desk, for what comes may be anybody's, about anything; whoever complains, for it may be a complaint."""
    is_desk = actor.kind is ActorKind.BUYER and (actor.sees(Right.HANDLE_TICKETS) or actor.sees(Right.COMPLAIN))
    return sa.true() if is_desk or actor.kind is ActorKind.SYSTEM else sa.false()


@rule("H11.1-b")
def is_plain(mail: Row) -> Condition:
    """SQL: whether what a mail says may be read without being opened: what it became is not sensitive."""
    ticket, message = rows_of(Ticket), rows_of(TicketMessage)
    became_ticket = sa.and_(ticket.c.id == mail.ticket_id, mail.ticket_message_id.is_(None))
    return sa.and_(
        sa.not_(there_is(ticket, became_ticket, ticket.c.is_sensitive)),
        sa.not_(there_is(message, message.c.id == mail.ticket_message_id, message.c.is_sensitive)),
    )


@rule("H11.1-b")
def is_opened(actor: Actor, mail: Row, since: Any) -> Condition:
    """Whether the actor opened on record what a mail became, since an instant."""
    its = rows_of(TextOpening)
    return there_is(its, _is_of(its.c, mail), its.c.person_id == actor.person_id, its.c.opened_at > since)


def _is_of(opening: Row, mail: Row) -> Condition:
    """SQL: whether what was opened is what a mail became."""
    is_same = opening.message_id.is_not_distinct_from(mail.ticket_message_id)
    return sa.and_(opening.ticket_id == mail.ticket_id, is_same)


@rule("H11.1-b")
def is_opened_file(opening: Row, file: Row, actor: Actor) -> Condition:
    """SQL: whether a file is attached to the text that the actor opened, or the mail by which that came."""
    mail = rows_of(IncomingMail)
    came = there_is(mail, mail.c.id == file.about_id, _is_of(opening, mail.c), visible_mails(actor, mail.c))
    whole = sa.and_(file.about_kind == IncomingMail.__name__, file.purpose == WHOLE, file.taken_away_at.is_(None), came)
    own = opening.person_id == actor.person_id
    return sa.or_(figures.is_opened_file(opening, file, actor), sa.and_(own, whole))


register_thing(
    IncomingMail,
    visible_mails,
    title="subject",
    url="/saapuneet/{id}",
    words=WORDS_OF_MAILS,
    asides=(Aside(SAID_IN_MAILS, lambda actor, mail: is_plain(mail)),),
)
register_holder(IncomingMail.__name__, is_plain=is_plain, is_opened=is_opened)


def text_of(mail: Row) -> sa.ColumnElement[str]:
    """SQL: what a mail says, where that is not masked."""
    return sa.case((is_plain(mail), mail.text), else_=figures.MASKED)


def unopened_of(mail: Row) -> sa.ColumnElement[list[str]]:
    """SQL: the names of attachments that are in the kept mail alone, where they are not masked."""
    return sa.case((is_plain(mail), mail.unopened), else_=array((), type_=sa.Text))


def matching(_: None, mail: Row, *, where: Any) -> Condition:
    """The mails that a filter asks for; by its words a masked text is not found."""
    return sa.and_(
        when(where.states, lambda states: mail.state == sa.any_(states)),
        when(where.words, lambda words: has_words(words, mail.sender, mail.sender_name, mail.subject, text_of(mail))),
    )


def count_of_held(actor: Actor) -> Any:
    """How many wait for the desk."""
    mails = rows_of(IncomingMail)
    held = sa.select(sa.func.count()).select_from(mails).where(mails.c.state == "held", visible_mails(actor, mails.c))
    return held.scalar_subquery()


# Loads for verbs


async def get_mail_for_change(session: Session, actor: Actor, mail_id: int) -> IncomingMail:
    """The mail, locked. Raises NOT_FOUND where it is not or may not be seen."""
    wanted = sa.select(IncomingMail).where(IncomingMail.id == mail_id, visible_mails(actor, IncomingMail))
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("mail_id")
    return found


async def get_waiting_of_sender(session: Session, actor: Actor, mail: IncomingMail) -> list[IncomingMail]:
    """The other mails of its sender that wait for the desk, locked: a thousand of them, the oldest first."""
    if mail.sender is None:
        return []
    wanted = sa.select(IncomingMail).where(
        IncomingMail.sender == mail.sender,
        IncomingMail.state == MailState.HELD,
        IncomingMail.id != mail.id,
        visible_mails(actor, IncomingMail),
    )
    found = await session.scalars(wanted.order_by(IncomingMail.id).limit(_MOST_AT_ONCE).with_for_update(key_share=True))
    return list(found.all())


async def find_taken(session: Session, digest: str) -> IncomingMail:
    """The mail that came before, of which this is the same."""
    return (await session.scalars(sa.select(IncomingMail).where(IncomingMail.digest == digest))).one()


async def find_mail_of_message(session: Session, message_id: int) -> IncomingMail | None:
    """The mail that became a message, if one did."""
    of_it = IncomingMail.ticket_message_id == message_id
    its_ticket = sa.select(TicketMessage.ticket_id).where(TicketMessage.id == message_id).scalar_subquery()
    return await session.scalar(sa.select(IncomingMail).where(IncomingMail.ticket_id == its_ticket, of_it))


async def files_of(session: Session, mail: IncomingMail) -> list[StoredFile]:
    """What came along with a mail, the first first."""
    wanted = sa.select(StoredFile).where(
        is_about(StoredFile, IncomingMail.__name__, mail.id),
        StoredFile.purpose == ATTACHMENT,
        StoredFile.taken_away_at.is_(None),
    )
    return list((await session.scalars(wanted.order_by(StoredFile.id))).all())


async def find_sender(session: Session, address: str | None) -> Person | None:
    """Whose address it is."""
    return await session.scalar(sa.select(Person).where(Person.email == address)) if address else None


async def actors_of(session: Session, person: Person, now: datetime) -> list[Actor]:
    """The person as they act today, for each of their organisations, by mail."""
    organisations = await organisations_of(session, person.id, helsinki_date(now))
    actors = [await actor_of_person(session, person, each, now, Channel.MAIL) for each in organisations]
    return [actor for actor in actors if actor is not None]


async def find_ticket(session: Session, numbers: Sequence[str], message_ids: Sequence[str]) -> int | None:
    """The ticket that a mail answers: the first of these numbers there is, else one that an earlier mail came to."""
    by_number = sa.select(Ticket.number, Ticket.id).where(Ticket.number.in_(numbers))
    known: dict[str, int] = {row.number: row.id for row in (await session.execute(by_number)).all()}
    for number in numbers:
        if number in known:
            return known[number]
    earlier = sa.select(IncomingMail.ticket_id).where(
        IncomingMail.message_id.in_(message_ids), IncomingMail.ticket_id.is_not(None)
    )
    return await session.scalar(earlier.order_by(IncomingMail.id.desc()).limit(1))


@rule("H11.4-a")
async def find_writer(session: Session, actors: Sequence[Actor], ticket_id: int) -> Actor | None:
    """As whom somebody writes on a ticket: the first for whose organisation they see it and may write.

    As a customer only where as nothing else, for a customer's words are read at once.
    """
    for actor in sorted(actors, key=lambda actor: actor.kind is ActorKind.CUSTOMER):
        wanted = sa.select(Ticket.id).where(Ticket.id == ticket_id, visible_tickets(actor, Ticket))
        if actor.may(Right.REPORT_TICKETS) and await session.scalar(wanted) is not None:
            return actor
    return None


async def find_ticket_by_number(session: Session, actor: Actor, number: str) -> int:
    """The ticket of a number. Raises NOT_FOUND."""
    wanted = sa.select(Ticket.id).where(Ticket.number == number.strip().upper(), visible_tickets(actor, Ticket))
    found = await session.scalar(wanted)
    if found is None:
        raise faults.not_found("number")
    return found


async def count_lately(session: Session, mail: IncomingMail, ticket_id: int | None, now: datetime) -> int:
    """How many other mails of its sender came in the last hour: to a ticket, or such as answered none.

    What a machine wrote for them is not theirs.
    """
    is_alike = IncomingMail.ticket_message_id.is_(None) if ticket_id is None else IncomingMail.ticket_id == ticket_id
    wanted = sa.select(sa.func.count()).where(
        IncomingMail.id != mail.id,
        IncomingMail.sender == mail.sender,
        IncomingMail.received_at > now - WINDOW,
        IncomingMail.state != MailState.IGNORED,
        is_alike,
    )
    return await session.scalar(wanted) or 0
