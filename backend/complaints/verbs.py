"""Making complaints, sending them to the supplier's service manager, and ending them (H11.10-a, -e, -f, H7.4-a)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.complaints import deadlines, naming, queries, rules
from backend.complaints.billing_verbs import open_handling
from backend.complaints.model import Complaint
from backend.complaints.sanction_verbs import arise_if_late, settle_sanction
from backend.complaints.states import COMPLAINT, ComplaintAction, ComplaintCause, ComplaintState, SanctionState
from backend.files.verbs import attach_files, attach_to_act
from backend.inbox.desk_verbs import give_back_mail
from backend.kit import events, numbers
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, open_deadline
from backend.kit.events import Audience
from backend.kit.faults import (
    Refusal,
    invalid,
    needed,
    not_found,
    not_permitted,
    optional,
    required,
    version_conflict,
    wrong_state,
)
from backend.kit.refs import Ref, is_visible
from backend.kit.translation import Text
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement, Service
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

A, S = ComplaintAction, ComplaintState
MOST_LETTERS_IN_A_TITLE = 200
SERIES = "REK"
DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a complaint says."""

    title: str
    description: str
    cause: ComplaintCause
    about: Ref | None = None
    """What it is about: an order, an invoice, a ticket, a person's role, a service."""
    about_named: str | None = None
    """The same as a person says it, such as by its number; looked at where `about` is not given."""
    meeting: str | None = None
    """The meeting that it is about, by the name of its body."""
    met_on: date | None = None
    service_id: int | None = None
    touches_shared_use: bool = False
    cannot_wait: bool = False
    file_ids: Sequence[int] | None = None


@rule("H11.10-a")
async def create_complaint(
    session: Session, actor: Actor, *, agreement_id: int, content: Content, now: datetime
) -> Complaint:
    """Begin a complaint under an agreement with a supplier, who sees it when it is sent."""
    if not actor.may(Right.COMPLAIN):
        raise not_permitted("H11.10-a")
    return await begin_complaint(session, actor, agreement_id=agreement_id, content=content, now=now)


async def begin_complaint(
    session: Session,
    actor: Actor,
    *,
    agreement_id: int,
    content: Content,
    event: str = "complaint.drafted",
    now: datetime,
) -> Complaint:
    """The draft itself, whoever begins it; `event` says how that came."""
    complaint = Complaint(state=S.DRAFT, made_by_id=actor.person_id, made_at=now)
    await _make_under(session, complaint, agreement_id, now)
    await _fill(session, actor, complaint, content, now)
    session.add(complaint)
    await session.flush()
    await attach_files(session, actor, content.file_ids, complaint, "content", "file_ids")
    await events.record(session, actor, event, complaint, at=now, rule="H11.10-a", audience=Audience.TIERA, to=S.DRAFT)
    return complaint


async def _make_under(session: Session, complaint: Complaint, agreement_id: int, now: datetime) -> None:
    """Let a draft be one under an agreement with a supplier."""
    agreement = await session.get(Agreement, agreement_id)
    if agreement is None:
        raise not_found("agreement_id")
    if agreement.concerns.supplier_id is None:
        raise invalid(Text("A complaint is made under an agreement with a supplier."), "agreement_id", rule="H11.10-a")
    complaint.agreement_id, complaint.supplier_id = agreement.id, agreement.organisation_id
    complaint.terms_on = (await parties.terms_on(session, agreement.id, helsinki_date(now))).as_json()


async def edit_complaint(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    agreement_id: int | None = None,
    content: Content,
    expected_version: int,
    now: datetime,
) -> Complaint:
    """Change a draft, also to whom it goes; without an agreement it stays under the one that it has."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.EDIT)
    if complaint.version != expected_version:
        raise version_conflict()
    if agreement_id is not None:
        await _make_under(session, complaint, agreement_id, now)
    await _fill(session, actor, complaint, content, now)
    await attach_files(session, actor, content.file_ids, complaint, "content", "file_ids")
    complaint.version += 1
    await events.record(
        session,
        actor,
        "complaint.edited",
        complaint,
        at=now,
        rule=move.rule,
        audience=Audience.TIERA,
        version=complaint.version,
    )
    return complaint


@rule("H11.10-a", "H11.10-e", "H11.10-b", "H11.10-c", "D0-c")
async def send_complaint(session: Session, actor: Actor, *, complaint_id: int, now: datetime) -> Complaint:
    """Send it to the supplier's service manager and whoever stands in: it gets its number, the supplier's time runs."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.SEND)
    day = helsinki_date(now)
    complaint.receiver_id = rules.receiver_of(await queries.service_managers(session, complaint.supplier_id, day))
    stand_ins = await queries.stand_ins(session, complaint.supplier_id, day)
    complaint.stand_in_ids = [each for each in stand_ins if each != complaint.receiver_id]
    terms = await parties.terms_on(session, complaint.agreement_id, day)
    complaint.terms_on = terms.as_json()
    complaint.acknowledge_due_at = deadlines.acknowledge_due_at(now, terms)
    complaint.response_due_at = deadlines.response_due_at(now, terms)
    complaint.number = await numbers.take(session, SERIES, day.year, digits=DIGITS)
    complaint.state, complaint.sent_at, complaint.sent_by_id = move.target, now, actor.person_id
    complaint.target_id = (await open_handling(session, actor, complaint, now=now)).id
    await open_clock(session, complaint, deadlines.ACKNOWLEDGEMENT, now, complaint.acknowledge_due_at, "H11.10-b")
    await open_clock(session, complaint, deadlines.RESPONSE, now, complaint.response_due_at, "H11.10-c")
    await record_move(
        session,
        actor,
        "complaint.sent",
        complaint,
        move.source,
        move.rule,
        now,
        acknowledge_due_at=complaint.acknowledge_due_at,
        response_due_at=complaint.response_due_at,
        person=Ref("Person", complaint.receiver_id),
    )
    return complaint


