"""Templates of what is reported often: written by Tiera's desk, chosen by whoever reports (H11.7.2-a)."""

from dataclasses import dataclass
from datetime import datetime

from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.faults import invalid, needed, not_found
from backend.kit.translation import Text
from backend.parties.agreement_model import Service
from backend.rulebook.criticality import Criticality
from backend.tickets import kept_verbs, policy, rules
from backend.tickets.kept_queries import visible_templates
from backend.tickets.model import TicketTemplate
from backend.tickets.states import Reach, TicketKind

_OF_ALL = Text("A template is of what everybody reports: incidents and service requests.")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a template says. None as the service: whoever reports chooses it."""

    name: str
    kind: TicketKind
    service_id: int | None = None
    ticket_title: str
    description: str
    criticality: Criticality = Criticality.NORMAL
    reach: Reach = Reach.ONE_USER


async def write_ticket_template(session: Session, actor: Actor, *, content: Content, now: datetime) -> TicketTemplate:
    """Let everybody who reports begin with it."""
    kept_verbs.check_keeps(actor)
    template = TicketTemplate()
    await _write(session, template, content)
    return await kept_verbs.put_at_hand(session, actor, template, "ticket_template.written", now=now)


async def change_ticket_template(
    session: Session,
    actor: Actor,
    *,
    ticket_template_id: int,
    content: Content,
    expected_version: int | None,
    now: datetime,
) -> TicketTemplate:
    """Let it say something else; what was reported with it stays as it was reported."""
    template = await _get_for_change(session, actor, ticket_template_id)
    kept_verbs.check_changes(template, expected_version)
    await _write(session, template, content)
    return await kept_verbs.change(session, actor, template, "ticket_template.changed", now=now)


async def end_ticket_template(
    session: Session, actor: Actor, *, ticket_template_id: int, now: datetime
) -> TicketTemplate:
    """Offer a template no more."""
    template = await _get_for_change(session, actor, ticket_template_id)
    return await kept_verbs.end(session, actor, template, "ticket_template.ended", now=now)


async def _write(session: Session, template: TicketTemplate, content: Content) -> None:
    """Raises REQUIRED, INVALID or NOT_FOUND at the content's field."""
    if content.kind not in policy.ASKED_FOR:
        raise invalid(_OF_ALL, "content", "kind")
    if content.service_id is not None and await session.get(Service, content.service_id) is None:
        raise not_found("content", "service_id")
    template.name = needed(content.name, "content", "name", most=rules.MOST_LETTERS_IN_A_TITLE)
    template.ticket_title = needed(content.ticket_title, "content", "ticket_title", most=rules.MOST_LETTERS_IN_A_TITLE)
    template.description = needed(content.description, "content", "description", most=rules.MOST_LETTERS)
    template.kind, template.service_id = content.kind, content.service_id
    template.criticality, template.reach = content.criticality, content.reach


async def _get_for_change(session: Session, actor: Actor, template_id: int) -> TicketTemplate:
    return await kept_verbs.get_for_change(
        session, actor, TicketTemplate, visible_templates, template_id, "ticket_template_id"
    )
