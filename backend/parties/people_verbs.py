"""People, the roles they hold, and the competence stated for each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from backend.kit import events
from backend.kit.actor import Actor, Language
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import broken_rule, constraint, invalid, not_permitted
from backend.kit.refs import Ref
from backend.kit.sorting import sort_key
from backend.kit.translation import Text
from backend.parties import policy, queries, role_end_verbs, rules
from backend.parties.model import Organisation, Person, RoleHeld, StatedCompetence
from backend.parties.role_queries import acts_elsewhere, has_another_holder, holds_role_within, works_for
from backend.rulebook.roles import Right, Role
from backend.rulebook.rules import rule

LONGEST_TEXT = 2_000
"""Letters of a competence or a reason."""

constraint("uq_people_email", invalid(Text("There is a person with this mail address already."), "email"))


async def add_person(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    role: Role,
    name: str,
    email: str,
    phone: str | None = None,
    language: Language = Language.FI,
    competence: str | None = None,
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
) -> Person:
    """Somebody new with a first role: without one nobody has anything to do here."""
    organisation = await queries.get_organisation(session, actor, organisation_id)
    policy.require_may_manage_people(actor, organisation)
    name = rules.read_line(name, "name")
    person = Person(
        name=name,
        sort_key=sort_key(name),
        email=rules.read_email(email),
        phone=rules.read_line(phone, "phone", most=50) if phone else None,
        language=language,
        created_at=now,
    )
    session.add(person)
    concerns = organisation.concerns
    await events.record(
        session, actor, "person.added", person, at=now, within=organisation, audience=Audience.ALL, concerns=concerns
    )
    await _begin_role(session, actor, person, organisation, role, competence, valid_from, valid_until, now=now)
    return person


async def change_person(
    session: Session,
    actor: Actor,
    person_id: int,
    *,
    name: str,
    email: str,
    phone: str | None = None,
    language: Language,
    expected_version: int | None = None,
    now: datetime,
) -> Person:
    """Correct what is known of a person: Tiera's key user of everybody, a supplier's managers of their own people."""
    person = await queries.get_person_for_change(session, actor, person_id, expected_version)
    if not actor.may(Right.ADMINISTER):
        policy.require(actor, Right.MANAGE_OWN_PEOPLE, rule="H11.3-a")
        await _require_only_own(session, actor, person.id)
    person.name = rules.read_line(name, "name")
    person.sort_key = sort_key(person.name)
    person.email = rules.read_email(email)
    person.phone = rules.read_line(phone, "phone", most=50) if phone else None
    person.language = language
    person.version += 1
    await events.record(session, actor, "person.changed", person, at=now, audience=Audience.TIERA)
    return person


async def _require_only_own(session: Session, actor: Actor, person_id: int) -> None:
    """A person who acts for another organisation too is corrected by Tiera alone."""
    if await acts_elsewhere(session, person_id, actor.organisation_id):
        raise not_permitted("H11.3-a")


async def give_role(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    organisation_id: int,
    role: Role,
    competence: str | None = None,
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
) -> RoleHeld:
    """Announce that a person takes a role in an organisation (H10-a, H11.3-a, H11.3-b)."""
    person = await queries.get_person_for_change(session, actor, person_id)
    organisation = await queries.get_organisation(session, actor, organisation_id)
    policy.require_may_manage_people(actor, organisation)
    policy.require_other_person(actor, person.id)
    return await _begin_role(session, actor, person, organisation, role, competence, valid_from, valid_until, now=now)


@rule("H10-a", "H11.3-a", "H11.3-b")
async def _begin_role(
    session: Session,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    role: Role,
    competence: str | None,
    valid_from: date,
    valid_until: date | None,
    *,
    stood_for: RoleHeld | None = None,
    now: datetime,
) -> RoleHeld:
    rules.check_role(organisation.side, role)
    valid = rules.days(valid_from, valid_until)
    if await holds_role_within(session, person.id, organisation.id, role, valid):
        raise invalid(Text("The person holds this role on some of these days already."), "valid_from")
    stated = _text(competence, "competence") if competence else None
    stands_in: dict[str, Any] = {"stood_for": _person(stood_for)} if stood_for else {}
    concerns = organisation.concerns
    held = RoleHeld(
        person_id=person.id,
        organisation_id=organisation.id,
        role=role,
        valid=valid,
        announced_at=now,
        supplier_id=concerns.supplier_id,
        customer_id=concerns.customer_id,
        stands_in_for_id=stood_for and stood_for.id,
    )
    session.add(held)
    if stated is not None:
        await session.flush()
        session.add(StatedCompetence(role_held_id=held.id, competence=stated, recorded_at=now))
    await events.record(
        session,
        actor,
        "role.stand_in_named" if stood_for else "role.announced",
        held,
        at=now,
        rule="H11.10-a" if stood_for else "H11.3-b",
        within=person,
        audience=Audience.ALL,
        role=role,
        person=person.ref,
        valid_from=valid_from,
        valid_until=valid_until,
        in_advance=helsinki_date(now) < valid_from,
        **stands_in,
    )
    await role_end_verbs.watch_end(session, held, now=now)
    return held


@rule("H11.10-a", "H11.3-a", "D0-f")
async def name_stand_in(
    session: Session,
    actor: Actor,
    *,
    role_id: int,
    person_id: int,
    competence: str | None = None,
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
) -> RoleHeld:
    """Announce who stands in for a supplier's service manager from one day to another, with all rights of the role.

    It is one of the supplier's own people. Both are told, and so are the supplier's managers and Tiera's.
    """
    stood_for = await queries.get_role_for_change(session, actor, role_id)
    organisation = await queries.get_organisation(session, actor, stood_for.organisation_id)
    policy.require_may_manage_people(actor, organisation)
    policy.require_other_person(actor, person_id)
    rules.check_stand_in(stood_for, organisation.side, rules.days(valid_from, valid_until))
    person = await queries.get_person_for_change(session, actor, person_id)
    if not await works_for(session, person.id, organisation.id, valid_from):
        raise invalid(Text("A stand-in is one of the organisation's own people."), "person_id")
    return await _begin_role(
        session, actor, person, organisation, stood_for.role, competence, valid_from, valid_until,
        stood_for=stood_for, now=now,
    )  # fmt: skip


@rule("H11.3-a")
async def state_competence(session: Session, actor: Actor, role_id: int, *, competence: str, now: datetime) -> RoleHeld:
    """State the competence of a role's holder; what was stated before stays, as known until now."""
    held = await queries.get_role_for_change(session, actor, role_id)
    policy.require_may_manage_people(actor, await queries.get_organisation(session, actor, held.organisation_id))
    stated = _text(competence, "competence")
    if (before := await queries.known_competence(session, held.id)) is not None:
        before.ended_at = now
        await session.flush()
    session.add(StatedCompetence(role_held_id=held.id, competence=stated, recorded_at=now))
    await events.record(
        session,
        actor,
        "role.competence_stated",
        held,
        at=now,
        rule="H11.3-a",
        within=_person(held),
        audience=Audience.ALL,
    )
    return held


