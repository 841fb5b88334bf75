"""Documents and their plans, the one statement of a query, and declared reads within ordinary execution."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import isawaitable
from typing import Any, TypeVar

import graphql as g
import orjson
import strawberry
from graphql.execution.collect_fields import FragmentDetails
from psycopg import DataError
from psycopg.errors import QueryCanceled
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from backend.graphql.limits import Cost, Limits
from backend.graphql.reads.compile import Compiler
from backend.graphql.reads.database import Fetch
from backend.graphql.reads.how import Actor, Link
from backend.graphql.reads.parameters import fault, form
from backend.graphql.reads.plan import NotCompiled, Path, Plan, Variables
from backend.graphql.reads.selecting import Nodes
from backend.graphql.reads.sql import Sql
from backend.kit.refs import Ref

T = TypeVar("T")
MOST_DOCUMENTS, MOST_PLANS = 1_000, 200
MOST_ERRORS = 20
KEY = "the key of a Ref"
"""Stands beside the variables, whose names have no spaces."""


class Refused(Exception):
    """A request that is not executed."""

    def __init__(self, errors: Sequence[g.GraphQLError]) -> None:
        super().__init__(*(error.message for error in errors))
        self.errors = errors


class Operation:
    """An operation of a valid document, with a plan for each form of its variables and of its actor."""

    def __init__(
        self,
        schema: g.GraphQLSchema,
        node: g.OperationDefinitionNode,
        fragments: Mapping[str, g.FragmentDefinitionNode],
    ) -> None:
        self.schema, self.node, self.fragments = schema, node, fragments
        self.types: dict[str, Any] = {
            v.variable.name.value: g.type_from_ast(schema, v.type) for v in node.variable_definitions or ()
        }
        self.booleans = {name for name, type_ in self.types.items() if g.get_nullable_type(type_) is g.GraphQLBoolean}
        self.cost = Cost(schema, node, fragments)
        self.made: dict[Hashable, Any] = {}
        """Plans, and why there is none, by what they are fixed by."""

    @property
    def is_query(self) -> bool:
        return self.node.operation is g.OperationType.QUERY

    @property
    def is_mutation(self) -> bool:
        return self.node.operation is g.OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        return self.node.operation is g.OperationType.SUBSCRIPTION

    def read(self, given: Mapping[str, Any], *, suggest: bool = False) -> g.VariableValues:
        """The variables as their types say, and whence each has its value; raises Refused."""
        coerced = g.get_variable_values(
            self.schema, self.node.variable_definitions or (), dict(given), MOST_ERRORS, hide_suggestions=not suggest
        )
        if isinstance(coerced, list):
            raise Refused(coerced)
        return coerced

    def values(self, given: Mapping[str, Any], *, suggest: bool = False) -> Variables:
        """The variables as their types say; raises Refused."""
        return self.read(given, suggest=suggest).coerced

    def whole(self, values: Variables, actor: Actor) -> Plan:
        """One statement for all that is selected, which must all be declared."""
        root = self.schema.query_type
        if root is None or not self.is_query:
            raise NotCompiled("only a query is read whole")
        return self.plan((), values, actor, lambda compiler: compiler.object(root, [self.node], None, ()))

    def plan(
        self,
        part: Hashable,
        values: Variables,
        actor: Actor,
        make: Callable[[Compiler], Sql],
        used: Collection[str] | None = None,
    ) -> Plan:
        """The plan of a part, in which no other variables stand than those `used`, where that is said."""
        names = self.types if used is None else used
        forms = {name: (self.types[name], form(self.types[name], values[name])) for name in names if name in values}

        def compiled() -> Plan:
            compiler = Compiler(self.schema, self.fragments, forms, actor)
            return compiler.plan(make(compiler))

        return self.once((part, tuple((name, shaped) for name, (_, shaped) in forms.items()), actor.form()), compiled)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made for a key the first time and kept, or the NotCompiled that was raised then."""
        found = self.made.get(key)
        if found is None:
            if len(self.made) >= MOST_PLANS:
                self.made.pop(next(iter(self.made)))
            try:
                found = make()
            except NotCompiled as reason:
                found = reason.with_traceback(None)
            self.made[key] = found
        if isinstance(found, NotCompiled):
            raise found.with_traceback(None)
        kept: T = found
        return kept


class Document:
    """A document that was parsed, measured and found valid once."""

    def __init__(self, schema: g.GraphQLSchema, text: str, limits: Limits, *, suggest: bool = False) -> None:
        try:
            self.node = g.parse(text, max_tokens=limits.tokens)
        except g.GraphQLError as error:
            raise Refused([error]) from error
        if errors := limits.check(self.node) or g.validate(
            schema, self.node, max_errors=MOST_ERRORS, hide_suggestions=not suggest
        ):
            raise Refused(errors)
        definitions = self.node.definitions
        fragments = {d.name.value: d for d in definitions if isinstance(d, g.FragmentDefinitionNode)}
        self.operations = {
            d.name and d.name.value: Operation(schema, d, fragments)
            for d in definitions
            if isinstance(d, g.OperationDefinitionNode)
        }

    def operation(self, name: str | None) -> Operation:
        """The operation of that name, or the only one; raises Refused."""
        only = name is None and len(self.operations) == 1
        found = next(iter(self.operations.values())) if only else self.operations.get(name)
        if found is None:
            said = f"No operation is named {name}" if name else "operationName must say which operation to run"
            raise Refused([g.GraphQLError(said)])
        return found


