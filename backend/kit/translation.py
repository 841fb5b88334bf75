"""Texts for people: written in English where they arise, read in the reader's language at the edge.

A `Text` keeps its message and its values apart until somebody reads it. Numbers, money, hours and dates look the same
in all three languages (`1 234,50 €`, `37,5 h`, `24.11.2026`); only words differ. Catalogues are the `.po` files of
`backend/locale/<language>/`, merged in memory; there are no compiled ones. `python -m backend.kit.translation --check`
fails for what is missing, unsure, contradictory or no longer used (`backend.kit.catalogues`).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from backend.kit.actor import Language
from backend.kit.amounts import Euros, Minutes
from backend.kit.clock import HELSINKI

LOCALE: Final[Path] = Path(__file__).parent.parent / "locale"
NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
NOTHING: Final = "–"

E = TypeVar("E", bound=Enum)
Catalogue = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, init=False, slots=True)
class Text:
    """An English sentence with `%(name)s` places and the values for them, in no language yet.

    Values keep their types and are written by `show`. A literal per cent sign is `%%`. The message must be a literal
    where a Text is made: that is how it is found for translation.
    """

    msgid: str
    params: tuple[tuple[str, object], ...]
    plural: str | None
    count: int

    def __init__(self, msgid: str, /, **params: object) -> None:
        _fill(self, msgid, None, 1, params)

    def __str__(self) -> str:
        """English, for logs and test failures; people get `translate`."""
        return translate(self, Language.EN)


def plural(singular: str, several: str, n: int, /, **params: object) -> Text:
    """A Text that depends on a count; the count itself is `%(n)s`."""
    text = Text.__new__(Text)
    _fill(text, singular, several, n, {"n": n} | params)
    return text


def _fill(text: Text, msgid: str, several: str | None, count: int, params: Mapping[str, object]) -> None:
    values = tuple(sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in params.items()))
    for name, value in (("msgid", msgid), ("params", values), ("plural", several), ("count", count)):
        object.__setattr__(text, name, value)


def translate(text: Text, language: Language) -> str:
    """The sentence in `language`, with its values written as `show` does."""
    if text.plural is None:
        message = gettext(language, text.msgid)
    else:
        message = ngettext(language, text.msgid, text.plural, text.count)
    return message % {name: show(value, language) for name, value in text.params}


# Catalogues


@cache
def catalogue(language: Language) -> Catalogue:
    """Message → translation (a tuple of singular and plural for counted ones); unsure ones are left out."""
    if language is Language.EN:
        return {}  # the messages are English themselves

    from babel.messages.pofile import read_po  # what says nothing to people need not pay for it

    messages: Catalogue = {}
    for path in sorted((LOCALE / language.value).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=language.value):
                if not message.id or message.fuzzy:
                    continue
                if isinstance(message.id, tuple) and isinstance(message.string, tuple | list):
                    if all(message.string):
                        messages[message.id[0]] = tuple(message.string)
                elif isinstance(message.id, str) and isinstance(message.string, str) and message.string:
                    messages.setdefault(message.id, message.string)
    return messages


def gettext(language: Language, msgid: str) -> str:
    """The message as the catalogue has it, places not filled in; English where there is none."""
    found = catalogue(language).get(msgid, msgid)
    return found if isinstance(found, str) else found[0]


def ngettext(language: Language, singular: str, several: str, n: int) -> str:
    """As `gettext`, by count. One is singular, everything else plural in all three languages."""
    found = catalogue(language).get(singular)
    forms = found if isinstance(found, tuple) else (singular, several)
    return forms[0 if n == 1 else 1]


# Values

_LABELS: dict[str, Mapping[str, Text]] = {}
_LABELLED: dict[str, type[Enum]] = {}


def register_labels(labels: Mapping[E, Text]) -> Mapping[E, Text]:
    """Say what people read for each member of an enum; every member must have one. Gives the table back.

    The schema's name for a member is its name, so a page can ask for `label("OrderState", "ON_HOLD")`.
    """
    kind = type(next(iter(labels)))
    missing = [member.name for member in kind if member not in labels]
    if missing:
        raise ValueError(f"{kind.__name__} has no label for {', '.join(missing)}")
    if _LABELLED.setdefault(kind.__name__, kind) is not kind:
        raise ValueError(f"two enums are called {kind.__name__}")
    _LABELS[kind.__name__] = {member.name: text for member, text in labels.items()}
    return labels


def label(kind: str, member: str) -> Text:
    """What people read for a member of a registered enum, by the names the schema has for both."""
    return _LABELS[kind][member]


def labels(kind: str) -> Mapping[str, Text]:
    """All labels of a registered enum, in its order."""
    return _LABELS[kind]


def show(value: object, language: Language) -> str:
    """A value as people read it, by its type."""
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value, language)
    return str(value)


def number(value: Decimal | float, least: int = 0, most: int = 6) -> str:
    """`1 234,5`: no-break spaces between thousands, a comma, `least` to `most` decimals, a true minus."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    whole, _, part = f"{abs(rounded):f}".partition(".")
    part = part.rstrip("0").ljust(least, "0")
    grouped = f"{int(whole):,}".replace(",", NBSP)
    return f"{MINUS if rounded < 0 else ''}{grouped}{',' + part if part else ''}"


