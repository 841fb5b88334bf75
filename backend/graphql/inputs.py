"""Declaring what goes in: the values of filters and of mutations, and what verbs get of them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, dataclass_transform

import strawberry
from strawberry.types.base import StrawberryContainer
from strawberry.utils.str_converters import to_camel_case

from backend.graphql.publishing import publish
from backend.kit import faults
from backend.kit.refs import Ref

T = TypeVar("T")
KINDS, STAYS, BUILDS = "kinds", "stays", "__builds__"
REQUIRED: Any = object()
AS_IT_IS: Any = object()
"""A default: what is left out is not given to the verb, which tells it from what is null."""


def value(description: str, *, default: Any = REQUIRED, metadata: Mapping[Any, Any] | None = None) -> Any:
    """A value of an input; with a `default` (None, most often) it may be left out."""
    if default is AS_IT_IS:
        default, metadata = None, {**(metadata or {}), STAYS: True}
    given = {} if default is REQUIRED else {"default": strawberry.UNSET if default is None else default}
    return strawberry.field(description=description, metadata=metadata, **given)


def key(kind: str | Sequence[str], description: str, *, default: Any = REQUIRED) -> Any:
    """An identifier in an input: the verb gets its key (an int), or a Ref where it may be of several kinds.

    An identifier of another kind is answered with NOT_FOUND, like one of nothing.
    """
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    return value(description, default=default, metadata={KINDS: kinds})


def subject(description: str, *, default: Any = REQUIRED) -> Any:
    """An identifier of whatever kind: the verb gets a Ref."""
    return value(description, default=default, metadata={KINDS: ()})


@dataclass_transform(kw_only_default=True, field_specifiers=(key, subject, value))
def filter_input(cls: type[T]) -> type[T]:
    """An input that a list's `where` is of; all its values have a default."""
    return publish(cls, inspect.getdoc(cls), is_input=True)


@dataclass_transform(kw_only_default=True, field_specifiers=(key, subject, value))
def part(builds: Callable[..., Any]) -> Callable[[type[T]], type[T]]:
    """An input within inputs; `builds(**values)` makes of it what the slice's verbs know."""

    def decorate(cls: type[T]) -> type[T]:
        setattr(cls, BUILDS, builds)
        return publish(cls, inspect.getdoc(cls), is_input=True)

    return decorate


class _Field(NamedTuple):
    """A value of an input: its Python name, the one in the schema, kinds of an identifier, whose values it has, and
    whether what is left out stays as it is."""

    name: str
    called: str
    kinds: tuple[str, ...] | None
    part: type | None
    stays: bool


@cache
def _fields(kind: type) -> Sequence[_Field]:
    definition = kind.__strawberry_definition__  # type: ignore[attr-defined]
    return [
        _Field(
            its.python_name,
            to_camel_case(its.python_name),
            its.metadata.get(KINDS),
            _part_in(its.type),
            bool(its.metadata.get(STAYS)),
        )
        for its in definition.fields
    ]


def _part_in(type_: Any) -> type | None:
    while isinstance(type_, StrawberryContainer):
        type_ = type_.of_type
    return type_ if hasattr(type_, BUILDS) else None


def values_of(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a verb is called with: plain values by their Python names, None for what was left out, where that may not
    stay as it is.

    Raises a Refusal that tells of all identifiers at once that are none.
    """
    refusals, found = faults.Refusals(), {}
    for field in _fields(kind):
        if field.stays and field.called not in given:
            continue
        try:
            found[field.name] = _plain(given.get(field.called), field)
        except faults.Refusal as refusal:
            refusals.add(refusal.at(field.name))
    refusals.raise_any()
    return found


def _plain(given: Any, field: _Field) -> Any:
    if given is None:
        return None
    if isinstance(given, list):
        return [_item(place, item, field) for place, item in enumerate(given)]
    if (kinds := field.kinds) is not None:
        ref = Ref.parse(given)
        if ref is None or (kinds and ref.kind not in kinds):
            raise faults.not_found()
        return ref.id if len(kinds) == 1 else ref
    return given if field.part is None else getattr(field.part, BUILDS)(**values_of(field.part, given))


def _item(place: int, item: Any, field: _Field) -> Any:
    try:
        return _plain(item, field)
    except faults.Refusal as refusal:
        raise refusal.at(place) from None
