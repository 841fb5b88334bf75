"""Who may do what with a ticket: its kind's table of moves, narrowed by whose hands it is in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from backend.kit.actor import Actor, ActorKind
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, not_permitted
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets.agreed_states import AGREED, AgreedAction, AgreedState
from backend.tickets.quality_states import DEVIATION, OF_KIND, DeviationAction, DeviationKind, DeviationState
from backend.tickets.recurrence_states import RECURRENCE, RecurrenceAction, RecurrenceState
from backend.tickets.states import (
    MESSAGE,
    ONCE_SAID,
    READ_BY_CUSTOMERS,
    TABLES,
    Holder,
    MessageAction,
    MessageKind,
    MessageState,
    TicketAction,
    TicketKind,
    TicketMove,
    TicketState,
)

A = TicketAction
TIERA, SUPPLIER, CUSTOMER = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER

HANDS: Mapping[ActorKind, Holder] = MappingProxyType({TIERA: Holder.DESK, SUPPLIER: Holder.SUPPLIER})
"""Each side's own hands; a customer has a ticket in none."""
IN_OWN_HANDS = frozenset({A.TAKE, A.RESPOND, A.WAIT, A.RESUME, A.HAND_OVER, A.HAND_BACK, A.FIND_CAUSE, A.RESOLVE})
"""What only those do who have the ticket."""
SIDES: Mapping[TicketAction, frozenset[ActorKind]] = MappingProxyType(
    {
        A.HAND_OVER: frozenset({TIERA}),
        A.RECALL: frozenset({TIERA}),
        A.HAND_BACK: frozenset({SUPPLIER}),
        A.CHANGE_CLASS: frozenset({TIERA}),  # a supplier does not choose the class that times it
        A.EDIT: frozenset({TIERA}),
        A.MERGE: frozenset({TIERA}),
        A.UNMERGE: frozenset({TIERA}),
        A.SPLIT: frozenset({TIERA}),
        A.CLOSE: frozenset({TIERA}),
        A.REOPEN: frozenset({TIERA, CUSTOMER}),
        A.CONFIRM: frozenset({CUSTOMER}),
        A.WITHDRAW: frozenset({TIERA, CUSTOMER}),
        A.BILL: frozenset({TIERA}),
        A.ASK_BILLING: frozenset({SUPPLIER}),
        A.DECLINE_BILLING: frozenset({TIERA}),
        A.RATE: frozenset({CUSTOMER}),
    }
)
"""What is not for everybody who has the right."""

AUDIENCES: Mapping[ActorKind, tuple[Audience, ...]] = MappingProxyType(
    {
        TIERA: (Audience.TIERA, Audience.BOTH, Audience.ALL),
        SUPPLIER: (Audience.BOTH, Audience.ALL),  # nothing is closed to Tiera
        CUSTOMER: (Audience.ALL,),
    }
)
"""To whom each side can write."""


@rule("H11.4-b", "H11.2.3-b")
def _is_for(actor: Actor, action: TicketAction, holder: Holder, state: TicketState) -> bool:
    """Whether the ticket is in the right hands for this actor to act.

    Of one that is resolved, and is taken back no more, Tiera can write the root cause that closing it waits for.
    """
    if actor.kind not in SIDES.get(action, (actor.kind,)):
        return False
    if action is A.RECALL:
        return holder is Holder.SUPPLIER
    if action is A.FIND_CAUSE and state is TicketState.RESOLVED and actor.kind is TIERA:
        return True
    return action not in IN_OWN_HANDS or HANDS.get(actor.kind) is holder


ASKED_FOR = (TicketKind.SERVICE_REQUEST, TicketKind.INCIDENT)
"""What customers report; problems and changes are Tiera's and the supplier's to open."""


def reportable_kinds(actor: Actor) -> tuple[TicketKind, ...]:
    """Which kinds of tickets the actor may put on record."""
    if not actor.may(Right.REPORT_TICKETS):
        return ()
    return ASKED_FOR if actor.kind is CUSTOMER else tuple(TicketKind)


