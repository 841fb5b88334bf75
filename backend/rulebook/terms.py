"""The terms that the rules need, with the contract's defaults; and `Terms`, the values of one day.

A term is a dated value of an agreement, or of the installation, changed with a reason; what has no value has the
default here. A case keeps the terms of the day on which its duty arose (D0-c): `as_json` is what it keeps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self, get_type_hints

import orjson

from backend.kit.amounts import Minutes
from backend.kit.calendar import Counting, helsinki_date, start_of_day, subtract_business_days
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.rulebook.definitions import Definition
from backend.rulebook.rules import rule
from backend.rulebook.term_chapters.agreements import AgreementTerms
from backend.rulebook.term_chapters.channels import ChannelTerms
from backend.rulebook.term_chapters.complaints import ComplaintTerms
from backend.rulebook.term_chapters.counting import CountingTerms
from backend.rulebook.term_chapters.hours import HourTerms
from backend.rulebook.term_chapters.invoices import InvoiceTerms
from backend.rulebook.term_chapters.orders import OrderTerms
from backend.rulebook.term_chapters.tickets import TicketTerms


@dataclass(frozen=True, kw_only=True)
class Terms(
    ChannelTerms,  # a dataclass takes the fields of its last base first: this is the order of the contract, backwards
    ComplaintTerms,
    InvoiceTerms,
    TicketTerms,
    HourTerms,
    OrderTerms,
    AgreementTerms,
    CountingTerms,
):
    """The value of every term on one day. Attributes are typed; equal terms are equal and hash alike."""

    @staticmethod
    def of(values: Mapping[str, Any]) -> "Terms":
        """These values, as JSON or Python has them, over the defaults.

        Raises KeyError for a name that is no term, Refusal for a value that is none of its term.
        """
        try:
            return _of(orjson.dumps(values))
        except TypeError:  # a value that JSON has not
            return DEFAULTS.changed(values)

    def changed(self, values: Mapping[str, Any]) -> Self:
        """These terms with other values for some: a contract's over the installation's."""
        return replace(self, **{name: DEFINITIONS[name].read(value) for name, value in values.items()})

    def as_json(self) -> dict[str, Any]:
        """Every value as JSON, defaults too: what a case keeps, so that a later default does not reach it."""
        return {name: definition.write(getattr(self, name)) for name, definition in DEFINITIONS.items()}

    @property
    @rule("D0-c")
    def counting(self) -> Counting:
        """Which days are business days by these terms."""
        return Counting(saturdays_count=self.saturdays_count)

    @rule("D0-e")
    def minutes_of(self, person_days: int) -> Minutes:
        """Effort in minutes of a number of person-days (D0-e)."""
        return Minutes(person_days * self.person_day_minutes)

    def warn_at(self, due_at: datetime, started_at: datetime | None = None) -> datetime | None:
        """When those who must keep a deadline are told that it nears; None where it starts later than that."""
        day = subtract_business_days(helsinki_date(due_at), self.deadline_warning_days, self.counting)
        at = start_of_day(day)
        return at if started_at is None or at > started_at else None

    def refuse_contradictions(self) -> None:
        """Raise Refusal where two terms exclude each other; asked before a value is put in force."""
        for lower, upper in ASCENDING:
            low, high = getattr(self, lower), getattr(self, upper)
            if low > high:
                below, above = DEFINITIONS[lower], DEFINITIONS[upper]
                raise broken_rule(
                    below.rule,
                    Text(
                        "“%(below)s” has the value %(low)s, “%(above)s” %(high)s: the first may not be the greater.",
                        below=below.sentence,
                        low=below.show(low),
                        above=above.sentence,
                        high=above.show(high),
                    ),
                    "value",
                )


def _definitions() -> Iterable[Definition]:
    hints = get_type_hints(Terms, include_extras=True)
    for field in fields(Terms):
        yield replace(hints[field.name].__metadata__[0], name=field.name, default=field.default)


DEFINITIONS: Mapping[str, Definition] = MappingProxyType({definition.name: definition for definition in _definitions()})
"""Every term by its name, in the order of the contract."""

ASCENDING = (
    ("total_warning_first_percent", "total_warning_second_percent"),
    ("size_small_below_days", "size_assignment_max_days"),
)
"""Pairs of terms of which the first may not be greater than the second."""

DEFAULTS = Terms()


@lru_cache(maxsize=1_000)
def _of(values: bytes) -> Terms:
    """What a case keeps is read for each act on it, and is the same for most cases of some days."""
    return DEFAULTS.changed(orjson.loads(values))
