"""The tickets of the loaded data before they are rows: what was asked, who did what to it, how far it has come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from backend.demo.load.parties import Parties, Supplier
from backend.demo.load.scales import YEARS, Scale
from backend.kit.events import Audience
from backend.rulebook.criticality import Criticality
from backend.tickets.rules import ANSWERING
from backend.tickets.states import Holder, MessageKind, Reach, TicketKind, TicketState

T = TypeVar("T")
DAY = 24 * 60
OPENS, CLOSES = 5 * 60, 14 * 60
"""Between these minutes of a day (in UTC) people are at work."""
Minute = int
"""An instant: minutes since the midnight before day 0 of `date.toordinal`; 0: not yet, or never."""
S, M, K = TicketState, MessageKind, TicketKind
BOTH, ALL = Audience.BOTH, Audience.ALL
KINDS = ((K.SERVICE_REQUEST, 55), (K.INCIDENT, 35), (K.CHANGE, 6), (K.PROBLEM, 4))
CLASSES = ((Criticality.NORMAL, 70), (Criticality.HIGH, 14), (Criticality.LOW, 14), (Criticality.CRITICAL, 2))
REACHES = ((Reach.ONE_USER, 66), (Reach.ONE_ORGANISATION, 28), (Reach.MANY, 6))
HURRY: Mapping[Criticality, float] = MappingProxyType(
    {Criticality.CRITICAL: 0.1, Criticality.HIGH: 0.4, Criticality.NORMAL: 1, Criticality.LOW: 2}
)
ASKED_FOR = (K.SERVICE_REQUEST, K.INCIDENT)


class By(Enum):
    """Who takes a step."""

    ASKER = auto()
    DESK = auto()
    DECIDER = auto()
    HOLDER = auto()
    """Whoever has it: Tiera's desk or the supplier."""


class Step(NamedTuple):
    """An act on a ticket: what it puts on record, and what is written with it."""

    by: By
    rule: str = "H11.7.2-a"
    event: str | None = None
    """Of the ticket."""
    to: TicketState | None = None
    message: MessageKind | None = None
    audience: Audience = ALL


REPORT = Step(By.ASKER, event="ticket.reported", to=S.NEW)
HAND_OVER = Step(By.DESK, "H11.4-b", "ticket.handed_over", None, M.HANDOVER, BOTH)
TAKE = Step(By.HOLDER, event="ticket.taken", to=S.OPEN)
ANSWER = Step(By.HOLDER, "H2.1-a", "ticket.responded", S.OPEN, M.RESPONSE)
ASK = Step(By.HOLDER, "H2.1-a", "ticket.waiting", S.WAITING, M.QUESTION)
REPLY = Step(By.ASKER, "H2.1-a", "ticket.resumed", S.OPEN, M.MESSAGE)
NOTE = Step(By.HOLDER, message=M.MESSAGE, audience=BOTH)
FIND_CAUSE = Step(By.HOLDER, "H11.2.3-b", "ticket.cause_found", S.OPEN, M.CAUSE, BOTH)
KNOW_CAUSE = Step(By.HOLDER, "H11.2.3-a", "ticket.cause_found", S.KNOWN, M.CAUSE, BOTH)
APPROVE = Step(By.DECIDER, "H11.2.3-a", "ticket.approved", S.APPROVED, M.DECISION, BOTH)
REJECT = Step(By.DECIDER, "H11.2.3-a", "ticket.rejected", S.REJECTED, M.DECISION, BOTH)
RESOLVE = Step(By.HOLDER, event="ticket.resolved", to=S.RESOLVED, message=M.RESOLUTION)
WITHDRAW = Step(By.ASKER, event="ticket.withdrawn", to=S.WITHDRAWN, message=M.ENDING)
CONFIRM = Step(By.ASKER, event="ticket.closed", to=S.CLOSED)
CLOSE = Step(By.DESK, event="ticket.closed", to=S.CLOSED)
RELEASE = Step(By.DESK, "H11.4-a")
"""Of what was written just before."""
RATE = Step(By.ASKER, "H10.3-a")


