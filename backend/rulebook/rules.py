"""All rules of the contract by name, and the mark that a function keeps one."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from backend.rulebook.chapters import (
    bodies,
    channels,
    complaints,
    development,
    general,
    hours,
    invoices,
    orders,
    parties,
    steering,
    tickets,
)
from backend.rulebook.rule import Rule

F = TypeVar("F", bound=Callable[..., object])

CHAPTERS = (
    general,
    parties,
    orders,
    hours,
    invoices,
    tickets,
    complaints,
    bodies,
    steering,
    development,
    channels,
)


def by_name(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    """The rules under their names; ValueError for a name that two of them have."""
    found: dict[str, Rule] = {}
    for each in rules:
        if found.setdefault(each.name, each) is not each:
            raise ValueError(f"two rules are called {each.name}")
    return MappingProxyType(found)


RULES: Mapping[str, Rule] = by_name(each for chapter in CHAPTERS for each in chapter.RULES)
"""Every rule of the contract, in its order."""


def rule(*names: str) -> Callable[[F], F]:
    """Say which rules a function keeps; they stand in its `__rules__`. Raises ValueError for a name that is none.

    The function is otherwise as it was. What keeps a rule is read from the source (`backend.rulebook.citations`).
    """
    known(*names)

    def mark(function: F) -> F:
        function.__rules__ = (*getattr(function, "__rules__", ()), *names)  # type: ignore[attr-defined]
        return function

    return mark


def known(*names: str) -> None:
    """Raise ValueError for a name that no rule has."""
    unknown = [name for name in names if name not in RULES]
    if unknown or not names:
        raise ValueError(f"no such rule: {', '.join(unknown) or '(none named)'}")
