"""What moves a ceiling or the content of ordered work: forecasts, requests to go on, revisions; and the burn-up."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry

import backend.graphql.order_states  # noqa: F401  which publishes the states
from backend.graphql import parties
from backend.graphql.files import StoredFile, files_of_act
from backend.graphql.orders import Order
from backend.graphql.reads.shape import column, computed, newest, oldest, one, shape
from backend.graphql.relay import Subject
from backend.graphql.scalars import Money, money
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.conditions import between_parties
from backend.orders import figures, model, overrun_model, policy, queries
from backend.orders.rules import REVISED
from backend.orders.states import OrderState, OverrunAction, OverrunState, RevisionAction, RevisionState


@shape(model.Forecast, queries.visible_between_parties, sort=newest("id"))
class Forecast(Subject):
    """What the supplier expects the work to take; the newest counts."""

    booked_minutes: Minutes = column("What was booked then.")
    remaining_minutes: Minutes = column("What remained then.")
    total_minutes: Minutes | None = column("Both together.")
    note: str | None = column("What the supplier says of it.")
    given_at: dt.datetime = column("When it was given.")
    given_by: parties.Person | None = one(lambda f, p: p.id == f.given_by_id, "Who gave it.", with_parent=True)
    order: Order = one(lambda f, o: o.id == f.order_id, "Of which order.", with_parent=True)


def _overrun_actions(actor: Actor, state: OverrunState, asked_by_id: int | None) -> list[OverrunAction]:
    return policy.available_overrun_actions(actor, state, asked_by_id)


@shape(overrun_model.Overrun, queries.visible_between_parties, sort=newest("ordinal", "id"))
class Overrun(Subject):
    """A request to go on above the ceiling, and Tiera's decision."""

    ordinal: int = column("The how manieth of its order.")
    state: OverrunState = column("Where it stands.")
    ceiling_minutes: Minutes = column("The ceiling when it was asked.")
    forecast_minutes: Minutes = column("The forecast when it was asked.")
    asked_minutes: Minutes = column("How much more is asked for.")
    asked_total: Money = money(lambda w: w.asked_euros, "What that comes to, at the order's average price.")
    reason: str = column("Why it is asked for.")
    files: list[StoredFile] = files_of_act("Overrun", "overrun.requested", said="What is attached to the request.")
    asked_at: dt.datetime = column("When.")
    asked_by: parties.Person | None = one(lambda w, p: p.id == w.asked_by_id, "By whom.", with_parent=True)
    due_at: dt.datetime | None = column("Until when Tiera answers.")
    granted_minutes: Minutes | None = column("How much was approved.")
    granted_total: Money | None = money(lambda w: w.granted_euros, "What that comes to.")
    covers_work_done: bool | None = column("Whether work done before the decision may be approved and billed.")
    decision_reason: str | None = column("Why it was decided so.")
    decision_files: list[StoredFile] = files_of_act(
        "Overrun", "overrun.approved", "overrun.rejected", said="What is attached to the decision."
    )
    decided_at: dt.datetime | None = column("When it was decided.")
    decided_by: parties.Person | None = one(lambda w, p: p.id == w.decided_by_id, "Who decided.", with_parent=True)
    order: Order = one(lambda w, o: o.id == w.order_id, "Of which order.", with_parent=True)
    available_actions: list[OverrunAction] = computed(
        _overrun_actions, lambda w: {"state": w.state, "asked_by_id": w.asked_by_id}, "What you may do with it now."
    )


@strawberry.type(description="A part of an order's content, before and after a change.")
class ContentChange:
    name: str = strawberry.field(description="Which part: `title`, `description`, `goal`, `limits` or `due_on`.")
    before: str | None = strawberry.field(description="What it was.")
    after: str | None = strawberry.field(description="What it is to be.")


def _changes(actor: Actor, before: dict[str, Any], after: dict[str, Any]) -> list[ContentChange]:
    changed = [name for name in REVISED if name in after]
    return [ContentChange(name=name, before=before.get(name), after=after[name]) for name in changed]


def _revision_actions(
    actor: Actor, state: RevisionState, order: OrderState, proposed_by_id: int | None
) -> list[RevisionAction]:
    return policy.available_revision_actions(actor, state, order, proposed_by_id)


@shape(overrun_model.Revision, queries.visible_between_parties, sort=newest("ordinal", "id"))
class Revision(Subject):
    """A change to ordered work: proposed by one side, accepted by the other, the old kept."""

    ordinal: int = column("The how manieth of its order.")
    state: RevisionState = column("Where it stands.")
    changes: list[ContentChange] = computed(
        _changes, lambda r: {"before": r.before, "after": r.after}, "What of the content it changes."
    )
    minutes_change: Minutes = column("How far it moves the ceiling; less than nothing lowers it.")
    change_total: Money | None = money(
        figures.change_euros_of, "What that comes to, at the order's average price; null where the ceiling stays."
    )
    reason: str = column("Why it is proposed.")
    files: list[StoredFile] = files_of_act(
        "Revision", "revision.proposed", "revision.offered", said="What is attached to the proposal."
    )
    proposed_at: dt.datetime = column("When.")
    proposed_by: parties.Person | None = one(lambda r, p: p.id == r.proposed_by_id, "By whom.", with_parent=True)
    decided_at: dt.datetime | None = column("When it was answered.")
    decided_by: parties.Person | None = one(lambda r, p: p.id == r.decided_by_id, "Who answered.", with_parent=True)
    decision_reason: str | None = column("Why it was not accepted.")
    order: Order = one(lambda r, o: o.id == r.order_id, "Of which order.", with_parent=True)
    covers_work_done: bool | None = column(
        "Of an accepted one that raised the ceiling: whether work done before may be approved and billed above the old."
    )
    available_actions: list[RevisionAction] = computed(
        _revision_actions,
        lambda r: {"state": r.state, "order": figures.state_of_order(r), "proposed_by_id": r.proposed_by_id},
        "What you may do with it now.",
    )


_WEEKS = sa.table(
    "burn_up",
    sa.column("order_id", sa.BigInteger),
    sa.column("week", sa.Date),
    sa.column("booked_minutes", sa.BigInteger),
)
_STEPS = sa.table(
    "ceiling_steps",
    sa.column("order_id", sa.BigInteger),
    sa.column("id", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("added_minutes", sa.BigInteger),
    sa.column("ceiling_minutes", sa.BigInteger),
)


@shape(_WEEKS, between_parties, sort=oldest("week"))
class BurnUpPoint:
    """What was booked on an order until the end of a week."""

    week: dt.date = column("The week's Monday.")
    booked_minutes: Minutes = column("Booked until its end.")


@shape(_STEPS, between_parties, sort=oldest("id"))
class CeilingStep:
    """A decision that moved a ceiling."""

    at: dt.datetime = column("When.")
    added_minutes: Minutes = column("By how much.")
    ceiling_minutes: Minutes = column("What the ceiling was then.")