class Act:
    """A step that was taken; ten million of them are kept at once."""

    __slots__ = ("at", "case", "from_", "message_id", "organisation_id", "person_id", "released", "step")

    def __init__(self, case: "Case", step: Step, at: Minute, person_id: int, organisation_id: int) -> None:
        self.case, self.step, self.at, self.person_id, self.organisation_id = case, step, at, person_id, organisation_id
        self.from_ = case.state
        self.message_id = 0
        """Of what was written; of a release, of what was released."""
        self.released: Act | None = None

    @property
    def waits(self) -> bool:
        """Whether what was written needs Tiera's release, given or not."""
        is_suppliers = self.organisation_id == self.case.supplier.id
        return bool(is_suppliers and self.step.message and self.step.audience is ALL and self.case.customer_id)

    @property
    def is_answer(self) -> bool:
        """Of words: whether they answer whoever asked."""
        if self.step.message not in ANSWERING:
            return False
        if self.case.customer_id:
            return self.step.audience is ALL and self.organisation_id != self.case.customer_id
        return self.organisation_id != self.case.requester[1]


@dataclass(slots=True)
class Case:
    """One ticket and how it stands."""

    id: int
    kind: TicketKind
    supplier: Supplier
    service_id: int
    customer_id: int | None
    requester: tuple[int, int]
    """Person and organisation."""
    desk: tuple[int, int]
    decider: tuple[int, int]
    expert: tuple[int, int]
    criticality: Criticality
    reach: Reach
    reported: Minute
    number: str = ""
    state: TicketState = S.NEW
    holder: Holder = Holder.DESK
    reached: Minute = 0
    assignee_id: int | None = None
    cause: Act | None = None
    responded: Minute = 0
    resolved: Minute = 0
    closed: Minute = 0
    rated: Minute = 0
    acts: list[Act] = field(default_factory=list)

    def take(self, step: Step, at: Minute) -> None:
        """Let a step be taken."""
        act = Act(self, step, at, *self._who(step.by))
        before = self.acts[-1] if self.acts else None
        self.acts.append(act)
        self.state = step.to or self.state
        if step is RELEASE and before:
            before.released = act
        elif step is REPORT and act.organisation_id == self.supplier.id:
            self.reached = at
        elif step is HAND_OVER:
            self.holder, self.reached, self.assignee_id = Holder.SUPPLIER, self.reached or at, None
        elif step is TAKE:
            self.assignee_id = act.person_id
        elif step in (FIND_CAUSE, KNOW_CAUSE):
            self.cause = act
        elif step is RESOLVE:
            self.resolved = at
        elif step is RATE:
            self.rated = at
        if self.state in (S.CLOSED, S.WITHDRAWN, S.REJECTED):
            self.closed = self.closed or at
        if step.message and act.is_answer:
            self.responded = self.responded or at

    def _who(self, by: By) -> tuple[int, int]:
        match by:
            case By.ASKER:
                return self.requester
            case By.DECIDER:
                return self.decider
            case By.DESK:
                return self.desk
        return self.desk if self.holder is Holder.DESK else self.expert


