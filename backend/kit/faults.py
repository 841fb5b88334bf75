"""A refusal is an answer: which rule, which limit, what would be allowed; and nothing is stored (D0-a)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from unicodedata import category

from backend.kit.translation import Text

MOST_LETTERS = 100_000
"""Of any text that has no end of its own: as many as of a mail are read."""
_UNSEEN: Final = ("Cc", "Cf", "Zl", "Zp", "Zs")
"""Of Unicode's categories of letters, those that show nothing."""


class Code(StrEnum):
    """Why something was refused. Clients may rely on these."""

    BROKEN_RULE = "broken_rule"
    CONFLICT = "conflict"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    NOT_PERMITTED = "not_permitted"
    REQUIRED = "required"
    TOO_MANY_REQUESTS = "too_many_requests"
    VERSION_CONFLICT = "version_conflict"
    WRONG_STATE = "wrong_state"


@dataclass(frozen=True)
class UserError:
    """One reason for a refusal; `path` leads into the input, in the input's own (snake case) names."""

    code: Code
    message: Text
    path: tuple[str | int, ...] = ()
    rule: str | None = None
    limit: Text | None = None
    actual: Text | None = None


class Refusal(Exception):
    """Raised by verbs, policies and rules; the entrance rolls back and answers with the errors."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__("; ".join(f"{e.code}: {e.message.msgid}" for e in errors))
        self.errors = errors

    @property
    def code(self) -> Code:
        return self.errors[0].code

    def at(self, *path: str | int) -> "Refusal":
        """The same refusal, said of a place in the input."""
        return Refusal(*(replace(e, path=(*path, *e.path)) for e in self.errors))

    def out_of(self, name: str) -> "Refusal":
        """The same refusal where the input has no such part: what is said of it is said of the whole."""
        return Refusal(*(replace(e, path=e.path[1:] if e.path[:1] == (name,) else e.path) for e in self.errors))


def not_found(*path: str | int) -> Refusal:
    """What is not there, and what the actor may not see: the two are never told apart."""
    return Refusal(UserError(Code.NOT_FOUND, Text("This was not found, or you may not see it."), path))


def not_permitted(rule: str | None = None, message: Text | None = None, *path: str | int) -> Refusal:
    return Refusal(UserError(Code.NOT_PERMITTED, message or Text("Your role does not allow this."), path, rule))


def wrong_state(state: StrEnum, action: StrEnum, rule: str | None = None) -> Refusal:
    message = Text(
        "This is not possible now: the state is “%(state)s”. Somebody else may have acted meanwhile.", state=state
    )
    return Refusal(UserError(Code.WRONG_STATE, message, rule=rule))


def broken_rule(
    rule: str, message: Text, *path: str | int, limit: Text | None = None, actual: Text | None = None
) -> Refusal:
    return Refusal(UserError(Code.BROKEN_RULE, message, path, rule, limit, actual))


def invalid(message: Text, *path: str | int, rule: str | None = None) -> Refusal:
    return Refusal(UserError(Code.INVALID, message, path, rule))


def required(*path: str | int, rule: str | None = None) -> Refusal:
    return Refusal(UserError(Code.REQUIRED, Text("This is needed."), path, rule))


def shows(text: str) -> bool:
    """Whether there is anything to see: blanks, and marks between letters, show nothing by themselves."""
    return any(category(letter) not in _UNSEEN for letter in text)


def needed(text: str, *path: str | int, most: int = MOST_LETTERS) -> str:
    """A text that may not be empty, trimmed, of at most so many letters. Raises REQUIRED or INVALID."""
    plain = text.strip()
    if not shows(plain):
        raise required(*path)
    if len(plain) > most:
        raise invalid(Text("At most %(most)s letters.", most=most), *path)
    return plain


def optional(text: str | None, *path: str | int, most: int = MOST_LETTERS) -> str | None:
    """A text that may be left out, trimmed. Raises INVALID where it is longer."""
    return needed(text, *path, most=most) if text and shows(text) else None


CHANGED = Text("Somebody else has changed this meanwhile. Look at the newest version and try again.")


def version_conflict(message: Text = CHANGED, path: str = "expected_version") -> Refusal:
    return Refusal(UserError(Code.VERSION_CONFLICT, message, (path,)))


class Refusals:
    """Gathers errors of several fields, so that a person hears of all of them at once."""

    def __init__(self) -> None:
        self.errors: list[UserError] = []

    def add(self, refusal: Refusal) -> None:
        self.errors.extend(refusal.errors)

    def check(self, rule: Callable[[], object]) -> None:
        """Call what may refuse and remember its refusal."""
        try:
            rule()
        except Refusal as refusal:
            self.add(refusal)

    def needed(self, text: str, *path: str | int, most: int = MOST_LETTERS) -> str:
        """As the function of this name; what it refuses is remembered, and the text comes back as it is."""
        try:
            return needed(text, *path, most=most)
        except Refusal as refusal:
            self.add(refusal)
            return text

    def raise_any(self) -> None:
        if self.errors:
            raise Refusal(*self.errors)


_constraints: dict[str, Refusal] = {}


def constraint(name: str, refusal: Refusal) -> None:
    """Say what a database constraint means to people: the last line of defence when two act at once."""
    _constraints[name] = refusal


def of_constraint(name: str | None) -> Refusal | None:
    return _constraints.get(name or "")
