"""When a complaint's deadlines near or pass; the sanction that arises by itself, and Tiera's decision (H11.10-g)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from backend.complaints import deadlines, queries, rules
from backend.complaints.model import Complaint, Sanction
from backend.complaints.states import SANCTION, SanctionAction, SanctionState
from backend.files.verbs import attach_to_act
from backend.kit import events
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.deadlines import Deadline, DeadlineKind, register
from backend.kit.faults import Refusals
from backend.ledger import verbs as ledger
from backend.ledger.model import DEDUCTION, Unit
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

SAID: Mapping[SanctionState, str] = {
    SanctionState.WAITING: "sanction.waiting",
    SanctionState.ENTITLED: "sanction.entitled",
    SanctionState.APPLIED: "sanction.applied",
    SanctionState.WAIVED: "sanction.waived",
    SanctionState.LAPSED: "sanction.lapsed",
}
"""State → the event that says that a sanction came to stand so."""


async def tell_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that the time to act on a complaint ends soon."""
    await _tell(session, actor, deadline, "due_soon", now)


async def tell_late(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """Put on record that it has ended."""
    await _tell(session, actor, deadline, "late", now)


@rule("H11.10-c")
async def tell_response_due_soon(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """The same of a proper response; nobody is warned while one that came waits for Tiera's judgement."""
    complaint = await queries.get_complaint_for_change(session, actor, deadline.about_id)
    if not rules.waits_for_judgement(complaint.state):
        await _tell(session, actor, deadline, "due_soon", now)


@rule("H11.10-g")
async def pass_response_deadline(session: Session, actor: Actor, deadline: Deadline, *, now: datetime) -> None:
    """No proper response by the deadline: the entitlement to the agreed sanction arises by itself, once.

    That none came is not said while one that came in time waits for Tiera's judgement. Of one that came late and was
    found proper the entitlement arose when it came.
    """
    complaint = await queries.get_complaint_for_change(session, actor, deadline.about_id)
    state = rules.sanction_at_deadline(complaint.state)
    is_done = deadline.met_at is not None
    if is_done or (state is not None and not _waits_in_time(complaint, deadline)):
        await _tell(session, actor, deadline, "late", now)
    if state is not None and not is_done:
        await _arise(session, actor, complaint, state, deadline.due_at, now)


def _waits_in_time(complaint: Complaint, deadline: Deadline) -> bool:
    """Whether a response that came by the deadline waits for Tiera's judgement."""
    answered_at = complaint.answered_at
    return rules.waits_for_judgement(complaint.state) and answered_at is not None and answered_at <= deadline.due_at


@rule("H11.10-c")
async def tell_what_passed(session: Session, complaint: Complaint, *, since: datetime, now: datetime) -> None:
    """A response that came was not proper: what went by unsaid while it waited for that is told now."""
    deadline = await queries.find_response_clock(session, complaint)
    if deadline is None:
        return
    if deadline.breached_at is not None and since <= deadline.due_at <= deadline.breached_at:
        await _tell(session, SCHEDULE, deadline, "late", now)
    elif deadline.warned_at is not None and deadline.warned_at >= since and now < deadline.due_at:
        await _tell(session, SCHEDULE, deadline, "due_soon", now)


@rule("H11.10-g")
async def arise_if_late(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """What comes after the deadline finds the entitlement there, also where the clock's job runs later."""
    state, due_at = rules.sanction_at_deadline(complaint.state), complaint.response_due_at
    if state is not None and due_at is not None and now > due_at:
        await _arise(session, SCHEDULE, complaint, state, due_at, now)


async def _arise(
    session: Session, actor: Actor, complaint: Complaint, state: SanctionState, due_at: datetime, now: datetime
) -> None:
    """Put a complaint's sanction on record, once; the complaint is locked."""
    if await queries.find_sanction(session, complaint.id) is not None:
        return
    sanction = Sanction(
        complaint_id=complaint.id,
        agreement_id=complaint.agreement_id,
        supplier_id=complaint.supplier_id,
        state=state,
        amount=rules.sanction_amount(Terms.of(complaint.terms_on)),
        due_at=due_at,
        arisen_at=now,
    )
    session.add(sanction)
    await session.flush()
    await record_sanction(session, actor, sanction, complaint, None, now)


@rule("H11.10-g")
async def decide_sanction(
    session: Session,
    actor: Actor,
    *,
    sanction_id: int,
    applies: bool,
    reason: str,
    amount: Decimal | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Sanction:
    """Apply the sanction or waive it, with a reason that the supplier reads.

    `amount` in euros is what is applied where the agreement states no sum.
    """
    sanction, complaint = await queries.get_sanction_for_change(session, actor, sanction_id)
    move = SANCTION.take(actor, sanction.state, SanctionAction.APPLY if applies else SanctionAction.WAIVE)
    refusals = Refusals()
    sanction.reason = refusals.needed(reason, "reason")
    refusals.check(lambda: rules.check_sum(sanction.amount, amount, applies=applies))
    refusals.raise_any()
    if sanction.amount is None:
        sanction.amount = amount
    sanction.state, sanction.decided_at, sanction.decided_by_id = move.target, now, actor.person_id
    if applies and sanction.amount is not None:
        await _owe(session, sanction, sanction.amount, complaint, now)
    await record_sanction(session, actor, sanction, complaint, move.source, now)
    await attach_to_act(session, actor, file_ids, sanction)
    return sanction


@rule("H11.10-g")
async def _owe(session: Session, sanction: Sanction, amount: Decimal, complaint: Complaint, now: datetime) -> None:
    """Let it wait as a deduction: one line of one invoice takes it, as a whole."""
    cents = int(amount * 100)
    key = f"{sanction.ref}:applied"
    account = await ledger.open_account(
        session, sanction.ref, DEDUCTION, Unit.CENTS, holder_id=sanction.supplier_id, title=complaint.number,
        rule="H11.10-g",
    )  # fmt: skip
    await ledger.grant(session, account, cents, sanction.ref, key=key, at=now)
    await ledger.book(session, account, cents, sanction.ref, key=f"{key}:book", at=now)
    await ledger.approve(session, account, cents, sanction.ref, day=helsinki_date(now), key=f"{key}:approve", at=now)


async def settle_sanction(
    session: Session, actor: Actor, complaint: Complaint, state: SanctionState, *, now: datetime
) -> None:
    """What waited for Tiera's judgement of the response waits no more."""
    sanction = await queries.find_sanction(session, complaint.id)
    if sanction is None or sanction.state is not SanctionState.WAITING:
        return
    before, sanction.state = sanction.state, state
    await record_sanction(session, actor, sanction, complaint, before, now)


async def record_sanction(
    session: Session,
    actor: Actor,
    sanction: Sanction,
    complaint: Complaint,
    before: SanctionState | None,
    now: datetime,
) -> None:
    """Put on record how a sanction stands now."""
    await events.record(
        session,
        actor,
        SAID[sanction.state],
        sanction,
        at=now,
        rule="H11.10-g",
        from_=before,
        to=sanction.state,
        within=complaint,
        amount=sanction.amount,
        due_at=sanction.due_at,
    )


async def _tell(session: Session, actor: Actor, deadline: Deadline, what: str, now: datetime) -> None:
    complaint = await session.get_one(Complaint, deadline.about_id)
    name = f"{deadline.kind}_{what}"
    await events.record(session, actor, name, complaint, at=now, rule=deadline.rule, **deadline.said)


register(DeadlineKind(deadlines.ACKNOWLEDGEMENT, warn=tell_due_soon, breach=tell_late))
register(DeadlineKind(deadlines.BEGINNING, warn=tell_due_soon, breach=tell_late))
register(DeadlineKind(deadlines.JUDGEMENT, warn=tell_due_soon, breach=tell_late))
register(DeadlineKind(deadlines.RESPONSE, warn=tell_response_due_soon, breach=pass_response_deadline))
