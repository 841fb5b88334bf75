"""Subscriptions by the protocol `graphql-transport-ws`, at `/graphql`: one connection, a few subscriptions.

The older protocol `graphql-ws` is refused. The protocol's own reasons to close a connection are 44xx.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import graphql as g
import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected, WebSocketState

from backend.graphql.door import Door
from backend.graphql.errors import formatted, internal
from backend.graphql.limits import refused
from backend.graphql.live import Gone, Live, Who
from backend.graphql.reads.serve import Refused
from backend.graphql.view import Unfit, read_parameters
from backend.kit.actor import Actor

PROTOCOL: Final = "graphql-transport-ws"
GOING_AWAY, TOO_BIG, TRY_LATER = 1001, 1009, 1013
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, WRONG_PROTOCOL, TOO_SLOW, TWICE, TOO_MANY_STARTS = (
    4400, 4401, 4403, 4406, 4408, 4409, 4429,
)  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """Of a connection; times are seconds."""

    start: float = 10
    """Until it must have said who it is."""
    idle: float = 60
    """Without any subscription."""
    lifetime: float = 3600
    """After which it is closed: who still wants to watch comes anew."""
    subscriptions: int = 5
    connections: int = 20
    """Of one person or program at a time."""


class Closing(Exception):
    """Why the connection is closed from our side."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Guard:
    """Who may come in by a websocket: `is_foreign` sees the handshake, `who_of` a given Authorization too."""

    is_foreign: Callable[[WebSocket], bool]
    who_of: Callable[[WebSocket, str | None], Who]


