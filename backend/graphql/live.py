"""Which things changed: one connection of a process hears it of the database and tells everybody who watches.

A watcher hears that a thing changed and when, never what became of it: that is read as everything is. What changes
while the database cannot be reached may have been missed, so everything watched is told once when it is there again.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import graphql as g
import orjson
import psycopg
import sqlalchemy.exc
import strawberry

from backend.graphql.door import Door
from backend.kit import clock as clocks
from backend.kit.actor import Actor
from backend.kit.events import CHANGED, MEANT_FOR, Announcement, Audience
from backend.kit.refs import Ref

log = logging.getLogger(__name__)

MOST_THINGS: Final = 50
"""Of one subscription."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds until the database is listened to again, doubled each time."""
A_WHILE: Final = 0.2
"""Seconds until it is read again."""
_ALIVE: Final[dict[str, Any]] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds and tries after which a line that leads nowhere is given up."""
_SEEN: Final = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

Who = Callable[[], Awaitable[Actor | None]]
"""Says who watches, anew each time: None once they are nobody any more."""


@strawberry.type(description="That a thing changed; ask for it anew to see what became of it.")
class Changed:
    id: strawberry.ID = strawberry.field(description="The thing's identifier.")
    at: dt.datetime = strawberry.field(description="When it changed.")


class Gone(Exception):
    """Whoever watched is nobody any more: the key was revoked, the session ended, the role is over."""


@dataclass(eq=False)
class Watch:
    """One subscription: which things, and what of them is still to be told.

    A change that comes before the former one was told replaces it, so a slow reader keeps nothing waiting.
    """

    live: "Live"
    who: Who
    audiences: tuple[Audience, ...] = ()
    refs: frozenset[Ref] = frozenset()
    _due: dict[Ref, dt.datetime] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def on(self, ids: Sequence[str]) -> AsyncGenerator[Changed, None]:
        """The changes of these things from now on. Raises a GraphQLError where one is not to be seen, and Gone."""
        if not 0 < len(ids) <= MOST_THINGS:
            said = f"Name at least one thing and at most {MOST_THINGS}"
            raise g.GraphQLError(said, extensions={"code": "BAD_USER_INPUT", "limit": MOST_THINGS, "actual": len(ids)})
        parsed = [Ref.parse(id_) for id_ in ids]
        refs = frozenset(ref for ref in parsed if ref)
        if None in parsed:
            raise _not_found()
        self.live.watch(self, refs)  # before looking, so that nothing can happen in between
        await self._look(refs)
        return self._changes()

    def tell(self, ref: Ref, at: dt.datetime) -> None:
        self._due[ref] = at
        self._woken.set()

    async def _changes(self) -> AsyncGenerator[Changed, None]:
        while True:
            await self._woken.wait()
            self._woken.clear()
            due, self._due = self._due, {}
            try:
                await self._look(due)
            except (psycopg.OperationalError, sqlalchemy.exc.OperationalError):
                log.warning("changes cannot be told yet: the database cannot be read")
                self._due = due | self._due
                self._woken.set()
                await asyncio.sleep(A_WHILE)
                continue
            for ref, at in due.items():
                yield Changed(id=strawberry.ID(str(ref)), at=at)

    async def _look(self, refs: Collection[Ref]) -> None:
        """Go on only if whoever watches may see all of these now."""
        actor = await self.who()
        if actor is None:
            raise Gone
        self.audiences = MEANT_FOR[actor.kind]
        if not await self.live.sees(actor, [str(ref) for ref in refs]):
            raise _not_found()


def _not_found() -> g.GraphQLError:
    """The same for what is not there and for what is not to be seen."""
    return g.GraphQLError("One of these is not there, or you may not see it.", extensions={"code": "NOT_FOUND"})


@dataclass
class Live:
    """One a process; `database_url` names the database that verbs write to."""

    door: Door
    database_url: str
    clock: clocks.Clock = clocks.now
    watched: dict[Ref, set[Watch]] = field(default_factory=lambda: defaultdict(set))
    is_listening: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Within, changes are heard and told."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @contextlib.contextmanager
    def watching(self, who: Who) -> Iterator[Watch]:
        """A watch of nothing yet, forgotten at the end."""
        watch = Watch(self, who)
        try:
            yield watch
        finally:
            self.forget(watch)

    def watch(self, watch: Watch, refs: frozenset[Ref]) -> None:
        self.forget(watch)
        watch.refs = refs
        for ref in refs:
            self.watched[ref].add(watch)

    def forget(self, watch: Watch) -> None:
        for ref in watch.refs:
            self.watched[ref].discard(watch)
            if not self.watched[ref]:
                del self.watched[ref]
        watch.refs = frozenset()

    async def sees(self, actor: Actor, ids: list[str]) -> bool:
        """Whether an actor may see all of these things now, by the declared reads."""
        reads = self.door.reads
        operation = reads.documents.of(_SEEN).operation(None)
        values = operation.values({"ids": ids})
        plan = operation.whole(values, actor)
        json = await reads.run(plan, values, actor, fresh=True)
        return bool(json) and None not in orjson.loads(json or b"{}")["nodes"]

    def hear(self, announcement: Announcement) -> None:
        for ref in announcement.refs:
            for watch in self.watched.get(ref, ()):
                if announcement.audience in watch.audiences:
                    watch.tell(ref, announcement.at)

    def catch_up(self) -> None:
        """Tell everything that is watched: it may have changed while nobody heard."""
        now = self.clock()
        for ref, watches in self.watched.items():
            for watch in watches:
                watch.tell(ref, now)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.database_url, autocommit=True, application_name="portaali live", **_ALIVE
                ) as line:
                    await line.execute(f"LISTEN {CHANGED}")
                    pause = FIRST_PAUSE
                    self.is_listening.set()
                    self.catch_up()
                    async with contextlib.aclosing(line.notifies()) as notifications:  # it holds the line's lock
                        async for notification in notifications:
                            self.hear(Announcement.read(notification.payload))
            except psycopg.OperationalError as fault:
                log.warning("changes cannot be heard: %s", type(fault).__name__)
            except Exception:
                log.exception("hearing of changes stumbled")
            finally:
                self.is_listening.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


@strawberry.type
class ChangesSubscription:
    """What changes."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]
        description="Says when one of these things changes, never what became of it. An error ends it once one of them "
        "is not there or you may not see it."
    )
    async def changed(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {MOST_THINGS} identifiers.")],
    ) -> AsyncGenerator[Changed | None, None]:
        watch: Watch = info.context["watch"]
        return await watch.on(ids)
