"""Makers of complaints in each state, by the verbs themselves; what a test is about it names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

import backend.complaints.sanction_verbs  # noqa: F401  which says what happens at the deadlines
from backend.complaints import response_verbs, verbs
from backend.complaints.model import Complaint, ComplaintResponse, Sanction
from backend.complaints.response_verbs import Response
from backend.complaints.states import ComplaintCause, ComplaintState
from backend.complaints.verbs import Content
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Event
from backend.parties.agreement_model import Agreement
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Role
from tests.making import (
    NOW,
    customer_representative,
    make_agreement,
    make_organisation,
    make_person,
    make_role,
    make_terms,
    supplier_manager,
    tiera_service_manager,
)

HOUR = timedelta(hours=1)
WHOLE = Response(
    summary="Siirto epäonnistui kahdesti.",
    main_points="Kaksi yötä ilman siirtoa, asiakkaalle ei kerrottu.",
    problem="Varmenne vanheni; sen uusiminen ei ollut kenenkään tehtävä.",
    effects="Päätökset myöhästyivät päivän.",
    measures="Varmenne uusittiin ja siirto ajettiin uudelleen.",
    prevention="Varmenteiden voimassaoloa valvotaan.",
)
CONTENT = Content(title="Siirto epäonnistui", description="Yöllinen siirto ei toiminut.", cause=ComplaintCause.QUALITY)


@dataclass
class Sides:
    """Tiera, a supplier with a service manager, and another supplier."""

    supplier: Organisation
    agreement: Agreement
    manager: Person
    tiera: Actor
    supplier_manager: Actor
    stranger: Actor
    customer: Actor


async def make_sides(session: AsyncSession, *, terms: dict[str, Any] | None = None, has_manager: bool = True) -> Sides:
    """Both sides of complaints under an agreement with these terms."""
    supplier = await make_organisation(session)
    agreement = await make_agreement(session, supplier)
    await make_terms(session, agreement, terms or {})
    manager = await make_person(session)
    await make_role(session, manager, supplier, Role.SERVICE_MANAGER)
    other = await make_organisation(session)
    customer = await make_organisation(session, ActorKind.CUSTOMER)
    return Sides(
        supplier=supplier,
        agreement=agreement,
        manager=manager,
        tiera=await tiera_service_manager(session),
        supplier_manager=await supplier_manager(session, supplier),
        stranger=await supplier_manager(session, other),
        customer=await customer_representative(session, customer),
    )


async def make_draft(session: AsyncSession, s: Sides, **content: Any) -> Complaint:
    """What Tiera is writing."""
    given = Content(**{"title": CONTENT.title, "description": CONTENT.description, "cause": CONTENT.cause, **content})
    return await verbs.create_complaint(session, s.tiera, agreement_id=s.agreement.id, content=given, now=NOW)


async def make_sent(session: AsyncSession, s: Sides, *, at: datetime = NOW, **content: Any) -> Complaint:
    """One that the supplier has got."""
    complaint = await make_draft(session, s, **content)
    return await verbs.send_complaint(session, s.tiera, complaint_id=complaint.id, now=at)


async def answer(
    session: AsyncSession, s: Sides, complaint: Complaint, *, at: datetime = NOW + HOUR, response: Response = WHOLE
) -> Complaint:
    """The supplier's written response."""
    return await response_verbs.answer_complaint(
        session, s.supplier_manager, complaint_id=complaint.id, response=response, now=at
    )


async def newest_response(session: AsyncSession, complaint: Complaint) -> ComplaintResponse:
    """The newest that was sent."""
    sent = sa.select(ComplaintResponse).where(
        ComplaintResponse.complaint_id == complaint.id, ComplaintResponse.sent_at.is_not(None)
    )
    return (await session.scalars(sent.order_by(ComplaintResponse.ordinal.desc()).limit(1))).one()


async def judge(
    session: AsyncSession, s: Sides, complaint: Complaint, *, is_proper: bool, at: datetime = NOW + 2 * HOUR
) -> Complaint:
    """Tiera's word on the newest."""
    response = await newest_response(session, complaint)
    return await response_verbs.judge_response(
        session,
        s.tiera,
        complaint_id=complaint.id,
        response_id=response.id,
        is_proper=is_proper,
        reason="Syy ja toimet puuttuvat.",
        now=at,
    )


async def make_in(session: AsyncSession, s: Sides, state: ComplaintState) -> Complaint:
    """A complaint in a state."""
    if state is ComplaintState.DRAFT:
        return await make_draft(session, s)
    complaint = await make_sent(session, s)
    key = {"complaint_id": complaint.id, "now": NOW + HOUR}
    if state is ComplaintState.ACKNOWLEDGED:
        return await response_verbs.acknowledge_complaint(session, s.supplier_manager, **key)
    if state is ComplaintState.WITHDRAWN:
        return await verbs.withdraw_complaint(session, s.tiera, reason="Aiheeton.", **key)
    if state is ComplaintState.SENT:
        return complaint
    await answer(session, s, complaint)
    if state is ComplaintState.ANSWERED:
        return complaint
    await judge(session, s, complaint, is_proper=state is not ComplaintState.NOT_PROPER)
    if state in (ComplaintState.HANDLED, ComplaintState.CLOSED):
        await verbs.handle_complaint(session, s.tiera, handled_on=date(2026, 11, 24), handling="Käsitelty.", **key)
    if state is ComplaintState.CLOSED:
        await verbs.close_complaint(session, s.tiera, **key)
    return complaint


async def pass_time(session: AsyncSession, at: datetime) -> None:
    """Let the clock's job run."""
    await session.flush()
    await pass_deadlines(session, SCHEDULE, now=at)
    await session.flush()


async def sanction_of(session: AsyncSession, complaint: Complaint) -> Sanction | None:
    wanted = sa.select(Sanction).where(Sanction.complaint_id == complaint.id)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def told(session: AsyncSession, complaint: Complaint) -> list[str]:
    """The events of a complaint, in their order."""
    wanted = sa.select(Event.name).where(
        sa.or_(
            sa.and_(Event.subject_kind == "Complaint", Event.subject_id == complaint.id),
            sa.and_(Event.within_kind == "Complaint", Event.within_id == complaint.id),
        )
    )
    return list((await session.scalars(wanted.order_by(Event.id))).all())
