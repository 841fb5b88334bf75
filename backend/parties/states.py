"""Enums of the parties, and how an ordering right comes about."""

from enum import StrEnum

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
