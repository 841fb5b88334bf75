"""Whether servers answer the same: what is measured in turns must be one question."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bench.measuring import Server, answer

OWN = {"pageInfo", "currency"}
"""Fields whose value is each server's own (cursors), and one that ours alone tells."""
NODE_ID = re.compile(r"[A-Z]\w*:(\d+)")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.*")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
CHECKED = 5
"""Of the requests of a question so many are compared."""


def agree(name: str, asked: Mapping[str, tuple[Server, list[dict[str, Any]]]], kept: Collection[str] = ()) -> int:
    """How many rows were answered alike to the first requests of a question; SystemExit where servers differ.

    `asked` is who is asked → its server and its form of the same requests; `kept` are fields that are not compared.
    """
    rows = 0
    (first, *others) = asked
    for requests in zip(*(requests[:CHECKED] for _, requests in asked.values()), strict=True):
        told = {
            who: rows_of(json.loads(answer(server.port, request)), kept)
            for (who, (server, _)), request in zip(asked.items(), requests, strict=True)
        }
        for other in others:
            if found := next(differences(told[first], told[other]), None):
                raise SystemExit(f"Nothing is measured: to {name}, {first} and {other} answer differently at {found}.")
        rows += sum(len(each) for each in _lists(told[first]))
    if not rows:
        raise SystemExit(f"Nothing is measured: {name} has no rows.")
    return rows


def rows_of(answered: dict[str, Any], kept: Collection[str] = ()) -> Any:
    """An answer without what is form: how ids, instants, numbers and enums are written, wrappers of one field.

    Of several root fields those of a single thing stand beside the lists, where another server has the lists in it.
    """
    if answered.get("errors"):
        raise SystemExit(f"An answer is at fault: {str(answered['errors'])[:2000]}")
    told = _plain(answered["data"], {*OWN, *kept})
    if not isinstance(told, dict):
        return told
    lifted: dict[str, Any] = {}
    for name, value in told.items():
        lifted |= value if isinstance(value, dict) else {name: value}
    return lifted


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Where two answers in plain form differ, and how."""
    match one, other:
        case dict(), dict():
            if one.keys() != other.keys():
                yield f"{at or 'the top'}: fields {sorted(one)} and {sorted(other)}"
            else:
                for name in one:
                    yield from differences(one[name], other[name], f"{at}.{name}".lstrip("."))
        case list(), list():
            if len(one) != len(other):
                yield f"{at or 'the top'}: {len(one)} and {len(other)} rows"
            for n, (mine, its) in enumerate(zip(one, other, strict=False)):
                yield from differences(mine, its, f"{at}[{n}]")
        case _ if one != other:
            yield f"{at or 'the top'}: {one!r} and {other!r}"


def _plain(value: Any, without: Collection[str]) -> Any:
    match value:
        case dict():
            told = {name: _plain(each, without) for name, each in value.items() if name not in without}
            return next(iter(told.values())) if len(told) == 1 else told
        case list():
            return [_plain(each, without) for each in value]
        case None:
            return None
        case _:
            return _leaf(str(value))


def _leaf(text: str) -> str:
    if found := NODE_ID.fullmatch(text):
        text = found[1]
    if INSTANT.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    if NUMBER.fullmatch(text):
        return str(Decimal(text).normalize())
    return text.casefold()


def _lists(told: Any) -> Iterator[list[Any]]:
    """The lists of an answer, but not those within their rows."""
    match told:
        case list():
            yield told
        case dict():
            for value in told.values():
                yield from _lists(value)
