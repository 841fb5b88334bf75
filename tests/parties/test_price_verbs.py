"""Prices by the day of the work, accounts confirmed by another, what an invoice must carry announced ahead."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import Code, Refusal
from backend.parties import price_queries, price_verbs, queries
from backend.parties.agreement_model import Agreement, BankAccount, Price, PriceGroup
from backend.parties.states import ReferenceKey
from tests.making import (
    NOW,
    TODAY,
    customer_representative,
    make_agreement,
    make_organisation,
    make_price_group,
    supplier_account_manager,
    supplier_expert,
    supplier_manager,
    tiera_business_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import events_of

IBAN, OTHER_IBAN = "FI21 1234 5600 0007 85", "FI1410093000123458"


async def refused(verb: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await verb
    return found.value


async def set_price(
    session: AsyncSession, actor: Actor, group: PriceGroup, price: str, day: date, reason: str | None = None
) -> None:
    await price_verbs.set_price(
        session, actor, group.id, unit_price=Decimal(price), valid_from=day, reason=reason, now=NOW
    )


@pytest.mark.rule("D0-c")
async def test_the_price_of_work_is_that_of_its_day(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    group = await price_verbs.add_price_group(
        session, key_user, (await make_agreement(session)).id, code="senior", name="Senior", now=NOW
    )
    assert group.code == "SENIOR"
    await set_price(session, key_user, group, "100", TODAY)
    await set_price(session, key_user, group, "110.125", date(2027, 6, 1))
    await set_price(session, key_user, group, "105", date(2027, 1, 1))
    days = [TODAY - timedelta(days=1), TODAY, date(2026, 12, 31), date(2027, 1, 1), date(2027, 5, 31)]
    prices = [
        await price_queries.price_on(session, group.id, day) for day in [*days, date(2027, 6, 1), date(2040, 1, 1)]
    ]
    assert prices == [None, *map(Decimal, ("100", "100", "105", "105", "110.125", "110.125"))]


@pytest.mark.rule("D0-c")
async def test_a_price_that_was_in_force_is_never_overwritten(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    group = await make_price_group(
        session, await make_agreement(session), price=Decimal(90), valid=Range(date(2026, 1, 1), None)
    )
    assert (await refused(set_price(session, key_user, group, "95", date(2026, 11, 1)))).errors[0].path == ("reason",)
    await set_price(session, key_user, group, "95", date(2026, 11, 1), "Agreed late.")
    wanted = sa.select(Price).where(Price.price_group_id == group.id).order_by(Price.id)
    rows = [(p.unit_price, p.valid.lower, p.valid.upper, p.ended_at) for p in (await session.scalars(wanted)).all()]
    assert rows == [
        (Decimal(90), date(2026, 1, 1), None, NOW),
        (Decimal(90), date(2026, 1, 1), date(2026, 11, 1), None),
        (Decimal(95), date(2026, 11, 1), None, None),
    ]
    (event,) = await events_of(session, group, "price.set")
    assert event.figures == {"unit_price": "95", "valid_from": "2026-11-01"}


async def test_whatever_is_set_each_day_has_the_price_last_said_for_it(session: AsyncSession) -> None:
    """A price reaches to the next one that was agreed already: compared with a plain model, over random histories."""
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    dice = random.Random(20261124)
    for n in range(12):
        group = await make_price_group(session, agreement, f"G{n}", None)
        live: dict[int, int] = {}
        for _ in range(6):
            start, price = dice.randrange(12), dice.randrange(1, 100)
            next_start = min((s for s in _starts(live) if s > start), default=12)
            live.update(dict.fromkeys(range(start, next_start), price))
            await set_price(session, key_user, group, str(price), TODAY + timedelta(days=start))
        found = [await price_queries.price_on(session, group.id, TODAY + timedelta(days=day)) for day in range(12)]
        assert found == [live.get(day) for day in range(12)]


def _starts(live: dict[int, int]) -> set[int]:
    return {day for day in live if live.get(day - 1) != live[day]}


@pytest.mark.parametrize("price", ["0", "-1", "0.0000001"])
async def test_a_price_is_more_than_nothing(session: AsyncSession, price: str) -> None:
    group = await make_price_group(session, await make_agreement(session))
    attempt = set_price(session, await tiera_key_user(session), group, price, TODAY)
    assert (await refused(attempt)).errors[0].path == ("unit_price",)


async def test_prices_belong_to_a_suppliers_agreement_and_a_customer_sees_none(session: AsyncSession) -> None:
    key_user, supplier = await tiera_key_user(session), await supplier_manager(session)
    customer = await customer_representative(session)
    party = await queries.get_organisation(session, supplier, supplier.organisation_id or 0)
    municipality = await queries.get_organisation(session, customer, customer.organisation_id or 0)
    customers = await make_agreement(session, municipality)
    attempt = price_verbs.add_price_group(session, key_user, customers.id, code="A", name="A", now=NOW)
    assert (await refused(attempt)).code is Code.INVALID

    mine = await make_price_group(session, await make_agreement(session, party))
    others = await make_price_group(session, await make_agreement(session))

    async def seen(actor: Actor) -> list[tuple[bool, bool]]:
        groups = sa.select(PriceGroup.id).where(price_queries.visible_price_groups(actor, PriceGroup))
        prices = sa.select(Price.price_group_id).where(price_queries.visible_prices(actor, Price))
        found = [set((await session.scalars(wanted)).all()) for wanted in (groups, prices)]
        return [(group.id in found[0], group.id in found[1]) for group in (mine, others)]

    assert await seen(supplier) == [(True, True), (False, False)]
    assert await seen(customer) == [(False, False)] * 2
    assert await seen(key_user) == [(True, True)] * 2


@pytest.mark.rule("D0-f")
async def test_an_account_is_confirmed_by_somebody_else_than_who_proposed_it(session: AsyncSession) -> None:
    agreement = await make_agreement(session)
    party = await session.get_one(Agreement, agreement.id)
    supplier = await supplier_account_manager(
        session, await queries.get_organisation(session, await tiera_key_user(session), party.organisation_id)
    )
    manager, business = await tiera_service_manager(session), await tiera_business_manager(session)
    account = await price_verbs.propose_bank_account(session, supplier, agreement.id, iban=IBAN, now=NOW)
    assert await price_queries.confirmed_ibans(session, [agreement.id]) == {agreement.number: frozenset()}
    attempt = price_verbs.confirm_bank_account(session, supplier, account.id, now=NOW)
    assert (await refused(attempt)).code is Code.NOT_PERMITTED

    account.proposed_by_id = manager.person_id
    attempt = price_verbs.confirm_bank_account(session, manager, account.id, now=NOW)
    assert (await refused(attempt)).errors[0].rule == "D0-f"
    await price_verbs.confirm_bank_account(session, business, account.id, now=NOW)
    assert await price_queries.confirmed_ibans(session, [agreement.id]) == {
        agreement.number: frozenset({"FI2112345600000785"})
    }
    assert (await refused(price_verbs.confirm_bank_account(session, business, account.id, now=NOW))).errors

    await price_verbs.end_bank_account(session, supplier, account.id, reason="New bank.", now=NOW)
    assert await price_queries.confirmed_ibans(session, [agreement.id]) == {agreement.number: frozenset()}
    again = await price_verbs.propose_bank_account(session, supplier, agreement.id, iban=IBAN, now=NOW)
    assert again.id != account.id


async def test_an_expert_and_another_supplier_propose_no_account(session: AsyncSession) -> None:
    agreement = await make_agreement(session)
    party = await queries.get_organisation(session, await tiera_key_user(session), agreement.organisation_id)
    expert, stranger = await supplier_expert(session, party), await supplier_manager(session)
    for actor, code in ((expert, Code.NOT_PERMITTED), (stranger, Code.NOT_FOUND)):
        attempt = price_verbs.propose_bank_account(session, actor, agreement.id, iban=OTHER_IBAN, now=NOW)
        assert (await refused(attempt)).code is code
    assert (await session.scalars(sa.select(BankAccount).where(BankAccount.agreement_id == agreement.id))).all() == []


@pytest.mark.rule("H11.9-i")
async def test_what_an_invoice_must_carry_is_announced_before_it_holds(session: AsyncSession) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    asked: dict[str, Any] = {
        "required_references": [ReferenceKey.PERIOD, ReferenceKey.ORDER_NUMBER],
        "description": "Viitteet riveittäin.",
        "now": NOW,
    }
    today = price_verbs.announce_invoicing_process(session, key_user, agreement.id, valid_from=TODAY, **asked)
    assert (await refused(today)).errors[0].rule == "H11.9-i"
    process = await price_verbs.announce_invoicing_process(
        session, key_user, agreement.id, valid_from=date(2027, 1, 1), **asked
    )
    later: dict[str, Any] = asked | {"required_references": []}
    await price_verbs.announce_invoicing_process(session, key_user, agreement.id, valid_from=date(2027, 7, 1), **later)
    on = [
        await price_queries.required_references_on(session, [agreement.id], day)
        for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1))
    ]
    both = {ReferenceKey.PERIOD, ReferenceKey.ORDER_NUMBER}
    assert on == [{}, {agreement.id: both}, {agreement.id: both}, {agreement.id: frozenset()}]
    (event,) = await events_of(session, process)
    assert (event.supplier_id, event.figures["required_references"]) == (
        agreement.organisation_id,
        ["order_number", "period"],
    )


async def test_a_process_is_announced_to_suppliers_only(session: AsyncSession) -> None:
    customers = await make_agreement(session, await make_organisation(session, ActorKind.CUSTOMER))
    attempt = price_verbs.announce_invoicing_process(
        session,
        await tiera_key_user(session),
        customers.id,
        valid_from=date(2027, 1, 1),
        required_references=[],
        description="x",
        now=NOW,
    )
    assert (await refused(attempt)).code is Code.INVALID
