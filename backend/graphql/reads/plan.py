"""A statement, what it binds for each request, and where computed values go into its JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from backend.graphql.reads.how import Actor

Variables = Mapping[str, Any]
Getter = Callable[[Variables, Any], Any]
Maker = Callable[[list[Any], Any], Any]
Path = tuple[str, ...]
NEEDS = "="
"""The key under which a statement leaves what a computed value needs; no field can be called that."""


class NotCompiled(Exception):
    """The selection has something that only ordinary execution knows."""


class Tree(dict[str, "Tree"]):
    """The paths of an answer that lead to computed values."""

    def add(self, path: Path) -> None:
        below = self
        for key in path:
            below = below.setdefault(key, Tree())


@dataclass(frozen=True)
class Plan:
    sql: bytes
    getters: tuple[Getter, ...]
    checks: tuple[Getter, ...]  # of values that the statement does not use, and that may be refused all the same
    computed: Tree
    makers: tuple[Maker, ...]
    refused: tuple[Path, ...]  # fields that this form of actor may not ask for: null, with an error that says so
    is_report: bool  # all that is asked for at the root is a report
    is_search: bool  # how rare the words are decides how it is best run

    def parameters(self, values: Variables, actor: Actor) -> list[Any]:
        for check in self.checks:
            check(values, actor)
        return [get(values, actor) for get in self.getters]

    def finish(self, json: bytes, actor: Actor) -> bytes:
        """The statement's JSON as it is, unless it has computed values to be filled in."""
        if not self.makers:
            return json
        data = orjson.loads(json)
        self._fill(data, self.computed, actor)
        return orjson.dumps(data)

    def _fill(self, data: Any, tree: Tree, actor: Actor) -> None:
        if isinstance(data, list):
            for item in data:
                self._fill(item, tree, actor)
        elif data is not None:
            for key, below in tree.items():
                value = data.get(key)  # absent where another type of an interface stands here
                if isinstance(value, dict) and NEEDS in value:
                    which, *needs = value[NEEDS]
                    data[key] = self.makers[which](needs, actor)
                elif value is not None:
                    self._fill(value, below, actor)
