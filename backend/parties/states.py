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


class RightState(StrEnum):
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"


class RightAction(StrEnum):
    CONFIRM = "confirm"
    END = "end"


ORDERING_RIGHT = Workflow(
    (
        Move(RightAction.CONFIRM, RightState.PROPOSED, RightState.IN_FORCE, Right.CONFIRM_ORDERING_RIGHTS, "H11.8.1-a"),
        Move(RightAction.END, RightState.PROPOSED, RightState.ENDED, Right.NAME_ORDERING_CONTACTS, "H11.8.1-a"),
        Move(RightAction.END, RightState.IN_FORCE, RightState.ENDED, Right.NAME_ORDERING_CONTACTS, "H11.8.1-a"),
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
RIGHT_STATE_LABELS = register_labels(
    {
        RightState.PROPOSED: Text("waits for confirmation"),
        RightState.IN_FORCE: Text("confirmed"),
        RightState.ENDED: Text("ended"),
    }
)
RIGHT_ACTION_LABELS = register_labels({RightAction.CONFIRM: Text("Confirm"), RightAction.END: Text("End")})
