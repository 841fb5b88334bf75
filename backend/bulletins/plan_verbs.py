"""What communication is agreed for a service, occasion by occasion, before it is needed (H11.11-b, -c, -e, -f)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.bulletins import queries, rules
from backend.bulletins.model import CommunicationPlan
from backend.bulletins.states import BulletinKind, Occasion
from backend.kit import events
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusals, broken_rule, invalid, not_found, not_permitted, required
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What is agreed for one occasion."""

    measures: str
    told: str
    channels: str
    when_down: str
    template_title: str
    template_text: str
    agreed_on: date
    to_all_customers: bool = False
    organisation_ids: Sequence[int] | None = None
    rhythm: str | None = None
    supplier_informs: bool = False


TEXTS = {
    "measures": rules.MOST_LETTERS,
    "told": rules.MOST_LETTERS,
    "channels": rules.MOST_LETTERS,
    "when_down": rules.MOST_LETTERS,
    "template_title": rules.MOST_LETTERS_IN_A_TITLE,
    "template_text": rules.MOST_LETTERS,
}
"""Each with its most letters."""


@rule("H11.11-b", "H11.11-c", "H11.11-e", "H11.11-f")
async def agree_on_communication(
    session: Session,
    actor: Actor,
    *,
    service_id: int | None = None,
    occasion: Occasion,
    agreed: Agreed,
    now: datetime,
) -> CommunicationPlan:
    """Put on record what was agreed; what held before stays on record."""
    if not actor.may(Right.AGREE_COMMUNICATION):
        raise not_permitted("H11.11-c")
    supplier_id = None if service_id is None else await queries.supplier_of(session, service_id)
    if service_id is not None and supplier_id is None:
        raise not_found("service_id")
    texts = _checked(agreed, occasion, service_id, now)
    named = list(dict.fromkeys(() if agreed.to_all_customers else agreed.organisation_ids or ()))
    if len(await queries.customers_among(session, named)) != len(named):
        raise not_found("agreed", "organisation_ids")
    former = await queries.plan_in_force(session, service_id, occasion)
    if former is not None:
        former.ended_at = now
        await session.flush()
    plan = CommunicationPlan(
        service_id=service_id,
        supplier_id=supplier_id,
        occasion=occasion,
        to_all_customers=agreed.to_all_customers,
        organisation_ids=named,
        rhythm=(agreed.rhythm or "").strip() or None,
        supplier_informs=agreed.supplier_informs,
        agreed_on=agreed.agreed_on,
        recorded_at=now,
        recorded_by_id=actor.person_id,
        **texts,
    )
    session.add(plan)
    await session.flush()
    await events.record(
        session,
        actor,
        "communication_plan.agreed",
        plan,
        at=now,
        rule="H11.11-c",
        audience=Audience.BOTH,
        occasion=occasion,
        agreed_on=agreed.agreed_on,
        supplier_informs=agreed.supplier_informs,
    )
    return plan


def _checked(agreed: Agreed, occasion: Occasion, service_id: int | None, now: datetime) -> dict[str, str]:
    """The texts, none of them empty; and the exception only where the contract has it."""
    refusals = Refusals()
    texts = {name: refusals.needed(getattr(agreed, name), "agreed", name, most=most) for name, most in TEXTS.items()}
    if agreed.agreed_on > helsinki_date(now):
        refusals.add(invalid(Text("Enter a day that is not in the future."), "agreed", "agreed_on"))
    if agreed.supplier_informs:
        if occasion.kind is not BulletinKind.INCIDENT:
            said = Text("Only of incidents may a supplier inform customers.")
            refusals.add(broken_rule("H11.11-b", said, "agreed", "supplier_informs"))
        if service_id is None:
            said = Text("Whether a supplier may inform customers is agreed service by service.")
            refusals.add(broken_rule("H11.11-b", said, "agreed", "supplier_informs"))
        if not agreed.to_all_customers and not agreed.organisation_ids:
            refusals.add(required("agreed", "organisation_ids", rule="H11.11-b"))
    refusals.raise_any()
    return texts
