"""What is done with mail, as pure functions: which is a machine's, what it answers, and whose words it may carry."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from unicodedata import normalize

from backend.identity.rules import LETTERS_OF_SECRET
from backend.inbox.reading import ANSWERS_ITSELF, FINDINGS, ReadMail
from backend.inbox.states import MailState, WhyAside
from backend.kit.actor import ActorKind
from backend.kit.events import Audience
from backend.kit.faults import shows
from backend.kit.translation import Text
from backend.rulebook.rules import rule
from backend.tickets import rules as tickets

MOST_AN_HOUR: Final = 10
"""Mails of one sender on one ticket, or that begin one; what comes beyond waits, for two machines may be talking."""
MOST_NAMES: Final = 10
"""Of files that are named under a message."""
WINDOW: Final = timedelta(hours=1)
MOST_LETTERS_OF_FIRST_WORDS: Final = 80
"""Of a text that came without a subject."""
_LONGEST_LINK: Final = 300
"""Letters between the portal's name in a link and the secret at its end."""

_NUMBER: Final = r"TIK-\d{4}-\d{5,9}"
_IN_TEXT: Final = re.compile(rf"(?<![\w-])({_NUMBER})(?![\w-])", re.IGNORECASE | re.ASCII)
_TOKEN: Final = re.compile(rf"\+({_NUMBER})\.([a-z]+)\.([a-z2-7]{{16}})@", re.IGNORECASE | re.ASCII)
_ABSENT: Final = re.compile(
    r"(?:olen (?:poissa|lomalla|vuosilomalla)|jag är (?:frånvarande|ledig|på semester))\b"
    r"|(?:auto(?:matic)?[- ]?(?:reply|response)|out[ -]of[ -](?:the[ -])?office"
    r"|automaattinen (?:vastaus|poissaoloviesti)|poissa|lomalla|poissaolo(?:ilmoitus|viesti)?"
    r"|autosvar|automatiskt? svar|frånvaro(?:meddelande|besked)?)"
    r"\s*(?:$|[:!.(\[\d]|[-–] |(?:until|till|from|från|ajalla)\b)",
    re.IGNORECASE,
)
"""Subjects of absence notes; who writes about such notes goes on otherwise."""
_COMPLAINT: Final = re.compile(
    r"reklamaatio|reklamoi|reklamation|reklamera|klagomål"
    r"|valitus(?:ten|ni|mme|nne)?\b|valituks(?!i\b)"
    r"|\b(?:klaga(?:r|de|t|n)?|complain(?:t|ts|s|ed|ing)?)\b|\bREK-\d{4}-\d",
    re.IGNORECASE,
)
"""Subjects that clearly say so: any form of the words in the three languages, also at the end of a compound.

To regret (valitamme, beklagar), to appeal (överklaga) and what is chosen (valitusta, valituksi) are other words.
"""
_ANSWERS: Final = re.compile(
    r"\bvast(?:in|au)\w*\s+(?:[^\s:]+\s+){0,3}?\S*(?:reklamaatio(?:o|ihi)|valituks(?:ee|ii))"
    r"|reklama\w*(?:vastine|vastaus|svar)"
    r"|\bsvar\w*\s+(?:på|till)\s|\b(?:response|reply|answer)s?\s+to\s"
    r"|^\s*(?:(?:fwd?|vl|vb)\s*:\s*)*(?:vastine|vastaus|svar|response|reply|answer)\s*:",
    re.IGNORECASE,
)
"""Subjects that say that they answer a complaint."""
_REPLY: Final = re.compile(r"\s*(?:re|vs|sv|aw)\s*:", re.IGNORECASE)
_OF_MACHINES: Final = frozenset((WhyAside.AUTOMATIC, WhyAside.BOUNCE, WhyAside.MAILING_LIST, WhyAside.OWN))
_BULK: Final = frozenset(("bulk", "junk"))
"""Precedences that no person's mail has."""
_SIGNATURES: Final = frozenset(("smime.p7s",))
_ENCIPHERED: Final = "-----BEGIN PGP MESSAGE-----"


