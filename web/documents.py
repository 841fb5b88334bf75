"""The GraphQL documents of the pages, read once at start. Each stands beside its view and its template."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final, NamedTuple

from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

ROOT: Final = Path(__file__).parent


class _Operation(NamedTuple):
    changes: bool
    field: str


@dataclass(frozen=True)
class Document:
    """One operation. It is parsed when it is first asked for: to parse all of them takes a tenth of the start."""

    name: str
    text: str

    @property
    def changes(self) -> bool:
        """Whether it is a mutation."""
        return self._operation.changes

    @property
    def field(self) -> str:
        """The name in the answer of its first root field, a mutation's only one."""
        return self._operation.field

    @cached_property
    def _operation(self) -> _Operation:
        operations = [node for node in parse(self.text).definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) != 1:
            raise ValueError(f"{self.name} has {len(operations)} operations, a document has one")
        fields = [node for node in operations[0].selection_set.selections if isinstance(node, FieldNode)]
        changes = operations[0].operation is OperationType.MUTATION
        if not fields or (changes and len(fields) != 1):
            raise ValueError(f"{self.name}: a query asks for a field, a mutation for one")
        return _Operation(changes, fields[0].alias.value if fields[0].alias else fields[0].name.value)


@cache
def load(root: Path = ROOT) -> Mapping[str, Document]:
    """All documents below `root` by path: `orders/order.graphql`.

    One of several operations raises ValueError when it is asked what it is.
    """
    found = (path for path in sorted(root.rglob("*.graphql")) if "vendor" not in path.parts)
    named = ((path.relative_to(root).as_posix(), path) for path in found)
    return {name: Document(name, path.read_text()) for name, path in named}
