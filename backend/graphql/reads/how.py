"""How a field is read: what the specifiers of reads.shape leave for the compiler."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, FromClause, literal_column
from sqlalchemy.dialects.postgresql import ARRAY
from strawberry.types.field import StrawberryField

from backend.kit.database import Condition, Row
from backend.kit.searching import Way

SeenBy: TypeAlias = Callable[[Any], bool]
HOW = "reads"
"""The key of strawberry's own field metadata under which a How stands."""


class Actor(Protocol):
    """Whoever asks. `parameters` names the attributes that are bound anew for each request;
    all others (kind, rights) may decide the form of a statement, and actors of one form share plans."""

    parameters: ClassVar[tuple[str, ...]]

    def form(self) -> Hashable: ...

    def with_parameters(self, bind: Callable[[str], Any]) -> Self: ...


@dataclass(frozen=True)
class Keys:
    """A total order for pages: not one column nullable, the last unique, all in one direction."""

    columns: tuple[str, ...]
    descending: bool = False
    seen_by: SeenBy | None = None
    """`seen_by(actor)`: others get the first order there is, for order and cursors tell of the columns."""


@dataclass(frozen=True)
class Shape:
    table: FromClause
    visible_to: Callable[[Any, Row], Condition]
    sort: Mapping[Any, Keys]  # the first is the default


@dataclass(frozen=True)
class How:
    seen_by: SeenBy | None = None


@dataclass(frozen=True)
class Value(How):
    of: Callable[..., Any] | None = None
    by_actor: bool = False


@dataclass(frozen=True)
class ByType(How):
    of: Callable[[str, Row], Any] = lambda type_name, row: None


@dataclass(frozen=True)
class GlobalKey(How): ...


@dataclass(frozen=True)
class Embedded(How):
    parts: Callable[[Row], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Computed(How):
    make: Callable[..., Any] = lambda actor: None
    needs: Callable[[Row], Mapping[str, Any]] = lambda row: {}


@dataclass(frozen=True)
class Link(How):
    on: Callable[..., Condition] = lambda parent, row: Condition()
    with_parent: bool = False
    by_actor: bool = False
    page: int = 50
    cap: int = 100
    rows: Callable[..., FromClause] | None = None
    report: bool = False
    visible_to: Callable[[Any, Row], Condition] | None = None
    ways: Callable[..., Sequence[Way]] | None = None

    def ways_of(self, given: Mapping[str, Any]) -> Sequence[Way]:
        """Those in which a row is found by what was typed; none where nothing was."""
        return self.ways(**given) if self.ways else ()


@dataclass(frozen=True)
class RefLink(How):
    to: Callable[[Row], tuple[Any, Any]] = lambda row: (None, None)


@dataclass(frozen=True)
class ByIds(How):
    cap: int = 100


COLUMN = Value()


NOTHING: ColumnElement[int] = literal_column("NULL::bigint")
"""Equal to nothing; a Python None would ask for rows without a value."""


@dataclass(frozen=True)
class GlobalId:
    """A decoded ID argument; `of` gives its key where it is an ID of that type."""

    type_name: str | None
    key: Any

    def of(self, type_name: str) -> Any:
        return self.key if self.type_name == type_name else NOTHING


@dataclass(frozen=True)
class GlobalIds:
    """A decoded list of IDs; `of` gives the keys of those of a type, as an array: `row.id == any_(ids.of("Order"))`."""

    type_names: tuple[str, ...]
    bind: Callable[[Callable[[list[GlobalId]], list[Any]], Any], Any]

    def of(self, type_name: str) -> Any:
        return self.bind(lambda ids: [i.key for i in ids if i.type_name == type_name], ARRAY(BigInteger))


def how_of(field: StrawberryField) -> How:
    how = field.metadata.get(HOW, COLUMN)
    assert isinstance(how, How)
    return how
