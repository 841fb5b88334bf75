"""Ordering contacts are named in writing, confirmed by another, ended and replaced, and suppliers are told (11.8.1)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import deadlines, events
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.calendar import start_of_day
from backend.kit.deadlines import Deadline
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.parties import queries, right_verbs, role_queries
from backend.parties.right_model import OrderingRight
from backend.parties.right_queries import in_force_on, visible_rights
from backend.parties.states import RightState
from backend.rulebook.roles import Role
from backend.rulebook.sizes import SizeClass
from tests.files.making import make_file
from tests.making import (
    NOW,
    TODAY,
    an_actor,
    customer_representative,
    make_agreement,
    make_organisation,
    make_person,
    make_right,
    make_role,
    supplier_manager,
    tiera_business_manager,
    tiera_key_user,
    tiera_product_owner,
    tiera_service_manager,
)
from tests.parties.making import DOCUMENT, events_of, limits, name_contact


async def refused(verb: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await verb
    return found.value


async def who_sees(session: AsyncSession, actor: Actor, row: Event) -> bool:
    seen = sa.select(Event.id).where(Event.id == row.id, events.visible_to(actor, Event))
    return (await session.scalars(seen)).first() is not None


@pytest.mark.rule("H11.8.1-a")
async def test_a_naming_is_in_force_only_once_tieras_namer_confirms_it(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    right = await name_contact(session, key_user)
    asked: dict[str, Any] = {"person_id": right.person_id, "organisation_id": right.organisation_id, "day": TODAY}
    assert await role_queries.rights_in_force(session, **asked) == []

    assert (await refused(right_verbs.confirm_right(session, key_user, right.id, now=NOW))).code is Code.NOT_PERMITTED
    await right_verbs.confirm_right(session, namer, right.id, now=NOW)
    assert await role_queries.rights_in_force(session, **asked) == [right]
    recorded = [(e.name, e.from_state, e.to_state, e.person_id) for e in await events_of(session, right)]
    assert recorded == [
        ("ordering_right.named", None, "proposed", key_user.person_id),
        ("ordering_right.confirmed", "proposed", "in_force", namer.person_id),
    ]


@pytest.mark.rule("H11.8.1-a")
async def test_only_who_names_contacts_at_tiera_enters_a_naming(session: AsyncSession) -> None:
    for actor in (await tiera_product_owner(session), await supplier_manager(session)):
        refusal = await refused(name_contact(session, actor))
        assert (refusal.code, refusal.errors[0].rule) == (Code.NOT_PERMITTED, "H11.8.1-a")


@pytest.mark.rule("D0-f")
async def test_nobody_confirms_a_naming_of_themselves_or_one_they_entered(session: AsyncSession) -> None:
    manager, other = await tiera_service_manager(session), await tiera_business_manager(session)
    entered = await name_contact(session, manager)
    assert (await refused(right_verbs.confirm_right(session, manager, entered.id, now=NOW))).errors[0].rule == "D0-f"

    own = await make_right(session, manager.person_id or 0, state=RightState.PROPOSED)
    stand_in = replace(other, stands_for_id=manager.person_id)
    for actor in (manager, stand_in):
        assert (await refused(right_verbs.confirm_right(session, actor, own.id, now=NOW))).errors[0].rule == "D0-f"
    assert own.confirmed_at is None
    await right_verbs.confirm_right(session, other, own.id, now=NOW)
    assert (own.state, own.confirmed_by_id) == (RightState.IN_FORCE, other.person_id)


@pytest.mark.rule("H11.8.1-a")
async def test_a_naming_needs_a_number_and_a_date_that_has_come(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    for document in (replace(DOCUMENT, number="  "), replace(DOCUMENT, on=TODAY + timedelta(days=1))):
        assert (await refused(name_contact(session, key_user, document=document))).errors[0].path[0] == "document"


@pytest.mark.rule("H11.8.1-a")
async def test_the_document_itself_is_kept_with_the_right(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    file = await make_file(session, key_user)
    right = await name_contact(session, key_user, document=replace(DOCUMENT, file_id=file.id))
    assert (right.document_file_id, file.about) == (file.id, right.ref)
    strangers = await make_file(session, await tiera_service_manager(session))
    refusal = await refused(name_contact(session, key_user, document=replace(DOCUMENT, file_id=strangers.id)))
    assert refusal.code is Code.NOT_FOUND


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"most_minutes": 0}, "most_minutes"),
        ({"most_euros": Decimal("-1")}, "most_euros"),
        ({"most_euros_a_year": Decimal("0.001")}, "most_euros_a_year"),
        ({"for_organisation_ids": []}, "for_organisation_ids"),
        ({"valid_until": date(2025, 1, 1)}, "valid_until"),
    ],
)
async def test_a_limit_is_something_or_is_left_out(session: AsyncSession, changed: Any, field: str) -> None:
    refusal = await refused(name_contact(session, await tiera_key_user(session), limits=limits(**changed)))
    assert [e.path[-1] for e in refusal.errors] == [field]
    assert [e.path[0] for e in refusal.errors] == ["limits"]


@pytest.mark.rule("H11.8.1-b")
async def test_the_limits_of_two_contacts_may_differ(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    agreement = await make_agreement(session)
    narrow = await name_contact(
        session, key_user, limits=limits(agreement_id=agreement.id, largest_class=SizeClass.SMALL)
    )
    wide = await name_contact(session, key_user)
    assert (narrow.supplier_id, narrow.largest_class) == (agreement.organisation_id, SizeClass.SMALL)
    assert (wide.supplier_id, wide.largest_class) == (None, None)


async def test_a_right_names_suppliers_and_customers_that_are_such(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    supplier, customer = await make_organisation(session), await make_organisation(session, ActorKind.CUSTOMER)
    agreement = await make_agreement(session)
    for wrong in (
        limits(supplier_id=customer.id),
        limits(for_organisation_ids=[customer.id, supplier.id]),
        limits(agreement_id=agreement.id, supplier_id=supplier.id),
        limits(agreement_id=(await make_agreement(session, customer)).id),
    ):
        assert (await refused(name_contact(session, key_user, limits=wrong))).code is Code.INVALID


@pytest.mark.rule("H11.8.1-a", "H11.8.1-i")
async def test_who_is_named_belongs_to_tiera_or_to_a_customer_and_orders_there_for_that_one_alone(
    session: AsyncSession,
) -> None:
    key_user = await tiera_key_user(session)
    supplier, customer = await make_organisation(session), await make_organisation(session, ActorKind.CUSTOMER)
    other = await make_organisation(session, ActorKind.CUSTOMER)
    expert = await make_person(session)
    await make_role(session, expert, supplier, Role.EXPERT)
    assert (await refused(name_contact(session, key_user, expert))).errors[0].path == ("person_id",)
    assert (await refused(name_contact(session, key_user, expert, supplier))).errors[0].path == ("organisation_id",)

    right = await name_contact(session, key_user, organisation=customer)
    assert (right.customer_id, right.for_organisation_ids) == (customer.id, [customer.id])
    wider = limits(for_organisation_ids=[customer.id, other.id])
    refusal = await refused(name_contact(session, key_user, organisation=customer, limits=wider))
    assert refusal.errors[0].rule == "H11.8.1-i"


@pytest.mark.rule("H11.8.1-c")
async def test_every_supplier_that_a_right_covers_is_told_of_every_change(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    suppliers = [await supplier_manager(session) for _ in range(3)]
    for actor in suppliers[:2]:
        await make_agreement(session, await queries.get_organisation(session, actor, actor.organisation_id or 0))
    for_all = await name_contact(session, key_user)
    await right_verbs.confirm_right(session, namer, for_all.id, now=NOW)
    await right_verbs.end_right(session, namer, for_all.id, reason="Has left.", now=NOW)
    told = await events_of(session, for_all, "ordering_right.told")

    in_agreement = {actor.organisation_id for actor in suppliers[:2]}
    for change in ("ordering_right.confirmed", "ordering_right.ended"):
        of = [event for event in told if event.figures["change"] == change]
        assert in_agreement <= {event.supplier_id for event in of}
        for actor in suppliers[:2]:
            assert sum([await who_sees(session, actor, event) for event in of]) == 1
        assert not any([await who_sees(session, suppliers[2], event) for event in of])


@pytest.mark.rule("H11.8.1-c")
async def test_a_naming_that_nobody_confirmed_is_told_to_no_supplier(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    supplier = await supplier_manager(session)
    right = await name_contact(session, key_user, limits=limits(supplier_id=supplier.organisation_id))
    await right_verbs.end_right(session, key_user, right.id, reason="Entered by mistake.", now=NOW)
    for event in await events_of(session, right):
        assert not await who_sees(session, supplier, event)
        assert await who_sees(session, key_user, event)


@pytest.mark.rule("H11.8.1-a")
async def test_whoever_enters_namings_may_end_a_right_in_force_and_nobody_else(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    right = await name_contact(session, key_user)
    await right_verbs.confirm_right(session, namer, right.id, now=NOW)
    end = {"reason": "Has left.", "now": NOW}
    ended = right_verbs.end_right(session, await tiera_product_owner(session), right.id, **end)
    assert (await refused(ended)).code is Code.NOT_PERMITTED
    assert right.state is RightState.IN_FORCE
    await right_verbs.end_right(session, key_user, right.id, **end)
    assert (right.state, right.ended_by_id) == (RightState.ENDED, key_user.person_id)


@pytest.mark.rule("H11.8.1-c")
async def test_who_could_order_on_a_day_is_known_for_any_day_as_it_was_known_on_any_other(
    session: AsyncSession,
) -> None:
    right = await make_right(session, await make_person(session))
    right.confirmed_at = start_of_day(date(2026, 3, 10)) + timedelta(hours=9)
    right.ended_at = start_of_day(date(2026, 9, 20)) + timedelta(hours=9)
    right.state = RightState.ENDED
    await session.flush()

    async def could(day: date, known_on: date | None = None) -> bool:
        wanted = sa.select(OrderingRight.id).where(
            OrderingRight.id == right.id, in_force_on(OrderingRight, day, known_on)
        )
        return (await session.scalars(wanted)).first() is not None

    assert [await could(date(2026, 3, day)) for day in (9, 10, 11)] == [False, True, True]
    assert [await could(date(2026, 9, day)) for day in (19, 20, 21)] == [True, False, False]
    assert not await could(date(2027, 1, 1))
    assert await could(date(2026, 11, 1), known_on=date(2026, 9, 19))
    assert not await could(date(2026, 11, 1), known_on=date(2026, 9, 20))
    assert not await could(date(2026, 5, 1), known_on=date(2026, 3, 9))
    assert await could(date(2026, 5, 1), known_on=TODAY)


async def test_rights_are_seen_by_those_whom_they_cover(session: AsyncSession) -> None:
    supplier, other = await supplier_manager(session), await supplier_manager(session)
    customer = await customer_representative(session)
    person = await make_person(session)
    org = await queries.get_organisation(session, customer, customer.organisation_id or 0)
    for_all = await make_right(session, person)
    proposed = await make_right(session, person, state=RightState.PROPOSED)
    at_customer = await make_right(session, person, org)
    for_one = await make_right(session, person)
    for_one.supplier_id = supplier.organisation_id
    await session.flush()
    mine = [for_all, proposed, at_customer, for_one]

    async def seen(actor: Actor) -> list[bool]:
        wanted = sa.select(OrderingRight.id).where(visible_rights(actor, OrderingRight))
        ids = set((await session.scalars(wanted)).all())
        return [right.id in ids for right in mine]

    assert await seen(an_actor(ActorKind.BUYER)) == [True] * 4
    assert await seen(supplier) == [True, False, True, True]
    assert await seen(other) == [True, False, True, False]
    assert await seen(customer) == [False, False, True, False]


@pytest.mark.rule("H11.8.1-b")
async def test_that_a_right_ends_is_told_before_and_after(session: AsyncSession) -> None:
    key_user, namer = await tiera_key_user(session), await tiera_service_manager(session)
    supplier = await make_agreement(session)
    right = await name_contact(
        session, key_user, limits=limits(agreement_id=supplier.id, valid_until=date(2027, 1, 31))
    )
    await right_verbs.confirm_right(session, namer, right.id, now=NOW)
    for day in (date(2027, 1, 1), date(2027, 1, 2), date(2027, 2, 1), date(2027, 2, 2)):
        await deadlines.pass_deadlines(session, SCHEDULE, now=start_of_day(day) + timedelta(hours=6))
    names = [event.name for event in await events_of(session, right)][3:]
    assert names == ["ordering_right.ends_soon", "ordering_right.has_ended", "ordering_right.told"]

    again = await name_contact(session, key_user, limits=limits(valid_until=date(2027, 1, 31)))
    await right_verbs.confirm_right(session, namer, again.id, now=NOW)
    await right_verbs.end_right(session, namer, again.id, reason="Has left.", now=NOW)
    clock = (await session.scalars(sa.select(Deadline).where(Deadline.about_id == again.id))).one()
    assert clock.dropped_at == NOW
