"""How many SQL statements an operation takes, counted where they are handed to psycopg."""

import asyncio
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

import httpx
from psycopg import AsyncCursor

from backend.kit.exchanges import Connection, Query
from backend.settings import Settings
from bench.questions import Question
from web.app import create


@contextmanager
def counting() -> Iterator[list[str]]:
    """Statements of any asynchronous cursor or connection of this process, as they come."""
    sent: list[str] = []
    execute, say = AsyncCursor.execute, Connection.say

    async def executed(self: Any, query: Any, *arguments: Any, **more: Any) -> Any:
        sent.append(query.decode() if isinstance(query, bytes) else str(query))
        return await execute(self, query, *arguments, **more)

    def said(self: Any, query: Query, parameters: Any, answer: Any = None) -> None:
        sent.append(query.text.decode())
        say(self, query, parameters, answer)

    AsyncCursor.execute, Connection.say = executed, said  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        AsyncCursor.execute, Connection.say = execute, say  # type: ignore[method-assign]


def count(environment: dict[str, str], questions: list[Question]) -> dict[str, tuple[int, int]]:
    """Question → statements the first time (who asks is looked up), and within ten seconds after."""
    with redirect_stdout(io.StringIO()):  # the log of requests
        return asyncio.run(_count(environment, questions))


async def _count(environment: dict[str, str], questions: list[Question]) -> dict[str, tuple[int, int]]:
    found = {}
    app = create(Settings.read({**os.environ, **environment}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for question in questions:
                app.state.reception.forget()
                numbers = []
                for request in (question.ours[0], question.ours[0]):
                    with counting() as sent:
                        answer = await client.post("/graphql", content=request["body"], headers=request["headers"])
                    said = json.loads(answer.content)
                    assert "errors" not in said, said
                    numbers.append(len(sent))
                found[question.name] = (numbers[0], numbers[-1])
    return found
