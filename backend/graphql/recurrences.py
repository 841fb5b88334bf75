"""What recurs among incidents and service requests: the evidence, the problem, the remedy and whether it helped."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

import strawberry

from backend.graphql import agreements, parties
from backend.graphql.events import Event, timeline_of
from backend.graphql.files import StoredFile, attached, files_of_act
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.mutations import mutation, mutations
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
from backend.graphql.tickets import Ticket
from backend.kit.actor import Actor
from backend.rulebook.roles import Right
from backend.tickets import policy, recurrence_verbs
from backend.tickets import recurrence_queries as queries
from backend.tickets.recurrence_model import FormerProposal as FormerProposalRow
from backend.tickets.recurrence_model import Recurrence as Row
from backend.tickets.recurrence_states import RecurrenceAction, RecurrenceState
from backend.tickets.states import TicketKind

ANSWERED: Final = ("recurrence.remedy_accepted", "recurrence.remedy_declined")
"""Tiera's answers to a proposal, as events."""

described(
    RecurrenceState,
    "Where something that recurs stands.",
    FOUND="It was found, or the problem that was made of it withdrawn, and waits to be looked at.",
    DISMISSED="It is nothing that recurs; it comes again when more come.",
    TAKEN="A problem was made of it.",
    PROPOSED="A remedy was proposed and waits for Tiera's answer.",
    ACCEPTED="Tiera has accepted the remedy.",
    DECLINED="Tiera has not accepted the remedy; another may be proposed.",
)
described(
    RecurrenceAction,
    "What can be done with something that recurs.",
    TAKE="Make a problem of it.",
    DISMISS="Say why it is nothing that recurs.",
    PROPOSE="Propose a remedy.",
    ACCEPT="Accept the remedy.",
    DECLINE="Not accept the remedy.",
)


@shape(queries.MONTHS, lambda actor, month: queries.sees_recurrence(actor, month.recurrence_id), sort=oldest("month"))
class RecurrenceMonth:
    """How many came in a month."""

    month: dt.date = column("Its first day.")
    tickets: int = column("How many.")


@shape(FormerProposalRow, lambda actor, former: queries.sees_recurrence(actor, former.recurrence_id), sort=newest("id"))
class FormerProposal:
    """A remedy that was proposed before, and what Tiera answered."""

    proposal: str = column("How the supplier proposed to have fewer of them.")
    proposal_files: list[StoredFile] = files_of_act(
        "Recurrence",
        "recurrence.remedy_proposed",
        id="recurrence_id",
        at="proposed_at",
        said="What is attached to the proposal.",
    )
    per_month: Decimal = column("How many came a month when that was proposed.")
    expected_per_month: Decimal = column("How many a month were expected then.")
    proposed_at: dt.datetime = column("When it was proposed.")
    is_accepted: bool | None = column("Whether Tiera accepted it; null where the answer was not kept.")
    answer: str | None = column("Why; null where the answer was not kept.")
    answer_files: list[StoredFile] = files_of_act(
        "Recurrence", *ANSWERED, id="recurrence_id", at="answered_at", said="What is attached to the answer."
    )
    answered_at: dt.datetime | None = column("When Tiera answered.")
    proposed_by: parties.Person | None = one(lambda f, p: p.id == f.proposed_by_id, "Who proposed.", with_parent=True)
    answered_by: parties.Person | None = one(lambda f, p: p.id == f.answered_by_id, "Who answered.", with_parent=True)


def _actions(actor: Actor, state: RecurrenceState) -> list[RecurrenceAction]:
    return policy.available_recurrence_actions(actor, state)


