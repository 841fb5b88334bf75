"""Who holds which role on a day, and what a person is then: roles and ordering rights in force."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import aliased

from backend.kit.database import Session
from backend.kit.statements import Statement
from backend.parties.days import is_not_over_on, is_valid_on, start_of_day
from backend.parties.model import RoleHeld
from backend.parties.right_model import OrderingRight
from backend.parties.states import RightState
from backend.rulebook.roles import Role

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
_IN_FORCE = (OrderingRight.state == RightState.IN_FORCE, is_valid_on(OrderingRight, _ON), ~_IS_REPLACED)
_RIGHTS = (
    sa.select(OrderingRight)
    .where(
        OrderingRight.person_id == sa.bindparam("person_id"),
        OrderingRight.organisation_id == sa.bindparam("organisation_id"),
        *_IN_FORCE,
    )
    .order_by(OrderingRight.id)
)
_OF_PEOPLE = sa.any_(sa.bindparam("person_ids", type_=ARRAY(sa.BigInteger)))
_ROLES_OF_PEOPLE = sa.select(RoleHeld.person_id, RoleHeld.organisation_id, RoleHeld.role).where(
    RoleHeld.person_id == _OF_PEOPLE, is_valid_on(RoleHeld, _ON)
)
_NAMED_OF_PEOPLE = sa.select(OrderingRight.person_id, OrderingRight.organisation_id).where(
    OrderingRight.person_id == _OF_PEOPLE, *_IN_FORCE
)


async def roles_on(session: Session, person_id: int, day: date) -> list[RoleHeld]:
    """The roles that a person holds on a day, in all organisations."""
    return list((await session.scalars(_ROLES, {"person_id": person_id, "day": day})).all())


async def rights_in_force(session: Session, *, person_id: int, organisation_id: int, day: date) -> list[OrderingRight]:
    """A person's ordering rights, acting for an organisation, that are in force now and valid on a day."""
    asked = {"person_id": person_id, "organisation_id": organisation_id, "day": day}
    return list((await session.scalars(_RIGHTS, asked)).all())


WORKS = Statement(
    sa.select(RoleHeld.id)
    .where(
        RoleHeld.person_id == sa.bindparam("person_id", type_=sa.BigInteger),
        RoleHeld.organisation_id == sa.bindparam("organisation_id", type_=sa.BigInteger),
        is_valid_on(RoleHeld, sa.bindparam("day", type_=sa.Date)),
    )
    .limit(1)
)


async def works_for(session: Session, person_id: int | None, organisation_id: int | None, day: date) -> bool:
    """Whether a person holds a role in an organisation on a day."""
    return bool(await WORKS.run(session, person_id=person_id, organisation_id=organisation_id, day=day))


async def acts_elsewhere(session: Session, person_id: int, organisation_id: int | None) -> bool:
    """Whether a person holds, held or will hold a role in another organisation."""
    wanted = sa.select(RoleHeld.id).where(
        RoleHeld.person_id == person_id,
        RoleHeld.organisation_id != organisation_id,
        RoleHeld.called_off_from.is_(None),
    )
    return (await session.scalars(wanted.limit(1))).first() is not None


async def holds_role_within(
    session: Session, person_id: int, organisation_id: int, role: Role, days: Range[date]
) -> bool:
    """Whether a person holds a role in an organisation on some of these days."""
    wanted = sa.select(RoleHeld.id).where(
        RoleHeld.person_id == person_id,
        RoleHeld.organisation_id == organisation_id,
        RoleHeld.role == role,
        RoleHeld.valid.overlaps(days),
    )
    return (await session.scalars(wanted.limit(1))).first() is not None


async def works_for_after(session: Session, person_id: int, organisation_id: int, day: date) -> bool:
    """Whether a person holds a role in an organisation on a day or later."""
    wanted = sa.select(RoleHeld.id).where(
        RoleHeld.person_id == person_id,
        RoleHeld.organisation_id == organisation_id,
        is_not_over_on(RoleHeld, day),
    )
    return (await session.scalars(wanted.limit(1))).first() is not None


