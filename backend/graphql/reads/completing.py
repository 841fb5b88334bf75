"""Values that Python computed, completed as their GraphQL types say: leaves serialised, lists and objects followed."""

from collections.abc import Callable
from typing import Any

import graphql as g

from backend.graphql.reads.plan import NotCompiled
from backend.graphql.reads.selecting import Nodes, Selection

Complete = Callable[[Any], Any]


def completing(selection: Selection, field: g.GraphQLField, nodes: Nodes) -> Complete:
    return _complete(selection, field, nodes, field.type)


def _complete(selection: Selection, field: g.GraphQLField, nodes: Nodes, type_: g.GraphQLOutputType) -> Complete:
    inner: Any = g.get_nullable_type(type_)
    if field.args or g.is_abstract_type(inner):
        raise NotCompiled("arguments and interfaces at or below a computed field")
    if isinstance(inner, g.GraphQLList):
        each = _complete(selection, field, nodes, inner.of_type)
        return lambda value: None if value is None else [each(item) for item in value]
    if isinstance(inner, g.GraphQLObjectType):
        selected = selection.collect(inner, nodes)
        parts = {key: part_of(selection, inner, same) for key, same in selected.items()}
        return lambda value: None if value is None else {key: make(value) for key, make in parts.items()}
    return lambda value: None if value is None else inner.coerce_output_value(value)


def part_of(selection: Selection, type_: g.GraphQLObjectType, nodes: Nodes) -> Complete:
    """What makes a field's value of the object that has it."""
    field = type_.fields.get(nodes[0].name.value)
    if field is None:
        return lambda _: type_.name
    name = field.extensions["strawberry-definition"].python_name
    complete = completing(selection, field, nodes)
    return lambda value: complete(getattr(value, name))
