"""Terms of a contract: their defaults, what they accept, and how a case keeps them."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.actor import Language
from backend.kit.calendar import MONDAY_TO_FRIDAY, SATURDAYS_TOO
from backend.kit.faults import Refusal
from backend.kit.translation import show
from backend.rulebook.choices import FourEyes, StopWorkAt
from backend.rulebook.definitions import Definition, Unit
from backend.rulebook.rules import RULES
from backend.rulebook.terms import ASCENDING, DEFAULTS, DEFINITIONS, Terms

IN_SOURCE = {
    "booking_step_minutes": 15,
    "size_small_below_days": 10,
    "size_assignment_max_days": 50,
    "hours_approval_business_day": 2,
    "complaint_response_days": 10,
    "invoice_due_business_day": 5,
    "stop_work_at": StopWorkAt.FORECAST,
}


def test_what_the_contract_itself_says_is_told_from_what_is_ours() -> None:
    assert {d.name: d.default for d in DEFINITIONS.values() if d.in_source} == IN_SOURCE


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda definition: definition.name)
def test_every_term_names_its_rule_and_its_default_is_allowed(definition: Definition) -> None:
    assert definition.rule in RULES
    assert definition.read(definition.default) == definition.default == getattr(DEFAULTS, definition.name)
    assert definition.read(definition.write(definition.default)) == definition.default
    assert all(show(definition.show(definition.default), language) for language in Language)


@pytest.mark.rule("D0-e")
def test_a_person_day_is_seven_and_a_half_hours_and_not_in_the_source() -> None:
    assert DEFAULTS.minutes_of(10) == 4500
    assert Terms.of({"person_day_minutes": 480}).minutes_of(50) == 24_000
    assert not DEFINITIONS["person_day_minutes"].in_source


@pytest.mark.rule("D0-c")
def test_a_contract_may_say_that_saturdays_count() -> None:
    assert DEFAULTS.counting == MONDAY_TO_FRIDAY
    assert DEFAULTS.changed({"saturdays_count": True}).counting == SATURDAYS_TOO
    assert DEFINITIONS["saturdays_count"].may_override


@pytest.mark.rule("D0-c")
@given(st.data())
def test_a_case_reads_its_terms_back_as_they_were_kept(data: st.DataObject) -> None:
    values = {name: data.draw(_value_of(definition)) for name, definition in DEFINITIONS.items()}
    terms = Terms.of(values)
    kept = json.loads(json.dumps(terms.as_json()))
    assert set(kept) == set(DEFINITIONS)
    assert Terms.of(kept) == terms
    assert hash(Terms.of(kept)) == hash(terms)


def test_a_contracts_values_stand_over_those_of_the_installation() -> None:
    installation = Terms.of({"vat_rate": "24", "payment_days": 14})
    contract = installation.changed({"payment_days": 21})
    assert (contract.vat_rate, contract.payment_days, contract.estimate_days_small) == (Decimal(24), 21, 5)
    assert installation.payment_days == 14


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vat_rate", "NaN"),
        ("vat_rate", "Infinity"),
        ("vat_rate", "much"),
        ("vat_rate", True),
        ("vat_rate", 25.5),
        ("vat_rate", "100.01"),
        ("payment_days", Decimal("1.5")),
        ("payment_days", "30"),
        ("payment_days", True),
        ("payment_days", -1),
        ("payment_days", 366),
        ("saturdays_count", 1),
        ("four_eyes", "closed"),
        ("four_eyes", None),
        ("description_stop_words", "työ"),
        ("description_stop_words", [1]),
        ("description_stop_words", ["x" * 101]),
        ("description_stop_words", [str(n) for n in range(201)]),
    ],
)
def test_a_value_of_another_type_or_out_of_bounds_is_refused_with_its_rule(name: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        Terms.of({name: value})
    assert refused.value.errors[0].rule == DEFINITIONS[name].rule


def test_a_name_that_is_no_term_is_no_term() -> None:
    with pytest.raises(KeyError):
        Terms.of({"size_of_hat": 58})


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("vat_rate", " 25,5 ", Decimal("25.5")),
        ("payment_days", "14", 14),
        ("saturdays_count", "true", True),
        ("four_eyes", "shown", FourEyes.SHOWN),
        ("description_stop_words", "Työ, palaveri,,työ", ("työ", "palaveri")),
    ],
)
def test_a_value_is_read_as_people_type_it(name: str, typed: str, value: object) -> None:
    assert DEFINITIONS[name].parse(typed) == value


@pytest.mark.parametrize(("name", "typed"), [("vat_rate", "x"), ("payment_days", "1,5"), ("saturdays_count", "maybe")])
def test_what_people_cannot_have_meant_is_refused(name: str, typed: str) -> None:
    with pytest.raises(Refusal):
        DEFINITIONS[name].parse(typed)


@pytest.mark.parametrize(("lower", "upper"), ASCENDING)
def test_two_terms_that_exclude_each_other_are_refused(lower: str, upper: str) -> None:
    DEFAULTS.refuse_contradictions()
    DEFAULTS.changed({lower: getattr(DEFAULTS, upper)}).refuse_contradictions()
    with pytest.raises(Refusal):
        DEFAULTS.changed({lower: getattr(DEFAULTS, upper) + 1}).refuse_contradictions()


def _value_of(definition: Definition) -> st.SearchStrategy[object]:
    if definition.unit is Unit.YES_OR_NO:
        return st.booleans()
    if definition.unit is Unit.CHOICE:
        return st.sampled_from(definition.choices)
    if definition.unit is Unit.WORDS:
        return st.lists(st.text(max_size=20), max_size=5).map(tuple)
    if definition.unit in (Unit.PERCENT, Unit.EUROS):
        return st.decimals(definition.least, definition.most, places=2)
    return st.integers(definition.least, definition.most)
