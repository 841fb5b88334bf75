"""What an event says, in its reader's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from backend.bulletins.states import Occasion
from backend.kit.actor import Language
from backend.kit.amounts import Euros, Minutes
from backend.kit.calendar import Month
from backend.kit.translation import NOTHING, Text, gettext, show
from backend.notices.sentences import (
    bulletins,
    complaints,
    documents,
    governance,
    hours,
    identity,
    inbox,
    invoices,
    notices,
    orders,
    parties,
    tickets,
)
from backend.orders.states import PaperKind
from backend.parties.states import OrganisationKind, ServiceChannelKind
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import DEFINITIONS
from backend.tickets.states import Reach

_SLICES: Final = (
    identity,
    parties,
    governance,
    bulletins,
    documents,
    tickets,
    inbox,
    orders,
    hours,
    invoices,
    complaints,
    notices,
)
SENTENCES: Final[Mapping[str, Text]] = MappingProxyType(
    {name: text for piece in _SLICES for name, text in piece.SENTENCES.items()}
)
"""Event → what is said of it."""
WITHOUT: Final = MappingProxyType({**parties.WITHOUT, **complaints.WITHOUT})
"""Event → a figure, and what is said where that is not known."""
AFTERWARDS: Final[Mapping[str, Text]] = {
    "done_at": Text("It was done only on %(done_at)s."),
    "came_at": Text("It had come by mail on %(came_at)s; its times are counted from then."),
    "begins_on": Text("The right is in force from %(begins_on)s on."),
}
"""Figure → what is said after the sentence, where an event has it."""


def say(
    language: Language, name: str, figures: Mapping[str, Any], *, part: str | None = None, person: str | None = None
) -> str:
    """The sentence of an event; `person` is the name of whom its figures speak. What is not known is `–`.

    A second one says what some figures mean: that what is told as late was done by then, when it came by mail, and from
    when on it counts.
    """
    text = _sentence(name, figures)
    if text is None:
        return name
    known = _Places(language, figures, {"part": part, "person": person})
    said = (text, *(each for figure, each in AFTERWARDS.items() if figures.get(figure)))
    return " ".join(gettext(language, each.msgid) % known for each in said)


def _sentence(name: str, figures: Mapping[str, Any]) -> Text | None:
    figure, text = WITHOUT.get(name, (None, None))
    return text if figure and figures.get(figure) is None else SENTENCES.get(name)


class _Places(dict[str, str]):
    """The places of a sentence, each written when it is asked for."""

    def __init__(self, language: Language, figures: Mapping[str, Any], names: Mapping[str, str | None]) -> None:
        super().__init__()
        self.language, self.figures, self.names = language, figures, names

    def __missing__(self, place: str) -> str:
        if place in self.names:
            return self.names[place] or NOTHING
        value = self.figures.get(place)
        if place == "change" and (text := _sentence(str(value), self.figures)):
            return gettext(self.language, text.msgid) % self
        if place == "value" and (definition := DEFINITIONS.get(self.figures.get("term", ""))):
            return show(definition.show(definition.read(value)), self.language)
        return show(None if value is None else typed(place, value), self.language)


def typed(figure: str, value: Any) -> object:
    """A figure as its name says it is: events keep decimals and dates as text."""
    if isinstance(value, list):
        return tuple(typed(figure, item) for item in value)
    for ending, read in _READ.items():
        if figure == ending or figure.endswith(f"_{ending}"):
            return read(value)
    return value


def _month(value: str) -> str:
    month = Month.parse(value)
    return f"{month.number}/{month.year}"


_KINDS: Final[Mapping[str, OrganisationKind | PaperKind]] = {
    **{each.value: each for each in OrganisationKind},
    **{each.value: each for each in PaperKind},
}
"""Of organisations and of papers; no two have a name in common."""
_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "minutes": Minutes,
    "minutes_change": Minutes,
    "kept": Minutes,
    "euros": Euros,
    "approved_euros": Euros,
    "amount": Euros,
    "total": Euros,
    "price": Euros,
    "gross": Euros,
    "share": Decimal,
    "percent": Decimal,
    "rate": Decimal,
    "at": datetime.fromisoformat,
    "on": date.fromisoformat,
    "day": date.fromisoformat,
    "from": date.fromisoformat,
    "until": date.fromisoformat,
    "month": _month,
    "size_class": SizeClass,
    "role": Role,
    "criticality": Criticality,
    "reach": Reach,
    "channel": ServiceChannelKind,
    "missing": Occasion,
    "kind": lambda name: _KINDS.get(name, name),
    "term": lambda name: DEFINITIONS[name].sentence if name in DEFINITIONS else name,
}
