"""Declaring mutations: an input, the verb that carries it out, and a payload with the thing or the reasons why not.

    @mutation(verbs.approve_overrun, overrun=Overrun, by=Right.APPROVE_OVERRUNS, rule="H11.8.3-d")
    class ApproveOverrun:
        '''Grant what an overrun asks for, in whole or in part.'''

        overrun_id: strawberry.ID = key("Overrun", "The overrun to decide.")
        granted: Minutes = value("How much is granted.")
        reason: str = value("Why, for both sides to read.")

    OrdersMutation = mutations(ApproveOverrun, …)

This publishes `approveOverrun(input: ApproveOverrunInput!): ApproveOverrunPayload`; the verb is called through the
entrance with the input's values by their Python names, identifiers as keys. What creates or moves has an
`idempotencyKey`; `edits=True` adds an `expectedVersion`, which is needed, and the key is the caller's to give or not.
"""

import inspect
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, dataclass_transform

import strawberry
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.utils.str_converters import to_camel_case

from backend.graphql.errors import UserError, user_error
from backend.graphql.inputs import key, subject, value, values_of
from backend.graphql.publishing import Argument, publish, resolved
from backend.kit import faults
from backend.kit.entrance import Verb
from backend.kit.refs import Ref
from backend.kit.translation import Text

LONGEST_KEY: Final = 200
NOT_OF_THE_KEY: Final = Text("This key is not good for that: it does no more than was chosen when it was made.")
Outcome = tuple[dict[str, Any], list[UserError]]
"""What a payload has beside its errors, by the fields' names; and those."""


@dataclass(frozen=True)
class Declared:
    """One mutation: what a test over permissions and the documentation walk through."""

    name: str
    verb: Verb
    by: tuple[Any, ...]
    """The rights of which an actor needs one; empty where every signed-in person may try, and a key for everything."""
    rule: str | None
    input: type
    payload: type
    thing: str | None
    description: str
    carry_out: Callable[..., Awaitable[Outcome]]
    """`carry_out` of this module, or what does more than it."""


registry: dict[str, Declared] = {}
"""Every mutation of the schema by its name there."""


@dataclass_transform(kw_only_default=True, field_specifiers=(key, subject, value))
def mutation(
    verb: Verb,
    *,
    by: Any = (),
    rule: str | None = None,
    once: bool = True,
    edits: bool = False,
    **thing: Any,
) -> Callable[[type], Declared]:
    """Declare the mutation that a class of input values stands for; `thing` is the payload's name and type of what the
    verb returns (none for a verb that returns nothing)."""

    def decorate(cls: type) -> Declared:
        name, description = cls.__name__, inspect.getdoc(cls) or ""
        if len(thing) > 1:
            raise TypeError(f"{name}: a payload has one thing")
        said = f"At most {LONGEST_KEY} letters, the same when you ask again: it happens once."
        if edits:
            _add(cls, "idempotency_key", str | None, value(said, default=None))
        elif once:
            _add(cls, "idempotency_key", str, value(said))
        if edits and "expected_version" not in cls.__annotations__:
            expected = value("The version that was read; refused where there is a newer one.")
            _add(cls, "expected_version", int, expected)
        cls.__name__ = f"{name}Input"
        declared = Declared(
            name=_snake(name),
            verb=verb,
            by=by if isinstance(by, tuple) else (by,),
            rule=rule,
            input=publish(cls, f"What `{to_camel_case(_snake(name))}` needs.", is_input=True),
            payload=_payload(name, thing),
            thing=next(iter(thing), None),
            description=description,
            carry_out=carry_out,
        )
        if registry.setdefault(declared.name, declared) is not declared:
            raise ValueError(f"two mutations are called {name}")
        return declared

    return decorate


def mutations(*declared: Any) -> type:
    """A slice's part of the mutation type: what `mutation` has made of each class."""

    def fill(space: dict[str, Any]) -> None:
        space["__annotations__"] = {d.name: d.payload | None for d in declared}
        for d in declared:
            needed = Argument(d.input, "All that it needs.")
            space[d.name] = resolved(MUTATION, {"input": needed}, d.description)

    return publish(types.new_class("SliceMutation", exec_body=fill), None)


def _add(cls: type, name: str, type_: Any, field: Any) -> None:
    cls.__annotations__[name] = type_
    setattr(cls, name, field)


def _payload(name: str, thing: Mapping[str, Any]) -> type:
    def fill(space: dict[str, Any]) -> None:
        annotations: dict[str, Any] = {}
        for called, type_ in thing.items():
            annotations[called] = type_ | None
            space[called] = strawberry.field(description="What came of it; null where it was refused.")
        annotations["user_errors"] = list[UserError]
        space["user_errors"] = strawberry.field(description="Why it was refused; empty where it was carried out.")
        space["__annotations__"] = annotations

    return publish(types.new_class(f"{name}Payload", exec_body=fill), f"What came of `{to_camel_case(_snake(name))}`.")


async def carry_out(context: Mapping[str, Any], declared: Declared, input: Any, verb: Verb | None = None) -> Outcome:
    """Let the verb (or another in its place) be carried out; the payload's thing by its name, or why not."""
    actor, entrance = context["actor"], context["entrance"]
    ref: Ref | None = None
    errors: tuple[faults.UserError, ...] = ()
    try:
        needed = declared.by
        has_right = any(actor.may(right) for right in needed) if needed else not actor.only_by_right  # verbs narrow it
        if actor.only_reads or not has_right:  # nothing widens it
            raise faults.not_permitted(declared.rule, NOT_OF_THE_KEY if actor.only_by_right else None)
        values = values_of(declared.input, input)
        once = values.pop("idempotency_key", None)
        if once is not None:
            _check_key(once)
        entered = await entrance.enter(actor, verb or declared.verb, key=once, act=declared.name, **values)
        ref, errors = entered.ref, entered.errors
    except faults.Refusal as refusal:
        errors = refusal.errors
    found = [user_error(error, actor.language, _path(error.path)) for error in errors]
    return ({declared.thing: ref} if declared.thing else {}), found


def _check_key(key: str) -> None:
    if not key:
        raise faults.required("idempotency_key")
    if len(key) > LONGEST_KEY:  # an index takes no more than some 2,700 bytes
        raise faults.invalid(Text("At most %(most)s letters.", most=LONGEST_KEY), "idempotency_key")


async def payload_of(context: Mapping[str, Any], declared: Declared, input: Any) -> types.SimpleNamespace:
    """What came of a mutation, with the values of its payload by their Python names."""
    given, errors = await declared.carry_out(context, declared, input)
    return types.SimpleNamespace(user_errors=errors, **given)


async def _mutate(info: strawberry.Info, input: Any) -> Any:
    declared = registry[info.python_name]
    return await payload_of(info.context, declared, input)


MUTATION = StrawberryResolver(_mutate)


def _path(path: Sequence[str | int]) -> list[str | int]:
    return [to_camel_case(part) if isinstance(part, str) else part for part in path]


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))
