"""Who asks, and what lets them in, by the schema."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.graphql import schema as schemas
from backend.graphql.door import Door
from backend.graphql.reads.database import Database
from backend.identity import token_verbs, verbs
from backend.identity.hashing import Handover, hashed
from backend.identity.model import ApiToken
from backend.identity.states import Scope
from backend.kit.actor import Actor, ActorKind
from backend.parties.model import Organisation, Person
from backend.rulebook.roles import Role
from backend.rulebook.rules import RULES
from tests.identity.making import MORNING, House, acting, add_member, add_organisation, add_role


class Scene:
    """The schema over a database in which a person of Tiera and one of a supplier have sessions and keys."""

    def __init__(self, house: House, door: Door) -> None:
        self.house, self.door = house, door
        self.tiera: Organisation
        self.supplier: Organisation
        self.key_user: Person
        self.expert: Person
        self.by_key_user: Actor
        self.by_expert: Actor

    async def ask(self, actor: Actor, document: str, **variables: Any) -> dict[str, Any]:
        return await self.door.read(document, variables, actor)


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    house = House(database_url)
    reads = Database(database_url, size=1)
    await reads.open()
    scene = Scene(house, Door(schemas.build(), reads.fetch, house.entrance))
    async with house.sessions.begin() as session:
        scene.tiera = await add_organisation(session, "Kuntien Tiera")
        scene.supplier = await add_organisation(session, "Alfa Oy", ActorKind.SUPPLIER)
        scene.key_user = await add_member(session, scene.tiera, Role.KEY_USER, "Kaisa Avain", password=None)
        scene.expert = await add_member(session, scene.supplier, Role.EXPERT, "Anna Osaaja", password=None)
        await add_role(session, scene.expert, scene.tiera, Role.SOLUTION_EXPERT)
        scene.by_key_user = acting(scene.key_user, scene.tiera, Role.KEY_USER)
        scene.by_expert = acting(scene.expert, scene.supplier, Role.EXPERT)
        for person in (scene.key_user, scene.expert):
            await verbs.begin_session(session, verbs.UNKNOWN, person.id, Handover(), agent="Firefox", now=MORNING)
    yield scene
    await reads.close()
    await house.engine.dispose()


VIEWER = """query ($on: Date!) { viewer {
    kind language roles person { name } organisation { name } organisations(on: $on) { name } } }"""


async def test_the_viewer_is_who_asks_and_for_whom_they_may_act(scene: Scene) -> None:
    viewer = (await scene.ask(scene.by_expert, VIEWER, on="2026-11-24"))["viewer"]
    organisations = viewer.pop("organisations")
    assert viewer == {
        "kind": "SUPPLIER",
        "language": "FI",
        "roles": ["expert"],
        "person": {"name": "Anna Osaaja"},
        "organisation": {"name": "Alfa Oy"},
    }
    assert {organisation["name"] for organisation in organisations} == {"Alfa Oy", "Kuntien Tiera"}
    assert (await scene.ask(scene.by_expert, VIEWER, on="2025-11-24"))["viewer"]["organisations"] == []


async def test_a_program_is_nobody_in_person(scene: Scene) -> None:
    program = Actor(ActorKind.BUYER, organisation_id=scene.tiera.id, service_account_id=1)
    viewer = (await scene.ask(program, VIEWER, on="2026-11-24"))["viewer"]
    assert (viewer["person"], viewer["organisations"]) == (None, [])
    assert viewer["organisation"] == {"name": "Kuntien Tiera"}


SESSIONS = "query ($at: DateTime!) { sessions(at: $at) { nodes { id agent organisation { name } } } }"


async def test_one_sees_ones_own_sessions_while_they_live(scene: Scene) -> None:
    found = (await scene.ask(scene.by_expert, SESSIONS, at="2026-11-24T07:00:00Z"))["sessions"]["nodes"]
    assert [(row["agent"], row["organisation"]["name"]) for row in found] == [("Firefox", "Alfa Oy")]
    idle = await scene.ask(scene.by_expert, SESSIONS, at="2026-11-24T14:00:00Z")
    assert idle["sessions"]["nodes"] == []


async def test_neither_list_nor_number_shows_the_sessions_and_keys_of_another(scene: Scene) -> None:
    async with scene.house.sessions.begin() as session:
        end = MORNING.date().replace(year=2027, month=1)
        key = await token_verbs.make_token(
            session, scene.by_expert, "Oma", [Scope.READ, Scope.REPORT], end, Handover(), now=MORNING
        )
    mine = await scene.ask(scene.by_expert, "{ apiTokens { nodes { id name scopes } } }")
    own = {"id": f"ApiToken:{key.id}", "name": "Oma", "scopes": ["READ", "REPORT"]}
    assert mine["apiTokens"]["nodes"] == [own]
    others = await scene.ask(scene.by_key_user, "{ apiTokens { nodes { id } } }")
    assert others["apiTokens"]["nodes"] == []
    session_id = (await scene.ask(scene.by_expert, SESSIONS, at="2026-11-24T07:00:00Z"))["sessions"]["nodes"][0]["id"]
    for identifier in (f"ApiToken:{key.id}", session_id):
        node = "query ($id: ID!) { node(id: $id) { id } }"
        assert (await scene.ask(scene.by_expert, node, id=identifier))["node"] == {"id": identifier}
        assert (await scene.ask(scene.by_key_user, node, id=identifier))["node"] is None


CREATE = """mutation ($input: CreateApiTokenInput!) {
    createApiToken(input: $input) { secret apiToken { id hint scopes } userErrors { code path message } } }"""


async def test_a_key_is_handed_over_once_and_a_repeat_finds_the_key_without_it(scene: Scene) -> None:
    asked = {"name": "Oma", "scopes": ["READ"], "expiresOn": "2027-01-31", "idempotencyKey": "1"}
    made = (await scene.ask(scene.by_expert, CREATE, input=asked))["createApiToken"]
    assert made["userErrors"] == []
    assert made["secret"].startswith(made["apiToken"]["hint"])
    again = (await scene.ask(scene.by_expert, CREATE, input=asked))["createApiToken"]
    assert (again["secret"], again["apiToken"]) == (None, made["apiToken"])
    other = (await scene.ask(scene.by_expert, CREATE, input=asked | {"name": "Toinen"}))["createApiToken"]
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    async with scene.house.sessions() as session:
        token = await session.get_one(ApiToken, int(made["apiToken"]["id"].partition(":")[2]))
        assert token.secret_hash == hashed(made["secret"])


async def test_a_refused_key_hands_nothing_over_and_says_where_it_is_wrong(scene: Scene) -> None:
    asked = {"name": "Oma", "scopes": ["READ"], "expiresOn": "2026-11-23", "idempotencyKey": "1"}
    refused = (await scene.ask(scene.by_expert, CREATE, input=asked))["createApiToken"]
    assert (refused["secret"], refused["apiToken"]) == (None, None)
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [("INVALID", ["expiresOn"])]


INVITE = """mutation ($input: InvitePersonInput!) {
    invitePerson(input: $input) { linkPath person { name } userErrors { code } } }"""


async def test_only_the_key_user_invites(scene: Scene) -> None:
    asked = {"personId": f"Person:{scene.expert.id}", "idempotencyKey": "1"}
    refused = (await scene.ask(scene.by_expert, INVITE, input=asked))["invitePerson"]
    assert refused == {"linkPath": None, "person": None, "userErrors": [{"code": "NOT_PERMITTED"}]}
    made = (await scene.ask(scene.by_key_user, INVITE, input=asked))["invitePerson"]
    assert made["linkPath"].startswith("/kutsu/")
    assert made["person"] == {"name": "Anna Osaaja"}


async def test_service_accounts_are_seen_by_their_own_side(scene: Scene) -> None:
    create = """mutation ($input: CreateServiceAccountInput!) {
        createServiceAccount(input: $input) { serviceAccount { name organisation { name } } userErrors { code } } }"""
    asked = {"organisationId": f"Organisation:{scene.tiera.id}", "name": "R", "purpose": "Luvut", "idempotencyKey": "1"}
    refused = (await scene.ask(scene.by_expert, create, input=asked))["createServiceAccount"]
    assert refused["userErrors"] == [{"code": "NOT_PERMITTED"}]
    await scene.ask(scene.by_key_user, create, input=asked)
    theirs = asked | {"organisationId": f"Organisation:{scene.supplier.id}", "name": "T", "idempotencyKey": "2"}
    await scene.ask(scene.by_key_user, create, input=theirs)
    listed = "{ serviceAccounts { nodes { name organisation { name } } } }"
    seen = (await scene.ask(scene.by_expert, listed))["serviceAccounts"]["nodes"]
    assert seen == [{"name": "T", "organisation": {"name": "Alfa Oy"}}]
    assert len((await scene.ask(scene.by_key_user, listed))["serviceAccounts"]["nodes"]) == 2


async def test_every_rule_is_told_with_what_keeps_it(scene: Scene) -> None:
    found = (await scene.ask(scene.by_expert, "{ rules { name sentence kinds later keptBy lines } }"))["rules"]
    assert [rule["name"] for rule in found] == list(RULES)
    rights = next(rule for rule in found if rule["name"] == "H11.8.1-b")
    assert rights["kinds"] == ["ENFORCED"]
    assert any(place.startswith("backend.parties.rules:check_right") for place in rights["keptBy"])
    assert rights["sentence"].startswith("Tilausyhteyshenkilöitä")
