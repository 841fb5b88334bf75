"""What a mail carries of the thing that it tells of: whoever reads it may have no page to look at (H11.11-c)."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final

import sqlalchemy as sa

from backend.bulletins.figures import awaits_acknowledgement
from backend.bulletins.model import Bulletin
from backend.kit.actor import Actor, Language
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.translation import Text, show, translate
from backend.parties.agreement_model import Service
from backend.rulebook.rules import rule


async def _published(session: Session, reader: Actor, bulletin: Bulletin, language: Language) -> str:
    if bulletin.withdrawn_at is not None:
        return ""  # the mail waited: what was taken back meanwhile is told no more
    wanted = sa.select(Service.name).where(Service.id.in_(bulletin.service_ids)).order_by(Service.name)
    services = tuple(await session.scalars(wanted))
    what = (each for each in (bulletin.kind, bulletin.criticality) if each is not None)
    asks = sa.select(awaits_acknowledgement(Bulletin, reader)).where(Bulletin.id == bulletin.id)
    is_asked = bulletin.asks_acknowledgement and await session.scalar(asks)
    head = (translate(each, language) for each in _head(bulletin, services, is_asked=bool(is_asked)))
    return "\n".join([", ".join(show(each, language) for each in what), *head, "", bulletin.text])


def _head(bulletin: Bulletin, services: tuple[str, ...], *, is_asked: bool) -> Iterator[Text]:
    if services:
        yield Text("Services: %(services)s", services=services)
    if bulletin.starts_at is not None:
        yield Text("Begins %(at)s", at=bulletin.starts_at)
    if bulletin.ends_at is not None:
        yield Text("Ends %(at)s", at=bulletin.ends_at)
    if is_asked:
        yield Text("You are asked to acknowledge this bulletin")


async def _withdrawn(session: Session, reader: Actor, bulletin: Bulletin, language: Language) -> str:
    return bulletin.end_reason or ""


ENCLOSURES: Final[Mapping[str, Callable[[Session, Actor, Bulletin, Language], Awaitable[str]]]] = {
    "bulletin.published": _published,
    "bulletin.withdrawn": _withdrawn,
}
"""Event → what its mail carries of the bulletin; all else that people are told is read on its page."""


@rule("H11.11-c")
async def enclose(session: Session, reader: Actor, language: Language, event: Event) -> str | None:
    """What the mail of an event carries for a reader, who may see what it tells; None where that is on its page."""
    carry = ENCLOSURES.get(event.name)
    return carry and await carry(session, reader, await session.get_one(Bulletin, event.subject_id), language)
