"""What a document may ask for is measured before anything is planned."""

import time
from typing import Any

import graphql as g
import pytest

from backend.graphql.limits import Cost, Limits
from backend.graphql.reads.serve import Document, Refused
from tests.graphql.reads.example.schema import schema

SCHEMA = schema._schema
RENAME = 'renameJob(input: {orderId: "Job:1", title: "x", expectedVersion: 2})'


def cost(text: str, **variables: Any) -> int:
    return next(iter(Document(SCHEMA, text, Limits()).operations.values())).cost.of(variables)


def codes(text: str, **limits: int) -> list[str]:
    try:
        Document(SCHEMA, text, Limits(**limits))
    except Refused as refused:
        return [(error.extensions or {}).get("code", error.message) for error in refused.errors]
    return []


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ __typename }", {}, 0),
        ('{ node(id: "Job:1") { id } }', {}, 1),
        ("{ tickets(first: 10) { nodes { id title } } }", {}, 11),
        ("{ tickets { nodes { id } totalCount } }", {}, 61),
        ("{ tickets(first: 0) { nodes { id } } }", {}, 2),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", {"n": 7}, 8),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", {"n": None}, 51),
        ("{ tickets(first: 10) { edges { node { requester { id } } } } }", {}, 21),
        ("{ tickets(first: 10) { nodes { availableActions place { organisation { id } } } } }", {}, 31),
        (
            "{ tickets(first: 10) { ...F } }"
            "fragment F on TicketConnection { nodes { comments(first: 2) { nodes { id } } } }", {}, 41,
        ),
        ("{ timeEntries(first: 10000) { nodes { minutes person { name } } } }", {}, 2_001),
        ('{ nodes(ids: ["Job:1", "Job:2"]) { ... on Job { orderedBy { id } } } }', {}, 4),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["Job:1"]}, 100),
        (f"mutation {{ {RENAME} {{ order {{ orderedBy {{ id }} }} }} }}", {}, 11),
    ],
)  # fmt: skip
def test_cost_counts_the_objects_that_may_be_read(text: str, variables: dict[str, Any], expected: int) -> None:
    assert cost(text, **variables) == expected


@pytest.mark.parametrize(
    ("text", "limits", "code"),
    [
        ("{ me { organisation { id } } }", {"depth": 2}, "DEPTH_LIMIT"),
        ("{ me { ...F } } fragment F on Person { organisation { id } }", {"depth": 2}, "DEPTH_LIMIT"),
        ("{ me { ... { organisation { id } } } }", {"depth": 2}, "DEPTH_LIMIT"),
        ("{ __typename ...F } fragment F on Query { me { id } }", {"fields": 3}, "FIELDS_LIMIT"),
        ("{ a: __typename b: __typename }", {"aliases": 1}, "ALIASES_LIMIT"),
        ("{ ...F } fragment F on Query { a: __typename b: __typename }", {"aliases": 1}, "ALIASES_LIMIT"),
        (
            "{ __typename __typename }", {"tokens": 3},
            "Syntax Error: Document contains more than 3 tokens. Parsing aborted.",
        ),
    ],
)  # fmt: skip
def test_a_document_that_asks_for_too_much_is_refused(text: str, limits: dict[str, int], code: str) -> None:
    assert codes(text, **limits) == [code]
    assert codes(text) == []


@pytest.mark.parametrize("fragments", [False, True])
def test_at_most_ten_mutations_go_into_a_document(fragments: bool) -> None:
    def document(n: int) -> str:
        fields = " ".join(f"m{i}: {RENAME} {{ order {{ id }} }}" for i in range(n))
        return f"mutation {{ ...F }} fragment F on Mutation {{ {fields} }}" if fragments else f"mutation {{ {fields} }}"

    assert codes(document(10)) == []
    assert codes(document(11)) == ["MUTATIONS_LIMIT"]


@pytest.mark.parametrize(
    "text",
    [
        "{ me { ...A } } fragment A on Person { ...A }",
        "{ me { ...A } } fragment A on Person { organisation { people { nodes { ...B } } } }"
        "fragment B on Person { ...A }",
        "{ me { ...Nothing } }",
    ],
)
def test_fragments_that_lead_nowhere_are_refused_and_not_followed_for_ever(text: str) -> None:
    assert codes(text)


def test_fragments_within_fragments_are_measured_in_no_time() -> None:
    """Seven spreads at each of seven levels: small as text, written out it is a million pages."""
    levels = 7
    spreads = " ".join(f"x{j}: people(first: 1) {{ nodes {{ organisation {{ ...F0 }} }} }}" for j in range(7))
    fragments = [f"fragment F{levels} on Organisation {{ id }}"]
    for i in range(levels):
        inner = " ".join(
            f"f{i}x{j}: people(first: 1) {{ nodes {{ organisation {{ ...F{i + 1} }} }} }}" for j in range(7)
        )
        fragments.append(f"fragment F{i} on Organisation {{ {inner} }}")
    text = f"{{ me {{ organisation {{ {spreads} }} }} }} " + " ".join(fragments)
    node = g.parse(text)
    operation = next(d for d in node.definitions if isinstance(d, g.OperationDefinitionNode))
    named = {d.name.value: d for d in node.definitions if isinstance(d, g.FragmentDefinitionNode)}
    began = time.perf_counter()
    assert Cost(SCHEMA, operation, named).of({}) > Limits().cost
    assert codes(text, depth=99) == []
    assert time.perf_counter() - began < 2


def test_introspection_in_circles_is_refused() -> None:
    circle = "fields { type { fields { type { fields { type { name } } } } } }"
    assert codes(f"{{ __schema {{ types {{ {circle} }} }} }}")
    assert codes(g.get_introspection_query()) == []
