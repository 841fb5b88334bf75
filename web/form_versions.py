"""Where somebody else was faster: what a thing says now beside what was typed over it, so far as the two differ."""

import re
from typing import Final

from graphql import GraphQLInputObjectType, GraphQLList, get_named_type

from web import paths
from web.paths import Written
from web.typed import READERS, Unreadable, typed

_ROW: Final = re.compile(r"\.\d+\.")
_PLAIN: Final = {"String", "Int", "Minutes", "Decimal", "Date", "DateTime"}
"""Scalars that people read as they stand."""


def values_now(kind: GraphQLInputObjectType, ours: Written, theirs: Written, path: str) -> tuple[str, ...] | None:
    """What stands at a field now, where that says something else than what was typed; of a row its list tells all."""
    if path not in theirs or _ROW.search(path):
        return None
    typed_here, now = (_said(kind, written, path) for written in (ours, theirs))
    return tuple(now) if set(now) != set(typed_here) else None


def rows_now(kind: GraphQLInputObjectType, ours: Written, theirs: Written, path: str) -> list[str] | None:
    """The rows of a list as they are now, each in a line, where they are others than those typed."""
    typed_here, now = (
        [_row_of(kind, written, row) for row in paths.filled_rows(written, path)] for written in (ours, theirs)
    )
    return [" · ".join(plain) for _, plain in now] if now != typed_here else None


def _said(kind: GraphQLInputObjectType, written: Written, path: str) -> list[str]:
    """What was typed at a path, each value as the portal writes it."""
    its = paths.kind_at(kind, path)
    several = isinstance(paths.bare(its), GraphQLList)
    values = written.get(path, [])[0 if several else -1 :]
    return [_as_written(value.strip(), get_named_type(its).name) for value in values if value.strip()]


def _row_of(kind: GraphQLInputObjectType, written: Written, row: str) -> tuple[dict[str, list[str]], list[str]]:
    """All that a row says by its fields, and what of it can be read as it is."""
    within = [path for path in written if path.startswith(f"{row}.") and paths.has(kind, path)]
    told = {path: _said(kind, written, path) for path in within}
    by_field = {path.removeprefix(row): values for path, values in told.items() if values not in ([], ["false"])}
    plain = (path for path in within if get_named_type(paths.kind_at(kind, path)).name in _PLAIN)
    return by_field, [value for path in plain for value in told[path]]


def _as_written(value: str, scalar: str) -> str:
    """A value as the portal writes it, where it can be read: `7:30` is `7,5`."""
    if scalar == "Boolean":
        return "true" if value in ("true", "on", "1") else "false"
    try:
        return typed(READERS[scalar](value), scalar) if scalar in READERS else value
    except Unreadable:
        return value
