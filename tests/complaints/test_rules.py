"""What the contract says of complaints, as pure functions."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from backend.complaints import deadlines, rules
from backend.complaints.states import ComplaintState, ResponseTopic, SanctionState
from backend.kit.calendar import end_of_day
from backend.kit.faults import Refusal
from backend.rulebook.terms import DEFAULTS, Terms
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
