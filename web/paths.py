"""Names of a form's fields are paths in its input (`lines.0.minutes`): what was typed at them, and of what kind it is.

What was typed is held by name, each with its values in the order in which they came. Rows of a list are numbers in
names; their order on the page is their order in the input.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    get_named_type,
)

Written = dict[str, list[str]]
_ROW: Final = re.compile(r"\.\d{1,4}(?=\.|$)")


def bare(kind: GraphQLInputType) -> Any:
    """A type without saying that it is needed."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def kind_at(kind: GraphQLInputType, path: str) -> GraphQLInputType:
    """The type of what stands at a path in an input. Raises KeyError when the input has nothing there."""
    found = kind
    for step in path.split("."):
        above = bare(found)
        if isinstance(above, GraphQLList):
            found = above.of_type
        elif isinstance(above, GraphQLInputObjectType) and step in above.fields:
            found = above.fields[step].type
        else:
            raise KeyError(f"{bare(kind)} has no field {path}")
    return found


def has(kind: GraphQLInputType, path: str) -> bool:
    """Whether the input has a field there."""
    try:
        kind_at(kind, path)
    except KeyError:
        return False
    return True


def free_texts(kind: GraphQLInputType, written: Written) -> list[str]:
    """What was filled in where an input takes any text, in the order in which it came."""
    free = (name for name in written if has(kind, name) and get_named_type(kind_at(kind, name)) is GraphQLString)
    return [value for name in free for value in written[name] if value.strip()]


def is_present(written: Written, path: str) -> bool:
    """Whether anything came from the browser at a path or below it, filled in or not."""
    return any(_is_within(name, path) for name in written)


def is_blank(written: Written, path: str) -> bool:
    """Whether nothing was filled in or ticked at a path or below it."""
    below = (values for name, values in written.items() if _is_within(name, path))
    return not any(value.strip() and value != "false" for values in below for value in values)


def row_numbers(written: Written, path: str) -> list[int]:
    """The rows of a list that were sent or shown."""
    pattern = re.compile(rf"{re.escape(path)}\.(\d{{1,4}})(?:\.|$)")
    return sorted({int(found[1]) for name in written if (found := pattern.match(name))})


def filled_rows(written: Written, path: str) -> list[str]:
    """The path of each row of a list in which something was filled in."""
    rows = (f"{path}.{row}" for row in row_numbers(written, path))
    return [row for row in rows if not is_blank(written, row)]


def numbered(written: Written, path: str = "") -> tuple[Written, str]:
    """The same, its rows numbered by their place in the input, and where what stood at `path` stands then.

    Blank rows go last and those taken out leave no gap: first of the outer lists, then of those within their rows.
    """
    depth = 0
    while lists := _lists(written, depth):
        places: dict[str, str] = {}
        for above in lists:
            rows = [f"{above}.{row}" for row in row_numbers(written, above)]
            kept = filled_rows(written, above)
            order = kept + [row for row in rows if row not in kept]
            places |= {row: f"{above}.{place}" for place, row in enumerate(order)}
        written = {_moved(name, places): values for name, values in written.items()}
        path = _moved(path, places)
        depth += 1
    return written, path


def without(written: Written, path: str) -> Written:
    """The same without a row (`lines.1`), or without one of several values (`fileIds.0`), its rows as they stood."""
    above, _, place = path.rpartition(".")
    left = {name: values for name, values in written.items() if not _is_within(name, path)}
    if above in left and place.isdecimal():
        left[above] = [value for n, value in enumerate(left[above]) if n != int(place)]
    return left


def row_beside(written: Written, path: str) -> str:
    """The row next to one taken out (`lines.1`): the first below it, else the last above it, else the one drawn."""
    above, _, place = path.rpartition(".")
    rows = row_numbers(written, above)
    if not place.isdecimal() or not rows:
        return f"{above}.0"
    return f"{above}.{next((row for row in rows if row >= int(place)), rows[-1])}"


def in_the_schema(steps: Sequence[str | int]) -> str:
    """The path that a `userError` names: `("due_on",)` is `dueOn`."""
    return ".".join(_camel(step) if isinstance(step, str) else str(step) for step in steps)


def natural(path: str) -> list[tuple[int, str]]:
    """By which paths of rows follow each other: the tenth after the second."""
    return [(int(step), "") if step.isdecimal() else (-1, step) for step in path.split(".")]


def _is_within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.")


def _lists(written: Written, depth: int) -> set[str]:
    """The lists with so many rows around them: `lines` at 0, `options.0.rows` at 1."""
    found = ([row.start() for row in _ROW.finditer(name)] for name in written)
    return {name[: ends[depth]] for name, ends in zip(written, found, strict=True) if len(ends) > depth}


def _moved(name: str, places: Mapping[str, str]) -> str:
    """Where a name stands when rows have moved."""
    ends = (row.end() for row in _ROW.finditer(name))
    old = next((name[:end] for end in ends if name[:end] in places), None)
    return name if old is None else places[old] + name[len(old) :]


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
