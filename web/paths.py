"""Names of a form's fields are paths in its input (`lines.0.minutes`): what was typed at them, and of what kind it is.

What was typed is held by name, each with its values in the order in which they came. Rows of a list are numbers in
names; their order on the page is their order in the input.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInputType, GraphQLList, GraphQLNonNull

Written = dict[str, list[str]]


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


def numbered(written: Written) -> Written:
    """The same, its rows numbered by their place in the input: blank ones go last, those taken out leave no gap."""
    lists = {match[1] for name in written for match in re.finditer(r"(?=(^.*?)\.\d{1,4}(?:\.|$))", name)}
    for path in sorted(lists, key=len):
        rows = [f"{path}.{row}" for row in row_numbers(written, path)]
        kept = filled_rows(written, path)
        order = kept + [row for row in rows if row not in kept]
        places = {row: f"{path}.{place}" for place, row in enumerate(order)}
        written = {_moved(name, places): values for name, values in written.items()}
    return written


def without(written: Written, path: str) -> Written:
    """The same without a row (`lines.1`), or without one of several values (`fileIds.0`); those below move up."""
    above, _, place = path.rpartition(".")
    left = {name: values for name, values in written.items() if not _is_within(name, path)}
    if above in left and place.isdigit():
        left[above] = [value for n, value in enumerate(left[above]) if n != int(place)]
    return numbered(left)


def in_the_schema(steps: Sequence[str | int]) -> str:
    """The path that a `userError` names: `("due_on",)` is `dueOn`."""
    return ".".join(_camel(step) if isinstance(step, str) else str(step) for step in steps)


def natural(path: str) -> list[tuple[int, str]]:
    """By which paths of rows follow each other: the tenth after the second."""
    return [(int(step), "") if step.isdigit() else (-1, step) for step in path.split(".")]


def _is_within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.")


def _moved(name: str, places: Mapping[str, str]) -> str:
    found = next((old for old in places if _is_within(name, old)), None)
    return name if found is None else places[found] + name[len(found) :]


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
