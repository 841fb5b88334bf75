"""Where mail that came stands, why it was put aside, and what Tiera's desk can do with it."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class MailState(StrEnum):
    """Nothing that came is lost: what became no message stays on record with its bytes."""

    TAKEN = "taken"
    COMPLAINED = "complained"
    """A complaint was begun of it."""
    HELD = "held"
    IGNORED = "ignored"
    DISCARDED = "discarded"


class MailAction(StrEnum):
    REPORT = "report"
    """Make a ticket of it."""
    ADD = "add"
    """Add it to a ticket."""
    COMPLAIN = "complain"
    """Begin a complaint of it."""
    DISCARD = "discard"
    HOLD = "hold"
    """Bring back to the desk what was put aside."""


class WhyAside(StrEnum):
    """Why mail became no message by itself."""

    AUTOMATIC = "automatic"
    """A machine wrote it: an absence note, a confirmation."""
    BOUNCE = "bounce"
    MAILING_LIST = "mailing_list"
    OWN = "own"
    """It is the portal's own, come back."""
    UNKNOWN_SENDER = "unknown_sender"
    NOT_PROVEN = "not_proven"
    """Its sender may be another than it says."""
    NO_ROLE = "no_role"
    NEW_MATTER = "new_matter"
    """From somebody known, and an answer to nothing: the service, or whose matter it is, has to be chosen."""
    NOT_SEEN = "not_seen"
    """It answers a ticket that its sender may not write on, or that there is none of."""
    REFUSED = "refused"
    """A rule refused it, as of a closed ticket."""
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NOT_WHOLE = "not_whole"
    """Too large or too tangled to be read by a program."""
    COMPLAINT = "complaint"
    """A new matter whose subject says that it is a complaint: Tiera makes a draft of it, or something else."""


S, A = MailState, MailAction
RECORD = "H11.7.2-a"
MAIL = Workflow(
    (
        Move(A.REPORT, S.HELD, S.TAKEN, Right.HANDLE_TICKETS, RECORD),
        Move(A.ADD, S.HELD, S.TAKEN, Right.HANDLE_TICKETS, RECORD),
        Move(A.COMPLAIN, S.HELD, S.COMPLAINED, Right.COMPLAIN, "H11.10-a"),
        Move(A.DISCARD, S.HELD, S.DISCARDED, Right.HANDLE_TICKETS, RECORD),
        Move(A.HOLD, S.IGNORED, S.HELD, Right.HANDLE_TICKETS, RECORD),
        Move(A.HOLD, S.DISCARDED, S.HELD, Right.HANDLE_TICKETS, RECORD),
    )
)

MAIL_STATE_LABELS = register_labels(
    {
        S.TAKEN: Text("On a ticket"),
        S.COMPLAINED: Text("Became a complaint"),
        S.HELD: Text("Waits for the desk"),
        S.IGNORED: Text("Put aside as automatic"),
        S.DISCARDED: Text("Discarded"),
    }
)
WHY_ASIDE_LABELS = register_labels(
    {
        WhyAside.AUTOMATIC: Text("A machine wrote it, or it looks like an absence note"),
        WhyAside.BOUNCE: Text("A mail server says that a mail did not arrive"),
        WhyAside.MAILING_LIST: Text("It came by a mailing list"),
        WhyAside.OWN: Text("The portal's own mail, come back"),
        WhyAside.UNKNOWN_SENDER: Text("Nobody here has this address"),
        WhyAside.NOT_PROVEN: Text("The sender may be another than it says"),
        WhyAside.NO_ROLE: Text("The sender has no role today"),
        WhyAside.NEW_MATTER: Text("A new matter: choose the service"),
        WhyAside.NOT_SEEN: Text("It answers a ticket that the sender may not write on"),
        WhyAside.REFUSED: Text("The ticket takes no message now"),
        WhyAside.TOO_MANY: Text("Many mails of one sender in an hour"),
        WhyAside.EMPTY: Text("It says nothing in words"),
        WhyAside.NOT_WHOLE: Text("Too large or too tangled to be read by itself"),
        WhyAside.COMPLAINT: Text("It says that it is a complaint: make a draft of it"),
    }
)
