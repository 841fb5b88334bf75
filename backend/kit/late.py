"""Dataclasses whose methods are made with their first object: most of ours have none before a process answers.

Python compiles five methods for a frozen dataclass, and those of ours took a fifteenth of a start. What is asked for
its fields before there is an object, or has a class of the ordinary kind below it, takes the ordinary decorator.
"""

import dataclasses
from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_LOCK = RLock()
_WAITING: dict[type, dict[str, bool]] = {}
"""Classes that have no object yet, and how they are to be made."""


@overload
def dataclass(cls: type[T], /) -> type[T]: ...
@overload
def dataclass(**how: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(field_specifiers=(dataclasses.field,))
def dataclass(cls: type[Any] | None = None, /, **how: bool) -> Any:
    """As `dataclasses.dataclass`. A class with slots is made at once: they cannot be added later."""
    if cls is None:
        return lambda cls: _made(cls, how) if how.get("slots") else _waiting(cls, how)
    return _waiting(cls, how)


def _made(cls: type[Any], how: dict[str, bool]) -> type[Any]:
    _make_above(cls)
    return dataclasses.dataclass(**how)(cls)


def _waiting(cls: type[Any], how: dict[str, bool]) -> type[Any]:
    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807  # until it is called
        with _LOCK:
            _make(cls)
        cls.__init__(self, *args, **values)

    _WAITING[cls] = how
    cls.__init__ = __init__
    return cls


def _make_above(cls: type[Any]) -> None:
    for above in cls.__mro__[:0:-1]:
        _make(above)


def _make(cls: type[Any]) -> None:
    """All but the constructor first: who comes meanwhile, in another thread, finds the one that waits for us."""
    if (how := _WAITING.get(cls)) is None:
        return
    _make_above(cls)
    dataclasses.dataclass(**how, init=False)(cls)
    heir = type(cls.__name__, (cls,), {"__doc__": "For its constructor.", "__module__": cls.__module__})
    dataclasses.dataclass(frozen=how.get("frozen", False), eq=False, repr=False)(heir)
    cls.__init__ = heir.__init__  # type: ignore[misc]
    del _WAITING[cls]