@rule("H11.3-b")
async def end_role(
    session: Session, actor: Actor, role_id: int, *, last_day: date, reason: str, now: datetime
) -> RoleHeld:
    """Announce the last day on which a person holds a role, and why; ordering rights end with their last role.

    With a day before its first, a role that begins today or later is called off: since now nobody holds it.
    """
    held = await queries.get_role_for_change(session, actor, role_id)
    policy.require_may_manage_people(actor, await queries.get_organisation(session, actor, held.organisation_id))
    rules.check_not_called_off(held)
    assert held.valid.lower is not None
    if last_day < held.valid.lower and helsinki_date(now) <= held.valid.lower:
        await _require_another_key_user(session, held, held.valid.lower, now=now)
        return await _call_off(session, actor, held, held.valid.lower, reason, now=now)
    before = rules.last_day(held.valid)
    if before is not None and last_day > before:
        raise broken_rule(
            "H11.3-b", Text("The role ends before that day already: give it anew if the person goes on."), "last_day"
        )
    valid = rules.days(held.valid.lower, last_day, "last_day")
    await _require_another_key_user(session, held, valid.upper or last_day, now=now)
    held.valid = valid
    held.end_announced_at = now
    held.end_reason = _text(reason, "reason")
    await events.record(
        session,
        actor,
        "role.end_announced",
        held,
        at=now,
        rule="H11.3-b",
        within=_person(held),
        audience=Audience.ALL,
        role=held.role,
        person=_person(held),
        last_day=last_day,
        in_advance=helsinki_date(now) <= last_day,
    )
    await role_end_verbs.watch_end(session, held, now=now)
    return held


async def _require_another_key_user(session: Session, held: RoleHeld, day: date, *, now: datetime) -> None:
    """Without a key user nobody gives roles any more: the last one stays."""
    if held.role is Role.KEY_USER and not await has_another_holder(session, held, max(day, helsinki_date(now))):
        raise invalid(Text("Nobody else is key user with no end after that: give the role to another."), "last_day")


async def _call_off(
    session: Session, actor: Actor, held: RoleHeld, first_day: date, reason: str, *, now: datetime
) -> RoleHeld:
    held.valid, held.called_off_from = Range(empty=True), first_day
    held.end_announced_at, held.end_reason = now, _text(reason, "reason")
    await events.record(
        session,
        actor,
        "role.called_off",
        held,
        at=now,
        rule="H11.3-b",
        within=_person(held),
        audience=Audience.ALL,
        role=held.role,
        person=_person(held),
        valid_from=first_day,
    )
    await role_end_verbs.watch_end(session, held, now=now)
    return held


@rule("H11.3-b")
async def require_replacement(session: Session, actor: Actor, role_id: int, *, reason: str, now: datetime) -> RoleHeld:
    """Require of a supplier that the holder of a role is replaced, and say why."""
    held = await queries.get_role_for_change(session, actor, role_id)
    policy.require_may_require_replacement(actor, held)
    rules.check_not_called_off(held)
    last = rules.last_day(held.valid)
    if held.replacement_required_at is not None or (last is not None and last < helsinki_date(now)):
        raise broken_rule("H11.3-b", Text("A replacement is required already, or the role has ended."))
    held.replacement_required_at = now
    held.replacement_reason = _text(reason, "reason")
    await events.record(
        session,
        actor,
        "role.replacement_required",
        held,
        at=now,
        rule="H11.3-b",
        within=_person(held),
        audience=Audience.BOTH,
        role=held.role,
        person=_person(held),
    )
    return held


def _person(held: RoleHeld) -> Ref:
    return Ref("Person", held.person_id)


def _text(text: str, path: str) -> str:
    return rules.read_line(text, path, most=LONGEST_TEXT)
