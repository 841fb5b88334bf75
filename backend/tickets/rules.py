"""What the contract says of tickets, as pure functions. Times are minutes of service time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol

from backend.kit.actor import ActorKind
from backend.kit.events import Audience
from backend.kit.faults import Refusals, broken_rule, invalid, not_found, optional, required, shows
from backend.kit.refs import Ref
from backend.kit.translation import Text
from backend.kit.working_time import ROUND_THE_CLOCK, ServiceHours
from backend.rulebook.choices import SupportModel
from backend.rulebook.criticality import Criticality
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets.states import (
    STANDABLE,
    Holder,
    LinkKind,
    MessageKind,
    MessageState,
    Reach,
    ServiceTime,
    TicketKind,
    TicketState,
)

MOST_LETTERS_IN_A_TITLE = 200
MOST_LETTERS = 20_000
MOST_TAGS, MOST_LETTERS_IN_A_TAG = 20, 40
MOST_MINUTES = 525_600
LINKED = ("Ticket", "Order")
"""Of which kinds a ticket can be something to."""


MOST_LETTERS_OF_A_WORD = 2_000
SCORES = range(1, 6)


@rule("H10.3-a")
def check_score(score: int) -> None:
    """A ticket is rated from one to five."""
    if score not in SCORES:
        raise invalid(Text("Choose from one to five."), "score", rule="H10.3-a")


def read_word(word: str | None) -> str | None:
    """The word that goes with a rating, where there is one."""
    return optional(word, "word", most=MOST_LETTERS_OF_A_WORD)


@rule("H10.3-c")
def is_low(score: int, terms: Terms) -> bool:
    """Whether a rating is a deviation from the agreed quality, by the terms of the ticket's day."""
    return score <= terms.low_rating


def read_tags(tags: Sequence[str]) -> list[str]:
    """Tags as they are kept: in small letters, each once; a comma parts two."""
    parts = (part.strip().lower() for tag in tags for part in tag.split(","))
    plain = list(dict.fromkeys(part for part in parts if shows(part)))
    if len(plain) > MOST_TAGS or any(len(tag) > MOST_LETTERS_IN_A_TAG for tag in plain):
        raise invalid(Text("At most %(tags)s tags of %(letters)s letters.", tags=MOST_TAGS,
                           letters=MOST_LETTERS_IN_A_TAG), "tags")  # fmt: skip
    return plain


def shortened(text: str, note: str = "") -> str:
    """Words that came from elsewhere, cut where a message ends, and a note under them; where they came from has all."""
    plain, below = text.strip(), f"\n\n{note}" if note else ""
    most = MOST_LETTERS - len(below)
    kept = plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
    return f"{kept}{below}".strip()


# Service levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How fast a ticket is answered, resolved and told of anew; None: that is not timed."""

    service_time: ServiceTime = ServiceTime.BUSINESS_HOURS
    respond_minutes: int | None = None
    resolve_minutes: int | None = None
    update_minutes: int | None = None
    stands_in: tuple[TicketState, ...] = (TicketState.WAITING,)
    is_priced: bool = False
    """Whether it was ordered at a price: once it is resolved, it waits to be approved for billing."""

    @rule("H2.1-a")
    def hours(self, terms: Terms) -> ServiceHours:
        """The hours in which its clocks run."""
        if self.service_time is ServiceTime.ROUND_THE_CLOCK:
            return ROUND_THE_CLOCK
        return ServiceHours(terms.service_opens_minutes, terms.service_closes_minutes, terms.counting)


I, R = TicketKind.INCIDENT, TicketKind.SERVICE_REQUEST  # noqa: E741
C = Criticality
DEFAULT_LEVELS: Mapping[tuple[TicketKind, Criticality], Level] = MappingProxyType(
    {
        (I, C.CRITICAL): Level(
            service_time=ServiceTime.ROUND_THE_CLOCK, respond_minutes=30, resolve_minutes=240, update_minutes=60
        ),
        (I, C.HIGH): Level(respond_minutes=60, resolve_minutes=480, update_minutes=240),
        (I, C.NORMAL): Level(respond_minutes=240, resolve_minutes=1_440, update_minutes=960),
        (I, C.LOW): Level(respond_minutes=480, resolve_minutes=4_800, update_minutes=2_400),
        (R, C.CRITICAL): Level(respond_minutes=60, resolve_minutes=480, update_minutes=240),
        (R, C.HIGH): Level(respond_minutes=240, resolve_minutes=960, update_minutes=480),
        (R, C.NORMAL): Level(respond_minutes=480, resolve_minutes=2_400, update_minutes=1_440),
        (R, C.LOW): Level(respond_minutes=960, resolve_minutes=4_800, update_minutes=2_400),
    }
)
"""Ours, for the source names no times: what holds where no agreement and no installation says otherwise."""
UNTIMED = Level()
"""Problems and changes, until an agreement times them."""


