"""Logs: one line of JSON an event in production, readable lines on a developer's machine.

No personal data is written: no addresses of people's machines, no query strings, no values of statements; and what is
told under the name of something personal is blanked. A line that arises within a request carries the request's id.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from secrets import token_hex
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

PERSONAL = re.compile(
    r"name$|mail|phone|password|secret|token|cookie|authorization|address|recipient|query|body|text|title|iban|bank"
)
"""Keys whose values are never written."""
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_QUIET = {
    "uvicorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,  # below that it names the machine that opens a websocket
    "alembic": logging.WARNING,
    "python_multipart": logging.WARNING,
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def configure(*, production: bool, stream: TextIO = sys.stderr) -> None:
    """Send what this process logs, by structlog or by the standard library, to `stream`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_personal_data,
        with_bare_exception,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        logger_factory=lambda *name: _Lines(stream, *name),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # what no line shows is not looked up for each
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


class _Lines:
    """Our lines past the standard library, in which one takes twice as long. What cannot be written stops nobody."""

    def __init__(self, stream: TextIO, name: str = "portaali") -> None:
        self.stream, self.name = stream, name

    def info(self, line: str) -> None:
        try:
            self.stream.write(f"{line}\n")
            self.stream.flush()
        except (OSError, ValueError):  # no space, nobody reads, a letter that is none
            return

    warning = error = critical = info


def without_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank every value whose key promises something personal."""
    for key in event:
        if key != "event" and not key.startswith("_") and PERSONAL.search(key):
            event[key] = "–"
    return event


def with_bare_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Write an exception as its frames and kinds; its message only where it cannot hold values of a statement."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        event["exception"] = "".join(frames) + " ← ".join(_chain(error))
    return event


def _chain(error: BaseException) -> list[str]:
    chain: list[str] = []
    step: BaseException | None = error
    while step is not None and len(chain) < 10:
        chain.append(f"{type(step).__module__}.{type(step).__qualname__}: {_message(step)}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return chain


def _message(error: BaseException) -> str:
    """A database's error names columns and constraints in its first line, and people's values in the others."""
    cause = getattr(error, "orig", error)
    if (diagnosis := getattr(cause, "diag", None)) is not None:
        return f"{getattr(cause, 'sqlstate', '')} {diagnosis.message_primary or str(cause).partition(chr(10))[0]}"
    if cause is not error:
        return str(cause).partition("\n")[0]
    return str(error)


class RequestLog:
    """ASGI middleware: gives each request an id, and writes one line when its answer has been sent.

    The id comes from the header `X-Request-ID` where a proxy has set a sane one, and goes back in that header. The
    path is written as its route, so neither one-time links nor what was searched for come into a log.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        self.log = structlog.stdlib.get_logger("portaali.request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = _given_id(scope) or token_hex(8)
        scope.setdefault("state", {})["request_id"] = request
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request):
            try:
                await self.app(scope, receive, sending)
            finally:
                self.log.info(
                    "request",
                    method=scope["method"],
                    route=getattr(scope.get("route"), "path", "–"),
                    status=status,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                )
        return None


def _given_id(scope: Scope) -> str | None:
    for name, value in scope.get("headers", ()):
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return str(value.decode())
    return None