@shape(Row, queries.visible_recurrences, sort=newest("found_at", "id"))
class Recurrence(Subject):
    """Tickets of one service and kind that share words, so many in a window that it recurs."""

    title: str = column("The words that they share.")
    kind: TicketKind = column("What recurs: incidents or service requests.")
    state: RecurrenceState = column("Where it stands.")
    found_at: dt.datetime = column("When it was found, or found again.")
    ticket_count: int = sql(queries.tickets_in_all, "On how many tickets it rests.")
    customer_count: int = sql(queries.customers_in_all, "Of how many customers they are.")
    first_at: dt.datetime | None = sql(queries.first_at, "When the first was reported.")
    last_at: dt.datetime | None = sql(queries.last_at, "When the last was reported.")
    dismissal: str | None = column("Why it was dismissed last.")
    dismissed_at: dt.datetime | None = column("When.")
    proposal: str | None = column("How the supplier proposes to have fewer of them.")
    proposal_files: list[StoredFile] = files_of_act(
        "Recurrence", "recurrence.remedy_proposed", at="proposed_at", said="What is attached to the proposal."
    )
    answer_due_at: dt.datetime | None = column("By when Tiera answers what was proposed last.")
    is_answer_due_soon: bool = sql(queries.is_answer_due_soon, "Whether Tiera was warned of that and has time left.")
    per_month: Decimal | None = column("How many came a month when that was proposed.")
    expected_per_month: Decimal | None = column("How many a month are expected then.")
    proposed_at: dt.datetime | None = column("When it was proposed.")
    is_accepted: bool | None = column("Whether Tiera accepted it; null before it answered.")
    answer: str | None = column("Why Tiera accepted it or not.")
    answer_files: list[StoredFile] = files_of_act(
        "Recurrence", *ANSWERED, at="answered_at", said="What is attached to the answer."
    )
    answered_at: dt.datetime | None = column("When Tiera answered.")
    remedied_at: dt.datetime | None = sql(
        queries.remedied_at,
        "Since when an accepted remedy holds: its problem, or that in which it goes on, is resolved; null before that.",
    )
    came_after: int | None = sql(queries.came_after, "How many came after that.")
    judged_at: dt.datetime | None = sql(
        queries.judged_at, "When it was found that the remedy did not help; null where it was not."
    )
    judged_days: int | None = sql(
        queries.judged_days, "By how many days before that it was judged; null also where that was not kept."
    )
    judged_tickets: int | None = sql(queries.judged_tickets, "How many came in those days.")
    service: agreements.Service = one(lambda r, s: s.id == r.service_id, "Of which service.", with_parent=True)
    supplier: parties.Organisation = one(lambda r, o: o.id == r.supplier_id, "Who produces it.", with_parent=True)
    customer: parties.Organisation | None = one(
        lambda r, o: o.id == r.customer_id, "Within which customer it recurs; null: over all.", with_parent=True
    )
    proposed_by: parties.Person | None = one(lambda r, p: p.id == r.proposed_by_id, "Who proposed.", with_parent=True)
    answered_by: parties.Person | None = one(lambda r, p: p.id == r.answered_by_id, "Who answered.", with_parent=True)
    dismissed_by: parties.Person | None = one(lambda r, p: p.id == r.dismissed_by_id, "Who did.", with_parent=True)
    former_proposals: list[FormerProposal] = many(
        lambda r, f: f.recurrence_id == r.id, "What was proposed before, and Tiera's answers; the newest first."
    )
    problem: Ticket | None = one(lambda r, t: t.id == r.problem_id, "The problem that was made of it.")
    change: Ticket | None = one(lambda r, t: t.id == r.change_id, "The change that the remedy led to.")
    tickets: list[Ticket] = many(queries.is_evidence, "The tickets that it rests on.")
    months: list[RecurrenceMonth] = many(
        lambda r, m: m.recurrence_id == r.id, "How many came, month by month; months without any are left out."
    )
    timeline: Connection[Event] = timeline_of("Recurrence")
    available_actions: list[RecurrenceAction] = computed(
        _actions, lambda r: {"state": r.state}, "What you may do with it now."
    )


@filter_input
class RecurrenceFilter:
    """What recurs, narrowed."""

    words: str | None = value("With these words in what they share or in the service.", default=None)
    kinds: list[TicketKind] | None = value("Of one of these kinds.", default=None)
    states: list[RecurrenceState] | None = value("In one of these states.", default=None)
    supplier_id: strawberry.ID | None = key("Organisation", "Of this supplier's services.", default=None)
    service_id: strawberry.ID | None = key("Service", "Of this service.", default=None)
    customer_id: strawberry.ID | None = key("Organisation", "Resting on tickets of this customer too.", default=None)


@root
class RecurrencesQuery:
    """What recurs."""

    recurrences: Connection[Recurrence] | None = connection(
        queries.recurrences_matching,
        "What recurs, as far as you see it, the newest first.",
        seen_by=everyone,
        where=argument(RecurrenceFilter | None, "Which."),
    )
    recurrence: Recurrence | None = one(
        lambda _, r, id: r.id == id.of("Recurrence"),
        "Something that recurs by its identifier.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Which."),
    )


RECURRENCE: dict[str, Any] = {"recurrence": Recurrence}
RULE = "H11.3.4-a"


@mutation(recurrence_verbs.take_recurrence, by=Right.HANDLE_TICKETS, rule=RULE, **RECURRENCE)
class TakeRecurrence:
    """Make a problem of what recurs; its tickets are linked as caused by the problem."""

    recurrence_id: strawberry.ID = key("Recurrence", "What recurs.")
    title: str | None = value("The problem's title; none: the words that the tickets share.", default=None)
    description: str | None = value("Its description; none: how many tickets share them.", default=None)


@mutation(recurrence_verbs.dismiss_recurrence, by=Right.HANDLE_TICKETS, rule=RULE, **RECURRENCE)
class DismissRecurrence:
    """Say why it is nothing that recurs; it comes again when as many more come."""

    recurrence_id: strawberry.ID = key("Recurrence", "What recurs.")
    reason: str = value("Why, for Tiera and the supplier to read.")


@mutation(recurrence_verbs.propose_remedy, by=Right.HANDLE_TICKETS, rule=RULE, **RECURRENCE)
class ProposeRemedy:
    """Propose for the supplier how to have fewer of them."""

    recurrence_id: strawberry.ID = key("Recurrence", "What recurs.")
    proposal: str = value("What would be done.")
    expected_per_month: Decimal = value("How many a month are expected then.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(recurrence_verbs.answer_proposal, by=Right.DECIDE_CHANGES, rule=RULE, **RECURRENCE)
class AnswerProposal:
    """Accept for Tiera what the supplier proposes, or not."""

    recurrence_id: strawberry.ID = key("Recurrence", "What recurs.")
    is_accepted: bool = value("Whether it is accepted.")
    reason: str = value("Why, for Tiera and the supplier to read.")
    opens_change: bool = value("Whether a change that follows from the problem is opened at once.", default=False)
    file_ids: list[strawberry.ID] | None = attached()


RecurrencesMutation = mutations(TakeRecurrence, DismissRecurrence, ProposeRemedy, AnswerProposal)
