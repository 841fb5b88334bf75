"""What can be done with forecasts, ceilings and content of orders, each field a verb of the slice."""

import datetime as dt

import strawberry

from backend.graphql.files import attached
from backend.graphql.inputs import AS_IT_IS, key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.order_mutations import REASON
from backend.graphql.overruns import Forecast, Overrun, Revision
from backend.kit.amounts import Minutes
from backend.orders import forecast_verbs, overrun_verbs, revision_verbs
from backend.rulebook.roles import Right


@mutation(forecast_verbs.give_forecast, forecast=Forecast, by=Right.ESTIMATE, rule="H11.8.3-c")
class GiveForecast:
    """Say what remains; what is booked is known."""

    order_id: strawberry.ID = key("Order", "The order.")
    remaining_minutes: Minutes = value("What remains to be done.")
    note: str | None = value("What it rests on.", default=None)


@mutation(overrun_verbs.request_overrun, overrun=Overrun, by=Right.ESTIMATE, rule="H11.8.3-d")
class RequestOverrun:
    """Ask to go on above the ceiling."""

    order_id: strawberry.ID = key("Order", "The order.")
    minutes: Minutes = value("How much more is needed.")
    reason: str = value(REASON)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(overrun_verbs.decide_overrun, overrun=Overrun, by=Right.DECIDE_OVERRUNS, rule="H11.8.3-d")
class DecideOverrun:
    """Approve a request to go on in whole, in part or not at all. Nobody decides on a request of their own."""

    overrun_id: strawberry.ID = key("Overrun", "The request.")
    minutes: Minutes = value("How much is approved; 0 approves nothing.")
    reason: str = value(REASON)
    covers_work_done: bool = value(
        "Whether work done before this decision may be approved and billed above the old ceiling.", default=False
    )
    file_ids: list[strawberry.ID] | None = attached()


@mutation(overrun_verbs.withdraw_overrun, overrun=Overrun, by=Right.ESTIMATE, rule="H11.8.3-d")
class WithdrawOverrun:
    """Take a request to go on back before it is decided."""

    overrun_id: strawberry.ID = key("Overrun", "The request.")


@part(revision_verbs.Change)
class RevisionInput:
    """The content as it should be; what stays as it was, or is left out, changes nothing. Null empties."""

    title: str = value("What it is called.")
    description: str = value("What is asked for.")
    goal: str | None = value("What it is to reach.", default=AS_IT_IS)
    limits: str | None = value("What it leaves out.", default=AS_IT_IS)
    due_on: dt.date | None = value("By when.", default=AS_IT_IS)
    minutes_change: Minutes = value("How far the ceiling moves; less than nothing lowers it.", default=Minutes(0))


@mutation(revision_verbs.propose_revision, revision=Revision, by=(Right.PLACE_ORDERS, Right.ESTIMATE), rule="H11.8.3-b")
class ProposeRevision:
    """Propose a change of ordered work to the other side."""

    order_id: strawberry.ID = key("Order", "The order.")
    change: RevisionInput = value("What it should be.")
    reason: str = value(REASON)
    file_ids: list[strawberry.ID] | None = attached()


@mutation(revision_verbs.accept_revision, revision=Revision, by=(Right.PLACE_ORDERS, Right.ESTIMATE), rule="H11.8.3-b")
class AcceptRevision:
    """Accept a change that the other side proposed."""

    revision_id: strawberry.ID = key("Revision", "The change.")
    covers_work_done: bool = value(
        "Whether work done before this acceptance may be approved and billed above the old ceiling: Tiera says so.",
        default=False,
    )


@mutation(revision_verbs.reject_revision, revision=Revision, by=(Right.PLACE_ORDERS, Right.ESTIMATE), rule="H11.8.3-b")
class RejectRevision:
    """Not accept a change that the other side proposed."""

    revision_id: strawberry.ID = key("Revision", "The change.")
    reason: str = value(REASON)


@mutation(
    revision_verbs.withdraw_revision, revision=Revision, by=(Right.PLACE_ORDERS, Right.ESTIMATE), rule="H11.8.3-b"
)
class WithdrawRevision:
    """Take one's own proposed change back before it is answered."""

    revision_id: strawberry.ID = key("Revision", "The change.")


OverrunsMutation = mutations(
    GiveForecast,
    RequestOverrun,
    DecideOverrun,
    WithdrawOverrun,
    ProposeRevision,
    AcceptRevision,
    RejectRevision,
    WithdrawRevision,
)
