"""How one gets in, in numbers and pure rules."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from backend.identity.states import Scope, TryKind
from backend.kit.calendar import helsinki_date
from backend.kit.faults import Refusal, invalid, required, shows
from backend.kit.translation import Text

LINK_WORKS_FOR = timedelta(hours=72)
BYTES_OF_SECRET = 32
LETTERS_OF_SECRET = -(-BYTES_OF_SECRET * 4 // 3)
"""As it stands in an address."""
SESSION_IDLE = timedelta(hours=8)
"""A session that nobody uses for so long is over."""
SESSION_LONGEST = timedelta(hours=24)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
FEWEST_DIFFERENT = 5
"""Different characters in a password, beside what anybody guesses first: `aaaaaaaaaaaa` is long and no secret."""
SHORTEST_OWN_WORD = 4
"""Of somebody's name or address: shorter ones stand within ordinary words."""
FIRST_WORDS = [
    "palveluportaali",
    "serviceportalen",
    "portaali",
    "password",
    "passord",
    "salasana",
    "lösenord",
    "losenord",
    "tervetuloa",
    "välkommen",
    "welcome",
    "iloveyou",
    "letmein",
    "admin",
    "tiera",
    "digione",
    "kuntien",
    "kesä",
    "talvi",
    "syksy",
    "kevät",
    "sommar",
    "vinter",
    "höst",
    "vår",
    "summer",
    "winter",
]
"""What passwords that have leaked, and those of a place, are made of most (NIST SP 800-63B, 5.1.1.2)."""
ROWS_OF_KEYS = [
    "abcdefghijklmnopqrstuvwxyzåäö",
    "01234567890",
    "qwertyuiopå",
    "asdfghjklöä",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i",
]
FIRST_GUESSES = (
    *sorted(FIRST_WORDS, key=len, reverse=True),
    *(row[at : at + 3] for one in ROWS_OF_KEYS for row in (one, one[::-1]) for at in range(len(row) - 2)),
)
"""Such words, and three letters or digits in a row."""
LONGEST_TOKEN_DAYS = 366
LONGEST_NAME = 100

TRY_WINDOW = timedelta(minutes=15)
MOST_TRIES = {TryKind.SIGN_IN: (10, 60), TryKind.FORGOTTEN: (3, 20)}
"""In the window: most tries for one address, and most from one origin (a whole town may come from one)."""
TRIES_KEPT_FOR = timedelta(days=1)
LINKS_KEPT_FOR = timedelta(days=30)
SESSIONS_KEPT_FOR = timedelta(days=90)


LONGEST_QUERY = 2_000
"""Letters of what narrows a list; browsers and servers take more."""


def read_query(query: str) -> str:
    """What narrows a list, in the one form in which it is kept: without what was left empty. Raises a refusal."""
    plain = urlencode(parse_qsl(query.strip().removeprefix("?")))
    if not plain:
        raise invalid(Text("The list is neither narrowed nor sorted: choose filters first."), "query")
    if len(plain) > LONGEST_QUERY:
        raise invalid(Text("These filters are too long to be kept."), "query")
    return plain


def same_password(typed: str) -> str:
    """What was typed, in the one form that all keyboards and systems give (NFKC): an ä is an ä."""
    return unicodedata.normalize("NFKC", typed)


def same_address(typed: str) -> str:
    """A mail address as people's rows have it: in lower case, without spaces around."""
    return typed.strip().lower()


def check_password(typed: str, address: str, name: str) -> None:
    """Raise a refusal for a password that is too short, too long, guessed first, or has one's own name in it."""
    password = same_password(typed)
    if not password:
        raise required("password")
    if len(password) < SHORTEST_PASSWORD:
        raise invalid(Text("Choose a password of at least %(n)s characters.", n=SHORTEST_PASSWORD), "password")
    if len(password) > LONGEST_PASSWORD:
        raise invalid(Text("Choose a password of at most %(n)s characters.", n=LONGEST_PASSWORD), "password")
    lowered = password.lower()
    own = re.findall(r"[^\W\d_]+", f"{name} {address.partition('@')[0]}".lower())
    if any(len(word) >= SHORTEST_OWN_WORD and word in lowered for word in own):
        raise invalid(Text("Choose a password without your own name or mail address in it."), "password")
    for guess in FIRST_GUESSES:
        lowered = lowered.replace(guess, "")
    if len(set(lowered)) < FEWEST_DIFFERENT:
        raise invalid(Text("Choose a password that is harder to guess, for example four words in a row."), "password")


def too_many_tries(kind: TryKind, by_address: int, by_origin: int) -> bool:
    """Whether one more try is refused, after so many in the window (failed ones, of signing in)."""
    most_by_address, most_by_origin = MOST_TRIES[kind]
    return by_address >= most_by_address or by_origin >= most_by_origin


def session_lives(now: datetime, *, expires_at: datetime, seen_at: datetime, ended_at: datetime | None) -> bool:
    """Whether a session may still be used at this instant."""
    return ended_at is None and now < expires_at and now - seen_at < SESSION_IDLE


def check_token(name: str, scopes: Collection[Scope], expires_on: date, now: datetime, *, of_program: bool) -> None:
    """Raise a refusal for a token without name or scope, one that lives too long, or a program's with `ACT`."""
    check_name(name)
    today = helsinki_date(now)
    if not today <= expires_on <= today + timedelta(days=LONGEST_TOKEN_DAYS):
        last = today + timedelta(days=LONGEST_TOKEN_DAYS)
        raise invalid(Text("Choose a day from today to %(last)s.", last=last), "expires_on")
    if not scopes:
        raise required("scopes")
    if of_program and Scope.ACT in scopes:
        raise not_a_programs("scopes")


def check_name(name: str, *path: str) -> None:
    """Raise a refusal for an empty or endless name."""
    if not shows(name):
        raise required(*(path or ("name",)))
    if len(name) > LONGEST_NAME:
        raise invalid(Text("Write at most %(n)s characters.", n=LONGEST_NAME), *(path or ("name",)))


def not_a_programs(*path: str) -> Refusal:
    return invalid(Text("A service account reads and imports; it never orders, approves or decides."), *path)