@dataclass(frozen=True)
class House:
    """Where mail comes in and leaves: by this, what is the portal's own is told from what is others'."""

    host: str
    """What the Message-IDs of the portal end with."""
    sender: str
    """The address that its mails come from."""
    address: str | None
    """The mailbox's own address; None where answers are not asked for."""
    key: bytes
    """Signs the addresses that answers go to."""

    @classmethod
    def of(cls, *, host: str, sender: str, address: str | None, secret: str) -> "House":
        key = hmac.digest(secret.encode(), b"answers by mail", hashlib.sha256)
        return cls(host.lower(), sender.lower(), address and address.lower(), key)

    def answer_address(self, number: str, audience: Audience, receiver: str) -> str | None:
        """The address under which a receiver's answer finds its ticket; it is of use to nobody else."""
        if self.address is None:
            return None
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{number}.{audience}.{self._sign(number, audience, receiver)}@{domain}"

    def thread_id(self, number: str) -> str:
        """A Message-ID that all mails about a ticket refer to: mail programs show them as one conversation."""
        return f"{number}@{self.host}"

    def is_signed(self, number: str, audience: str, token: str, sender: str) -> bool:
        return hmac.compare_digest(self._sign(number, audience, sender), token)

    def _sign(self, number: str, audience: str, receiver: str) -> str:
        said = f"{number}\n{audience}\n{receiver.lower()}".encode()
        return base64.b32encode(hmac.digest(self.key, said, hashlib.sha256)[:10]).decode().lower()


@dataclass(frozen=True)
class Thread:
    """What a mail answers: numbers of tickets as it names them, the surest first, and for whom the answer is."""

    numbers: tuple[str, ...] = ()
    audience: Audience | None = None
    """For whom that was which it answers; None where that is not known."""
    is_anothers: bool = False
    """Its address is signed for somebody else than its sender."""


def why_ignored(mail: ReadMail, house: House) -> WhyAside | None:
    """Why a mail is no person's word to us: such mail is kept, and never answered, for two machines would go on."""
    marks, sender = mail.marks, mail.sender or ""
    if _is_own(mail, house):
        return WhyAside.OWN
    kind = marks.get("content-type", "")
    is_report = kind.startswith("multipart/report")
    is_receipt = is_report and "disposition-notification" in kind
    is_bounce = is_report or "x-failed-recipients" in marks or sender.startswith(("mailer-daemon@", "postmaster@"))
    if is_bounce and not is_receipt:
        return WhyAside.BOUNCE
    has_no_way_back = marks.get("return-path", "").replace(" ", "") == "<>"
    if _is_automatic(mail) or is_receipt or has_no_way_back:
        return WhyAside.AUTOMATIC
    return WhyAside.MAILING_LIST if marks.get("precedence") in _BULK else None


def why_doubted(mail: ReadMail) -> WhyAside | None:
    """Why a mail of somebody known that no header calls a machine's may be one all the same: it waits for the desk.

    An absence note is known by its subject then, which a person may write of somebody's absence; and people write by
    mailing lists too.
    """
    if _ABSENT.match(mail.subject):
        return WhyAside.AUTOMATIC
    is_of_list = "list-id" in mail.marks or mail.marks.get("precedence") == "list"
    return WhyAside.MAILING_LIST if is_of_list else None


def _is_own(mail: ReadMail, house: House) -> bool:
    if mail.message_id and mail.message_id.lower().startswith("notice-"):
        return mail.message_id.lower().endswith(f"@{house.host}")
    local, _, domain = (mail.sender or "").rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in (house.sender, house.address)


def _is_automatic(mail: ReadMail) -> bool:
    marks = mail.marks
    submitted = marks.get("auto-submitted", "no").partition(";")[0].strip()
    suppressed = marks.get("x-auto-response-suppress", "none").strip()
    is_answer = marks.get("precedence", "").replace("-", "_") == "auto_reply" or any(
        name in marks for name in ANSWERS_ITSELF
    )
    return submitted != "no" or suppressed != "none" or is_answer


def is_proven(mail: ReadMail) -> bool:
    """Whether the mail server that took it has found nothing against its sender (RFC 8601, DMARC)."""
    return "dmarc=fail" not in mail.marks.get(FINDINGS, "")


def thread_of(mail: ReadMail, house: House) -> Thread:
    """What a mail answers: by a signed address; else by what it refers to; else by a number in its subject."""
    signed = [found.groups() for receiver in mail.receivers if (found := _TOKEN.search(receiver))]
    for number, audience, token in signed:
        if house.is_signed(number.upper(), audience, token, mail.sender or ""):
            return Thread((number.upper(),), Audience(audience))
    return Thread(tuple(dict.fromkeys(_named(mail, house))), is_anothers=bool(signed))