def take(actor: Actor, kind: TicketKind, state: TicketState, action: TicketAction, holder: Holder) -> TicketMove:
    """The move, where the kind's table, the right, the side and the hands allow it."""
    move = TABLES[kind].take(actor, state, action)
    if not _is_for(actor, action, holder, state):
        raise not_permitted(move.rule, Text("The ticket is not in your hands, or this is not for your side to do."))
    return move


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of a ticket decides, beside its state and hands, which acts are open."""

    asker_ids: Collection[int | None] = ()
    """Who asked for it, or for what was merged into it."""
    reporter_ids: Collection[int | None] | None = None
    """Of a change: who put it on record, or one that was merged into it."""
    can_be_billed: bool = False
    """The supplier has seen it, and it is not approved for billing yet."""
    awaits_billing: bool = False
    """It waits for Tiera to approve it for billing, or to say that it is not."""
    raters_left: Sequence[int] | None = None
    """Of one that is resolved: who asked, for it or for what was merged into it, and has not said how it went."""
    lacks_cause: bool = False
    """It is of wide reach, and not closed before its root cause has been written."""
    has_whom_to_ask: bool = True
    """A customer asked, or the supplier has seen it: whoever has it can ask somebody and wait."""
    has_whom_to_answer: bool = True
    """A customer asked, or the other side than has it."""
    waiting_words: Sequence[MessageKind] = ()
    """The kinds of words that would move it and wait for Tiera's release."""


def available_actions(
    actor: Actor, kind: TicketKind, state: TicketState, holder: Holder, facts: Facts
) -> list[TicketAction]:
    """What this actor may do with the ticket now, in the order of the table."""
    return [
        action
        for action in TABLES[kind].open_to(actor, state)
        if _is_for(actor, action, holder, state) and _is_open(actor, action, facts)
    ]


@rule("H10.3-a")
def check_rates_own(actor: Actor, asker_ids: Collection[int]) -> None:
    """Whoever asked, for the ticket or for one that was merged into it, says how it went, and nobody for them."""
    if actor.person_id not in asker_ids:
        raise not_permitted("H10.3-a", Text("Whoever asked says how well it was handled."))


def check_measures(actor: Actor, supplier_id: int | None) -> None:
    """Measures are recorded by whoever answers for the deviation: the supplier, or Tiera for its own desk."""
    if (actor.organisation_id if actor.kind is SUPPLIER else None) != supplier_id:
        raise not_permitted("H10.3-c", Text("Measures are recorded by whoever answers for the deviation."))


@rule("H11.3.4-a")
def check_proposes(actor: Actor) -> None:
    """The supplier proposes how to have fewer of what recurs."""
    if actor.kind is not SUPPLIER:
        raise not_permitted("H11.3.4-a", Text("The supplier proposes how to have fewer of what recurs."))


def available_recurrence_actions(actor: Actor, state: RecurrenceState) -> list[RecurrenceAction]:
    """What this actor may do with something that recurs now."""
    proposes = actor.kind is SUPPLIER
    return [action for action in RECURRENCE.open_to(actor, state) if proposes or action is not RecurrenceAction.PROPOSE]


def check_kind(kind: DeviationKind, action: DeviationAction) -> None:
    """A customer is told of its rating, the production group of a missed level and of a root cause."""
    if OF_KIND.get(action, kind) is not kind:
        raise not_permitted("H10.3-c", Text("This is not done with deviations of this kind."))


def available_deviation_actions(
    actor: Actor, state: DeviationState, kind: DeviationKind, supplier_id: int | None
) -> list[DeviationAction]:
    """What this actor may do with a deviation now."""
    answers = (supplier_id is not None) == (actor.kind is SUPPLIER)
    return [
        action
        for action in DEVIATION.open_to(actor, state)
        if OF_KIND.get(action, kind) is kind and (answers or action is not DeviationAction.MEASURE)
    ]


@rule("H11.4-a")
def is_said(actor: Actor, action: TicketAction, waiting_words: Sequence[MessageKind]) -> bool:
    """Whether a supplier has said already what would bring this about, and Tiera has not released it yet."""
    return actor.kind is SUPPLIER and any(action in ONCE_SAID[kind] for kind in waiting_words)


