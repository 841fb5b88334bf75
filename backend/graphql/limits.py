"""What a document may ask for, measured before it is planned: depth, tokens, fields, aliases, mutations, cost.

Cost counts objects, not values: one for each object of a link, ten for a count over a list or for a mutation, one for
each computed value; a page counts as many times as it may have rows. The rows of a report count a tenth.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import graphql as g

from backend.graphql.reads.how import ByIds, Computed, Embedded, Link, RefLink, how_of

COUNTING = 10
MUTATING = 10
REPORTED = 0.1
"""The share of an object that a row of a report counts as: it is read for figures, in few and narrow columns."""


@dataclass(frozen=True)
class Limits:
    body: int = 256 * 1024
    """Bytes of a request."""
    tokens: int = 5_000
    depth: int = 16
    fields: int = 1_000
    aliases: int = 100
    mutations: int = 10
    cost: int = 20_000

    def check(self, document: g.DocumentNode) -> list[g.GraphQLError]:
        """What a parsed document has too much of; asked before it is validated, for validation has its price too."""
        measured = _Measure(document)
        found = {
            "depth": measured.depth,
            "fields": measured.fields,
            "aliases": measured.aliases,
            "mutations": measured.mutations,
        }
        return [
            refused(f"{name.upper()}_LIMIT", name, asked, getattr(self, name))
            for name, asked in found.items()
            if asked > getattr(self, name)
        ]

    def too_costly(self, cost: int) -> g.GraphQLError:
        return refused("COST_LIMIT", "cost", cost, self.cost)


def refused(code: str, name: str, asked: int, limit: int) -> g.GraphQLError:
    extensions = {"code": code, "limit": limit, "actual": asked}
    return g.GraphQLError(f"Too much in one document: {name} {asked}, at most {limit}", extensions=extensions)


class _Measure:
    """Depth (fragments followed), fields, aliases and mutations of a document, whatever else may be wrong with it."""

    def __init__(self, document: g.DocumentNode) -> None:
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, g.FragmentDefinitionNode)}
        self.depths: dict[str, int] = {}
        self.fields = self.aliases = 0
        operations = [d for d in document.definitions if isinstance(d, g.OperationDefinitionNode)]
        self.depth = max((self._depth(d.selection_set) for d in operations), default=0)
        for fragment in self.fragments.values():
            self._fragment(fragment.name.value)
        mutations = [d for d in operations if d.operation is g.OperationType.MUTATION]
        self.mutations = max((self._fields(d.selection_set, set()) for d in mutations), default=0)

    def _depth(self, selections: g.SelectionSetNode | None) -> int:
        deepest = 0
        for node in selections.selections if selections else ():
            self.fields += 1
            if isinstance(node, g.FieldNode):
                self.aliases += node.alias is not None
                inner = 1 + self._depth(node.selection_set)
            elif isinstance(node, g.InlineFragmentNode):
                inner = self._depth(node.selection_set)
            else:
                inner = self._fragment(node.name.value) if isinstance(node, g.FragmentSpreadNode) else 0
            deepest = max(deepest, inner)
        return deepest

    def _fragment(self, name: str) -> int:
        if name not in self.depths and name in self.fragments:
            self.depths[name] = 0  # of a cycle, which validation refuses
            self.depths[name] = self._depth(self.fragments[name].selection_set)
        return self.depths.get(name, 0)

    def _fields(self, selections: g.SelectionSetNode, seen: set[str]) -> int:
        count = 0
        for node in selections.selections:
            if isinstance(node, g.FieldNode):
                count += 1
            elif isinstance(node, g.InlineFragmentNode):
                count += self._fields(node.selection_set, seen)
            elif isinstance(node, g.FragmentSpreadNode) and node.name.value in self.fragments.keys() - seen:
                seen.add(node.name.value)
                count += self._fields(self.fragments[node.name.value].selection_set, seen)
        return count


Weigh = Callable[[dict[str, Any]], float]
"""A cost as a function of the variables, beside which the costs of fragments are kept once known."""


class Cost:
    """The cost of a valid operation as a function of its variables: of those, only page sizes matter."""

    def __init__(
        self,
        schema: g.GraphQLSchema,
        node: g.OperationDefinitionNode,
        fragments: Mapping[str, g.FragmentDefinitionNode],
    ) -> None:
        self.schema, self.fragments = schema, fragments
        self.sizes: set[str] = set()  # variables that are sizes of pages
        self.known: dict[tuple[Any, ...], int] = {}
        self.memo: dict[str, Weigh] = {}
        root = schema.get_root_type(node.operation)
        self.weigh = self._selections(root, node.selection_set) if root else _nothing
        self.names = tuple(sorted(self.sizes))

    def of(self, variables: Mapping[str, Any]) -> int:
        key = tuple(variables.get(name) for name in self.names)
        if key not in self.known:
            if len(self.known) > 1_000:
                self.known.clear()
            self.known[key] = math.ceil(self.weigh(dict(variables)))
        return self.known[key]

    def _selections(self, type_: g.GraphQLNamedType, selections: g.SelectionSetNode | None) -> Weigh:
        parts = [self._selected(type_, node) for node in (selections.selections if selections else ())]
        return _sum([part for part in parts if part is not _nothing])

    def _selected(self, type_: g.GraphQLNamedType, node: g.SelectionNode) -> Weigh:
        if isinstance(node, g.InlineFragmentNode):
            on = node.type_condition and self.schema.get_type(node.type_condition.name.value)
            return self._selections(on or type_, node.selection_set)
        if isinstance(node, g.FragmentSpreadNode):
            name = node.name.value
            if name not in self.memo:
                fragment = self.fragments[name]
                on = self.schema.get_type(fragment.type_condition.name.value)
                self.memo[name] = _once(f"fragment {name}", self._selections(on or type_, fragment.selection_set))
            return self.memo[name]
        assert isinstance(node, g.FieldNode)
        field = getattr(type_, "fields", {}).get(node.name.value)
        return self._field(type_, field, node) if field else _nothing

    def _field(self, type_: g.GraphQLNamedType, field: g.GraphQLField, node: g.FieldNode) -> Weigh:
        target = g.get_named_type(field.type)
        definition = field.extensions.get("strawberry-definition")
        if definition is None:
            return _nothing
        if type_ is self.schema.mutation_type:
            return _plus(MUTATING, self._selections(target, node.selection_set))
        how = how_of(definition)
        match how:
            case Computed():
                return _constant(1)
            case Link() if "pageInfo" in getattr(target, "fields", {}):
                row = self._selections(target, node.selection_set)  # of `nodes` and `edges`; all else there is free
                size, share = self._size(node, "first", how.page), REPORTED if how.report else 1
                counts = COUNTING * _selects(node, "totalCount", self.fragments)
                return lambda v: 1 + counts + share * size(v) * (1 + row(v))
            case Link() if g.is_list_type(g.get_nullable_type(field.type)):
                below, size = self._selections(target, node.selection_set), self._size(node, "first", how.page)
                return lambda v: size(v) * (1 + below(v))
            case ByIds():
                below, size = self._selections(target, node.selection_set), self._size(node, "ids", how.cap)
                return lambda v: size(v) * (1 + below(v))
            case Link() | RefLink():
                return _plus(1, self._selections(target, node.selection_set))
            case Embedded():
                return self._selections(target, node.selection_set)
        return self._selections(target, node.selection_set)  # a payload, a page's parts

    def _size(self, node: g.FieldNode, name: str, otherwise: int) -> Weigh:
        """How many rows an argument asks for: a number, or the length of a list."""
        for argument in node.arguments or ():
            if argument.name.value == name:
                value = argument.value
                if isinstance(value, g.VariableNode):
                    variable = value.name.value
                    self.sizes.add(variable) if name == "first" else None
                    return lambda v: _number(v.get(variable), otherwise) if name == "first" else otherwise
                if isinstance(value, g.IntValueNode):
                    return _constant(_number(int(value.value), otherwise))
                if isinstance(value, g.ListValueNode):
                    return _constant(max(len(value.values), 1))
        return _constant(otherwise)


def _number(value: Any, otherwise: int) -> int:
    """At least one: an empty page is planned all the same."""
    return otherwise if value is None else max(value, 1)


def _nothing(variables: dict[str, Any]) -> float:
    return 0


def _once(name: str, weigh: Weigh) -> Weigh:
    """Reckoned once for all the places where a fragment stands; its name, with a space, is no variable's."""

    def remembered(variables: dict[str, Any]) -> float:
        if name not in variables:
            variables[name] = weigh(variables)
        return float(variables[name])

    return remembered


def _constant(value: float) -> Weigh:
    return lambda _: value


def _plus(value: float, more: Weigh) -> Weigh:
    return _constant(value) if more is _nothing else lambda v: value + more(v)


def _sum(parts: list[Weigh]) -> Weigh:
    if len(parts) < 2:
        return parts[0] if parts else _nothing
    return lambda v: sum(part(v) for part in parts)


def _selects(node: g.FieldNode, name: str, fragments: Mapping[str, g.FragmentDefinitionNode]) -> int:
    """How often a field is selected right below, fragments followed."""
    seen: set[str] = set()

    def count(selections: g.SelectionSetNode | None) -> int:
        found = 0
        for item in selections.selections if selections else ():
            if isinstance(item, g.FieldNode):
                found += item.name.value == name
            elif isinstance(item, g.InlineFragmentNode):
                found += count(item.selection_set)
            elif isinstance(item, g.FragmentSpreadNode) and item.name.value not in seen:
                seen.add(item.name.value)
                found += count(fragments[item.name.value].selection_set)
        return found

    return count(node.selection_set)
