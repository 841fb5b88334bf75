"""People who come in: rows as they are before anybody has signed in, and a clock that tests move."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.dialects.postgresql import Range

from backend.identity import verbs
from backend.identity.hashing import Handover, hash_password
from backend.identity.reception import Reception
from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.database import Session, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.parties.model import Organisation, Person, RoleHeld
from backend.rulebook.roles import Role, rights_of
from tests.making import make_organisation, make_person, make_role

PASSWORD = "neljä sanaa peräkkäin"
MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


async def add_organisation(session: Session, name: str = "Tiera", side: ActorKind = ActorKind.BUYER) -> Organisation:
    return await make_organisation(session, side, name)


async def add_person(session: Session, name: str = "Maija Lehto") -> Person:
    return await make_person(session, name)


async def add_role(session: Session, person: Person, organisation: Organisation, role: Role) -> RoleHeld:
    return await make_role(session, person, organisation, role, valid=Range(date(2026, 1, 1), None))


async def add_password(session: Session, person: Person, password: str = PASSWORD) -> None:
    await verbs.set_password(session, SCHEDULE, person.id, await hash_password(password), now=MORNING)


async def add_member(
    session: Session,
    organisation: Organisation,
    role: Role,
    name: str = "Maija Lehto",
    password: str | None = PASSWORD,
) -> Person:
    """Somebody with a role in an organisation and, unless None, a password."""
    person = await add_person(session, name)
    await add_role(session, person, organisation, role)
    if password is not None:
        await add_password(session, person, password)
    return person


async def add_link(session: Session, key_user: Actor, person: Person, *, now: datetime = MORNING) -> str:
    """An invitation's secret."""
    handover = Handover()
    await verbs.invite(session, key_user, person.id, handover, now=now)
    assert handover.secret
    return handover.secret


def acting(person: Person, organisation: Organisation, *roles: Role) -> Actor:
    """The actor that a person is for an organisation in these roles."""
    return Actor(
        organisation.side,
        organisation_id=organisation.id,
        person_id=person.id,
        roles=frozenset(roles),
        rights=rights_of(organisation.side, roles),
    )


class House:
    """A database that commits, with its entrance and reception on a clock of their own."""

    def __init__(self, database_url: str) -> None:
        self.clock = Clock()
        self.engine = make_engine(database_url, pool_size=6)
        self.sessions = make_sessions(self.engine)
        self.entrance = Entrance(self.sessions, self.clock)
        self.reception = Reception(self.entrance, b"k" * 32, answer_after=0)

    async def sign_in(self, person: Person, password: str = PASSWORD, origin: str | None = "192.0.2.1") -> str:
        """The secret of a new session; the person is certain to get one."""
        signed_in = await self.reception.sign_in(person.email, password, origin=origin, agent="Firefox")
        assert signed_in.secret, signed_in.errors
        return signed_in.secret
