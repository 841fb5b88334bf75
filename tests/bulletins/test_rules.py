"""The rules of bulletins without a database."""

import pytest

from backend.bulletins import policy, rules
from backend.bulletins.rules import Planned, Reached
from backend.bulletins.states import BulletinAction, BulletinKind, BulletinState, Occasion, Receivers, occasion_of
from backend.kit.actor import ActorKind
from backend.kit.faults import Refusal
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from tests.making import NOW, an_actor

K, R, A, S = BulletinKind, Receivers, BulletinAction, BulletinState
BUYER, SUPPLIER, CUSTOMER = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER
ALLOWED = Planned(to_all_customers=True, supplier_informs=True)
NOT_ALLOWED = Planned(to_all_customers=True)


def test_an_occasion_is_a_kind_and_of_an_incident_its_class() -> None:
    for kind in K:
        for criticality in Criticality if kind is K.INCIDENT else (None,):
            occasion = occasion_of(kind, criticality)
            assert (occasion.kind, occasion.criticality) == (kind, criticality)


@pytest.mark.rule("H11.11-a", "H11.11-f")
def test_the_supplier_informs_tiera_and_tiera_its_customers() -> None:
    tiera = an_actor(BUYER, Role.SERVICE_MANAGER)
    supplier = an_actor(SUPPLIER, Role.SERVICE_MANAGER)
    assert R.TIERA not in policy.receivers_open_to(tiera)
    assert policy.receivers_open_to(supplier) == (R.TIERA, R.AS_PLANNED)
    assert policy.receivers_open_to(an_actor(CUSTOMER, Role.REPRESENTATIVE)) == ()


@pytest.mark.rule("H11.11-b")
@pytest.mark.parametrize("kind", [K.BREAK, K.CHANGE, K.NEWS])
def test_of_nothing_but_incidents_a_supplier_informs_customers(kind: BulletinKind) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_subject(SUPPLIER, R.AS_PLANNED, kind)
    assert refused.value.errors[0].rule == "H11.11-a"
    rules.check_subject(SUPPLIER, R.TIERA, kind)
    rules.check_subject(BUYER, R.ALL_CUSTOMERS, kind)


@pytest.mark.rule("H11.11-b")
@pytest.mark.parametrize("plans", [[], [None], [NOT_ALLOWED], [ALLOWED, NOT_ALLOWED], [ALLOWED, None]])
def test_the_plan_of_each_service_must_allow_the_class(plans: list[Planned | None]) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_may_inform(SUPPLIER, R.AS_PLANNED, plans)
    assert refused.value.errors[0].rule == "H11.11-b"
    rules.check_may_inform(SUPPLIER, R.AS_PLANNED, [ALLOWED, ALLOWED])
    rules.check_may_inform(SUPPLIER, R.TIERA, plans)
    rules.check_may_inform(BUYER, R.AS_PLANNED, plans)


@pytest.mark.rule("H11.11-c")
def test_those_are_told_whom_the_plans_of_all_services_name_together() -> None:
    first, second = (Planned(to_all_customers=False, organisation_ids=ids) for ids in ((3, 1), (1, 2)))
    assert rules.reached_as_planned([first, None, second]) == Reached(organisation_ids=(3, 1, 2))
    assert rules.reached_as_planned([first, NOT_ALLOWED]) == Reached(all_customers=True)
    with pytest.raises(Refusal, match="names no customers"):
        rules.check_reached(R.AS_PLANNED, rules.reached_as_planned([None]))


@pytest.mark.rule("H11.11-e")
def test_what_is_not_agreed_yet_is_shown() -> None:
    assert rules.missing_occasions(["critical_incident", "break"]) == [
        Occasion.HIGH_INCIDENT,
        Occasion.NORMAL_INCIDENT,
        Occasion.LOW_INCIDENT,
        Occasion.CHANGE,
        Occasion.NEWS,
    ]


@pytest.mark.rule("H11.11-g")
def test_the_suppliers_service_manager_answers_and_at_tiera_the_writer_where_there_is_none() -> None:
    assert rules.who_answers([7, 8], 1, of_supplier=True) == 7
    assert rules.who_answers([], 1, of_supplier=False) == 1
    with pytest.raises(Refusal):
        rules.who_answers([], 1, of_supplier=True)


@pytest.mark.parametrize(
    ("kind", "criticality", "services", "ends", "field"),
    [
        (K.INCIDENT, None, [1], None, "criticality"),
        (K.NEWS, Criticality.LOW, [], None, "criticality"),
        (K.CHANGE, None, [], None, "service_ids"),
        (K.BREAK, None, [1], None, "ends_at"),
        (K.BREAK, None, [1], NOW, "ends_at"),
    ],
)
def test_a_bulletin_says_what_its_kind_needs(
    kind: BulletinKind, criticality: Criticality | None, services: list[int], ends: object, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_what(kind, criticality, services, NOW, ends)  # type: ignore[arg-type]
    assert [error.path for error in refused.value.errors] == [(field,)]


WRITER = {BUYER: an_actor(BUYER, Role.SERVICE_MANAGER), SUPPLIER: an_actor(SUPPLIER, Role.SERVICE_MANAGER)}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("side", [BUYER, SUPPLIER])
def test_only_its_own_side_acts_on_a_bulletin_but_tiera_may_take_one_to_its_customers_back(
    state: BulletinState, side: ActorKind
) -> None:
    own = {
        S.DRAFT: [A.EDIT, A.PUBLISH, A.WITHDRAW],
        S.PUBLISHED: [A.FOLLOW_UP, A.END, A.WITHDRAW],
        S.ENDED: [A.FOLLOW_UP],
        S.WITHDRAWN: [],
    }[state]
    of_own, of_other = (1, 2) if side is SUPPLIER else (None, 1)
    actor = WRITER[side]
    assert policy.available_actions(actor, state, of_own, R.AS_PLANNED) == own
    others = [A.WITHDRAW] if side is BUYER and A.WITHDRAW in own else []
    assert policy.available_actions(actor, state, of_other, R.AS_PLANNED) == others
    assert policy.available_actions(actor, state, of_other, R.TIERA) == []
    reader = an_actor(CUSTOMER, Role.REPRESENTATIVE)
    assert policy.available_actions(reader, state, None, R.AS_PLANNED) == []
