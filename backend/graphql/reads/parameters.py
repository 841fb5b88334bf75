"""What a plan is fixed by (the form of its variables) and what it binds anew: arguments, identifiers, cursors."""

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any

import graphql as g
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from backend.graphql.reads.how import GlobalId, GlobalIds
from backend.graphql.reads.plan import Getter, NotCompiled
from backend.graphql.reads.sql import Sql, stored

TYPES: dict[str, Any] = {
    "Int": sa.BigInteger(),
    "Minutes": sa.BigInteger(),
    "String": sa.Text(),
    "ID": sa.BigInteger(),
    "Float": sa.Float(),
    "Decimal": sa.Numeric(),
    "Date": sa.Date(),
    "DateTime": sa.DateTime(True),
}
READ: dict[type[Any], Callable[[Any], Any]] = {
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
    Decimal: Decimal,
}
"""From what a statement writes into JSON to the Python value."""
GLOBAL_ID = re.compile(r"([A-Za-z]\w*):(\d{1,18})", re.ASCII)
MOST_IDS = 100


def reader(python_type: type[Any]) -> Callable[[Any], Any]:
    if issubclass(python_type, Enum):
        return python_type
    return READ.get(python_type, lambda value: value)


def fault(message: str) -> g.GraphQLError:
    return g.GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def form(type_: g.GraphQLInputType, value: Any) -> Hashable:
    """What of a value may shape a statement: that it is there, a boolean, an enum's member, the type in an ID (or the
    types in a list of them), an input's keys."""
    if value is None:
        return None
    inner: Any = g.get_nullable_type(type_)
    if isinstance(inner, g.GraphQLInputObjectType):
        return tuple((name, form(inner.fields[name].type, item)) for name, item in sorted(value.items()))
    if isinstance(inner, g.GraphQLEnumType) or inner is g.GraphQLBoolean:
        return value  # type: ignore[no-any-return]
    if isinstance(inner, g.GraphQLList) and g.get_named_type(inner) is g.GraphQLID:
        return tuple(sorted({global_id(text).type_name or "" for text in value if text is not None}))
    return global_id(value).type_name or "" if inner is g.GraphQLID else True


def global_id(text: str) -> GlobalId:
    found = GLOBAL_ID.fullmatch(text)
    return GlobalId(found[1], int(found[2])) if found else GlobalId(None, None)


