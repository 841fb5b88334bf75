"""Calendars of planned breaks, by a secret address: for calendar programs, which can sign in nowhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.bulletins import queries
from backend.bulletins.model import Bulletin
from backend.bulletins.states import BulletinState
from backend.identity.actors import actor_of_person
from backend.identity.hashing import hashed
from backend.kit.actor import Channel, Language
from backend.kit.database import Sessions
from backend.kit.icalendar import Entry, write_calendar
from backend.kit.translation import Text, translate
from backend.parties.model import Organisation, Person

LOOKS_BACK = timedelta(days=90)
NAME = Text("Planned breaks of services")


@dataclass(frozen=True)
class Calendars:
    """What the route needs: sessions to look in, the clock, and where the portal is."""

    sessions: Sessions
    clock: Callable[[], datetime]
    base_url: str

    async def find(self, secret: str) -> str | None:
        """The calendar that a secret opens, as its owner sees it now; None where it opens none any more."""
        now = self.clock()
        async with self.sessions() as session:
            key = await queries.find_calendar_key(session, hashed(secret))
            if key is None:
                return None
            person = await session.get_one(Person, key.person_id)
            organisation = await session.get_one(Organisation, key.organisation_id)
            actor = await actor_of_person(session, person, organisation, now, Channel.API)
            if actor is None:
                return None
            found = await queries.breaks_seen(session, actor, now - LOOKS_BACK)
        name = translate(NAME, Language(person.language))
        return write_calendar(name, (self._entry(bulletin, said) for bulletin, said in found))

    def _entry(self, bulletin: Bulletin, said: int) -> Entry:
        assert bulletin.starts_at and bulletin.ends_at and bulletin.published_at
        thread = bulletin.follows_id or bulletin.id
        return Entry(
            uid=f"tiedote-{thread}@palveluportaali",
            title=bulletin.title,
            text=bulletin.text,
            starts_at=bulletin.starts_at,
            ends_at=bulletin.ends_at,
            said_at=bulletin.withdrawn_at or bulletin.published_at,
            version=said + (bulletin.state is BulletinState.WITHDRAWN),
            url=f"{self.base_url}/tiedotteet/{bulletin.id}",
            is_cancelled=bulletin.state is BulletinState.WITHDRAWN,
        )


def routes(calendars: Calendars) -> list[Route]:
    """`GET /api/kalenteri/{secret}.ics`: the secret itself lets in, and shows nothing but this."""

    async def give(request: Request) -> Response:
        written = await calendars.find(request.path_params["secret"])
        if written is None:
            return Response("There is no such calendar.", 404, media_type="text/plain")
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="katkot.ics"'}
        return Response(written, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route("/api/kalenteri/{secret}.ics", give, methods=["GET"], name="calendars.give")]
