"""The kinds, states, classes and actions of tickets as the schema names them."""

from enum import StrEnum

import backend.graphql.criticality  # noqa: F401  which publishes it
from backend.graphql.reads.shape import described
from backend.kit.events import Audience
from backend.tickets.agreed_states import AgreedAction, AgreedMatter, AgreedState
from backend.tickets.states import (
    ClockKind,
    Holder,
    LinkKind,
    MessageAction,
    MessageKind,
    MessageState,
    Reach,
    ServiceTime,
    StretchReason,
    TicketAction,
    TicketKind,
    TicketState,
)

described(
    TicketKind,
    "What a ticket is.",
    SERVICE_REQUEST="Somebody needs something of a service.",
    INCIDENT="Something does not work as it should.",
    PROBLEM="What causes incidents, or recurs.",
    CHANGE="Something of a service is to be changed.",
)
described(
    TicketState,
    "Where a ticket stands.",
    NEW="Reported; nobody has taken it yet.",
    OPEN="It is worked on.",
    WAITING="It waits for an answer of whoever asked.",
    KNOWN="A problem whose cause is known.",
    APPROVED="A change that may be carried out.",
    RESOLVED="It is held to be done; it can be opened again.",
    CLOSED="It is done.",
    WITHDRAWN="Nothing is asked for any more.",
    REJECTED="A change that is not carried out.",
    MERGED="It goes on in another ticket.",
)
described(
    TicketAction,
    "What can be done with a ticket.",
    TAKE="Take it, or give it to a colleague.",
    RESPOND="Answer whoever asked.",
    WAIT="Ask whoever asked something, and wait.",
    RESUME="Go on though no answer came.",
    HAND_OVER="Give it from Tiera's desk to the supplier.",
    HAND_BACK="Give it from the supplier back to Tiera's desk.",
    RECALL="Take it from the supplier back to Tiera's desk.",
    CHANGE_CLASS="Say anew how critical it is and how far it reaches.",
    EDIT="Change its title, tags and team.",
    WRITE="Write on it.",
    MARK_DOCUMENTS="Say what a change means for documents, for Tiera and the supplier.",
    LINK="Say what it is to another ticket.",
    MERGE="Let it go on in another ticket.",
    UNMERGE="Let it go on by itself again.",
    SPLIT="Make a ticket of its own of a message on it.",
    FIND_CAUSE="Write its root cause.",
    APPROVE="Let a change be carried out.",
    REJECT="Not let a change be carried out.",
    RESOLVE="Say how it was resolved.",
    REOPEN="Open it again.",
    CONFIRM="Confirm that it is resolved, for whoever asked.",
    CLOSE="Close it, for Tiera.",
    WITHDRAW="Ask for nothing any more.",
    BILL="Approve it for billing.",
    ASK_BILLING="Ask Tiera to approve it for billing, for the supplier.",
    DECLINE_BILLING="Say that it is not billed, for Tiera.",
    RATE="Say how well it was handled, for whoever asked.",
)
described(
    Reach,
    "How far it reaches.",
    ONE_USER="One user.",
    ONE_ORGANISATION="One organisation.",
    MANY="Many organisations.",
)
described(
    Holder,
    "In whose hands a ticket is.",
    DESK="At Tiera's desk.",
    SUPPLIER="At the supplier.",
)
described(
    LinkKind,
    "What a ticket is to another.",
    CAUSED_BY="The other caused it.",
    DUPLICATE_OF="It is the same as the other.",
    PART_OF="It is a part of the other.",
    FOLLOWS_FROM="It follows from the other, which may be an order.",
)
described(
    Audience,
    "Who may read it.",
    TIERA="Tiera alone.",
    BOTH="Tiera and the supplier.",
    ALL="The customer too.",
)
described(
    MessageKind,
    "What a message goes with.",
    MESSAGE="Nothing but itself.",
    RESPONSE="An answer to whoever asked.",
    QUESTION="A question to whoever asked, whose answer is waited for.",
    HANDOVER="Why the ticket was handed on.",
    CLASS_CHANGE="Why its class was changed.",
    CAUSE="Its root cause.",
    DECISION="Why a change is carried out or not.",
    RESOLUTION="How it was resolved.",
    REOPENING="Why it was opened again.",
    ENDING="Why it was withdrawn.",
)
described(
    MessageState,
    "Where a message stands.",
    SENT="It needed no release.",
    WAITING="A supplier's to a customer, which waits for Tiera.",
    RELEASED="Tiera has released it.",
    RETURNED="Tiera has returned it to the supplier.",
)
described(
    MessageAction,
    "What can be done with a message.",
    RELEASE="Let the customer read it.",
    RETURN="Return it to the supplier.",
)
described(
    AgreedMatter,
    "Of what something was agreed in a conversation.",
    PRICE="Of a price.",
    CONTENT="Of what is done.",
    DATE="Of when it is done.",
)
described(
    AgreedState,
    "Whether what was agreed in a conversation binds.",
    NOTED="Not until Tiera confirms it.",
    CONFIRMED="Tiera has confirmed it: it binds.",
    REFUSED="Tiera has refused it: it never binds.",
)
described(
    AgreedAction,
    "What can be done with what was agreed.",
    CONFIRM="Confirm it for Tiera.",
    REFUSE="Refuse it for Tiera.",
)
described(
    ServiceTime,
    "The hours in which a clock runs.",
    ROUND_THE_CLOCK="Every hour of every day.",
    BUSINESS_HOURS="The service hours of business days.",
)
described(
    ClockKind,
    "What is timed.",
    RESPOND="From the report to the first answer.",
    RESOLVE="From the report to the resolution.",
    UPDATE="From one word to whoever asked to the next.",
    DECIDE="Tiera's decision on a change.",
    HAND_BACK="Tiera's answer to what the supplier handed back.",
    ANSWER="Tiera's answer to what the supplier asks and waits for.",
    BILL="Tiera's approval for billing of what waits for it.",
)
described(
    StretchReason,
    "Why a stretch of a clock counts or not.",
    AT_DESK="It is worked on at Tiera's desk.",
    AT_SUPPLIER="It is worked on at the supplier.",
    WAITING="An answer of whoever asked is waited for.",
    KNOWN="The cause is known, and its removal is waited for.",
    APPROVED="The change was approved and waits to be carried out.",
    WITH_TIERA="Tiera is waited for.",
    MERGED="It went on in another ticket.",
    DONE="It was held to be done.",
    OUTSIDE_HOURS="Outside service hours.",
    DAY_OF_ARRIVAL="The day of the event from which days are counted; it does not count itself.",
    NO_BUSINESS_DAY="Not a business day.",
)


class TicketSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    DUE_LAST = "due_last"


class TicketMessageSort(StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"


described(
    TicketMessageSort,
    "In which order what is written on a ticket comes.",
    OLDEST="As it was written.",
    NEWEST="Written last first.",
)
described(
    TicketSort,
    "In which order tickets come.",
    NEWEST="Reported last first.",
    OLDEST="Reported first first.",
    DUE_FIRST="The nearest deadline first; those that no clock runs for last. For a customer: reported last first.",
    DUE_LAST="The farthest deadline first. For a customer: reported last first.",
)
