"""A thing that can be about anything holds a Ref; slices register what each kind is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from sqlalchemy import ColumnElement, FromClause, select, true
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, order=True)
class Ref:
    """The name of a thing: its kind (a GraphQL type's name) and its key."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The Ref of a global id such as `Order:42`; None where it is none."""
        found = re.fullmatch(r"([A-Z][A-Za-z]*):(\d{1,18})", text, re.ASCII)
        return cls(found[1], int(found[2])) if found else None


@dataclass(frozen=True)
class Aside:
    """Texts of a thing that not everybody who sees it reads: they are searched by themselves."""

    texts: Sequence[str | tuple[str, ...]]
    read_by: Callable[[Any, Any], ColumnElement[bool]]
    """Who reads them, of those who see the row."""


@dataclass(frozen=True)
class Kind:
    """What a slice says of a kind of thing, for node look-ups, search, timelines, bells and links."""

    name: str
    table: FromClause
    visible_to: Callable[[Any, Any], ColumnElement[bool]]
    number: str | None = None
    """Column that people know the thing by."""
    is_number_given: bool = False
    """Whether people give its number as they like: it is found whatever letters it has."""
    other_number: str | None = None
    """Column of the number that the other party has given it."""
    title: str | None = None
    url: str | None = None
    """Path in the portal, with `{id}` or `{number}`."""
    words: Sequence[str | tuple[str, ...]] = ()
    """Columns whose texts are searched (`kit.words.Texts`); none: it is found by its number alone."""
    searchable: Callable[[Any], ColumnElement[bool]] = lambda row: true()
    """Which rows' texts may be searched, beside whether they are seen."""
    asides: tuple[Aside, ...] = ()
    part_of: tuple[str, ...] = ()
    """The kinds of larger things that its events may say they happened within: whose timelines show them too."""
    tells_readers: bool = False
    """Whoever may see it hears of its events that are meant for all, on whatever side: it is for many at once."""
    thing: type[Any] | None = None
    """The mapped class whose rows are of this kind; None where they are only read."""


_kinds: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_kinds)


def register(kind: Kind) -> None:
    """Make a kind known; each kind belongs to one slice."""
    if kind.name in _kinds:
        raise ValueError(f"two slices register {kind.name}")
    _kinds[kind.name] = kind


def register_thing(thing: Any, visible_to: Callable[[Any, Any], ColumnElement[bool]], **known_by: Any) -> None:
    """Make a mapped class known as a kind of its own name; `known_by` is the rest of its `Kind`."""
    register(Kind(thing.__name__, thing.__table__, visible_to, thing=thing, **known_by))


def nearest(own: str, around: str) -> str:
    """The page that shows most of what happened to a thing: its own, unless that of the thing around is within it."""
    return around if around.startswith(own) else own


async def is_visible(session: AsyncSession, actor: Any, about: Ref) -> bool:
    """Whether a thing is there and the actor may see it."""
    kind = KINDS.get(about.kind)
    if kind is None:
        return False
    row = kind.table.alias()
    found = select(row.c.id).where(row.c.id == about.id, kind.visible_to(actor, row.c))
    return await session.scalar(found) is not None
