"""Organisations, what they are and how many inhabitants they have."""

from datetime import date, datetime

from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import constraint, invalid
from backend.kit.sorting import sort_key
from backend.kit.translation import Text
from backend.parties import policy, queries, rules
from backend.parties.model import InhabitantCount, Organisation, OrganisationKindHeld
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Right

constraint(
    "uq_organisations_business_id",
    invalid(Text("There is an organisation with this business id already."), "business_id"),
)
constraint("uq_organisations_buyer", invalid(Text("There is one buyer, and it is here already."), "side"))
constraint(
    "organisation_kinds_int8range_int8range1_valid_excl",
    invalid(Text("The organisation is of this kind on some of these days already."), "valid_from"),
)


async def add_organisation(
    session: Session, actor: Actor, *, name: str, side: ActorKind, business_id: str | None = None, now: datetime
) -> Organisation:
    """A party, on whose side its people act; Tiera itself is there once."""
    policy.require(actor, Right.ADMINISTER)
    if side is ActorKind.SYSTEM:
        raise invalid(Text("Choose the side on which the organisation's people act."), "side")
    name = rules.read_line(name, "name")
    organisation = Organisation(
        name=name,
        sort_key=sort_key(name),
        business_id=rules.read_business_id(business_id) if business_id else None,
        side=side,
        created_at=now,
    )
    session.add(organisation)
    await events.record(session, actor, "organisation.added", organisation, at=now, audience=Audience.ALL)
    return organisation


async def change_organisation(
    session: Session,
    actor: Actor,
    organisation_id: int,
    *,
    name: str,
    business_id: str | None = None,
    expected_version: int | None = None,
    now: datetime,
) -> Organisation:
    """Correct a name or a business id. VERSION_CONFLICT where somebody else was faster."""
    organisation = await queries.get_organisation_for_change(session, actor, organisation_id, expected_version)
    policy.require(actor, Right.ADMINISTER)
    organisation.name = rules.read_line(name, "name")
    organisation.sort_key = sort_key(organisation.name)
    organisation.business_id = rules.read_business_id(business_id) if business_id else None
    organisation.version += 1
    await events.record(session, actor, "organisation.changed", organisation, at=now, audience=Audience.ALL)
    return organisation


async def record_inhabitants(
    session: Session,
    actor: Actor,
    organisation_id: int,
    *,
    inhabitants: int,
    counted_on: date,
    source: str,
    now: datetime,
) -> Organisation:
    """How many inhabitants there are (or an organisation represents), by whose count of which day.

    What was recorded before stays, as known until now.
    """
    organisation = await queries.get_organisation_for_change(session, actor, organisation_id)
    policy.require(actor, Right.ADMINISTER)
    if inhabitants < 0:
        raise invalid(Text("Give a number of zero or more."), "inhabitants")
    if counted_on > helsinki_date(now):
        raise invalid(Text("Give the day on which they were counted, today at the latest."), "counted_on")
    source = rules.read_line(source, "source")
    if (before := await queries.known_count(session, organisation.id)) is not None:
        before.ended_at = now
        await session.flush()
    session.add(
        InhabitantCount(
            organisation_id=organisation.id,
            inhabitants=inhabitants,
            counted_on=counted_on,
            source=source,
            recorded_at=now,
        )
    )
    organisation.version += 1
    await events.record(
        session,
        actor,
        "organisation.inhabitants_recorded",
        organisation,
        at=now,
        audience=Audience.ALL,
        inhabitants=inhabitants,
        before=before and before.inhabitants,
        counted_on=counted_on,
    )
    return organisation


async def hold_kind(
    session: Session,
    actor: Actor,
    organisation_id: int,
    *,
    kind: OrganisationKind,
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
) -> Organisation:
    """That an organisation is of a kind from one day to another (the last counted), or for good."""
    organisation = await queries.get_organisation_for_change(session, actor, organisation_id)
    policy.require(actor, Right.ADMINISTER)
    held = OrganisationKindHeld(organisation_id=organisation.id, kind=kind, valid=rules.days(valid_from, valid_until))
    session.add(held)
    await events.record(
        session,
        actor,
        "organisation.kind_held",
        organisation,
        at=now,
        audience=Audience.ALL,
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return organisation


async def end_kind(session: Session, actor: Actor, kind_id: int, *, last_day: date, now: datetime) -> Organisation:
    """The last day on which an organisation is of a kind."""
    held = await queries.get_kind_for_change(session, actor, kind_id)
    policy.require(actor, Right.ADMINISTER)
    assert held.valid.lower is not None
    held.valid = rules.days(held.valid.lower, last_day, "last_day")
    organisation = await queries.get_organisation(session, actor, held.organisation_id)
    await events.record(
        session,
        actor,
        "organisation.kind_ended",
        organisation,
        at=now,
        audience=Audience.ALL,
        kind=held.kind,
        last_day=last_day,
    )
    return organisation
