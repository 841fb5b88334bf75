"""Rows of tickets, of what is written on them, of their ratings and clocks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain

from backend.demo.load import vocabulary
from backend.demo.load.cases import DAY, RATE, RELEASE, Act, Case, Minute
from backend.demo.load.copying import Loader, Row
from backend.demo.load.parties import Parties
from backend.demo.load.scales import TIMED_DAYS
from backend.kit.deadlines import Deadline, Kept
from backend.kit.events import Event
from backend.rulebook.terms import Terms
from backend.tickets import deadlines
from backend.tickets.clock_verbs import act_of, count, next_due
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.quality_model import TicketRating
from backend.tickets.rules import default_level
from backend.tickets.states import OVER, MessageKind, MessageState

TERMS = Terms()
OF_MESSAGES = 2**40
"""Keys of their texts are told apart from those of tickets."""


@cache
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def at(minute: Minute) -> str | None:
    """An instant as COPY takes it."""
    return f"{_day(minute // DAY)} {minute // 60 % 24:02}:{minute % 60:02}:00+00" if minute else None


def instant_of(minute: Minute) -> datetime:
    return datetime.combine(date.fromordinal(minute // DAY), datetime.min.time(), UTC) + timedelta(minutes=minute % DAY)


@lru_cache(maxsize=100_000)
def release_due(minute: Minute) -> tuple[datetime, datetime]:
    """When Tiera is warned of what was written at an instant, and by when it is released."""
    return deadlines.tieras_time(instant_of(minute), TERMS.release_minutes, TERMS)


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """A deadline of a case: about what, and how it stands."""

    case: Case
    about: tuple[str, int]
    kept: Kept
    warned_at: datetime | None
    breached_at: datetime | None


class Register:
    """The tickets of the loaded data; of the open and of the recent ones the clocks, counted as the verbs do."""

    def __init__(self, loader: Loader, cases: Sequence[Case], parties: Parties, today: date) -> None:
        self.loader, self.cases, self.tiera_id = loader, cases, parties.tiera_id
        self.now = today.toordinal() * DAY
        self.acts = list(chain.from_iterable(case.acts for case in cases))
        """In the order of their instants."""
        self.acts.sort(key=lambda act: act.at)
        ids = loader.keys(TicketMessage)
        for act in self.acts:
            if act.step.message:
                act.message_id = next(ids)
        since = self.now - TIMED_DAYS * DAY
        self.timed = [case for case in cases if case.reported >= since or case.state not in OVER]
        """Open or recent."""
        self.rated = dict(zip((case.id for case in cases if case.rated), loader.keys(TicketRating), strict=False))
        """Ticket → its rating."""
        self.dues: list[Due] = []
        self.due_at: dict[int, datetime | None] = {}

    def count_clocks(self) -> None:
        """Count the clocks of what is open or recent from its events, as they will stand on record."""
        now = instant_of(self.now)
        kept_terms = TERMS.as_json()
        for case in self.timed:
            ticket = Ticket(
                kind=case.kind, state=case.state, holder=case.holder, supplier_id=case.supplier.id,
                customer_id=case.customer_id, closed_at=instant_of(case.closed) if case.closed else None,
                terms_on=kept_terms,
            )  # fmt: skip
            acts = [act_of(event) for event in _events(case)]
            clocks = count(ticket, acts, default_level(case.kind, case.criticality), self.tiera_id)
            self.due_at[case.id] = next_due(ticket, acts, clocks, self.tiera_id)
            self.dues += (_due(case, ("Ticket", case.id), kept, now) for kept in clocks)
            self.dues += (_due(case, ("TicketMessage", act.message_id), _release(act, self.tiera_id), now)
                          for act in case.acts if act.waits)  # fmt: skip

    def load(self) -> None:
        """Store all of it but the record."""
        kept = json.dumps(TERMS.as_json())
        self.loader.copy(
            Ticket,
            "id number kind state customer_id service_id agreement_id supplier_id requester_id reported_by_id "
            "reported_at holder reached_supplier_at assignee_id criticality reach title description root_cause "
            "responded_at resolved_at closed_at due_at terms_on",
            (
                (c.id, c.number, c.kind, c.state, c.customer_id, c.service_id, c.supplier.agreement_id, c.supplier.id,
                 c.requester[0], c.requester[0], at(c.reported), c.holder, at(c.reached), c.assignee_id, c.criticality,
                 c.reach, vocabulary.title(c.kind, 2 * c.id), vocabulary.description(2 * c.id + 1),
                 text_of(c.cause) if c.cause else None, at(c.responded), at(c.resolved), at(c.closed),
                 self.due_at.get(c.id), kept)
                for c in self.cases
            ),
        )  # fmt: skip
        self.loader.copy(
            TicketMessage,
            "id ticket_id kind audience state text written_by_id organisation_id written_at release_due_at "
            "decided_by_id decided_at supplier_id customer_id",
            (
                (a.message_id, a.case.id, a.step.message, a.step.audience, state_of(a), text_of(a), a.person_id,
                 a.organisation_id, at(a.at), release_due(a.at)[1] if a.waits else None,
                 a.released and a.released.person_id, a.released and at(a.released.at), a.case.supplier.id,
                 a.case.customer_id)
                for a in self.acts
                if a.step.message
            ),
        )  # fmt: skip
        self.loader.copy(
            TicketRating,
            "id ticket_id resolved_at score word rated_by_id rated_at supplier_id customer_id",
            (
                (self.rated[c.id], c.id, at(c.resolved), score_of(c), vocabulary.thanks(c.id), c.requester[0],
                 at(c.rated), c.supplier.id, c.customer_id)
                for c in self.cases
                if c.rated
            ),
        )  # fmt: skip
        self.loader.copy(
            Deadline,
            "about_kind about_id kind owner_id started_at warn_at due_at warned_at breached_at met_at dropped_at "
            "paused_at rule stretches",
            (
                (*d.about, d.kept.kind, d.kept.owner_id, d.kept.started_at, d.kept.warn_at, d.kept.due_at, d.warned_at,
                 d.breached_at, d.kept.met_at, d.kept.dropped_at, d.kept.paused_at, d.kept.rule,
                 d.kept.stretches and json.dumps(d.kept.stretches))
                for d in self.dues
            ),
        )  # fmt: skip


def text_of(act: Act) -> str:
    return vocabulary.said(act.step.message or MessageKind.MESSAGE, OF_MESSAGES + act.message_id)


def state_of(act: Act) -> MessageState:
    """Of what was written."""
    if not act.waits:
        return MessageState.SENT
    return MessageState.RELEASED if act.released else MessageState.WAITING


def score_of(case: Case) -> int:
    """From three to five: lower ones would be deviations."""
    return 3 + case.id % 7 % 3


def told(act: Act, rated: Mapping[int, int]) -> Iterator[Row]:
    """Events of an act: name, subject, within, audience, states, rule, figures; what was written comes first."""
    case, step = act.case, act.step
    ticket, none = ("Ticket", case.id), (None, None)
    if step.message:
        message, figures = ("TicketMessage", act.message_id), {"is_answer": act.is_answer}
        if act.waits:
            yield ("ticket_message.submitted", *message, *ticket, "both", None, MessageState.WAITING, "H11.4-a",
                   {**figures, "due_at": release_due(act.at)[1].isoformat()})  # fmt: skip
        else:
            yield ("ticket_message.written", *message, *ticket, step.audience, None, MessageState.SENT, "H11.7.2-a",
                   {**figures, "due_at": None})  # fmt: skip
    if step is RELEASE:
        before = next(each for each in case.acts if each.released is act)
        yield ("ticket_message.released", "TicketMessage", before.message_id, *ticket, "all", MessageState.WAITING,
               MessageState.RELEASED, "H11.4-a", {"is_changed": False})  # fmt: skip
    elif step.event == "ticket.reported":
        yield (step.event, *ticket, *none, "all", None, step.to, step.rule,
               {"kind": case.kind, "holder": "desk", "criticality": case.criticality, "reach": case.reach})  # fmt: skip
    elif step.event == "ticket.handed_over":
        yield step.event, *ticket, *none, "all", None, None, step.rule, {"holder": "supplier"}
    elif step.event:
        audience = "both" if step.event == "ticket.cause_found" else "all"
        yield step.event, *ticket, *none, audience, act.from_, step.to, step.rule, {}
    elif step is RATE and case.id in rated:
        yield ("ticket_rating.given", "TicketRating", rated[case.id], *ticket, "all", None, None, step.rule,
               {"score": score_of(case)})  # fmt: skip


def _events(case: Case) -> Iterator[Event]:
    """The events that a case's clocks are counted from."""
    for act in case.acts:
        for name, kind, id, *_, to, _, figures in told(act, {}):
            yield Event(
                name=name, at=instant_of(act.at), organisation_id=act.organisation_id, subject_kind=kind,
                subject_id=id, to_state=to, figures=figures,
            )  # fmt: skip


def _release(act: Act, tiera_id: int) -> Kept:
    """Tiera's clock for what waits to be released."""
    warn_at, due_at = release_due(act.at)
    return Kept(
        kind=deadlines.RELEASE, started_at=instant_of(act.at), due_at=due_at, warn_at=warn_at, owner_id=tiera_id,
        met_at=instant_of(act.released.at) if act.released else None, rule="H11.4-a",
    )  # fmt: skip


def _due(case: Case, about: tuple[str, int], kept: Kept, now: datetime) -> Due:
    """What was told of a clock by now: a warning, that its time is used up."""
    ended = min(kept.met_at or now, kept.dropped_at or now, kept.paused_at or now, now)
    is_late = kept.due_at <= ended and (kept.due_at < ended or ended == now)
    warn_at = kept.warn_at if kept.warn_at and kept.warn_at < kept.due_at and kept.warn_at <= ended else None
    return Due(case, about, kept, warn_at, kept.due_at if is_late else None)
