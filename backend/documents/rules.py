"""What the contract says of documents, as pure functions."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.documents.states import DocumentEffect
from backend.kit.faults import broken_rule, invalid
from backend.kit.translation import Text
from backend.rulebook.rules import rule

MOST_LETTERS_IN_A_TITLE = 200
MOST_LETTERS = 4_000


def check_review(review_on: date | None, today: date) -> None:
    """A document is looked at again on a day to come."""
    if review_on is not None and review_on <= today:
        raise invalid(Text("Give a day to come."), "review_on")


@rule("H11.6-a")
def check_updated(effect: DocumentEffect, newest_at: datetime, change_reported_at: datetime) -> None:
    """A document that a change updates has a version since then."""
    if effect is DocumentEffect.UPDATED and newest_at < change_reported_at:
        raise broken_rule(
            "H11.6-a", Text("This document has no new version since the change was reported."), "document_ids"
        )


@rule("H11.6-a")
def check_documents_before_closing(unmarked_titles: Sequence[str], *, are_all_marked: bool) -> None:
    """A change is closed when each document of its service is updated, or said not to be touched by it.

    Titles are those for whoever says so: a customer has none, and is told for whom the change waits.
    """
    if are_all_marked:
        return
    if not unmarked_titles:
        raise broken_rule(
            "H11.6-a",
            Text(
                "Tiera and the supplier have not said yet what the change means for the service's documents. "
                "It can be closed when they have."
            ),
        )
    raise broken_rule(
        "H11.6-a",
        Text(
            "Say of each document of the service that it was updated, or that the change has no effect on it: "
            "%(titles)s.",
            titles=", ".join(unmarked_titles),
        ),
    )
