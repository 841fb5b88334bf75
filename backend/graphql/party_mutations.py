"""What can be done to organisations, people and the roles they hold, each field a verb of the slice."""

import datetime as dt

import strawberry

from backend.graphql.inputs import key, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.parties import Organisation, Person, RoleHeld
from backend.identity import verbs
from backend.kit.actor import ActorKind, Language
from backend.parties import organisation_verbs, people_verbs
from backend.parties.states import OrganisationKind
from backend.rulebook.roles import Right, Role

MANAGES = (Right.ADMINISTER, Right.MANAGE_OWN_PEOPLE)


@mutation(organisation_verbs.add_organisation, organisation=Organisation, by=Right.ADMINISTER)
class AddOrganisation:
    """Add a party."""

    name: str = value("What it is called.")
    side: ActorKind = value("On whose side its people act.")
    business_id: str | None = value("Its Finnish business id.", default=None)


@mutation(organisation_verbs.change_organisation, organisation=Organisation, by=Right.ADMINISTER, edits=True)
class ChangeOrganisation:
    """Correct an organisation's name or business id."""

    organisation_id: strawberry.ID = key("Organisation", "Which.")
    name: str = value("What it is called.")
    business_id: str | None = value("Its Finnish business id; left out: it has none.", default=None)


@mutation(organisation_verbs.record_inhabitants, organisation=Organisation, by=Right.ADMINISTER)
class RecordInhabitants:
    """Record how many inhabitants an organisation has, or represents."""

    organisation_id: strawberry.ID = key("Organisation", "Whose.")
    inhabitants: int = value("How many.")
    counted_on: dt.date = value("The day of the count.")
    source: str = value("Who counted them.")


@mutation(organisation_verbs.hold_kind, organisation=Organisation, by=Right.ADMINISTER)
class HoldOrganisationKind:
    """Say that an organisation is of a kind, from a day on."""

    organisation_id: strawberry.ID = key("Organisation", "Which.")
    kind: OrganisationKind = value("What it is.")
    valid_from: dt.date = value("The first day.")
    valid_until: dt.date | None = value("The last day; left out: for good.", default=None)


@mutation(organisation_verbs.end_kind, organisation=Organisation, by=Right.ADMINISTER)
class EndOrganisationKind:
    """Say on which day an organisation is of a kind for the last time."""

    kind_id: strawberry.ID = key("OrganisationKindHeld", "Which.")
    last_day: dt.date = value("The last day.")


@mutation(people_verbs.add_person, person=Person, by=MANAGES, rule="H11.3-a")
class AddPerson:
    """Add somebody new, with a first role."""

    organisation_id: strawberry.ID = key("Organisation", "For which organisation.")
    role: Role = value("In which role.")
    name: str = value("First and last name.")
    email: str = value("Mail address: nobody else's.")
    phone: str | None = value("Telephone.", default=None)
    language: Language = value("The language in which they read.", default=Language.FI)
    competence: str | None = value("Their specific competence for the role.", default=None)
    valid_from: dt.date = value("The first day of the role.")
    valid_until: dt.date | None = value("The last day of the role; left out: no end is known.", default=None)


@mutation(verbs.change_person, person=Person, by=MANAGES, edits=True)
class ChangePerson:
    """Correct what is known of a person."""

    person_id: strawberry.ID = key("Person", "Whom.")
    name: str = value("First and last name.")
    email: str = value("Mail address.")
    phone: str | None = value("Telephone; left out: none.", default=None)
    language: Language = value("The language in which they read.")


@mutation(people_verbs.give_role, role_held=RoleHeld, by=MANAGES, rule="H11.3-b")
class GiveRole:
    """Announce that a person takes a role."""

    person_id: strawberry.ID = key("Person", "Who.")
    organisation_id: strawberry.ID = key("Organisation", "For which organisation.")
    role: Role = value("Which role.")
    competence: str | None = value("The person's specific competence for it.", default=None)
    valid_from: dt.date = value("The first day.")
    valid_until: dt.date | None = value("The last day; left out: no end is known.", default=None)


@mutation(people_verbs.name_stand_in, role_held=RoleHeld, by=MANAGES, rule="H11.10-a")
class NameStandIn:
    """Announce who stands in for a supplier's service manager, with the rights of the role: complaints reach both."""

    role_id: strawberry.ID = key("RoleHeld", "For the holder of which role.")
    person_id: strawberry.ID = key("Person", "Who stands in: one of the same organisation.")
    competence: str | None = value("The person's specific competence for it.", default=None)
    valid_from: dt.date = value("The first day.")
    valid_until: dt.date | None = value("The last day; left out: no end is known.", default=None)


@mutation(people_verbs.state_competence, role_held=RoleHeld, by=MANAGES, rule="H11.3-a")
class StateCompetence:
    """State the competence of a role's holder."""

    role_id: strawberry.ID = key("RoleHeld", "Whose role.")
    competence: str = value("The specific competence.")


@mutation(people_verbs.end_role, role_held=RoleHeld, by=MANAGES, rule="H11.3-b")
class EndRole:
    """Announce the last day of a person in a role, or call off one that begins today or later."""

    role_id: strawberry.ID = key("RoleHeld", "Which role.")
    last_day: dt.date = value("The last day. With one before its first the role is called off.")
    reason: str = value("Why.")


@mutation(people_verbs.require_replacement, role_held=RoleHeld, by=Right.REQUIRE_REPLACEMENT, rule="H11.3-b")
class RequireReplacement:
    """Require that a supplier replaces the holder of a role."""

    role_id: strawberry.ID = key("RoleHeld", "Which role.")
    reason: str = value("Why, for both sides to read.")


PartiesMutation = mutations(
    AddOrganisation,
    ChangeOrganisation,
    RecordInhabitants,
    HoldOrganisationKind,
    EndOrganisationKind,
    AddPerson,
    ChangePerson,
    GiveRole,
    NameStandIn,
    StateCompetence,
    EndRole,
    RequireReplacement,
)