@dataclass
class Subscribing:
    """The ASGI application for websockets at `/graphql`."""

    door: Door
    live: Live
    guard: Guard
    bounds: Bounds = field(default_factory=Bounds)
    taken: Counter[tuple[int | None, int | None]] = field(default_factory=Counter)
    """How many connections each person or program has."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        if self.guard.is_foreign(websocket):
            await websocket.close(FORBIDDEN)  # before it is accepted this is an answer of 403
        elif PROTOCOL not in websocket.scope["subprotocols"]:
            await websocket.accept()
            await websocket.close(WRONG_PROTOCOL, "Subprotocol not acceptable")
        else:
            await websocket.accept(PROTOCOL)
            await Conversation(self, websocket).run()

    @contextlib.contextmanager
    def place_of(self, actor: Actor) -> Iterator[None]:
        """One of the connections that an actor may have; raises Closing when all are taken."""
        account = actor.person_id, actor.service_account_id
        if self.taken[account] >= self.bounds.connections:
            raise Closing(TRY_LATER, "Too many connections")
        self.taken[account] += 1
        try:
            yield
        finally:
            self.taken[account] -= 1
            if not self.taken[account]:
                del self.taken[account]


class Conversation:
    """One connection from the moment it was accepted."""

    def __init__(self, server: Subscribing, websocket: WebSocket) -> None:
        self.server, self.bounds, self.websocket = server, server.bounds, websocket
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until either side ends it; nothing of it is left then."""
        closing = None
        try:
            async with asyncio.timeout(self.bounds.lifetime):
                await self._converse()
        except TimeoutError:
            closing = Closing(GOING_AWAY, "Come again")
        except Closing as reason:
            closing = reason
        except (WebSocketDisconnect, WebSocketDisconnected):
            pass
        finally:
            tasks = list(self.tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if closing:
            await self._close(closing)

    async def _converse(self) -> None:
        try:
            async with asyncio.timeout(self.bounds.start):
                first = await self._message()
        except TimeoutError as error:
            raise Closing(TOO_SLOW, "Connection initialisation timeout") from error
        if first["type"] != "connection_init":
            raise Closing(UNAUTHORIZED, "Unauthorized")
        self.who = self.server.guard.who_of(self.websocket, _authorization(first.get("payload")))
        actor = await self.who()
        if actor is None:
            raise Closing(FORBIDDEN, "Forbidden")
        with self.server.place_of(actor):
            await self._send("connection_ack")
            while True:
                await self._hear(await self._next())

    async def _next(self) -> dict[str, Any]:
        """The next message; raises Closing when none comes and nothing is watched."""
        reading = asyncio.ensure_future(self._message())
        try:
            while True:
                done, _ = await asyncio.wait({reading}, timeout=self.bounds.idle)
                if done:
                    return reading.result()
                if not self.tasks:
                    raise Closing(GOING_AWAY, "Nothing is watched")
        finally:
            reading.cancel()

    async def _message(self) -> dict[str, Any]:
        """A message; raises Closing for what is none, and WebSocketDisconnect at the end."""
        received = await self.websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code") or 1005)
        text = received.get("text")
        if text is not None and len(text) > self.server.door.limits.body:
            raise Closing(TOO_BIG, "Message too big")
        try:
            message = orjson.loads(text or "")
        except orjson.JSONDecodeError as error:
            raise Closing(BAD_REQUEST, "A message must be JSON") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(BAD_REQUEST, "A message must have a type")
        return message

    async def _hear(self, message: Mapping[str, Any]) -> None:
        match message["type"], message.get("id"):
            case "ping", _:
                await self._send("pong")
            case "pong", _:
                pass
            case "connection_init", _:
                raise Closing(TOO_MANY_STARTS, "Too many initialisation requests")
            case "subscribe", str(id_) if id_:
                await self._begin(id_, message.get("payload"))
            case "complete", str(id_):
                if task := self.tasks.pop(id_, None):
                    task.cancel()
            case _:
                raise Closing(BAD_REQUEST, "No such message")

    async def _begin(self, id_: str, payload: Any) -> None:
        if id_ in self.tasks:
            raise Closing(TWICE, f"Subscriber for {id_[:40]} already exists")
        if len(self.tasks) >= self.bounds.subscriptions:
            most = self.bounds.subscriptions
            await self._fail(id_, [refused("SUBSCRIPTIONS_LIMIT", "subscriptions", most + 1, most)])
            return
        self.tasks[id_] = asyncio.create_task(self._subscription(id_, payload))

    async def _subscription(self, id_: str, payload: Any) -> None:
        errors: list[g.GraphQLError] = []
        try:
            await self._run(id_, payload)
        except Refused as reason:
            errors = list(reason.errors)
        except Unfit as unfit:
            errors = [g.GraphQLError(unfit.message, extensions={"code": unfit.code})]
        except g.GraphQLError as error:
            errors = [error]
        except Gone:
            await self._close(Closing(FORBIDDEN, "Forbidden"))
        except (WebSocketDisconnect, WebSocketDisconnected):
            return  # whoever reads the connection hears of it too
        except Exception as error:
            errors = [internal(error, "a subscription failed")]
        if self.tasks.get(id_) is asyncio.current_task():
            del self.tasks[id_]
        if errors:
            with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
                await self._fail(id_, errors)

    async def _run(self, id_: str, payload: Any) -> None:
        """Send what a subscription gives; raises what keeps it from going on."""
        if not isinstance(payload, dict):
            raise Unfit(400, "The payload must be an object")
        request = read_parameters(payload)
        door = self.server.door
        document, operation = door.find(request.document, request.operation, by_id=request.by_id)
        if not operation.is_subscription:
            raise Unfit(400, "Only subscriptions run over a websocket; ask by POST")
        operation.values(request.variables, suggest=door.development)
        with self.server.live.watching(self.who) as watch:
            given: Any = g.subscribe(
                door.reads.schema,
                document.node,
                context_value={"watch": watch},
                variable_values=dict(request.variables),
                operation_name=request.operation,
                hide_suggestions=not door.development,
            )
            stream = await given if isinstance(given, Awaitable) else given
            if isinstance(stream, g.ExecutionResult):
                raise _first_of(stream.errors or [])
            async with contextlib.aclosing(stream):
                async for result in stream:
                    errors = {"errors": formatted(result.errors)} if result.errors else {}
                    await self._send("next", id_, {"data": result.data, **errors})

    async def _fail(self, id_: str, errors: list[g.GraphQLError]) -> None:
        await self._send("error", id_, formatted(errors))

    async def _send(self, type_: str, id_: str | None = None, payload: Any = None) -> None:
        message = {"type": type_, "id": id_, "payload": payload}
        given = {name: value for name, value in message.items() if value is not None}
        await self.websocket.send_text(orjson.dumps(given).decode())

    async def _close(self, closing: Closing) -> None:
        if self.websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
                await self.websocket.close(closing.code, closing.reason)


def _authorization(payload: Any) -> str | None:
    """What the first message says, like the header of that name."""
    for name, value in payload.items() if isinstance(payload, dict) else ():
        if name.lower() == "authorization":
            return value if isinstance(value, str) else ""
    return None


def _first_of(errors: list[g.GraphQLError]) -> Exception:
    """What kept a subscription from beginning; Gone comes as the cause of an error."""
    for error in errors:
        if isinstance(error.original_error, Gone):
            return error.original_error
    return Refused(errors)
