"""What declarations get wrong, found by a test, by `portaali schema` and by a developer's server, never by a reader."""

from collections.abc import Iterator, Mapping
from typing import Any

import graphql as g
import sqlalchemy as sa

from backend.graphql.reads.compile import find_shape
from backend.graphql.reads.how import (
    HOW,
    ByIds,
    ByType,
    Computed,
    Embedded,
    GlobalKey,
    Link,
    RefLink,
    Shape,
    Value,
    how_of,
)
from backend.kit import refs


def problems(schema: g.GraphQLSchema, kinds: Mapping[str, refs.Kind] = refs.KINDS) -> Iterator[str]:
    """Sentences, one for each thing that is wrong; none where all is well."""
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        yield from _undescribed(type_)
        shape = find_shape(type_)
        if isinstance(type_, g.GraphQLObjectType) and shape:
            yield from _keys(type_.name, shape)
            yield from _registered(type_.name, shape, kinds.get(type_.name))
            yield from _fields(schema, type_, shape.table.c)
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        for name, field in root.fields.items() if root else ():
            if g.is_non_null_type(field.type):
                yield f"{root}.{name}: a root field must be nullable, else its failure hides its neighbours"
    if schema.query_type:
        yield from _roots(schema, schema.query_type)


def _roots(schema: g.GraphQLSchema, root: g.GraphQLObjectType) -> Iterator[str]:
    for name, field in root.fields.items():
        if HOW not in field.extensions["strawberry-definition"].metadata:
            yield f"Query.{name}: nothing says how it is read"
        elif how_of(field.extensions["strawberry-definition"]).seen_by is None:
            yield f"Query.{name}: a root field says who may ask (seen_by=everyone, if everyone)"
    yield from _fields(schema, root, None)


def _undescribed(type_: g.GraphQLNamedType) -> Iterator[str]:
    if not type_.description:
        yield f"{type_.name}: not described"
    if isinstance(type_, g.GraphQLEnumType):
        yield from (f"{type_.name}.{name}: not described" for name, v in type_.values.items() if not v.description)
    for name, field in getattr(type_, "fields", {}).items():
        if not field.description:
            yield f"{type_.name}.{name}: not described"
        for called, argument in getattr(field, "args", {}).items():
            if not argument.description:
                yield f"{type_.name}.{name}({called}:): not described"


def _registered(name: str, shape: Shape, kind: refs.Kind | None) -> Iterator[str]:
    if kind and (kind.table is not shape.table or kind.visible_to is not shape.visible_to):
        yield f"{name}: table and visibility are not those that its slice registered for the kind"


def _keys(name: str, shape: Shape) -> Iterator[str]:
    for keys in shape.sort.values():
        columns = [shape.table.c.get(key) for key in keys.columns]
        known = [column for column in columns if isinstance(column, sa.Column)]
        last = known[-1] if known and isinstance(shape.table, sa.Table) else None  # of a select it cannot be known
        unique = last is None or last.primary_key or last.unique
        if any(column is None for column in columns) or any(column.nullable for column in known) or not unique:
            yield f"{name}: keys {keys.columns} must be columns, not nullable, the last unique"
        if any(column is not None and isinstance(column.type, sa.types.NullType) for column in columns):
            yield f"{name}: keys {keys.columns} must say their types, or no cursor of theirs can be read"


def _fields(schema: g.GraphQLSchema, type_: g.GraphQLObjectType, row: Any) -> Iterator[str]:
    for name, field in type_.fields.items():
        yield from (f"{type_.name}.{name}: {problem}" for problem in _field(schema, type_, field, row))


def _field(schema: g.GraphQLSchema, type_: g.GraphQLObjectType, field: g.GraphQLField, row: Any) -> Iterator[str]:
    definition: Any = field.extensions["strawberry-definition"]
    how, required = how_of(definition), g.is_non_null_type(field.type)
    named = g.get_named_type(field.type)
    if how.seen_by and required:
        yield "a field that not everyone sees must be nullable"
    for name, argument in field.args.items():
        item = g.get_named_type(argument.type)
        if g.is_list_type(g.get_nullable_type(argument.type)) and g.is_input_object_type(item):
            yield f"{name}: a list of inputs cannot be an argument of a read"
    match how:
        case Link():
            yield from _link(schema, field, how)
        case RefLink() | ByIds():
            if not g.is_abstract_type(named):
                yield "what may be of several types must be an interface"
            if isinstance(how, RefLink) and required:
                yield "a link to a thing that may be hidden must be nullable"
        case Embedded(parts=None) if isinstance(named, g.GraphQLObjectType):
            yield from _fields(schema, named, row)
        case Embedded(parts=parts) if parts:
            missing = set(_columns(named)) - set(parts(row))
            if missing:
                yield f"no part is called {', '.join(sorted(missing))}"
        case Computed() | GlobalKey() | ByType() | Embedded():
            pass
        case Value(of=of) if of:
            pass  # of a row, an actor or arguments: a test reads every field of every type
        case Value():
            yield from _column(definition, row, required=required)


def _link(schema: g.GraphQLSchema, field: g.GraphQLField, how: Link) -> Iterator[str]:
    nullable = g.get_nullable_type(field.type)
    target = g.get_named_type(field.type)
    paged = "pageInfo" in getattr(target, "fields", {})
    single = not isinstance(nullable, g.GraphQLList) and not paged
    if single and g.is_non_null_type(field.type) and not how.with_parent:
        yield "a link to a row that may be hidden must be nullable, or with_parent"
    row: Any = g.get_named_type(target.fields["nodes"].type) if paged else target  # type: ignore[attr-defined]
    if not g.is_abstract_type(row) and not find_shape(row):
        yield f"{row} has no shape"
    elif g.is_abstract_type(row) and "id" not in field.args:
        yield "a link to an interface goes by a Ref or an id"
    shape = find_shape(row)
    order = field.args.get("orderBy")
    members = getattr(order and g.get_named_type(order.type), "values", {})
    for member in members.values():
        if shape and member.value not in shape.sort:
            yield f"{row} has no sort keys for {member.value}"


def _column(definition: Any, row: Any, *, required: bool) -> Iterator[str]:
    if definition.base_resolver is not None:
        yield "a resolver does not say how the field is read: use sql, computed or a link"
        return
    column = row.get(definition.python_name) if row is not None else None
    if column is None:
        yield "no column of that name"
    elif isinstance(column, sa.Column) and column.nullable and required:
        yield "the column may be null, the field may not"


def _columns(type_: g.GraphQLNamedType) -> Iterator[str]:
    """The names of parts that an embedded object's own fields ask for."""
    for field in getattr(type_, "fields", {}).values():
        definition = field.extensions["strawberry-definition"]
        if how_of(definition) == Value():
            yield definition.python_name
