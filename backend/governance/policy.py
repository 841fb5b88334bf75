"""Who may write in a body, name people to it and take words back: seats in force and Tiera's right decide."""

from collections.abc import Collection
from typing import TypeVar

from backend.governance.states import BODY, BodyAction, BodyState, PostAction, SeatAction
from backend.kit.actor import Actor
from backend.kit.faults import not_permitted, wrong_state
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule

Seat = TypeVar("Seat")


def require_may_keep(actor: Actor) -> None:
    """Bodies and who sits in them are Tiera's to keep."""
    if not actor.may(Right.KEEP_BODIES):
        raise not_permitted("H11.4-d")


@rule("H11.4-d")
def require_may_write(state: BodyState, seat: Seat | None) -> Seat:
    """The seat with which somebody writes in an open body, on whatever side; Tiera's others read along."""
    if state is not BodyState.OPEN:
        raise wrong_state(state, BodyAction.WRITE, "H11.4-d")
    if seat is None:
        raise not_permitted("H11.4-d", Text("Members and guests of the group write here."))
    return seat


def require_may_withdraw(actor: Actor, written_by_id: int, organisation_id: int) -> None:
    """Who wrote it, for the same organisation, or whoever keeps bodies at Tiera."""
    if not (_is_own(actor, written_by_id, organisation_id) or actor.may(Right.KEEP_BODIES)):
        raise not_permitted("H11.4-d", Text("Who wrote it withdraws it, or Tiera."))


def body_actions(actor: Actor, state: BodyState, seated: Collection[str]) -> list[BodyAction]:
    """What somebody may do in a body now; `seated` names those who sit in it as `seat_of` does."""
    can_write = state is BodyState.OPEN and not actor.only_by_right
    writes = can_write and seat_of(actor.person_id, actor.organisation_id) in seated
    return [*([BodyAction.WRITE] if writes else []), *BODY.open_to(actor, state)]


def seat_of(person_id: int | None, organisation_id: int | None) -> str:
    """Who sits in a body, as one value: the person and for whom they sit there."""
    return f"{person_id}:{organisation_id}"


def seat_actions(actor: Actor, *, has_ended: bool) -> list[SeatAction]:
    return [SeatAction.END] if actor.may(Right.KEEP_BODIES) and not has_ended else []


def post_actions(
    actor: Actor,
    written_by_id: int,
    organisation_id: int,
    state: BodyState,
    seated: Collection[str],
    *,
    is_withdrawn: bool,
) -> list[PostAction]:
    if is_withdrawn or actor.only_by_right:
        return []
    answers = BodyAction.WRITE in body_actions(actor, state, seated)
    withdraws = _is_own(actor, written_by_id, organisation_id) or actor.may(Right.KEEP_BODIES)
    return [*([PostAction.ANSWER] if answers else []), *([PostAction.WITHDRAW] if withdraws else [])]


def _is_own(actor: Actor, written_by_id: int, organisation_id: int) -> bool:
    return (actor.person_id, actor.organisation_id) == (written_by_id, organisation_id)
