"""The clocks of tickets: how much time there is, how much has counted, and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import strawberry

import backend.graphql.ticket_states  # noqa: F401  which publishes the states
from backend.graphql import parties
from backend.graphql.reads.shape import column, computed, newest, one, shape, sql
from backend.graphql.relay import Node
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.deadlines import Deadline
from backend.kit.working_time import MINUTE, Stretch
from backend.tickets import deadlines, queries
from backend.tickets.states import ClockKind, StretchReason


@strawberry.type(description="A while in which a clock counted, or did not, and why.")
class ClockStretch:
    since: dt.datetime = strawberry.field(description="Its beginning.")
    until: dt.datetime | None = strawberry.field(description="Its end; null where it goes on.")
    counts: bool = strawberry.field(description="Whether it counts.")
    reason: StretchReason = strawberry.field(description="Why.")
    minutes: Minutes | None = strawberry.field(description="How long it is; null where it goes on.")


def told(stretches: Sequence[Stretch]) -> list[ClockStretch]:
    """Stretches as the schema tells them."""
    return [
        ClockStretch(
            since=stretch.start,
            until=stretch.end,
            counts=stretch.counts,
            reason=StretchReason(stretch.reason),
            minutes=Minutes((stretch.end - stretch.start) // MINUTE) if stretch.end else None,
        )
        for stretch in stretches
    ]


def _explain(actor: Actor, recorded: Mapping[str, Any] | None, due_at: dt.datetime) -> list[ClockStretch]:
    return told(deadlines.explain(recorded, due_at))


def _recorded(name: str) -> Any:
    return lambda clock: sa.cast(clock.stretches[name].astext, sa.BigInteger)


@shape(Deadline, queries.visible_clocks, sort=newest("started_at", "id"))
class TicketClock(Node):
    """A clock of a ticket, counted anew from what is on record at each act."""

    kind: ClockKind = sql(lambda clock: clock.kind, "What it times.")
    started_at: dt.datetime = column("When it began.")
    target_minutes: Minutes = sql(_recorded("target_minutes"), "How much service time there is.")
    spent_minutes: Minutes = sql(_recorded("spent_minutes"), "What had counted at the last act on the ticket.")
    due_at: dt.datetime = column("When the time is used up; of a clock that stands, if it ran on from then.")
    warn_at: dt.datetime | None = column("When the share is used up at which those who have the ticket are warned.")
    paused_at: dt.datetime | None = column("Since when it stands, with time left.")
    met_at: dt.datetime | None = column("When what it times was done.")
    dropped_at: dt.datetime | None = column("When it ended without that.")
    warned_at: dt.datetime | None = column("When it was warned of.")
    breached_at: dt.datetime | None = column("When it was told that the time was used up.")
    was_met_late: bool = sql(
        lambda clock: sa.func.coalesce(clock.met_at > clock.due_at, sa.false()), "Whether it was done too late."
    )
    owner: parties.Organisation | None = one(
        lambda clock, o: o.id == clock.owner_id,
        "Who has to keep it: whoever has the ticket; where no customer asked, of the times to answer and to tell anew "
        "the side whose words these are.",
        with_parent=True,
    )
    explain: list[ClockStretch] = computed(
        _explain,
        lambda clock: {"recorded": clock.stretches, "due_at": clock.due_at},
        "What counted and what did not, and why; of a clock that runs up to its deadline, as it will be.",
    )
