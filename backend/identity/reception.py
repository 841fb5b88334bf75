"""Where people and programs come in: what the portal calls for signing in and out, and who a request is from.

The schema has no signing in; everything else goes through it.
"""

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from backend.identity import queries, rules, token_verbs, verbs
from backend.identity.actors import Errand, Present, actor_of_errand, actor_of_session, actor_of_token
from backend.identity.hashing import TOKEN_MARK, Handover, disguised, fits, hash_password, hashed
from backend.identity.model import OneTimeLink
from backend.identity.states import LinkPurpose, TryKind
from backend.kit.actor import Channel
from backend.kit.database import Session
from backend.kit.entrance import Entered, Entrance
from backend.kit.faults import Refusal, UserError, invalid
from backend.kit.translation import Text
from backend.parties.model import Person

REMEMBERED_FOR = timedelta(seconds=10)
MOST_REMEMBERED = 10_000
SEEN_AGAIN_AFTER = timedelta(minutes=5)
ANSWER_AFTER = 0.25
"""Seconds that asking for a new password takes at least, so that nobody can tell a known address by the clock."""

Find = Callable[[Session, str, datetime, Channel], Awaitable[Present | None]]


@dataclass(frozen=True)
class SignedIn:
    """The secret of a new session for the browser's cookie, or why there is none.

    `has_chosen`: the password is kept all the same, of somebody who has no role on this day.
    """

    secret: str | None = None
    errors: tuple[UserError, ...] = ()
    has_chosen: bool = False


@dataclass(frozen=True)
class LinkSeen:
    """Whom a link that works is for."""

    purpose: LinkPurpose
    name: str
    address: str


