"""Compiled answers are the obvious ones, whatever is asked of whatever data by whomever."""

import asyncio
import os
from typing import Any

import graphql as g
import orjson
import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from backend.graphql.door import Door
from backend.graphql.limits import Limits
from tests.graphql.reads.base import Base
from tests.graphql.reads.documents import ACTORS, datas, operations
from tests.graphql.reads.example.schema import schema
from tests.graphql.reads.reference import SCHEMA, answer

EXAMPLES = int(os.environ.get("EXAMPLES", "50"))
QUICK = "QUICK" in os.environ  # without shrinking, for mutants
NO_LIMITS = Limits(depth=99, fields=9_999, aliases=999, tokens=99_999, cost=10**12)


@pytest.mark.long
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate] if QUICK else list(Phase),
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_a_compiled_answer_is_the_obvious_one(base: Base, drawn: st.DataObject) -> None:
    data = drawn.draw(datas())
    document, variable_sets = drawn.draw(operations(data))
    assume(not g.validate(SCHEMA, g.parse(document)))
    asked = [(drawn.draw(ACTORS), variables) for variables in variable_sets] + [(drawn.draw(ACTORS), variable_sets[0])]
    base.load(data)
    door = Door(schema, base.fetch, limits=NO_LIMITS)  # one for all: plans must not leak between actors or variables
    for actor, variables in asked:
        base.statements.clear()
        got = orjson.loads(asyncio.run(door.execute(document, variables, actor)))
        expected = answer(document, variables, actor, data)
        if expected.errors and any("first must" in error.message for error in expected.errors):
            event("page size refused")
            assert got.get("errors"), expected.errors
            continue
        if any(size in (variables.get(name) for name in variables) for size in (-1, 10_001)) or "first: -1" in document:
            event("page size refused although no row came so far")
            assert "errors" in got or got["data"] == expected.data
            continue
        if "first: 10001" in document:
            assert "errors" in got or got["data"] == expected.data
            continue
        event("with a field refused" if expected.errors else "answered")
        assert [e["path"] for e in got.get("errors", [])] == [e.path for e in expected.errors or []]
        assert difference(got["data"], expected.data) is None
        assert in_order(got["data"]) == in_order(expected.data)
        assert len(base.statements) == 1


def difference(got: Any, expected: Any, path: str = "") -> str | None:
    """The first place at which two answers differ."""
    if type(got) is type(expected) and isinstance(got, dict) and got.keys() == expected.keys():
        return next((d for k in got if (d := difference(got[k], expected[k], f"{path}.{k}"))), None)
    if type(got) is type(expected) and isinstance(got, list) and len(got) == len(expected):
        pairs = enumerate(zip(got, expected, strict=True))
        return next((d for i, (a, b) in pairs if (d := difference(a, b, f"{path}[{i}]"))), None)
    return None if got == expected else f"{path}: {got!r} is not {expected!r}"


def in_order(value: Any) -> Any:
    """Objects as lists of pairs: the order of fields is part of the answer."""
    if isinstance(value, dict):
        return [(key, in_order(item)) for key, item in value.items()]
    return [in_order(item) for item in value] if isinstance(value, list) else value