def _named(mail: ReadMail, house: House) -> Iterable[str]:
    for id in mail.answers:
        name, _, host = id.rpartition("@")
        if host.lower() == house.host and (found := _IN_TEXT.fullmatch(name.partition(".")[0])):
            yield found[1].upper()
    for found in _IN_TEXT.finditer(mail.subject):
        yield found[1].upper()


@rule("H10.3-a")
def without_secrets(text: str, house: House) -> str:
    """What a mail says, without the secrets with which the portal's own links end: an answer that brings along the mail
    that it answers would hand its writer's to all who read the ticket.

    Programs that guard links on the way write them into addresses of their own, some with `_` for `/` and the rest of
    the address behind it: from there on all goes.
    """
    host = re.escape(house.host).replace(r"\-", "-(?:2D)?")
    before = rf"\S{{0,{_LONGEST_LINK}}}?(?:/|%(?:25)*2F)(?=[\w-]{{{LETTERS_OF_SECRET}}}_*(?![\w-]))"
    secret = rf"({host}(?:{before}|(?=(?:-3A\d+)?_)))[\w-]{{{LETTERS_OF_SECRET},}}"
    return re.sub(secret, r"\1…", text, flags=re.IGNORECASE | re.ASCII)


def says_something(text: str) -> bool:
    """Whether there are words that somebody can read."""
    return shows(text) and not text.lstrip().startswith(_ENCIPHERED)


@rule("H11.4-a")
def may_answer(kind: ActorKind, answered: Audience | None) -> bool:
    """Whether somebody of this kind was among those for whom that was which they answer."""
    match answered:
        case Audience.TIERA:
            return kind is ActorKind.BUYER
        case Audience.BOTH:
            return kind is not ActorKind.CUSTOMER
    return True


@rule("H11.4-a")
def audience_of(kind: ActorKind, answered: Audience | None) -> Audience:
    """Who reads an answer: those who read what it answers. Where that is not known Tiera's own words stay inside,
    and a supplier's wait for Tiera's release, as all that it writes to a customer does.
    """
    match kind:
        case ActorKind.CUSTOMER:
            return Audience.ALL
        case ActorKind.SUPPLIER:
            return Audience.BOTH if answered is Audience.BOTH else Audience.ALL
    return answered or Audience.TIERA


@rule("H11.10-a")
def speaks_of_complaint(subject: str) -> bool:
    """Whether a mail's subject is about a complaint: makes one, answers one, or names one."""
    return _COMPLAINT.search(normalize("NFC", subject)) is not None


@rule("H11.10-a")
def says_complaint(subject: str) -> bool:
    """Whether a mail's subject clearly says that it is a complaint, or names one; what answers a complaint is none."""
    said = normalize("NFC", subject)
    is_answer = _REPLY.match(said) is not None or _ANSWERS.search(said) is not None
    return not is_answer and _COMPLAINT.search(said) is not None


@rule("H11.10-a")
def begins_complaint(mail: ReadMail, thread: Thread) -> bool:
    """Whether a mail that answers nothing says that it is a complaint, whatever ticket its subject names."""
    return not mail.answers and thread.audience is None and says_complaint(mail.subject)


def title_of(subject: str, text: str) -> str:
    """What a new matter is called: its subject, else the first words of its text, cut between words where too long."""
    said = " ".join((subject.strip() or text).split())
    most = tickets.MOST_LETTERS_IN_A_TITLE if subject.strip() else MOST_LETTERS_OF_FIRST_WORDS
    return said if len(said) <= most else said[: most - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def not_taken(names: Sequence[str]) -> Text | None:
    """What is said under a mail's words of files that came along and stay in the kept mail alone."""
    missed = [name for name in names if name.lower() not in _SIGNATURES]
    if not missed:
        return None
    said = ", ".join(missed[:MOST_NAMES]) + (", …" if len(missed) > MOST_NAMES else "")
    return Text("Files that came with the mail and were not taken here: %(names)s", names=said)


def state_of(why: WhyAside, *, is_of_somebody: bool) -> MailState:
    """Where mail stands that became no message: what a machine wrote waits for nobody, what may be somebody's does."""
    return MailState.IGNORED if why in _OF_MACHINES and not is_of_somebody else MailState.HELD
