"""With a person's last role in an organisation their ordering rights there end (11.8.1)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit import deadlines
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.calendar import start_of_day
from backend.parties import people_verbs, right_verbs
from backend.parties.model import Organisation, Person, RoleHeld
from backend.parties.right_model import OrderingRight
from backend.parties.right_queries import ENDS_WITH_ROLE_FROM, in_force_on
from backend.parties.states import RightState
from backend.rulebook.roles import Role
from tests.making import (
    NOW,
    TODAY,
    make_agreement,
    make_organisation,
    make_person,
    make_role,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import DOCUMENT, LIMITS, events_of, name_contact
from tests.parties.test_people_verbs import refused

LAST_DAY = date(2026, 12, 15)
OVER = start_of_day(LAST_DAY + timedelta(days=1))
ALWAYS = Range(date(2026, 1, 1), None)


class Contact:
    """Somebody at Tiera with one role and two rights, and a third that waits for confirmation."""

    key_user: Actor
    namer: Actor
    tiera: Organisation
    person: Person
    role: RoleHeld
    rights: list[OrderingRight]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def end(self, last_day: date = LAST_DAY, *, now: datetime = NOW) -> None:
        await people_verbs.end_role(
            self.session, self.key_user, self.role.id, last_day=last_day, reason="Leaves.", now=now
        )

    @property
    def states(self) -> list[RightState]:
        return [right.state for right in self.rights]


IN_FORCE = [RightState.IN_FORCE, RightState.IN_FORCE, RightState.PROPOSED]


@pytest.fixture
async def contact(session: AsyncSession) -> Contact:
    made = Contact(session)
    made.key_user, made.namer = await tiera_key_user(session), await tiera_service_manager(session)
    made.tiera, made.person = await make_organisation(session, ActorKind.BUYER), await make_person(session)
    made.role = await make_role(session, made.person, made.tiera, Role.SOLUTION_EXPERT, valid=ALWAYS)
    made.rights = [await name_contact(session, made.key_user, made.person, made.tiera) for _ in range(3)]
    for right in made.rights[:2]:
        await right_verbs.confirm_right(session, made.namer, right.id, now=NOW)
    return made


async def passing(session: AsyncSession, now: datetime) -> None:
    await deadlines.pass_deadlines(session, SCHEDULE, now=now)


@pytest.mark.rule("H11.8.1-a", "H11.8.1-c")
async def test_with_the_last_role_its_ordering_rights_end_on_the_same_day_and_suppliers_are_told(
    session: AsyncSession, contact: Contact
) -> None:
    agreement = await make_agreement(session)
    await contact.end()
    await passing(session, OVER - timedelta(seconds=1))
    assert contact.states == IN_FORCE
    await passing(session, OVER + timedelta(hours=3))
    assert {(right.state, right.ended_at) for right in contact.rights} == {(RightState.ENDED, OVER)}
    for right, told in zip(contact.rights, (1, 1, 0), strict=True):
        (ended,) = await events_of(session, right, "ordering_right.ended")
        assert ended.person_id is None
        to_suppliers = [
            event
            for event in await events_of(session, right, "ordering_right.told")
            if (event.supplier_id, event.figures["change"]) == (agreement.organisation_id, "ordering_right.ended")
        ]
        assert len(to_suppliers) == told


@pytest.mark.rule("H11.8.1-a")
async def test_an_end_that_is_brought_forward_ends_the_rights_with_it(session: AsyncSession, contact: Contact) -> None:
    await contact.end(LAST_DAY + timedelta(days=30))
    await contact.end(now=NOW + timedelta(hours=1))
    await passing(session, OVER)
    assert {(right.state, right.ended_at) for right in contact.rights} == {(RightState.ENDED, OVER)}


@pytest.mark.rule("H11.8.1-a")
async def test_a_role_that_is_said_to_have_ended_ends_rights_from_then_on(
    session: AsyncSession, contact: Contact
) -> None:
    await contact.end(TODAY - timedelta(days=20))
    await passing(session, NOW + timedelta(minutes=1))
    assert {(right.state, right.ended_at) for right in contact.rights} == {(RightState.ENDED, NOW)}


@pytest.mark.rule("H11.8.1-a")
@pytest.mark.parametrize("begins", [TODAY, LAST_DAY + timedelta(days=40)])
async def test_another_role_in_the_organisation_held_or_to_come_keeps_the_rights(
    session: AsyncSession, contact: Contact, begins: date
) -> None:
    await make_role(session, contact.person, contact.tiera, Role.ICT_ARCHITECT, valid=Range(begins, None))
    await contact.end()
    await passing(session, OVER)
    assert contact.states == IN_FORCE


@pytest.mark.rule("H11.8.1-a")
async def test_where_the_clock_stood_still_rights_ended_with_the_last_of_the_roles(
    session: AsyncSession, contact: Contact
) -> None:
    other = await make_role(session, contact.person, contact.tiera, Role.ICT_ARCHITECT, valid=ALWAYS)
    await contact.end(LAST_DAY - timedelta(days=5))
    await people_verbs.end_role(session, contact.key_user, other.id, last_day=LAST_DAY, reason="Leaves.", now=NOW)
    await passing(session, OVER + timedelta(days=9))
    assert {(right.state, right.ended_at) for right in contact.rights} == {(RightState.ENDED, OVER)}


@pytest.mark.rule("H11.8.1-a")
async def test_a_role_elsewhere_keeps_none_and_rights_elsewhere_stay(session: AsyncSession, contact: Contact) -> None:
    town = await make_organisation(session, ActorKind.CUSTOMER)
    await make_role(session, contact.person, town, Role.REPRESENTATIVE, valid=ALWAYS)
    there = await name_contact(session, contact.key_user, contact.person, town)
    await contact.end()
    await passing(session, OVER)
    assert set(contact.states) == {RightState.ENDED}
    assert there.state is RightState.PROPOSED


@pytest.mark.rule("H11.8.1-a")
async def test_a_role_that_was_given_with_its_last_day_ends_rights_too(session: AsyncSession, contact: Contact) -> None:
    contact.role.valid = Range(date(2026, 1, 1), TODAY)
    await people_verbs.give_role(
        session,
        contact.key_user,
        person_id=contact.person.id,
        organisation_id=contact.tiera.id,
        role=Role.ICT_ARCHITECT,
        valid_from=TODAY,
        valid_until=LAST_DAY,
        now=NOW,
    )
    await passing(session, OVER)
    assert set(contact.states) == {RightState.ENDED}


@pytest.mark.rule("H11.8.1-a")
@pytest.mark.parametrize("first_day", [TODAY, LAST_DAY])
async def test_where_the_only_role_is_called_off_the_rights_end(
    session: AsyncSession, contact: Contact, first_day: date
) -> None:
    contact.role.valid = Range(first_day, None)
    await contact.end(first_day - timedelta(days=1))
    await passing(session, NOW + timedelta(minutes=1))
    assert set(contact.states) == {RightState.ENDED}
    assert {right.ended_at for right in contact.rights} == {NOW}


@pytest.mark.rule("H11.8.1-a")
async def test_without_a_role_a_naming_is_neither_confirmed_nor_replaced(
    session: AsyncSession, contact: Contact
) -> None:
    contact.role.valid = Range(date(2026, 1, 1), TODAY)
    waiting, old = contact.rights[2], contact.rights[0]
    given: dict[str, Any] = {"limits": LIMITS, "document": DOCUMENT, "now": NOW}
    for attempt in (
        right_verbs.confirm_right(session, contact.namer, waiting.id, now=NOW),
        right_verbs.replace_right(session, contact.key_user, old.id, **given),
    ):
        refusal = await refused(attempt)
        assert (refusal.errors[0].rule, refusal.errors[0].path) == ("H11.8.1-a", ())
    assert waiting.state is RightState.PROPOSED


@pytest.mark.rule("H11.8.1-a", "H11.3-b")
async def test_who_begins_later_is_named_from_that_day_on_and_not_before(
    session: AsyncSession, contact: Contact
) -> None:
    newcomer = await make_person(session)
    await make_role(session, newcomer, contact.tiera, Role.SOLUTION_EXPERT, valid=Range(LAST_DAY, None))
    name = partial(name_contact, session, contact.key_user, newcomer, contact.tiera)
    too_early = replace(LIMITS, valid_from=LAST_DAY - timedelta(days=1))
    refusal = await refused(name(limits=too_early))
    assert (refusal.errors[0].rule, refusal.errors[0].path) == ("H11.8.1-a", ("person_id",))
    right = await name(limits=replace(LIMITS, valid_from=LAST_DAY))
    await right_verbs.confirm_right(session, contact.namer, right.id, now=NOW)
    assert right.state is RightState.IN_FORCE


async def _could_order_on(session: AsyncSession, right: OrderingRight, day: date, known_on: date | None = None) -> bool:
    is_its = (OrderingRight.id == right.id, in_force_on(OrderingRight, day, known_on))
    return (await session.scalars(sa.select(OrderingRight.id).where(*is_its))).first() is not None


@pytest.mark.rule("H11.8.1-c")
async def test_who_can_order_on_a_day_to_come_holds_a_role_on_it(session: AsyncSession, contact: Contact) -> None:
    could = partial(_could_order_on, session, contact.rights[0])
    after, back = LAST_DAY + timedelta(days=1), LAST_DAY + timedelta(days=11)
    assert await could(after)
    await contact.end(now=NOW + timedelta(days=1))
    assert [await could(day) for day in (TODAY, LAST_DAY, after)] == [True, True, False]
    assert await could(after, TODAY), "as it was known before the end was announced"
    await make_role(session, contact.person, contact.tiera, Role.ICT_ARCHITECT, valid=Range(back, None))
    assert [await could(day) for day in (LAST_DAY, after, back)] == [True, False, True]
    await passing(session, OVER)
    assert [await could(day) for day in (LAST_DAY, after, back)] == [True, False, True]


@pytest.mark.rule("H11.8.1-c")
async def test_what_ends_a_right_later_changes_nothing_of_days_without_a_role(
    session: AsyncSession, contact: Contact
) -> None:
    could = [partial(_could_order_on, session, right) for right in contact.rights[:2]]
    after, known = LAST_DAY + timedelta(days=1), TODAY + timedelta(days=1)
    await contact.end(now=NOW + timedelta(days=1))
    await right_verbs.end_right(session, contact.key_user, contact.rights[0].id, reason="Leaves.", now=OVER)
    await passing(session, OVER)
    assert contact.rights[1].state is RightState.ENDED
    for one in could:
        assert [await one(day) for day in (TODAY, LAST_DAY, after)] == [True, True, False]
        assert [await one(after, day) for day in (TODAY, known)] == [True, False]


@pytest.mark.rule("H11.8.1-c")
async def test_of_a_gap_between_roles_a_list_stays_when_the_right_has_ended(
    session: AsyncSession, contact: Contact
) -> None:
    could = partial(_could_order_on, session, contact.rights[0])
    back = LAST_DAY + timedelta(days=11)
    await make_role(session, contact.person, contact.tiera, Role.ICT_ARCHITECT, valid=Range(back, None))
    await contact.end()
    later = start_of_day(back + timedelta(days=30))
    await right_verbs.end_right(session, contact.key_user, contact.rights[0].id, reason="Leaves.", now=later)
    days = (LAST_DAY, LAST_DAY + timedelta(days=1), back)
    assert [await could(day) for day in days] == [True, False, True]


@pytest.mark.rule("H11.8.1-c")
async def test_a_right_without_a_role_was_in_force_on_days_before_any_ended_with_one(
    session: AsyncSession, contact: Contact
) -> None:
    could = partial(_could_order_on, session, contact.rights[0])
    contact.role.valid = Range(ALWAYS.lower, TODAY)
    border = ENDS_WITH_ROLE_FROM
    assert [await could(day) for day in (border - timedelta(days=1), border)] == [True, False]


@pytest.mark.rule("H11.8.1-c")
async def test_who_could_order_on_a_day_that_is_past_could_whatever_end_was_announced_later(
    session: AsyncSession, contact: Contact
) -> None:
    could = partial(_could_order_on, session, contact.rights[0])
    later = NOW + timedelta(days=10)
    await make_role(session, contact.person, contact.tiera, Role.ICT_ARCHITECT, valid=Range(later.date(), None))
    await contact.end(TODAY - timedelta(days=20), now=later)
    assert [await could(TODAY + timedelta(days=days)) for days in (0, 9, 10)] == [True, True, True]


@pytest.mark.rule("H11.8.1-c")
async def test_a_role_that_was_called_off_lets_nobody_order_since_then(session: AsyncSession, contact: Contact) -> None:
    could = partial(_could_order_on, session, contact.rights[0])
    contact.role.valid = Range(LAST_DAY, None)
    await contact.end(LAST_DAY - timedelta(days=1), now=NOW + timedelta(days=1))
    assert not await could(LAST_DAY)
    assert await could(LAST_DAY, TODAY), "as it was known before it was called off"
