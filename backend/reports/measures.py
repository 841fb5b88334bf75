"""What is counted, and who sees which measure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text, register_labels
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


class Measure(StrEnum):
    """What a figure counts."""

    RESPONSE_TIMES = "response_times"
    RESOLUTION_TIMES = "resolution_times"
    UPDATE_TIMES = "update_times"
    INCIDENTS = "incidents"
    REQUESTS = "requests"
    PROBLEMS = "problems"
    CHANGES = "changes"
    BACKLOG = "backlog"
    RATINGS = "ratings"
    RECURRING = "recurring"
    COMPLAINTS = "complaints"
    SANCTIONS = "sanctions"


M = Measure
OF_CUSTOMERS = (M.INCIDENTS, M.REQUESTS, M.PROBLEMS, M.CHANGES, M.BACKLOG, M.RATINGS)
"""What a customer sees of its own matters: no clocks, nothing between Tiera and the supplier."""
SEEN: Mapping[ActorKind, tuple[Measure, ...]] = MappingProxyType(
    {
        ActorKind.BUYER: tuple(Measure),
        ActorKind.SYSTEM: tuple(Measure),
        ActorKind.SUPPLIER: tuple(Measure),
        ActorKind.CUSTOMER: OF_CUSTOMERS,
    }
)


def may_see_figures(actor: Actor) -> bool:
    """Whoever reports at Tiera and at a supplier; a customer its own."""
    return actor.kind is ActorKind.CUSTOMER or actor.sees(Right.REPORT)


@rule("D2.1-c")
def measures_of(actor: Actor) -> list[Measure]:
    """Which measures the actor sees; a customer no hours, prices or clocks of suppliers."""
    return list(SEEN[actor.kind]) if may_see_figures(actor) else []


MEASURE_LABELS = register_labels(
    {
        M.RESPONSE_TIMES: Text("Response times"),
        M.RESOLUTION_TIMES: Text("Resolution times"),
        M.UPDATE_TIMES: Text("Times to the next update"),
        M.INCIDENTS: Text("Incidents reported"),
        M.REQUESTS: Text("Service requests reported"),
        M.PROBLEMS: Text("Problems reported"),
        M.CHANGES: Text("Changes reported"),
        M.BACKLOG: Text("Open by the month of their report"),
        M.RATINGS: Text("Satisfaction"),
        M.RECURRING: Text("Tickets that recur"),
        M.COMPLAINTS: Text("Complaints sent"),
        M.SANCTIONS: Text("Sanctions"),
    }
)
