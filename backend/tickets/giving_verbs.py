"""Who has a ticket, put on record: the person and the team to whom it was given, or from whom it went (H11.7.2-a)."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.refs import Ref
from backend.rulebook.rules import rule
from backend.tickets.model import Ticket


@rule("H11.7.2-a")
async def give(
    session: Session, actor: Actor, ticket: Ticket, person_id: int | None, team: str | None, *, now: datetime
) -> None:
    """Put a ticket into these hands, and on record whose they are and whose they were.

    Who takes it for themselves is named by that act; what a customer reads says who works on it nowhere (D2.1-c).
    """
    former_id, former_team = ticket.assignee_id, ticket.team
    ticket.assignee_id, ticket.team = person_id, team
    former = former_id and Ref("Person", former_id)
    if person_id is not None and person_id not in (former_id, actor.person_id):
        person = Ref("Person", person_id)
        await events.record(
            session, actor, "ticket.given", ticket, at=now, rule="H11.7.2-a", person=person, former=former
        )
    elif person_id is None and former:
        await events.record(session, actor, "ticket.freed", ticket, at=now, rule="H11.7.2-a", person=former)
    if team != former_team:
        ticket.version += 1  # who changes titles, tags and teams at that moment is not to undo it
        await events.record(
            session, actor, "ticket.team_set", ticket, at=now, rule="H11.7.2-a", team=team, former=former_team
        )
