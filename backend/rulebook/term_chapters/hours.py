"""Hours: how they are described, how late they are, when they are approved."""

from dataclasses import dataclass
from typing import Annotated

from backend.kit.translation import Text
from backend.rulebook.definitions import Unit, term


@dataclass(frozen=True, kw_only=True)
class HourTerms:
    description_min_length: Annotated[
        int,
        term(
            Unit.CHARACTERS,
            Text("The shortest description that a time entry may have."),
            rule="H11.7.3-c",
            least=1,
            most=500,
        ),
    ] = 10
    description_stop_words: Annotated[
        tuple[str, ...], term(Unit.WORDS, Text("Words that alone do not describe a piece of work."), rule="H11.7.3-c")
    ] = ("työ", "kehitys", "palaveri")
    on_time_typed_days: Annotated[
        int,
        term(
            Unit.DAYS,
            Text("How long after the day of the work a typed entry is still on time."),
            rule="H11.7.3-d",
            most=60,
        ),
    ] = 0
    on_time_import_days: Annotated[
        int,
        term(
            Unit.BUSINESS_DAYS,
            Text("How long after the day of the work an imported entry is still on time."),
            rule="H11.7.3-d",
            most=60,
        ),
    ] = 1
    max_minutes_a_day: Annotated[
        int,
        term(
            Unit.MINUTES,
            Text("The most effort that one person can book on one day, over all targets."),
            rule="H11.7.3-d",
            least=1,
            most=1440,
        ),
    ] = 1440
    hours_approval_business_day: Annotated[
        int,
        term(
            Unit.BUSINESS_DAY_OF_MONTH,
            Text("The day by which Tiera approves the entries of the month before."),
            rule="H11.7.3-g",
            in_source=True,
            least=1,
            most=15,
        ),
    ] = 2
    withdraw_seconds: Annotated[
        int,
        term(
            Unit.SECONDS,
            Text("How long an approval of hours that nothing is billed on yet can be taken back."),
            rule="H11.7.3-g",
            most=86_400,
        ),
    ] = 60
