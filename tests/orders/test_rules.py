"""The contract's sentences on orders, as pure rules."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.calendar import Month
from backend.kit.faults import Refusal
from backend.orders import rules
from backend.orders.rules import PROJECT_PAPERS, Part, Prepared, PricedRow
from backend.orders.states import PaperKind
from backend.rulebook.choices import StopWorkAt
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

TERMS = Terms()
NOTHING = Prepared(goal=None, limits=None, papers=frozenset(), has_tiera_manager=False, has_supplier_manager=False)
READY = Prepared(
    goal="A goal", limits="Limits", papers=frozenset(PaperKind), has_tiera_manager=True, has_supplier_manager=True
)


@pytest.mark.rule("H11.8.2-a")
@pytest.mark.rule("D0-e")
@pytest.mark.parametrize(
    ("minutes", "size"),
    [
        (15, SizeClass.SMALL),
        (4_499, SizeClass.SMALL),
        (4_500, SizeClass.ASSIGNMENT),
        (22_500, SizeClass.ASSIGNMENT),
        (22_501, SizeClass.PROJECT),
    ],
)
def test_the_size_follows_the_estimated_minutes_unrounded(minutes: int, size: SizeClass) -> None:
    assert rules.size_class(minutes, TERMS) is size


@pytest.mark.rule("H11.8.2-a")
def test_a_person_may_raise_the_class_and_never_lower_it() -> None:
    assert rules.counted_class(900, SizeClass.PROJECT, TERMS) is SizeClass.PROJECT
    assert rules.counted_class(30_000, SizeClass.SMALL, TERMS) is SizeClass.PROJECT
    rules.refuse_lowering(SizeClass.ASSIGNMENT, SizeClass.SMALL, "It touches every school.")
    with pytest.raises(Refusal, match="never lowered"):
        rules.refuse_lowering(SizeClass.SMALL, SizeClass.ASSIGNMENT, "It is easy.")
    with pytest.raises(Refusal):
        rules.refuse_lowering(SizeClass.PROJECT, None, " ")


@pytest.mark.rule("H11.8.2-c")
def test_an_assignment_needs_form_goal_and_limits_and_all_that_lacks_is_told_at_once() -> None:
    rules.check_duties_before_ordering(SizeClass.SMALL, NOTHING)
    rules.check_duties_before_ordering(SizeClass.ASSIGNMENT, READY)
    with pytest.raises(Refusal) as refused:
        rules.check_duties_before_ordering(SizeClass.ASSIGNMENT, NOTHING)
    assert len(refused.value.errors) == 3
    assert {error.rule for error in refused.value.errors} == {"H11.8.2-c"}


@pytest.mark.rule("H11.8.2-d")
@pytest.mark.rule("H11.3.3-a")
def test_a_projects_work_starts_with_contract_plans_and_both_project_managers() -> None:
    rules.check_duties_before_starting(SizeClass.ASSIGNMENT, NOTHING)
    rules.check_duties_before_starting(SizeClass.PROJECT, READY)
    with pytest.raises(Refusal) as refused:
        rules.check_duties_before_starting(SizeClass.PROJECT, NOTHING)
    assert [error.rule for error in refused.value.errors] == ["H11.8.2-d", "H11.3.3-a", "H11.3.3-a"]


@pytest.mark.rule("H11.8.2-a")
def test_a_total_that_crosses_into_a_larger_class_meets_that_classs_duties_first() -> None:
    rules.check_crossing(SizeClass.ASSIGNMENT, SizeClass.ASSIGNMENT, NOTHING, has_started=True)
    with pytest.raises(Refusal):
        rules.check_crossing(SizeClass.SMALL, SizeClass.ASSIGNMENT, NOTHING, has_started=True)
    planned = Prepared(
        goal="A", limits="B", papers=frozenset(PROJECT_PAPERS), has_tiera_manager=True, has_supplier_manager=True
    )
    rules.check_crossing(SizeClass.ASSIGNMENT, SizeClass.PROJECT, planned, has_started=True)
    unplanned = Prepared(goal="A", limits="B", papers=frozenset(), has_tiera_manager=True, has_supplier_manager=True)
    rules.check_crossing(SizeClass.ASSIGNMENT, SizeClass.PROJECT, unplanned, has_started=False)
    with pytest.raises(Refusal):
        rules.check_crossing(SizeClass.ASSIGNMENT, SizeClass.PROJECT, unplanned, has_started=True)


@pytest.mark.rule("H11.8.2-b")
def test_only_a_small_order_is_placed_at_once_and_only_where_the_term_says_so() -> None:
    lenient = TERMS.changed({"small_order_needs_estimate": False})
    rules.check_order_at_once(4_485, None, lenient)
    for minutes, raised, terms in (
        (900, None, TERMS),
        (4_500, None, lenient),
        (900, SizeClass.ASSIGNMENT, lenient),
        (0, None, lenient),
    ):
        with pytest.raises(Refusal):
            rules.check_order_at_once(minutes, raised, terms)


@pytest.mark.rule("H11.8.1-g")
def test_no_estimate_goes_out_with_neither_alternative_nor_statement() -> None:
    rules.check_alternatives(2, None)
    rules.check_alternatives(1, "We know of none better.")
    for options, statement in ((1, None), (1, "  "), (0, "We know of none better.")):
        with pytest.raises(Refusal):
            rules.check_alternatives(options, statement)


@pytest.mark.rule("D0-d")
def test_an_estimate_is_priced_row_by_row_and_rounded_once_a_row() -> None:
    rows = [PricedRow(1, 20, Decimal("99.99")), PricedRow(2, 20, Decimal("99.99"))]
    assert rules.totals(rows) == (40, Decimal("66.66"))


@pytest.mark.rule("D0-e")
def test_effort_comes_in_steps_of_a_quarter() -> None:
    rules.check_step(15, TERMS)
    for minutes in (0, -15, 10):
        with pytest.raises(Refusal):
            rules.check_step(minutes, TERMS)


@pytest.mark.rule("H11.9-b")
def test_a_monthly_fee_is_a_standing_order_of_milestones_each_in_its_month() -> None:
    parts = rules.monthly_parts("Upkeep", Decimal("500.00"), Month(2026, 11), 3)
    assert [part.due_on for part in parts] == [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]
    assert rules.check_parts(parts) == Decimal("1500.00")
    assert rules.day_of_milestone(parts[0].month, date(2026, 12, 2)) == date(2026, 11, 30)
    assert rules.day_of_milestone(None, date(2026, 12, 2)) == date(2026, 12, 2)
    with pytest.raises(Refusal):
        rules.monthly_parts("Upkeep", Decimal("500.00"), Month(2026, 11), 0)


def test_a_part_of_a_fixed_price_is_more_than_nothing_in_whole_cents() -> None:
    for parts in ([], [Part("A", Decimal("0.00"))], [Part("A", Decimal("0.005"))]):
        with pytest.raises(Refusal):
            rules.check_parts(parts)


@pytest.mark.rule("H11.8.3-c")
def test_both_sides_are_warned_once_when_the_actual_reaches_the_share_of_the_ceiling() -> None:
    assert not rules.is_warning_due(799, 1_000, False, TERMS)
    assert rules.is_warning_due(800, 1_000, False, TERMS)
    assert not rules.is_warning_due(900, 1_000, True, TERMS)


@pytest.mark.rule("H11.8.3-d")
def test_a_forecast_above_the_ceiling_stops_work_unless_only_the_reached_ceiling_does() -> None:
    at_ceiling = TERMS.changed({"stop_work_at": StopWorkAt.CEILING})
    assert rules.covered(1_200, 1_000, 500, TERMS) == 1_000
    assert rules.covered(1_200, 1_000, 500, at_ceiling) == 1_200
    assert rules.covered(1_200, 1_000, 1_000, at_ceiling) == 1_000


@pytest.mark.rule("H11.8.3-d")
def test_more_is_asked_for_with_a_reason_when_the_forecast_passes_the_ceiling() -> None:
    rules.check_overrun_asked(150, 1_200, 1_000, "Because.", TERMS)
    for asked, forecast, reason in (
        (150, 1_000, "Because."),
        (150, None, "Because."),
        (150, 1_200, ""),
        (0, 1_200, "B"),
    ):
        with pytest.raises(Refusal):
            rules.check_overrun_asked(asked, forecast, 1_000, reason, TERMS)


@pytest.mark.rule("H11.8.3-d")
def test_where_a_forecast_is_missing_no_limit_is_said_to_be_passed() -> None:
    for forecast in (None, 480):
        with pytest.raises(Refusal, match="forecast first") as refused:
            rules.check_overrun_asked(120, forecast, 600, "Because.", TERMS)
        (error,) = refused.value.errors
        assert (error.limit, error.actual) == (None, None)


@pytest.mark.rule("H11.8.3-d")
def test_all_part_or_none_is_approved_with_a_reason_and_never_more_than_was_asked() -> None:
    for granted in (600, 300, 0):
        rules.check_overrun_granted(granted, 600, "Because.", TERMS)
    for granted, reason in ((615, "Because."), (600, " ")):
        with pytest.raises(Refusal):
            rules.check_overrun_granted(granted, 600, reason, TERMS)


@given(st.integers(1, 10**6), st.integers(1, 10**5), st.decimals("0.01", "1000000", places=2))
def test_less_effort_frees_exactly_what_as_much_more_would_bind(minutes: int, ordered: int, euros: Decimal) -> None:
    assert rules.extra_euros(-minutes, ordered, euros) == -rules.extra_euros(minutes, ordered, euros)


@pytest.mark.rule("D3-a")
def test_work_is_due_within_the_agreement_and_its_options() -> None:
    rules.check_due_day(date(2026, 12, 31), date(2026, 12, 31))
    rules.check_due_day(None, date(2026, 12, 31))
    with pytest.raises(Refusal, match="options end"):
        rules.check_due_day(date(2027, 1, 1), date(2026, 12, 31))


@pytest.mark.rule("H11.8.3-b")
def test_a_revision_names_only_what_it_changes_and_changes_something() -> None:
    before = {"title": "A", "description": "B", "goal": None, "limits": None, "due_on": None}
    assert rules.changes(before, before | {"goal": "C"}) == {"goal": "C"}
    rules.check_revision({}, 60, TERMS)
    for changed, minutes in (({}, 0), ({"title": ""}, 0), ({}, 10)):
        with pytest.raises(Refusal):
            rules.check_revision(changed, minutes, TERMS)


@pytest.mark.rule("H11.8.3-b")
def test_the_ceiling_is_not_lowered_below_what_is_approved() -> None:
    rules.check_lowered_ceiling(1_000, -400, 600)
    with pytest.raises(Refusal):
        rules.check_lowered_ceiling(1_000, -415, 600)
