"""Enums of the parties, what people read for them, and how an ordering right comes about."""

from enum import StrEnum

from backend.kit.actor import ActorKind, Language
from backend.kit.translation import Text, register_labels
from backend.kit.workflow import Move, Workflow
from backend.rulebook.roles import Right


class OrganisationKind(StrEnum):
    """What an organisation is; it may be several things at once, each with its dates."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    MUNICIPALITY = "municipality"
    EDUCATION_PROVIDER = "education_provider"
    JOINT_AUTHORITY = "joint_authority"
    IP_OWNER = "ip_owner"
    PARTNER = "partner"


class AgreementKind(StrEnum):
    """With whom Tiera agreed; there is none between supplier and customer (H3-a)."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"


class ReferenceKey(StrEnum):
    """Reference data that a line must carry when Tiera has announced it (H11.9-i)."""

    ORDER_NUMBER = "order_number"
    PERIOD = "period"
    PRICE_GROUP = "price_group"
    AGREEMENT_NUMBER = "agreement_number"
    BUYER_REFERENCE = "buyer_reference"
    SUPPLIER_NUMBER = "supplier_number"


class AccountState(StrEnum):
    """Of a bank account: whether invoices may be paid to it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class Gap(StrEnum):
    """What a role lacks that both sides are shown (H11.3-a)."""

    NO_HOLDER = "no_holder"
    NO_COMPETENCE = "no_competence"


class TermOrigin(StrEnum):
    """Where a term's value of a day comes from."""

    CONTRACT = "contract"
    INSTALLATION = "installation"
    AGREEMENT = "agreement"


class PartyAction(StrEnum):
    """What may be done to an organisation, a person, a role or an agreement."""

    CHANGE = "change"
    ADD_PERSON = "add_person"
    GIVE_ROLE = "give_role"
    STATE_COMPETENCE = "state_competence"
    END = "end"
    REQUIRE_REPLACEMENT = "require_replacement"
    NAME_STAND_IN = "name_stand_in"
    PROPOSE_ACCOUNT = "propose_account"
    CONFIRM = "confirm"


class ServiceChannelKind(StrEnum):
    """What a service is reached by."""

    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    CHAT = "chat"
    ON_CALL = "on_call"
    """Whoever is on call outside the hours of service."""


class ServiceStage(StrEnum):
    """Whether a service has started."""

    PREPARED = "prepared"
    STARTED = "started"


class ServiceAction(StrEnum):
    """What may be done about a service's start."""

    START = "start"
    DEFINE_CHANNELS = "define_channels"
    TAKE_BACK = "take_back"
    """Say that it had not started after all."""


