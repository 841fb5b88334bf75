"""The matrix of who may do what: nobody gets further than the rights of their roles, and nothing is unclassified."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import graphql as g
import orjson
import pytest
from strawberry.types.base import get_object_definition

from backend.graphql import schema as assembled
from backend.graphql.door import Door
from backend.graphql.mutations import registry
from backend.kit.actor import Actor, ActorKind
from backend.kit.entrance import Entered
from backend.kit.faults import Code
from backend.permissions import permissions
from backend.rulebook.roles import Right
from tests.people import EVERYBODY

OWN_MATTERS = {
    "acknowledge_bulletin",
    "change_view",
    "choose_language",
    "choose_notices",
    "create_api_token",
    "dismiss_bulletin",
    "end_calendar_key",
    "end_other_sessions",
    "end_session",
    "make_calendar_key",
    "mark_all_notices_read",
    "mark_notices_read",
    "remove_view",
    "revoke_api_token",
    "save_view",
    "withdraw_body_post",
    "write_body_post",
}
"""Mutations about one's own things only, which everybody who is signed in may try."""

DECISIONS = {
    Right.ACCEPT_DELIVERIES,
    Right.ADMINISTER,
    Right.AGREE_COMMUNICATION,
    Right.ANSWER_COMPLAINTS,
    Right.APPROVE_HOURS,
    Right.COMPLAIN,
    Right.CONFIRM_AGREED,
    Right.CONFIRM_BANK_ACCOUNTS,
    Right.CONFIRM_ORDERING_RIGHTS,
    Right.CONFIRM_ORDERS,
    Right.DECIDE_CHANGES,
    Right.DECIDE_OVERRUNS,
    Right.DECIDE_SANCTIONS,
    Right.DEFINE_TARGETS,
    Right.ESTIMATE,
    Right.HANDLE_TICKETS,
    Right.INFORM,
    Right.JUDGE_INVOICES,
    Right.KEEP_BODIES,
    Right.MEASURE_DEVIATIONS,
    Right.NAME_ORDERING_CONTACTS,
    Right.PERMIT_CONTACTS,
    Right.PLACE_ORDERS,
    Right.PREPARE_ORDERS,
    Right.RELEASE_MESSAGES,
    Right.REPORT_DEVIATIONS,
    Right.START_SERVICES,
}

SCHEMA = assembled.build()


def camel(name: str) -> str:
    """A field's name as the schema has it."""
    return "".join(part.capitalize() if i else part for i, part in enumerate(name.split("_")))


assert SCHEMA._schema.mutation_type is not None
MUTATIONS = SCHEMA._schema.mutation_type.fields
PUBLISHED = {name: each for name, each in registry.items() if camel(name) in MUTATIONS}
"""The product's mutations; other tests declare some of their own."""


class Recorder:
    """An entrance that lets everybody in and notes that they came."""

    def __init__(self) -> None:
        self.came: list[str] = []

    async def enter(
        self, actor: Actor, verb: Any, *, key: str | None = None, act: str | None = None, **arguments: Any
    ) -> Entered:
        self.came.append(verb.__name__)
        return Entered()


def example(type_: Any) -> Any:
    """Some value of an input's type; identifiers name nothing."""
    inner: Any = g.get_nullable_type(type_)
    if isinstance(inner, g.GraphQLList):
        return [example(inner.of_type)]
    if isinstance(inner, g.GraphQLInputObjectType):
        return {name: example(field.type) for name, field in inner.fields.items() if g.is_required_input_field(field)}
    if isinstance(inner, g.GraphQLEnumType):
        return next(iter(inner.values))
    given = {"ID": "Order:1", "Date": "2026-11-24", "DateTime": "2026-11-24T08:00:00+00:00", "Decimal": "1.00"}
    return {"Minutes": 15, "Int": 1, "Boolean": True, "Float": 1.0, "String": "x"}.get(
        inner.name, given.get(inner.name)
    )


@cache
def request(name: str) -> tuple[str, dict[str, Any]]:
    """A document that carries a mutation out, and what it is given."""
    declared, field = PUBLISHED[name], MUTATIONS[camel(name)]
    kind = field.args["input"].type
    value = example(kind)
    for given in get_object_definition(declared.input, strict=True).fields:
        called, of = camel(given.python_name), given.metadata.get("kinds")
        if of and called in value:
            value[called] = [f"{of[0]}:1"] if isinstance(value[called], list) else f"{of[0]}:1"
    return f"mutation($input: {kind}) {{ {camel(name)}(input: $input) {{ userErrors {{ code }} }} }}", {"input": value}


async def nothing(sql: bytes, values: Sequence[Any], *, anew: bool = False) -> bytes | None:
    """A database that nobody asks."""
    raise AssertionError(sql)


async def try_as(actor: Actor, name: str) -> tuple[set[str], list[str]]:
    """The codes of the answer, and which verbs were reached."""
    recorder = Recorder()
    result = orjson.loads(await Door(SCHEMA, nothing, recorder).execute(*request(name), actor))
    assert not result.get("errors"), (name, result["errors"])
    return {error["code"] for error in result["data"][camel(name)]["userErrors"]}, recorder.came


@pytest.mark.parametrize("name", sorted(PUBLISHED))
async def test_who_lacks_the_right_does_not_reach_the_verb(name: str) -> None:
    by = PUBLISHED[name].by
    allowed = {
        who
        for who, actor in EVERYBODY.items()
        if (any(actor.may(right) for right in by) if by else actor.person_id is not None)
    }
    tried = {who: await try_as(actor, name) for who, actor in EVERYBODY.items()}
    assert {who for who, (codes, _) in tried.items() if Code.NOT_PERMITTED.name not in codes} == allowed
    assert not {who for who, (_, came) in tried.items() if came} - allowed


def test_every_mutation_asks_for_a_right_unless_it_is_about_ones_own_things() -> None:
    assert {name for name, declared in PUBLISHED.items() if not declared.by} == OWN_MATTERS


def test_programs_never_order_approve_or_decide() -> None:
    for who in ("reporting client", "supplier's program"):
        assert not EVERYBODY[who].rights & DECISIONS


def test_a_customer_decides_nothing_between_tiera_and_the_supplier() -> None:
    between = DECISIONS - {Right.PLACE_ORDERS, Right.PREPARE_ORDERS}
    for who, actor in EVERYBODY.items():
        if actor.kind is ActorKind.CUSTOMER:
            assert not actor.rights & between, who


def test_the_documentation_shows_who_may_do_what() -> None:
    committed = Path(__file__).parent.parent / "docs" / "permissions.md"
    assert committed.read_text(encoding="utf-8") == permissions(), "run `make rules`"
