"""Relay's part of the schema: identifiers over all types, pages, and what things of any kind have in common."""

from typing import Any, Generic, TypeVar

import sqlalchemy as sa
import strawberry

from backend.graphql.reads.how import HOW, GlobalKey
from backend.graphql.reads.shape import by_type, node_by_id, nodes_by_ids, root
from backend.kit import refs
from backend.kit.conditions import MOST_COUNTED, MOST_FOUND
from backend.kit.database import Row

T = TypeVar("T")


@strawberry.interface(description="Anything with an identifier of its own.")
class Node:
    id: strawberry.ID = strawberry.field(description="Identifier, unique over all types.", metadata={HOW: GlobalKey()})


def _named(attribute: str) -> Any:
    def of(type_name: str, row: Row) -> Any:
        kind = refs.KINDS.get(type_name)
        name = kind and getattr(kind, attribute)
        return sa.cast(row[name] if name else sa.null(), sa.Text)

    return of


def _url(type_name: str, row: Row) -> Any:
    """The path of `refs.Kind.url`, its `{places}` filled from the row."""
    kind = refs.KINDS.get(type_name)
    if kind is None or kind.url is None:
        return sa.cast(sa.null(), sa.Text)
    parts = kind.url.replace("}", "{").split("{")  # text, place, text, place, …
    return sa.func.concat(*(row[part] if i % 2 else sa.literal(part) for i, part in enumerate(parts) if part))


@strawberry.interface(description="A thing that events, comments, files and agendas can be about.")
class Subject(Node):
    number: str | None = by_type(_named("number"), "What people know it by, where it has a number.")
    title: str | None = by_type(_named("title"), "What it is called, where it has a name.")
    url: str | None = by_type(_url, "Its page in the portal, where it has one.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow after this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page began after a cursor.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row; null where the page is empty.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row; null where the page is empty.")


@strawberry.type(description="One row of a page and its cursor.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Where the row stands: `after` it the next page begins.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="The rows of the page.")
    edges: list[Edge[T]] = strawberry.field(description="The rows of the page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(
        description=f"How many there are that you may see, up to {MOST_COUNTED:,}; one more says that there are more. "
        f"Orders and tickets that were found by words are counted up to {MOST_FOUND} in the same way. Costs a count."
    )


@root
class NodeQuery:
    """Anything by its identifier."""

    node: Node | None = node_by_id()
    nodes: list[Node | None] | None = nodes_by_ids()
