"""One world of parties, as the schema is asked of it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.ledger import verbs as ledger
from backend.ledger.model import Unit
from backend.parties import price_verbs
from backend.parties.agreement_model import Agreement, PriceGroup, TermValue
from backend.parties.model import Organisation
from backend.parties.right_model import OrderingRight
from backend.parties.states import ReferenceKey
from tests.making import (
    LONG_AGO,
    NOW,
    TODAY,
    customer_representative,
    make_agreement,
    make_price_group,
    make_right,
    make_service,
    supplier_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import make_contact


@dataclass
class World:
    """Tiera, two suppliers with an agreement each, a customer; rights for one supplier and for all."""

    key_user: Actor
    manager: Actor
    supplier: Actor
    other: Actor
    customer: Actor
    agreement: Agreement
    others: Agreement
    group: PriceGroup
    for_one: OrderingRight
    for_all: OrderingRight


async def make_world(session: AsyncSession) -> World:
    key_user, manager = await tiera_key_user(session), await tiera_service_manager(session)
    supplier, other = await supplier_manager(session), await supplier_manager(session)
    customer = await customer_representative(session)

    async def party(actor: Actor) -> Organisation:
        return await session.get_one(Organisation, actor.organisation_id)

    agreement = await make_agreement(session, await party(supplier), greatest_total=Decimal("1000.00"))
    others = await make_agreement(session, await party(other))
    await make_agreement(session, await party(customer))
    group = await make_price_group(session, agreement)
    await make_price_group(session, others, "JUNIOR")
    await make_service(session, agreement)
    await price_verbs.propose_bank_account(session, key_user, agreement.id, iban="FI2112345600000785", now=NOW)
    await price_verbs.announce_invoicing_process(
        session,
        key_user,
        agreement.id,
        valid_from=TODAY + timedelta(days=1),
        required_references=[ReferenceKey.PERIOD],
        description="Rivi kerrallaan.",
        now=NOW,
    )
    session.add(
        TermValue(
            agreement_id=agreement.id, name="payment_days", value=21, valid_from=TODAY, reason="x", recorded_at=LONG_AGO
        )
    )
    contact = await make_contact(session)
    for_one = await make_right(session, contact, agreement=agreement, most_euros_a_year=Decimal(5_000))
    for_all = await make_right(session, contact, for_organisation_ids=[customer.organisation_id or 0])
    account = await ledger.open_account(session, for_one.ref, "year:2026", Unit.CENTS, limited=False)
    await ledger.commit_amount(session, account, 120_050, for_one.ref, key="a", at=NOW)
    return World(key_user, manager, supplier, other, customer, agreement, others, group, for_one, for_all)
