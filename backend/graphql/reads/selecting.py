"""Which fields a document selects of an object: collected and merged as GraphQL's specification says."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import graphql as g

from backend.graphql.reads.parameters import Parameters
from backend.graphql.reads.plan import NotCompiled

Nodes = Sequence[g.FieldNode]
Selecting = Sequence[g.FieldNode | g.OperationDefinitionNode]


def variables_in(nodes: Iterable[g.Node], fragments: Mapping[str, g.FragmentDefinitionNode]) -> frozenset[str]:
    """The names of the variables that stand in these parts of a valid document, or in what they spread."""
    found, ahead = set[str](), list(nodes)

    class Finder(g.Visitor):
        def enter_variable(self, node: g.VariableNode, *_: Any) -> None:
            found.add(node.name.value)

        def enter_fragment_spread(self, node: g.FragmentSpreadNode, *_: Any) -> None:
            ahead.append(fragments[node.name.value])

    for node in ahead:
        g.visit(node, Finder())
    return frozenset(found)


class Selection:
    def __init__(
        self, schema: g.GraphQLSchema, fragments: Mapping[str, g.FragmentDefinitionNode], parameters: Parameters
    ) -> None:
        self.schema, self.fragments, self.parameters = schema, fragments, parameters

    def collect(self, type_: g.GraphQLObjectType, nodes: Selecting) -> dict[str, list[g.FieldNode]]:
        """The fields of an object by their keys in the answer, in the order of the answer."""
        grouped: dict[str, list[g.FieldNode]] = {}
        seen: set[str] = set()

        def visit(selections: g.SelectionSetNode) -> None:
            for node in selections.selections:
                if not self.included(node):
                    continue
                if isinstance(node, g.FieldNode):
                    grouped.setdefault((node.alias or node.name).value, []).append(node)
                elif isinstance(node, g.InlineFragmentNode):
                    enter(node)
                elif isinstance(node, g.FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    enter(self.fragments[node.name.value])

        def enter(fragment: g.InlineFragmentNode | g.FragmentDefinitionNode) -> None:
            on = fragment.type_condition and self.schema.get_type(fragment.type_condition.name.value)
            if on is None or on is type_ or (g.is_abstract_type(on) and self.schema.is_sub_type(on, type_)):
                visit(fragment.selection_set)

        for node in nodes:
            if node.selection_set:
                visit(node.selection_set)
        return grouped

    def included(self, node: g.SelectionNode) -> bool:
        """What @skip and @include say; the values of their variables are part of a plan's form."""
        for directive in node.directives or ():
            if directive.name.value not in ("include", "skip"):
                raise NotCompiled(f"@{directive.name.value}")
            value = (directive.arguments or ())[0].value
            if isinstance(value, g.VariableNode):
                given: object = self.parameters.variables[value.name.value][1]
            else:
                given = isinstance(value, g.BooleanValueNode) and value.value
            if given == (directive.name.value == "skip"):
                return False
        return True