class RightState(StrEnum):
    """How far a naming in writing has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"


class RightAction(StrEnum):
    """What may be done to an ordering right; a new version of it is entered as a naming."""

    CONFIRM = "confirm"
    END = "end"


ORDERING_RIGHT = Workflow(
    (
        Move(RightAction.CONFIRM, RightState.PROPOSED, RightState.IN_FORCE, Right.CONFIRM_ORDERING_RIGHTS, "H11.8.1-a"),
        Move(RightAction.END, RightState.PROPOSED, RightState.ENDED, Right.NAME_ORDERING_CONTACTS, "H11.8.1-a"),
        Move(RightAction.END, RightState.IN_FORCE, RightState.ENDED, Right.NAME_ORDERING_CONTACTS, "H11.8.1-a"),
    )
)

SERVICE = Workflow(
    (
        Move(ServiceAction.START, ServiceStage.PREPARED, ServiceStage.STARTED, Right.START_SERVICES, "H11.11-e"),
        Move(
            ServiceAction.DEFINE_CHANNELS,
            ServiceStage.PREPARED,
            ServiceStage.PREPARED,
            Right.START_SERVICES,
            "H11.5-a",
        ),
        Move(
            ServiceAction.DEFINE_CHANNELS, ServiceStage.STARTED, ServiceStage.STARTED, Right.START_SERVICES, "H11.5-a"
        ),
        Move(ServiceAction.TAKE_BACK, ServiceStage.STARTED, ServiceStage.PREPARED, Right.START_SERVICES, "H11.11-e"),
    )
)

SIDE_LABELS = register_labels(
    {
        ActorKind.BUYER: Text("Tiera"),
        ActorKind.SUPPLIER: Text("Supplier"),
        ActorKind.CUSTOMER: Text("Customer"),
        ActorKind.SYSTEM: Text("The portal itself"),
    }
)
LANGUAGE_LABELS = register_labels(
    {Language.FI: Text("Finnish"), Language.SV: Text("Swedish"), Language.EN: Text("English")}
)
ORGANISATION_KIND_LABELS = register_labels(
    {
        OrganisationKind.BUYER: Text("Buyer"),
        OrganisationKind.SUPPLIER: Text("Supplier"),
        OrganisationKind.CUSTOMER: Text("Customer"),
        OrganisationKind.MUNICIPALITY: Text("DigiOne municipality"),
        OrganisationKind.EDUCATION_PROVIDER: Text("Education provider"),
        OrganisationKind.JOINT_AUTHORITY: Text("Joint municipal authority"),
        OrganisationKind.IP_OWNER: Text("IP owner"),
        OrganisationKind.PARTNER: Text("Partner"),
    }
)
AGREEMENT_KIND_LABELS = register_labels(
    {
        AgreementKind.SUPPLIER: Text("Tiera and a supplier"),
        AgreementKind.CUSTOMER: Text("Tiera and a customer"),
    }
)
REFERENCE_KEY_LABELS = register_labels(
    {
        ReferenceKey.ORDER_NUMBER: Text("Tiera's order number"),
        ReferenceKey.PERIOD: Text("Period"),
        ReferenceKey.PRICE_GROUP: Text("Price group"),
        ReferenceKey.AGREEMENT_NUMBER: Text("Agreement number"),
        ReferenceKey.BUYER_REFERENCE: Text("Buyer's reference"),
        ReferenceKey.SUPPLIER_NUMBER: Text("Supplier's order number"),
    }
)
ACCOUNT_STATE_LABELS = register_labels(
    {
        AccountState.PROPOSED: Text("waits for confirmation"),
        AccountState.CONFIRMED: Text("confirmed"),
        AccountState.ENDED: Text("ended"),
    }
)
SERVICE_CHANNEL_KIND_LABELS = register_labels(
    {
        ServiceChannelKind.PORTAL: Text("Portal"),
        ServiceChannelKind.PHONE: Text("Phone"),
        ServiceChannelKind.MAIL: Text("Mail"),
        ServiceChannelKind.CHAT: Text("Chat"),
        ServiceChannelKind.ON_CALL: Text("On call"),
    }
)
SERVICE_STAGE_LABELS = register_labels(
    {ServiceStage.PREPARED: Text("not started"), ServiceStage.STARTED: Text("started")}
)
RIGHT_STATE_LABELS = register_labels(
    {
        RightState.PROPOSED: Text("waits for confirmation"),
        RightState.IN_FORCE: Text("confirmed"),
        RightState.ENDED: Text("ended"),
    }
)
RIGHT_ACTION_LABELS = register_labels({RightAction.CONFIRM: Text("Confirm"), RightAction.END: Text("End")})
GAP_LABELS = register_labels({Gap.NO_HOLDER: Text("nobody holds it"), Gap.NO_COMPETENCE: Text("competence not stated")})
TERM_ORIGIN_LABELS = register_labels(
    {
        TermOrigin.CONTRACT: Text("the governance model, or ours"),
        TermOrigin.INSTALLATION: Text("all agreements"),
        TermOrigin.AGREEMENT: Text("this agreement"),
    }
)
PARTY_ACTION_LABELS = register_labels(
    {
        PartyAction.CHANGE: Text("Change"),
        PartyAction.ADD_PERSON: Text("Add a person"),
        PartyAction.GIVE_ROLE: Text("Give a role"),
        PartyAction.STATE_COMPETENCE: Text("State the competence"),
        PartyAction.END: Text("End"),
        PartyAction.REQUIRE_REPLACEMENT: Text("Require a replacement"),
        PartyAction.NAME_STAND_IN: Text("Name a stand-in"),
        PartyAction.PROPOSE_ACCOUNT: Text("Propose an account"),
        PartyAction.CONFIRM: Text("Confirm"),
    }
)