@rule("H7.4-a")
async def say_shared_use(
    session: Session, actor: Actor, *, complaint_id: int, touches_shared_use: bool, now: datetime
) -> Complaint:
    """Say of a complaint that was sent that it touches the shared use after all, or that it does not."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.SAY_SHARED_USE)
    if complaint.touches_shared_use is touches_shared_use:
        raise invalid(Text("That is what is said of it now."), "touches_shared_use", rule=move.rule)
    complaint.touches_shared_use = touches_shared_use
    name = "complaint.shared_use_found" if touches_shared_use else "complaint.shared_use_denied"
    await record_move(session, actor, name, complaint, move.source, move.rule, now)
    return complaint


@rule("H11.10-f")
@rule("H11.10-i")
async def call_meeting(
    session: Session, actor: Actor, *, complaint_id: int, called_for: date, reason: str, now: datetime
) -> Complaint:
    """Call the supplier's steering group to an extraordinary meeting over a complaint that cannot wait for the next.

    The notice of other meetings does not bind it. Called once more, it is for the later word; why stays, each under its
    day. What it says is put on record as of any meeting, also where no response has come.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.CALL_MEETING)
    rules.check_called_for(called_for, now)
    said = needed(reason, "reason")
    if complaint.call_reason is not None and complaint.called_for is not None:
        said = rules.said_again(complaint.call_reason, complaint.called_for, said, called_for)
    complaint.called_for, complaint.call_reason = called_for, said
    await record_move(
        session, actor, "complaint.meeting_called", complaint, move.source, move.rule, now, meeting_on=called_for
    )
    return complaint


