"""What an entry must be, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.hours import rules
from backend.hours.deadlines import approval_due_on
from backend.kit.actor import Channel
from backend.kit.calendar import Month
from backend.kit.faults import Refusal
from backend.orders.deadlines import hours_until
from backend.rulebook.terms import DEFAULTS, Terms


@pytest.mark.rule("H11.7.3-c")
@pytest.mark.rule("D0-e")
@pytest.mark.parametrize("minutes", [0, -15, 10, 16, 50])
def test_hours_are_booked_in_whole_steps_of_15_minutes(minutes: int) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_minutes(minutes, DEFAULTS)
    assert refused.value.errors[0].rule == "H11.7.3-c"


@given(st.integers(1, 96))
def test_every_whole_step_is_taken(steps: int) -> None:
    rules.check_minutes(15 * steps, DEFAULTS)


@pytest.mark.rule("H11.7.3-c")
@pytest.mark.parametrize(
    "text", ["", "   ", "...", "työ", "Kehitys, palaveri", "korjaus", "TYÖ TYÖ TYÖ TYÖ", "työvaihe " * 250]
)
def test_a_description_that_does_not_tell_the_work_from_others_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        rules.check_description(text, DEFAULTS)


def test_a_description_that_says_what_was_done_is_taken() -> None:
    rules.check_description("Lomakkeen kehitys: huoltajan tiedot", DEFAULTS)


@pytest.mark.rule("H11.7.3-d")
def test_hours_are_not_booked_in_advance() -> None:
    rules.check_day(date(2026, 11, 24), date(2026, 11, 24))
    with pytest.raises(Refusal):
        rules.check_day(date(2026, 11, 25), date(2026, 11, 24))


@pytest.mark.rule("H11.7.3-d")
def test_a_typed_entry_is_on_time_on_its_own_day_an_imported_one_on_the_next_business_day() -> None:
    friday = date(2026, 12, 4)
    assert not rules.is_late(friday, friday, Channel.PORTAL, DEFAULTS)
    assert rules.is_late(friday, friday + timedelta(1), Channel.PORTAL, DEFAULTS)
    assert not rules.is_late(friday, date(2026, 12, 7), Channel.IMPORT, DEFAULTS)
    assert rules.is_late(friday, date(2026, 12, 8), Channel.IMPORT, DEFAULTS)


@pytest.mark.rule("H11.7.3-d")
def test_a_day_has_24_hours_over_all_targets() -> None:
    rules.check_day_total(1380, 60, DEFAULTS)
    with pytest.raises(Refusal) as refused:
        rules.check_day_total(1380, 75, DEFAULTS)
    assert refused.value.errors[0].rule == "H11.7.3-d"


@pytest.mark.rule("H11.7.3-g")
@pytest.mark.parametrize(
    ("month", "due"),
    [
        (Month(2026, 12), date(2027, 1, 5)),
        (Month(2026, 4), date(2026, 5, 5)),
        (Month(2026, 11), date(2026, 12, 2)),
    ],
)
def test_hours_are_approved_by_the_2nd_business_day_of_the_following_month(month: Month, due: date) -> None:
    assert approval_due_on(month, DEFAULTS) == due


def test_a_term_of_saturdays_moves_the_day() -> None:
    assert approval_due_on(Month(2026, 12), Terms(saturdays_count=True)) == date(2027, 1, 4)


@pytest.mark.rule("H11.7.3-d")
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 5), st.integers(0, 5))
def test_hours_of_the_last_day_of_an_order_are_booked_while_one_door_takes_them_in_time(
    day: date, typed: int, imported: int
) -> None:
    terms = replace(DEFAULTS, on_time_typed_days=typed, on_time_import_days=imported)
    until = hours_until(day, terms)
    for booked_on in (until, until + timedelta(days=1)):
        is_late = all(rules.is_late(day, booked_on, channel, terms) for channel in (Channel.PORTAL, Channel.IMPORT))
        assert is_late == (booked_on > until)


@pytest.mark.rule("H11.8.3-d")
@pytest.mark.parametrize(
    ("day", "first_booked_at", "before"),
    [
        (date(2026, 10, 6), datetime(2026, 10, 6, 8, 0, tzinfo=UTC), False),
        (date(2026, 10, 6), datetime(2026, 10, 6, 7, 59, tzinfo=UTC), True),
        (date(2026, 10, 5), datetime(2026, 10, 6, 9, 0, tzinfo=UTC), True),  # put on record after it, done before it
        (date(2026, 10, 9), datetime(2026, 10, 9, 9, 0, tzinfo=UTC), False),
    ],
)
def test_work_was_done_before_a_decision_by_its_day_or_by_when_it_was_put_on_record(
    day: date, first_booked_at: datetime, before: bool
) -> None:
    assert rules.was_done_before(day, first_booked_at, datetime(2026, 10, 6, 8, 0, tzinfo=UTC)) is before


@pytest.mark.rule("H11.8.3-d")
def test_work_before_a_decision_that_does_not_cover_it_has_the_ceiling_without_what_it_granted() -> None:
    assert rules.room_before(180, [120], 45) == 15
    assert rules.room_before(180, [60, 60], 75) == 0
