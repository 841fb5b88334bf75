"""The days of the contract, with the dates that were worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.calendar import (
    DAY,
    MONDAY_TO_FRIDAY,
    SATURDAYS_TOO,
    Counting,
    Month,
    add_business_days,
    add_days,
    add_weeks,
    count_business_days,
    day_before,
    due_in_business_days,
    end_of_day,
    helsinki_date,
    is_business_day,
    month_of,
    nth_business_day,
    roll_backward,
    roll_forward,
    start_of_day,
    subtract_business_days,
    subtract_days,
)
from backend.kit.clock import HELSINKI

COUNTINGS = (MONDAY_TO_FRIDAY, SATURDAYS_TOO)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
countings = st.sampled_from(COUNTINGS)
numbers = st.integers(0, 60)


@pytest.mark.parametrize(
    ("arrives", "n", "weekdays", "with_saturdays"),
    [
        (date(2026, 12, 17), 1, date(2026, 12, 18), date(2026, 12, 18)),
        (date(2026, 12, 17), 10, date(2027, 1, 5), date(2027, 1, 2)),
        (date(2026, 12, 19), 1, date(2026, 12, 21), date(2026, 12, 21)),
        (date(2026, 12, 19), 10, date(2027, 1, 7), date(2027, 1, 5)),
        (date(2027, 3, 24), 1, date(2027, 3, 25), date(2027, 3, 25)),
        (date(2027, 3, 24), 10, date(2027, 4, 9), date(2027, 4, 8)),
    ],
)
def test_a_duty_in_business_days_falls_on_the_date_worked_out_by_hand(
    arrives: date, n: int, weekdays: date, with_saturdays: date
) -> None:
    assert add_business_days(arrives, n, MONDAY_TO_FRIDAY) == weekdays
    assert add_business_days(arrives, n, SATURDAYS_TOO) == with_saturdays


@pytest.mark.parametrize(
    ("month", "n", "weekdays", "with_saturdays"),
    [
        (Month(2027, 1), 2, date(2027, 1, 5), date(2027, 1, 4)),
        (Month(2027, 1), 5, date(2027, 1, 11), date(2027, 1, 8)),
        (Month(2026, 5), 2, date(2026, 5, 5), date(2026, 5, 4)),
        (Month(2026, 5), 5, date(2026, 5, 8), date(2026, 5, 7)),
        (Month(2026, 12), 2, date(2026, 12, 2), date(2026, 12, 2)),
        (Month(2026, 12), 5, date(2026, 12, 7), date(2026, 12, 5)),
    ],
)
def test_the_second_and_fifth_business_days_of_a_month_are_those_worked_out_by_hand(
    month: Month, n: int, weekdays: date, with_saturdays: date
) -> None:
    assert nth_business_day(month.year, month.number, n, MONDAY_TO_FRIDAY) == weekdays
    assert nth_business_day(month.year, month.number, n, SATURDAYS_TOO) == with_saturdays


@pytest.mark.parametrize(
    ("meeting", "weekdays", "with_saturdays", "minutes"),
    [
        (date(2027, 1, 14), date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 21)),
        (date(2027, 5, 12), date(2027, 4, 30), date(2027, 5, 3), date(2027, 5, 19)),
    ],
)
def test_an_ecosystem_meeting_has_its_material_seven_business_days_before_and_its_minutes_within_a_week(
    meeting: date, weekdays: date, with_saturdays: date, minutes: date
) -> None:
    assert subtract_business_days(meeting, 7, MONDAY_TO_FRIDAY) == weekdays
    assert subtract_business_days(meeting, 7, SATURDAYS_TOO) == with_saturdays
    assert add_weeks(meeting, 1, MONDAY_TO_FRIDAY) == add_weeks(meeting, 1, SATURDAYS_TOO) == minutes


def test_a_steering_group_is_called_fourteen_days_before_and_its_agenda_is_out_five_business_days_before() -> None:
    meeting = date(2027, 1, 14)
    assert subtract_days(meeting, 14, MONDAY_TO_FRIDAY) == date(2026, 12, 31)
    assert subtract_business_days(meeting, 5, MONDAY_TO_FRIDAY) == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("meeting", "material", "minutes"),
    [
        (date(2026, 12, 17), date(2026, 12, 16), date(2026, 12, 21)),
        (date(2026, 12, 21), date(2026, 12, 20), date(2026, 12, 28)),
    ],
)
def test_a_production_group_has_its_material_the_day_before_and_its_minutes_within_three_days(
    meeting: date, material: date, minutes: date
) -> None:
    assert day_before(meeting) == material
    assert add_days(meeting, 3, MONDAY_TO_FRIDAY) == minutes


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 3, 25), date(2026, 4, 30), date(2027, 4, 30)])
def test_new_years_eve_maundy_thursday_and_the_eve_of_may_day_are_business_days(
    day: date,
) -> None:
    assert all(is_business_day(day, counting) for counting in COUNTINGS)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 12, 24),
        date(2026, 6, 19),
        date(2027, 1, 6),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 6),
        date(2027, 12, 6),
        date(2026, 10, 31),
        date(2026, 12, 20),
    ],
)
def test_eves_holidays_and_sundays_are_no_business_days(day: date) -> None:
    assert not any(is_business_day(day, counting) for counting in COUNTINGS)


@given(st.integers(1990, 2099))
def test_a_year_has_one_easter_saturday_and_it_never_counts(year: int) -> None:
    saturdays = [d for d in _days_of(year) if d.weekday() == 5 and not is_business_day(d, SATURDAYS_TOO)]
    between_holidays = [
        d
        for d in saturdays
        if d.month in (3, 4) and not any(is_business_day(d + i * DAY, SATURDAYS_TOO) for i in (-1, 2))
    ]
    assert len(between_holidays) == 1


@given(days, numbers, countings)
def test_a_due_date_is_a_business_day_after_the_event(start: date, n: int, counting: Counting) -> None:
    due = add_business_days(start, n, counting)
    assert is_business_day(due, counting)
    assert due > start or n == 0


@given(days, numbers, countings)
def test_days_added_and_taken_away_again_lead_back(start: date, n: int, counting: Counting) -> None:
    due = add_business_days(start, n, counting)
    assert subtract_business_days(due, n, counting) == (roll_backward(start, counting) if n else due)
    assert count_business_days(start, due, counting) == (n or int(not is_business_day(start, counting)))


@given(days, st.integers(0, 400), numbers, countings)
def test_what_happens_later_is_never_due_earlier(start: date, later: int, n: int, counting: Counting) -> None:
    after = start + later * DAY
    assert add_business_days(start, n, counting) <= add_business_days(after, n, counting)
    assert subtract_business_days(start, n, counting) <= subtract_business_days(after, n, counting)
    assert add_business_days(start, n, counting) <= add_business_days(start, n + 1, counting)


@given(days, numbers)
def test_counting_saturdays_never_makes_a_duty_later(start: date, n: int) -> None:
    assert add_business_days(start, n, SATURDAYS_TOO) <= add_business_days(start, n, MONDAY_TO_FRIDAY)
    assert subtract_business_days(start, n, SATURDAYS_TOO) >= subtract_business_days(start, n, MONDAY_TO_FRIDAY)


@given(days, countings)
def test_rolling_stops_at_the_nearest_business_day(day: date, counting: Counting) -> None:
    before, after = roll_backward(day, counting), roll_forward(day, counting)
    assert before <= day <= after
    assert (before == day) == (after == day) == is_business_day(day, counting)
    assert count_business_days(before, after, counting) == (0 if before == after else 1)


@given(days, days, countings)
def test_business_days_counted_backwards_are_the_same_with_a_minus(one: date, other: date, counting: Counting) -> None:
    assert count_business_days(one, other, counting) == -count_business_days(other, one, counting)


@given(st.integers(2000, 2099), st.integers(1, 12), countings)
def test_a_month_ends_with_its_last_business_day_and_has_no_further_one(
    year: int, number: int, counting: Counting
) -> None:
    month = Month(year, number)
    first, last = month.first_day, month.last_day
    found = [first + i * DAY for i in range(last.day) if is_business_day(first + i * DAY, counting)]
    assert [nth_business_day(year, number, n, counting) for n in range(1, len(found) + 1)] == found
    for beyond in (0, len(found) + 1):
        with pytest.raises(ValueError, match="has no business day"):
            nth_business_day(year, number, beyond, counting)


@pytest.mark.rule("D0-c")
@given(days)
def test_a_day_ends_one_microsecond_before_the_next_begins_whatever_the_clocks_do(
    day: date,
) -> None:
    assert end_of_day(day) + timedelta(microseconds=1) == start_of_day(day + DAY)
    assert helsinki_date(start_of_day(day)) == helsinki_date(end_of_day(day)) == day
    assert helsinki_date(start_of_day(day) - timedelta(microseconds=1)) == day - DAY
    assert end_of_day(day).astimezone(HELSINKI).strftime("%H:%M:%S.%f") == "23:59:59.999999"
    assert end_of_day(day).tzinfo is UTC


@pytest.mark.rule("D0-c")
def test_a_day_has_23_hours_in_march_and_25_in_october() -> None:
    spring, autumn = date(2027, 3, 28), date(2026, 10, 25)
    assert start_of_day(spring + DAY) - start_of_day(spring) == timedelta(hours=23)
    assert start_of_day(autumn + DAY) - start_of_day(autumn) == timedelta(hours=25)


@pytest.mark.rule("D0-c")
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)),
    st.integers(1, 20),
    countings,
)
def test_what_arrives_is_due_at_the_last_moment_of_a_helsinki_day(at: datetime, n: int, counting: Counting) -> None:
    due = due_in_business_days(at, n, counting)
    assert helsinki_date(due) == add_business_days(helsinki_date(at), n, counting)
    assert at < due == end_of_day(helsinki_date(due))


@pytest.mark.rule("D0-c")
def test_the_year_changes_when_it_changes_in_helsinki() -> None:
    assert helsinki_date(datetime(2026, 12, 31, 22, 0, tzinfo=UTC)) == date(2027, 1, 1)
    assert helsinki_date(datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert helsinki_date(datetime(2026, 6, 30, 21, 0, tzinfo=UTC)) == date(2026, 7, 1)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        helsinki_date(datetime(2026, 11, 24, 12, 0))


def test_an_instant_is_not_taken_for_a_date() -> None:
    with pytest.raises(TypeError):
        month_of(datetime(2026, 11, 30, 23, 0, tzinfo=UTC))


@pytest.mark.parametrize("count", [add_business_days, subtract_business_days, add_days, subtract_days])
def test_a_negative_number_of_days_is_refused(count: object) -> None:
    assert callable(count)
    with pytest.raises(ValueError, match="not negative"):
        count(date(2026, 11, 24), -1, MONDAY_TO_FRIDAY)


@given(days, st.integers(-50, 50))
def test_months_follow_each_other(day: date, n: int) -> None:
    month = month_of(day)
    assert day in month
    assert month.first_day <= day <= month.last_day
    assert (month + 1).first_day == month.last_day + DAY
    assert (month + n) - n == month
    assert (month < month + n) == (n > 0)
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-13",
        "2026-00",
        "26-01",
        "2026-1",
        "2026-01-01",
        "+026-01",
        "２０２６-01",
        "",
    ],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text)


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + i * DAY for i in range((date(year + 1, 1, 1) - first).days)]
