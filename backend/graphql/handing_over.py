"""Mutations whose payload also has a secret: shown once, to whoever asked, and kept nowhere.

    declare = mutation(verbs.make_token, api_token=ApiToken)
    CREATE = handing_over(declare, "secret", "The key itself; it is not shown again.")(CreateApiToken)

The verb is called with a `handover` beside the input's values. A repeat with the same idempotency key finds the thing,
and no secret.
"""

import dataclasses
import inspect
import types
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from backend.graphql.errors import user_error
from backend.graphql.inputs import values_of
from backend.graphql.mutations import Declared, registry
from backend.identity.hashing import Handover
from backend.kit import faults
from backend.kit.actor import Actor
from backend.kit.database import Session


def handing_over(
    declare: Callable[[type], Declared], called: str, sentence: str, *, show: Callable[[str], str] = str
) -> Callable[[type], Declared]:
    """The same mutation with one more field in its payload, by its name and its sentence."""

    def decorate(cls: type) -> Declared:
        plain = declare(cls)
        declared = dataclasses.replace(plain, payload=_payload(plain.payload, called, sentence))
        declared = dataclasses.replace(declared, resolve=_resolver(declared, called, show))
        registry[declared.name] = declared
        return declared

    return decorate


def _payload(plain: type, called: str, sentence: str) -> type:
    def fill(space: dict[str, Any]) -> None:
        space["__annotations__"] = {called: str | None}
        space[called] = strawberry.field(description=sentence, default=None)

    definition = plain.__strawberry_definition__  # type: ignore[attr-defined]
    return strawberry.type(
        types.new_class(plain.__name__, (plain,), exec_body=fill), description=definition.description
    )


def _resolver(declared: Declared, called: str, show: Callable[[str], str]) -> Callable[..., Any]:
    async def resolve(info: strawberry.Info, input: Any) -> Any:
        actor, entrance = info.context["actor"], info.context["entrance"]
        handover = Handover()

        @wraps(declared.verb)
        async def verb(session: Session, actor: Actor, **arguments: Any) -> Any:
            return await declared.verb(session, actor, handover=handover, **arguments)

        try:
            values = values_of(input)
            once = values.pop("idempotency_key", None)
            if once == "":
                raise faults.required("idempotency_key")
            entered = await entrance.enter(actor, verb, key=once, **values)
            ref, errors = entered.ref, entered.errors
        except faults.Refusal as refusal:
            ref, errors = None, refusal.errors
        found = [
            user_error(e, actor.language, [to_camel_case(p) if isinstance(p, str) else p for p in e.path])
            for e in errors
        ]
        shown = show(handover.secret) if handover.secret and not errors else None
        given = {declared.thing: ref} if declared.thing else {}
        return declared.payload(user_errors=found, **given, **{called: shown})

    described = strawberry.argument(description="All that it needs.")
    types_ = {"info": strawberry.Info, "input": Annotated[declared.input, described]}
    resolve.__annotations__ = types_
    resolve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, annotation=t) for n, t in types_.items()]
    )
    return resolve
