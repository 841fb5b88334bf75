"""Mutations whose payload also has a secret: shown once, to whoever asked, and kept nowhere.

    declare = mutation(verbs.make_token, api_token=ApiToken)
    CREATE = handing_over(declare, "secret", "The key itself; it is not shown again.")(CreateApiToken)

The verb is called with a `handover` beside the input's values. A repeat with the same idempotency key finds the thing,
and no secret.
"""

import dataclasses
import types
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import strawberry

from backend.graphql.mutations import Declared, Outcome, carry_out, registry
from backend.graphql.publishing import publish
from backend.identity.hashing import Handover
from backend.kit.actor import Actor
from backend.kit.database import Session


def handing_over(
    declare: Callable[[type], Declared], called: str, sentence: str, *, show: Callable[[str], str] = str
) -> Callable[[type], Declared]:
    """The same mutation with one more field in its payload, by its name and its sentence."""

    def decorate(cls: type) -> Declared:
        plain = declare(cls)
        payload = _payload(plain.payload, called, sentence)
        declared = dataclasses.replace(plain, payload=payload, carry_out=_carrying_out(called, show))
        registry[declared.name] = declared
        return declared

    return decorate


def _payload(plain: type, called: str, sentence: str) -> type:
    def fill(space: dict[str, Any]) -> None:
        space["__annotations__"] = {called: str | None}
        space[called] = strawberry.field(description=sentence)

    definition = plain.__strawberry_definition__  # type: ignore[attr-defined]
    return publish(types.new_class(plain.__name__, (plain,), exec_body=fill), definition.description)


def _carrying_out(called: str, show: Callable[[str], str]) -> Callable[..., Awaitable[Outcome]]:
    async def carrying_out(context: Mapping[str, Any], declared: Declared, input: Any) -> Outcome:
        handover = Handover()

        @wraps(declared.verb)
        async def verb(session: Session, actor: Actor, **arguments: Any) -> Any:
            return await declared.verb(session, actor, handover=handover, **arguments)

        given, errors = await carry_out(context, declared, input, verb)
        shown = show(handover.secret) if handover.secret and not errors else None
        return {**given, called: shown}, errors

    return carrying_out
