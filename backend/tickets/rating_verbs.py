"""How well a ticket was handled, by whoever asked (H10.3-a); a low rating is a quality deviation (H10.3-c)."""

from datetime import datetime

from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms
from backend.tickets import merged_queries, policy, quality_queries, queries, rules
from backend.tickets.deviation_verbs import open_deviation
from backend.tickets.model import Ticket
from backend.tickets.quality_model import TicketRating
from backend.tickets.quality_states import DeviationKind
from backend.tickets.states import TicketAction


@rule("H10.3-a", "H10.3-c")
async def rate_ticket(
    session: Session, actor: Actor, *, ticket_id: int, score: int, word: str | None = None, now: datetime
) -> Ticket:
    """Say how well a resolved ticket was handled, once for each time it was resolved; the asker's word stands.

    So does each who asked for a ticket that was merged into it.
    """
    ticket = await queries.get_ticket_for_change(session, actor, ticket_id)
    move = policy.take(actor, ticket.kind, ticket.state, TicketAction.RATE, ticket.holder)
    policy.check_rates_own(actor, await merged_queries.askers_of(session, ticket.id))
    rules.check_score(score)
    if ticket.resolved_at is None or await quality_queries.find_rating(session, ticket, actor.person_id) is not None:
        raise broken_rule("H10.3-a", Text("You have said already how well this was handled. Thank you!"))
    rating = TicketRating(
        ticket_id=ticket.id,
        resolved_at=ticket.resolved_at,
        score=score,
        word=rules.read_word(word),
        rated_by_id=actor.person_id,
        rated_at=now,
        supplier_id=ticket.supplier_id,
        customer_id=ticket.customer_id,
    )
    session.add(rating)
    await events.record(
        session, actor, "ticket_rating.given", rating, at=now, rule=move.rule, within=ticket, audience=Audience.ALL,
        score=score,
    )  # fmt: skip
    if rules.is_low(score, Terms.of(ticket.terms_on)):
        await open_deviation(
            session, actor, DeviationKind.LOW_RATING, ticket, now=now, rating_id=rating.id,
            supplier_id=ticket.supplier_id if ticket.reached_supplier_at else None, figures={"score": score},
        )  # fmt: skip
    return ticket
