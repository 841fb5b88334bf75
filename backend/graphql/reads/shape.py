"""Declaring how a GraphQL type is read.

A shape is a type of the schema whose fields also say where they come from:

    @shape(model.Ticket, queries.visible_tickets, sort=newest("created_at", "id"))
    class Ticket(Node):
        '''A request, incident, problem or change.'''

        title: str = column("What it is about.")
        is_late: bool = sql(lambda t: t.due_at < t.closed_at, "Whether it was closed after its deadline.")
        requester: Person | None = one(lambda t, p: p.id == t.requester_id, "Who asked.")
        comments: Connection[Comment] = connection(lambda t, c: c.ticket_id == t.id, "What was written.")

The functions get the columns of the rows at hand and give SQL; they run once for a plan, never for a row.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, dataclass_transform

import strawberry
from sqlalchemy import FromClause
from sqlalchemy import inspect as inspect_mapped
from strawberry.types.fields.resolver import StrawberryResolver

from backend.graphql.publishing import Argument, publish, resolved
from backend.graphql.reads.how import (
    HOW,
    Actor,
    ByIds,
    ByType,
    Computed,
    Embedded,
    How,
    Keys,
    Link,
    RefLink,
    SeenBy,
    Shape,
    Value,
)
from backend.kit.database import Condition, Row
from backend.kit.searching import Way

T = TypeVar("T")
E = TypeVar("E", bound=type[Enum])


def newest(*columns: str, seen_by: SeenBy | None = None) -> Keys:
    return Keys(columns, descending=True, seen_by=seen_by)


def oldest(*columns: str, seen_by: SeenBy | None = None) -> Keys:
    return Keys(columns, seen_by=seen_by)


BY_ID = oldest("id")
argument = Argument
"""Of a link: its type, and the sentence that the schema says of it."""


def everyone(actor: Actor) -> bool:
    """`seen_by` of what every signed-in actor may ask; what each then sees is the rows' own matter."""
    return True


def column(description: str, *, seen_by: SeenBy | None = None) -> Any:
    """The column of the field's name. `seen_by(actor)`: others get null."""
    return _field(Value(seen_by), description)


def sql(
    of: Callable[..., Any],
    description: str,
    /,
    *,
    by_actor: bool = False,
    seen_by: SeenBy | None = None,
    **arguments: Argument,
) -> Any:
    """An expression over the row: `of(row, **arguments)`, or `of(row, actor, **arguments)` when `by_actor`."""
    return _field(Value(seen_by, of, by_actor), description, arguments or None)


def by_type(of: Callable[[str, Row], Any], description: str) -> Any:
    """An expression that an interface declares for all its types: `of(type_name, row)`."""
    return _field(ByType(None, of), description)


def embedded(parts: Callable[[Row], Mapping[str, Any]], description: str, *, seen_by: SeenBy | None = None) -> Any:
    """An object made of the row's own expressions (Money): null where its first part is."""
    return _field(Embedded(seen_by, parts), description)


def group(description: str, *, seen_by: SeenBy | None = None) -> Any:
    """An object of fields that are declared over the very same row (or, at a root, over none)."""
    return _field(Embedded(seen_by), description)


def computed(
    make: Callable[..., Any],
    needs: Callable[[Row], Mapping[str, Any]],
    description: str,
    *,
    seen_by: SeenBy | None = None,
) -> Any:
    """A value only Python can make: `make(actor, **needs)`, pure and total, run where the document selects it."""
    return _field(Computed(seen_by, make, needs), description)


def one(
    on: Callable[..., Condition],
    description: str,
    /,
    *,
    with_parent: bool = False,
    by_actor: bool = False,
    seen_by: SeenBy | None = None,
    rows: Callable[..., FromClause] | None = None,
    **arguments: Argument,
) -> Any:
    """A link to at most one row: `on(parent, row, **arguments)`, and `actor=` too when `by_actor`.

    Null where the actor may not see it, unless it is seen `with_parent`. `rows(**arguments)` reads from another
    selectable with the shape's columns, for figures that arguments reach into.
    """
    return _field(Link(seen_by, on, with_parent, by_actor, rows=rows), description, arguments)


def many(
    on: Callable[..., Condition],
    description: str,
    /,
    *,
    with_parent: bool = False,
    by_actor: bool = False,
    seen_by: SeenBy | None = None,
    rows: Callable[..., FromClause] | None = None,
    page: int = 50,
    cap: int = 100,
    visible_to: Callable[[Any, Row], Condition] | None = None,
    ahead: Callable[[Row], Condition] | None = None,
    **arguments: Argument,
) -> Any:
    """A link to a plain list, capped; otherwise as `one`, with `visible_to` as in a `connection`.

    Rows of which `ahead(row)` holds come first, and are cut last.
    """
    how = Link(seen_by, on, with_parent, by_actor, page, cap, rows, visible_to=visible_to, ahead=ahead)
    return _field(how, description, {**arguments, "first": _first(page, cap)})


