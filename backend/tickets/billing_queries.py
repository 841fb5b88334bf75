"""Who sees what was approved for billing, and loads for verbs; a customer sees nothing of it (D2.1-c)."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from backend.kit import faults
from backend.kit.actor import Actor, ActorKind
from backend.kit.conditions import rows_of, there_is
from backend.kit.database import Condition, Row, Session
from backend.kit.deadlines import Deadline
from backend.kit.refs import Ref, register_thing
from backend.ledger import verbs as ledger
from backend.ledger.model import Account
from backend.rulebook.rules import rule
from backend.tickets.billing_model import BILLING, WORDS_OF_BILLING_APPROVALS, BillingApproval, BillingRound
from backend.tickets.model import Ticket
from backend.tickets.states import ClockKind


@rule("D2.1-c")
def visible_billing_approvals(actor: Actor, approval: Row) -> Condition:
    """Tiera sees all, a supplier its own."""
    match actor.kind:
        case ActorKind.BUYER | ActorKind.SYSTEM:
            return sa.true()
        case ActorKind.SUPPLIER:
            return sa.and_(approval.supplier_id == actor.organisation_id)
    return sa.false()


def visible_rounds(actor: Actor, row: Row) -> Condition:
    """Tiera's alone: an act may have been about tickets of several suppliers."""
    return sa.true() if actor.kind in (ActorKind.BUYER, ActorKind.SYSTEM) else sa.false()


def left_out_ids(approved: Row) -> Any:
    """The ids of the tickets that an act left out, as an array."""
    keys = sa.func.jsonb_object_keys(approved.left_out).table_valued("key").render_derived()
    ids = sa.select(sa.func.array_agg(sa.cast(keys.c.key, sa.BigInteger))).select_from(keys).scalar_subquery()
    return sa.func.coalesce(ids, sa.cast(sa.text("'{}'"), sa.ARRAY(sa.BigInteger)))


def is_standing(approval: Row, kind: str, about_id: Any) -> Condition:
    """SQL: whether this approves a thing for billing now."""
    return sa.and_(approval.about_kind == kind, approval.about_id == about_id, approval.taken_back_at.is_(None))


def is_approved(kind: str, about_id: Any) -> Condition:
    """SQL: whether a thing is approved for billing now."""
    its = rows_of(BillingApproval)
    return there_is(its, is_standing(its.c, kind, about_id))


def awaits_billing(ticket_id: Any) -> Condition:
    """SQL: whether a ticket waits for Tiera to approve it for billing."""
    its = rows_of(Deadline)
    clock = sa.and_(its.c.about_kind == Ticket.__name__, its.c.about_id == ticket_id, its.c.kind == ClockKind.BILL)
    return there_is(its, clock, its.c.met_at.is_(None), its.c.dropped_at.is_(None))


async def waits_for_billing(session: Session, ticket: Ticket) -> bool:
    """The same of a ticket that is locked."""
    return bool(await session.scalar(sa.select(awaits_billing(ticket.id))))


async def find_standing(session: Session, about: Ref) -> BillingApproval | None:
    """What approves a thing for billing now. The thing is locked."""
    wanted = sa.select(BillingApproval).where(is_standing(BillingApproval, about.kind, about.id))
    return await session.scalar(wanted)


async def get_billing_for_change(session: Session, actor: Actor, approval_id: int) -> tuple[BillingApproval, Account]:
    """An approval and then its account, both locked. Raises NOT_FOUND."""
    wanted = sa.select(BillingApproval).where(
        BillingApproval.id == approval_id, visible_billing_approvals(actor, BillingApproval)
    )
    found = await session.scalar(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise faults.not_found("approval_id")
    is_its = sa.and_(Account.about_kind == "BillingApproval", Account.about_id == found.id)
    (account,) = await ledger.lock(session, is_its, purpose=BILLING)
    return found, account


async def lock_approvals(session: Session, approval_ids: Collection[int]) -> None:
    """Lock approvals in ascending ids; their accounts are locked after all of them."""
    if approval_ids:
        wanted = sa.select(BillingApproval.id).where(BillingApproval.id.in_(list(approval_ids)))
        await session.execute(wanted.order_by(BillingApproval.id).with_for_update(key_share=True))


register_thing(
    BillingApproval,
    visible_billing_approvals,
    number="number",
    url="/laskutusluvat/{id}",
    words=WORDS_OF_BILLING_APPROVALS,
    part_of=("Ticket", "Complaint"),
)
register_thing(BillingRound, visible_rounds)
