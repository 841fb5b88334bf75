"""The desk: what waits, the most urgent first, and the same counts in the menu."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import pytest
from graphql import parse, validate

from backend.graphql import schema as schemas
from backend.identity import token_verbs
from backend.kit.actor import Actor, ActorKind
from backend.kit.translation import Text
from backend.rulebook.roles import Right, Role
from tests.identity.making import MORNING, acting
from tests.web.portal import Portal
from web import menu, nouns
from web.desk import sections
from web.desk.sections import Card, Panel, Section
from web.orders import desk as orders

NOW = datetime.now(UTC)


def _card(title: str, due: object) -> Card:
    return Card(title, "/x", Text("Decide"), due)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due", "day", "late"),
    [
        (None, None, False),
        (date(2020, 1, 1), date(2020, 1, 1), True),
        ("2020-01-01", date(2020, 1, 1), True),
        ("2020-01-01T22:30:00Z", date(2020, 1, 2), True),
        ("2120-01-01", date(2120, 1, 1), False),
        (NOW - timedelta(minutes=5), None, True),
        (NOW + timedelta(days=2), None, False),
    ],
)
def test_a_card_knows_its_day_in_helsinki_and_whether_it_is_late(due: object, day: date | None, late: bool) -> None:
    card = _card("x", due)
    assert card.is_late is late
    if not isinstance(due, datetime):
        assert card.due_on == day


def test_every_part_of_the_desk_fits_the_schema() -> None:
    schema = schemas.build()._schema
    shown = sections.parts()
    tasks = tuple(part for part in shown if isinstance(part, Section))
    texts = [sections.document(shown)] if shown else []
    texts += [sections.document(tasks, counts_only=True)] if tasks else []
    assert [error for text in texts for error in validate(schema, parse(text))] == []


def test_the_day_of_a_delivery_is_nobodys_day_but_that_of_the_supplier_that_mends_it() -> None:
    order = {"id": "Order:1", "number": "TIL-1", "supplierNumber": None, "title": "A form", "customer": None}
    days = {"dueOn": "2020-01-01", "estimateDueAt": "2020-01-02T10:00:00Z", "openOverrun": {"dueAt": None}}
    shown = {part.key: part.card({**order, **days}) for part in orders.SECTIONS}
    late = {key for key, card in shown.items() if card.is_late}
    assert late == {"returned", "estimatesToGive"}
    assert {part.key for part in orders.SECTIONS if "dueOn" in part.item} == {"returned"}


@pytest.fixture
def filled() -> Iterator[None]:
    """A desk on which service accounts and sessions stand for work."""
    desk = ModuleType("a desk")
    desk.SECTIONS = (  # type: ignore[attr-defined]
        Section(
            key="later",
            place="orders",
            title=Text("Later"),
            field="sessions(at: $now, first: 1)",
            item="agent",
            card=lambda node: _card("a session", "2120-01-01"),
            shown_to=lambda actor: True,
        ),
        Section(
            key="urgent",
            place="rules",
            title=Text("Urgent"),
            field="serviceAccounts(first: 1)",
            item="name",
            card=lambda node: _card(node["name"], "2020-01-01"),
            shown_to=lambda actor: actor.may(Right.ADMINISTER),
            everything="/asetukset/palvelutunnukset",
        ),
    )
    desk.PANELS = (  # type: ignore[attr-defined]
        Panel("gaps", Text("Gaps"), "unfilledRoles(on: $today) { role }", "desk/gaps.html", lambda actor: False),
    )
    found = nouns.desks
    nouns.desks = lambda: [desk]
    sections.parts.cache_clear()
    yield
    nouns.desks = found
    sections.parts.cache_clear()


@pytest.mark.usefixtures("filled")
async def test_what_waits_stands_in_order_with_its_day_and_one_button(portal: Portal) -> None:
    async with portal.house.sessions.begin() as session:
        actor = acting(portal.key_user, portal.tiera, Role.KEY_USER)
        for name in ("Raportointi", "Tuonti"):
            await token_verbs.make_service_account(session, actor, portal.supplier.id, name, "x", now=MORNING)
    browser = await portal.signed_in(portal.key_user)
    page = (await browser.get("/tyopoyta")).text
    assert page.index("Urgent") < page.index("Later")
    assert "2 wait" in page
    assert '<time datetime="2020-01-01">1.1.2020</time> <span class="due-word">late</span>' in page
    assert 'href="/asetukset/palvelutunnukset">Show all 2' in page
    assert "Nothing waits" not in page


@pytest.mark.usefixtures("filled")
async def test_the_menu_counts_only_what_this_person_is_shown(portal: Portal) -> None:
    browser = await portal.signed_in()
    page = (await browser.get("/tyopoyta")).text
    assert "Urgent" not in page
    assert "Later" in page


@pytest.mark.usefixtures("filled")
def test_panels_and_sections_share_one_operation_and_declare_only_what_they_use() -> None:
    shown = sections.parts()
    assert sections.document(shown).startswith("query Desk($today: Date!, $now: DateTime!) { later: sessions(")
    tasks = tuple(part for part in shown if isinstance(part, Section))
    assert sections.document(tasks, counts_only=True).startswith("query Counts($now: DateTime!) {")
    assert sections.document(tasks[1:], counts_only=True) == (
        "query Counts { urgent: serviceAccounts(first: 1) { totalCount  } }"
    )


def test_places_of_the_menu_are_for_their_people() -> None:
    paths = {place.path for place in menu.MENU}
    customer = Actor(ActorKind.CUSTOMER, rights=frozenset({Right.REQUEST_WORK}))
    shown = {item.key for item in menu.items(menu.MENU, customer, paths)}
    everybodys = {"desk", "tickets", "bulletins", "status", "papers", "orders", "rights", "people", "agreements"}
    assert shown == everybodys | {"figures"}
    supplier = Actor(ActorKind.SUPPLIER, rights=frozenset({Right.BOOK_HOURS}))
    assert {item.key for item in menu.items(menu.MENU, supplier, paths)} == everybodys | {"hours"}
    assert menu.items(menu.MENU, supplier, set()) == ()
