"""What is published without a dataclass looks as if strawberry had made it."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from strawberry.printer import print_schema
from strawberry.types.fields.resolver import StrawberryResolver

from backend.graphql.publishing import Argument, publish, resolved
from backend.graphql.relay import Node, Subject

LAZY = strawberry.lazy("backend.graphql.relay")


async def answer(info: strawberry.Info, **_: Any) -> str:
    return info.python_name


def query(publishing: Callable[..., Any], *, shared: bool) -> type:
    """The same types, once as strawberry makes them and once as we publish them."""

    class Where:
        state: str | None = strawberry.field(description="Which.", default=strawberry.UNSET)
        most: int = strawberry.field(description="How many.", default=7)

    class Thing(Subject):
        title: str = strawberry.field(description="In place of the interface's.")
        about: Annotated["Node", LAZY] | None = strawberry.field(description="Known later.")
        number_of_things: list[int] = strawberry.field(description="A list.")

    class Larger(Thing):
        size: int | None = strawberry.field(description="Added.")

    publishing(Where, is_input=True)
    publishing(Thing)
    publishing(Larger)

    async def described(
        info: strawberry.Info,
        where: Annotated[Where | None, strawberry.argument(description="Which.")] = strawberry.UNSET,
        days: Annotated[list[int], strawberry.argument(description="When.")] = strawberry.UNSET,
    ) -> str:
        return await answer(info)

    field: Any = strawberry.field(resolver=described, description="By a resolver.")
    if shared:
        arguments = {"where": Argument(Where | None, "Which."), "days": Argument(list[int], "When.")}
        field = resolved(StrawberryResolver(answer), arguments, "By a resolver.")

    class Part:
        thing: Thing | None = strawberry.field(description="A thing.")
        larger: Larger | None = strawberry.field(description="A larger one.")
        named: str = field

    return publishing(type("Query", (publishing(Part),), {}))


def by_strawberry(cls: type, *, is_input: bool = False) -> type:
    return (strawberry.input if is_input else strawberry.type)(cls, description="A thing of ours.")


def by_us(cls: type, *, is_input: bool = False) -> type:
    return publish(cls, "A thing of ours.", is_input=is_input)


def test_what_is_published_is_what_strawberry_would_make_of_it() -> None:
    made, ours = strawberry.Schema(query(by_strawberry, shared=False)), strawberry.Schema(query(by_us, shared=True))
    assert print_schema(ours) == print_schema(made)
    assert "type Larger implements Subject & Node" in print_schema(ours)


async def test_one_resolver_is_told_which_field_is_asked() -> None:
    result = await strawberry.Schema(query(by_us, shared=True)).execute("{ named(days: [1], where: {most: 3}) }")
    assert result.data == {"named": "named"} and not result.errors
