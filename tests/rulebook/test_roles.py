"""Who may what: one table, with nothing in it that nobody has and nobody in it who is nowhere."""

import pytest

from backend.kit.actor import ActorKind, Language
from backend.kit.translation import show
from backend.rulebook.roles import (
    ORDERING_CONTACT_RIGHTS,
    RIGHTS,
    ROLES_TO_FILL,
    SERVICE_ACCOUNT_RIGHTS,
    Right,
    Role,
    rights_of,
    roles_of,
)

DECISIONS = {
    Right.PLACE_ORDERS,
    Right.ACCEPT_DELIVERIES,
    Right.DECIDE_OVERRUNS,
    Right.APPROVE_HOURS,
    Right.JUDGE_INVOICES,
    Right.CONFIRM_ORDERING_RIGHTS,
    Right.CONFIRM_BANK_ACCOUNTS,
    Right.CONFIRM_ORDERS,
    Right.ADMINISTER,
}


def test_every_role_exists_on_some_side_and_every_right_comes_from_somewhere() -> None:
    assert {role for _, role in RIGHTS} == set(Role)
    assert frozenset[Right]().union(*RIGHTS.values(), *ORDERING_CONTACT_RIGHTS.values()) == set(Right)


@pytest.mark.rule("H10-a")
def test_the_roles_that_must_be_filled_exist_on_their_side() -> None:
    assert all(set(roles) <= set(roles_of(kind)) for kind, roles in ROLES_TO_FILL.items())
    assert set(roles_of(ActorKind.BUYER)) - set(ROLES_TO_FILL[ActorKind.BUYER]) == {
        Role.PRODUCT_OWNER,  # the solution manager's, or a person's beside him
        Role.PROJECT_MANAGER,  # of a project
    }


@pytest.mark.rule("H10-a")
def test_one_person_may_hold_several_roles_and_has_the_rights_of_all() -> None:
    both = rights_of(ActorKind.BUYER, [Role.KEY_USER, Role.SERVICE_MANAGER])
    assert {Right.ADMINISTER, Right.APPROVE_HOURS} <= both


@pytest.mark.rule("H11.8.1-a")
@pytest.mark.parametrize("kind", ActorKind)
def test_no_role_places_orders_only_an_ordering_right_does(kind: ActorKind) -> None:
    assert Right.PLACE_ORDERS not in rights_of(kind, Role)
    named = rights_of(kind, [], is_ordering_contact=True)
    assert (Right.PLACE_ORDERS in named) == (kind in (ActorKind.BUYER, ActorKind.CUSTOMER))


@pytest.mark.parametrize("kind", ActorKind)
def test_a_role_of_another_side_gives_nothing(kind: ActorKind) -> None:
    elsewhere = [role for role in Role if role not in roles_of(kind)]
    assert rights_of(kind, elsewhere) == frozenset()


def test_tieras_decisions_are_never_the_suppliers_nor_a_customers() -> None:
    tieras = DECISIONS - {Right.CONFIRM_ORDERS}
    assert not rights_of(ActorKind.SUPPLIER, Role) & tieras
    assert not rights_of(ActorKind.CUSTOMER, Role, is_ordering_contact=True) & (tieras - {Right.PLACE_ORDERS})


@pytest.mark.rule("H11.8.1-i")
def test_a_customers_representative_only_asks_reports_and_says_how_it_went() -> None:
    its = {Right.REQUEST_WORK, Right.REPORT_TICKETS, Right.RATE_TICKETS}
    assert rights_of(ActorKind.CUSTOMER, [Role.REPRESENTATIVE]) == its


@pytest.mark.parametrize("kind", ActorKind)
def test_a_service_account_never_orders_approves_or_decides(kind: ActorKind) -> None:
    assert not SERVICE_ACCOUNT_RIGHTS.get(kind, frozenset()) & DECISIONS


@pytest.mark.parametrize("language", Language)
def test_roles_and_rights_have_names_for_people(language: Language) -> None:
    for member in (*Role, *Right):
        assert show(member, language) not in ("", member.value)