@rule("H2.1-a")
def default_level(kind: TicketKind, criticality: Criticality) -> Level:
    """The level where nothing was agreed."""
    return DEFAULT_LEVELS.get((kind, criticality), UNTIMED)


@rule("H2.1-a")
def check_level(level: Level, valid_from: date, today: date) -> None:
    """Times are more than nothing, an answer is due before the end, and an old case keeps the level of its day."""
    times = {name: getattr(level, f"{name}_minutes") for name in ("respond", "resolve", "update")}
    for name, minutes in times.items():
        if minutes is not None and not 0 < minutes <= MOST_MINUTES:
            raise invalid(Text("A time is more than nothing, and a year at most."), f"{name}_minutes", rule="H2.1-a")
    if times["respond"] and times["resolve"] and times["respond"] > times["resolve"]:
        raise invalid(Text("An answer cannot be due after the end."), "respond_minutes", rule="H2.1-a")
    if not set(level.stands_in) <= set(STANDABLE):
        raise invalid(Text("A clock may stand only while others are waited for."), "stands_in", rule="H2.1-a")
    if valid_from < today:
        raise broken_rule(
            "D0-c",
            Text("A service level changes from today on at the earliest: a ticket keeps the level of its day."),
            "valid_from",
        )


# Paths


@rule("H11.4-b")
def first_holder(reported_by: ActorKind, terms: Terms) -> Holder:
    """Whom a ticket reaches first: by the agreement's support model, a supplier's own always Tiera's desk."""
    direct = terms.support_model is SupportModel.SUPPLIER_DIRECT
    return Holder.SUPPLIER if reported_by is ActorKind.CUSTOMER and direct else Holder.DESK


@rule("H11.4-a")
def is_contact(written_by: ActorKind, audience: Audience, *, has_customer: bool) -> bool:
    """Whether words are a supplier's to a customer of Tiera's."""
    return written_by is ActorKind.SUPPLIER and audience is Audience.ALL and has_customer


@rule("H11.4-a", "H11.4-c", "H11.11-b")
def state_of_message(*, is_contact: bool, is_permitted: bool) -> MessageState:
    """What a supplier writes to a customer waits until Tiera releases it, unless a permission covers it, or the class
    of an incident allows it.
    """
    return MessageState.WAITING if is_contact and not is_permitted else MessageState.SENT


@rule("H11.4-c")
def check_permission(valid_from: date, valid_until: date, today: date, **named: Sequence[object]) -> None:
    """A permission is express: it names persons, customers, services and kinds of tickets, and ends on a day."""
    refusals = Refusals()
    for name, those in named.items():
        if not those:
            refusals.add(required(name, rule="H11.4-c"))
    if valid_from < today:
        refusals.add(broken_rule("H11.4-c", Text("A permission holds from today on at the earliest."), "valid_from"))
    if valid_until < valid_from:
        refusals.add(invalid(Text("A permission ends when it has begun."), "valid_until", rule="H11.4-c"))
    refusals.raise_any()


class Classed(Protocol):
    """How a ticket is timed, and whether it stands on the status page."""

    kind: TicketKind
    criticality: Criticality
    reach: Reach


