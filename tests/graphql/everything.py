"""Documents that select every field of every type: what a schema declares must at least be SQL that runs."""

from collections.abc import Iterator
from typing import Any

import graphql as g

from backend.graphql.reads.compile import find_shape

SAMPLES = {"ID": '"Nothing:1"', "Int": "1", "Minutes": "1", "Float": "1.0", "Boolean": "true", "String": '"a b"',
           "Decimal": '"1.50"', "Date": '"2026-11-24"', "DateTime": '"2026-11-24T10:00:00Z"'}  # fmt: skip
FREE = {"first", "after", "orderBy"}


def sample(type_: Any) -> str:
    """Some value of an input type, all optional ones given."""
    inner = g.get_nullable_type(type_)
    if isinstance(inner, g.GraphQLList):
        return f"[{sample(inner.of_type)}]"
    if isinstance(inner, g.GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, g.GraphQLInputObjectType):
        return "{" + ", ".join(f"{name}: {sample(field.type)}" for name, field in inner.fields.items()) + "}"
    return SAMPLES[inner.name]


def arguments(field: g.GraphQLField, *, optional: bool) -> str:
    given = {
        name: sample(a.type)
        for name, a in field.args.items()
        if g.is_non_null_type(a.type) or (optional and name not in FREE)
    }
    return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""


def has_id(type_: Any) -> bool:
    return "id" in getattr(type_, "fields", {})


def selection(schema: g.GraphQLSchema, type_: Any, links: int, *, optional: bool, deep: int = 0) -> str:
    """All fields of a type; of what has an identifier of its own, `links` far; of its parts, all."""
    parts = ["__typename"]
    for name, field in getattr(type_, "fields", {}).items():
        target = g.get_named_type(field.type)
        if g.is_leaf_type(target):
            parts.append(name + arguments(field, optional=optional))
            continue
        left = links - has_id(target)
        if left >= 0 and deep < 8:
            inner = selection(schema, target, left, optional=optional, deep=deep + 1)
            parts.append(f"{name}{arguments(field, optional=optional)} {inner}")
    return "{ " + " ".join(parts) + " }"


def below_root(schema: g.GraphQLSchema, type_: Any, *, optional: bool, whole: bool) -> str:
    """What a root field leads to. Of a type with an identifier that alone: its fields are asked by themselves."""
    if whole:
        return selection(schema, type_, 1, optional=optional)
    if has_id(type_):
        return "{ __typename id }"
    nodes = getattr(type_, "fields", {}).get("nodes")
    if nodes and has_id(g.get_named_type(nodes.type)):
        return selection(schema, type_, 0, optional=optional)[:-1] + "nodes { __typename id } }"
    return selection(schema, type_, 1, optional=optional)


def documents(schema: g.GraphQLSchema, *, optional: bool, whole: bool = False) -> Iterator[tuple[str, str]]:
    """A name and a document for each root field and each type with an identifier; with `optional` arguments or not.

    `whole`: all fields of types with an identifier below root fields too.
    """
    root = schema.query_type
    assert root
    for name, field in root.fields.items():
        target = g.get_named_type(field.type)
        inner = "" if g.is_leaf_type(target) else below_root(schema, target, optional=optional, whole=whole)
        yield f"Query.{name}", f"{{ {name}{arguments(field, optional=optional)} {inner} }}"
    node: Any = schema.get_type("Node")
    for type_ in schema.type_map.values():
        if isinstance(type_, g.GraphQLObjectType) and find_shape(type_) and node in type_.interfaces:
            inner = selection(schema, type_, 1, optional=optional)
            yield type_.name, f'{{ node(id: "{type_.name}:1") {{ ... on {type_.name} {inner} }} }}'
