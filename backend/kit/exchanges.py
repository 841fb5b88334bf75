"""Connections that take their answers in turn: what a statement costs where many are asked at once."""

from asyncio import CancelledError
from collections.abc import Iterator
from select import POLLIN, poll
from types import coroutine
from typing import Any

from psycopg import AsyncConnection
from psycopg.waiting import Ready, Wait


class Connection(AsyncConnection[Any]):
    """Looks for an answer once the others have had their turn, before the event loop is told to watch for it.

    Where many ask at once the answer is there by then, and watching is a third of what an exchange takes.
    """

    async def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        try:
            state = next(gen)
        except StopIteration as end:
            return end.value
        interruption: BaseException | None = None
        try:
            if state == Wait.R:
                await _turn()
                if _is_there(self.pgconn.socket):
                    state = gen.send(Ready.R)
        except StopIteration as end:
            return end.value
        except (CancelledError, KeyboardInterrupt) as its:
            interruption = its
        return await super().wait(_Rest(gen, state, interruption), interval, timeout)  # type: ignore[arg-type]


class _Rest:
    """What is left of an exchange that stands at `state`; an interruption comes first, as if it came while waiting."""

    def __init__(self, exchange: Any, state: Any, interruption: BaseException | None) -> None:
        self.exchange, self.state, self.interruption = exchange, state, interruption

    def __next__(self) -> Any:
        if self.interruption is not None:
            interruption, self.interruption = self.interruption, None
            raise interruption
        return self.state

    def send(self, ready: Any) -> Any:
        return self.exchange.send(ready)


def _is_there(socket: int) -> bool:
    """Whether something can be read from it now; by `poll`, for `select` knows the first 1,024 sockets alone."""
    looked = poll()
    looked.register(socket, POLLIN)
    return bool(looked.poll(0))


@coroutine
def _turn() -> Iterator[None]:
    yield
