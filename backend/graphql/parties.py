"""Organisations and people, and the roles they hold."""

import datetime as dt
from typing import Any, Final

import sqlalchemy as sa
import strawberry

import backend.graphql.viewer  # noqa: F401  which publishes sides and languages
from backend.graphql.events import Event, timeline_of
from backend.graphql.inputs import filter_input, key, value
from backend.graphql.party_states import OrganisationSort, PersonSort, RoleSort
from backend.graphql.reads.shape import (
    argument,
    column,
    computed,
    connection,
    everyone,
    many,
    newest,
    oldest,
    one,
    root,
    shape,
    sql,
)
from backend.graphql.relay import Connection, Node, Subject
from backend.kit.actor import Actor, ActorKind, Language
from backend.kit.conditions import has_words, held, rows_of, there_is, when
from backend.kit.database import Condition, Row
from backend.parties import figures, model, policy, queries
from backend.parties.days import is_not_over_on, is_valid_on
from backend.parties.states import Gap, OrganisationKind, PartyAction
from backend.rulebook.roles import RIGHTS, Right, Role

MOST_CHOICES: Final = 500
"""So many organisations or services a form offers to choose from: Finland has 308 municipalities."""


@shape(model.OrganisationKindHeld, queries.visible_kinds)
class OrganisationKindHeld(Node):
    """That an organisation is of a kind, from one day to another."""

    kind: OrganisationKind = column("What it is.")
    valid_from: dt.date = sql(figures.first_day, "The first day.")
    valid_until: dt.date | None = sql(figures.last_day, "The last day; null for good.")


@shape(model.InhabitantCount, queries.visible_counts, sort=newest("recorded_at", "id"))
class InhabitantCount(Node):
    """How many inhabitants an organisation has, or represents, by a count of one day."""

    inhabitants: int = column("How many.")
    counted_on: dt.date = column("The day of the count.")
    source: str = column("Who counted them.")
    recorded_at: dt.datetime = column("When it was recorded.")
    ended_at: dt.datetime | None = column("When another took its place; null while it is what is known.")


@shape(model.Organisation, queries.visible_organisations, sort={OrganisationSort.NAME: oldest("sort_key", "id")})
class Organisation(Subject):
    """A party: Tiera, a supplier, a customer or a partner."""

    name: str = column("What it is called.")
    business_id: str | None = column("Its Finnish business id.")
    side: ActorKind = column("On whose side its people act.")
    inhabitants: int | None = sql(
        figures.known_of_inhabitants("inhabitants"), "How many inhabitants it has, or represents."
    )
    inhabitants_on: dt.date | None = sql(figures.known_of_inhabitants("counted_on"), "The day of that count.")
    inhabitants_source: str | None = sql(figures.known_of_inhabitants("source"), "Who counted them.")
    inhabitant_counts: list[InhabitantCount] = many(
        lambda o, c: c.organisation_id == o.id,
        "All counts of its inhabitants that were recorded, the newest first.",
        with_parent=True,
    )
    version: int = column("Goes up with every change.")
    kinds: list[OrganisationKindHeld] = many(
        lambda o, k: k.organisation_id == o.id, "What it is and was, from day to day.", with_parent=True
    )
    timeline: Connection[Event] = timeline_of("Organisation")
    available_actions: list[PartyAction] = computed(
        policy.actions_on_organisation, lambda o: {"id": o.id}, "What you may do to it now."
    )


def _told_to(may_read: Any, of: Any) -> Any:
    """A column of a row for those who may read it, by a condition over the actor and the row; null for others."""

    def expression(row: Row, actor: Actor) -> sa.ColumnElement[Any]:
        return sa.case((may_read(actor, row), of(row)))

    return expression


def _organisations_of(row: Row, *, called_off: bool) -> sa.ColumnElement[Any]:
    """For whom a person holds or held a role; `called_off`: those count too that were called off."""
    role = rows_of(model.RoleHeld)
    counts = sa.true() if called_off else role.c.called_off_from.is_(None)
    ids = sa.select(sa.func.json_agg(role.c.organisation_id.distinct())).where(role.c.person_id == row.id, counts)
    return ids.correlate_except(role).scalar_subquery()


