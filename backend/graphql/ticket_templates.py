"""Templates of what is reported often, and what Tiera's desk does with them."""

import datetime as dt
from typing import Any

import strawberry

from backend.graphql.agreements import Service
from backend.graphql.inputs import key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.reads.shape import column, connection, everyone, oldest, one, root, shape
from backend.graphql.relay import Connection, Subject
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Right
from backend.tickets import model, template_verbs
from backend.tickets.kept_queries import visible_templates
from backend.tickets.states import Reach, TicketKind


@shape(model.TicketTemplate, visible_templates, sort=oldest("name", "id"))
class TicketTemplate(Subject):
    """What is reported often, with blanks to fill in."""

    name: str = column("By what it is chosen.")
    kind: TicketKind = column("What is reported with it.")
    service: Service | None = one(
        lambda t, s: s.id == t.service_id, "Of which service; null: whoever reports chooses it."
    )
    ticket_title: str = column("The title of what is reported.")
    description: str = column("What is written, with blanks to fill in.")
    criticality: Criticality = column("How much depends on it.")
    reach: Reach = column("How far it reaches.")
    written_at: dt.datetime = column("When it was written.")
    ended_at: dt.datetime | None = column("Since when it is offered no more.")
    version: int = column("Counts its changes.")


@root
class TicketTemplatesQuery:
    """Templates."""

    ticket_templates: Connection[TicketTemplate] | None = connection(
        lambda _, t: t.ended_at.is_(None),
        "With what you may begin when you report, by name.",
        seen_by=everyone,
    )


TEMPLATE: dict[str, Any] = {"by": Right.HANDLE_TICKETS, "rule": "H11.7.2-a", "ticket_template": TicketTemplate}


@part(template_verbs.Content)
class TicketTemplateContentInput:
    """What a template says."""

    name: str = value("By what it is chosen.")
    kind: TicketKind = value("What is reported with it: an incident or a service request.")
    service_id: strawberry.ID | None = key("Service", "Of which service; none: any.", default=None)
    ticket_title: str = value("The title of what is reported.")
    description: str = value("What is written, with blanks to fill in.")
    criticality: Criticality = value("How much depends on it.", default=Criticality.NORMAL)
    reach: Reach = value("How far it reaches.", default=Reach.ONE_USER)


@mutation(template_verbs.write_ticket_template, **TEMPLATE)
class WriteTicketTemplate:
    """Let everybody who reports begin with a template."""

    content: TicketTemplateContentInput = value("What it says.")


@mutation(template_verbs.change_ticket_template, edits=True, **TEMPLATE)
class ChangeTicketTemplate:
    """Let a template say something else; what was reported with it stays as it was reported."""

    ticket_template_id: strawberry.ID = key("TicketTemplate", "The template.")
    content: TicketTemplateContentInput = value("What it is to say.")


@mutation(template_verbs.end_ticket_template, **TEMPLATE)
class EndTicketTemplate:
    """Offer a template no more."""

    ticket_template_id: strawberry.ID = key("TicketTemplate", "The template.")


TicketTemplatesMutation = mutations(WriteTicketTemplate, ChangeTicketTemplate, EndTicketTemplate)
