"""What is for many is told to all of them in a handful of statements, and to nobody else."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import verbs
from backend.bulletins.states import BulletinKind, Receivers
from backend.kit.actor import ActorKind
from backend.kit.database import Thing
from backend.kit.events import Audience, Event
from backend.notices import queries
from backend.notices.model import Delivery, NoticePreference
from backend.notices.states import Topic, Way
from backend.rulebook.roles import Role
from bench.statements import counting
from tests.bulletins.making import (
    Sides,
    agree,
    content,
    incident,
    make_draft,
    make_incident,
    make_published,
    make_sides,
)
from tests.governance.making import make_circle
from tests.making import NOW, customer_representative, make_organisation, make_person, make_role, tiera_key_user
from tests.notices.making import happen, tell, told


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_sides(session)


async def published_event(session: AsyncSession) -> Event:
    newest = sa.select(Event).where(Event.name == "bulletin.published").order_by(Event.id.desc()).limit(1)
    return (await session.scalars(newest)).one()


async def statements_of_telling(session: AsyncSession) -> int:
    """Beside the rows themselves, which the driver sends together."""
    with counting() as sent:
        await tell(session)
    return sum(not each.startswith("INSERT INTO deliveries") for each in sent)


@pytest.mark.rule("H11.11-a")
async def test_however_many_read_a_bulletin_they_are_told_in_as_many_statements(
    session: AsyncSession, s: Sides
) -> None:
    await tell(session)
    await make_published(session, s.tiera, content(s))
    few = await statements_of_telling(session)
    for _ in range(20):
        await customer_representative(session)
    await make_published(session, s.tiera, content(s))
    assert await statements_of_telling(session) <= few
    assert len(await told(session, await published_event(session))) == 22


async def test_each_reader_is_told_once_for_an_organisation_that_it_is_for_and_as_they_chose(
    session: AsyncSession, s: Sides
) -> None:
    in_both = await make_person(session, "Kahden Kunnan Kaisa")
    first = await make_organisation(session, ActorKind.CUSTOMER, "Aakkola")
    for customer in (first, s.nordby):
        await make_role(session, in_both, customer, Role.REPRESENTATIVE)
    for way in Way:
        chosen = {"topic": Topic.BULLETINS, "way": way, "is_wanted": way is Way.BELL, "chosen_at": NOW}
        session.add(NoticePreference(person_id=s.in_nordby.person_id, **chosen))
    await session.flush()
    named = content(s, kind=BulletinKind.CHANGE, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.nordby.id])
    await make_published(session, s.tiera, named)
    await tell(session)
    event = await published_event(session)
    assert await told(session, event) == sorted([in_both.id, s.in_nordby.person_id])
    assert await told(session, event, Way.MAIL) == [in_both.id]
    of_both = sa.select(Delivery.organisation_id).where(Delivery.event_id == event.id, Delivery.person_id == in_both.id)
    assert set(await session.scalars(of_both)) == {s.nordby.id}


async def test_who_of_many_may_see_is_who_each_alone_may(session: AsyncSession, s: Sides) -> None:
    circle = await make_circle(session)
    strangers = [await customer_representative(session), await tiera_key_user(session)]
    actors = [s.tiera, s.supplier_manager, s.stranger, s.in_mallila, s.in_nordby, *strangers, *circle.everybody]
    to_one = await make_published(
        session, s.tiera, content(s, receivers=Receivers.ORGANISATIONS, organisation_ids=[s.nordby.id])
    )
    draft = await make_draft(session, s.supplier_manager, content(s, receivers=Receivers.TIERA))
    things: list[Thing] = [to_one, draft, circle.body, *circle.seats.values()]
    for thing in things:
        for audience in Audience:
            event = await happen(session, "bulletin.edited", thing, audience=audience)
            alone = {
                (actor.person_id, actor.organisation_id)
                for actor in actors
                if await queries.may_see(session, actor, event)
            }
            assert await queries.who_may_see(session, actors, event) == alone


@pytest.mark.rule("H11.11-b")
async def test_what_a_supplier_tells_customers_itself_tieras_service_managers_hear_too(
    session: AsyncSession, s: Sides
) -> None:
    await agree(session, s, supplier_informs=True, organisation_ids=[s.mallila.id])
    await make_published(session, s.supplier_manager, incident(s, about=await make_incident(session, s)))
    await tell(session)
    event = await published_event(session)
    assert await told(session, event) == sorted([s.in_mallila.person_id, s.tiera.person_id])
    await verbs.withdraw_bulletin(session, s.tiera, bulletin_id=event.subject_id, reason="Ei pidä paikkaansa.", now=NOW)
    await tell(session)
    newest = sa.select(Event).where(Event.name == "bulletin.withdrawn")
    told_back = await told(session, (await session.scalars(newest)).one())
    both_managers = [s.manager.id, s.supplier_manager.person_id]
    assert told_back == sorted([s.in_mallila.person_id, *both_managers]), "the supplier hears what Tiera took back"
    await make_published(session, s.tiera, content(s))
    await tell(session)
    assert s.tiera.person_id not in await told(session, await published_event(session))