def plan_cases(parties: Parties, scale: Scale, today: date, random: Random, ids: Iterator[int]) -> list[Case]:
    """Tickets in the order of their reports, the older the more of them ended; nothing is of today yet."""
    now = today.toordinal() * DAY
    first = now - 365 * YEARS * DAY
    by_weight = list(accumulate(supplier.weight for supplier in parties.suppliers))
    by_size = list(accumulate(1 / (n + 2) ** 0.7 for n in range(len(parties.customers))))
    instants = sorted(min(now - 1, _at_work(int(random.uniform(first, now)))) for _ in range(scale.tickets))
    suppliers = random.choices(parties.suppliers, cum_weights=by_weight, k=scale.tickets)
    customers = random.choices(parties.customers, cum_weights=by_size, k=scale.tickets)
    kinds, classes, reaches = (_drawn(of, scale.tickets, random) for of in (KINDS, CLASSES, REACHES))
    desk = [(contact.person_id, parties.tiera_id) for contact in parties.contacts]
    deciders = [(person_id, parties.tiera_id) for person_id in parties.approver_ids]
    cases = []
    for id, reported, supplier, (customer_id, _), kind, criticality, reach in zip(
        ids, instants, suppliers, customers, kinds, classes, reaches, strict=False
    ):
        expert = (random.choice(supplier.expert_ids), supplier.id)
        is_asked = kind in ASKED_FOR
        if is_asked:
            requester = (random.choice(parties.askers[customer_id]), customer_id)
        else:
            requester = expert if random.random() < 0.4 else random.choice(desk)
        case = Case(
            id, kind, supplier, random.choice(supplier.service_ids), customer_id if is_asked else None, requester,
            random.choice(desk), random.choice(deciders), expert, criticality, reach, reported,
        )  # fmt: skip
        _play(case, now, random)
        cases.append(case)
    return cases


def _drawn(of: Sequence[tuple[T, int]], count: int, random: Random) -> list[T]:
    return random.choices([value for value, _ in of], [weight for _, weight in of], k=count)


def _play(case: Case, now: Minute, random: Random) -> None:
    """Take one step after the other, as far as the time until now reaches."""
    case.take(REPORT, case.reported)
    at = case.reported
    for step, later in _story(case, random):
        at = _at_work(at + 1 + int(later))
        if at >= now:
            return
        case.take(step, at)


def _story(case: Case, random: Random) -> Iterator[tuple[Step, float]]:
    """Steps, each with the minutes to it; what was done before is known when the next one is asked for."""
    luck, hurry, is_asked = random.random, HURRY[case.criticality], case.kind in ASKED_FOR

    def about(minutes: float) -> float:
        return random.expovariate(1 / (minutes * hurry))

    def said(step: Step, later: float) -> Iterator[tuple[Step, float]]:
        yield step, later
        if case.acts[-1].waits:
            yield RELEASE, random.expovariate(1 / 50)

    if is_asked and luck() < 0.03:
        yield WITHDRAW, about(300)
        return
    if luck() < 0.78:
        yield HAND_OVER, about(70)
    yield TAKE, about(60)
    if is_asked:
        if luck() < 0.93:
            yield from said(ANSWER, about(60))
        if luck() < 0.2:
            yield from said(ASK, about(200))
            yield REPLY, random.expovariate(1 / 900)
    elif case.kind is K.PROBLEM:
        yield KNOW_CAUSE, about(4 * DAY)
    elif luck() < 0.12:
        yield REJECT, about(2 * DAY)
        return
    else:
        yield APPROVE, about(2 * DAY)
    if luck() < 0.35:
        yield NOTE, about(200)
    if case.kind is K.INCIDENT and case.reach is Reach.MANY:
        yield FIND_CAUSE, about(600)
    yield from said(RESOLVE, random.lognormvariate(0, 1.1) * 700 * hurry)
    if is_asked and luck() < 0.22:
        yield RATE, random.expovariate(1 / 600)
    if is_asked and luck() < 0.3:
        yield CONFIRM, random.expovariate(1 / 900)
    else:
        yield CLOSE, random.uniform(5, 14) * DAY


def _at_work(at: Minute) -> Minute:
    """The instant, or when somebody is at work again."""
    day, minute = divmod(at, DAY)
    if not OPENS <= minute < CLOSES:
        day, minute = day + (minute >= CLOSES), OPENS + minute * 7 % 120
    weekday = (day - 1) % 7  # ordinal 1 was a Monday
    return (day + max(0, 7 - weekday if weekday > 4 else 0)) * DAY + minute


def number_cases(cases: Sequence[Case], last: dict[int, int]) -> None:
    """Give numbers in the order of reports, on from the last of each year."""
    for case in cases:
        year = date.fromordinal(case.reported // DAY).year
        last[year] = last.get(year, 0) + 1
        case.number = f"TIK-{year}-{last[year]:05}"
