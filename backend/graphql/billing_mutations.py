"""What Tiera does about billing of tickets, each field a verb of the slice."""

from decimal import Decimal
from typing import Any

import strawberry

from backend.graphql.billing import BillingApproval, BillingRound
from backend.graphql.files import attached
from backend.graphql.inputs import key, part, value
from backend.graphql.mutations import mutation, mutations
from backend.graphql.tickets import Ticket
from backend.kit.amounts import Minutes
from backend.rulebook.roles import Right
from backend.tickets import billing_asking_verbs, billing_verbs

BILLING: dict[str, Any] = {"by": Right.APPROVE_BILLING, "rule": "H11.9-c"}


@part(billing_verbs.Figure)
class BillingFigureInput:
    """What may be billed: effort at a price group up to a ceiling, or a fixed sum."""

    minutes: Minutes | None = value("Of effort: the ceiling.", default=None)
    price_group_id: strawberry.ID | None = key("PriceGroup", "Of effort: at which price.", default=None)
    euros: Decimal | None = value("A fixed sum, without VAT, for what was done.", default=None)


@mutation(billing_verbs.approve_for_billing, billing_round=BillingRound, **BILLING)
class ApproveForBilling:
    """Approve incidents and service requests for billing; what does not go is left out, with the reason."""

    ticket_ids: list[strawberry.ID] = key("Ticket", "The tickets.")
    figure: BillingFigureInput | None = value("What may be billed of each.", default=None)
    note: str | None = value("What the supplier is to know.", default=None)


@mutation(billing_verbs.raise_billing, billing_approval=BillingApproval, **BILLING)
class RaiseBilling:
    """Let more effort be billed than was approved first."""

    approval_id: strawberry.ID = key("BillingApproval", "The approval.")
    minutes: Minutes = value("How much more.")
    reason: str = value("Why, for the supplier to read.")


@mutation(billing_verbs.take_billing_back, billing_approval=BillingApproval, **BILLING)
class TakeBillingBack:
    """Undo an approval for billing while nothing came of it."""

    approval_id: strawberry.ID = key("BillingApproval", "The approval.")
    reason: str = value("Why, for the supplier to read.")


@mutation(billing_asking_verbs.ask_for_billing, by=Right.SEND_INVOICES, rule="H11.9-c", ticket=Ticket)
class AskForBilling:
    """Ask Tiera to approve a ticket for billing, for the supplier; Tiera's time to answer runs."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("What was done, and what is to be billed; Tiera and the supplier read it.")
    file_ids: list[strawberry.ID] | None = attached()


@mutation(billing_asking_verbs.decline_billing, ticket=Ticket, **BILLING)
class DeclineBilling:
    """Say that what waits to be approved for billing is not billed."""

    ticket_id: strawberry.ID = key("Ticket", "The ticket.")
    reason: str = value("Why, for the supplier to read.")
    file_ids: list[strawberry.ID] | None = attached()


BillingMutation = mutations(ApproveForBilling, RaiseBilling, TakeBillingBack, AskForBilling, DeclineBilling)