class Parameters:
    def __init__(self, variables: Mapping[str, tuple[g.GraphQLInputType, Hashable]]) -> None:
        self.variables = variables  # type and form of each that was given
        self.getters: dict[str, Getter] = {}
        self.checked: set[str] = set()  # those whose value may be refused, used or not

    def bind(self, get: Getter, type_: Any) -> Any:
        self.getters[name := f"p{len(self.getters)}"] = get
        return sa.bindparam(name, type_=type_)

    def arguments(self, field: g.GraphQLField, node: g.FieldNode) -> dict[str, Any]:
        """The arguments by their Python names; an input that is not given is one with nothing in it."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        found = {}
        for name, a in field.args.items():
            value = self.argument(a.type, given.get(name), a.default_value)
            inner = g.get_nullable_type(a.type)
            if value is None and isinstance(inner, g.GraphQLInputObjectType):
                value = namespace(inner, lambda name, of: None)
            found[a.extensions["strawberry-definition"].python_name] = value
        return found

    def argument(self, type_: g.GraphQLInputType, node: g.ValueNode | None, default: Any) -> Any:
        """A variable (or a list) as a parameter, a constant as one that is written out: all are SQL to a condition."""
        if isinstance(node, g.VariableNode):
            name = node.name.value
            if name in self.variables:
                return self.parameter(*self.variables[name], lambda v, a: v[name])
            node = None
        inner: Any = g.get_nullable_type(type_)
        if node is None:
            return None if default is g.Undefined else constant(inner, default)
        if isinstance(inner, g.GraphQLInputObjectType) and isinstance(node, g.ObjectValueNode):
            parts = {part.name.value: part.value for part in node.fields or ()}
            return namespace(inner, lambda name, of: self.argument(of.type, parts.get(name), of.default_value))
        if isinstance(inner, g.GraphQLList) and not isinstance(node, g.NullValueNode):
            return self.parameter(type_, self.list_form(inner, node), lambda v, a: listed(node, type_, v))
        return constant(inner, g.value_from_ast(node, type_))

    def list_form(self, type_: g.GraphQLList[Any], node: g.ValueNode) -> Hashable:
        """The form of a list that the document writes out, with variables in it perhaps."""
        if g.get_named_type(type_) is not g.GraphQLID:
            return True
        found: set[str] = set()
        for item in node.values if isinstance(node, g.ListValueNode) else [node]:
            if isinstance(item, g.VariableNode):
                _, shaped = self.variables.get(item.name.value, (None, None))
                found |= {str(shaped)} if shaped is not None else set()
            elif isinstance(item, g.StringValueNode | g.IntValueNode):
                found.add(global_id(item.value).type_name or "")
        return tuple(sorted(found))

    def parameter(self, type_: g.GraphQLInputType, shaped: Hashable, get: Getter) -> Any:
        if shaped is None:
            return None
        inner: Any = g.get_nullable_type(type_)
        if isinstance(inner, g.GraphQLInputObjectType):
            forms = dict(shaped)  # type: ignore[call-overload]
            return namespace(
                inner, lambda name, of: self.parameter(of.type, forms.get(name), lambda v, a: get(v, a)[name])
            )
        if isinstance(inner, g.GraphQLList):
            return self.array(inner, shaped, get)
        if isinstance(inner, g.GraphQLEnumType) or inner is g.GraphQLBoolean:
            return shaped
        if inner is g.GraphQLID:
            return GlobalId(str(shaped) or None, self.bind(lambda v, a: global_id(get(v, a)).key, TYPES["ID"]))
        return self.bind(get, TYPES.get(inner.name))

    def array(self, type_: g.GraphQLList[Any], shaped: Hashable, get: Getter) -> Any:
        item = g.get_named_type(type_)
        if g.is_input_object_type(item) or g.is_list_type(g.get_nullable_type(type_.of_type)):
            raise NotCompiled("a list of inputs or of lists")
        if item is g.GraphQLID:
            names: Any = shaped
            return GlobalIds(
                tuple(name for name in names if name),
                lambda pick, of: self.bind(lambda v, a: pick(global_ids(get(v, a))), of),
            )
        return self.bind(lambda v, a: [stored(value) for value in get(v, a)], ARRAY(TYPES.get(item.name, sa.Text())))

    def page_size(self, first: Any, default: int, cap: int) -> Any:
        def checked(value: int) -> int:
            if not 0 <= value <= cap:
                raise fault(f"first must be from 0 to {cap}")
            return value

        get = None if first is None else self.getters.get(first.key)
        if get is None:
            return checked(default if first is None else first.value)
        self.getters[first.key] = lambda v, a: checked(get(v, a))
        self.checked.add(first.key)
        return first

    def cursor(self, after: Any, keys: Sequence[Sql]) -> list[Sql]:
        get = self.getters.get(after.key) or (lambda v, a: after.value)
        types = [key.type.python_type for key in keys]

        def value(i: int) -> Getter:
            return lambda v, a: cursor_values(get(v, a), types)[i]

        values = [self.bind(value(i), key.type) for i, key in enumerate(keys)]
        self.checked.update(value.key for value in values)
        return values


def cursor_values(text: str, types: list[type[Any]]) -> list[Any]:
    try:
        values = orjson.loads(base64.b64decode(text, validate=True))
        read = [reader(t)(v) for t, v in zip(types, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ArithmeticError):
        read = []
    if [type(value) for value in read] != types or any(isinstance(v, int) and abs(v) >= 2**63 for v in read):
        raise fault("after is no cursor of this list")
    return read


def constant(type_: Any, value: Any) -> Any:
    """A value that a document or the schema writes out. Members of enums and booleans decide what SQL is made."""
    if value is None or isinstance(type_, g.GraphQLEnumType | g.GraphQLInputObjectType) or type_ is g.GraphQLBoolean:
        return value
    return global_id(value) if type_ is g.GraphQLID else sa.literal(value, TYPES.get(type_.name))


def global_ids(texts: list[str]) -> list[GlobalId]:
    if len(texts) > MOST_IDS:
        raise fault(f"at most {MOST_IDS} identifiers at a time")
    return [global_id(text) if text else GlobalId(None, None) for text in texts]


def listed(node: g.ValueNode, type_: g.GraphQLInputType, variables: Mapping[str, Any]) -> list[Any]:
    value = g.value_from_ast(node, type_, dict(variables))
    if not isinstance(value, list):
        raise fault("a list has a null or a missing value in it")
    return value


def namespace(type_: g.GraphQLInputObjectType, value: Callable[[str, g.GraphQLInputField], Any]) -> SimpleNamespace:
    fields = type_.fields.items()
    return SimpleNamespace(
        **{of.extensions["strawberry-definition"].python_name: value(name, of) for name, of in fields}
    )