def money(value: Decimal | float) -> str:
    """`1 234,50 €`; a unit price keeps the decimals it has beyond cents."""
    return f"{number(value, least=2)}{NBSP}€"


def hours(minutes: int) -> str:
    """`37,5 h`. Effort that hundredths of an hour cannot say exactly is `7 h 20 min`: nothing is rounded."""
    if minutes % 3 == 0:
        return f"{number(Decimal(int(minutes)) / 60, most=2)}{NBSP}h"
    return f"{MINUS if minutes < 0 else ''}{lasting(abs(int(minutes)))}"


def lasting(minutes: int) -> str:
    """`45 min`, `8 h`, `37 h 32 min`: time as a clock counts it."""
    whole, rest = divmod(int(minutes), 60)
    parts = [f"{number(whole)}{NBSP}h"] * bool(whole) + [f"{rest}{NBSP}min"] * bool(rest or not whole)
    return NBSP.join(parts)


def percent(share: Decimal | float, most: int = 0) -> str:
    """A share of one as `27 %`."""
    return f"{number(Decimal(str(share)) * 100, most=most)}{NBSP}%"


def day(value: date) -> str:
    """`24.11.2026`."""
    return f"{value.day}.{value.month}.{value.year}"


def clock(value: datetime) -> str:
    """`16.15`, Helsinki time."""
    local = value.astimezone(HELSINKI)
    return f"{local.hour}.{local.minute:02}"


_AT = {Language.FI: "klo", Language.SV: "kl.", Language.EN: "at"}


def moment(value: datetime, language: Language) -> str:
    """`24.11.2026 klo 16.15`, Helsinki time."""
    return f"{day(value.astimezone(HELSINKI).date())} {_AT[language]}{NBSP}{clock(value)}"


def _enum(value: Enum, language: Language) -> str:
    table = _LABELS.get(type(value).__name__)
    return translate(table[value.name], language) if table else str(value.value)


def _yes_or_no(value: bool, language: Language) -> str:
    return translate(Text("yes") if value else Text("no"), language)


_WRITERS: tuple[tuple[type, Callable[..., str]], ...] = (  # the first that fits: a bool is an int, a datetime a date
    (Text, translate),
    (Enum, _enum),
    (str, lambda value, _: value),
    (bool, _yes_or_no),
    (Minutes, lambda value, _: hours(value)),
    (int, lambda value, _: number(value)),
    (Euros, lambda value, _: money(value)),
    (Decimal, lambda value, _: number(value)),
    (float, lambda value, _: number(value)),
    (datetime, moment),
    (date, lambda value, _: day(value)),
    (tuple, lambda value, language: ", ".join(show(item, language) for item in value)),
    (type(None), lambda value, _: NOTHING),
)


if __name__ == "__main__":
    from backend.kit.catalogues import main

    sys.exit(main(sys.argv[1:]))
