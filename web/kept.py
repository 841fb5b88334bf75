"""What was sent and could not be carried out: sealed into the page that says so, to come back by one press.

It comes back to its own address and from whoever wrote it, with its key, so that it counts once. It is signed, not
hidden: so it holds no password. Files are not kept: the form comes back with a word at each place where one was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from starlette.datastructures import FormData

from backend.kit import clock
from backend.kit.translation import Text
from web.security import Sealer

OF_THE_SESSION: Final = frozenset({"_csrf", "_acting"})
"""Fields of a form that fit only the session in which it was shown."""
SECRETS: Final = frozenset({"password", "current"})
"""Fields in which a password is typed."""
MOST_TEXT: Final = 1_000_000
"""Bytes of one field of a form."""
TOO_OLD: Final = Text(
    "What you wrote was kept for an hour, and that has passed: it was not sent again. "
    "Open the page again and write it there."
)
ANOTHERS: Final = Text("Somebody else wrote this, and only they can send it: it was not sent, and it is not kept.")
_LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """A form that came: its address with the query, the token of its person, its fields, and where it had files."""

    path: str
    owner: str
    fields: Sequence[Sequence[str]]
    """Names, each with its value."""
    files: Sequence[str]


def keep(path: str, came: FormData, lacking: Iterable[str]) -> Kept:
    """What is kept of a form; `lacking` are the places of files that were refused before."""
    pairs = came.multi_items()
    left_out = OF_THE_SESSION | SECRETS
    fields = [(name, value) for name, value in pairs if isinstance(value, str) and name not in left_out]
    files = [name for name, value in pairs if not isinstance(value, str) and value.filename]
    return Kept(path, str(came.get("_csrf") or ""), fields, [*files, *lacking])


def seal(sealer: Sealer, kept: Kept) -> str | None:
    """The form as one field of another; None where it is too long to come back as one."""
    if sum(len(value) for _, value in kept.fields) > MOST_TEXT:
        return None
    sealed = sealer.seal("kept", asdict(kept), now=clock.now())
    return sealed if len(sealed) <= MOST_TEXT else None


def unseal(sealer: Sealer, sealed: str) -> Kept | None:
    """The form; None when it is not ours, or too old."""
    note = sealer.unseal("kept", sealed, within=_LASTS, now=clock.now())
    return Kept(**note) if note else None
