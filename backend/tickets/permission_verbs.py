"""Express and separate permissions for a supplier's people to write to customers directly (H11.4-c)."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import broken_rule, needed, not_found, not_permitted
from backend.kit.translation import Text
from backend.parties import queries as parties
from backend.parties.role_queries import works_for
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import permission_queries, rules
from backend.tickets.model import ContactPermission
from backend.tickets.states import TicketKind


@rule("H11.4-c")
async def permit_contact(
    session: Session,
    actor: Actor,
    *,
    supplier_id: int,
    person_ids: Sequence[int],
    customer_ids: Sequence[int],
    service_ids: Sequence[int],
    kinds: Sequence[TicketKind],
    matter: str,
    valid_from: date,
    valid_until: date,
    document_number: str,
    document_on: date,
    now: datetime,
) -> ContactPermission:
    """Permit people of a supplier to write to customers of its services; everything is named, or it is refused."""
    if not actor.may(Right.PERMIT_CONTACTS):
        raise not_permitted("H11.4-c")
    today = helsinki_date(now)
    named = {"person_ids": person_ids, "customer_ids": customer_ids, "service_ids": service_ids, "kinds": kinds}
    rules.check_permission(valid_from, valid_until, today, **named)
    for person_id in person_ids:
        if not await works_for(session, person_id, supplier_id, today):
            raise not_found("person_ids")
    if not await parties.are_of_side(session, customer_ids, ActorKind.CUSTOMER):
        raise not_found("customer_ids")
    if not await permission_queries.are_produced_by(session, service_ids, supplier_id):
        raise not_found("service_ids")
    permission = ContactPermission(
        supplier_id=supplier_id,
        person_ids=sorted(set(person_ids)),
        customer_ids=sorted(set(customer_ids)),
        service_ids=sorted(set(service_ids)),
        kinds=[kind.value for kind in dict.fromkeys(kinds)],
        matter=needed(matter, "matter", most=2_000),
        valid_from=valid_from,
        valid_until=valid_until,
        document_number=needed(document_number, "document_number", most=200),
        document_on=document_on,
        given_by_id=actor.person_id,
        given_at=now,
    )
    session.add(permission)
    await events.record(
        session, actor, "contact_permission.given", permission, at=now, rule="H11.4-c",
        valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip
    return permission


@rule("H11.4-c")
async def end_contact_permission(
    session: Session, actor: Actor, *, permission_id: int, reason: str, now: datetime
) -> ContactPermission:
    """End a permission before its last day; what was written under it stays as it is."""
    if not actor.may(Right.PERMIT_CONTACTS):
        raise not_permitted("H11.4-c")
    permission = await permission_queries.get_permission_for_change(session, actor, permission_id)
    if permission.ended_at is not None:
        raise broken_rule("H11.4-c", Text("This permission has ended already."))
    permission.ended_at, permission.end_reason = now, needed(reason, "reason", most=2_000)
    await events.record(session, actor, "contact_permission.ended", permission, at=now, rule="H11.4-c")
    return permission
