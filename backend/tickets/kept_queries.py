"""Who sees and is offered what the desk keeps ready."""

import sqlalchemy as sa

from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import is_seen
from backend.kit.database import Condition, Row
from backend.kit.refs import register_thing
from backend.parties.agreement_model import Service
from backend.tickets.model import ReadyAnswer, TicketTemplate


def visible_answers(actor: Actor, answer: Row) -> Condition:
    """Tiera's own."""
    return sa.true() if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM) else sa.false()


def visible_templates(actor: Actor, template: Row) -> Condition:
    """Tiera sees all; others what is offered, of any service or of one that they see."""
    if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM):
        return sa.true()
    its_service = sa.or_(template.service_id.is_(None), is_seen(actor, Service.__name__, template.service_id))
    return sa.and_(template.ended_at.is_(None), its_service)


register_thing(ReadyAnswer, visible_answers, title="title", url="/pyynnot/vastaukset")
register_thing(TicketTemplate, visible_templates, title="name", url="/pyynnot/pohjat")
