"""The example's enums and its one table of actions."""

from enum import StrEnum


class TicketState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    NEW = "new"


class TicketKind(StrEnum):
    INCIDENT = "incident"
    REQUEST = "request"
    CHANGE = "change"
    PROBLEM = "problem"


class TicketAction(StrEnum):
    ASSIGN = "assign"
    CLOSE = "close"
    REOPEN = "reopen"


class TicketOrder(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    MOST_URGENT = "most urgent"


ACTIONS = {
    TicketState.OPEN: [TicketAction.ASSIGN, TicketAction.CLOSE],
    TicketState.NEW: [TicketAction.ASSIGN],
    TicketState.WAITING: [TicketAction.CLOSE],
    TicketState.CLOSED: [TicketAction.REOPEN],
}
