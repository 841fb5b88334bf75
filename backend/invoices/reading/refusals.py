"""Why a file could not be read as an invoice."""

from enum import StrEnum
from typing import Final

from backend.kit.translation import Text

_MOST_SHOWN: Final = 40


class Unread(StrEnum):
    """What kind of fault keeps a file from being read; the sentence beside it says where."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    DOCTYPE = "doctype"
    NOT_WELL_FORMED = "not_well_formed"
    NOT_AN_INVOICE = "not_an_invoice"
    VERSION = "version"
    SCHEMA = "schema"
    NUMBER = "number"
    DATE = "date"
    TOO_MANY_LINES = "too_many_lines"
    TOO_COMPLEX = "too_complex"
    TOO_LONG = "too_long"


class Unreadable(Exception):
    """The file is not read. `text` is for the one who sent it; it never quotes more than a few characters."""

    def __init__(self, code: Unread, text: Text) -> None:
        super().__init__(f"{code.name}: {text}")
        self.code = code
        self.text = text


def shown(found: str) -> str:
    """What the file has, short enough and plain enough for a sentence."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in found)
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…"
