"""The one door to the schema: for HTTP, for the portal in this process, for payloads of mutations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import graphql as g
import orjson
import strawberry

from backend.graphql.acting import acts_of, carry_out
from backend.graphql.errors import formatted, internal
from backend.graphql.limits import Limits
from backend.graphql.reads.database import Fetch
from backend.graphql.reads.plan import NotCompiled
from backend.graphql.reads.serve import Document, Operation, Reading, Reads, Refused, denied
from backend.kit.actor import Actor
from backend.kit.entrance import Entered


class Entrance(Protocol):
    async def enter(
        self, actor: Actor, verb: Any, *, key: str | None = None, act: str | None = None, **arguments: Any
    ) -> Entered: ...


@dataclass(frozen=True)
class Answer:
    """A response as JSON, and how it went: 200 executed, 400 not executed for it is at fault, 500 we are."""

    body: bytes
    status: int = 200


class Faults(Exception):
    """The errors of a response, as a client would have got them."""

    def __init__(self, errors: list[dict[str, Any]], data: Any = None) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors, self.data = errors, data

    @property
    def codes(self) -> set[str]:
        return {error["extensions"]["code"] for error in self.errors}


@dataclass
class Door:
    """Executes documents for actors. Trusted documents are known by an id; `trusted_only` refuses all others.

    `reports` answers documents of reports alone, but for pages, which follow on what was done just now.
    """

    schema: strawberry.Schema
    fetch: Fetch
    entrance: Entrance | None = None
    reports: Fetch | None = None
    limits: Limits = field(default_factory=Limits)
    trusted_only: bool = False
    development: bool = False

    def __post_init__(self) -> None:
        self.reads = Reads(self.schema, self.fetch, self.reports, limits=self.limits, suggest=self.development)
        self.trusted: dict[str, Document] = {}

    def trust(self, documents: Mapping[str, str]) -> None:
        """Make documents known by their ids: parsed, measured and validated now, planned once for each form.

        Raises ValueError for one that is not valid.
        """
        for name, text in documents.items():
            try:
                self.trusted[name] = Document(self.reads.schema, text, self.limits, suggest=True)
            except Refused as refused:
                raise ValueError(f"{name}: {refused}") from refused

    def find(self, document: str, operation: str | None, *, by_id: bool) -> tuple[Document, Operation]:
        """A document by its id or its text, and its operation; raises Refused."""
        if by_id:
            found = self.trusted.get(document)
            if found is None:
                raise Refused([_fault("No document is known by this id", "PERSISTED_QUERY_NOT_FOUND")])
        elif self.trusted_only:
            raise Refused([_fault("Only trusted documents may run", "DOCUMENT_NOT_TRUSTED")])
        else:
            found = self.reads.documents.of(document)
        return found, found.operation(operation)

    async def execute(
        self, document: str, variables: Mapping[str, Any], actor: Actor, operation: str | None = None
    ) -> bytes:
        """The response to a document (its text, or the id of a trusted one), as JSON."""
        return (await self.answer(document, variables, actor, operation, by_id=document in self.trusted)).body

    async def read(
        self, document: str, variables: Mapping[str, Any], actor: Actor, operation: str | None = None
    ) -> dict[str, Any]:
        """The data of a document as plain values, for pages; raises Faults where a response would have errors."""
        by_id = document in self.trusted
        answer = await self.answer(document, variables, actor, operation, by_id=by_id, fresh=True)
        response = orjson.loads(answer.body)
        if "errors" in response:
            raise Faults(response["errors"], response.get("data"))
        data: dict[str, Any] = response["data"]
        return data

    async def answer(
        self,
        document: str,
        variables: Mapping[str, Any],
        actor: Actor,
        operation: str | None = None,
        *,
        by_id: bool = False,
        queries_only: bool = False,
        fresh: bool = False,
    ) -> Answer:
        """The response to a request; a fault of ours is in it too, masked."""
        try:
            _, chosen = self.find(document, operation, by_id=by_id)
            if queries_only and not chosen.is_query:
                raise NotAQuery
            if _has_nul(variables) or "\\u0000" in document:
                raise Refused([_fault("Text cannot hold the character U+0000", "BAD_USER_INPUT")])
            if chosen.is_subscription:
                raise Refused([_fault("A subscription runs over a websocket", "BAD_REQUEST")])
            return await self._execute(chosen, variables, actor, fresh=fresh)
        except Refused as refused:
            return Answer(_response(None, refused.errors), 400)
        except NotAQuery:
            raise
        except Exception as error:  # whatever it is, the caller gets a response with a reference
            return Answer(_response(None, [internal(error, "a request failed")]), 500)

    async def _execute(self, chosen: Operation, variables: Mapping[str, Any], actor: Actor, *, fresh: bool) -> Answer:
        given = chosen.read(variables, suggest=self.development)
        values = given.coerced
        cost = chosen.cost.of(values)
        if cost > self.limits.cost:
            raise Refused([self.limits.too_costly(cost)])
        extensions = b'"extensions":{"cost":{"requested":%d,"limit":%d}}' % (cost, self.limits.cost)
        context = {"actor": actor, "entrance": self.entrance}
        try:
            if chosen.is_mutation:
                acts = acts_of(chosen, values)
                data, errors = await carry_out(Reading(self.reads, chosen, actor), acts, given, context)
                return Answer(_response(data, errors, extensions))
            plan = chosen.whole(values, actor)
            json = await self.reads.run(plan, values, actor, fresh=fresh)
        except NotCompiled:
            result = await self.reads.execute(chosen, given, actor, context)
            return Answer(_response(result.data, result.errors or [], extensions))
        except g.GraphQLError as error:
            return Answer(_response(None, [error], extensions))
        if plan.refused:
            return Answer(_response(orjson.Fragment(json or b"null"), [*map(denied, plan.refused)], extensions))
        return Answer(b'{"data":%b,%b}' % (json or b"null", extensions))


class NotAQuery(Exception):
    """A mutation came where only queries may."""


def _has_nul(value: Any) -> bool:
    """Whether there is a character in it, at any depth, that the database cannot keep."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(map(_has_nul, value.values()))
    return isinstance(value, list) and any(map(_has_nul, value))


def _fault(message: str, code: str) -> g.GraphQLError:
    return g.GraphQLError(message, extensions={"code": code})


def _response(data: Any, errors: Any, extensions: bytes = b"") -> bytes:
    """`data` is left out where nothing was executed; `extensions` is a member of the response, ready made."""
    parts = [b'"errors":' + orjson.dumps(formatted(errors))] if errors else []
    if extensions:
        parts += [b'"data":' + orjson.dumps(data), extensions]
    return b"{" + b",".join(parts) + b"}"
