"""Who is told of an event: from the capacities of `kit.notices.To` to people who hold them and may see the thing."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from backend.bulletins.model import Bulletin
from backend.bulletins.queries import readers_of
from backend.bulletins.states import Receivers
from backend.governance.model import Body
from backend.governance.queries import people_of
from backend.identity.actors import actors_of_people
from backend.kit import refs
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session, Thing
from backend.kit.events import Event
from backend.kit.notices import Notice, To
from backend.notices import queries
from backend.notices.states import Topic, Way
from backend.orders.model import Order
from backend.parties.days import is_valid_on
from backend.parties.model import Person
from backend.parties.queries import BUYER_ID
from backend.parties.right_model import OrderingRight
from backend.parties.right_queries import has_role_on
from backend.parties.role_queries import holders_of
from backend.parties.states import RightState
from backend.rulebook.roles import RIGHTS, Right, Role
from backend.rulebook.rules import rule
from backend.tickets.merged_queries import askers_of, watchers_of
from backend.tickets.model import Ticket

T = TypeVar("T", bound=Thing)

_NAMERS = [
    role
    for (kind, role), rights in RIGHTS.items()
    if kind is ActorKind.BUYER and Right.CONFIRM_ORDERING_RIGHTS in rights
]


def _asked(actor: Actor, event: Event) -> Hashable:
    """All events of a thing that are meant for the same readers are seen by the same people."""
    meant_for = (event.audience, event.supplier_id, event.customer_id)
    return actor.person_id, actor.organisation_id, event.subject, meant_for


@dataclass(frozen=True)
class Receiver:
    """A person, and for which organisation they are told."""

    person_id: int
    organisation_id: int


@dataclass
class Circle:
    """Finds receivers as roles and rights are at an instant; keeps what it has asked while it lives."""

    session: Session
    now: datetime
    _holders: dict[tuple[int, Role], list[int]] = field(default_factory=dict)
    _actors: dict[int, list[Actor]] = field(default_factory=dict)
    _chosen: dict[int, dict[tuple[Topic, Way], bool]] = field(default_factory=dict)
    _seen: dict[Hashable, bool] = field(default_factory=dict)
    _tiera_id: int | None = None

    async def receivers(self, event: Event, notice: Notice) -> list[Receiver]:
        """Everybody who is told, once each; not who acted, nor whom they stood for (D0-f), unless the notice says."""
        acted = () if notice.even_who_acted else (event.person_id, event.stands_for_id)
        found: dict[int, Receiver] = {}
        for to in notice.to:
            named = [id for id in await self._candidates(event, to) if id is not None]
            if to is To.ORDERER and not await self._is_read_at_tiera(event, named):
                named += await self._in_place_of_orderer(event)
            candidates = {id: None for id in named if id not in acted}
            await self._meet(event, candidates)
            for person_id in candidates:
                organisation_id = None if person_id in found else await self._reads_for(event, person_id)
                if organisation_id is not None:
                    found[person_id] = Receiver(person_id, organisation_id)
        return list(found.values())

    async def actors_of(self, person_id: int) -> list[Actor]:
        """The person as they act for each of their organisations now; none where no role is left."""
        await self._know([person_id])
        return self._actors[person_id]

    async def _know(self, person_ids: Collection[int]) -> None:
        if strangers := [id for id in person_ids if id not in self._actors]:
            self._actors |= await actors_of_people(self.session, strangers, self.now, Channel.PORTAL)

    async def _meet(self, event: Event, person_ids: Collection[int]) -> None:
        """Ask of all at once what would be asked of each; of what is for many, who of them may see it too."""
        await self._know(person_ids)
        kind = refs.KINDS.get(event.subject_kind)
        if kind is not None and kind.tells_readers:
            actors = [actor for id in person_ids for actor in await self.actors_of(id)]
            seers = await queries.who_may_see(self.session, actors, event)
            for actor in actors:
                self._seen[_asked(actor, event)] = (actor.person_id, actor.organisation_id) in seers

    async def _reads_for(self, event: Event, person_id: int) -> int | None:
        """For which of their organisations a person may see the event; None where for none."""
        for actor in await self.actors_of(person_id):
            if await self._may_see(actor, event):
                return actor.organisation_id
        return None

    async def _may_see(self, actor: Actor, event: Event) -> bool:
        """Asked once for all events of a thing that are meant for the same readers."""
        key = _asked(actor, event)
        if key not in self._seen:
            self._seen[key] = await queries.may_see(self.session, actor, event)
        return self._seen[key]

    async def chosen_by(self, person_ids: Collection[int]) -> Mapping[int, dict[tuple[Topic, Way], bool]]:
        """What each of them, and whoever was asked before, has chosen to be told."""
        if new := [id for id in person_ids if id not in self._chosen]:
            self._chosen |= await queries.preferences_of(self.session, new)
        return self._chosen

    async def _candidates(self, event: Event, to: To) -> Iterable[int | None]:
        order, ticket = await self._around(event, Order), await self._around(event, Ticket)
        match to:
            case To.ORDERER:
                return [order.ordered_by_id or order.taken_up_by_id or order.created_by_id] if order else []
            case To.REQUESTER:
                askers = await askers_of(self.session, ticket.id) if ticket else []
                return [*askers, *([order.asked_by_id] if order and order.asked_by_id else [])]
            case To.ASSIGNEE:
                return [ticket.assignee_id] if ticket else []
            case To.WATCHERS:
                return await watchers_of(self.session, ticket.id) if ticket else []
            case To.READERS:
                bulletin = await self._around(event, Bulletin)
                return await self._readers(bulletin) if bulletin else []
            case To.SEATED:
                body = await self._around(event, Body)
                return await people_of(self.session, body.id) if body else []
            case To.PROJECT_MANAGERS:
                return [order.tiera_manager_id, order.supplier_manager_id] if order else []
            case To.ORDERING_CONTACT:
                return await self._contacts(event)
            case To.PERSON:
                return [await self._person(event)]
            case To.SUPPLIER_MANAGERS:
                return await self._held(event.supplier_id, Role.SERVICE_MANAGER)
            case To.ACCOUNT_MANAGER:
                return await self._held(event.supplier_id, Role.ACCOUNT_MANAGER)
            case To.TIERA_SERVICE_MANAGERS:
                return await self._held(await self._tiera(), Role.SERVICE_MANAGER)
            case To.TIERA_NAMERS:
                return [id for role in _NAMERS for id in await self._held(await self._tiera(), role)]

    @rule("H11.8.3-c", "H11.3.1-a")
    async def _is_read_at_tiera(self, event: Event, person_ids: Sequence[int]) -> bool:
        """Whether one of them acts for Tiera and may see the event; an event about no order is for nobody there."""
        await self._meet(event, person_ids)
        for person_id in person_ids:
            for actor in await self.actors_of(person_id):
                if actor.kind is ActorKind.BUYER and await self._may_see(actor, event):
                    return True
        return await self._around(event, Order) is None

    async def _in_place_of_orderer(self, event: Event) -> Iterable[int]:
        """Whom at Tiera where the orderer is a customer's or has left: contacts who may order it, else managers."""
        contacts = await self._contacts(event, at_tiera=True)
        return contacts or await self._held(await self._tiera(), Role.SERVICE_MANAGER)

    async def _readers(self, bulletin: Bulletin) -> Iterable[int]:
        """Whom it is for; of what a supplier told Tiera's customers itself (H11.11-b) Tiera's service managers hear."""
        readers = await readers_of(self.session, bulletin, helsinki_date(self.now))
        if bulletin.supplier_id is None or bulletin.receivers is Receivers.TIERA:
            return readers
        return [*readers, *await self._held(await self._tiera(), Role.SERVICE_MANAGER)]

    async def _around(self, event: Event, thing: type[T]) -> T | None:
        """The order, the ticket, the bulletin or the body that an event happened to, or within."""
        for ref in (event.subject, event.around):
            if ref and ref.kind == thing.__name__:
                return await self.session.get(thing, ref.id)
        return None

    async def _person(self, event: Event) -> int | None:
        """Whom a thing is about: itself, the person it belongs to, or the one its figures name."""
        if event.subject_kind == Person.__name__:
            return event.subject_id
        kind = refs.KINDS.get(event.subject_kind)
        if kind is not None and "person_id" in kind.table.c:
            columns: Any = kind.table.c
            found: int | None = await self.session.scalar(
                sa.select(columns.person_id).where(columns.id == event.subject_id)
            )
            return found
        return queries.person_in(event)

    async def _contacts(self, event: Event, *, at_tiera: bool = False) -> Sequence[int]:
        """Those (of them Tiera's own) whose naming in force covers the supplier and the customer of the event.

        Without a role where they are named they could not read it.
        """
        right, today = OrderingRight, helsinki_date(self.now)
        covers_customer = sa.literal(event.customer_id, sa.BigInteger) == sa.any_(right.for_organisation_ids)
        its = sa.or_(right.customer_id.is_(None), right.customer_id == event.customer_id)
        wanted = sa.select(right.person_id).where(
            right.state == RightState.IN_FORCE,
            is_valid_on(right, today),
            has_role_on(right, today),
            sa.or_(right.supplier_id.is_(None), right.supplier_id == event.supplier_id),
            right.customer_id.is_(None) if at_tiera else its,
            sa.or_(right.for_organisation_ids.is_(None), covers_customer),
        )
        return list(dict.fromkeys((await self.session.scalars(wanted.order_by(right.id))).all()))

    async def _held(self, organisation_id: int | None, role: Role) -> list[int]:
        if organisation_id is None:
            return []
        key = organisation_id, role
        if key not in self._holders:
            day = helsinki_date(self.now)
            self._holders[key] = await holders_of(self.session, organisation_id, role, day)
        return self._holders[key]

    async def _tiera(self) -> int | None:
        if self._tiera_id is None:
            self._tiera_id = await self.session.scalar(BUYER_ID)
        return self._tiera_id
