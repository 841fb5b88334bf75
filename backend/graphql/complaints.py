"""Complaints, responses, sanctions: Tiera and the supplier see them, a customer none."""

import datetime as dt
from typing import Annotated, Final

import sqlalchemy as sa
import strawberry

from backend.complaints import figures, model, policy, queries, rules
from backend.complaints.states import (
    ComplaintAction,
    ComplaintCause,
    ComplaintState,
    ResponseTopic,
    SanctionAction,
    SanctionState,
)
from backend.graphql.agreements import Agreement, Service
from backend.graphql.billing import BillingApproval
from backend.graphql.complaint_clocks import ComplaintClock
from backend.graphql.complaint_states import ComplaintSort
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, TakenAwayFile, files_of, files_of_act, files_taken_away_from
from backend.graphql.hours import Target
from backend.graphql.inbox import IncomingMail
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.invoice_findings import Deduction
from backend.graphql.parties import Organisation, Person
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    everyone,
    group,
    many,
    newest,
    oldest,
    one,
    ref,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Subject
from backend.graphql.scalars import Money, money
from backend.graphql.terms import KeptTerm, kept_terms
from backend.kit.actor import Actor

SANCTION_RULE: Final = "H11.10-g"


def _missing(actor: Actor, **texts: str) -> list[ResponseTopic]:
    return rules.missing_topics({ResponseTopic(name): text for name, text in texts.items()})


@shape(model.ComplaintResponse, queries.visible_responses, sort=newest("ordinal", "id"))
class ComplaintResponse(Subject):
    """A version of the supplier's written response; a draft, which its own side alone sees, until it is sent."""

    ordinal: int = column("The how manieth of its complaint.")
    version: int = column("Counts how often responses to its complaint have been written on, this one the last.")
    summary: str = column("Summary.")
    main_points: str = column("The main points of the complaint.")
    problem: str = column("The problem and its cause.")
    effects: str = column("Its effects.")
    measures: str = column("Reaction, corrective measures and solution.")
    prevention: str = column("How the like is prevented.")
    missing_topics: list[ResponseTopic] = computed(
        _missing, lambda a: {topic.value: a[topic.value] for topic in ResponseTopic}, "Which topics are empty still."
    )
    written_at: dt.datetime = column("When it was last written on.")
    written_by: Person | None = one(lambda a, p: p.id == a.written_by_id, "Who wrote on it last.", with_parent=True)
    sent_at: dt.datetime | None = column("When it arrived at Tiera; null while it is a draft.")
    business_days: int | None = column("How many business days after the complaint it arrived.")
    is_proper: bool | None = column("Whether Tiera found it proper; null before that.")
    judgement: str | None = column("Tiera's reason; of one that is not proper: what is missing.")
    judged_at: dt.datetime | None = column("When it was judged.")
    judgement_files: list[StoredFile] = files_of_act(
        "Complaint",
        "complaint.found_proper",
        "complaint.found_not_proper",
        id="complaint_id",
        at="judged_at",
        said="What is attached to the judgement.",
    )
    files: list[StoredFile] = files_of("ComplaintResponse")
    files_taken_away: list[TakenAwayFile] = files_taken_away_from("ComplaintResponse")
    judged_by: Person | None = one(lambda a, p: p.id == a.judged_by_id, "Who judged it.", with_parent=True)
    complaint: Annotated["Complaint", strawberry.lazy("backend.graphql.complaints")] = one(
        lambda a, c: c.id == a.complaint_id, "To which complaint.", with_parent=True
    )


def _sanction_actions(actor: Actor, state: SanctionState) -> list[SanctionAction]:
    return policy.available_sanction_actions(actor, state)


@shape(model.Sanction, queries.visible_sanctions, sort=newest("id"))
class Sanction(Subject):
    """What Tiera is entitled to when no proper response came by the deadline."""

    state: SanctionState = column("Where it stands.")
    amount: Money | None = money(
        lambda s: s.amount,
        "The agreed sum, in euros; where the agreement states none, what Tiera said when it applied it.",
    )
    rule: str = computed(lambda _: SANCTION_RULE, lambda s: {}, "The rule of the contract by which it arose.")
    terms: list[KeptTerm] = computed(
        kept_terms,
        lambda s: {"values": figures.terms_of_sanction(s)},
        "The terms by which it arose, of the day on which the complaint was sent: the time to answer, and the sum.",
    )
    due_at: dt.datetime = column("The deadline that was missed.")
    arisen_at: dt.datetime = column("When it arose.")
    reason: str | None = column("Why Tiera applied or waived it.")
    files: list[StoredFile] = files_of_act(
        "Sanction", "sanction.applied", "sanction.waived", said="What is attached to that decision."
    )
    decided_at: dt.datetime | None = column("When that was decided.")
    decided_by: Person | None = one(lambda s, p: p.id == s.decided_by_id, "Who decided.", with_parent=True)
    deduction: Deduction | None = one(
        lambda s, d: sa.and_(d.about_kind == "Sanction", d.about_id == s.id),
        "Of an applied one: whether it waits for the next invoice, or which line deducts it.",
    )
    complaint: "Complaint | None" = one(lambda s, c: c.id == s.complaint_id, "The complaint.")
    supplier: Organisation = one(lambda s, o: o.id == s.supplier_id, "Against whom.", with_parent=True)
    available_actions: list[SanctionAction] = computed(
        _sanction_actions, lambda s: {"state": s.state}, "What you may do with it now."
    )


