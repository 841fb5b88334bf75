"""Ordering rights: who sees them, which were in force on a day, and a load for verbs."""

from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from backend.files.queries import register_holder
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.refs import register_thing
from backend.parties.days import end_of_day, is_valid_on
from backend.parties.model import RoleHeld
from backend.parties.queries import load_for_change
from backend.parties.right_model import OrderingRight
from backend.parties.states import RightState


def visible_rights(actor: Actor, row: Row) -> Condition:
    """A supplier sees those that cover it, once they are confirmed (H11.8.1-c); a customer its own people's."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            covers = sa.or_(row.supplier_id == actor.organisation_id, row.supplier_id.is_(None))
            return sa.and_(row.confirmed_at.is_not(None), covers)
    own: Condition = row.organisation_id == actor.organisation_id
    return own


ENDS_WITH_ROLE_FROM: Final = date(2026, 11, 30)
"""On days before this an ordering right was in force without a role too: none ended with the last one."""


def in_force_on(row: Row, day: Any, known_on: Any = None) -> Condition:
    """Whether an ordering right was in force at the end of a day, as known at the end of another (else that day's own).

    The days are dates or parameters. A naming counts from the moment it is confirmed, whatever days it names, on the
    days on which its holder has a role there.
    """
    asked = day if known_on is None else sa.func.least(sa.cast(day, sa.Date), sa.cast(known_on, sa.Date))
    known = end_of_day(asked)
    is_held = sa.or_(sa.cast(day, sa.Date) < ENDS_WITH_ROLE_FROM, _has_role_on(row, day, known))
    return sa.and_(is_valid_on(row, day), _is_known(row, known), ~_is_replaced_on(row, day, known), is_held)


def _is_known(right: Row, known: Any) -> Condition:
    """Whether a right was confirmed before an instant, and not ended before it."""
    return sa.and_(right.confirmed_at < known, sa.or_(right.ended_at.is_(None), right.ended_at >= known))


def _is_replaced_on(row: Row, day: Any, known: Any) -> Condition:
    """A newer version has begun by that day, also where the clock has still to end this one."""
    newer = rows_of(OrderingRight)
    begins = sa.func.lower(newer.c.valid) <= sa.cast(day, sa.Date)
    return there_is(newer, newer.c.replaces_id == row.id, begins, _is_known(newer.c, known))


def has_role_on(right: Row, day: Any) -> Condition:
    """Whether who is named in an ordering right holds a role on a day where they are named."""
    held = rows_of(RoleHeld)
    return there_is(held, *_is_of_holder(right, held.c), is_valid_on(held.c, day))


def _has_role_on(right: Row, day: Any, known: Any) -> Condition:
    """The same, as known before an instant: an end, or a calling off, that was announced later had not come yet."""
    held = rows_of(RoleHeld)
    begins = sa.func.coalesce(sa.func.lower(held.c.valid), held.c.called_off_from) <= sa.cast(day, sa.Date)
    lasts = sa.or_(is_valid_on(held.c, day), held.c.end_announced_at >= known)
    return there_is(held, *_is_of_holder(right, held.c), begins, lasts)


def _is_of_holder(right: Row, held: Row) -> tuple[Condition, Condition]:
    return held.person_id == right.person_id, held.organisation_id == right.organisation_id


async def get_right_for_change(session: Session, actor: Actor, id: int) -> OrderingRight:
    return await load_for_change(session, OrderingRight, visible_rights(actor, OrderingRight), id)


async def find_next_for_change(session: Session, id: int) -> OrderingRight | None:
    """The version that comes after this one, in force or to be confirmed."""
    wanted = sa.select(OrderingRight).where(OrderingRight.replaces_id == id, OrderingRight.state != RightState.ENDED)
    return (await session.scalars(wanted.with_for_update(key_share=True))).first()


register_thing(
    OrderingRight,
    visible_rights,
    number="document_number",
    is_number_given=True,
    url="/oikeudet/{id}",
    part_of=("Person",),
)
register_holder("OrderingRight")
