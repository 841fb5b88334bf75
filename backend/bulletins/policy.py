"""Who may do what with a bulletin: the table of moves, for the side that wrote it; whom each side may inform."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.bulletins.states import BULLETIN, BulletinAction, BulletinState, Receivers
from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import not_permitted
from backend.kit.workflow import Move
from backend.rulebook.rules import rule

A = BulletinAction
INFORMS: Mapping[ActorKind, tuple[Receivers, ...]] = MappingProxyType(
    {
        ActorKind.BUYER: (Receivers.AS_PLANNED, Receivers.ALL_CUSTOMERS, Receivers.ORGANISATIONS),
        ActorKind.SUPPLIER: (Receivers.TIERA, Receivers.AS_PLANNED),
    }
)
"""Whom each side informs: the supplier Tiera, Tiera its customers. What is planned may let a supplier go further."""


@rule("H11.11-a", "H11.11-f")
def receivers_open_to(actor: Actor) -> tuple[Receivers, ...]:
    """Whom the actor's side may inform."""
    return INFORMS.get(actor.kind, ())


def wrote(actor: Actor, supplier_id: int | None) -> bool:
    """Whether the actor's side wrote it; None: Tiera did."""
    if actor.kind is ActorKind.BUYER:
        return supplier_id is None
    return actor.kind is ActorKind.SUPPLIER and supplier_id == actor.organisation_id


def _is_for(actor: Actor, action: BulletinAction, supplier_id: int | None, receivers: Receivers) -> bool:
    """Its writers'; what a supplier told Tiera's customers Tiera may take back as well."""
    if action is A.WITHDRAW and actor.kind is ActorKind.BUYER and receivers is not Receivers.TIERA:
        return True
    return wrote(actor, supplier_id)


def take(
    actor: Actor, state: BulletinState, action: BulletinAction, supplier_id: int | None, receivers: Receivers
) -> Move[BulletinState, BulletinAction]:
    """The move, where the table, the right and the side allow it."""
    move = BULLETIN.take(actor, state, action)
    if not _is_for(actor, action, supplier_id, receivers):
        raise not_permitted(move.rule)
    return move


def available_actions(
    actor: Actor, state: BulletinState, supplier_id: int | None, receivers: Receivers
) -> list[BulletinAction]:
    """What somebody may do with a bulletin now."""
    return [each for each in BULLETIN.open_to(actor, state) if _is_for(actor, each, supplier_id, receivers)]