class Documents:
    """The documents of a schema by their texts: each is looked at once."""

    def __init__(self, schema: g.GraphQLSchema, limits: Limits, *, suggest: bool) -> None:
        self.schema, self.limits, self.suggest = schema, limits, suggest
        self._found: dict[str, Document] = {}

    def of(self, text: str) -> Document:
        """The document of a text, from memory once seen; raises Refused."""
        found = self._found.get(text)
        if found is None:
            found = Document(self.schema, text, self.limits, suggest=self.suggest)
            if len(self._found) >= MOST_DOCUMENTS:
                self._found.pop(next(iter(self._found)))
            self._found[text] = found
        return found


@cache
def documents_of(schema: g.GraphQLSchema, limits: Limits, *, suggest: bool) -> Documents:
    """One memory a process: documents and their plans hold nothing of who asks, nor of the database."""
    return Documents(schema, limits, suggest=suggest)


class Reads:
    """The declared reads of a schema. `fetch` sees what was committed just now; `reports` may be a copy that lags."""

    def __init__(
        self,
        schema: strawberry.Schema,
        fetch: Fetch,
        reports: Fetch | None = None,
        *,
        limits: Limits | None = None,
        suggest: bool = False,
    ) -> None:
        self.schema, self.fetch, self.reports = schema._schema, fetch, reports or fetch
        self.suggest = suggest
        self.documents = documents_of(self.schema, limits or Limits(), suggest=suggest)

    async def run(self, plan: Plan, values: Variables, actor: Actor, *, fresh: bool = False) -> bytes | None:
        """The JSON that a plan makes; raises a GraphQLError for values that PostgreSQL does not take.

        What is `fresh` is no report to whoever asks, though its fields be: it follows on what they did just now.
        """
        fetch = self.reports if plan.is_report and not fresh else self.fetch
        try:
            given = plan.parameters(values, actor)
            json = await (fetch(plan.sql, given, anew=True) if plan.is_search else fetch(plan.sql, given))
        except DataError as error:  # a NUL in a text, a year beyond all calendars
            raise fault("a value is out of range") from error
        except QueryCanceled as error:
            raise g.GraphQLError("This took too long; ask for less.", extensions={"code": "TIMEOUT"}) from error
        return json and plan.finish(json, actor)

    async def execute(
        self, operation: Operation, variables: g.VariableValues, actor: Actor, context: Mapping[str, Any]
    ) -> g.ExecutionResult:
        """Ordinary execution, for mutations, introspection and what else is not declared.

        As `graphql.execute` does it, of an operation that was found and variables that were read already.
        """
        executor = Executor(
            self.schema,
            dict(operation.fragments),
            {name: FragmentDetails(fragment) for name, fragment in operation.fragments.items()},
            root_value=None,
            context_value={**context, "reading": Reading(self, operation, actor)},
            operation=operation.node,
            variable_values=variables,
            field_resolver=g.default_field_resolver,
            type_resolver=g.default_type_resolver,
            subscribe_field_resolver=g.default_field_resolver,
            hide_suggestions=not self.suggest,
        )
        result = executor.execute_operation()
        found = await result if isawaitable(result) else result
        assert isinstance(found, g.ExecutionResult)
        return found


def denied(path: Path | None = None) -> g.GraphQLError:
    """The error at a root field that this kind of actor may not ask for."""
    extensions = {"code": "NOT_PERMITTED"}
    return g.GraphQLError("You may not ask for this.", path=path and list(path), extensions=extensions)


@dataclass(frozen=True)
class Reading:
    """Declared reads within ordinary execution: root links beside other fields, and nodes in payloads."""

    reads: Reads
    operation: Operation
    actor: Actor

    async def link(self, info: Any) -> orjson.Fragment | None:
        """What a root field that is declared gives."""
        return await self._part(
            _path(info),
            info.variable_values,
            lambda c: c.field(info.parent_type, info.field_name, info.field_nodes, None, ()),
        )

    async def node(self, info: Any, ref: Ref) -> orjson.Fragment | None:
        """The thing of a payload, within ordinary execution."""
        return await self.thing(ref, info.field_nodes, _path(info), info.variable_values)

    async def thing(
        self, ref: Ref, nodes: Nodes, path: Path, values: Variables, used: Collection[str] | None = None
    ) -> orjson.Fragment | None:
        """The thing of a payload, as its shape says and its actor may see it.

        `used` are the variables that stand in `nodes` or choose them.
        """
        type_: Any = self.operation.schema.get_type(ref.kind)

        def make(compiler: Compiler) -> Sql:
            key = compiler.parameters.bind(lambda values, actor: values[KEY], None)
            return compiler.one(type_, Link(on=lambda _, row: row.id == key), nodes)

        return await self._part((ref.kind, *path), {**values, KEY: ref.id}, make, used)

    async def _part(
        self,
        part: Path,
        values: Variables,
        make: Callable[[Compiler], Sql],
        used: Collection[str] | None = None,
    ) -> orjson.Fragment | None:
        plan = self.operation.plan(part, values, self.actor, make, used)
        if plan.refused:
            raise denied()
        json = await self.reads.run(plan, values, self.actor)
        return orjson.Fragment(json) if json else None


def _path(info: Any) -> Path:
    return tuple(key for key in info.path.as_list() if isinstance(key, str))


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Ordinary execution, in which what a statement made passes through and a Ref is read by its shape.

    Neither `complete_value` nor the base class is public API of graphql-core: its version is pinned, and tests watch.
    """

    def complete_value(self, return_type: Any, details: Any, info: Any, path: Any, result: Any, context: Any) -> Any:
        if isinstance(result, orjson.Fragment):
            return result
        if isinstance(result, Ref):
            return info.context["reading"].node(info, result)
        return super().complete_value(return_type, details, info, path, result, context)
