"""A selection over shapes as ONE SQL statement that makes the JSON of the answer.

A plan is fixed by the document, the form of its variables (parameters.form) and the form of the actor;
whatever else they hold is bound anew for each request.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_type_hints

import graphql as g
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from backend.graphql.reads.completing import completing
from backend.graphql.reads.how import (
    Actor,
    ByIds,
    ByType,
    Computed,
    Embedded,
    GlobalIds,
    GlobalKey,
    How,
    Keys,
    Link,
    RefLink,
    Shape,
    Value,
    how_of,
)
from backend.graphql.reads.parameters import Parameters, reader
from backend.graphql.reads.plan import NEEDS, Maker, NotCompiled, Path, Plan, Tree
from backend.graphql.reads.selecting import Nodes, Selecting, Selection
from backend.graphql.reads.sql import (
    DIALECT,
    NULL,
    Page,
    Sql,
    UnknownKey,
    UnknownText,
    cursor,
    joined,
    json,
    json_array,
    json_boolean,
    json_in_quotes,
    json_list,
    json_number,
    json_object,
    name_of,
    or_null,
    stored,
    stray_rows,
)
from backend.kit.conditions import MOST_COUNTED, MOST_FOUND, is_never_null, rows_of
from backend.kit.database import Condition, Row
from backend.kit.searching import Way, found_by, is_found

Make = Callable[[str, Nodes, Path], Sql]
AS_JSON = {
    "Int": json_number,
    "Minutes": json_number,
    "Boolean": json_boolean,
    "Decimal": json_in_quotes,
    "Date": json_in_quotes,
}
"""Scalars whose JSON is made in a cheaper way than by to_json."""
ROOT = None
"""The row of a root field: there is none."""


class Compiler:
    def __init__(
        self,
        schema: g.GraphQLSchema,
        fragments: Mapping[str, g.FragmentDefinitionNode],
        variables: Mapping[str, tuple[g.GraphQLInputType, Hashable]],
        actor: Actor,
    ) -> None:
        self.schema, self.parameters = schema, Parameters(variables)
        self.selection = Selection(schema, fragments, self.parameters)
        self.computed, self.makers, self.refused = Tree(), list[Maker](), list[Path]()
        self.roots, self.is_search = list[How](), False
        types = get_type_hints(type(actor))
        self.actor = actor.with_parameters(
            lambda name: self.parameters.bind(
                lambda _, a: stored(getattr(a, name)), UnknownKey() if int in _parts(types[name]) else UnknownText()
            )
        )

    def plan(self, answer: Sql) -> Plan:
        compiled = sa.select(answer).compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        if stray := stray_rows(compiled.string):
            raise TypeError(f"a condition names {', '.join(stray)} outside of its own statement: it must correlate")
        used, getters = compiled.positiontup or [], self.parameters.getters
        checks = tuple(getters[name] for name in getters if name in self.parameters.checked and name not in used)
        values = tuple(getters[name] for name in used)
        is_report = bool(self.roots) and all(isinstance(how, Link) and how.report for how in self.roots)
        made = tuple(self.makers), tuple(self.refused), is_report, self.is_search
        return Plan(compiled.string.encode(), values, checks, self.computed, *made)

    # Objects and their values

    def build(self, type_: g.GraphQLObjectType, nodes: Selecting, path: Path, make: Make, before: str = "") -> Sql:
        """The JSON object of a selection, each field as `make` says (that named `before` ahead of the others)."""
        selected = self.selection.collect(type_, nodes)
        names = {key: same[0].name.value for key, same in selected.items()}
        typename = joined(f'"{type_.name}"')
        made = {
            key: typename if names[key] == "__typename" else make(names[key], selected[key], (*path, key))
            for key in sorted(selected, key=lambda key: names[key] != before)
        }
        return json_object((key, made[key]) for key in selected)

    def object(self, type_: g.GraphQLObjectType, nodes: Selecting, row: Row, path: Path) -> Sql:
        return self.build(type_, nodes, path, lambda name, same, path: self.field(type_, name, same, row, path))

    def field(self, type_: g.GraphQLObjectType, name: str, nodes: Nodes, row: Row, path: Path) -> Sql:
        field = type_.fields.get(name)
        definition = field and field.extensions.get("strawberry-definition")
        if field is None or definition is None:
            raise NotCompiled(name)
        how, is_root = how_of(definition), type_ is self.schema.query_type
        if is_root:
            self.roots.append(how)
        if how.seen_by and not how.seen_by(self.actor):
            if is_root:
                self.refused.append(path)
            return NULL
        match how:
            case Link():
                return self.link(field, how, nodes, row, path)
            case RefLink():
                return self.ref(abstract_type(field.type), nodes, how.to(row), path)
            case ByIds():
                ids = self.parameters.arguments(field, nodes[0])["ids"]
                return self.by_ids(abstract_type(field.type), nodes, ids, path)
            case GlobalKey():
                return joined(f'"{type_.name}:', row["id"], '"')
            case ByType():
                return self.value(field.type, how.of(type_.name, row))
            case Embedded(parts=None):
                return self.object(object_type(field.type), nodes, row, path)
            case Embedded(parts=of) if of:
                parts = of(row)
                whole, first = self.object(object_type(field.type), nodes, parts, path), next(iter(parts.values()))
                return whole if is_never_null(first) else sa.case((first.is_not(None), whole), else_=NULL)
            case Computed():
                return self.compute(field, how, nodes, row, path)
            case Value(of=of) if of:
                given = self.parameters.arguments(field, nodes[0])
                return self.value(field.type, of(row, *([self.actor] if how.by_actor else []), **given))
            case Value() if row is not ROOT and definition.base_resolver is None:
                return self.value(field.type, row[definition.python_name])
        raise NotCompiled(f"{type_.name}.{name}")

    def value(self, type_: g.GraphQLOutputType, value: Sql) -> Sql:
        if isinstance(value, sa.Null):
            return NULL
        inner: Any = g.get_nullable_type(type_)
        if isinstance(inner, g.GraphQLList):
            item = sa.func.unnest(value).column_valued()
            each = sa.cast(self.value(inner.of_type, item), sa.Text)
            items = sa.select(json_list(sa.func.string_agg(each, ","))).scalar_subquery()
            return sa.case((value.is_not(None), items), else_=NULL)
        if isinstance(inner, g.GraphQLEnumType):
            return name_of(value, {stored(member.value): name for name, member in inner.values.items()})
        return AS_JSON.get(inner.name, json)(value)

    def compute(self, field: g.GraphQLField, how: Computed, nodes: Nodes, row: Row, path: Path) -> Sql:
        """What Python needs, left at the value's place in the answer together with the number of its maker."""
        needs = how.needs(row)
        readers = [(name, reader(column.type.python_type)) for name, column in needs.items()]
        complete = completing(self.selection, field, nodes)

        def make(found: list[Any], actor: Any) -> Any:
            pairs = zip(readers, found, strict=True)
            values = {name: None if value is None else read(value) for (name, read), value in pairs}
            return complete(how.make(actor, **values))

        self.makers.append(make)
        self.computed.add(path)
        return json_object([(NEEDS, json_array([sa.literal(len(self.makers) - 1), *needs.values()]))])

    # Links

    def link(self, field: g.GraphQLField, how: Link, nodes: Nodes, parent: Row, path: Path) -> Sql:
        type_ = g.get_nullable_type(field.type)
        given = self.parameters.arguments(field, nodes[0])
        if isinstance(type_, g.GraphQLList):
            page = self.page(object_type(type_), how, parent, given)
            return page.gather(page.every(self.object(object_type(type_), nodes, page.row.c, path)))
        if g.is_abstract_type(type_):
            found = self.schema.get_type(given["id"].type_name or "")
            if not isinstance(found, g.GraphQLObjectType) or found not in self.shaped(type_):
                return NULL
            type_ = found
        assert isinstance(type_, g.GraphQLObjectType)
        if "pageInfo" in type_.fields:
            return self.connection(type_, how, nodes, parent, given, path)
        return self.one(type_, how, nodes, parent, given, path)

    def one(
        self,
        type_: g.GraphQLObjectType,
        how: Link,
        nodes: Nodes,
        parent: Row = ROOT,
        given: Mapping[str, Any] = MappingProxyType({}),
        path: Path = (),
    ) -> Sql:
        row, condition = self.rows(type_, how, parent, given)
        found = sa.select(self.object(type_, nodes, row.c, path)).select_from(row).where(condition)
        return or_null(found.correlate_except(row).scalar_subquery())

    def rows(
        self, type_: g.GraphQLObjectType, how: Link, parent: Row, given: Mapping[str, Any]
    ) -> tuple[sa.FromClause, Condition]:
        """The rows of a link that the actor may see: the only way to rows there is."""
        shape = shape_of(type_)
        asker = {"actor": self.actor} if how.by_actor else {}
        rows = how.rows(**asker, **given) if how.rows else shape.table
        row = rows_of(rows) if isinstance(rows, sa.Table) else rows.alias()
        condition = how.on(parent, row.c, **asker, **given)
        visible_to = how.visible_to or shape.visible_to
        return row, condition if how.with_parent else sa.and_(condition, visible_to(self.actor, row.c))

    def shaped(self, type_: g.GraphQLAbstractType) -> list[g.GraphQLObjectType]:
        """The types of an interface that rows can be read of."""
        return [found for found in self.schema.get_possible_types(type_) if find_shape(found)]

    def ref(self, type_: g.GraphQLAbstractType, nodes: Nodes, to: tuple[Sql, Sql], path: Path) -> Sql:
        kind, key = to
        possible = kind.type.enums if isinstance(kind.type, sa.Enum) else None
        types = [found for found in self.shaped(type_) if possible is None or found.name in possible]
        return self.by_kind(types, nodes, kind, key, path)

    def by_kind(self, types: Sequence[g.GraphQLObjectType], nodes: Nodes, kind: Sql, key: Sql, path: Path) -> Sql:
        """The one row that a kind and a key name, each type by its own shape."""
        found = {
            type_.name: self.one(type_, Link(None, lambda _, row: row.id == key), nodes, path=path) for type_ in types
        }
        return sa.case(found, value=sa.cast(kind, sa.Text), else_=NULL) if found else NULL

    def by_ids(self, type_: g.GraphQLAbstractType, nodes: Nodes, ids: GlobalIds, path: Path) -> Sql:
        """The rows that identifiers name, in their order, null where there is none to be seen."""
        kinds = ids.bind(lambda found: [i.type_name or "" for i in found], ARRAY(sa.Text))
        keys = ids.bind(lambda found: [i.key for i in found], ARRAY(sa.BigInteger))
        columns = sa.column("kind", sa.Text), sa.column("id", sa.BigInteger)
        arrays = sa.cast(kinds, ARRAY(sa.Text)), sa.cast(keys, ARRAY(sa.BigInteger))
        named = sa.func.unnest(*arrays).table_valued(*columns, with_ordinality="n").render_derived()
        types = [found for found in self.shaped(type_) if found.name in ids.type_names]
        each = self.by_kind(types, nodes, named.c.kind, named.c.id, path)
        every = sa.func.string_agg(sa.cast(each, sa.Text), aggregate_order_by(sa.literal(","), named.c.n))
        return sa.select(json_list(every)).select_from(named).scalar_subquery()

    def order(self, sort: Mapping[Any, Keys], wanted: Any) -> Keys:
        """The order that is asked for, unless it would tell the actor what they do not see: then the first one."""
        first = next(iter(sort.values()))
        keys = sort[wanted] if wanted else first
        return first if keys.seen_by and not keys.seen_by(self.actor) else keys

    def page(self, type_: g.GraphQLObjectType, how: Link, parent: Row, given: dict[str, Any]) -> Page:
        keys = self.order(shape_of(type_).sort, given.pop("order_by", None))
        first, after = given.pop("first", None), given.pop("after", None)
        row, condition = self.rows(type_, how, parent, given)
        size = self.parameters.page_size(first, how.page, how.cap)
        start = None if after is None else self.parameters.cursor(after, [row.c[name] for name in keys.columns])

        def paged(row: sa.FromClause, condition: Condition) -> Page:
            return Page(row, condition, keys, size, start, how.ahead)

        found = self.found(type_, how, parent, given, row, how.ways_of(given), lambda its, fits: paged(its, fits).ids())
        return paged(row, sa.and_(condition, found))

    def found(
        self,
        type_: g.GraphQLObjectType,
        how: Link,
        parent: Row,
        given: Mapping[str, Any],
        row: sa.FromClause,
        ways: Sequence[Way],
        along: Callable[[sa.FromClause, Condition], sa.Select[Any]],
    ) -> Condition:
        """Whether a row is found in one of the ways; true where there are none. `along` gives the keys of what fits."""
        if not ways:
            return sa.true()
        self.is_search = True
        its, fits = self.rows(type_, how, parent, given)
        common = along(its, sa.and_(fits, is_found(its.c, ways)))
        return found_by(row.c, shape_of(type_).table, ways, common)

    def connection(
        self, type_: g.GraphQLObjectType, how: Link, nodes: Nodes, parent: Row, given: dict[str, Any], path: Path
    ) -> Sql:
        edge, target, info = (object_type(type_.fields[name].type) for name in ("edges", "nodes", "pageInfo"))
        page = self.page(target, how, parent, dict(given))

        def about_page(name: str, same: Nodes, path: Path) -> Sql:
            match name:
                case "hasNextPage":
                    return page.has_more()
                case "hasPreviousPage":
                    return sa.literal_column("'false'" if given.get("after") is None else "'true'")
            return page.cursor_of("first" if name == "startCursor" else "last")

        def of_edge(name: str, same: Nodes, path: Path) -> Sql:
            if name == "cursor":
                return json_in_quotes(cursor(page.keys))
            return self.object(target, same, page.row.c, path)

        def of_connection(name: str, same: Nodes, path: Path) -> Sql:
            match name:
                case "nodes":
                    return page.every(self.object(target, same, page.row.c, path))
                case "edges":
                    return page.every(self.build(edge, same, path, of_edge))
                case "pageInfo":
                    return self.build(info, same, path, about_page, before="hasNextPage")
                case "totalCount":
                    rest = {n: value for n, value in given.items() if n not in ("first", "after", "order_by")}
                    return self.total(target, how, parent, rest, page.sort)
            raise NotCompiled(f"{type_.name}.{name}")

        return page.gather(self.build(type_, nodes, path, of_connection, before="pageInfo"))

    def total(self, type_: g.GraphQLObjectType, how: Link, parent: Row, given: Mapping[str, Any], sort: Keys) -> Sql:
        """How many rows there are; one more than is counted where there are more.

        What is found by words is looked for in the order of the list, whose rows are read anyway.
        """
        row, condition = self.rows(type_, how, parent, given)
        ways = how.ways_of(given)
        most = MOST_FOUND if ways else MOST_COUNTED

        def in_order(its: sa.FromClause, fits: Condition) -> sa.Select[Any]:
            return Page(its, fits, sort, most, None).ids()

        found = self.found(type_, how, parent, given, row, ways, in_order)
        one: Sql = sa.literal_column("1")
        rows = sa.select(one).select_from(row).where(condition, found).limit(most + 1).correlate_except(row)
        return sa.select(sa.func.count()).select_from(rows.subquery()).scalar_subquery()


def _parts(hint: Any) -> tuple[Any, ...]:
    return (hint, *getattr(hint, "__args__", ()))


def find_shape(type_: g.GraphQLNamedType) -> Shape | None:
    definition = type_.extensions.get("strawberry-definition")
    shape = getattr(getattr(definition, "origin", None), "__shape__", None)
    return shape if isinstance(shape, Shape) else None


def shape_of(type_: g.GraphQLObjectType) -> Shape:
    shape = find_shape(type_)
    if shape is None:
        raise NotCompiled(f"{type_.name} has no shape")
    return shape


def object_type(type_: g.GraphQLOutputType) -> g.GraphQLObjectType:
    named = g.get_named_type(type_)
    if not isinstance(named, g.GraphQLObjectType):
        raise NotCompiled(f"{named} is no object type")
    return named


def abstract_type(type_: g.GraphQLOutputType) -> g.GraphQLAbstractType:
    named = g.get_named_type(type_)
    if not isinstance(named, g.GraphQLInterfaceType | g.GraphQLUnionType):
        raise NotCompiled(f"{named} is no interface")
    return named
