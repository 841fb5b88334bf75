"""What can be done with hours: booking, correcting, approving, returning; targets opened and closed."""

import datetime as dt

import strawberry

from backend.graphql.hours import HourApproval, OwnCostTarget, Target, TimeEntry
from backend.graphql.inputs import key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.hours import approval_verbs, instruction_verbs, target_verbs, verbs, week_verbs
from backend.hours.states import OwnCost
from backend.kit.amounts import Minutes
from backend.rulebook.roles import Right


@part(verbs.Booking)
class BookingInput:
    """One person's work on one target on one day."""

    target_id: strawberry.ID = key("Target", "What it is booked on.")
    day: dt.date = value("The day of the work.")
    minutes: Minutes = value("How long it took, in whole steps of 15 minutes.")
    description: str = value("What was done, so that it can be told from other work.")
    price_group_id: strawberry.ID | None = key("PriceGroup", "At which price; else as before.", default=None)
    person_id: strawberry.ID | None = key("Person", "Who worked; else you.", default=None)
    import_key: str | None = value("The entry's own name in the system it comes from.", default=None)


@part(week_verbs.Cell)
class WeekCell:
    """One target on one day of a week."""

    target_id: strawberry.ID = key("Target", "What it is booked on.")
    day: dt.date = value("The day.")
    minutes: Minutes = value("How long; nothing takes an entry off.")
    description: str = value("What was done.")
    price_group_id: strawberry.ID | None = key("PriceGroup", "At which price; else as before.", default=None)
    entry_id: strawberry.ID | None = key("TimeEntry", "The entry that is there already.", default=None)
    expected_version: int | None = value("Its version that was read; needed where it changes.", default=None)


@mutation(verbs.book_hours, by=Right.BOOK_HOURS, rule="H11.7.3-b", time_entry=TimeEntry)
class BookHours:
    """Book work on a target."""

    booking: BookingInput = value("What to book.")


@mutation(week_verbs.save_week, by=Right.BOOK_HOURS, rule="H11.7.3-d", time_entry=TimeEntry)
class SaveWeek:
    """Store a week's hours together, or none of them."""

    cells: list[WeekCell] = value("The cells that have something in them, or had.")


@mutation(verbs.correct_hours, by=Right.BOOK_HOURS, rule="H11.7.3-g", edits=True, time_entry=TimeEntry)
class CorrectHours:
    """Put a correction in the place of an entry; the old value stays visible."""

    entry_id: strawberry.ID = key("TimeEntry", "The entry.")
    minutes: Minutes | None = value("How long; nothing takes the entry off.", default=None)
    description: str | None = value("What was done.", default=None)
    day: dt.date | None = value("The day.", default=None)
    target_id: strawberry.ID | None = key("Target", "What it is booked on.", default=None)
    price_group_id: strawberry.ID | None = key("PriceGroup", "At which price.", default=None)


@mutation(approval_verbs.approve_hours, by=Right.APPROVE_HOURS, rule="H11.7.3-g", hour_approval=HourApproval)
class ApproveHours:
    """Approve entries as far as the ceiling reaches; what cannot be is left out, with the reason."""

    entry_ids: list[strawberry.ID] = key("TimeEntry", "The entries.")


@mutation(approval_verbs.return_hours, by=Right.APPROVE_HOURS, rule="H11.7.3-g", time_entry=TimeEntry)
class ReturnHours:
    """Give entries back to the supplier."""

    entry_ids: list[strawberry.ID] = key("TimeEntry", "The entries.")
    reason: str = value("Why, for the supplier to read.")


@mutation(approval_verbs.take_approval_back, by=Right.APPROVE_HOURS, rule="H11.7.3-g", hour_approval=HourApproval)
class TakeApprovalBack:
    """Undo an approval, shortly after it was given and while no invoice holds any of it."""

    approval_id: strawberry.ID = key("HourApproval", "The approval.")


@mutation(instruction_verbs.mark_against_instruction, by=Right.APPROVE_HOURS, rule="H11.8.1-h", time_entry=TimeEntry)
class MarkAgainstInstruction:
    """Put an entry's extra effort on the supplier's own cost: it was done against Tiera's instruction."""

    entry_id: strawberry.ID = key("TimeEntry", "The entry, which waits for approval.")
    minutes: Minutes = value("How much of it is extra.")
    reason: str = value("Why, for the supplier to read.")


@mutation(target_verbs.define_target, by=Right.DEFINE_TARGETS, rule="H11.7.3-a", own_cost_target=OwnCostTarget)
class DefineTarget:
    """Open a target for work at a supplier's own cost."""

    agreement_id: strawberry.ID = key("Agreement", "Under which agreement.")
    kind: OwnCost = value("What kind of work.")
    title: str = value("What it is called.")
    instructions: str | None = value("How to book on it.", default=None)
    order_id: strawberry.ID | None = key("Order", "Of work against instruction: the order.", default=None)


@mutation(target_verbs.instruct_target, by=Right.DEFINE_TARGETS, rule="H11.7.3-a", edits=True, target=Target)
class InstructTarget:
    """Say how hours are booked on a target: an order's, a ticket's or one at the supplier's own cost."""

    target_id: strawberry.ID = key("Target", "The target.")
    instructions: str | None = value("How to book on it; left out: nothing more.", default=None)


@mutation(target_verbs.close_target, by=Right.DEFINE_TARGETS, rule="H11.7.3-a", target=Target)
class CloseTarget:
    """Let nothing more be booked on a target for days after today."""

    target_id: strawberry.ID = key("Target", "The target.")


HoursMutation = mutations(
    BookHours,
    SaveWeek,
    CorrectHours,
    ApproveHours,
    ReturnHours,
    TakeApprovalBack,
    MarkAgainstInstruction,
    DefineTarget,
    InstructTarget,
    CloseTarget,
)