def is_wide(ticket: Classed) -> bool:
    """Whether it is an incident of wide reach."""
    return ticket.kind is TicketKind.INCIDENT and ticket.reach is Reach.MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A supplier's word to a customer: by whom, to whom, on which service's ticket of which kind, on which day."""

    person_id: int | None
    customer_id: int | None
    service_id: int
    kind: TicketKind
    on: date


class Permitted(Protocol):
    """What a permission covers."""

    person_ids: list[int]
    customer_ids: list[int]
    service_ids: list[int]
    kinds: list[str]
    valid_from: date
    valid_until: date
    ended_at: datetime | None


@rule("H11.4-c")
def check_claim(permission: Permitted, contact: Contact) -> None:
    """What claims a permission and is outside it is refused, with each thing that it does not cover."""
    day = {"day": contact.on}
    covers = (
        (contact.person_id in permission.person_ids, Text("The permission does not name you.")),
        (contact.customer_id in permission.customer_ids, Text("The permission does not name this customer.")),
        (contact.service_id in permission.service_ids, Text("The permission does not cover this service.")),
        (contact.kind in permission.kinds, Text("The permission does not cover tickets of this kind.")),
        (permission.valid_from <= contact.on, Text("The permission is not in force yet on %(day)s.", **day)),
        (contact.on <= permission.valid_until, Text("The permission is no longer in force on %(day)s.", **day)),
        (permission.ended_at is None, Text("The permission was ended.")),
    )
    refusals = Refusals()
    for is_covered, lacks in covers:
        if not is_covered:
            refusals.add(broken_rule("H11.4-c", lacks, "permission_id"))
    refusals.raise_any()


ANSWERING = frozenset(
    {MessageKind.MESSAGE, MessageKind.RESPONSE, MessageKind.QUESTION, MessageKind.CAUSE, MessageKind.RESOLUTION}
)
"""Words of the matter itself: the reason of an act, as of handing on, merging or opening again, answers nobody."""


@rule("H2.1-a")
def answers_asker(
    written_by: ActorKind, audience: Audience, kind: MessageKind, *, has_customer: bool, is_own: bool
) -> bool:
    """Whether words on a ticket answer whoever asked: words of the matter to the customer; where there is none, those
    that both sides read, of the other side than reported it (is_own: they are of the side that did).
    """
    if kind not in ANSWERING:
        return False
    if has_customer:
        return audience is Audience.ALL and written_by is not ActorKind.CUSTOMER
    return audience is not Audience.TIERA and not is_own


def is_of_asker(written_by: ActorKind, audience: Audience, *, has_customer: bool, is_own: bool) -> bool:
    """Whether words on a ticket are of whoever asked, to those who may answer: the customer's, or else of the side that
    reported it (is_own) to the other.
    """
    return written_by is ActorKind.CUSTOMER if has_customer else is_own and audience is not Audience.TIERA


@rule("H2.1-a")
def side_that_answers(*, is_suppliers_report: bool, has_reached_supplier: bool) -> Holder:
    """Whose words, where no customer asked, are waited for: the other side's than reported it, and Tiera's while the
    supplier has not seen it.
    """
    return Holder.SUPPLIER if has_reached_supplier and not is_suppliers_report else Holder.DESK


@rule("H2.1-a")
def check_whom_to_answer(*, is_own_report: bool) -> None:
    """Nobody answers themselves: an answer to what one's own side reported would end no time."""
    if is_own_report:
        raise broken_rule("H2.1-a", Text("Your own side reported this: there is nobody to answer. Write a message."))


@rule("H2.1-a")
def is_answer_of_asker(written_by: ActorKind, holder: Holder, *, has_customer: bool) -> bool:
    """Whether words on a ticket that waits are those it waits for."""
    return written_by is side_asked(holder, has_customer=has_customer)


@rule("H2.1-a")
def side_asked(holder: Holder, *, has_customer: bool) -> ActorKind:
    """Whose answer a ticket that waits is waiting for: the customer's, or else the other side's than has it."""
    if has_customer:
        return ActorKind.CUSTOMER
    return ActorKind.SUPPLIER if holder is Holder.DESK else ActorKind.BUYER


@rule("H2.1-a")
def check_whom_to_ask(*, has_customer: bool, has_reached_supplier: bool) -> None:
    """No clock stands for an answer that nobody was asked for: without a customer, the supplier has seen the ticket."""
    if not (has_customer or has_reached_supplier):
        raise broken_rule("H2.1-a", Text("The supplier does not see this yet. Hand it over first."))


@rule("H11.2.3-b")
def check_cause_before_closing(kind: TicketKind, reach: Reach, root_cause: str | None) -> None:
    """An incident of wide reach has its root cause written before it is closed, not before it is resolved."""
    if kind is TicketKind.INCIDENT and reach is Reach.MANY and not root_cause:
        raise broken_rule(
            "H11.2.3-b", Text("An incident of wide reach is closed once its root cause has been written.")
        )


@rule("H11.2.3-a")
def check_link(ticket: Ref, kind: LinkKind, other: Ref) -> None:
    """A ticket is linked to another one, and to an order as what it follows from."""
    if other.kind not in LINKED:
        raise not_found("other")
    if other == ticket:
        raise broken_rule("H11.2.3-a", Text("A ticket is linked to another one."), "other")
    if other.kind != ticket.kind and kind is not LinkKind.FOLLOWS_FROM:
        raise broken_rule("H11.2.3-a", Text("A ticket follows from an order, and is nothing else to it."), "kind")


def is_same_word(root: str, other: str) -> bool:
    """Whether the shorter of two beginnings of words begins the other: they are of one word in different lengths."""
    return root.startswith(other) or other.startswith(root)


def share_word(roots: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one of some beginnings of words is of one word with one of the others."""
    return any(is_same_word(root, other) for root in roots for other in others)
