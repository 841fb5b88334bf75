"""Who may take a file away: whoever brought it, and at Tiera whoever handles tickets."""

from backend.kit.actor import Actor, ActorKind
from backend.rulebook.roles import Right


def may_take_away(actor: Actor, uploaded_by_id: int | None, organisation_id: int | None) -> bool:
    """Whether the actor may take away what somebody brought, acting for an organisation; a key for less than everything
    takes away nothing as its owner's own.
    """
    if actor.only_reads:
        return False
    may_alone = actor.person_id is not None and not actor.only_by_right
    is_own = (uploaded_by_id, organisation_id) == (actor.person_id, actor.organisation_id)
    return (may_alone and is_own) or (actor.kind is ActorKind.BUYER and actor.may(Right.HANDLE_TICKETS))
