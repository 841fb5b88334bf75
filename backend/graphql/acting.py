"""Mutations carried out one after the other as a document asks, without ordinary execution.

That takes as long as three statements for a mutation of one field. What it alone knows is left to it, by NotCompiled.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import graphql as g

from backend.graphql.mutations import MUTATION, Declared, payload_of, registry
from backend.graphql.reads.completing import Complete, part_of
from backend.graphql.reads.parameters import Parameters
from backend.graphql.reads.plan import NotCompiled, Variables
from backend.graphql.reads.selecting import Nodes, Selection, variables_in
from backend.graphql.reads.serve import Operation, Reading
from backend.kit.refs import Ref


class Part(NamedTuple):
    """A value of a payload: made by Python or, where it is a thing, read by its shape."""

    nodes: Nodes
    thing: str | None
    """The name of the thing, and which variables stand in its selection or choose it."""
    variables: frozenset[str]
    complete: Complete
    is_needed: bool
    """Whether there is no payload without it."""


class Act(NamedTuple):
    """A mutation of a document, and what of its payload is selected, by the keys of the answer."""

    declared: Declared
    field: g.GraphQLField
    nodes: Nodes
    parts: Mapping[str, Part]


def acts_of(operation: Operation, values: Variables) -> Mapping[str, Act]:
    """The mutations of an operation by their keys in the answer, for these values of its booleans.

    Raises NotCompiled.
    """
    given = {name: values[name] for name in operation.booleans if name in values}
    if None in given.values():
        raise NotCompiled("a null, which may be refused where something is included")
    return operation.once(("acts", *given.items()), lambda: _acts(operation, given))


def _acts(operation: Operation, given: Mapping[str, Any]) -> Mapping[str, Act]:
    parameters = Parameters({name: (operation.types[name], value) for name, value in given.items()})
    selection, root = Selection(operation.schema, operation.fragments, parameters), operation.schema.mutation_type
    assert root is not None
    return {key: _act(selection, root, nodes) for key, nodes in selection.collect(root, [operation.node]).items()}


def _act(selection: Selection, root: g.GraphQLObjectType, nodes: Nodes) -> Act:
    field = root.fields.get(nodes[0].name.value)
    definition = field and field.extensions["strawberry-definition"]
    if field is None or definition.base_resolver is not MUTATION:
        raise NotCompiled(nodes[0].name.value)
    declared, payload = registry[definition.python_name], g.get_named_type(field.type)
    assert isinstance(payload, g.GraphQLObjectType)
    selected = selection.collect(payload, nodes)
    return Act(
        declared, field, nodes, {key: _part(selection, declared, payload, same) for key, same in selected.items()}
    )


def _part(selection: Selection, declared: Declared, payload: g.GraphQLObjectType, nodes: Nodes) -> Part:
    field = payload.fields.get(nodes[0].name.value)
    if field is not None and field.extensions["strawberry-definition"].python_name == declared.thing:
        used = variables_in(nodes, selection.fragments) | selection.parameters.variables.keys()
        return Part(nodes, declared.thing, used, lambda _: None, is_needed=False)
    is_needed = field is not None and g.is_non_null_type(field.type)
    return Part(nodes, None, frozenset(), part_of(selection, payload, nodes), is_needed)


async def carry_out(
    reading: Reading, acts: Mapping[str, Act], variables: g.VariableValues, context: Mapping[str, Any]
) -> tuple[dict[str, Any], Sequence[g.GraphQLError]]:
    """Carry out mutations in their order: the data of the answer, and what failed in it."""
    data: dict[str, Any] = {}
    errors: list[g.GraphQLError] = []
    for key, act in acts.items():
        data[key] = None
        try:
            given = g.get_argument_values(act.field, act.nodes[0], variables)
            payload = await payload_of(context, act.declared, **given)
        except Exception as error:  # whatever it is, the others are carried out and it is told at its place
            errors.append(g.located_error(error, act.nodes, [key]))
            continue
        data[key] = made = dict[str, Any]()
        for name, part in act.parts.items():
            ref = getattr(payload, part.thing) if part.thing else None
            try:
                made[name] = (
                    await reading.thing(ref, part.nodes, (key, name), variables.coerced, part.variables)
                    if isinstance(ref, Ref)
                    else part.complete(payload)
                )
            except Exception as error:  # a thing that cannot be read is told at its place: it was carried out
                errors.append(g.located_error(error, part.nodes, [key, name]))
                made[name] = None
                if part.is_needed:
                    data[key] = None
                    break
    return data, errors
