"""Who may change what of the parties. What one may not see is not found before this is asked."""

from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import broken_rule, not_permitted
from backend.kit.translation import Text
from backend.parties.model import Organisation, RoleHeld
from backend.parties.states import (
    ORDERING_RIGHT,
    SERVICE,
    AgreementKind,
    PartyAction,
    RightAction,
    RightState,
    ServiceAction,
    ServiceStage,
)
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


def may_read_of_people(actor: Actor) -> bool:
    """Whether one reads what happened to people: who manages them, for it tells of their passwords too."""
    return actor.sees(Right.ADMINISTER) or actor.sees(Right.MANAGE_OWN_PEOPLE)


# What is open to somebody, for buttons: the same questions, answered with a list


def actions_on_organisation(actor: Actor, *, id: int) -> list[PartyAction]:
    if actor.may(Right.ADMINISTER):
        return [PartyAction.CHANGE, PartyAction.ADD_PERSON]
    manages = actor.may(Right.MANAGE_OWN_PEOPLE) and id == actor.organisation_id
    return [PartyAction.ADD_PERSON] if manages else []


def actions_on_person(
    actor: Actor, *, id: int, organisation_ids: list[int] | None, acting_ids: list[int] | None
) -> list[PartyAction]:
    """`organisation_ids`: for whom a role of the person is known; `acting_ids`: without those that were called off."""
    acts_elsewhere = bool(set(acting_ids or ()) - {actor.organisation_id})
    is_seen = actor.organisation_id in ((acting_ids if acts_elsewhere else organisation_ids) or ())
    manages = actor.may(Right.MANAGE_OWN_PEOPLE) and is_seen
    found = [PartyAction.CHANGE] if actor.may(Right.ADMINISTER) or (manages and not acts_elsewhere) else []
    may_give = (actor.may(Right.ADMINISTER) or manages) and id not in actor.deciding_person_ids
    return [*found, PartyAction.GIVE_ROLE] if may_give else found


def actions_on_role(
    actor: Actor,
    *,
    organisation_id: int,
    supplier_id: int | None,
    is_required: bool,
    has_stand_ins: bool,
    is_called_off: bool,
) -> list[PartyAction]:
    """`is_required`: a replacement was required already; `has_stand_ins`: it is one that somebody may stand in for.

    To one that was called off nothing is done. An end that was announced is brought forward by
    announcing an earlier one.
    """
    if is_called_off:
        return []
    manages = actor.may(Right.MANAGE_OWN_PEOPLE) and organisation_id == actor.organisation_id
    found = [PartyAction.STATE_COMPETENCE, PartyAction.END] if actor.may(Right.ADMINISTER) or manages else []
    if has_stand_ins and found:
        found.append(PartyAction.NAME_STAND_IN)
    if actor.may(Right.REQUIRE_REPLACEMENT) and supplier_id is not None and not is_required:
        found.append(PartyAction.REQUIRE_REPLACEMENT)
    return found


def actions_on_agreement(actor: Actor, *, kind: str) -> list[PartyAction]:
    found = [PartyAction.CHANGE, PartyAction.END] if actor.may(Right.ADMINISTER) else []
    may_propose = actor.may(Right.ADMINISTER) or actor.may(Right.SEND_INVOICES)
    return [*found, PartyAction.PROPOSE_ACCOUNT] if may_propose and kind == AgreementKind.SUPPLIER else found


def stage_of(start: object) -> ServiceStage:
    """Of a service: by the mark that it has started, if there is one."""
    return ServiceStage.PREPARED if start is None else ServiceStage.STARTED


def actions_on_service(actor: Actor, *, started_on: object) -> list[ServiceAction]:
    return SERVICE.open_to(actor, stage_of(started_on))


def actions_on_account(
    actor: Actor, *, proposed_by_id: int | None, is_confirmed: bool, is_ended: bool
) -> list[PartyAction]:
    """Of a bank account: who proposed it does not confirm it."""
    if is_ended:
        return []
    confirms = actor.may(Right.CONFIRM_BANK_ACCOUNTS) and proposed_by_id not in actor.deciding_person_ids
    found = [PartyAction.CONFIRM] if confirms and not is_confirmed else []
    may_end = any(actor.may(r) for r in (Right.ADMINISTER, Right.CONFIRM_BANK_ACCOUNTS, Right.SEND_INVOICES))
    return [*found, PartyAction.END] if may_end else found


@rule("D0-f")
def actions_on_right(actor: Actor, *, state: str, person_id: int, recorded_by_id: int | None) -> list[RightAction]:
    """As the table of moves says; who is named, or entered the naming, does not confirm it."""
    found = ORDERING_RIGHT.open_to(actor, RightState(state))
    if actor.deciding_person_ids & {person_id, recorded_by_id} and RightAction.CONFIRM in found:
        found.remove(RightAction.CONFIRM)
    return found
