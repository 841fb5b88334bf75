"""Complaints are written, sent, handled and withdrawn; whoever may not see them finds nothing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import queries, response_verbs, verbs
from backend.complaints.model import Complaint
from backend.complaints.notices import NOTICES
from backend.complaints.states import ComplaintCause, ComplaintState
from backend.hours.model import OWN_COST
from backend.identity.actors import actor_of_person
from backend.kit.actor import ActorKind, Channel
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.notices.recipients import Circle
from backend.parties.model import RoleHeld
from backend.rulebook.roles import Role
from tests.complaints.making import (
    HOUR,
    make_draft,
    make_in,
    make_sent,
    make_sides,
    told,
)
from tests.invoices.making import make_invoice, make_scene
from tests.making import (
    NOW,
    an_actor,
    end_roles,
    make_agreement,
    make_organisation,
    make_person,
    make_role,
    make_service,
)
from tests.tickets.making import make_desk, make_ticket

S = ComplaintState


async def seen_by(session: AsyncSession, actor: object) -> list[int]:
    wanted = sa.select(Complaint.id).where(queries.visible_complaints(actor, Complaint))  # type: ignore[arg-type]
    return list((await session.scalars(wanted.order_by(Complaint.id))).all())


@pytest.mark.rule("H11.10-a", "H11.10-e")
async def test_a_complaint_goes_to_the_suppliers_service_manager_under_a_number_of_its_own(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    first, second = await make_sent(session, s), await make_sent(session, s)
    assert first.receiver_id == s.manager.id
    assert (first.number, second.number) == ("REK-2026-0001", "REK-2026-0002")
    assert await told(session, first) == ["complaint.drafted", "target.defined", "complaint.sent"]


@pytest.mark.rule("H11.10-a")
async def test_whoever_stands_in_for_the_service_manager_gets_it_too_and_acts_on_it(session: AsyncSession) -> None:
    s = await make_sides(session)
    deputy = await make_person(session)
    role = await session.scalar(sa.select(RoleHeld).where(RoleHeld.person_id == s.manager.id))
    assert role is not None
    stands_in = await make_role(session, deputy, s.supplier, Role.SERVICE_MANAGER)
    stands_in.stands_in_for_id = role.id
    complaint = await make_sent(session, s)
    assert (complaint.receiver_id, complaint.stand_in_ids) == (s.manager.id, [deputy.id])
    assert {s.manager.id, deputy.id} <= await receivers_of(session, complaint, "complaint.sent")
    actor = await actor_of_person(session, deputy, s.supplier, NOW, Channel.PORTAL)
    assert actor is not None
    await response_verbs.acknowledge_complaint(session, actor, complaint_id=complaint.id, now=NOW)
    assert complaint.acknowledged_by_id == deputy.id


@pytest.mark.rule("H11.10-a")
async def test_where_nobody_is_service_manager_but_one_stands_in_it_goes_there(session: AsyncSession) -> None:
    s = await make_sides(session)
    role = await session.scalar(sa.select(RoleHeld).where(RoleHeld.person_id == s.manager.id))
    assert role is not None
    await end_roles(session, RoleHeld.organisation_id == s.supplier.id)
    deputy = await make_person(session)
    (await make_role(session, deputy, s.supplier, Role.SERVICE_MANAGER)).stands_in_for_id = role.id
    complaint = await make_sent(session, s)
    assert (complaint.receiver_id, complaint.stand_in_ids) == (deputy.id, [])


async def receivers_of(session: AsyncSession, complaint: Complaint, name: str) -> set[int]:
    """Who is told of what happened to a complaint."""
    wanted = sa.select(Event).where(Event.subject_kind == "Complaint", Event.subject_id == complaint.id)
    (event,) = (await session.scalars(wanted.where(Event.name == name))).all()
    return {each.person_id for each in await Circle(session, NOW).receivers(event, NOTICES[name])}


@pytest.mark.rule("H11.10-a")
async def test_a_supplier_without_a_service_manager_cannot_be_sent_one_and_no_number_is_used_up(
    session: AsyncSession,
) -> None:
    s = await make_sides(session)
    await end_roles(session, RoleHeld.organisation_id == s.supplier.id)
    complaint = await make_draft(session, s)
    with pytest.raises(Refusal, match="service manager"):
        await verbs.send_complaint(session, s.tiera, complaint_id=complaint.id, now=NOW)
    assert complaint.number is None


async def test_the_supplier_sees_a_complaint_when_it_is_sent_and_nobody_else_does(session: AsyncSession) -> None:
    s = await make_sides(session)
    draft, sent = await make_draft(session, s), await make_sent(session, s)
    assert await seen_by(session, s.tiera) == [draft.id, sent.id]
    assert await seen_by(session, s.supplier_manager) == [sent.id]
    expert = an_actor(ActorKind.SUPPLIER, Role.EXPERT, organisation_id=s.supplier.id)
    for other in (s.stranger, s.customer, expert):
        assert await seen_by(session, other) == []


@pytest.mark.rule("D0-c", "H11.10-b", "H11.10-c")
async def test_a_complaint_keeps_the_terms_of_the_day_on_which_it_was_sent(session: AsyncSession) -> None:
    s = await make_sides(session, terms={"complaint_response_days": 3, "complaint_sanction_euros": "750.00"})
    complaint = await make_sent(session, s)
    assert complaint.terms_on["complaint_response_days"] == 3
    clocks = await session.scalars(
        sa.select(Deadline).where(Deadline.about_kind == "Complaint", Deadline.about_id == complaint.id)
    )
    assert {clock.kind: (clock.due_at, clock.owner_id) for clock in clocks} == {
        "complaint.acknowledgement": (complaint.acknowledge_due_at, s.supplier.id),
        "complaint.response": (complaint.response_due_at, s.supplier.id),
    }


async def test_a_draft_is_changed_and_a_sent_one_never(session: AsyncSession) -> None:
    s = await make_sides(session)
    draft = await make_draft(session, s)
    content = verbs.Content(title="Toinen", description="Toisin.", cause=draft.cause)
    await verbs.edit_complaint(session, s.tiera, complaint_id=draft.id, content=content, expected_version=1, now=NOW)
    assert (draft.title, draft.version) == ("Toinen", 2)
    with pytest.raises(Refusal) as refused:
        await verbs.edit_complaint(
            session, s.tiera, complaint_id=draft.id, content=content, expected_version=1, now=NOW
        )
    assert refused.value.code is Code.VERSION_CONFLICT
    sent = await make_sent(session, s)
    with pytest.raises(Refusal) as refused:
        await verbs.edit_complaint(session, s.tiera, complaint_id=sent.id, content=content, expected_version=1, now=NOW)
    assert refused.value.code is Code.WRONG_STATE


async def test_what_a_complaint_is_about_must_be_there_and_seen(session: AsyncSession) -> None:
    s = await make_sides(session)
    service = await make_service(session, s.agreement)
    complaint = await make_draft(session, s, about=Ref("Service", service.id), service_id=service.id)
    assert (complaint.about_kind, complaint.about_id) == ("Service", service.id)
    target = await ledger.open_account(session, service.ref, OWN_COST, Unit.MINUTES, holder_id=s.supplier.id)
    person = await make_person(session)  # whose role it may be
    unfit = (Ref("Service", 0), Ref("Nothing", 1), Ref("Target", target.id), person.ref)
    for wrong in (*({"about": about} for about in unfit), {"service_id": 0}):
        with pytest.raises(Refusal) as refused:
            await make_draft(session, s, **wrong)
        assert refused.value.errors[0].path[0] == "content"
    agreement = await make_agreement(session)
    elsewhere = await make_service(session, agreement)
    with pytest.raises(Refusal):
        await make_draft(session, s, service_id=elsewhere.id)
    desk = await make_desk(session)
    others = (elsewhere.ref, agreement.ref, (await make_ticket(session, desk)).ref)
    for about in (*others, Ref("Organisation", agreement.organisation_id)):
        with pytest.raises(Refusal) as refused:
            await make_draft(session, s, about=about)
        assert (refused.value.errors[0].path, refused.value.errors[0].rule) == (("content", "about"), "H11.10-a")
    for about in (s.agreement.ref, s.supplier.ref, Ref("Organisation", s.customer.organisation_id or 0)):
        await make_draft(session, s, about=about)


@pytest.mark.rule("H11.10-a")
async def test_what_a_complaint_is_about_is_said_as_people_know_it_changed_and_cleared(session: AsyncSession) -> None:
    desk = await make_desk(session)
    s = await make_sides(session)
    ticket, other = await make_ticket(session, desk), await make_scene(session)
    scene = await make_scene(session, supplier=desk.parties.supplier)
    order, invoice = scene.order, await make_invoice(session, scene, number="L-44")
    await make_invoice(session, other, number="L-44")
    order.supplier_number = "T-88"
    service = await make_service(session, scene.agreement, "Arkisto")
    person = await make_person(session)
    role = await make_role(session, person, scene.supplier, Role.EXPERT)
    of_two, elsewhere = await make_person(session), await make_person(session)
    for held in (Role.EXPERT, Role.ICT_ARCHITECT):
        await make_role(session, of_two, scene.supplier, held)
    await make_role(session, elsewhere, other.supplier, Role.EXPERT)
    text = {"title": "Puute", "description": "Ei sovitun mukainen.", "cause": ComplaintCause.QUALITY}
    draft = await verbs.create_complaint(
        session, s.tiera, agreement_id=scene.agreement.id, content=verbs.Content(**text), now=NOW
    )
    await session.flush()

    async def said(words: str) -> Ref | None:
        content = verbs.Content(**text, about_named=words)
        await verbs.edit_complaint(
            session, s.tiera, complaint_id=draft.id, content=content, expected_version=draft.version, now=NOW
        )
        return Ref(draft.about_kind, draft.about_id) if draft.about_kind and draft.about_id else None

    for words, about in (
        (f" {ticket.number.lower()} ", ticket.ref),
        (order.number, order.ref),
        ("T-88", order.ref),
        ("L-44", invoice.ref),
        ("arkisto", service.ref),
        (person.name, role.ref),
        (f"/henkilot/roolit/{role.id}", role.ref),
        (f"/henkilot/{person.id}", role.ref),
        (f"https://portaali.example.fi/laskut/{invoice.id}?x=1#y", invoice.ref),
        (str(service.ref), service.ref),
    ):
        assert await said(words) == about, words
    assert await said(" ") is None, "cleared"
    await make_service(session, scene.agreement, "Arkisto")
    for words, why in (
        ("Arkisto", "Several things"),
        ("L-45", "You see nothing"),
        ("/henkilot/roolit/0", "You see nothing"),
        (f"/henkilot/{s.tiera.person_id}", "no role at a supplier today"),
        (f"/henkilot/{of_two.id}", "several roles"),
        (of_two.name, "several roles"),
        (f"/henkilot/{elsewhere.id}", "another supplier's"),
        (other.order.number, "another supplier's"),
    ):
        with pytest.raises(Refusal, match=why) as refused:
            await said(words)
        assert refused.value.errors[0].path == ("content", "about_named")


@pytest.mark.parametrize("who", ["supplier_manager", "stranger", "customer"])
async def test_only_tiera_complains(session: AsyncSession, who: str) -> None:
    s = await make_sides(session)
    with pytest.raises(Refusal) as refused:
        await verbs.create_complaint(
            session,
            getattr(s, who),
            agreement_id=s.agreement.id,
            content=verbs.Content(title="x", description="y", cause=(await make_draft(session, s)).cause),
            now=NOW,
        )
    assert refused.value.code is Code.NOT_PERMITTED


@pytest.mark.rule("H11.10-e")
@pytest.mark.parametrize("state", [S.DRAFT, S.SENT, S.ACKNOWLEDGED, S.ANSWERED, S.PROPER, S.NOT_PROPER])
async def test_one_that_is_withdrawn_has_a_reason_and_stays_in_the_register(
    session: AsyncSession, state: ComplaintState
) -> None:
    s = await make_sides(session)
    complaint = await make_in(session, s, state)
    with pytest.raises(Refusal):
        await verbs.withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason=" ", now=NOW + 3 * HOUR)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=complaint.id, reason="Aiheeton.", now=NOW + 3 * HOUR)
    assert complaint.id in await seen_by(session, s.tiera)
    still = sa.select(Deadline).where(
        Deadline.about_kind == "Complaint", Deadline.met_at.is_(None), Deadline.dropped_at.is_(None)
    )
    assert (await session.scalars(still)).all() == []


async def test_an_agreement_with_a_customer_bears_no_complaints(session: AsyncSession) -> None:
    s = await make_sides(session)
    with_customer = await make_agreement(session, await make_organisation(session, ActorKind.CUSTOMER))
    with pytest.raises(Refusal) as refused:
        await verbs.create_complaint(
            session,
            s.tiera,
            agreement_id=with_customer.id,
            content=verbs.Content(title="x", description="y", cause=(await make_draft(session, s)).cause),
            now=NOW,
        )
    assert refused.value.errors[0].path == ("agreement_id",)


@pytest.mark.rule("H11.10-a")
async def test_a_complaint_may_be_about_a_meeting_by_its_name_and_day_together(session: AsyncSession) -> None:
    s = await make_sides(session)
    day = date(2026, 11, 12)
    complaint = await make_draft(session, s, meeting=" Toimittajaohjausryhmä ", met_on=day)
    assert (complaint.meeting, complaint.met_on) == ("Toimittajaohjausryhmä", day)
    for content, path in (
        ({"meeting": "Tuotantoryhmä"}, "met_on"),
        ({"met_on": day}, "meeting"),
        ({"meeting": "Tuotantoryhmä", "met_on": NOW.date() + timedelta(days=1)}, "met_on"),
    ):
        with pytest.raises(Refusal) as refused:
            await make_draft(session, s, **content)
        assert refused.value.errors[0].path == ("content", path)
