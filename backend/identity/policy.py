"""Who may manage what lets people in, and how far a token reaches."""

from collections.abc import Collection
from dataclasses import replace

from backend.identity.states import Scope
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.faults import not_permitted
from backend.kit.translation import Text
from backend.rulebook.roles import SERVICE_ACCOUNT_RIGHTS, Right

SCOPE_RIGHTS: dict[Scope, frozenset[Right]] = {
    Scope.READ: frozenset({Right.SEE_HOURS, Right.SEE_INVOICES}),
    Scope.REPORT: frozenset({Right.REPORT, Right.SEE_HOURS, Right.SEE_INVOICES}),
    Scope.BOOK_HOURS: frozenset({Right.BOOK_HOURS}),
    Scope.SEND_INVOICES: frozenset({Right.SEND_INVOICES, Right.SEE_INVOICES}),
    Scope.ACT: frozenset(Right),
}


def reach(scopes: Collection[str]) -> frozenset[Right]:
    """The most that a token with these scopes can do, whoever owns it; scopes that are no more give nothing."""
    return frozenset[Right]().union(*(SCOPE_RIGHTS[scope] for scope in Scope if scope in scopes))


def only_reads(scopes: Collection[str]) -> bool:
    """Whether nothing is carried out for a token with these scopes, not even what needs no right."""
    return not set(scopes) - {Scope.READ, Scope.REPORT}


def only_by_right(scopes: Collection[str]) -> bool:
    """Whether nothing that needs no right, as writing in a body, is carried out for a token with these scopes."""
    return Scope.ACT not in scopes


def narrowed(owner: Actor, scopes: Collection[str]) -> Actor:
    """The owner with a token of these scopes: shown all that the owner is where it reads, and able to no more than they
    reach.
    """
    seen = owner.rights if Scope.READ in scopes else frozenset[str]()
    return replace(
        owner,
        rights=owner.rights & reach(scopes),
        seen=seen,
        only_reads=only_reads(scopes),
        only_by_right=only_by_right(scopes),
    )


def rights_of_program(kind: ActorKind, scopes: Collection[str]) -> frozenset[Right]:
    """What a service account may do with a token of these scopes: reading and importing, and nothing of customers'."""
    return reach(scopes) & SERVICE_ACCOUNT_RIGHTS.get(kind, frozenset())


def require_at_the_portal(actor: Actor) -> None:
    """Keys are made and ends are put to them by people who have signed in, never with another key."""
    if actor.person_id is None or actor.channel is not Channel.PORTAL:
        raise not_permitted(None, Text("Only somebody who has signed in to the portal may do this."))


def require_is_somebody(actor: Actor) -> None:
    """Views are kept by people, never by programs."""
    if actor.person_id is None:
        raise not_permitted()


def keeps_views_of_others(actor: Actor) -> bool:
    """Whether somebody keeps the shared views of the organisation in order: Tiera's key user, a supplier's managers."""
    return actor.may(Right.ADMINISTER) or actor.may(Right.MANAGE_OWN_PEOPLE)


def require_manages_access(actor: Actor) -> None:
    """Invitations and service accounts are the key user's."""
    if not actor.may(Right.ADMINISTER):
        raise not_permitted()
