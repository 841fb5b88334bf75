"""The kinds, roles and gaps of organisations and people as the schema names them, and what is done to them."""

from enum import StrEnum

from backend.graphql.reads.shape import described
from backend.parties.states import Gap, OrganisationKind, PartyAction
from backend.rulebook.roles import Role

described(
    Role,
    "What somebody is in an organisation, from one day to another.",
    BUSINESS_MANAGER="Tiera's business manager: answers for the contract as a whole.",
    SOLUTION_MANAGER="Tiera's solution manager: answers for ordering development.",
    PRODUCT_OWNER="Tiera's product owner: the solution manager, or a person beside him.",
    SOLUTION_EXPERT="Tiera's solution expert.",
    SERVICE_MANAGER="A service manager, at Tiera or at a supplier.",
    PROJECT_MANAGER="A project manager, at Tiera or at a supplier.",
    ICT_ARCHITECT="An ICT architect, at Tiera or at a supplier.",
    SECURITY_LEAD="Who answers for security and risks, at Tiera or at a supplier.",
    KEY_USER="Tiera's key user: basic data, people, rights.",
    ACCOUNT_MANAGER="A supplier's account manager: owns the contracts, answers for invoicing.",
    QUALITY_LEAD="A supplier's quality lead.",
    EXPERT="A supplier's expert, who books hours.",
    REPRESENTATIVE="Who represents a customer.",
)
described(
    OrganisationKind,
    "What an organisation is; it may be several things at once.",
    BUYER="Tiera.",
    SUPPLIER="A supplier of Tiera's.",
    CUSTOMER="A customer of Tiera's.",
    MUNICIPALITY="A DigiOne municipality.",
    EDUCATION_PROVIDER="A provider of education.",
    JOINT_AUTHORITY="A joint municipal authority.",
    IP_OWNER="An owner of the intellectual property.",
    PARTNER="A partner.",
)
described(
    Gap,
    "What a role lacks.",
    NO_HOLDER="Nobody holds it.",
    NO_COMPETENCE="The holder's specific competence is not stated.",
)
described(
    PartyAction,
    "What you may do to an organisation, a person, a role, an agreement or an account.",
    CHANGE="Correct its data.",
    ADD_PERSON="Add somebody to the organisation.",
    GIVE_ROLE="Give the person another role.",
    STATE_COMPETENCE="State the holder's competence.",
    END="End it.",
    REQUIRE_REPLACEMENT="Require that the holder is replaced.",
    NAME_STAND_IN="Name who stands in for the holder.",
    PROPOSE_ACCOUNT="Propose an account that invoices are paid to.",
    CONFIRM="Confirm it.",
)


class OrganisationSort(StrEnum):
    NAME = "name"


described(OrganisationSort, "In which order organisations stand.", NAME="By name, as Finnish people sort.")


class PersonSort(StrEnum):
    NAME = "name"


described(PersonSort, "In which order people stand.", NAME="By name, as Finnish people sort.")


class RoleSort(StrEnum):
    OLDEST = "oldest"


described(RoleSort, "In which order roles stand.", OLDEST="As they were announced.")
