"""Declaring what goes in: the values of filters and of mutations, and what verbs get of them."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, dataclass_transform

import strawberry

from backend.kit import faults
from backend.kit.refs import Ref

T = TypeVar("T")
KINDS, BUILDS = "kinds", "__builds__"
REQUIRED: Any = object()


def value(description: str, *, default: Any = REQUIRED, metadata: Mapping[Any, Any] | None = None) -> Any:
    """A value of an input; with a `default` (None, most often) it may be left out."""
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
    return strawberry.input(cls, description=inspect.getdoc(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(key, subject, value))
def part(builds: Callable[..., Any]) -> Callable[[type[T]], type[T]]:
    """An input within inputs; `builds(**values)` makes of it what the slice's verbs know."""

    def decorate(cls: type[T]) -> type[T]:
        setattr(cls, BUILDS, builds)
        return strawberry.input(cls, description=inspect.getdoc(cls))

    return decorate


def values_of(given: Any) -> dict[str, Any]:
    """What a verb is called with: plain values by their Python names, None for what was left out.

    Raises a Refusal that tells of all identifiers at once that are none.
    """
    refusals, found = faults.Refusals(), {}
    for field in dataclasses.fields(given):
        try:
            found[field.name] = _plain(getattr(given, field.name), field.metadata.get(KINDS))
        except faults.Refusal as refusal:
            refusals.add(refusal.at(field.name))
    refusals.raise_any()
    return found


def _plain(given: Any, kinds: tuple[str, ...] | None) -> Any:
    if given is None or given is strawberry.UNSET:
        return None
    if isinstance(given, list):
        return [_item(place, item, kinds) for place, item in enumerate(given)]
    if kinds is not None:
        ref = Ref.parse(given)
        if ref is None or (kinds and ref.kind not in kinds):
            raise faults.not_found()
        return ref.id if len(kinds) == 1 else ref
    builds = None if isinstance(given, Enum) else getattr(type(given), BUILDS, None)
    return builds(**values_of(given)) if builds else given


def _item(place: int, item: Any, kinds: tuple[str, ...] | None) -> Any:
    try:
        return _plain(item, kinds)
    except faults.Refusal as refusal:
        raise refusal.at(place) from None
