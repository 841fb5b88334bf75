"""People who book and approve hours, and something to book on, for the tests of the pages of hours."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.dialects.postgresql import Range

from backend.hours.model import TimeEntry
from backend.hours.states import OwnCost
from backend.hours.target_verbs import define_target
from backend.hours.verbs import Booking, book_hours
from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.parties.model import Person
from backend.rulebook.roles import Role
from tests.hours.making import Work, make_work
from tests.identity.making import acting, add_member
from tests.making import make_organisation
from tests.web.portal import Browser, Portal, opened, settings_for
from web.hours.weeks import Week, today

SINCE = Range(date(2026, 1, 1), None)


def last_week() -> Week:
    """A week of which every day can be booked."""
    return Week.of(helsinki_date(clock.now())) - 1


@dataclass
class Crew:
    """Who works and who approves, and an order under way with a ceiling of ten hours."""

    work: Work
    expert: Person
    lead: Person
    manager: Person
    customer: Person

    async def book(self, session: Session, minutes: int, day: date, description: str) -> TimeEntry:
        """What the expert books, now."""
        booking = Booking(target_id=self.work.target.id, day=day, minutes=minutes, description=description)
        return await book_hours(session, acting(self.expert, self.work.supplier, Role.EXPERT), booking, now=clock.now())

    @property
    def target(self) -> str:
        return f"Target:{self.work.target.id}"


async def gather(session: Session) -> Crew:
    work = await make_work(session, ceiling=600, valid=SINCE, ordered_at=clock.now() - timedelta(days=90))
    tiera = await make_organisation(session, ActorKind.BUYER)
    customer = await make_organisation(session, ActorKind.CUSTOMER, "Mallilan kaupunki")
    crew = Crew(
        work=work,
        expert=await add_member(session, work.supplier, Role.EXPERT, "Ville Lehtonen"),
        lead=await add_member(session, work.supplier, Role.SERVICE_MANAGER, "Sari Mäkelä"),
        manager=await add_member(session, tiera, Role.SERVICE_MANAGER, "Mikko Laine"),
        customer=await add_member(session, customer, Role.REPRESENTATIVE, "Hanna Järvinen"),
    )
    actor = acting(crew.manager, tiera, Role.SERVICE_MANAGER)
    await define_target(session, actor, work.agreement.id, OwnCost.BODIES, "Ohjausryhmän kokoukset", now=clock.now())
    return crew


@dataclass
class Scene:
    portal: Portal
    crew: Crew

    async def browser(self, person: Person) -> Browser:
        return await self.portal.signed_in(person)

    async def book(self, *minutes: int, days_ago: int = 0) -> list[int]:
        """Ids of entries that the expert has booked."""
        async with self.portal.house.sessions.begin() as session:
            day = today() - timedelta(days=days_ago)
            booked = [await self.crew.book(session, m, day, f"Lomakkeen osa {n}") for n, m in enumerate(minutes)]
            return [entry.id for entry in booked]


@asynccontextmanager
async def opened_scene(database_url: str, folder: Path) -> AsyncIterator[Scene]:
    """The portal with an order under way."""
    async with opened(settings_for(database_url, folder)) as portal:
        async with portal.house.sessions.begin() as session:
            crew = await gather(session)
        yield Scene(portal, crew)


async def open_many(scene: Scene) -> None:
    """So many newer targets that the order's is among the newest hundred no more."""
    work = scene.crew.work
    async with scene.portal.house.sessions.begin() as session:
        for n in range(101):
            await define_target(
                session, work.manager, work.agreement.id, OwnCost.BODIES, f"Kokous {n}", now=clock.now()
            )


def field(page: str, name: str) -> str:
    """The value of a text field of a page."""
    found = re.search(rf'<input class="[^"]*" type="text"[^>]*name="{re.escape(name)}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
