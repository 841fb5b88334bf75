"""Publishing classes of fields as types and inputs of the schema.

`strawberry.type` also makes a dataclass of each, for objects that resolvers return. Reads are made by PostgreSQL and
inputs stay as they were sent, so our six hundred have no objects, and to make their methods took a fifth of the start.
"""

import inspect
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, ForwardRef, NamedTuple, TypeVar, get_args

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.utils.str_converters import to_camel_case

T = TypeVar("T", bound=type)


def publish(cls: T, description: str | None, *, is_input: bool = False) -> T:
    """Give a class its part of the schema: the fields of its bases, and those that it annotates."""
    bases = [definition for base in cls.__bases__ if (definition := get_object_definition(base))]
    fields = {field.python_name: field for base in bases for field in base.fields}
    cls.__strawberry_definition__ = StrawberryObjectDefinition(  # type: ignore[attr-defined]
        name=to_camel_case(cls.__name__),
        is_input=is_input,
        is_interface=False,
        origin=cls,
        description=description,
        interfaces=_interfaces(cls),
        extend=False,
        directives=(),
        is_type_of=None,
        resolve_type=None,
        fields=list({**fields, **_own_fields(cls)}.values()),
        from_input=_as_sent,
    )
    return cls


class Argument(NamedTuple):
    """Of a field, with the sentence that the schema says of it."""

    type: Any
    description: str


def resolved(
    resolver: StrawberryResolver[Any],
    arguments: Mapping[str, Argument],
    description: str,
    metadata: Mapping[Any, Any] | None = None,
) -> Any:
    """A field with these arguments, whose value ordinary execution has from the resolver.

    One resolver serves many fields: `info` says which one is asked, and the resolver's own signature shows nothing.
    """
    field = strawberry.field(resolver=resolver, description=description, metadata=metadata)
    field.arguments = [
        StrawberryArgument(name, None, _annotated(its.type, __name__), description=its.description)
        for name, its in arguments.items()
    ]
    return field


def _interfaces(cls: type) -> list[StrawberryObjectDefinition]:
    definitions = (vars(base).get("__strawberry_definition__") for base in cls.__mro__[1:])
    return [definition for definition in definitions if definition and definition.is_interface]


def _own_fields(cls: type) -> dict[str, StrawberryField]:
    fields = {}
    for name, annotation in inspect.get_annotations(cls).items():
        field = fields[name] = vars(cls).get(name) or strawberry.field()
        field.python_name, field.origin = name, cls
        field.type_annotation = _annotated(annotation, cls.__module__)
    return fields


def _annotated(annotation: Any, module: str) -> StrawberryAnnotation:
    """Resolved once for all fields that are of the same type, or of a module if it is named and not there yet."""
    return _resolved_once(annotation, module if _is_named(annotation) else None)


@cache
def _resolved_once(annotation: Any, module: str | None) -> StrawberryAnnotation:
    return StrawberryAnnotation(annotation, namespace=vars(sys.modules[module]) if module else None)


@cache
def _is_named(annotation: Any) -> bool:
    """Whether a type, or a part of it, is given by its name, which its module knows."""
    return isinstance(annotation, str | ForwardRef) or any(map(_is_named, get_args(annotation)))


def _as_sent(kind: type, given: Any, context: Any) -> Any:
    """What a resolver gets of an input: for `values_of`, as GraphQL has read it.

    To make objects of it takes strawberry as long as three statements take the driver.
    """
    return given
