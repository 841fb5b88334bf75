"""Enums of getting in."""

from enum import StrEnum

from backend.kit.translation import Text, register_labels


class LinkPurpose(StrEnum):
    """What a link that works once is for."""

    INVITATION = "invitation"
    RESET = "reset"


class TryKind(StrEnum):
    """What somebody tried who has not shown yet who they are."""

    SIGN_IN = "sign_in"
    FORGOTTEN = "forgotten"


class Scope(StrEnum):
    """What a token is good for. It never gives more than its owner may; any of them shows what everybody of the owner's
    organisation sees, and what asks for no right is carried out with `act` alone; but files are brought with any that
    does something."""

    READ = "read"
    """See all that the owner sees, a program's hours and invoices; do nothing."""
    REPORT = "report"
    """Figures over many things, exports, hours and invoices, as far as the owner sees them; do nothing."""
    BOOK_HOURS = "book_hours"
    """Book hours, as a supplier's nightly import does."""
    SEND_INVOICES = "send_invoices"
    ACT = "act"
    """Everything that the person themself may do; no service account has it."""


SCOPE_LABELS = register_labels(
    {
        Scope.READ: Text("Read"),
        Scope.REPORT: Text("Reports"),
        Scope.BOOK_HOURS: Text("Book hours"),
        Scope.SEND_INVOICES: Text("Send invoices"),
        Scope.ACT: Text("Everything I may do"),
    }
)
