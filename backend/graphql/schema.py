"""The schema: every slice's part, put together, and checked when it is imported."""

import sys
from collections.abc import Mapping, Sequence

import strawberry
from strawberry.printer import print_schema as print_strawberry

from backend.graphql import identity, relay, rulebook, scalars, viewer
from backend.graphql.reads.check import problems
from backend.kit import refs

QUERIES: Sequence[type] = (
    viewer.ViewerQuery,
    relay.NodeQuery,
    identity.IdentityQuery,
    rulebook.RulebookQuery,
)
"""The slices' parts of the query, `viewer` first."""
MUTATIONS: Sequence[type] = (identity.IdentityMutation,)
"""The slices' parts of the mutation."""
TYPES: Sequence[type] = ()
"""Types that only an interface leads to."""


class WronglyDeclared(Exception):
    """What a slice declares cannot be read as it says; the server does not start."""


def assemble(
    queries: Sequence[type],
    mutations: Sequence[type] = (),
    types: Sequence[type] = (),
    *,
    development: bool = False,
    kinds: Mapping[str, refs.Kind] = refs.KINDS,
) -> strawberry.Schema:
    """One schema of the slices' parts; raises WronglyDeclared with all that is wrong."""
    query = strawberry.type(type("Query", tuple(queries), {}), description="All that can be asked.")
    mutation = None
    if mutations:
        merged = type("Mutation", tuple(mutations), {})
        mutation = strawberry.type(merged, description="All that can be done; each field is a transaction of its own.")
    schema = strawberry.Schema(query, mutation, types=types, config=scalars.config(development=development))
    if found := list(problems(schema._schema, kinds)):
        raise WronglyDeclared("\n".join(found))
    return schema


def build(*, development: bool = False) -> strawberry.Schema:
    return assemble(QUERIES, MUTATIONS, TYPES, development=development)


def print_schema(schema: strawberry.Schema) -> str:
    """The text of `schema.graphql`."""
    return print_strawberry(schema) + "\n"


if __name__ == "__main__":
    sys.stdout.write(print_schema(build()))
