"""Mail that came in: what Tiera's desk sees of it, and what it does with it."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
import strawberry

from backend.files.verbs import ATTACHMENT
from backend.graphql.complaints_about import COMPLAINTS
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.graphql.ticket_messages import TicketMessage
from backend.graphql.ticket_mutations import TicketReportInput
from backend.graphql.tickets import Ticket
from backend.inbox import desk_verbs, model, policy, queries
from backend.inbox.states import MailAction, MailState, WhyAside
from backend.kit.actor import Actor
from backend.kit.conditions import is_about
from backend.rulebook.roles import Right

described(
    MailState,
    "Where mail stands that came in.",
    TAKEN="What it says is on a ticket.",
    COMPLAINED="A complaint was begun of it.",
    HELD="It waits for Tiera's desk.",
    IGNORED="A machine wrote it: it waits for nobody.",
    DISCARDED="Tiera's desk found that nothing becomes of it.",
)
described(
    MailAction,
    "What can be done with mail that came in.",
    REPORT="Make a ticket of it.",
    ADD="Add it to a ticket.",
    COMPLAIN="Begin a complaint of it.",
    DISCARD="Discard it.",
    HOLD="Bring it back to the desk.",
)
described(
    WhyAside,
    "Why mail became no message by itself.",
    AUTOMATIC="A machine wrote it.",
    BOUNCE="A mail server says that a mail did not arrive.",
    MAILING_LIST="It came by a mailing list.",
    OWN="It is the portal's own, come back.",
    UNKNOWN_SENDER="Nobody here has its sender's address.",
    NOT_PROVEN="Its sender may be another than it says.",
    NO_ROLE="Its sender has no role today.",
    NEW_MATTER="It answers nothing: the service, or whose matter it is, has to be chosen.",
    NOT_SEEN="It answers a ticket that its sender may not write on.",
    REFUSED="The ticket took no message.",
    TOO_MANY="Many mails of its sender came in an hour.",
    EMPTY="It says nothing in words.",
    NOT_WHOLE="It was too large or too tangled to be read by itself.",
    COMPLAINT="It says that it is a complaint.",
)


class MailSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


described(MailSort, "In which order mail comes.", NEWEST="What came last first.", OLDEST="What came first first.")


def _actions(actor: Actor, state: MailState) -> list[MailAction]:
    return policy.available_actions(actor, state)


def _is_of(mail: Any, file: Any, purpose: str) -> Any:
    return sa.and_(is_about(file, model.IncomingMail.__name__, mail.id), file.purpose == purpose)


@shape(
    model.IncomingMail,
    queries.visible_mails,
    sort={MailSort.NEWEST: newest("id"), MailSort.OLDEST: oldest("id")},
)
class IncomingMail(Subject):
    """A mail that came to the mailbox. It stays on record, whatever becomes of it."""

    state: MailState = column("Where it stands.")
    why: WhyAside | None = column("Why it became no message by itself; null where it did.")
    sender: str | None = column("The address that it says it is from; null where it names none, or several.")
    sender_name: str = column("The name that it gives its sender.")
    subject: str = column("Its subject.")
    text: str = sql(queries.text_of, "What was written, without the mail that it answers; empty where it is masked.")
    is_sensitive: bool = sql(
        lambda m: sa.not_(queries.is_plain(m)),
        "Whether text and files are masked, as what it became is: opening that opens the kept mail too.",
    )
    sent_at: dt.datetime | None = column("When it was sent, as it says.")
    received_at: dt.datetime = column("When it came.")
    unopened: list[str] = sql(queries.unopened_of, "Names of attachments that are in the kept mail alone.")
    handled_at: dt.datetime | None = column("When the desk decided what becomes of it.")
    discard_reason: str | None = column("Why it was discarded.")

    person: Person | None = one(lambda m, p: p.id == m.person_id, "Whose address the sender's is.")
    organisation: Organisation | None = one(lambda m, o: o.id == m.organisation_id, "For whom they wrote.")
    ticket: Ticket | None = one(lambda m, t: t.id == m.ticket_id, "The ticket that it is on.")
    message: TicketMessage | None = one(
        lambda m, said: said.id == m.ticket_message_id, "The message that it became; null where it became the ticket."
    )
    complaint: Annotated["Complaint", COMPLAINTS] | None = one(  # type: ignore[name-defined]  # noqa: F821
        lambda m, c: sa.and_(c.mail_id == m.id, sa.or_(c.number.is_not(None), c.withdrawn_at.is_(None))),
        "The complaint that was begun of it; no draft that was withdrawn.",
    )
    handled_by: Person | None = one(lambda m, p: p.id == m.handled_by_id, "Who decided what becomes of it.")
    whole: StoredFile | None = one(
        lambda m, f: _is_of(m, f, queries.WHOLE), "The mail, byte for byte; null where it is masked."
    )
    attachments: list[StoredFile] = many(
        lambda m, f: _is_of(m, f, ATTACHMENT), "The files that came with it; none where they are masked."
    )
    timeline: Connection[Event] = timeline_of("IncomingMail")
    available_actions: list[MailAction] = computed(
        _actions, lambda m: {"state": m.state}, "What you may do with it now."
    )


@filter_input
class IncomingMailFilter:
    """Which mails."""

    words: str | None = value("With these words in sender, subject or text.", default=None)
    states: list[MailState] | None = value("In one of these states.", default=None)


@root
class InboxQuery:
    """Mail that came in."""

    incoming_mails: Connection[IncomingMail] | None = connection(
        queries.matching,
        "Mails that came in, as far as you see them.",
        order=MailSort,
        seen_by=everyone,
        where=argument(IncomingMailFilter | None, "Which."),
    )
    incoming_mail: IncomingMail | None = one(
        lambda _, m, id: m.id == id.of("IncomingMail"),
        "A mail that came in, by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    held_mail_count: int | None = sql(
        lambda _, actor: queries.count_of_held(actor), "How many wait for the desk.", by_actor=True, seen_by=everyone
    )


MAIL: dict[str, Any] = {"incoming_mail": IncomingMail}
DESK: dict[str, Any] = {"by": Right.HANDLE_TICKETS, "rule": "H11.7.2-a"}


@mutation(desk_verbs.report_mail, **DESK, **MAIL)
class ReportMail:
    """Make a ticket of a mail that waits."""

    mail_id: strawberry.ID = key("IncomingMail", "The mail.")
    report: TicketReportInput = value("What is reported, and for whom.")


@mutation(desk_verbs.add_mail, **DESK, **MAIL)
class AddMailToTicket:
    """Add what a mail says to a ticket, for Tiera to read."""

    mail_id: strawberry.ID = key("IncomingMail", "The mail.")
    number: str = value("The ticket's number.")


@mutation(desk_verbs.discard_mail, **DESK, **MAIL)
class DiscardMail:
    """Let nothing become of a mail; it stays on record."""

    mail_id: strawberry.ID = key("IncomingMail", "The mail.")
    reason: str = value("Why.")
    with_others: bool = value("Whether the others of its sender that wait are discarded too.", default=False)


@mutation(desk_verbs.hold_mail, **DESK, **MAIL)
class HoldMail:
    """Bring a mail back to the desk that was put aside or discarded."""

    mail_id: strawberry.ID = key("IncomingMail", "The mail.")


InboxMutation = mutations(ReportMail, AddMailToTicket, DiscardMail, HoldMail)
