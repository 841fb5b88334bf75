"""Who may change what of the parties. What one may not see is not found before this is asked."""

from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import broken_rule, not_permitted
from backend.kit.translation import Text
from backend.parties.model import Organisation, RoleHeld
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule


def require(actor: Actor, *rights: Right, rule: str | None = None) -> None:
    """Refuse whoever has none of these rights."""
    if not any(actor.may(right) for right in rights):
        raise not_permitted(rule)


@rule("H11.3-a")
def require_may_manage_people(actor: Actor, organisation: Organisation) -> None:
    """Tiera's key user manages everybody's people; a supplier's managers their own (H11.3-a)."""
    if actor.may(Right.ADMINISTER):
        return
    if not (actor.may(Right.MANAGE_OWN_PEOPLE) and organisation.id == actor.organisation_id):
        raise not_permitted("H11.3-a" if actor.kind is ActorKind.SUPPLIER else "H10-a")


@rule("D0-f")
def require_other_person(actor: Actor, person_id: int) -> None:
    """Nobody gives a role to themselves."""
    if person_id in actor.deciding_person_ids:
        raise broken_rule("D0-f", Text("Nobody gives a role to themselves: ask another."), "person_id")


@rule("H11.3-b")
def require_may_require_replacement(actor: Actor, role: RoleHeld) -> None:
    """Tiera may require that a supplier's person is replaced."""
    if not actor.may(Right.REQUIRE_REPLACEMENT):
        raise not_permitted("H11.3-b")
    if role.supplier_id is None:
        raise not_permitted("H11.3-b", Text("Only a supplier's person can be required to be replaced."))


@rule("D0-f")
def require_other_eyes(actor: Actor, proposed_by_id: int | None) -> None:
    """Who proposed something does not confirm it."""
    if proposed_by_id in actor.deciding_person_ids:
        raise broken_rule("D0-f", Text("Somebody else confirms this than who proposed it."))
