"""What a term of a contract is: a dated number (or choice) with a unit, a default, a sentence and its rule.

Values are plain: whole numbers, decimals, yes or no, a member of a choice, a tuple of words. As JSON, decimals and
members are text and words a list, so that a value stands with an agreement or on a case and reads back the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from backend.kit.amounts import Euros, Minutes, parse_decimal
from backend.kit.faults import Refusal, invalid
from backend.kit.translation import Text, percent, plural, register_labels

MOST_WORDS = 200
MOST_LETTERS = 100


class Unit(StrEnum):
    """What a term's value is counted in, and so of which type it is."""

    MINUTES = "minutes"
    SECONDS = "seconds"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    BUSINESS_DAY_OF_MONTH = "business_day_of_month"
    PERSON_DAYS = "person_days"
    CHARACTERS = "characters"
    NUMBER = "number"
    PERCENT = "percent"
    EUROS = "euros"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"
    WORDS = "words"


DECIMALS = frozenset({Unit.PERCENT, Unit.EUROS})


@dataclass(frozen=True, slots=True)
class Definition:
    """One term: everything but its values."""

    name: str
    unit: Unit
    default: Any
    sentence: Text
    rule: str
    in_source: bool
    """Whether the default stands in the contract; where not, people are told so."""
    may_override: bool
    """Whether a customer's contract may say otherwise (H5.4-a)."""
    least: int
    most: int

    def read(self, value: object) -> Any:
        """A value as JSON or Python has it → the term's own type.

        Raises Refusal (`INVALID`, with the limit) for another type and for what is out of bounds.
        """
        if self.unit is Unit.YES_OR_NO:
            return self._read_yes_or_no(value)
        if self.unit is Unit.CHOICE:
            return self._read_choice(value)
        if self.unit is Unit.WORDS:
            return self._read_words(value)
        return self._bounded(self._read_decimal(value) if self.unit in DECIMALS else self._read_whole(value))

    def parse(self, typed: str) -> Any:
        """A value as people type it (`7,5`, `15`, `true`, `one, two`) → the term's own type; raises Refusal."""
        if self.unit is Unit.YES_OR_NO:
            return self.read({"true": True, "false": False}.get(typed.strip().lower()))
        if self.unit is Unit.WORDS:
            return self.read(typed.split(","))
        if self.unit is Unit.CHOICE:
            return self.read(typed.strip())
        try:
            return self.read(parse_decimal(typed))
        except ValueError:
            raise self._refused(Text("Give a number.")) from None

    def write(self, value: Any) -> Any:
        """The value as JSON; `read` gives it back."""
        if isinstance(value, tuple):
            return list(value)
        return str(value) if isinstance(value, (Decimal, StrEnum)) else value

    def show(self, value: Any) -> object:
        """The value with its unit, to be put into a text or shown to a reader."""
        shown = _SHOWN.get(self.unit)
        return shown(value) if shown else value

    @property
    def choices(self) -> tuple[StrEnum, ...]:
        """What may be chosen, for a term that is a choice."""
        return tuple(type(self.default)) if isinstance(self.default, StrEnum) else ()

    def _refused(self, message: Text) -> Refusal:
        return invalid(message, rule=self.rule)

    def _read_yes_or_no(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self._refused(Text("Answer yes or no."))
        return value

    def _read_choice(self, value: object) -> StrEnum:
        for choice in self.choices:
            if value == choice:
                return choice
        raise self._refused(Text("Choose one of: %(choices)s.", choices=self.choices))

    def _read_words(self, value: object) -> tuple[str, ...]:
        words = value if isinstance(value, (list, tuple)) else None
        if words is None or not all(isinstance(word, str) for word in words):
            raise self._refused(Text("Give a list of words."))
        kept = tuple(dict.fromkeys(word.strip().casefold() for word in words if word.strip()))
        if len(kept) > MOST_WORDS or any(len(word) > MOST_LETTERS for word in kept):
            raise self._refused(
                Text("At most %(words)s words of %(letters)s letters.", words=MOST_WORDS, letters=MOST_LETTERS)
            )
        return kept

    def _read_whole(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value != int(value):
            raise self._refused(Text("Give a whole number."))
        return int(value)

    def _read_decimal(self, value: object) -> Decimal:
        try:
            number = Decimal(value) if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise self._refused(Text("Give a number."))
        return number

    def _bounded(self, number: int | Decimal) -> int | Decimal:
        if not self.least <= number <= self.most:
            least, most = self.show(self.least), self.show(self.most)
            raise self._refused(Text("Give a number from %(least)s to %(most)s.", least=least, most=most))
        return number


_SHOWN: Mapping[Unit, Callable[[Any], object]] = {
    Unit.MINUTES: lambda n: Minutes(n) if n >= 60 else plural("%(n)s minute", "%(n)s minutes", n),
    Unit.SECONDS: lambda n: plural("%(n)s second", "%(n)s seconds", n),
    Unit.DAYS: lambda n: plural("%(n)s day", "%(n)s days", n),
    Unit.BUSINESS_DAYS: lambda n: plural("%(n)s business day", "%(n)s business days", n),
    Unit.BUSINESS_DAY_OF_MONTH: lambda n: Text("business day %(n)s of the month", n=n),
    Unit.PERSON_DAYS: lambda n: plural("%(n)s person-day", "%(n)s person-days", n),
    Unit.CHARACTERS: lambda n: plural("%(n)s character", "%(n)s characters", n),
    Unit.PERCENT: lambda share: percent(Decimal(share) / 100, most=2),
    Unit.EUROS: Euros,
}

UNIT_LABELS = register_labels(
    {
        Unit.MINUTES: Text("minutes"),
        Unit.SECONDS: Text("seconds"),
        Unit.DAYS: Text("calendar days"),
        Unit.BUSINESS_DAYS: Text("business days"),
        Unit.BUSINESS_DAY_OF_MONTH: Text("number of a business day in the month"),
        Unit.PERSON_DAYS: Text("person-days"),
        Unit.CHARACTERS: Text("characters"),
        Unit.NUMBER: Text("a number"),
        Unit.PERCENT: Text("per cent"),
        Unit.EUROS: Text("euros"),
        Unit.YES_OR_NO: Text("yes or no"),
        Unit.CHOICE: Text("a choice"),
        Unit.WORDS: Text("words"),
    }
)


def term(
    unit: Unit,
    sentence: Text,
    *,
    rule: str,
    in_source: bool = False,
    may_override: bool = False,
    least: int = 0,
    most: int = 10_000,
) -> Definition:
    """A definition as it stands at a field of `Terms`, which has the name and the default."""
    return Definition("", unit, None, sentence, rule, in_source, may_override, least, most)
