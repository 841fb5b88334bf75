"""The clocks of complaints: how many business days there are, which have counted, and why."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

import backend.graphql.complaint_states  # noqa: F401  which publishes the states
from backend.complaints import deadlines, queries
from backend.complaints.states import ComplaintClockKind
from backend.graphql import parties
from backend.graphql.reads.shape import column, computed, oldest, one, shape, sql
from backend.graphql.relay import Node
from backend.graphql.ticket_clocks import ClockStretch, told
from backend.kit.actor import Actor
from backend.kit.amounts import Minutes
from backend.kit.database import Row
from backend.kit.deadlines import Deadline
from backend.kit.working_time import MINUTE, Clock
from backend.rulebook.terms import Terms


def _needs(clock: Row) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "ended_at": sa.func.coalesce(clock.met_at, clock.dropped_at),
        "waits_since": queries.waits_for_judgement_since(clock),
        "terms": queries.terms_of(clock),
    }


def _clock(kind: str, terms: dict[str, Any], **times: Any) -> Clock:
    return deadlines.clock_of(ComplaintClockKind(kind), terms=Terms.of(terms), **times)


def _target(actor: Actor, **its: Any) -> Minutes:
    return Minutes(_clock(**its).target.amount // MINUTE)


def _spent(actor: Actor, **its: Any) -> Minutes:
    return Minutes(_clock(**its).spent // MINUTE)


def _paused_at(actor: Actor, **its: Any) -> dt.datetime | None:
    return _clock(**its).paused_at


def _explain(actor: Actor, **its: Any) -> list[ClockStretch]:
    return told(deadlines.explain(_clock(**its), its["due_at"]))


@shape(Deadline, queries.visible_clocks, sort=oldest("started_at", "id"))
class ComplaintClock(Node):
    """A time of a complaint in whole business days, of 24 hours each; the day on which it arose does not count."""

    kind: ComplaintClockKind = sql(lambda clock: clock.kind, "What it times.")
    started_at: dt.datetime = column("When it began.")
    target_minutes: Minutes = computed(_target, _needs, "How much time of business days there is.")
    spent_minutes: Minutes = computed(_spent, _needs, "What had counted at the last act on the complaint.")
    due_at: dt.datetime = column("When the time is used up.")
    warn_at: dt.datetime | None = column("When those who must keep it are warned.")
    paused_at: dt.datetime | None = computed(
        _paused_at,
        _needs,
        "Since when it stands, for a response waits for Tiera's judgement; if that is not proper, it has run on.",
    )
    met_at: dt.datetime | None = column("When what it times was done.")
    dropped_at: dt.datetime | None = column("When it ended without that.")
    warned_at: dt.datetime | None = column("When it was warned of.")
    breached_at: dt.datetime | None = column("When it was told that the time was used up.")
    was_met_late: bool = sql(
        lambda clock: sa.func.coalesce(clock.met_at > clock.due_at, sa.false()), "Whether it was done too late."
    )
    owner: parties.Organisation | None = one(
        lambda clock, o: o.id == clock.owner_id, "Who has to keep it.", with_parent=True
    )
    explain: list[ClockStretch] = computed(
        _explain, _needs, "Which days counted and which did not, and why; of a clock that runs up to its deadline."
    )
