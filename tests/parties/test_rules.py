"""The limits of an ordering right and of an agreement, and the numbers that others give."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range

from backend.kit.actor import ActorKind
from backend.kit.faults import Code, Refusal
from backend.parties import rules
from backend.parties.agreement_model import Agreement
from backend.parties.right_model import OrderingRight
from backend.rulebook.roles import Role
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import DEFAULTS
from tests.making import ALL_YEAR, TODAY, business_id

ORDER: dict[str, Any] = {
    "supplier_id": 7,
    "agreement_id": 70,
    "size_class": SizeClass.ASSIGNMENT,
    "minutes": 9_000,
    "euros": Decimal("15000.00"),
    "euros_this_year": Decimal("5000.00"),
    "customer_id": 3,
    "day": TODAY,
}


def a_right(**limits: Any) -> OrderingRight:
    return OrderingRight(**({"id": 1, "valid": ALL_YEAR} | limits))


def refusal_of(right: OrderingRight, **changed: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        rules.check_right(right, **(ORDER | changed))
    return refused.value


@pytest.mark.rule("H11.8.1-b")
def test_a_right_without_limits_covers_every_order_of_its_days() -> None:
    rules.check_right(a_right(), **ORDER)
    rules.check_right(a_right(), **(ORDER | {"customer_id": None, "euros": Decimal(10**9), "minutes": 10**6}))


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize(
    ("limits", "limit", "actual"),
    [
        ({"valid": Range(date(2026, 1, 1), TODAY)}, "1.1.2026–23.11.2026", "24.11.2026"),
        ({"largest_class": SizeClass.SMALL}, "Small assignment", "Assignment"),
        ({"most_minutes": 8_999}, "149 h 59 min", "150 h"),
        ({"most_euros": Decimal("14999.99")}, "14 999,99 €", "15 000,00 €"),
        ({"most_euros_a_year": Decimal("19999.99")}, "19 999,99 €", "20 000,00 €"),
    ],
)
def test_an_order_outside_the_right_is_refused_with_the_limit_it_broke(
    limits: dict[str, Any], limit: str, actual: str | None
) -> None:
    errors = refusal_of(a_right(**limits)).errors
    assert [(e.code, e.rule) for e in errors] == [(Code.BROKEN_RULE, "H11.8.1-b")]
    said = [str(text).replace("\u00a0", " ") if text else None for text in (errors[0].limit, errors[0].actual)]
    assert said == [limit, actual]


@pytest.mark.rule("H11.8.1-b")
@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"supplier_id": 8}, "not for this supplier"),
        ({"agreement_id": 71}, "not for this agreement"),
        ({"for_organisation_ids": [4, 5]}, "orders for this organisation"),
    ],
)
def test_what_a_right_is_not_for_is_said_by_the_sentence_alone(limits: dict[str, Any], said: str) -> None:
    (error,) = refusal_of(a_right(**limits)).errors
    assert said in str(error.message.msgid)
    assert (error.limit, error.actual) == (None, None)


@pytest.mark.rule("H11.8.1-b")
def test_every_limit_that_is_broken_is_named() -> None:
    right = a_right(supplier_id=8, largest_class=SizeClass.SMALL, most_euros=Decimal(1))
    assert len(refusal_of(right).errors) == 3


@pytest.mark.rule("H11.8.1-b")
def test_a_limit_is_not_broken_by_reaching_it() -> None:
    right = a_right(
        supplier_id=7,
        agreement_id=70,
        largest_class=SizeClass.ASSIGNMENT,
        most_minutes=9_000,
        most_euros=Decimal("15000.00"),
        most_euros_a_year=Decimal("20000.00"),
        for_organisation_ids=[3],
        valid=Range(TODAY, TODAY + timedelta(days=1)),
    )
    rules.check_right(right, **ORDER)


@pytest.mark.rule("H11.8.1-b")
def test_a_right_for_certain_organisations_does_not_cover_orders_for_all() -> None:
    assert "for all" in str(refusal_of(a_right(for_organisation_ids=[3]), customer_id=None).errors[0].message)


@given(
    most_minutes=st.none() | st.integers(1, 100_000),
    most_euros=st.none() | st.decimals("0.01", "1000000", places=2),
    most_a_year=st.none() | st.decimals("0.01", "1000000", places=2),
    largest=st.none() | st.sampled_from(SizeClass),
    minutes=st.integers(0, 100_000),
    euros=st.decimals("0", "1000000", places=2),
    before=st.decimals("0", "1000000", places=2),
    size=st.sampled_from(SizeClass),
    start=st.integers(-3, 3),
    length=st.integers(1, 5),
)
def test_what_is_allowed_is_exactly_what_keeps_within_every_limit(
    most_minutes: int | None,
    most_euros: Decimal | None,
    most_a_year: Decimal | None,
    largest: SizeClass | None,
    minutes: int,
    euros: Decimal,
    before: Decimal,
    size: SizeClass,
    start: int,
    length: int,
) -> None:
    first = TODAY + timedelta(days=start)
    right = a_right(
        most_minutes=most_minutes,
        most_euros=most_euros,
        most_euros_a_year=most_a_year,
        largest_class=largest,
        valid=Range(first, first + timedelta(days=length)),
    )
    broken = [
        not first <= TODAY < first + timedelta(days=length),
        most_minutes is not None and minutes > most_minutes,
        most_euros is not None and euros > most_euros,
        most_a_year is not None and before + euros > most_a_year,
        largest is not None and size.rank > largest.rank,
    ]
    order = ORDER | {"minutes": minutes, "euros": euros, "euros_this_year": before, "size_class": size}
    if any(broken):
        with pytest.raises(Refusal) as refused:
            rules.check_right(right, **order)
        assert len(refused.value.errors) == sum(broken)
    else:
        rules.check_right(right, **order)


ONE_OF = ORDER | {"euros_this_year": {1: Decimal(0), 2: Decimal("99999.00")}}


@pytest.mark.rule("H11.8.1-a")
def test_nobody_orders_who_is_not_named() -> None:
    with pytest.raises(Refusal) as refused:
        rules.right_for([], **ONE_OF)
    assert refused.value.errors[0].rule == "H11.8.1-a"


@pytest.mark.rule("H11.8.1-b")
def test_of_several_rights_the_first_that_covers_the_order_is_used() -> None:
    small, large = a_right(id=1, most_minutes=60), a_right(id=2)
    assert rules.right_for([small, large], **ONE_OF) is large


@pytest.mark.rule("H11.8.1-b")
def test_of_several_rights_that_are_too_small_the_closest_is_named() -> None:
    far, near = a_right(id=1, most_minutes=60, most_euros=Decimal(1)), a_right(id=2, most_minutes=8_999)
    with pytest.raises(Refusal) as refused:
        rules.right_for([far, near], **ONE_OF)
    assert [str(e.limit) for e in refused.value.errors] == [str(refusal_of(near).errors[0].limit)]


@pytest.mark.rule("H11.8.1-b")
def test_each_right_is_asked_with_its_own_years_sum() -> None:
    spent, fresh = a_right(id=2, most_euros_a_year=Decimal(100_000)), a_right(id=1, most_euros_a_year=Decimal(100_000))
    assert rules.right_for([spent, fresh], **ONE_OF) is fresh


# Agreements


@pytest.mark.rule("D3-a")
@pytest.mark.parametrize(("before", "euros", "is_allowed"), [("0", "100", True), ("0.01", "100", False)])
def test_an_order_that_passes_the_greatest_total_is_refused(before: str, euros: str, is_allowed: bool) -> None:
    agreement = Agreement(valid=ALL_YEAR, greatest_total=Decimal(100))
    asked: dict[str, Any] = {"day": TODAY, "euros_before": Decimal(before), "euros": Decimal(euros)}
    if is_allowed:
        rules.check_agreement(agreement, **asked)
        return
    with pytest.raises(Refusal) as refused:
        rules.check_agreement(agreement, **asked)
    error = refused.value.errors[0]
    assert (error.rule, str(error.limit), str(error.actual)) == ("D3-a", "100,00\u00a0€", "100,01\u00a0€")


@pytest.mark.rule("D3-a")
def test_nothing_is_ordered_outside_an_agreements_days() -> None:
    agreement = Agreement(valid=Range(date(2026, 1, 1), TODAY), greatest_total=None)
    with pytest.raises(Refusal):
        rules.check_agreement(agreement, day=TODAY, euros_before=Decimal(0), euros=Decimal(1))


@pytest.mark.rule("D3-a")
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("0", "69.99", []),
        ("69.99", "70", ["70"]),
        ("70", "89.99", []),
        ("0", "90", ["70", "90"]),
        ("89.99", "100", ["90"]),
        ("90", "100", []),
    ],
)
def test_seventy_and_ninety_per_cent_are_told_once(before: str, after: str, told: list[str]) -> None:
    def passed(total: Decimal | None) -> list[Decimal]:
        sums = (rules.Share(Decimal(ordered), total) for ordered in (before, after))
        return rules.shares_passed(*sums, DEFAULTS)

    assert passed(Decimal(100)) == [Decimal(share) for share in told]
    assert passed(None) == []


@pytest.mark.rule("H3-a")
def test_agreements_run_between_tiera_and_another_party() -> None:
    rules.check_party(ActorKind.SUPPLIER)
    rules.check_party(ActorKind.CUSTOMER)
    with pytest.raises(Refusal) as refused:
        rules.check_party(ActorKind.BUYER)
    assert refused.value.errors[0].rule == "H3-a"


# Roles and numbers


@pytest.mark.rule("H10-a")
def test_each_side_has_the_roles_that_the_contract_gives_it() -> None:
    rules.check_role(ActorKind.BUYER, Role.KEY_USER)
    rules.check_role(ActorKind.SUPPLIER, Role.QUALITY_LEAD)
    for side, role, name in (
        (ActorKind.BUYER, Role.QUALITY_LEAD, "H10-a"),
        (ActorKind.SUPPLIER, Role.KEY_USER, "H11.3-a"),
        (ActorKind.CUSTOMER, Role.SERVICE_MANAGER, "H10-a"),
    ):
        with pytest.raises(Refusal) as refused:
            rules.check_role(side, role)
        assert refused.value.errors[0].rule == name


@pytest.mark.parametrize("text", ["2362180-3", " 2362180-3 ", "0737546-2"])
def test_a_business_id_has_a_right_check_digit(text: str) -> None:
    assert rules.read_business_id(text) == text.strip()


@pytest.mark.parametrize("text", ["2362180-1", "236218-0", "23621800", "FI23621800", "", "abcdefg-h"])
def test_another_business_id_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        rules.read_business_id(text)


@given(st.integers(0, 9_999_999))
def test_business_ids_of_tests_are_right(n: int) -> None:
    assert rules.read_business_id(business_id(n))


def test_an_account_number_is_kept_without_spaces() -> None:
    assert rules.read_iban("fi21 1234 5600 0007 85") == "FI2112345600000785"


@pytest.mark.parametrize("text", ["FI21 1234 5600 0007 86", "FI21", "", "1234", "FI2112345600000785X", "GB"])
def test_an_account_number_with_wrong_digits_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        rules.read_iban(text)


@pytest.mark.parametrize("text", ["a@b.fi", " Maija.Lehto@Tiera.FI "])
def test_a_mail_address_is_kept_in_lower_case(text: str) -> None:
    assert rules.read_email(text) == text.strip().lower()


@pytest.mark.parametrize("text", ["", "a", "a@b", "a b@c.fi", "a@b..fi", "a@@b.fi", "x" * 250 + "@b.fi"])
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        rules.read_email(text)
