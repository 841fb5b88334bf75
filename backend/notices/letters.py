"""What a mail says: the event's sentence, what it is about, a link to its page, and why it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend.identity.mails import LETTER_OF, write_letter
from backend.kit import refs
from backend.kit.actor import Actor, Language
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.refs import Ref
from backend.kit.translation import Text, translate
from backend.notices import queries
from backend.notices.model import Delivery
from backend.notices.recipients import Circle
from backend.notices.wording import say
from backend.parties.model import Person

SETTINGS: Final = "/asetukset/ilmoitukset"
"""Where people choose what they are told."""


@dataclass(frozen=True)
class Mail:
    """One mail, ready to be sent. `key` is the same whenever it is sent, so that a repeat is recognised."""

    key: str
    at: datetime
    """When it was told: the same in every repeat, too."""
    address: str
    language: Language
    subject: str
    body: str


@dataclass(frozen=True)
class About:
    """The thing that a mail is about, as its reader knows it."""

    number: str | None = None
    title: str | None = None
    path: str | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.number, self.title) if part)


async def write(session: Session, actor: Actor, delivery: Delivery, base_url: str, circle: Circle) -> Mail | None:
    """The mail of a delivery; None where its receiver may not see any more what it would tell.

    Invitations and resets are written by the slice that knows them, each with a link made for this mail alone.
    """
    event = await session.get_one(Event, delivery.event_id)
    key = f"notice-{delivery.id}"
    if event.name in LETTER_OF:
        letter = await write_letter(
            session, actor, delivery.person_id, LETTER_OF[event.name], base_url=base_url, now=circle.now
        )
        return Mail(key, delivery.told_at, letter.address, letter.language, letter.subject, letter.body)
    for reader in await circle.actors_of(delivery.person_id):
        if reader.organisation_id == delivery.organisation_id and await queries.may_see(session, reader, event):
            person = await session.get_one(Person, delivery.person_id)
            part, named = await queries.words_of(session, event)
            said = say(person.language, event.name, event.figures, part=part, person=named)
            about = await _about(session, reader, event)
            subject = " · ".join(part for part in (about.number or about.title, said) if part)
            body = _body(person.language, said, about, base_url, is_required=delivery.is_required)
            return Mail(key, delivery.told_at, person.email, person.language, _one_line(subject), body)
    return None


async def _about(session: Session, reader: Actor, event: Event) -> About:
    """The larger thing where the reader may see it, else the event's own."""
    around = Ref(event.within_kind, event.within_id) if event.within_kind and event.within_id else None
    for ref in (around, event.subject):
        columns = await queries.find_named(session, reader, ref)
        if ref and columns:
            kind = refs.KINDS[ref.kind]
            return About(_text(columns, kind.number), _text(columns, kind.title), _path(kind.url, columns))
    return About()


def _text(columns: Mapping[str, Any], name: str | None) -> str | None:
    value = columns[name] if name else None
    return None if value is None else str(value)


def _path(url: str | None, columns: Mapping[str, Any]) -> str | None:
    return url.format_map(columns) if url else None


def _body(language: Language, said: str, about: About, base_url: str, *, is_required: bool) -> str:
    if is_required:
        why = Text("The contract requires that you are told this.")
    else:
        why = Text("Choose what you are told: %(address)s", address=base_url + SETTINGS)
    first = "\n".join(part for part in (about.name, said) if part)
    link = base_url + about.path if about.path else base_url
    return "\n\n".join([first, link, translate(why, language)]) + "\n"


def _one_line(text: str) -> str:
    """Titles are people's own words: a line break in one must not begin another header."""
    return " ".join(text.replace("\u00a0", " ").split())