@shape(model.Person, queries.visible_people, sort={PersonSort.NAME: oldest("sort_key", "id")})
class Person(Subject):
    """Somebody who takes part; what they are is said by the roles they hold."""

    name: str = column("First and last name.")
    # Addresses are for those who may see the person by themselves, not only beside something else.
    email: str | None = sql(
        _told_to(queries.visible_people, lambda p: p.email), "Mail address, where you may turn to them.", by_actor=True
    )
    phone: str | None = sql(
        _told_to(queries.visible_people, lambda p: p.phone), "Telephone, where you may turn to them.", by_actor=True
    )
    language: Language = column("The language in which they read.")
    version: int = column("Goes up with every change.")
    roles: list["RoleHeld"] = many(
        lambda p, r, on, not_over_on: sa.and_(
            r.person_id == p.id,
            when(on, lambda day: is_valid_on(r, day)),
            when(not_over_on, lambda day: is_not_over_on(r, day)),
        ),
        "The roles they hold or held, where you may see them.",
        on=argument(dt.date | None, "Only those of this day."),
        not_over_on=argument(dt.date | None, "Only those of this day or later."),
    )
    timeline: Connection[Event] | None = timeline_of("Person", seen_by=policy.may_read_of_people)
    available_actions: list[PartyAction] = computed(
        policy.actions_on_person,
        lambda p: {
            "id": p.id,
            "organisation_ids": _organisations_of(p, called_off=True),
            "acting_ids": _organisations_of(p, called_off=False),
        },
        "What you may do to them now.",
    )


@shape(model.StatedCompetence, queries.visible_competences, sort=newest("recorded_at", "id"))
class StatedCompetence(Subject):
    """What was stated of the competence of a role's holder."""

    competence: str = column("The specific competence.")
    recorded_at: dt.datetime = column("When it was stated.")
    ended_at: dt.datetime | None = column("When another statement took its place; null while it holds.")
    role: "RoleHeld" = one(lambda c, r: r.id == c.role_held_id, "Of which role.", with_parent=True)


@shape(model.RoleHeld, queries.visible_roles, sort={RoleSort.OLDEST: oldest("id")})
class RoleHeld(Subject):
    """A person in a role for an organisation, with the competence stated for it."""

    role: Role = column("Which role.")
    competence: str | None = sql(figures.known_competence, "The holder's specific competence for it.")
    competences: list[StatedCompetence] = many(
        lambda r, c: c.role_held_id == r.id,
        "All that was stated of the holder's competence for it, the newest first.",
        with_parent=True,
    )
    valid_from: dt.date = sql(figures.first_day_of_role, "The first day, also of one that was called off.")
    valid_until: dt.date | None = sql(
        figures.last_day_of_role,
        "The last day; null where no end is known. Of one that was called off the day before its first.",
    )
    is_called_off: bool = sql(
        lambda r: r.called_off_from.is_not(None), "Whether it was called off, on its first day at the latest."
    )
    announced_at: dt.datetime = column("When it was announced that the person begins.")
    end_announced_at: dt.datetime | None = column("When its end was announced.")
    end_reason: str | None = sql(
        _told_to(figures.reads_why, lambda r: r.end_reason),
        "Why it ends; null where that is not yours to read.",
        by_actor=True,
    )
    replacement_required_at: dt.datetime | None = column("When Tiera required that the person is replaced.")
    replacement_reason: str | None = sql(
        _told_to(figures.reads_why, lambda r: r.replacement_reason),
        "Why Tiera required it; null where that is not yours to read.",
        by_actor=True,
    )
    person: Person = one(lambda r, p: p.id == r.person_id, "Who holds it.", with_parent=True)
    stands_in_for: "RoleHeld | None" = one(
        lambda r, of: of.id == r.stands_in_for_id, "The holder for whom this one stands in; null: it is their own role."
    )
    stand_ins: list["RoleHeld"] = many(lambda r, of: of.stands_in_for_id == r.id, "Who stands or stood in for them.")
    organisation: Organisation = one(lambda r, o: o.id == r.organisation_id, "For whom.", with_parent=True)
    available_actions: list[PartyAction] = computed(
        policy.actions_on_role,
        lambda r: {
            "organisation_id": r.organisation_id,
            "supplier_id": r.supplier_id,
            "is_required": r.replacement_required_at.is_not(None),
            "has_stand_ins": figures.has_stand_ins(r),
            "is_called_off": r.called_off_from.is_not(None),
        },
        "What you may do to it now.",
    )


@shape(figures.unfilled_roles(on=sa.literal(dt.date.min)), figures.visible_gaps)
class UnfilledRole:
    """A role without holder, or a holder without stated competence."""

    role: Role = column("Which role.")
    gap: Gap = column("What it lacks.")
    organisation: Organisation = one(lambda g, o: o.id == g.organisation_id, "Whose role it is.", with_parent=True)
    held: RoleHeld | None = one(
        lambda g, r: r.id == g.role_held_id, "The holder whose competence is not stated.", with_parent=True
    )


@filter_input
class OrganisationFilter:
    """Which organisations."""

    side: ActorKind | None = value("On this side.", default=None)
    words: str | None = value("With these words in name or business id.", default=None)


