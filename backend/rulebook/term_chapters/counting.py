"""How days and effort are counted, and who may do two things at once."""

from dataclasses import dataclass
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.choices import FourEyes
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class CountingTerms:
    saturdays_count: Annotated[
        bool,
        term(
            Unit.YES_OR_NO,
            Text("Saturdays count as business days, Easter Saturday excepted."),
            rule="D0-c",
            may_override=True,
        ),
    ] = False
    deadline_warning_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("How long before a deadline those who must keep it are told."),
            rule="D0-c",
            may_override=True,
            most=30,
        ),
    ] = 1
    person_day_minutes: Annotated[
        int, term(Unit.MINUTES, Text("The length of a person-day."), rule="D0-e", least=60, most=1440)
    ] = 450
    booking_step_minutes: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The step in which effort is booked and billed."),
            rule="H11.7.3-c",
            in_source=True,
            least=1,
            most=60,
        ),
    ] = 15
    four_eyes: Annotated[
        FourEyes,
        term(
            Unit.CHOICE,
            Text("Whether one person alone may order, accept the delivery and approve its invoice lines."),
            rule="D0-f",
        ),
    ] = FourEyes.REFUSED