async def has_another_holder(session: Session, held: RoleHeld, day: date) -> bool:
    """Whether somebody else holds the same role in the organisation on a day, and no end of it is known.

    Theirs is locked: it does not end at the same moment.
    """
    wanted = sa.select(RoleHeld.id).where(
        RoleHeld.organisation_id == held.organisation_id,
        RoleHeld.role == held.role,
        RoleHeld.person_id != held.person_id,
        is_valid_on(RoleHeld, day),
        sa.func.upper_inf(RoleHeld.valid),
    )
    return (await session.scalars(wanted.limit(1).with_for_update(key_share=True))).first() is not None


async def holders_of(session: Session, organisation_id: int, role: Role, day: date) -> list[int]:
    """Ids of the people who hold a role in an organisation on a day: its own holders, then their stand-ins.

    Of each those who began first foremost.
    """
    wanted = (
        sa.select(RoleHeld.person_id)
        .where(RoleHeld.organisation_id == organisation_id, RoleHeld.role == role, is_valid_on(RoleHeld, day))
        .order_by(RoleHeld.stands_in_for_id.is_not(None), sa.func.lower(RoleHeld.valid), RoleHeld.id)
    )
    return list(dict.fromkeys((await session.scalars(wanted)).all()))


async def stand_ins_of(session: Session, organisation_id: int, role: Role, day: date) -> list[int]:
    """Ids of the people who stand in for the holders of a role in an organisation on a day."""
    is_its = (RoleHeld.organisation_id == organisation_id, RoleHeld.role == role, is_valid_on(RoleHeld, day))
    wanted = sa.select(RoleHeld.person_id).where(*is_its, RoleHeld.stands_in_for_id.is_not(None))
    return list((await session.scalars(wanted.order_by(RoleHeld.id))).all())


async def open_rights_for_change(session: Session, person_id: int, organisation_id: int) -> list[OrderingRight]:
    """A person's rights and namings in an organisation that have not been ended, locked."""
    wanted = sa.select(OrderingRight).where(
        OrderingRight.person_id == person_id,
        OrderingRight.organisation_id == organisation_id,
        OrderingRight.state != RightState.ENDED,
    )
    locked = wanted.order_by(OrderingRight.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return list((await session.scalars(locked)).all())


async def last_role_over_at(session: Session, person_id: int, organisation_id: int) -> datetime:
    """Since when somebody whose roles in an organisation are all over has none there.

    Of all the ends of last days, and the announcements of ends, the last.
    """
    over_at = sa.func.greatest(start_of_day(sa.func.upper(RoleHeld.valid)), RoleHeld.end_announced_at)
    its = (RoleHeld.person_id == person_id, RoleHeld.organisation_id == organisation_id)
    found: datetime = (await session.scalars(sa.select(sa.func.max(over_at)).where(*its))).one()
    return found


@dataclass
class Capacity:
    """What somebody is for an organisation on a day; an ordering right is nothing without a role."""

    roles: list[Role] = field(default_factory=list)
    is_ordering_contact: bool = False


async def capacities_of(session: Session, person_ids: Collection[int], day: date) -> dict[int, dict[int, Capacity]]:
    """Many people's roles and rights in force on a day, by person and organisation, in two statements.

    Without a role there is none: an ordering right alone does not let anybody act.
    """
    asked = {"person_ids": list(person_ids), "day": day}
    found: dict[int, dict[int, Capacity]] = defaultdict(lambda: defaultdict(Capacity))
    for person_id, organisation_id, role in await session.execute(_ROLES_OF_PEOPLE, asked):
        found[person_id][organisation_id].roles.append(role)
    for person_id, organisation_id in await session.execute(_NAMED_OF_PEOPLE, asked):
        if organisation_id in found[person_id]:
            found[person_id][organisation_id].is_ordering_contact = True
    return found
