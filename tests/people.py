"""Everybody who may come to the door, as actors with the rights that follow from their roles."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.kit.actor import Actor, ActorKind
from backend.rulebook.roles import SERVICE_ACCOUNT_RIGHTS, Role, rights_of

B, S, C = ActorKind.BUYER, ActorKind.SUPPLIER, ActorKind.CUSTOMER


def _person(kind: ActorKind, *roles: Role, contact: bool = False) -> Actor:
    rights = rights_of(kind, roles, is_ordering_contact=contact)
    return Actor(kind, organisation_id=1, person_id=1, roles=frozenset(roles), rights=rights)


def _program(kind: ActorKind) -> Actor:
    rights = frozenset(SERVICE_ACCOUNT_RIGHTS[kind])
    return Actor(kind, organisation_id=1, service_account_id=1, rights=rights, only_by_right=True)


EVERYBODY: Mapping[str, Actor] = MappingProxyType(
    {
        "ordering contact": _person(B, contact=True),
        "service manager": _person(B, Role.SERVICE_MANAGER),
        "business manager": _person(B, Role.BUSINESS_MANAGER),
        "product owner": _person(B, Role.PRODUCT_OWNER),
        "project manager": _person(B, Role.PROJECT_MANAGER),
        "key user": _person(B, Role.KEY_USER),
        "solution expert": _person(B, Role.SOLUTION_EXPERT),
        "reporting client": _program(B),
        "supplier's account manager": _person(S, Role.ACCOUNT_MANAGER),
        "supplier's service manager": _person(S, Role.SERVICE_MANAGER),
        "supplier's project manager": _person(S, Role.PROJECT_MANAGER),
        "supplier's expert": _person(S, Role.EXPERT),
        "supplier's program": _program(S),
        "representative": _person(C, Role.REPRESENTATIVE),
        "customer's contact": _person(C, Role.REPRESENTATIVE, contact=True),
    }
)
