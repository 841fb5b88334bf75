"""What Tiera's desk does with mail that waits: a ticket, a message on one, a complaint, or nothing, with a reason."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.inbox import queries
from backend.inbox.model import IncomingMail
from backend.inbox.states import MAIL, RECORD, MailAction, MailState
from backend.inbox.taking_verbs import become, record_taken
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import needed
from backend.kit.refs import Ref
from backend.kit.translation import Text, translate
from backend.parties.role_queries import works_for
from backend.rulebook.rules import rule
from backend.tickets import merging_verbs
from backend.tickets import rules as tickets
from backend.tickets.message_verbs import write_message
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.queries import agreement_of_service
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import TicketKind

MOST_LETTERS_IN_A_REASON = 1_000


@rule("H2.1-a", "H11.7.2-a")
async def report_mail(session: Session, actor: Actor, *, mail_id: int, report: Report, now: datetime) -> IncomingMail:
    """Make a ticket of a mail with its files, for whoever wrote it or somebody else; answers to it come there.

    Its times run from when the mail came, for it was with Tiera since then.
    Where neither a customer nor a person is named, a mail of the service's supplier is its own question.
    """
    mail = await queries.get_mail_for_change(session, actor, mail_id)
    move = MAIL.take(actor, mail.state, MailAction.REPORT)
    if report.requester_id is None and report.customer_id is None and await _is_suppliers(session, mail, report):
        still = await works_for(session, mail.person_id, mail.organisation_id, helsinki_date(now))
        report = replace(report, requester_id=mail.person_id if still else None, is_suppliers=True)
    ticket = await report_ticket(session, actor, report=replace(report, came_at=mail.received_at), now=now)
    await _take(session, actor, mail, ticket, move.target, now)
    return mail


@rule("H11.7.2-a", "H11.4-a")
async def add_mail(session: Session, actor: Actor, *, mail_id: int, number: str, now: datetime) -> IncomingMail:
    """Add what a mail says, and its files, to a ticket, for Tiera alone: its sender's words reach others by Tiera's."""
    mail = await queries.get_mail_for_change(session, actor, mail_id)
    move = MAIL.take(actor, mail.state, MailAction.ADD)
    ticket_id = await queries.find_ticket_by_number(session, actor, number)
    came = Text("By mail from %(sender)s on %(day)s:", sender=_said_of(mail), day=helsinki_date(mail.received_at))
    text = tickets.shortened(f"{translate(came, actor.language)}\n\n{mail.text}")
    message = await write_message(session, actor, ticket_id=ticket_id, text=text, audience=Audience.TIERA, now=now)
    await _take(session, actor, mail, message, move.target, now)
    return mail


@rule("H11.7.2-a", "H2.1-a")
async def split_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int | None = None,
    message_id: int | None = None,
    kind: TicketKind,
    title: str,
    description: str,
    now: datetime,
) -> Ticket:
    """Make a ticket of its own of a message or of what was reported; what came by mail is its sender's words.

    The times of what the desk put on record run from when the mail came, for it was with Tiera since then.
    """
    mail = await queries.find_mail_of_message(session, message_id) if message_id else None
    speaker = None
    if mail is not None and mail.organisation_id is not None:
        speaker = merging_verbs.Speaker(organisation_id=mail.organisation_id, person_id=mail.person_id)
    came_at = mail.received_at if mail is not None and mail.handled_at is not None else None
    return await merging_verbs.split_ticket(
        session, actor, ticket_id=ticket_id, message_id=message_id, kind=kind, title=title, description=description,
        speaker=speaker, came_at=came_at, now=now,
    )  # fmt: skip


@rule("H11.10-a")
async def note_complaint(session: Session, actor: Actor, mail: IncomingMail, complaint: Ref, *, now: datetime) -> None:
    """Put on record that a complaint was begun of a mail, which is locked."""
    move = MAIL.take(actor, mail.state, MailAction.COMPLAIN)
    await _decide(session, actor, mail, "incoming_mail.complained", move.target, now, move.rule, complaint=complaint)


@rule("H11.10-a")
async def note_draft(session: Session, actor: Actor, mail: IncomingMail, complaint: Ref, *, now: datetime) -> None:
    """Put on record that a mail that has just come became a draft by itself: nobody has decided on it."""
    mail.state = MailState.COMPLAINED
    await events.record(
        session, actor, "incoming_mail.complained", mail, at=now, rule="H11.10-a", to=mail.state,
        audience=Audience.TIERA, complaint=complaint,
    )  # fmt: skip


@rule("H11.10-a")
async def give_back_mail(session: Session, actor: Actor, *, mail_id: int, now: datetime) -> None:
    """The draft that was begun of a mail was withdrawn: the mail waits for the desk again."""
    mail = await queries.get_mail_for_change(session, actor, mail_id)
    if mail.state is MailState.COMPLAINED:
        await _decide(session, actor, mail, "incoming_mail.brought_back", MailState.HELD, now, "H11.10-a")


async def discard_mail(
    session: Session, actor: Actor, *, mail_id: int, reason: str, with_others: bool = False, now: datetime
) -> IncomingMail:
    """Nothing becomes of a mail, nor of the others of its sender that wait, where that is asked.

    They stay on record, each with the reason.
    """
    mail = await queries.get_mail_for_change(session, actor, mail_id)
    move = MAIL.take(actor, mail.state, MailAction.DISCARD)
    why = needed(reason, "reason", most=MOST_LETTERS_IN_A_REASON)
    others = await queries.get_waiting_of_sender(session, actor, mail) if with_others else []
    for each in (mail, *others):
        each.discard_reason = why
        await _decide(session, actor, each, "incoming_mail.discarded", move.target, now)
    return mail


async def hold_mail(session: Session, actor: Actor, *, mail_id: int, now: datetime) -> IncomingMail:
    """Bring back to the desk what was put aside or discarded."""
    mail = await queries.get_mail_for_change(session, actor, mail_id)
    move = MAIL.take(actor, mail.state, MailAction.HOLD)
    await _decide(session, actor, mail, "incoming_mail.brought_back", move.target, now)
    return mail


async def _is_suppliers(session: Session, mail: IncomingMail, report: Report) -> bool:
    """Whether the supplier of the service wrote a mail."""
    if mail.organisation_id is None:
        return False
    agreement = await agreement_of_service(session, report.service_id)
    return agreement.organisation_id == mail.organisation_id


def _said_of(mail: IncomingMail) -> str:
    """Whom a mail says that it is from."""
    if mail.sender is None:
        return mail.sender_name or "?"
    return f"{mail.sender_name} <{mail.sender}>" if mail.sender_name else mail.sender


async def _take(
    session: Session, actor: Actor, mail: IncomingMail, thing: Ticket | TicketMessage, state: MailState, now: datetime
) -> None:
    source, mail.state = mail.state, state
    await become(session, mail, thing, now=now)
    mail.handled_by_id, mail.handled_at = actor.person_id, now
    await record_taken(session, actor, mail, now, source=source)


async def _decide(
    session: Session,
    actor: Actor,
    mail: IncomingMail,
    name: str,
    state: MailState,
    now: datetime,
    rule_name: str = RECORD,
    **figures: Any,
) -> None:
    source, mail.state = mail.state, state
    mail.handled_by_id, mail.handled_at = actor.person_id, now
    await events.record(
        session, actor, name, mail, at=now, rule=rule_name, from_=source, to=state, audience=Audience.TIERA, **figures
    )
