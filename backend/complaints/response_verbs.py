"""The supplier's part: acknowledging, beginning, answering; and what Tiera says of the response (H11.10-b…d, -j)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from backend.complaints import deadlines, queries, rules
from backend.complaints.model import Complaint, ComplaintResponse
from backend.complaints.sanction_verbs import arise_if_late, settle_sanction, tell_what_passed
from backend.complaints.states import COMPLAINT, ComplaintAction, ComplaintMove, ComplaintState, ResponseTopic
from backend.complaints.verbs import open_clock, record_move
from backend.files.verbs import attach_files, attach_to_act
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import drop_deadline, meet_deadline
from backend.kit.faults import needed, not_found, required, version_conflict, wrong_state
from backend.kit.translation import Text
from backend.parties.queries import BUYER_ID
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

A, S = ComplaintAction, ComplaintState
_WRITTEN_MEANWHILE = Text("This response has been written on meanwhile. Compare it with yours, then send what counts.")
_ANSWERED_MEANWHILE = Text("Another response has come meanwhile. Read it before you judge it.")


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a response says, topic by topic; the names are those of `ResponseTopic`."""

    summary: str = ""
    main_points: str = ""
    problem: str = ""
    effects: str = ""
    measures: str = ""
    prevention: str = ""

    def by_topic(self) -> Mapping[ResponseTopic, str]:
        return {ResponseTopic(name): text or "" for name, text in asdict(self).items()}


@rule("H11.10-b")
async def acknowledge_complaint(session: Session, actor: Actor, *, complaint_id: int, now: datetime) -> Complaint:
    """Acknowledge that a complaint has come."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.ACKNOWLEDGE)
    await _acknowledge(session, actor, complaint, now)
    complaint.state = move.target
    await record_move(session, actor, "complaint.acknowledged", complaint, move.source, move.rule, now)
    return complaint


@rule("H11.10-j")
async def begin_handling(session: Session, actor: Actor, *, complaint_id: int, action: str, now: datetime) -> Complaint:
    """Say what was done first after the acknowledgement; it is said once."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.BEGIN)
    if complaint.begun_at is not None:
        raise wrong_state(complaint.state, A.BEGIN, move.rule)
    complaint.begun_with = needed(action, "action")
    await _begin(session, complaint, now)
    await record_move(session, actor, "complaint.begun", complaint, move.source, move.rule, now)
    return complaint