def refuse_said_again(actor: Actor, action: TicketAction, waiting_words: Sequence[MessageKind]) -> None:
    """What waits for Tiera's release is not said once more."""
    if is_said(actor, action, waiting_words):
        raise broken_rule("H11.4-a", Text("What you wrote of this waits for Tiera's release already."))


def _is_open(actor: Actor, action: TicketAction, facts: Facts) -> bool:
    if is_said(actor, action, facts.waiting_words):
        return False
    match action:
        case A.APPROVE | A.REJECT:
            return not is_own_request(actor, (*facts.asker_ids, *(facts.reporter_ids or ())))
        case A.BILL:
            return facts.can_be_billed and not is_own_request(actor, facts.asker_ids)
        case A.ASK_BILLING:
            return facts.can_be_billed and not facts.awaits_billing
        case A.DECLINE_BILLING:
            return facts.awaits_billing
        case A.CONFIRM | A.CLOSE:
            return not facts.lacks_cause
        case A.WAIT:
            return facts.has_whom_to_ask
        case A.RESPOND:
            return facts.has_whom_to_answer
        case A.RATE:
            return actor.person_id in (facts.raters_left or ())
    return True


def confirms(actor: Actor) -> bool:
    """Whether the actor closes a ticket by confirming that it is resolved, as customers do."""
    return actor.kind is CUSTOMER


def available_message_actions(actor: Actor, state: MessageState) -> list[MessageAction]:
    """What this actor may do with a message."""
    return MESSAGE.open_to(actor, state)


def audiences_of(actor: Actor) -> tuple[Audience, ...]:
    """To whom the actor can write."""
    return AUDIENCES.get(actor.kind, ())


@rule("H11.4-a")
def check_audience(actor: Actor, audience: Audience) -> None:
    """Nobody writes past those whom their side writes to."""
    if audience not in audiences_of(actor):
        raise not_permitted("H11.4-a", Text("Your side cannot write to this audience."), "audience")


def may_carry_agreed(audience: Audience, state: MessageState) -> bool:
    """Whether a message can carry what sides agreed: both read it."""
    return audience is not Audience.TIERA and state is not MessageState.RETURNED


def available_agreed_actions(
    actor: Actor, state: AgreedState, written_by: int | None, message_state: MessageState
) -> list[AgreedAction]:
    """What this actor may do with what was agreed."""
    if written_by in actor.deciding_person_ids:
        return []
    is_read = message_state in READ_BY_CUSTOMERS
    return [action for action in AGREED.open_to(actor, state) if is_read or action is not AgreedAction.CONFIRM]


@rule("H11.4-e")
def check_confirms_what_is_read(action: AgreedAction, message_state: MessageState) -> None:
    """Words that wait for Tiera bind nobody: they may be released in others, or returned."""
    if action is AgreedAction.CONFIRM and message_state not in READ_BY_CUSTOMERS:
        raise broken_rule("H11.4-e", Text("Release the words first: what binds is what the customer reads."))


@rule("D0-f", "H11.4-e")
def refuse_own_words(actor: Actor, written_by: int | None) -> None:
    """Nobody confirms for Tiera what they themselves wrote."""
    if written_by in actor.deciding_person_ids:
        raise broken_rule("D0-f", Text("Nobody confirms what they wrote themselves."))


@rule("D0-f")
def is_own_request(actor: Actor, asker_ids: Collection[int | None]) -> bool:
    """Whether the actor, or whom they stand for, is among those who asked for it: somebody else decides."""
    return not actor.deciding_person_ids.isdisjoint(asker_ids)


@rule("D0-f")
def refuse_own_change(actor: Actor, asker_ids: Collection[int]) -> None:
    """Nobody decides on a change that they asked for; a stand-in counts as the person stood for."""
    if is_own_request(actor, asker_ids):
        raise broken_rule("D0-f", Text("Nobody decides on a request of their own."))
