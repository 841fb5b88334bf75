"""The GraphQL documents of the pages, read once at start. Each stands beside its view and its template."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

ROOT: Final = Path(__file__).parent


@dataclass(frozen=True)
class Document:
    """One operation. `field` is the name in the answer of its first root field, a mutation's only one."""

    name: str
    text: str
    changes: bool
    field: str


@cache
def load(root: Path = ROOT) -> Mapping[str, Document]:
    """All documents below `root` by path: `orders/order.graphql`. ValueError for one of several operations."""
    found = (path for path in sorted(root.rglob("*.graphql")) if "vendor" not in path.parts)
    return {document.name: document for document in (_read(path, root) for path in found)}


def _read(path: Path, root: Path) -> Document:
    name, text = path.relative_to(root).as_posix(), path.read_text()
    operations = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1:
        raise ValueError(f"{name} has {len(operations)} operations, a document has one")
    fields = [node for node in operations[0].selection_set.selections if isinstance(node, FieldNode)]
    changes = operations[0].operation is OperationType.MUTATION
    if not fields or (changes and len(fields) != 1):
        raise ValueError(f"{name}: a query asks for a field, a mutation for one")
    return Document(name, text, changes, fields[0].alias.value if fields[0].alias else fields[0].name.value)
