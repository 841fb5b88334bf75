"""One schema of the slices' parts, put together and checked."""

from collections.abc import Mapping, Sequence

import strawberry

from backend.graphql import scalars
from backend.graphql.publishing import publish
from backend.graphql.reads.check import problems
from backend.kit import refs


class WronglyDeclared(Exception):
    """What a slice declares cannot be read as it says."""


def assemble(
    queries: Sequence[type],
    mutations: Sequence[type] = (),
    types: Sequence[type] = (),
    *,
    subscriptions: Sequence[type] = (),
    development: bool = False,
    checked: bool = True,
    kinds: Mapping[str, refs.Kind] = refs.KINDS,
) -> strawberry.Schema:
    """The schema of these parts; where it is to be checked, raises WronglyDeclared with all that is wrong."""
    query = publish(type("Query", tuple(queries), {}), "All that can be asked.")
    mutation = None
    if mutations:
        merged = type("Mutation", tuple(mutations), {})
        mutation = publish(merged, "All that can be done; each field is a transaction of its own.")
    subscription = None
    if subscriptions:
        watched = type("Subscription", tuple(subscriptions), {})
        subscription = publish(watched, "All that can be watched, over a websocket.")
    schema = strawberry.Schema(
        query, mutation, subscription, types=types, config=scalars.config(development=development)
    )
    if checked and (found := list(problems(schema._schema, kinds))):
        raise WronglyDeclared("\n".join(found))
    return schema