def _actions(actor: Actor, state: ComplaintState, **facts: bool) -> list[ComplaintAction]:
    return policy.available_actions(actor, state, policy.Facts(**facts))


@shape(model.Complaint, queries.visible_complaints, sort={
    ComplaintSort.NEWEST: newest("id"),
    ComplaintSort.OLDEST: oldest("id"),
    ComplaintSort.DUE_FIRST: oldest("due_key", "id"),
    ComplaintSort.DUE_LAST: newest("due_key", "id"),
})  # fmt: skip
class Complaint(Subject):
    """What was not good enough, said to the supplier's service manager; kept for ever."""

    number: str | None = column("`REK-2026-0007`; none before it is sent.")
    title: str = column("What it is called.")
    description: str = column("What was not good enough.")
    cause: ComplaintCause = column("What kind of thing.")
    state: ComplaintState = column("Where it stands.")
    touches_shared_use: bool = column("Whether it goes to the development group as well.")
    cannot_wait: bool = column("Whether it cannot wait for the steering group's normal rhythm.")
    version: int = column("Counts the changes of its content.")
    made_at: dt.datetime = column("When it was begun.")
    sent_at: dt.datetime | None = column("When it was sent.")
    acknowledge_due_at: dt.datetime | None = column("Until when the supplier acknowledges it.")
    acknowledged_at: dt.datetime | None = column("When it was acknowledged.")
    begin_due_at: dt.datetime | None = column("Until when the first action is on record.")
    begun_at: dt.datetime | None = column("When handling began.")
    begun_with: str | None = column("The first action.")
    response_due_at: dt.datetime | None = column("Until when a proper response arrives at Tiera.")
    is_time_running: bool = sql(
        queries.is_time_running, "Whether that has neither passed nor ended by a proper response."
    )
    is_late: bool = sql(figures.is_late, "Whether a time in which somebody was to act on it has ended undone.")
    is_due_soon: bool = sql(figures.is_due_soon, "Whether such a time was warned of and has not ended.")
    time_reason: str | None = column("Why Tiera gave more time for it; of several times each after the day it ends.")
    answered_at: dt.datetime | None = column("When the newest response arrived.")
    judge_due_at: dt.datetime | None = column("Until when Tiera says whether that is proper.")
    called_for: dt.date | None = column(
        "The day for which Tiera called the steering group to an extraordinary meeting, the last one."
    )
    call_reason: str | None = column("Why, and where it meets; of several meetings each after its day.")
    handled_on: dt.date | None = column("The day of the steering group's meeting, the last one.")
    handling: str | None = column("What the steering group said; of several meetings each after its day.")
    handling_files: list[StoredFile] = files_of_act(
        "Complaint", "complaint.handled", said="What is attached to what it said, such as its minutes."
    )
    closed_at: dt.datetime | None = column("When it was closed.")
    withdrawn_at: dt.datetime | None = column("When Tiera took it back.")
    end_reason: str | None = column("Why it was taken back.")
    tiera_says_suppliers: bool | None = column("Whether the cause was the supplier's, as Tiera says.")
    supplier_says_suppliers: bool | None = column("The same, as the supplier says.")
    is_billable: bool = sql(
        figures.is_billable, "Whether handling it may be billed: both sides say that the cause was not the supplier's."
    )

    agreement: Agreement | None = one(lambda c, a: a.id == c.agreement_id, "Under which agreement.")
    supplier: Organisation = one(lambda c, s: s.id == c.supplier_id, "To which supplier.", with_parent=True)
    service: Service | None = one(lambda c, s: s.id == c.service_id, "Of which service.", with_parent=True)
    about: Subject | None = ref(lambda c: (c.about_kind, c.about_id), "What it is about.")
    meeting: str | None = column("The meeting that it is about, by the name of its body.")
    met_on: dt.date | None = column("The day of that meeting.")
    mail: IncomingMail | None = one(lambda c, m: m.id == c.mail_id, "The mail that it was begun of, for Tiera's desk.")
    made_by: Person | None = one(lambda c, p: p.id == c.made_by_id, "Who began it.", with_parent=True)
    sent_by: Person | None = one(lambda c, p: p.id == c.sent_by_id, "Who sent it.", with_parent=True)
    receiver: Person | None = one(lambda c, p: p.id == c.receiver_id, "To whom it was sent.", with_parent=True)
    stand_ins: list[Person] = many(
        lambda c, p: p.id == sa.any_(c.stand_in_ids),
        "Who stood in for them: it was sent to these too.",
        with_parent=True,
    )
    acknowledged_by: Person | None = one(
        lambda c, p: p.id == c.acknowledged_by_id, "Who acknowledged it.", with_parent=True
    )
    clocks: list[ComplaintClock] = many(
        lambda c, clock: sa.and_(
            clock.about_kind == "Complaint",
            clock.about_id == c.id,
            sa.or_(clock.dropped_at.is_(None), clock.dropped_at > clock.due_at),
        ),
        "Its clocks, the one that began first first; one that ended undone where its time was used up before.",
    )
    response: ComplaintResponse | None = one(
        lambda c, a: sa.and_(a.complaint_id == c.id, figures.is_newest_sent(a)), "The newest response that was sent."
    )
    response_draft: ComplaintResponse | None = one(
        lambda c, a: sa.and_(a.complaint_id == c.id, a.sent_at.is_(None)), "The response that is being written."
    )
    responses: list[ComplaintResponse] = many(lambda c, a: a.complaint_id == c.id, "All versions, the newest first.")
    sanction: Sanction | None = one(lambda c, s: s.complaint_id == c.id, "The sanction, where one arose.")
    files: list[StoredFile] = files_of("Complaint")
    files_taken_away: list[TakenAwayFile] = files_taken_away_from("Complaint")
    target: Target | None = one(
        lambda c, t: sa.and_(t.about_kind == "OwnCostTarget", t.about_id == c.target_id),
        "What the supplier books the handling on, at its own cost.",
    )
    billings: list[BillingApproval] = many(
        lambda c, b: sa.and_(b.about_kind == "Complaint", b.about_id == c.id),
        "What approved the handling for billing, now and before.",
    )
    timeline: Connection[Event] = timeline_of("Complaint")
    available_actions: list[ComplaintAction] = computed(
        _actions, lambda c: {"state": c.state, **figures.facts_of(c)}, "What you may do with it now."
    )