def connection(
    on: Callable[..., Condition],
    description: str,
    /,
    *,
    with_parent: bool = False,
    by_actor: bool = False,
    seen_by: SeenBy | None = None,
    rows: Callable[..., FromClause] | None = None,
    page: int = 50,
    cap: int = 100,
    visible_to: Callable[[Any, Row], Condition] | None = None,
    ways: Callable[..., Sequence[Way]] | None = None,
    order: type[Enum] | None = None,
    **arguments: Argument,
) -> Any:
    """A link to a Relay connection, paged by the keys of its order; otherwise as `one`.

    `visible_to` stands in place of the type's own: the same rows of those that the link can lead to, found sooner.
    `ways(**arguments)` are those in which a row is found by what was typed, if anything was: one that holds is enough.
    """
    how = Link(seen_by, on, with_parent, by_actor, page, cap, rows, visible_to=visible_to, ways=ways)
    return _field(how, description, {**arguments, **_paging(page, cap, order)})


def report(
    on: Callable[..., Condition],
    description: str,
    /,
    *,
    seen_by: SeenBy,
    by_actor: bool = False,
    rows: Callable[..., FromClause] | None = None,
    page: int = 1_000,
    cap: int = 10_000,
    order: type[Enum] | None = None,
    **arguments: Argument,
) -> Any:
    """A connection of up to 10,000 rows a page, for those whose token may ask for reports; its rows cost less each."""
    how = Link(seen_by, on, False, by_actor, page, cap, rows, report=True)
    return _field(how, description, {**arguments, **_paging(page, cap, order)})


def ref(to: Callable[[Row], tuple[Any, Any]], description: str, *, seen_by: SeenBy | None = None) -> Any:
    """A link to what a Ref names: `to(row)` gives its kind and its id; the field's type is an interface.

    Null where the actor may not see the thing, and where the interface has no type of that kind.
    """
    return _field(RefLink(seen_by, to), description)


def node_by_id() -> Any:
    """The one row, of whatever type, that an identifier names."""
    of_id = {"id": argument(strawberry.ID, "Identifier of the thing.")}
    how = Link(everyone, lambda _, row, id: row.id == id.key)
    return _field(how, "Anything by its identifier; null where you may not see it.", of_id)


def nodes_by_ids() -> Any:
    """The rows, of whatever types, that identifiers name, in their order."""
    of_ids = {"ids": argument(list[strawberry.ID], "Identifiers of the things, a hundred at most.")}
    said = "Things by their identifiers, in that order; null where you may not see one."
    return _field(ByIds(everyone), said, of_ids)


def described(members: E, description: str, *, name: str | None = None, **sentences: str) -> E:
    """Publish an enum of a slice, with a sentence for itself and one for each member."""
    strawberry.enum(members, name=name, description=description)
    for value in members.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = sentences.pop(value.name, None)
    if sentences:
        raise ValueError(f"{members.__name__} has no member {', '.join(sentences)}")
    return members


def _first(page: int, cap: int) -> Argument:
    return argument(int | None, f"How many at most, up to {cap}; {page} if not said.")


def _paging(page: int, cap: int, order: type[Enum] | None) -> dict[str, Argument]:
    after = argument(str | None, "The cursor after which the page begins.")
    ordered = {"order_by": argument(order | None, "In which order.")} if order else {}
    return {"first": _first(page, cap), "after": after, **ordered}


def _field(how: How, description: str, arguments: Mapping[str, Argument] | None = None) -> Any:
    if arguments is None:
        return strawberry.field(description=description, metadata={HOW: how})
    return resolved(LINK, arguments, description, metadata={HOW: how})


async def _link(info: strawberry.Info, **_: Any) -> Any:
    return await info.context["reading"].link(info._raw_info)


LINK = StrawberryResolver(_link)
"""What ordinary execution calls at a root link."""


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(column, sql, by_type, embedded, group, computed, one, many, connection, report, ref),
)
def shape(
    table: Any, visible_to: Callable[[Any, Row], Condition], sort: Keys | Mapping[Any, Keys] = BY_ID
) -> Callable[[type[T]], type[T]]:
    """Publish a class as a type that is read from a table (or mapped class), by those who may see the row."""

    def decorate(cls: type[T]) -> type[T]:
        rows = table if isinstance(table, FromClause) else inspect_mapped(table).local_table
        cls.__shape__ = Shape(rows, visible_to, sort if isinstance(sort, Mapping) else {None: sort})  # type: ignore[attr-defined]
        return publish(cls, inspect.getdoc(cls))

    return decorate


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(column, sql, embedded, group, computed, one, many, connection, report, node_by_id, nodes_by_ids),
)
def root(cls: type[T]) -> type[T]:
    """A class of fields with no row above them: a slice's part of the query, or an object that is a `group` there."""
    return publish(cls, inspect.getdoc(cls))
