"""Which bodies there are, who sits in them as what, and what can be done with a body, a seat and a post."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class BodyKind(StrEnum):
    """The two in which customers and suppliers work together (H11.4-d)."""

    ECOSYSTEM_GROUP = "ecosystem_group"
    TACTICAL_STEERING_GROUP = "tactical_steering_group"


class SeatKind(StrEnum):
    MEMBER = "member"
    GUEST = "guest"


class BodyState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """Nothing more is written in it; those who sit in it may read what was."""


class BodyAction(StrEnum):
    WRITE = "write"
    NAME = "name"
    """Name somebody to it as a member or a guest."""
    CLOSE = "close"


class SeatAction(StrEnum):
    END = "end"


class PostAction(StrEnum):
    ANSWER = "answer"
    WITHDRAW = "withdraw"


S, A = BodyState, BodyAction
BODY = Workflow(
    (
        Move(A.NAME, S.OPEN, S.OPEN, Right.KEEP_BODIES, "H11.4-d"),
        Move(A.CLOSE, S.OPEN, S.CLOSED, Right.KEEP_BODIES, "H11.4-d"),
    )
)
"""To write needs no right: it comes with a seat in force."""

BODY_KIND_LABELS = register_labels(
    {
        BodyKind.ECOSYSTEM_GROUP: Text("Ecosystem group"),
        BodyKind.TACTICAL_STEERING_GROUP: Text("Steering group (tactical level)"),
    }
)
BODY_STATE_LABELS = register_labels({S.OPEN: Text("At work"), S.CLOSED: Text("Closed")})
SEAT_KIND_LABELS = register_labels({SeatKind.MEMBER: Text("Member"), SeatKind.GUEST: Text("Guest")})
