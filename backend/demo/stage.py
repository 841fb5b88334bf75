"""Where the demo is played: a clock that somebody moves, and people who act through the entrance like everybody."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from backend.files.store import Store
from backend.files.verbs import add_file
from backend.identity.actors import actor_of_person
from backend.kit.actor import Actor, Channel
from backend.kit.calendar import MONDAY_TO_FRIDAY, add_business_days, subtract_business_days
from backend.kit.clock import HELSINKI
from backend.kit.database import Session, Sessions
from backend.kit.entrance import Entrance
from backend.kit.refs import Ref
from backend.parties.model import Organisation, Person


class Stage:
    """Acts happen at `clock`, by the people known under short keys."""

    def __init__(self, sessions: Sessions, store: Store, today: date) -> None:
        self.sessions, self.store, self.today = sessions, store, today
        self.clock = datetime.combine(today, time(8), HELSINKI)
        self.entrance = Entrance(sessions, lambda: self.clock)
        self.has_begun = False
        """Whether everybody has their roles and rights; from then on they stay as they are."""
        self._known: dict[tuple[str, date], Actor] = {}
        self.people: dict[str, tuple[int, int]] = {}
        """Key → person and the organisation acted for."""
        self.ids: dict[str, int] = {}
        """Ids of organisations, agreements, price groups and orders by their keys in the story."""

    def day(self, business_days: int) -> date:
        """A business day before (negative) or after today."""
        if business_days < 0:
            return subtract_business_days(self.today, -business_days, MONDAY_TO_FRIDAY)
        return add_business_days(self.today, business_days, MONDAY_TO_FRIDAY)

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Move the clock to a time of a day in Helsinki."""
        self.clock = datetime.combine(day, time(hour, minute), HELSINKI)

    async def actor(self, key: str) -> Actor:
        """The person as the portal would know them today."""
        if (key, self.clock.date()) in self._known:
            return self._known[key, self.clock.date()]
        person_id, organisation_id = self.people[key]
        async with self.sessions() as session:
            person = await session.get_one(Person, person_id)
            organisation = await session.get_one(Organisation, organisation_id)
            found = await actor_of_person(session, person, organisation, self.clock, Channel.PORTAL)
        assert found is not None, f"{key} is nobody on {self.clock}"
        if self.has_begun:
            self._known[key, self.clock.date()] = found
        return found

    async def act(self, who: str | Actor, verb: Callable[..., Awaitable[Any]], **arguments: Any) -> Ref:
        """Let somebody act now; a refusal ends the story with its reason."""
        actor = await self.actor(who) if isinstance(who, str) else who
        return (await self.entrance.enter(actor, verb, **arguments)).thing()

    async def bring(self, who: str, name: str, content: bytes, media_type: str = "text/plain") -> Ref:
        """A file that somebody uploads now."""
        sha256 = self.store.put(content)
        return await self.act(who, add_file, sha256=sha256, size=len(content), name=name, media_type=media_type)

    async def ask(self, statement: sa.Select[Any]) -> list[Any]:
        """Look something up between two acts."""
        async with self.sessions() as session:
            return list((await session.scalars(statement)).all())

    async def look(self, question: Callable[[Session], Awaitable[Any]]) -> Any:
        """Ask a slice's own query between two acts."""
        async with self.sessions() as session:
            return await question(session)