@filter_input
class ComplaintFilter:
    """Which complaints."""

    words: str | None = value("With these words in number, title, text or supplier.", default=None)
    states: list[ComplaintState] | None = value("In one of these states.", default=None)
    causes: list[ComplaintCause] | None = value("Of one of these kinds.", default=None)
    is_open: bool | None = value("Sent and neither handled nor withdrawn, or the others.", default=None)
    is_unanswered: bool | None = value("Which the supplier is to answer, or the others.", default=None)
    is_to_be_handled: bool | None = value("On the next agenda of the supplier's steering group, or not.", default=None)
    is_for_development_group: bool | None = value("Which the development group gets as well, or not.", default=None)
    is_late: bool | None = value("On which somebody is late, Tiera or the supplier, or the others.", default=None)
    is_suppliers_late: bool | None = value("On which the supplier is late, or the others.", default=None)
    sanction: SanctionState | None = value("With a sanction that stands so.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "To this supplier.", default=None)
    sent_from: dt.date | None = value("Sent on this day or later.", default=None)
    sent_until: dt.date | None = value("Sent on this day or before.", default=None)


@root
class ComplaintFigures:
    """Figures over the complaints that you see."""

    open: int = sql(lambda _, a: figures.count_of_complaints(a, figures.is_open), "How many are open.", by_actor=True)
    unanswered: int = sql(
        lambda _, a: figures.count_of_complaints(a, figures.is_unanswered),
        "How many the supplier is to answer.",
        by_actor=True,
    )
    to_be_handled: int = sql(
        lambda _, a: figures.count_of_complaints(a, figures.is_to_be_handled),
        "How many stand on the next agenda of a steering group.",
        by_actor=True,
    )
    awaiting_decision: int = sql(
        lambda _, a: figures.count_of_complaints(a, figures.awaits_decision),
        "In how many Tiera has something to decide: a response or a sanction.",
        by_actor=True,
    )


@root
class ComplaintsQuery:
    """Complaints."""

    complaints: Connection[Complaint] | None = connection(
        figures.complaints_matching,
        "Complaints that you see: the register.",
        order=ComplaintSort,
        seen_by=everyone,
        where=argument(ComplaintFilter | None, "Which."),
    )
    complaint: Complaint | None = one(
        lambda _, c, id: c.id == id.of("Complaint"),
        "A complaint by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )
    complaint_by_number: Complaint | None = one(
        lambda _, c, number: c.number == number,
        "A complaint by its number.",
        seen_by=everyone,
        number=argument(str, "`REK-2026-0007`."),
    )
    complaint_figures: ComplaintFigures | None = group("Figures over the complaints that you see.", seen_by=everyone)
