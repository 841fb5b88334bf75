"""What a schema takes away from those who use the one before it, which the changelog must name."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from graphql import build_schema, find_breaking_changes

_COORDINATE = re.compile(r"@\w+|[A-Z]\w*(?:\.\w+(?:\(\w+:\))?)?")


def unnamed(before: str, now: str, changelog: str) -> Iterator[str]:
    """A sentence for each change between two schemas that breaks a client, and whose place the changelog does not name.

    The place is written as GraphQL writes it: `Order.title`, `Query.orders(first:)`, `OrderState.DRAFT`.
    """
    old, new = build_schema(before), build_schema(now)
    types = {*old.type_map, *new.type_map}
    for change in find_breaking_changes(old, new):
        named = (found for found in _COORDINATE.findall(change.description) if "." in found or found in types)
        place = next(named, change.description)
        if place not in changelog:
            yield f"{change.description} CHANGELOG.md does not name {place}."


def earlier(path: Path) -> str | None:
    """The schema of the last release, or before the first one of the commit before; None where neither is known."""
    folder = path.absolute().parent
    tagged = _git(folder, "describe", "--tags", "--abbrev=0", "HEAD^")
    return _git(folder, "show", f"{tagged.strip() if tagged else 'HEAD^'}:./{path.name}")


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, no repository, no such commit
        return None
    return done.stdout
