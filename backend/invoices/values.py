"""Values that findings speak of, and how a row keeps them: each with its kind, so that it is shown as what it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.kit.amounts import Euros, Minutes
from backend.kit.calendar import Month, month_of
from backend.kit.translation import Text
from backend.parties.states import ReferenceKey


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """First and last day, both within."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def month(self) -> Month:
        """The month that it ends in."""
        return month_of(self.last)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """Euros an hour."""

    euros: Decimal


@dataclass(frozen=True, slots=True)
class Percent:
    """A rate in per cent."""

    rate: Decimal


Value = Minutes | Euros | Decimal | int | date | Month | Period | UnitPrice | Percent | ReferenceKey | str
_KINDS: tuple[tuple[str, type, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    ("minutes", Minutes, int, lambda kept: Minutes(kept)),
    ("euros", Euros, lambda value: format(value, "f"), Euros),
    ("number", Decimal, lambda value: format(value, "f"), Decimal),
    ("price", UnitPrice, lambda value: format(value.euros, "f"), lambda kept: UnitPrice(Decimal(kept))),
    ("percent", Percent, lambda value: format(value.rate, "f"), lambda kept: Percent(Decimal(kept))),
    ("month", Month, str, Month.parse),
    (
        "period",
        Period,
        lambda value: [value.first.isoformat(), value.last.isoformat()],
        lambda kept: Period(*map(date.fromisoformat, kept)),
    ),
    ("date", date, date.isoformat, date.fromisoformat),
    ("reference", ReferenceKey, str, ReferenceKey),
    ("text", str, str, str),
)
_READ: Mapping[str, Callable[[Any], Any]] = {name: read for name, _, _, read in _KINDS}


def to_json(value: object) -> Any:
    """A value as a row keeps it: `{"minutes": 450}`, a list of such, or None."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    for name, kind, write, _ in _KINDS:
        if isinstance(value, kind):
            return {name: write(value)}
    raise TypeError(f"a finding cannot speak of {value!r}")


def from_json(kept: Any) -> Any:
    """The value that `to_json` wrote."""
    if kept is None:
        return None
    if isinstance(kept, list):
        return tuple(from_json(item) for item in kept)
    ((name, value),) = kept.items()
    return _READ[name](value)


def shown(value: object) -> object:
    """A value as texts take it."""
    match value:
        case tuple():
            return tuple(shown(item) for item in value)
        case Period():
            return Text("%(first)s–%(last)s", first=value.first, last=value.last)
        case Month():
            return Text("%(number)s/%(year)s", number=str(value.number), year=str(value.year))
        case UnitPrice():
            return Text("%(price)s/h", price=Euros(value.euros))
        case Percent():
            return Text("%(rate)s %%", rate=value.rate)
    return value
