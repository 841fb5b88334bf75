"""What a mail says: the event's sentence, what it is about, a link to its page, what it carries, and why it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend.identity.mails import LETTER_OF, write_letter
from backend.kit import refs
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.database import Session
from backend.kit.events import Audience, Event
from backend.kit.refs import Ref
from backend.kit.translation import Text, translate
from backend.notices import errands, queries
from backend.notices.enclosures import enclose
from backend.notices.model import Delivery
from backend.notices.recipients import Circle
from backend.notices.tables import NOTICES
from backend.notices.wording import say
from backend.parties.model import Person

SETTINGS: Final = "/asetukset/ilmoitukset"
"""Where people choose what they are told."""
FORGOTTEN: Final = "/unohtunut"
"""Where a new password is asked for."""


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
    thread: "Thread | None" = None


@dataclass(frozen=True)
class Thread:
    """The ticket that a mail is about, which an answer is written on, and who then reads it."""

    number: str
    audience: Audience
    is_suppliers: bool = False
    """Whether its receiver is a supplier's, whose words to a customer wait for Tiera where nothing lets them pass."""


@dataclass(frozen=True)
class About:
    """A thing that a mail is about, as its reader knows it; nothing where the reader may not see it."""

    number: str | None = None
    title: str | None = None
    path: str = ""
    other_number: str | None = None
    """The other party's; None where it has given none of its own."""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.numbers, self.title) if part)

    @property
    def numbers(self) -> str:
        return " · ".join(part for part in (self.number, self.other_number) if part)

    @property
    def short(self) -> str | None:
        return self.number or self.title


@dataclass(frozen=True)
class Line:
    """What is said of one event: of the thing itself, and of the larger one it belongs to."""

    said: str
    own: About
    about: About

    @property
    def named(self) -> str:
        """The sentence after what the thing is called, where it is not the whole."""
        return self.said if self.own == self.about or not self.own.name else f"{self.own.name}: {self.said}"


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
        if reader.organisation_id == delivery.organisation_id:
            events = await queries.events_in_mail(session, delivery)
            seen = [each for each in events if await queries.may_see(session, reader, each)]
            if seen:
                person = await session.get_one(Person, delivery.person_id)
                lines = [await _line(session, reader, person.language, each) for each in seen]
                why = _why(person.language, base_url, is_required=delivery.is_required)
                carried = [*filter(None, [await enclose(session, reader, person.language, each) for each in seen])]
                offers = [await errands.offer(session, reader, each, base_url, circle.now) for each in seen]
                warned = _warned(person.language, base_url) if NOTICES[event.name].even_who_acted else None
                body = body_of(lines, base_url, [*carried, *filter(None, [*offers, warned]), why])
                subject, thread = subject_of(lines, in_full=bool(carried)), _thread(reader, seen, lines)
                return Mail(key, delivery.told_at, person.email, person.language, subject, body, thread)
    return None


def _thread(reader: Actor, events: Sequence[Event], lines: Sequence[Line]) -> Thread | None:
    """Of a mail about one ticket alone; an answer is for those for whom all that it answers was."""
    tickets = {ref for event in events for ref in (event.subject, event.around) if ref and ref.kind == "Ticket"}
    numbers = {line.about.number for line in lines}
    if len(tickets) != 1 or len(numbers) != 1 or None in numbers:
        return None
    narrowest = min((event.audience for event in events), key=list(Audience).index)
    return Thread(next(iter(numbers)) or "", narrowest, reader.kind is ActorKind.SUPPLIER)


async def _line(session: Session, reader: Actor, language: Language, event: Event) -> Line:
    part, named = await queries.words_of(session, event)
    said = say(language, event.name, event.figures, part=part, person=named)
    own = await _named(session, reader, event.subject)
    about = await _named(session, reader, event.around) or own
    return Line(said, own or about or About(), about or About())


async def _named(session: Session, reader: Actor, ref: Ref | None) -> About | None:
    """A thing as its reader knows it; None where the reader may not see it."""
    columns = await queries.find_named(session, reader, ref)
    if ref is None or columns is None:
        return None
    kind = refs.KINDS[ref.kind]
    number, other = (_text(columns, name) for name in (kind.number, kind.other_number))
    return About(
        number, _text(columns, kind.title), _path(kind.url, columns), other_number=None if other == number else other
    )


def _text(columns: Mapping[str, Any], name: str | None) -> str | None:
    value = columns[name] if name else None
    return None if value is None else str(value)


def _path(url: str | None, columns: Mapping[str, Any]) -> str:
    return url.format_map(columns) if url else ""


def _why(language: Language, base_url: str, *, is_required: bool) -> str:
    if is_required:
        return translate(Text("The contract requires that you are told this."), language)
    return translate(Text("Choose what you are told: %(address)s", address=base_url + SETTINGS), language)


def _warned(language: Language, base_url: str) -> str:
    """What to do where somebody else acted in the reader's name."""
    text = Text("Was it not you? Choose a new password at once: %(address)s", address=base_url + FORGOTTEN)
    return translate(text, language)


def subject_of(lines: Sequence[Line], *, in_full: bool = False) -> str:
    """What the first line says, of what all are about (unless it begins with that), and how many more there are.

    What they are about is called by its number, or `in_full` by its title too.
    """
    about = {line.about for line in lines}
    of_all = next(iter(about)) if len(about) == 1 else About()
    name = of_all.name if in_full else of_all.short
    if name and lines[0].said.startswith(name):
        name = None
    more = f"(+{len(lines) - 1})" if len(lines) > 1 else ""
    return _one_line(" · ".join(part for part in (name, f"{lines[0].said} {more}") if part))


def body_of(lines: Sequence[Line], base_url: str, end: Sequence[str]) -> str:
    """One thing with the link to its own page; of several, each with its own below what it belongs to."""
    if len(lines) == 1:
        (line,) = lines
        first = "\n".join(part for part in (line.about.name, line.said) if part)
        return "\n\n".join([first, base_url + refs.nearest(line.own.path, line.about.path), *end]) + "\n"
    by_whole: dict[About, list[Line]] = {}
    for line in lines:
        by_whole.setdefault(line.about, []).append(line)
    parts = []
    for about, own in by_whole.items():
        parts.append("\n".join(part for part in (about.name, base_url + about.path) if part))
        parts += [f"- {line.named}" + (f"\n  {base_url + line.own.path}" if line.own.path else "") for line in own]
    return "\n\n".join([*parts, *end]) + "\n"


def _one_line(text: str) -> str:
    """Titles are people's own words: a line break in one must not begin another header."""
    return " ".join(text.replace("\u00a0", " ").split())
