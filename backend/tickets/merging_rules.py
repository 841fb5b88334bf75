"""Into what a ticket may be merged: nobody reads more by it, and no time is gained."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from backend.kit.faults import Refusals, broken_rule
from backend.kit.translation import Text
from backend.kit.working_time import Clock
from backend.rulebook.criticality import Criticality
from backend.rulebook.rules import rule
from backend.tickets.rules import Classed, is_wide
from backend.tickets.states import TicketKind, TicketState

GOES_ON_AS: Mapping[TicketKind, tuple[TicketKind, ...]] = MappingProxyType(
    {
        TicketKind.SERVICE_REQUEST: (TicketKind.SERVICE_REQUEST, TicketKind.INCIDENT),
        TicketKind.INCIDENT: (TicketKind.INCIDENT,),
        TicketKind.PROBLEM: (TicketKind.PROBLEM,),
        TicketKind.CHANGE: (TicketKind.CHANGE,),
    }
)
"""As what a merged ticket may go on: where clocks run that are as strict, and nothing is decided otherwise."""
MOST_FIRST = tuple(Criticality)


@rule("H11.4-a", "H11.7.2-a")
def check_merge(
    *, is_another: bool, same_customer: bool, same_supplier: bool, same_asker: bool, goes_on: bool, stays_seen: bool
) -> None:
    """A ticket goes on in another one that is open, of the same customer and supplier: nobody reads more by it.

    Nor less: what the supplier sees goes on in what it sees. Nor does it end words that a side owes the other: without
    a customer both are of the same side.
    """
    if not is_another:
        raise broken_rule("H11.7.2-a", Text("A ticket is merged into another one."), "into_id")
    if not (same_customer and same_supplier):
        raise broken_rule(
            "H11.4-a",
            Text("Tickets of one customer and supplier are merged. Link those of others as the same."),
            "into_id",
        )
    if not same_asker:
        raise broken_rule(
            "H11.7.2-a", Text("One of them Tiera reported, the other the supplier. Link the two instead."), "into_id"
        )
    if not goes_on:
        raise broken_rule("H11.7.2-a", Text("A ticket is merged into one that has not ended."), "into_id")
    if not stays_seen:
        raise broken_rule(
            "H11.7.2-a",
            Text(
                "The supplier sees this ticket, not the other. Hand the other over first, or merge that into this one."
            ),
            "into_id",
        )


@rule("H2.1-a", "H11.2.3-b")
def check_goes_on_as_strictly(ticket: Classed, into: Classed) -> None:
    """The clocks of the other run for a merged ticket: it is of a kind and class as strict, and reaches as wide."""
    refusals = Refusals()
    if into.kind not in GOES_ON_AS[ticket.kind]:
        unlike = Text(
            "“%(kind)s” cannot go on as “%(other)s”. Link the two instead.", kind=ticket.kind, other=into.kind
        )
        refusals.add(broken_rule("H2.1-a", unlike, "into_id"))
    elif MOST_FIRST.index(into.criticality) > MOST_FIRST.index(ticket.criticality):
        less = Text("It is more critical than the other, which has more time. Change the class of one of them first.")
        refusals.add(
            broken_rule(
                "H2.1-a",
                less,
                "into_id",
                limit=Text("%(class)s", **{"class": into.criticality}),
                actual=Text("%(class)s", **{"class": ticket.criticality}),
            )
        )
    if is_wide(ticket) and not is_wide(into):
        wide = Text(
            "This incident is of wide reach, the other is not. Merge the other into this one, or change the other's "
            "class first."
        )
        refusals.add(broken_rule("H11.2.3-b", wide, "into_id"))
    refusals.raise_any()


@rule("H2.1-a")
def check_goes_on_in_time(clock: Clock | None, other: Clock | None, *, state: TicketState, now: datetime) -> None:
    """A merged ticket gets no more time to be resolved in: the other's clock runs if its own does, and ends no later.

    None: it has no time to be resolved in. What stands, or is resolved as the other may be by its `state`, is compared
    as if it ran on from now; what is late already gains nothing by one that is resolved. Where the other is at work its
    clock stands for words alone that wait for Tiera.
    """
    if clock is None:
        return
    due_at = clock.runs_out(now)
    if state is TicketState.RESOLVED:
        if due_at <= now or (other is not None and other.runs_out(now) <= due_at):
            return
        refusal = Text("The other is resolved, and would have more time if it were opened again. Link the two instead.")
    elif other is None:
        refusal = Text("It is to be resolved %(due)s, the other at no time. Merge the other into this one.", due=due_at)
    elif other.paused_at and not clock.paused_at and state in (TicketState.NEW, TicketState.OPEN):
        refusal = Text("Its time runs and the other's stands for words that wait. Release or return what waits first.")
    elif other.paused_at and not clock.paused_at:
        refusal = Text("Its time runs and the other's stands. Go on with the other first, or merge that into this one.")
    elif other.runs_out(now) > due_at:
        refusal = Text(
            "It is to be resolved %(due)s, the other %(other)s. Merge the other into this one.",
            due=due_at,
            other=other.runs_out(now),
        )
    else:
        return
    raise broken_rule("H2.1-a", refusal, "into_id")