@filter_input
class PersonFilter:
    """Which people."""

    words: str | None = value("With these words in name or mail address.", default=None)
    organisation_id: strawberry.ID | None = key("Organisation", "With a role in this organisation.", default=None)
    side: ActorKind | None = value("With a role on this side.", default=None)
    role: Role | None = value("With this role.", default=None)
    on: dt.date | None = value("The roles are those of this day.", default=None)
    not_over_on: dt.date | None = value("The roles are those of this day or later.", default=None)
    handles_tickets: bool | None = value("With a role that may handle tickets, or with another.", default=None)


HANDLERS: Final = {
    side: [role for (of, role), rights in RIGHTS.items() if of is side and Right.HANDLE_TICKETS in rights]
    for side in (ActorKind.BUYER, ActorKind.SUPPLIER)
}
"""The roles of each side that may handle tickets."""


def _handles_tickets(role: Row, organisation: Row) -> Condition:
    """SQL: whether a role in an organisation may handle tickets."""
    return sa.or_(*(sa.and_(organisation.side == side, role.role.in_(roles)) for side, roles in HANDLERS.items()))


def _organisations(_: None, row: Row, *, where: Any) -> Condition:
    return sa.and_(
        when(where.side, lambda side: row.side == side),
        when(where.words, lambda words: has_words(words, row.name, row.business_id)),
    )


def _people(_: None, row: Row, actor: Actor, *, where: Any) -> Condition:
    role, organisation = rows_of(model.RoleHeld), rows_of(model.Organisation)
    asked = [where.organisation_id, where.side, where.role, where.on, where.not_over_on, where.handles_tickets]
    holds = there_is(
        role,
        role.c.person_id == row.id,
        role.c.organisation_id == organisation.c.id,
        queries.visible_roles(actor, role.c),
        when(where.organisation_id, lambda o: organisation.c.id == o.of("Organisation")),
        when(where.side, lambda side: organisation.c.side == side),
        when(where.role, lambda r: role.c.role == r),
        when(where.on, lambda day: is_valid_on(role.c, day)),
        when(where.not_over_on, lambda day: is_not_over_on(role.c, day)),
        when(where.handles_tickets, lambda wanted: held(_handles_tickets(role.c, organisation.c), wanted)),
        beside=organisation,
    )
    return sa.and_(
        when(where.words, lambda words: has_words(words, row.name, row.email)),
        sa.true() if all(part is None for part in asked) else holds,
    )


def _roles(_: None, row: Row, *, organisation_id: Any, role: Any, on: Any) -> Condition:
    return sa.and_(
        when(organisation_id, lambda o: row.organisation_id == o.of("Organisation")),
        when(role, lambda r: row.role == r),
        when(on, lambda day: is_valid_on(row, day)),
    )


@root
class PartiesQuery:
    """Organisations, people and roles."""

    organisation: Organisation | None = one(
        lambda _, o, id: o.id == id.of("Organisation"),
        "One organisation.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Its identifier."),
    )
    organisations: Connection[Organisation] | None = connection(
        _organisations,
        "Organisations: all of them for Tiera, itself and Tiera for another.",
        seen_by=everyone,
        order=OrganisationSort,
        cap=MOST_CHOICES,
        where=argument(OrganisationFilter | None, "Which ones."),
    )
    person: Person | None = one(
        lambda _, p, id: p.id == id.of("Person"),
        "One person.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Their identifier."),
    )
    people: Connection[Person] | None = connection(
        _people,
        "People: one's own and those who hold a role at Tiera; all of them for Tiera.",
        by_actor=True,
        seen_by=everyone,
        order=PersonSort,
        cap=MOST_CHOICES,
        where=argument(PersonFilter | None, "Which ones."),
    )
    role_held: RoleHeld | None = one(
        lambda _, r, id: r.id == id.of("RoleHeld"),
        "One role of one person.",
        seen_by=everyone,
        id=argument(strawberry.ID, "Its identifier."),
    )
    role_holders: Connection[RoleHeld] | None = connection(
        _roles,
        "Who holds which role, in one's own organisation and at Tiera.",
        seen_by=everyone,
        order=RoleSort,
        organisation_id=argument(strawberry.ID | None, "In this organisation."),
        role=argument(Role | None, "This role."),
        on=argument(dt.date | None, "On this day; else ever."),
    )
    unfilled_roles: list[UnfilledRole] | None = many(
        lambda _, g, on: sa.true(),
        "Roles without holder or without stated competence, of Tiera and of suppliers with an agreement.",
        rows=figures.unfilled_roles,
        seen_by=everyone,
        on=argument(dt.date, "On this day."),
    )
