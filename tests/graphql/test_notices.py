"""The bell, timelines and preferences through the schema: in the reader's language, and no more than they may see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from backend.graphql import schema
from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from backend.kit.actor import SCHEDULE, Actor, Language
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.events import Audience
from backend.notices import verbs
from backend.notices.model import Delivery
from backend.notices.states import Way
from backend.orders.model import Order
from backend.parties.model import Person
from tests.hours.making import Work, make_work
from tests.making import NOW, customer_representative, make_organisation, supplier_manager, tiera_key_user
from tests.notices.making import happen, tell

BELL = """
query Bell($where: NoticeFilter) { notices(where: $where) { totalCount nodes {
  id isRead isRequired event { name sentence by channel rule at subject { id number title url } within { id } }
} } }
"""
TIMELINE = "query Line($id: ID!) { order(id: $id) { timeline { nodes { name sentence by } } } }"


class House:
    """A database in which something has happened to an order, and the schema's door to it."""

    def __init__(self, sessions: Sessions, door: Door, work: Work, manager: Actor) -> None:
        self.sessions, self.door, self.work, self.manager = sessions, door, work, manager

    async def ask(self, actor: Actor, document: str, **variables: Any) -> dict[str, Any]:
        response = orjson.loads(await self.door.execute(document, variables, actor))
        assert "errors" not in response, response["errors"]
        data: dict[str, Any] = response["data"]
        return data


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    engine = make_engine(database_url, pool_size=2)
    sessions = make_sessions(engine)
    reads = Database(database_url, size=1)
    await reads.open()
    async with sessions.begin() as session:
        work = await make_work(session)
        manager = await supplier_manager(session, work.supplier)
        await happen(session, "order.estimate_requested", work.order, work.manager, due_at=NOW, rule="H11.3.1-a")
        await happen(session, "order.class_raised", work.order, work.manager, size_class="project")
        await tell(session)
    door = Door(schema.build(), reads.fetch, Entrance(sessions, clock=lambda: NOW))
    yield House(sessions, door, work, manager)
    await reads.close()
    await engine.dispose()


async def test_the_bell_tells_the_newest_first_with_what_it_is_about(house: House) -> None:
    found = (await house.ask(house.manager, BELL))["notices"]
    assert found["totalCount"] == 2
    raised, asked = found["nodes"]
    assert raised["event"]["name"] == "order.class_raised" and not raised["isRequired"]
    assert asked["event"]["subject"] == {
        "id": f"Order:{house.work.order.id}",
        "number": house.work.order.number,
        "title": house.work.order.title,
        "url": f"/tilaukset/{house.work.order.id}",
    }
    assert asked["event"]["rule"] == "H11.3.1-a" and asked["isRequired"] and not asked["isRead"]


@pytest.mark.parametrize("language", Language)
async def test_the_bell_speaks_its_readers_language(house: House, language: Language) -> None:
    found = (await house.ask(replace(house.manager, language=language), BELL))["notices"]["nodes"][0]
    said = {
        Language.FI: "Tilaus nostettiin suurempaan ryhmään: Projekti.",
        Language.SV: "Beställningen fördes till en större grupp: Projekt.",
        Language.EN: "The order was put into a larger class: Project.",
    }
    assert found["event"]["sentence"] == said[language]


async def test_others_do_not_see_my_bell(house: House) -> None:
    async with house.sessions.begin() as session:
        other = await supplier_manager(session, house.work.supplier)
    assert (await house.ask(other, BELL))["notices"]["totalCount"] == 0


async def test_the_bell_hides_what_may_not_be_seen_any_more(house: House) -> None:
    async with house.sessions.begin() as session:
        elsewhere = await make_organisation(session)
        await session.execute(sa.update(Order).values(supplier_id=elsewhere.id))
    assert (await house.ask(house.manager, BELL))["notices"]["totalCount"] == 0


