"""A body with people of three sides in it, by the verbs themselves."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from backend.governance import verbs
from backend.governance.model import Body, BodySeat
from backend.governance.states import BodyKind, SeatKind
from backend.kit.actor import Actor, ActorKind
from backend.rulebook.roles import Role
from tests.making import (
    NOW,
    customer_representative,
    make_actor,
    make_organisation,
    supplier_manager,
    tiera_business_manager,
    tiera_service_manager,
)


@dataclass
class Circle:
    """The ecosystem group: Tiera, a supplier and two customers sit in it; a colleague and a stranger do not."""

    body: Body
    tiera: Actor
    of_tiera: Actor
    """Reads along without a seat, and keeps no bodies."""
    supplier: Actor
    colleague: Actor
    """Of the same supplier."""
    mallila: Actor
    nordby: Actor
    """A guest."""
    stranger: Actor
    seats: dict[int, BodySeat]
    """By the person who sits there."""

    @property
    def everybody(self) -> list[Actor]:
        return [self.tiera, self.of_tiera, self.supplier, self.mallila, self.nordby, self.colleague, self.stranger]


async def sit(session: AsyncSession, by: Actor, body: Body, who: Actor, kind: SeatKind = SeatKind.MEMBER) -> BodySeat:
    """Name somebody to a body, for the organisation they act for."""
    return await verbs.name_to_body(
        session, by, body_id=body.id, person_id=who.person_id or 0, organisation_id=who.organisation_id or 0,
        kind=kind, now=NOW,
    )  # fmt: skip


async def make_circle(session: AsyncSession) -> Circle:
    tiera = await tiera_service_manager(session)
    supplier = await make_organisation(session)
    circle = Circle(
        body=await verbs.open_body(session, tiera, name="Ekosysteemiryhmä", kind=BodyKind.ECOSYSTEM_GROUP, now=NOW),
        tiera=tiera,
        of_tiera=await tiera_business_manager(session),
        supplier=await supplier_manager(session, supplier),
        colleague=await make_actor(session, supplier, Role.EXPERT),
        mallila=await customer_representative(session, await make_organisation(session, ActorKind.CUSTOMER)),
        nordby=await customer_representative(session, await make_organisation(session, ActorKind.CUSTOMER)),
        stranger=await supplier_manager(session, await make_organisation(session)),
        seats={},
    )
    for who in (tiera, circle.supplier, circle.mallila, circle.nordby):
        kind = SeatKind.GUEST if who is circle.nordby else SeatKind.MEMBER
        circle.seats[who.person_id or 0] = await sit(session, tiera, circle.body, who, kind)
    return circle
