"""How services stand: for each what of incidents of wide reach and planned breaks the reader may know."""

import datetime as dt

import sqlalchemy as sa

from backend.graphql.agreements import Service
from backend.graphql.bulletins import Bulletin
from backend.graphql.reads.shape import (
    argument,
    column,
    connection,
    described,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection
from backend.graphql.ticket_messages import TicketMessage
from backend.graphql.tickets import Ticket
from backend.parties import agreement_model
from backend.parties.queries import visible_services
from backend.parties.service_queries import is_started
from backend.rulebook.criticality import Criticality
from backend.tickets import figures, model
from backend.tickets import status_queries as status

described(
    status.ServiceState,
    "How a service stands, as far as you may know.",
    WORKING="You have been told of no incident and no break that goes on now.",
    BREAK="A planned break goes on.",
    INCIDENT="An incident of wide reach is open, or you are told now of another one.",
)
NOW = argument(dt.datetime, "At which instant: now, as a rule.")


@shape(model.Ticket, status.visible_wide_incidents, sort=newest("reported_at", "id"))
class WideIncident:
    """An incident of wide reach, as whoever it concerns may know of it; its ticket is seen by its own parties."""

    title: str | None = sql(status.public_title, "What it is called, as you were first told.", by_actor=True)
    criticality: Criticality = column("How much depends on it.")
    reported_at: dt.datetime = column("Since when it is known.")
    resolved_at: dt.datetime | None = column("When it was resolved.")
    is_open: bool = sql(figures.is_open, "Whether it goes on.")
    next_update_due_at: dt.datetime | None = sql(
        status.next_update_due_at, "By when whoever asked hears more; a customer sees no clocks.", by_actor=True
    )
    bulletin: Bulletin | None = one(status.is_newest_bulletin, "The last that you were told.", by_actor=True)
    message: TicketMessage | None = one(
        status.is_newest_message, "The last word to whoever asked, where you may read it.", by_actor=True
    )
    ticket: Ticket | None = one(lambda i, t: t.id == i.id, "The ticket, where you see it.")
    service: Service | None = one(lambda i, s: s.id == i.service_id, "Of which service.")


@shape(agreement_model.Service, visible_services, sort=oldest("sort_key", "id"))
class ServiceStatus:
    """A service and how it stands."""

    service: Service | None = one(lambda own, s: s.id == own.id, "The service.", with_parent=True)
    state: status.ServiceState = sql(status.state_of, "How it stands.", by_actor=True, at=NOW)
    incidents: list[WideIncident] = many(
        lambda own, i, since: sa.and_(i.service_id == own.id, status.is_since(i, since)),
        "Its incidents of wide reach: those that go on, and those resolved after an instant; the newest first.",
        since=argument(dt.datetime | None, "Of those that are resolved only what was resolved after this; else none."),
    )
    told: list[Bulletin] = many(
        status.is_told_of_service,
        "What you are told now of other incidents, the newest first: of each once.",
        by_actor=True,
        at=NOW,
    )
    breaks: list[Bulletin] = many(
        status.is_break_of,
        "Planned breaks that go on or come.",
        at=NOW,
        until=argument(dt.datetime, "That begin before this instant."),
    )


@root
class ServiceStatusQuery:
    """How services stand."""

    service_status: Connection[ServiceStatus] | None = connection(
        lambda _, s: is_started(s), "The services that have started and how they stand, by name.", seen_by=everyone
    )
    resolved_incidents: Connection[WideIncident] | None = connection(
        lambda _, i, since: status.is_over_since(i, since),
        "Incidents of wide reach that are over, of whichever service; the newest first.",
        seen_by=everyone,
        since=argument(dt.datetime, "Resolved after this instant."),
    )