async def test_what_is_read_is_read_and_the_rest_is_not(house: House) -> None:
    first, second = (await house.ask(house.manager, BELL))["notices"]["nodes"]
    mark = "mutation M($input: MarkNoticesReadInput!) { markNoticesRead(input: $input) { userErrors { code } } }"
    await house.ask(house.manager, mark, input={"noticeIds": [second["id"]]})
    unread = (await house.ask(house.manager, BELL, where={"isRead": False}))["notices"]["nodes"]
    assert [row["id"] for row in unread] == [first["id"]]
    everything = (
        "mutation M($input: MarkAllNoticesReadInput!) { markAllNoticesRead(input: $input) { userErrors { code } } }"
    )
    await house.ask(house.manager, everything, input={"untilId": first["id"]})
    assert (await house.ask(house.manager, BELL, where={"isRead": False}))["notices"]["totalCount"] == 0
    assert (await house.ask(house.manager, BELL, where={"isRead": True}))["notices"]["totalCount"] == 2


async def test_a_timeline_shows_each_side_what_is_meant_for_it(house: House) -> None:
    async with house.sessions.begin() as session:
        asking = await customer_representative(session)
        order = await session.get_one(Order, house.work.order.id)
        order.customer_id = asking.organisation_id
        await happen(session, "order.accepted", order, house.work.manager, audience=Audience.ALL)
        await happen(session, "order.started", order, house.manager, audience=Audience.ALL)
        await happen(session, "order.edited", order, house.work.manager, audience=Audience.TIERA)
        tieras = await session.get_one(Person, house.work.manager.person_id)
        theirs = await session.get_one(Person, house.manager.person_id)
    ref = f"Order:{house.work.order.id}"

    async def line(actor: Actor) -> list[tuple[str, str]]:
        nodes = (await house.ask(actor, TIMELINE, id=ref))["order"]["timeline"]["nodes"]
        return [(node["name"], node["by"]) for node in nodes]

    for_customer = [("order.started", house.work.supplier.name), ("order.accepted", tieras.name)]
    assert await line(asking) == for_customer  # of the supplier's people only for whom they act
    for_supplier = await line(house.manager)
    assert for_supplier[:2] == [("order.started", theirs.name), ("order.accepted", tieras.name)]
    assert len(for_supplier) == 4
    assert (await line(house.work.manager))[0][0] == "order.edited"


async def test_nothing_happens_within_a_thing_whose_timeline_would_not_show_it(house: House) -> None:
    async with house.sessions() as session:
        order = await session.get_one(Order, house.work.order.id)
        with pytest.raises(ValueError, match="Order is registered as no part of Organisation"):
            await happen(session, "order.edited", order, within=house.work.supplier)


async def test_one_chooses_what_one_wants_to_be_told(house: House) -> None:
    choose = "mutation C($input: ChooseNoticesInput!) { chooseNotices(input: $input) { userErrors { code } } }"
    await house.ask(house.manager, choose, input={"bellTopics": ["ORDERS", "HOURS"], "mailTopics": ["HOURS"]})
    wanted = "{ noticePreferences { topic way isWanted } }"
    chosen = (await house.ask(house.manager, wanted))["noticePreferences"]
    assert {(row["topic"], row["way"]) for row in chosen if row["isWanted"]} == {
        ("ORDERS", "BELL"),
        ("HOURS", "BELL"),
        ("HOURS", "MAIL"),
    }
    assert (await house.ask(house.work.manager, wanted))["noticePreferences"] == []


async def test_mails_that_failed_are_the_key_users_to_send_again(house: House) -> None:
    async with house.sessions.begin() as session:
        key_user = await tiera_key_user(session)
        sent = sa.and_(Delivery.way == Way.MAIL, Delivery.withheld.is_(None))
        mail = await session.scalar(sa.select(Delivery.id).where(sent).limit(1))
        assert mail is not None
        await verbs.fail_mail(session, SCHEDULE, mail, "550 no such user", is_final=True, now=NOW)
    failed = "{ failedMails { nodes { id failure tries person { id } event { name } } } }"
    (row,) = (await house.ask(key_user, failed))["failedMails"]["nodes"]
    assert row["failure"] == "550 no such user"
    again = "mutation A($input: TryMailAgainInput!) { tryMailAgain(input: $input) { userErrors { code } } }"
    done = await house.ask(key_user, again, input={"mailId": row["id"], "idempotencyKey": "1"})
    assert done["tryMailAgain"]["userErrors"] == []
    assert (await house.ask(key_user, failed))["failedMails"]["nodes"] == []