@dataclass
class Reception:
    """One a process. `key` disguises addresses and origins in the table of tries."""

    entrance: Entrance
    key: bytes
    answer_after: float = ANSWER_AFTER
    _remembered: dict[str, tuple[datetime, Present]] = field(default_factory=dict)

    # Who is it?

    async def of_session(
        self, secret: str, channel: Channel = Channel.PORTAL, *, is_used: bool = True
    ) -> Present | None:
        """Whoever holds this session; remembered for ten seconds at most.

        Where nobody is known to sit before it (`is_used=False`), asking does not put off its end.
        """
        return await self._present(actor_of_session, secret, channel, is_used=is_used)

    async def of_token(self, secret: str) -> Present | None:
        """Whoever holds this key to the API; remembered for ten seconds at most."""
        return await self._present(actor_of_token, secret, Channel.API) if secret.startswith(TOKEN_MARK) else None

    async def _present(self, find: Find, secret: str, channel: Channel, *, is_used: bool = True) -> Present | None:
        now, remembered_as = self.entrance.clock(), f"{channel}:{is_used}:{hashed(secret)}"
        known = self._remembered.get(remembered_as)
        if known and now - known[0] < REMEMBERED_FOR and (known[1].until is None or now < known[1].until):
            return known[1]
        async with self.entrance.sessions() as session:
            present = await find(session, secret, now, channel)
        if present is None:
            self._remembered.pop(remembered_as, None)
            return None
        if is_used and (present.seen_at is None or now - present.seen_at >= SEEN_AGAIN_AFTER):
            await self._see(present)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[remembered_as] = now, present
        return present

    async def _see(self, present: Present) -> None:
        if present.session_id is not None:
            await self.entrance.enter(present.actor, verbs.see_session, session_id=present.session_id)
        elif present.token_id is not None:
            await self.entrance.enter(present.actor, token_verbs.use_token, token_id=present.token_id)

    def forget(self) -> None:
        """Ask the database anew about everybody: something that lets people in has changed here."""
        self._remembered.clear()

    # In and out

    async def sign_in(self, address: str, password: str, *, origin: str | None, agent: str | None) -> SignedIn:
        """A new session for whoever knows the password. It takes as long, and says the same, for an unknown address."""
        begun = await self._begin_try(TryKind.SIGN_IN, address, origin)
        if begun.ref is None:
            return SignedIn(errors=begun.errors)
        async with self.entrance.sessions() as session:
            known = await queries.find_known(session, address)
        if not await fits(password, known.password_hash if known else None) or known is None:
            return SignedIn(errors=wrong_password().errors)
        return await self._begin_session(known.person_id, agent, attempt_id=begun.ref.id)

    async def _begin_try(self, kind: TryKind, address: str, origin: str | None) -> Entered:
        return await self.entrance.enter(
            verbs.UNKNOWN,
            verbs.begin_try,
            kind=kind,
            email_hash=self._address(address),
            origin_hash=self._origin(origin),
        )

    async def _begin_session(self, person_id: int, agent: str | None, attempt_id: int | None = None) -> SignedIn:
        handover = Handover()
        entered = await self.entrance.enter(
            verbs.UNKNOWN,
            verbs.begin_session,
            person_id=person_id,
            handover=handover,
            attempt_id=attempt_id,
            agent=agent,
        )
        return SignedIn(errors=entered.errors) if entered.errors else SignedIn(handover.secret)

    async def sign_out(self, present: Present) -> None:
        """End the session of this browser."""
        if present.session_id is not None:
            await self.entrance.enter(present.actor, verbs.end_session, session_id=present.session_id)
        self.forget()

    async def switch(self, present: Present, organisation_id: int) -> Entered:
        """Act for another organisation in this browser."""
        entered = await self.entrance.enter(
            present.actor,
            verbs.switch_organisation,
            session_id=present.session_id,
            organisation_id=organisation_id,
        )
        self.forget()
        return entered

    # Passwords

    async def forgotten(self, address: str, *, origin: str | None) -> tuple[UserError, ...]:
        """Note that a password is forgotten. Nothing in the answer tells whether the address is known."""
        began = time.monotonic()
        entered = await self.entrance.enter(
            verbs.UNKNOWN,
            verbs.ask_for_reset,
            address=address,
            email_hash=self._address(address),
            origin_hash=self._origin(origin),
        )
        await asyncio.sleep(max(0.0, self.answer_after - (time.monotonic() - began)))
        return entered.errors

    async def find_link(self, secret: str) -> LinkSeen | None:
        """Whom a link is for, while it works."""
        query = (
            sa.select(OneTimeLink.purpose, Person.name, Person.email)
            .join(Person, Person.id == OneTimeLink.person_id)
            .where(queries.link_works(hashed(secret), self.entrance.clock()))
        )
        async with self.entrance.sessions() as session:
            row = (await session.execute(query)).one_or_none()
        return LinkSeen(*row) if row else None

    async def of_errand(self, secret: str) -> Errand | None:
        """What somebody may do who holds this link of a mail."""
        async with self.entrance.sessions() as session:
            return await actor_of_errand(session, secret, self.entrance.clock())

    async def use_link(self, secret: str, password: str, *, agent: str | None) -> SignedIn:
        """Choose the password that a link allows to choose, and sign in with it."""
        link = await self.find_link(secret)
        if link is None:
            return SignedIn(errors=verbs.link_does_not_work().errors)
        try:
            rules.check_password(password, link.address, link.name)
        except Refusal as refusal:
            return SignedIn(errors=refusal.errors)
        entered = await self.entrance.enter(
            verbs.UNKNOWN, verbs.use_link, secret=secret, password_hash=await hash_password(password)
        )
        self.forget()
        if entered.ref is None:
            return SignedIn(errors=entered.errors)
        return replace(await self._begin_session(entered.ref.id, agent), has_chosen=True)

    async def change_password(self, present: Present, current: str, password: str) -> tuple[UserError, ...]:
        """Choose another password, showing that one knows the present one; other browsers are signed out."""
        person_id = present.actor.person_id or 0
        async with self.entrance.sessions() as session:
            person = await session.get_one(Person, person_id)
            kept = await queries.find_password(session, person_id)
        try:
            rules.check_password(password, person.email, person.name)
        except Refusal as refusal:
            return refusal.errors
        begun = await self._begin_try(TryKind.SIGN_IN, person.email, None)
        if begun.ref is None:
            return begun.errors
        if not await fits(current, kept):
            return invalid(Text("This is not your present password."), "current").errors
        entered = await self.entrance.enter(
            present.actor,
            verbs.change_password,
            password_hash=await hash_password(password),
            attempt_id=begun.ref.id,
            except_id=present.session_id,
        )
        self.forget()
        return entered.errors

    # What is kept of those who try

    def _address(self, address: str) -> str:
        return disguised(rules.same_address(address), self.key)

    def _origin(self, origin: str | None) -> str | None:
        return disguised(_network(origin), self.key) if origin else None


def _network(origin: str) -> str:
    """An origin as it is counted: an IPv6 subscriber has a whole /64 to come from."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def wrong_password() -> Refusal:
    return invalid(Text("The address or the password is wrong."), "password")
