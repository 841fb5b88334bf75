"""What the contract says of complaints, as pure functions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.complaints import deadlines, rules
from backend.complaints.states import ComplaintClockKind as K
from backend.complaints.states import ComplaintState, ResponseTopic, SanctionState
from backend.kit.calendar import MICROSECOND, end_of_day, helsinki_date, is_business_day, start_of_day
from backend.kit.faults import Refusal
from backend.rulebook.terms import DEFAULTS, Terms
from backend.tickets.states import StretchReason as R
from tests.complaints.making import WHOLE

THURSDAY = datetime(2026, 12, 17, 10, 0, tzinfo=UTC)
SATURDAYS_TOO = DEFAULTS.changed({"saturdays_count": True})


@pytest.mark.rule("H11.10-b")
def test_a_complaint_is_acknowledged_by_the_end_of_the_next_business_day() -> None:
    assert deadlines.acknowledge_due_at(THURSDAY, DEFAULTS) == end_of_day(date(2026, 12, 18))


@pytest.mark.rule("H11.10-c")
@pytest.mark.parametrize(
    ("terms", "day"),
    [(DEFAULTS, date(2027, 1, 5)), (SATURDAYS_TOO, date(2027, 1, 2))],
)
def test_a_response_arrives_within_ten_business_days(terms: Terms, day: date) -> None:
    assert deadlines.response_due_at(THURSDAY, terms) == end_of_day(day)


@pytest.mark.rule("H11.10-j")
def test_handling_begins_within_two_business_days_of_the_acknowledgement() -> None:
    assert deadlines.begin_due_at(THURSDAY, DEFAULTS) == end_of_day(date(2026, 12, 21))


@pytest.mark.rule("H11.10-a")
def test_a_complaint_goes_to_the_service_manager_and_to_nobody_else() -> None:
    assert rules.receiver_of([7, 8]) == 7
    with pytest.raises(Refusal, match="broken_rule"):
        rules.receiver_of([])


@pytest.mark.rule("H11.10-d")
@pytest.mark.parametrize("topic", ResponseTopic)
def test_a_response_lacks_a_topic_that_is_empty_or_blank(topic: ResponseTopic) -> None:
    rules.check_complete(WHOLE.by_topic())
    for nothing in ("", "  \n"):
        with pytest.raises(Refusal) as refused:
            rules.check_complete(replace(WHOLE, **{topic: nothing}).by_topic())
        assert [error.path for error in refused.value.errors] == [("response", topic)]
        assert refused.value.errors[0].rule == "H11.10-d"


@pytest.mark.rule("H11.10-d")
def test_all_topics_that_are_missing_are_told_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_complete({})
    assert [error.path[1] for error in refused.value.errors] == list(ResponseTopic)


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize("state", ComplaintState)
def test_what_the_end_of_the_time_brings_depends_on_the_response(state: ComplaintState) -> None:
    expected = {
        ComplaintState.SENT: SanctionState.ENTITLED,
        ComplaintState.ACKNOWLEDGED: SanctionState.ENTITLED,
        ComplaintState.NOT_PROPER: SanctionState.ENTITLED,
        ComplaintState.HANDLED: SanctionState.ENTITLED,
        ComplaintState.ANSWERED: SanctionState.WAITING,
    }
    assert rules.sanction_at_deadline(state) is expected.get(state)


@pytest.mark.rule("H11.10-h")
@pytest.mark.parametrize("tiera", [True, False, None])
@pytest.mark.parametrize("supplier", [True, False, None])
def test_handling_is_billable_only_when_both_sides_say_that_the_cause_was_not_the_suppliers(
    tiera: bool | None, supplier: bool | None
) -> None:
    assert rules.is_billable(tiera, supplier) is ((tiera, supplier) == (False, False))


def days_of(start: datetime, end: datetime) -> list[date]:
    """From one midnight to another."""
    days = (helsinki_date(end) - helsinki_date(start)).days
    return [helsinki_date(start) + timedelta(days=n) for n in range(days)]


DAYS = [datetime(2026, 1, 1, 21, 30, tzinfo=UTC) + timedelta(hours=37 * n) for n in range(200)]


@pytest.mark.rule("H11.10-b", "H11.10-j", "H11.10-c", "H11.10-d", "D0-c")
@pytest.mark.parametrize("terms", [DEFAULTS, SATURDAYS_TOO])
def test_a_clock_runs_out_at_the_end_of_the_day_that_is_counted_in_days(terms: Terms) -> None:
    """Over a year, with its holidays and both changes of the hour."""
    for at in DAYS:
        for kind, due_at, days in (
            (K.ACKNOWLEDGEMENT, deadlines.acknowledge_due_at(at, terms), 1),
            (K.RESPONSE, deadlines.response_due_at(at, terms), 10),
        ):
            clock = deadlines.clock_of(kind, at, due_at, terms)
            assert clock.target.amount == timedelta(days=days), at
            assert clock.due_at == due_at + MICROSECOND, at
            stretches = deadlines.explain(clock, due_at)
            counted = [day for each in stretches if each.counts and each.end for day in days_of(each.start, each.end)]
            first = helsinki_date(at) + timedelta(days=1)
            every = [first + timedelta(days=n) for n in range((helsinki_date(due_at) - first).days + 1)]
            assert counted == [day for day in every if is_business_day(day, terms.counting)], at
            assert [each.end for each in stretches[:-1]] == [each.start for each in stretches[1:]], "without a gap"


@pytest.mark.rule("H11.10-b", "H11.10-j", "H11.10-c", "H11.10-d")
def test_a_warning_comes_when_its_share_of_the_days_that_count_is_used_up() -> None:
    """Sent on Thursday at noon: the day itself counts for nothing."""
    terms = DEFAULTS.changed({"clock_warning_percent": 75})
    friday, monday = date(2026, 12, 18), date(2026, 12, 21)
    for due_on, warned_at in (
        (friday, start_of_day(friday) + timedelta(hours=18)),
        (monday, start_of_day(friday)),
        (date(2026, 12, 30), start_of_day(date(2026, 12, 29))),
    ):
        assert deadlines.warn_at(THURSDAY, end_of_day(due_on), terms) == warned_at


@pytest.mark.rule("H11.10-f")
def test_what_several_meetings_said_stands_after_the_day_of_each() -> None:
    first, second, third = date(2026, 11, 24), date(2026, 12, 8), date(2027, 1, 5)
    twice = rules.said_again("Puutteita.", first, "Yhä puutteita.", second)
    assert twice == "24.11.2026: Puutteita.\n\n8.12.2026: Yhä puutteita."
    assert rules.said_again(twice, second, "Kunnossa.", third) == f"{twice}\n\n5.1.2027: Kunnossa."


SATURDAY, SUNDAY = date(2026, 12, 19), date(2026, 12, 20)


@pytest.mark.rule("H11.10-c")
@pytest.mark.parametrize(
    ("until", "terms", "day", "days"),
    [
        (date(2026, 12, 18), DEFAULTS, date(2026, 12, 18), 1),
        (SATURDAY, DEFAULTS, date(2026, 12, 21), 2),
        (SUNDAY, DEFAULTS, date(2026, 12, 21), 2),
        (SATURDAY, SATURDAYS_TOO, SATURDAY, 2),
        (date(2026, 12, 24), DEFAULTS, date(2026, 12, 28), 5),
    ],
)
def test_time_that_is_given_ends_on_a_business_day_and_has_its_days(
    until: date, terms: Terms, day: date, days: int
) -> None:
    due_at = deadlines.due_on(until, terms)
    assert due_at == end_of_day(day)
    rules.check_time_given(THURSDAY, due_at, THURSDAY)
    clock = deadlines.clock_of(K.RESPONSE, THURSDAY, due_at, terms)
    assert (clock.target.amount, clock.due_at) == (timedelta(days=days), due_at + MICROSECOND)


@pytest.mark.rule("H11.10-c")
def test_the_day_on_which_time_is_given_does_not_count() -> None:
    passed = THURSDAY - timedelta(days=1)
    with pytest.raises(Refusal, match="next business day"):
        rules.check_time_given(passed, end_of_day(date(2026, 12, 17)), THURSDAY)
    with pytest.raises(Refusal, match="later than what there is"):
        rules.check_time_given(end_of_day(date(2026, 12, 18)), end_of_day(date(2026, 12, 18)), THURSDAY)
    rules.check_time_given(passed, end_of_day(date(2026, 12, 18)), THURSDAY)


@pytest.mark.rule("H11.10-c")
def test_the_days_that_did_not_count_say_why() -> None:
    due_at = deadlines.response_due_at(THURSDAY, DEFAULTS)
    stretches = deadlines.explain(deadlines.clock_of(K.RESPONSE, THURSDAY, due_at, DEFAULTS), due_at)
    still = [(helsinki_date(each.start), each.reason) for each in stretches if not each.counts]
    assert still == [
        (date(2026, 12, 17), R.DAY_OF_ARRIVAL),
        (date(2026, 12, 19), R.NO_BUSINESS_DAY),  # a weekend
        (date(2026, 12, 24), R.NO_BUSINESS_DAY),  # Christmas to Sunday
        (date(2027, 1, 1), R.NO_BUSINESS_DAY),
    ]
    assert {each.reason for each in stretches if each.counts} == {R.AT_SUPPLIER}


@pytest.mark.rule("H11.10-c", "H11.10-d")
def test_the_time_to_answer_stands_while_a_response_waits_and_has_run_on_if_it_is_not_proper() -> None:
    due_at, friday = deadlines.response_due_at(THURSDAY, DEFAULTS), datetime(2026, 12, 18, 10, 0, tzinfo=UTC)
    waits = deadlines.clock_of(K.RESPONSE, THURSDAY, due_at, DEFAULTS, waits_since=friday)
    assert (waits.paused_at, waits.spent) == (friday, timedelta(hours=12))
    last = deadlines.explain(waits, due_at)[-1]
    assert (last.start, last.end, last.counts, last.reason) == (friday, None, False, R.WITH_TIERA)
    met = deadlines.clock_of(K.RESPONSE, THURSDAY, due_at, DEFAULTS, ended_at=friday)
    assert (met.stopped_at, deadlines.explain(met, due_at)[-1].end) == (friday, friday)
    at_once = THURSDAY + timedelta(hours=1)
    same_day = deadlines.clock_of(K.RESPONSE, THURSDAY, due_at, DEFAULTS, ended_at=at_once)
    assert [(each.end, each.counts) for each in deadlines.explain(same_day, due_at)] == [(at_once, False)]
    judged = deadlines.clock_of(K.JUDGEMENT, friday, deadlines.judge_due_at(friday, DEFAULTS), DEFAULTS)
    assert {each.reason for each in judged.stretches if each.counts} == {R.WITH_TIERA}
