"""What a mail offers its reader to do at once: a link that leads to one thing, with one right, without signing in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.identity import verbs
from backend.identity.hashing import Handover
from backend.kit.actor import Actor
from backend.kit.database import Session
from backend.kit.events import Event
from backend.kit.refs import Ref
from backend.kit.translation import Text, translate
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets.quality_queries import awaits_rating_of, rating_link_lasts


@dataclass(frozen=True)
class Errand:
    """Of which right, what is said, where the link leads, for whom it is and how long it works; what it may choose."""

    right: Right
    says: Text
    path: str
    is_for: Callable[[Session, Actor, Ref], Awaitable[bool]]
    lasts: Callable[[Session, Ref], Awaitable[timedelta]]
    choices: Mapping[str, Text]
    """What follows the link, so that one click chooses it → what is said of that; it is sent on the page."""
    beside: Text
    """What the reader may want instead."""


ERRANDS: Final[Mapping[str, Errand]] = {
    "ticket.resolved": Errand(
        Right.RATE_TICKETS,
        Text("How well was it handled? Choose from one to five here; you need not sign in:"),
        "/arvio/",
        awaits_rating_of,
        rating_link_lasts,
        {
            "?arvosana=5": Text("5 – very well"),
            "?arvosana=4": Text("4 – well"),
            "?arvosana=3": Text("3 – so-so"),
            "?arvosana=2": Text("2 – badly"),
            "?arvosana=1": Text("1 – very badly"),
        },
        Text("If it is not in order, open it again on its page: an answer to this mail does not do that."),
    )
}
"""Event → what its mail offers."""


@rule("H10.3-a")
async def offer(session: Session, reader: Actor, event: Event, base_url: str, now: datetime) -> str | None:
    """The lines of a mail that offer something; None where its event offers nothing to this reader."""
    errand = ERRANDS.get(event.name)
    if errand is None or not reader.may(errand.right) or not await errand.is_for(session, reader, event.subject):
        return None
    handover, lasts = Handover(), await errand.lasts(session, event.subject)
    await verbs.make_errand_link(session, reader, errand.right, event.subject, handover, lasts=lasts, now=now)
    link = f"{base_url}{errand.path}{handover.secret}"
    ways = (f"{translate(text, reader.language)}: {link}{choice}" for choice, text in errand.choices.items())
    return "\n".join((translate(errand.says, reader.language), *ways, "", translate(errand.beside, reader.language)))
