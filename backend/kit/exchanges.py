"""Connections that take their answers in turn, and send at once what need not wait for one another.

Where many are asked at once, most of what a statement costs is its way to the database and back; a cursor of psycopg
takes three times what the exchange beneath it takes.
"""

from asyncio import CancelledError
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count, zip_longest
from select import POLLIN, poll
from types import coroutine
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.waiting import Ready, Wait

_numbers: Final = count()


class Query:
    """A statement's text, with its parameters as `$1`, `$2`, …: each connection prepares it once, by its name."""

    def __init__(self, text: str) -> None:
        self.name, self.text = b"q%d" % next(_numbers), text.encode()


class Answer:
    """The rows of a statement that was asked ahead: there once the next statement has been."""

    rows: list[tuple[Any, ...]]

    def come(self, rows: list[tuple[Any, ...]]) -> None:
        """Take them. What this raises reaches whoever asked the next statement, which has been carried out then."""
        self.rows = rows


class _Said(NamedTuple):
    query: Query
    written: Sequence[Any]
    """Its parameters, as they are sent."""
    answer: Answer | None


class Connection(AsyncConnection[Any]):
    """Looks for an answer once the others have had their turn, before the event loop is told to watch for it.

    Where many ask at once the answer is there by then, and watching is a third of what an exchange takes. What was
    said goes along with what is asked next, with the next statement of a cursor, or with the commit.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._said: list[_Said] = []
        self._known: set[bytes] = set()
        """What is prepared here."""

    @cached_property
    def _adapting(self) -> Any:
        """What writes parameters and reads rows; made when whoever connects has said how JSON is read."""
        return Transformer(self)

    @cached_property
    def _watched(self) -> Any:
        """What tells whether something can be read; `poll`, for `select` knows the first 1,024 sockets alone."""
        watched = poll()
        watched.register(self.pgconn.socket, POLLIN)
        return watched

    @property
    def is_idle(self) -> bool:
        """Whether no transaction is under way, and nothing said that would begin one."""
        return not self._said and self.pgconn.transaction_status == TransactionStatus.IDLE

    @property
    def is_lost(self) -> bool:
        """Whether it is closed, or, idle as it is, has something to read: the server ends it."""
        return self.closed or bool(self._watched.poll(0))

    def say(self, query: Query, parameters: Sequence[Any], answer: Answer | None = None) -> None:
        """Have a statement executed in its turn, with nobody waiting for its answer: a fault is raised when it went."""
        written = self._adapting.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        self._said.append(_Said(query, written, answer))

    async def ask(self, query: Query, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement, after all that was said before."""
        self.say(query, parameters)
        return self._rows(await self.wait(self._exchange()))

    def _rows(self, result: Any) -> list[tuple[Any, ...]]:
        self._adapting.set_pgresult(result)
        rows: list[tuple[Any, ...]] = self._adapting.load_rows(0, result.ntuples, tuple)
        self._adapting.set_pgresult(None)  # which is as large as its rows, and would stay until the next
        return rows

    def _exchange(self, last: bytes | None = None) -> Any:
        """Send what was said, and a command after it, in one go; the result of the last. Begins the transaction."""
        said, self._said = self._said, []
        self._check_connection_ok()
        its, sent, within = self.pgconn, list[bytes | Answer | None](), self._pipeline
        if within is None:
            its.enter_pipeline_mode()
        elif within.command_queue or within.result_queue:
            yield from within._sync_gen()
        if not self._autocommit and its.transaction_status == TransactionStatus.IDLE:
            its.send_query_params(self._get_tx_start_command(), None)
            sent.append(None)
        for query, written, answer in said:
            if query.name not in self._known and query.name not in sent:
                its.send_prepare(query.name, query.text)
                sent.append(query.name)
            its.send_query_prepared(query.name, written)
            sent.append(answer)
        if last is not None:
            its.send_query_params(last, None)
        its.pipeline_sync()
        yield from send(its)
        results = []
        while (found := (yield from fetch_many(its))) and found[0].status != ExecStatus.PIPELINE_SYNC:
            results.append(found[0])
        if within is None and its.status != ConnStatus.BAD:
            its.exit_pipeline_mode()
        came = list(zip_longest(sent[: len(results)], results))  # after them the result of the last
        self._known.update(
            what for what, result in came if isinstance(what, bytes) and result.status == ExecStatus.COMMAND_OK
        )
        for what, result in came:
            if result.status == ExecStatus.FATAL_ERROR:
                raise psycopg.errors.error_from_result(result)
            if isinstance(what, Answer):
                what.come(self._rows(result))
        self._check_connection_ok()  # nothing is found where it was lost
        return results[-1]

    def _start_query(self) -> Any:
        if self._said:
            yield from self._exchange()
        yield from super()._start_query()

    def _exec_command(self, *args: Any, **kwargs: Any) -> Any:
        if self._said:
            yield from self._exchange()
        return (yield from super()._exec_command(*args, **kwargs))

    def _commit_gen(self) -> Any:
        """Raises what is wrong, once all is undone: SQLAlchemy takes a commit that failed for that."""
        try:
            if self._said:
                yield from self._exchange(b"COMMIT")
            elif self.pgconn.transaction_status == TransactionStatus.INERROR:
                raise psycopg.errors.InFailedSqlTransaction("a statement failed before: nothing is committed")
            else:
                yield from super()._commit_gen()
        except psycopg.Error:
            if self.pgconn.transaction_status == TransactionStatus.INERROR:
                yield from self._rollback_gen()
            raise

    def _rollback_gen(self) -> Any:
        """What failed may have done so for what is prepared here, whose tables have changed: all is prepared anew."""
        failed = self.pgconn.transaction_status == TransactionStatus.INERROR
        self._said.clear()
        yield from super()._rollback_gen()
        if failed and self._known:
            yield from self._deallocate(None)

    def _deallocate(self, name: bytes | None) -> Any:
        if name is None:
            self._known.clear()
        yield from super()._deallocate(name)

    async def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        try:
            state = next(gen)
        except StopIteration as end:
            return end.value
        interruption: BaseException | None = None
        try:
            if state == Wait.R:
                await _turn()
                if self._watched.poll(0):
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


@coroutine
def _turn() -> Iterator[None]:
    yield