async def handle_complaint(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    handled_on: date,
    handling: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Complaint:
    """Put on record what the supplier's steering group said of a complaint and its response, and when.

    What it said in an earlier meeting stays, each under its day. A response that came after the meeting is on the next
    agenda. No acknowledgement and no first action is waited for any more. While the time to answer runs, handling ends
    it no more than an improper response does.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.HANDLE)
    has_time = await queries.has_time(session, complaint)
    if not rules.may_handle(complaint.state, has_time=has_time, was_called=complaint.called_for is not None):
        raise wrong_state(complaint.state, A.HANDLE, move.rule)
    sent = await queries.sent_responses(session, complaint.id)
    first_at = sent[-1].sent_at if sent else None
    since = rules.handled_since(complaint.response_due_at or now, first_at, complaint.called_for)
    rules.check_handled_on(handled_on, since, complaint.handled_on, now)
    said = needed(handling, "handling")
    if complaint.handling is not None and complaint.handled_on is not None:
        said = rules.said_again(complaint.handling, complaint.handled_on, said, handled_on)
    complaint.handling = said
    complaint.handled_on = handled_on
    if not rules.was_answered_since(handled_on, complaint.answered_at):
        complaint.state = move.target
    for kind in (deadlines.ACKNOWLEDGEMENT, deadlines.BEGINNING):
        await drop_deadline(session, complaint.ref, kind, at=now)
    await record_move(
        session, actor, "complaint.handled", complaint, move.source, move.rule, now, handled_on=handled_on
    )
    await attach_to_act(session, actor, file_ids, complaint)
    return complaint


async def close_complaint(session: Session, actor: Actor, *, complaint_id: int, now: datetime) -> Complaint:
    """All that was agreed is done; it stays in the register for ever. Time to answer that still runs ends with it."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.CLOSE)
    if await queries.has_time(session, complaint):
        await arise_if_late(session, complaint, now=now)
        await drop_deadline(session, complaint.ref, deadlines.RESPONSE, at=now)
    complaint.state, complaint.closed_at = move.target, now
    await record_move(session, actor, "complaint.closed", complaint, move.source, move.rule, now)
    return complaint


@rule("H11.10-e", "H11.10-g")
async def withdraw_complaint(
    session: Session, actor: Actor, *, complaint_id: int, reason: str, now: datetime
) -> Complaint:
    """Tiera takes a complaint back, with a reason; a draft that was never sent too. Nothing is deleted.

    A sanction that waited for its response to be judged lapses; one that arose is still Tiera's to apply or waive. The
    mail that a draft was begun of waits for the desk again.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.WITHDRAW)
    complaint.end_reason = needed(reason, "reason")
    await arise_if_late(session, complaint, now=now)
    complaint.state, complaint.withdrawn_at = move.target, now
    for kind in deadlines.KINDS:
        await drop_deadline(session, complaint.ref, kind, at=now)
    await settle_sanction(session, actor, complaint, SanctionState.LAPSED, now=now)
    audience = Audience.TIERA if move.source is S.DRAFT else Audience.BOTH
    await record_move(session, actor, "complaint.withdrawn", complaint, move.source, move.rule, now, audience=audience)
    if move.source is S.DRAFT and complaint.mail_id is not None:
        await give_back_mail(session, actor, mail_id=complaint.mail_id, now=now)
    return complaint


async def open_clock(
    session: Session,
    complaint: Complaint,
    kind: str,
    started_at: datetime,
    due_at: datetime,
    rule_name: str,
    *,
    owner_id: int | None = None,
) -> None:
    """Start one of a complaint's clocks: the supplier's, or that of whom is named."""
    await open_deadline(
        session,
        complaint.ref,
        kind,
        started_at=started_at,
        due_at=due_at,
        warn_at=deadlines.warn_at(started_at, due_at, Terms.of(complaint.terms_on)),
        owner_id=owner_id or complaint.supplier_id,
        rule=rule_name,
    )


async def record_move(
    session: Session,
    actor: Actor,
    name: str,
    complaint: Complaint,
    source: ComplaintState,
    rule_name: str,
    now: datetime,
    *,
    audience: Audience = Audience.BOTH,
    **figures: Any,
) -> None:
    """Put on record that a complaint came from one state to another."""
    await events.record(
        session,
        actor,
        name,
        complaint,
        at=now,
        rule=rule_name,
        from_=source,
        to=complaint.state,
        audience=audience,
        **figures,
    )


def _meeting(content: Content, today: date) -> tuple[str | None, date | None]:
    """The meeting that a complaint is about; its name and its day stand together."""
    name = (content.meeting or "").strip()
    if not name and content.met_on is None:
        return None, None
    if content.met_on is None:
        raise required("met_on", rule="H11.10-a")
    if content.met_on > today:
        raise invalid(Text("The meeting has been held: its day is not in the future."), "met_on", rule="H11.10-a")
    return needed(name, "meeting", most=MOST_LETTERS_IN_A_TITLE), content.met_on


async def _about(session: Session, actor: Actor, supplier_id: int, content: Content, day: date) -> Ref | None:
    """What a complaint is about, which is there to be seen, and no other supplier's."""
    about, path = content.about, "about"
    try:
        if about is None and (said := optional(content.about_named, most=MOST_LETTERS_IN_A_TITLE)) is not None:
            path = "about_named"
            about = await naming.find_thing(session, actor, said, supplier_id, day)
        if about is None:
            return None
        if not await is_visible(session, actor, about):
            raise not_found()
        rules.check_about(await queries.supplier_of(session, about), supplier_id)
    except Refusal as refusal:
        raise refusal.at(path) from None
    return about


async def _fill(session: Session, actor: Actor, complaint: Complaint, content: Content, now: datetime) -> None:
    try:
        title = needed(content.title, "title", most=MOST_LETTERS_IN_A_TITLE)
        if content.service_id is not None:
            service = await session.get(Service, content.service_id)
            if service is None or service.agreement_id != complaint.agreement_id:
                raise not_found("service_id")
        about = await _about(session, actor, complaint.supplier_id, content, helsinki_date(now))
        complaint.title, complaint.description = title, needed(content.description, "description")
        complaint.meeting, complaint.met_on = _meeting(content, helsinki_date(now))
    except Refusal as refusal:
        raise refusal.at("content") from None
    complaint.cause, complaint.service_id = content.cause, content.service_id
    complaint.about_kind, complaint.about_id = (about.kind, about.id) if about else (None, None)
    complaint.touches_shared_use, complaint.cannot_wait = content.touches_shared_use, content.cannot_wait