@rule("H11.10-d")
async def draft_response(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    response: Response,
    expected_version: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Complaint:
    """Keep what is written so far; nobody at Tiera sees it before it is sent, and topics may be empty.

    `expected_version` is that of the response its writer saw last, a draft or one that was sent, 0 or None of none: a
    draft that was written on since is not replaced unseen. Raises VERSION_CONFLICT.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    await _take(session, actor, complaint, A.DRAFT_RESPONSE)
    written = await _write(session, actor, complaint, response, expected_version, now)
    await attach_files(session, actor, file_ids, written, "file_ids")
    return complaint


@rule("H11.10-c", "H11.10-d")
async def answer_complaint(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    response: Response,
    expected_version: int | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Complaint:
    """Send the written response, all six topics of it. What was not acknowledged or begun yet is so by this.

    `expected_version` as of `draft_response`.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = await _take(session, actor, complaint, A.ANSWER)
    rules.check_complete(response.by_topic())
    await arise_if_late(session, complaint, now=now)
    written = await _write(session, actor, complaint, response, expected_version, now)
    await attach_files(session, actor, file_ids, written, "file_ids")
    written.sent_at, written.sent_by_id = now, actor.person_id
    terms = Terms.of(complaint.terms_on)
    written.business_days = deadlines.business_days_to(now, complaint.sent_at or now, terms)
    await _acknowledge(session, actor, complaint, now)
    await _begin(session, complaint, now)
    complaint.state, complaint.answered_at = move.target, now
    complaint.judge_due_at = deadlines.judge_due_at(now, terms)
    tiera_id = await session.scalar(BUYER_ID)
    await open_clock(
        session, complaint, deadlines.JUDGEMENT, now, complaint.judge_due_at, "H11.10-d", owner_id=tiera_id
    )
    await record_move(
        session, actor, "complaint.answered", complaint, move.source, move.rule, now, ordinal=written.ordinal
    )
    return complaint


@rule("H11.10-d", "H11.10-g")
async def judge_response(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    response_id: int,
    is_proper: bool,
    reason: str,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Complaint:
    """Say whether a response is proper, with a reason; of one that is not: what is missing.

    Raises VERSION_CONFLICT where another came after it: that one is to be judged, once it has been read.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.FIND_PROPER if is_proper else A.FIND_NOT_PROPER)
    response, *earlier = await queries.sent_responses(session, complaint.id)
    if response_id in [each.id for each in earlier]:
        raise version_conflict(_ANSWERED_MEANWHILE, "response_id")
    if response_id != response.id:
        raise not_found("response_id")
    response.is_proper, response.judgement = is_proper, needed(reason, "reason")
    response.judged_at, response.judged_by_id = now, actor.person_id
    complaint.state = move.target
    await meet_deadline(session, complaint.ref, deadlines.JUDGEMENT, at=now)
    if is_proper:
        await meet_deadline(session, complaint.ref, deadlines.RESPONSE, at=response.sent_at or now)
    await record_move(
        session,
        actor,
        "complaint.found_proper" if is_proper else "complaint.found_not_proper",
        complaint,
        move.source,
        move.rule,
        now,
        ordinal=response.ordinal,
    )
    await attach_to_act(session, actor, file_ids, complaint)
    if not is_proper:
        await tell_what_passed(session, complaint, since=response.sent_at or now, now=now)
    await settle_sanction(session, actor, complaint, rules.sanction_after_judgement(is_proper=is_proper), now=now)
    return complaint


@rule("H11.10-c", "H11.10-g")
async def give_time(
    session: Session, actor: Actor, *, complaint_id: int, until: date, reason: str, now: datetime
) -> Complaint:
    """Tiera gives the supplier until the end of a later day to answer; an improper response alone gives none.

    So it does after the steering group's handling too, where no response was proper: the supplier may answer again.
    A day that is no business day is moved to the next one. What had arisen by then stays.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    move = COMPLAINT.take(actor, complaint.state, A.GIVE_TIME)
    if not rules.may_give_time(complaint.state, lacks_proper=await queries.has_no_proper(session, complaint)):
        raise wrong_state(complaint.state, A.GIVE_TIME, move.rule)
    earlier, reason = complaint.time_reason, needed(reason, "reason")
    before = complaint.response_due_at or now
    due_at = deadlines.due_on(until, Terms.of(complaint.terms_on))
    rules.check_time_given(before, due_at, now)
    await arise_if_late(session, complaint, now=now)
    complaint.response_due_at = due_at
    days = helsinki_date(before), helsinki_date(due_at)
    complaint.time_reason = rules.said_again(earlier, days[0], reason, days[1]) if earlier else reason
    await drop_deadline(session, complaint.ref, deadlines.RESPONSE, at=now)
    await open_clock(session, complaint, deadlines.RESPONSE, now, due_at, "H11.10-c")
    await record_move(
        session, actor, "complaint.time_given", complaint, move.source, move.rule, now, due_at=due_at, before=before
    )
    return complaint


@rule("H11.10-h")
async def say_whose_cause(
    session: Session, actor: Actor, *, complaint_id: int, is_suppliers: bool | None, now: datetime
) -> Complaint:
    """Say for one's side whether the cause was the supplier's. Only when both say no, handling may be billed."""
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    is_supplier = actor.kind is ActorKind.SUPPLIER
    move = COMPLAINT.take(actor, complaint.state, A.OWN_CAUSE if is_supplier else A.SAY_CAUSE)
    if is_suppliers is None:
        raise required("is_suppliers")
    said = complaint.supplier_says_suppliers if is_supplier else complaint.tiera_says_suppliers
    if not rules.may_say_cause(was_sent=complaint.sent_at is not None, has_said=said is not None):
        raise wrong_state(complaint.state, move.action, move.rule)
    if is_supplier:
        complaint.supplier_says_suppliers = is_suppliers
    else:
        complaint.tiera_says_suppliers = is_suppliers
    await record_move(
        session,
        actor,
        "complaint.cause_said",
        complaint,
        move.source,
        move.rule,
        now,
        is_suppliers=is_suppliers,
        is_billable=rules.is_billable(complaint.tiera_says_suppliers, complaint.supplier_says_suppliers),
    )
    return complaint


async def _take(session: Session, actor: Actor, complaint: Complaint, action: ComplaintAction) -> ComplaintMove:
    move = COMPLAINT.take(actor, complaint.state, action)
    if not rules.may_answer(complaint.state, has_time=await queries.has_time(session, complaint)):
        raise wrong_state(complaint.state, action, move.rule)
    return move


async def _acknowledge(session: Session, actor: Actor, complaint: Complaint, now: datetime) -> None:
    if complaint.acknowledged_at is not None:
        return
    complaint.acknowledged_at, complaint.acknowledged_by_id = now, actor.person_id
    await meet_deadline(session, complaint.ref, deadlines.ACKNOWLEDGEMENT, at=now)
    complaint.begin_due_at = deadlines.begin_due_at(now, Terms.of(complaint.terms_on))
    await open_clock(session, complaint, deadlines.BEGINNING, now, complaint.begin_due_at, "H11.10-j")


async def _begin(session: Session, complaint: Complaint, now: datetime) -> None:
    if complaint.begun_at is None:
        complaint.begun_at = now
        await meet_deadline(session, complaint.ref, deadlines.BEGINNING, at=now)


async def _write(
    session: Session,
    actor: Actor,
    complaint: Complaint,
    response: Response,
    expected_version: int | None,
    now: datetime,
) -> ComplaintResponse:
    last = await queries.find_last_response(session, complaint.id)
    written_on = last.version if last else 0
    draft = last if last and last.sent_at is None else None
    if (draft is not None) if expected_version is None else (expected_version != written_on):
        raise version_conflict(_WRITTEN_MEANWHILE)
    written = draft or ComplaintResponse(
        complaint_id=complaint.id, ordinal=last.ordinal + 1 if last else 1, supplier_id=complaint.supplier_id
    )
    session.add(written)
    for topic, text in response.by_topic().items():
        setattr(written, topic, text.strip())
    written.version, written.written_at, written.written_by_id = written_on + 1, now, actor.person_id
    await session.flush()
    return written
