"""The letters of getting in. Each has a link of its own, made when the letter is written and kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.identity import queries, rules, verbs
from backend.identity.hashing import Handover
from backend.identity.states import LinkPurpose
from backend.kit.actor import Actor, Language
from backend.kit.database import Session
from backend.kit.translation import Text, translate
from backend.parties.model import Person

LETTER_OF: Final = {"person.invited": LinkPurpose.INVITATION, "password.forgotten": LinkPurpose.RESET}
"""The events that a letter with a link answers."""
_PATHS: Final = {LinkPurpose.INVITATION: "/kutsu/", LinkPurpose.RESET: "/uusi-salasana/"}
_HOURS: Final = int(rules.LINK_WORKS_FOR.total_seconds() // 3600)


@dataclass(frozen=True)
class Letter:
    """A mail in its reader's language."""

    address: str
    language: Language
    subject: str
    body: str


def path_of(purpose: LinkPurpose, secret: str) -> str:
    """Where a link that works once leads, within the portal."""
    return _PATHS[purpose] + secret


async def write_letter(
    session: Session, actor: Actor, person_id: int, purpose: LinkPurpose, *, base_url: str, now: datetime
) -> Letter:
    """Make a link for an invitation or a reset that is on record, and the letter that carries it.

    Whoever calls this sends the letter after the transaction, and keeps it nowhere. Until then the address stays.
    """
    person, handover = await queries.get_person_for_change(session, person_id), Handover()
    await verbs.make_link(session, actor, person_id, purpose, handover, now=now)
    return compose(person, purpose, base_url + path_of(purpose, handover.secret or ""))


def compose(person: Person, purpose: LinkPurpose, link: str) -> Letter:
    """The text around a link."""
    if purpose is LinkPurpose.INVITATION:
        subject = Text("Welcome to the Service Portal")
        why = Text("You have been invited to the Service Portal. Choose your password here:")
        otherwise = Text("If you did not expect this, you need not do anything.")
    else:
        subject = Text("A new password for the Service Portal")
        why = Text("Somebody, probably you, has asked for a new password to the Service Portal. Choose it here:")
        otherwise = Text("If it was not you, you need not do anything: your password stays as it is.")
    lasts = Text("The link works once, for %(n)s hours.", n=_HOURS)
    language = person.language
    told = [translate(text, language) for text in (why, lasts, otherwise)]
    greeting = translate(Text("Hello %(name)s,", name=person.name), language)
    body = "\n\n".join([greeting, told[0], link, *told[1:]])
    return Letter(person.email, language, translate(subject, language), body + "\n")
