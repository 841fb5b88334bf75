"""Who may do what with hours, beyond what the table of moves says."""

from datetime import datetime

from backend.hours.model import TimeEntry
from backend.hours.states import ENTRY, EntryAction, EntryState
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.faults import Refusal, broken_rule, not_permitted
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


@rule("H11.7.3-b")
def require_may_book(actor: Actor, person_id: int) -> None:
    """One books one's own work; for others an import, or whoever sees the others' hours at the supplier."""
    if actor.kind is not ActorKind.SUPPLIER or not actor.may(Right.BOOK_HOURS):
        raise not_permitted("H11.7.3-b")
    if person_id != actor.person_id and not actor.may(Right.SEE_HOURS):
        raise not_permitted("H11.7.3-b", Text("You may book your own hours only."), "person_id")


@rule("H11.7.3-g")
def require_can_be_taken_back(revocable_until: datetime, now: datetime) -> None:
    """Approved entries are locked; a slip can be taken back within the term's seconds."""
    if now > revocable_until:
        message = Text(
            "This approval could be taken back until %(until)s. It is locked now: hours approved by mistake are left "
            "out of the invoice or, when they are billed, credited.",
            until=revocable_until,
        )
        raise broken_rule("H11.7.3-g", message)


@rule("H11.8.1-h")
def require_stays_at_own_cost(entry: TimeEntry, target_id: int | None, minutes: int | None) -> None:
    """What Tiera has marked as extra work against instruction is moved elsewhere only after Tiera has returned it.

    Nor does it become more by a correction: what goes back to its order is what Tiera has marked.
    """
    if entry.instruction_reason is None:
        return
    is_moved = target_id is not None and target_id != entry.account_id
    if not is_moved and minutes is not None and minutes > entry.minutes:
        message = Text(
            "These %(minutes)s are marked as extra work against Tiera's instruction and do not become more: book "
            "other work as an entry of its own.",
            minutes=Minutes(entry.minutes),
        )
        raise broken_rule("H11.8.1-h", message, "minutes")
    if is_moved and entry.state is not EntryState.RETURNED:
        message = Text(
            "Tiera holds this to be extra work against its instruction: it stays at the supplier's own cost unless "
            "Tiera returns it."
        )
        raise broken_rule("H11.8.1-h", message, "target_id")


@rule("D0-f")
def require_other_than_booker(actor: Actor, entry: TimeEntry) -> None:
    """Nobody approves hours of their own."""
    if entry.person_id in actor.deciding_person_ids or entry.booked_by_id in actor.deciding_person_ids:
        raise not_permitted("D0-f", Text("Nobody decides on hours of their own."))


def available_actions(actor: Actor, state: EntryState, person_id: int) -> list[EntryAction]:
    """What the table gives, narrowed to one's own entries where one sees no others."""
    offered = ENTRY.open_to(actor, state)
    mine = person_id == actor.person_id or actor.may(Right.SEE_HOURS)
    return [action for action in offered if action is not EntryAction.CORRECT or mine]


def held_by_a_line() -> Refusal:
    return broken_rule("H11.7.3-g", Text("An invoice line already holds these hours: they cannot be taken back."))
