"""Tickets that wait for somebody."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section, at


def _card(action: Text) -> Callable[[Mapping[str, Any]], Card]:
    def card(ticket: Mapping[str, Any]) -> Card:
        below = " · ".join(part for part in (ticket["number"], (ticket["customer"] or {}).get("name")) if part)
        href = f"/pyynnot/{ticket['id'].partition(':')[2]}"
        return Card(ticket["title"], href, action, ticket["due"], below, is_soon=bool(ticket["isSoon"]))

    return card


def _section(
    key: str,
    title: Text,
    where: str,
    shown_to: Callable[[Actor], bool],
    action: Text,
    query: str,
    duty: str = "",
) -> Section:
    """One sort of tickets that wait, by when whoever has the ticket acts, or Tiera does its `duty` on it."""
    due, soon = (f"{duty}DueAt", f"is{duty.capitalize()}DueSoon") if duty else ("dueAt", "isDueSoon")
    return Section(
        key=key,
        place="tickets",
        title=title,
        field=f"tickets(first: 5, orderBy: DUE_FIRST, where: {{ {where} }})",
        item=f"id number title due: {due} isSoon: {soon} customer {{ name }}",
        card=_card(action),
        shown_to=shown_to,
        everything=f"/pyynnot?{query}",
    )


BUYER, SUPPLIER, CUSTOMER = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER
is_of_desk = at(BUYER, Right.HANDLE_TICKETS)
"""Whether somebody is of Tiera's desk."""


def sees_mail(actor: Actor) -> bool:
    """Whether somebody reads the mail that came in: Tiera's desk, and whoever complains for Tiera."""
    return is_of_desk(actor) or at(BUYER, Right.COMPLAIN)(actor)


SECTIONS: Final = (
    _section(
        "ticketsToRelease",
        Text("Suppliers' messages to release"),
        "awaitsRelease: true",
        at(BUYER, Right.RELEASE_MESSAGES),
        Text("Release or return"),
        "awaitsRelease=true",
        duty="release",
    ),
    _section(
        "ticketsToConfirm",
        Text("What was agreed, to confirm"),
        "awaitsConfirmation: true",
        at(BUYER, Right.CONFIRM_AGREED),
        Text("Confirm or refuse"),
        "awaitsConfirmation=true",
        duty="confirmation",
    ),
    _section(
        "ticketsToBill",
        Text("To be approved for billing"),
        "awaitsBilling: true",
        at(BUYER, Right.APPROVE_BILLING),
        Text("Approve or decline"),
        "awaitsBilling=true",
        duty="billing",
    ),
    _section(
        "changesToDecide",
        Text("Changes to decide"),
        "awaitsDecision: true",
        at(BUYER, Right.DECIDE_CHANGES),
        Text("Decide"),
        "awaitsDecision=true",
        duty="decision",
    ),
    _section(
        "questionsToTiera",
        Text("Suppliers' questions to Tiera"),
        "awaitsOwnAnswer: true",
        is_of_desk,
        Text("Answer"),
        "awaitsOwnAnswer=true",
        duty="answer",
    ),
    _section(
        "wordsToSuppliers",
        Text("Answers and updates to suppliers"),
        "awaitsOwnWords: true, isOpen: true",
        is_of_desk,
        Text("Write"),
        "awaitsOwnWords=true&isOpen=true",
        duty="words",
    ),
    _section(
        "repliesToTiera",
        Text("Written on since they were resolved"),
        "awaitsOwnReply: true",
        is_of_desk,
        Text("Answer, open again or close"),
        "awaitsOwnReply=true",
    ),
    _section(
        "ticketsToTake",
        Text("Requests and incidents that nobody has"),
        "holder: DESK, isOpen: true, isAssigned: false",
        is_of_desk,
        Text("Take"),
        "holder=DESK&isOpen=true&isAssigned=false",
    ),
    _section(
        "ticketsOfMine",
        Text("Requests and incidents that you have"),
        "holder: DESK, isOpen: true, isMine: true",
        is_of_desk,
        Text("Handle"),
        "holder=DESK&isOpen=true&isMine=true",
    ),
    _section(
        "ticketsLateAtSupplier",
        Text("Late at the supplier"),
        "isSuppliersLate: true",
        is_of_desk,
        Text("Look at it"),
        "isSuppliersLate=true",
    ),
    _section(
        "ticketsAtSupplier",
        Text("Requests and incidents to handle"),
        "holder: SUPPLIER, isOpen: true",
        at(SUPPLIER, Right.HANDLE_TICKETS),
        Text("Handle"),
        "holder=SUPPLIER&isOpen=true",
    ),
    _section(
        "questionsToSupplier",
        Text("Questions to you"),
        "awaitsOwnAnswer: true",
        at(SUPPLIER, Right.HANDLE_TICKETS),
        Text("Answer"),
        "awaitsOwnAnswer=true",
    ),
    _section(
        "repliesToSupplier",
        Text("Written on since they were resolved"),
        "awaitsOwnReply: true",
        at(SUPPLIER, Right.HANDLE_TICKETS),
        Text("Answer"),
        "awaitsOwnReply=true",
    ),
    _section(
        "wordsToTiera",
        Text("Answers and updates to Tiera"),
        "awaitsOwnWords: true, isOpen: true",
        at(SUPPLIER, Right.HANDLE_TICKETS),
        Text("Write"),
        "awaitsOwnWords=true&isOpen=true",
        duty="words",
    ),
    _section(
        "ticketsToAnswer",
        Text("Questions to you"),
        "states: [WAITING]",
        at(CUSTOMER, Right.REPORT_TICKETS),
        Text("Answer"),
        "states=WAITING",
    ),
    _section(
        "ticketsToRate",
        Text("How well were these handled?"),
        "awaitsOwnRating: true",
        at(CUSTOMER, Right.RATE_TICKETS),
        Text("Say how it went"),
        "awaitsOwnRating=true",
    ),
)
