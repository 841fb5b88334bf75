"""What an entry must be (11.7.3): pure, on minutes, days and words."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from backend.kit.actor import Channel
from backend.kit.amounts import Minutes
from backend.kit.calendar import DAY, add_business_days, helsinki_date
from backend.kit.faults import broken_rule, invalid
from backend.kit.translation import Text
from backend.rulebook.rules import rule
from backend.rulebook.terms import Terms

MOST_LETTERS_IN_A_DESCRIPTION = 2_000


@rule("H11.7.3-c", "D0-e")
def check_minutes(minutes: int, terms: Terms) -> None:
    """Whole steps of 15 minutes, more than none."""
    step = terms.booking_step_minutes
    if minutes <= 0 or minutes % step:
        steps = Text("Book in steps of %(step)s.", step=Minutes(step))
        message = steps if minutes > 0 else Text("Effort is more than nothing.")
        raise broken_rule("H11.7.3-c", message, "minutes", limit=_shown(step), actual=_shown(minutes))


@rule("H11.7.3-c")
def check_description(description: str, terms: Terms) -> None:
    """The description tells this piece of work from others: not empty, not too short, not stop words alone."""
    words = re.findall(r"\w+", description.lower())
    if len(description) > MOST_LETTERS_IN_A_DESCRIPTION:
        raise invalid(Text("At most %(most)s letters.", most=MOST_LETTERS_IN_A_DESCRIPTION), "description")
    if not words:
        raise broken_rule("H11.7.3-c", Text("Say what was done."), "description")
    if all(word in terms.description_stop_words for word in words):
        raise broken_rule(
            "H11.7.3-c", Text("Say more precisely what was done: this would fit any work."), "description"
        )
    if len(description.strip()) < terms.description_min_length:
        message = Text("Say what was done in at least %(least)s characters.", least=terms.description_min_length)
        raise broken_rule("H11.7.3-c", message, "description")


@rule("H11.7.3-d")
def check_day(day: date, today: date) -> None:
    """Not in the future."""
    if day > today:
        raise broken_rule("H11.7.3-d", Text("Hours cannot be booked in advance."), "day")


@rule("H11.7.3-d")
def check_day_total(booked: int, more: int, terms: Terms) -> None:
    """At most 24 hours a person a day, over all targets. `booked` is what the day has already, in minutes."""
    most = terms.max_minutes_a_day
    if booked + more > most:
        message = Text(
            "A day has at most %(most)s; %(booked)s of it are booked already.",
            most=Minutes(most),
            booked=Minutes(booked),
        )
        raise broken_rule("H11.7.3-d", message, "minutes", limit=_shown(most), actual=_shown(booked + more))


@rule("H11.7.3-d")
def is_late(day: date, booked_on: date, channel: Channel, terms: Terms) -> bool:
    """A typed entry is on time on its own day, an imported one on the next business day; later ones are marked."""
    if channel is Channel.IMPORT:
        return booked_on > add_business_days(day, terms.on_time_import_days, terms.counting)
    return booked_on > day + terms.on_time_typed_days * DAY


@rule("H11.7.3-d")
def is_correction_late(was_late: bool, adds_work: bool, late_now: bool) -> bool:
    """Work that was on record in time stays so when it is put right; what a correction adds is judged by its own day.

    It adds work when it moves to another target, or has more minutes than what it corrects, or moves to another day
    while the work goes on; of work that is over only the day is put right.
    """
    return late_now if adds_work else was_late


@rule("H11.8.3-d")
def was_done_before(day: date, first_booked_at: datetime, decided_at: datetime) -> bool:
    """Whether work was done, or put on record, before a decision; a correction keeps when that was."""
    return first_booked_at < decided_at or day < helsinki_date(decided_at)


@rule("H11.8.3-d")
def room_before(granted: int, not_covering: Iterable[int], approved: int) -> int:
    """Minutes of a ceiling that are left for work done before a decision that does not cover it.

    Such work has the ceiling without what that decision and later ones like it granted (`not_covering`), less what is
    `approved` of such work, in whichever order it was approved.
    """
    return max(granted - sum(not_covering) - approved, 0)


def _shown(minutes: int) -> Text:
    return Text("%(minutes)s", minutes=Minutes(minutes))
