"""Handling a complaint: at the supplier's own cost, unless both sides say that the cause was not its own (H11.10-h)."""

from datetime import datetime

from backend.complaints import queries, rules
from backend.complaints.model import Complaint
from backend.complaints.states import COMPLAINT, ComplaintAction
from backend.hours.model import OWN_COST, OwnCostTarget
from backend.hours.states import OwnCost
from backend.hours.target_verbs import open_target
from backend.kit.actor import Actor
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.faults import broken_rule
from backend.kit.translation import Text
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.rulebook.rules import rule
from backend.tickets import billing_queries, billing_verbs
from backend.tickets.billing_model import BillingApproval
from backend.tickets.billing_verbs import Billable, Figure


@rule("H11.10-h", "H11.9-h")
async def open_handling(session: Session, actor: Actor, complaint: Complaint, *, now: datetime) -> OwnCostTarget:
    """Open what the supplier books the handling of a complaint on, when it is sent."""
    target = OwnCostTarget(
        agreement_id=complaint.agreement_id,
        supplier_id=complaint.supplier_id,
        kind=OwnCost.COMPLAINTS,
        title=f"{complaint.number} {complaint.title}",
        number=complaint.number,
    )
    return await open_target(session, actor, target, within=complaint.ref, now=now)


@rule("H11.10-h", "H11.9-c")
async def bill_handling(
    session: Session,
    actor: Actor,
    *,
    complaint_id: int,
    figure: Figure,
    note: str | None = None,
    now: datetime,
) -> BillingApproval:
    """Approve the handling of a complaint for billing, once both sides have said that the cause was not the supplier's.

    As long as that stands it is booked on the approval; what was booked before is at the supplier's own cost until it
    is corrected.
    """
    complaint = await queries.get_complaint_for_change(session, actor, complaint_id)
    COMPLAINT.take(actor, complaint.state, ComplaintAction.BILL)
    if not rules.is_billable(complaint.tiera_says_suppliers, complaint.supplier_says_suppliers):
        message = Text("Handling a complaint is billed only when both sides say that the cause was not the supplier's.")
        raise broken_rule("H11.10-h", message)
    if await billing_queries.find_standing(session, complaint.ref) is not None:
        raise broken_rule("H11.9-c", Text("It is approved for billing already."))
    billing_verbs.check_figure(figure)
    today = helsinki_date(now)
    if not await billing_verbs.is_priced(session, figure, complaint.agreement_id, today):
        message = Text("The price group has no price in the agreement of this complaint today.")
        raise broken_rule("H11.9-c", message, "figure", "price_group_id")
    assert complaint.number is not None and complaint.sent_at is not None
    thing = Billable(
        about=complaint.ref,
        number=complaint.number,
        title=complaint.title,
        agreement_id=complaint.agreement_id,
        supplier_id=complaint.supplier_id,
        opens_on=helsinki_date(complaint.sent_at),
    )
    is_its = (Account.about_kind == "OwnCostTarget", Account.about_id == complaint.target_id)
    await ledger.lock(session, *is_its, purpose=OWN_COST)  # nobody books on it meanwhile
    said = note.strip() if note else ""
    return await billing_verbs.open_billing(session, actor, thing, figure, note=said or None, now=now)
