"""Who is told: by capacity, as roles and rights are now; never who acted, never who may not see the thing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind
from backend.kit.events import Audience, Event
from backend.kit.notices import Notice, To
from backend.notices import verbs
from backend.notices.model import Delivery
from backend.notices.states import Way
from backend.orders.draft_verbs import ask_for_work, create_order, take_up_request
from backend.orders.estimate_verbs import request_estimate
from backend.parties.model import Organisation, Person, RoleHeld
from backend.parties.right_verbs import confirm_right, end_right
from backend.parties.states import RightState
from backend.rulebook.roles import Role
from tests.hours.making import Work, book, make_work
from tests.making import (
    NOW,
    TODAY,
    customer_representative,
    make_organisation,
    make_person,
    make_right,
    make_role,
    make_service,
    ordering_contact,
    supplier_account_manager,
    supplier_expert,
    supplier_manager,
    supplier_project_manager,
    tiera_business_manager,
    tiera_key_user,
    tiera_project_manager,
    tiera_service_manager,
)
from tests.notices.making import happen, tell, told
from tests.orders.making import content, estimate, make_parties


@pytest.fixture
async def work(session: AsyncSession) -> Work:
    return await make_work(session)


def notices(monkeypatch: pytest.MonkeyPatch, table: Mapping[str, Notice]) -> None:
    monkeypatch.setattr(verbs, "NOTICES", table)


async def last(session: AsyncSession, name: str) -> Event:
    """The newest event of this name."""
    wanted = sa.select(Event).where(Event.name == name).order_by(Event.id.desc()).limit(1)
    return (await session.scalars(wanted)).one()


async def test_the_orderer_is_who_placed_the_order_and_before_that_who_prepares_it(
    session: AsyncSession, work: Work
) -> None:
    preparing, placing = await tiera_service_manager(session), await ordering_contact(session)
    work.order.created_by_id = preparing.person_id
    drafted = await happen(session, "order.estimated", work.order)
    await tell(session)
    assert await told(session, drafted) == [preparing.person_id]
    work.order.ordered_by_id = placing.person_id
    confirmed = await happen(session, "order.confirmed", work.order)
    await tell(session)
    assert await told(session, confirmed) == [placing.person_id]


@pytest.mark.rule("H11.3.1-a")
async def test_the_estimate_of_a_request_is_told_to_who_took_it_up_at_tiera(session: AsyncSession) -> None:
    p = await make_parties(session)
    service = await make_service(session, p.agreement)
    order = await ask_for_work(
        session, p.representative, service_id=service.id, title="Liittymä", description="Rekisteriin.", now=NOW
    )
    await take_up_request(session, p.contact, order_id=order.id, now=NOW)
    await request_estimate(session, p.contact, order_id=order.id, now=NOW)
    await estimate(session, p, order)
    late = await happen(session, "order.estimate_late", order, due_at=NOW)
    await tell(session)
    assert await told(session, await last(session, "order.estimated")) == [p.contact.person_id]
    assert p.contact.person_id in await told(session, late)


@pytest.mark.rule("H11.8.1-i")
async def test_a_customers_named_contact_is_told_of_the_estimate_it_asked_for_and_so_is_tiera(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    theirs = await ordering_contact(session, await make_right(session, await make_person(session), p.customer))
    service = await make_service(session, p.agreement)
    mine = content(service_id=service.id, customer_id=p.customer.id)
    order = await create_order(session, theirs, content=mine, now=NOW)
    await request_estimate(session, theirs, order_id=order.id, now=NOW)
    await estimate(session, p, order)
    await tell(session)
    both = sorted([theirs.person_id or 0, p.contact.person_id or 0])
    assert await told(session, await last(session, "order.estimated")) == both


@pytest.mark.rule("H11.8.3-c")
async def test_where_the_orderer_is_a_customers_or_has_left_tieras_contacts_who_may_order_it_are_told(
    session: AsyncSession, work: Work
) -> None:
    theirs = await ordering_contact(
        session,
        await make_right(session, await make_person(session), await make_organisation(session, ActorKind.CUSTOMER)),
    )
    left, covering = await make_person(session), await ordering_contact(session)
    await make_right(session, await make_person(session), supplier=await make_organisation(session))
    work.order.customer_id = theirs.organisation_id
    for orderer_id in (theirs.person_id, left.id):
        work.order.ordered_by_id = orderer_id
        warned = await happen(session, "order.warned", work.order)
        await tell(session)
        assert covering.person_id in await told(session, warned)
        assert orderer_id not in await told(session, warned)
        assert work.manager.person_id not in await told(session, warned)


@pytest.mark.rule("H11.8.3-c")
async def test_without_such_contacts_who_hold_a_role_tieras_service_managers_are(
    session: AsyncSession, work: Work
) -> None:
    work.order.ordered_by_id = (await make_person(session)).id
    tiera, to_come = await make_organisation(session, ActorKind.BUYER), await make_person(session)
    await make_role(session, to_come, tiera, Role.ICT_ARCHITECT, valid=Range(TODAY + timedelta(days=30), None))
    named = await make_right(session, to_come, tiera, valid=Range(TODAY + timedelta(days=30), None))
    named.valid = Range(TODAY, None)
    offered = await happen(session, "revision.offered", work.order)
    await tell(session)
    assert await told(session, offered) == [work.manager.person_id]


async def test_nobody_is_told_in_place_of_an_orderer_who_acted(session: AsyncSession, work: Work) -> None:
    placing, _ = await ordering_contact(session), await ordering_contact(session)
    work.order.ordered_by_id = placing.person_id
    accepted = await happen(session, "revision.accepted", work.order, placing)
    await tell(session)
    assert await told(session, accepted) == []


async def test_the_requester_is_the_customers_person_who_asked(session: AsyncSession, work: Work) -> None:
    asking = await customer_representative(session)
    work.order.customer_id, work.order.asked_by_id = asking.organisation_id, asking.person_id
    turned_down = await happen(session, "order.turned_down", work.order, audience=Audience.ALL)
    await tell(session)
    assert await told(session, turned_down) == [asking.person_id]


async def test_ordering_contacts_are_those_whose_naming_covers_supplier_and_customer(
    session: AsyncSession, work: Work
) -> None:
    asking = await customer_representative(session)
    other = await make_organisation(session, ActorKind.CUSTOMER)
    work.order.customer_id = asking.organisation_id
    covering = await ordering_contact(session)
    for_it = await ordering_contact(
        session,
        await make_right(session, await make_person(session), for_organisation_ids=[asking.organisation_id or 0]),
    )
    await make_right(session, await make_person(session), for_organisation_ids=[other.id])
    await make_right(session, await make_person(session), supplier=await make_organisation(session))
    await make_right(session, await make_person(session), valid=Range(date(2026, 1, 1), TODAY))
    await make_right(session, await make_person(session), other)
    asked = await happen(session, "order.asked", work.order, asking, audience=Audience.ALL)
    await tell(session)
    assert await told(session, asked) == sorted([covering.person_id, for_it.person_id])


async def test_the_person_is_whom_the_thing_is_about(session: AsyncSession, work: Work) -> None:
    entry = await book(session, work)
    returned = await happen(session, "time_entry.returned", entry, work.manager, within=work.order, minutes=60)
    await tell(session)
    assert await told(session, returned) == [work.expert.person_id]


async def test_project_managers_of_both_sides_are_told(session: AsyncSession, work: Work) -> None:
    ours, theirs = await tiera_project_manager(session), await supplier_project_manager(session, work.supplier)
    work.order.tiera_manager_id, work.order.supplier_manager_id = ours.person_id, theirs.person_id
    named = await happen(session, "order.manager_named", work.order)
    await tell(session)
    assert await told(session, named) == sorted([ours.person_id, theirs.person_id])


@pytest.mark.rule("H11.3.1-b")
async def test_the_suppliers_managers_are_those_of_the_supplier_concerned(session: AsyncSession, work: Work) -> None:
    service, account = (
        await supplier_manager(session, work.supplier),
        await supplier_account_manager(session, work.supplier),
    )
    await supplier_manager(session)
    await supplier_account_manager(session)
    late = await happen(session, "order.estimate_requested", work.order, work.manager)
    await tell(session)
    assert await told(session, late) == sorted([service.person_id, account.person_id])


async def test_tieras_service_managers_are_told(session: AsyncSession, work: Work) -> None:
    another = await tiera_service_manager(session)
    requested = await happen(session, "overrun.answer_late", work.order)
    await tell(session)
    assert await told(session, requested) == sorted([work.manager.person_id, another.person_id])


@pytest.mark.rule("H11.8.1-a", "H11.8.1-b")
@pytest.mark.parametrize("name", ["ordering_right.named", "ordering_right.ends_soon", "ordering_right.has_ended"])
async def test_business_managers_and_service_managers_are_told_of_namings_and_their_ends(
    session: AsyncSession, name: str
) -> None:
    business, service = await tiera_business_manager(session), await tiera_service_manager(session)
    named = await make_person(session)
    change = await happen(session, name, await make_right(session, named), await tiera_key_user(session))
    await tell(session)
    assert set(await told(session, change)) - {named.id} == {business.person_id, service.person_id}


async def test_whoever_acted_is_never_told_nor_whom_they_stood_for(session: AsyncSession, work: Work) -> None:
    stood_for, other = await tiera_service_manager(session), await tiera_service_manager(session)
    acting = replace(work.manager, stands_for_id=stood_for.person_id)
    requested = await happen(session, "overrun.requested", work.order, acting)
    await tell(session)
    assert await told(session, requested) == [other.person_id]


async def test_one_who_has_several_capacities_is_told_once(session: AsyncSession, work: Work) -> None:
    person = await make_person(session)
    manager = await supplier_manager(session, work.supplier, person)
    await make_role(session, person, work.supplier, Role.ACCOUNT_MANAGER)
    asked = await happen(session, "order.estimate_requested", work.order)
    await tell(session)
    assert await told(session, asked) == [manager.person_id]


async def test_a_role_that_ended_in_between_is_told_no_more(session: AsyncSession, work: Work) -> None:
    manager = await supplier_manager(session, work.supplier)
    asked = await happen(session, "order.estimate_requested", work.order)
    await session.execute(
        sa.update(RoleHeld).where(RoleHeld.person_id == manager.person_id).values(valid=Range(date(2026, 1, 1), TODAY))
    )
    await tell(session)
    assert await told(session, asked) == []


async def test_who_may_not_see_the_thing_is_not_told_of_it(
    session: AsyncSession, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = await customer_representative(session)
    work.order.customer_id, work.order.asked_by_id = asking.organisation_id, asking.person_id
    notices(monkeypatch, {"order.warned": Notice((To.REQUESTER,), "D2.1-c")})
    for_two = await happen(session, "order.warned", work.order)
    for_all = await happen(session, "order.warned", work.order, audience=Audience.ALL)
    await tell(session)
    assert await told(session, for_two) == []
    assert await told(session, for_all) == [asking.person_id]


async def test_one_who_acts_for_two_organisations_is_told_for_that_which_may_see_it(
    session: AsyncSession, work: Work
) -> None:
    person = await make_person(session)
    await supplier_expert(session, person=person)
    manager: Actor = await supplier_manager(session, work.supplier, person)
    await happen(session, "order.estimate_requested", work.order, at=NOW - timedelta(hours=1))
    await tell(session)
    of_delivery = await session.scalar(sa.text("SELECT DISTINCT organisation_id FROM deliveries"))
    assert of_delivery == manager.organisation_id


@pytest.mark.rule("H11.8.1-c")
async def test_a_supplier_is_told_of_every_change_of_the_rights_that_cover_it_and_no_other_is(
    session: AsyncSession,
) -> None:
    entering, confirming = await tiera_key_user(session), await tiera_business_manager(session)
    theirs, others = await supplier_manager(session), await supplier_manager(session)
    supplier = await session.get_one(Organisation, theirs.organisation_id)
    entered = await session.get_one(Person, entering.person_id)
    right = await make_right(
        session, await make_person(session), supplier=supplier, state=RightState.PROPOSED, recorded_by=entered
    )
    await confirm_right(session, confirming, right.id, now=NOW)
    await end_right(session, confirming, right.id, reason="Tehtävät vaihtuivat", now=NOW)
    await tell(session)
    changes = await session.scalars(
        sa.select(Event.figures["change"].astext)
        .join(Delivery, Delivery.event_id == Event.id)
        .where(Delivery.person_id == theirs.person_id, Delivery.way == Way.BELL)
        .order_by(Event.id)
    )
    assert changes.all() == ["ordering_right.confirmed", "ordering_right.ended"]
    of_others = sa.select(sa.func.count()).where(Delivery.person_id == others.person_id)
    assert await session.scalar(of_others) == 0
