"""What a person is on a day: the roles held and the ordering rights in force. Nearly every request asks both."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from backend.kit.database import Session
from backend.parties.model import RoleHeld
from backend.parties.queries import is_valid_on
from backend.parties.right_model import OrderingRight
from backend.parties.states import RightState

_ON = sa.bindparam("day", type_=sa.Date)
_ROLES = (
    sa.select(RoleHeld)
    .where(RoleHeld.person_id == sa.bindparam("person_id"), is_valid_on(RoleHeld, _ON))
    .order_by(RoleHeld.organisation_id, RoleHeld.id)
)
_newer = aliased(OrderingRight)
_IS_REPLACED = sa.exists().where(
    _newer.replaces_id == OrderingRight.id, _newer.state == RightState.IN_FORCE, sa.func.lower(_newer.valid) <= _ON
)
"""A newer version has begun, whether or not the clock has ended this one yet."""
_RIGHTS = (
    sa.select(OrderingRight)
    .where(
        OrderingRight.person_id == sa.bindparam("person_id"),
        OrderingRight.organisation_id == sa.bindparam("organisation_id"),
        OrderingRight.state == RightState.IN_FORCE,
        is_valid_on(OrderingRight, _ON),
        ~_IS_REPLACED,
    )
    .order_by(OrderingRight.id)
)


async def roles_on(session: Session, person_id: int, day: date) -> list[RoleHeld]:
    """The roles that a person holds on a day, in all organisations."""
    return list((await session.scalars(_ROLES, {"person_id": person_id, "day": day})).all())


async def rights_in_force(session: Session, *, person_id: int, organisation_id: int, day: date) -> list[OrderingRight]:
    """A person's ordering rights, acting for an organisation, that are in force now and valid on a day."""
    asked = {"person_id": person_id, "organisation_id": organisation_id, "day": day}
    return list((await session.scalars(_RIGHTS, asked)).all())
