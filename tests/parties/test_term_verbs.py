"""Terms change from a day on, with a reason, and old values stay."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor, ActorKind
from backend.kit.faults import Code, Refusal
from backend.parties import queries, term_verbs
from tests.making import (
    NOW,
    TODAY,
    make_agreement,
    make_organisation,
    supplier_manager,
    tiera_key_user,
    tiera_service_manager,
)
from tests.parties.making import events_of

NEXT_YEAR = date(2027, 1, 1)


async def refused(verb: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await verb
    return found.value


def change(session: AsyncSession, actor: Actor, name: str, value: object, **changed: Any) -> Any:
    given: dict[str, Any] = {"valid_from": NEXT_YEAR, "reason": "Agreed.", "now": NOW} | changed
    return term_verbs.change_term(session, actor, name=name, value=value, **given)


@pytest.mark.rule("D0-c")
async def test_a_term_changes_from_a_day_on_and_an_old_case_keeps_the_term_of_its_day(session: AsyncSession) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    term = await change(session, key_user, "invoice_due_business_day", "7", agreement_id=agreement.id)
    before = await queries.terms_on(session, agreement.id, date(2026, 12, 31))
    after = await queries.terms_on(session, agreement.id, NEXT_YEAR)
    assert (before.invoice_due_business_day, after.invoice_due_business_day) == (5, 7)
    (event,) = await events_of(session, term)
    assert (event.rule, event.supplier_id, event.figures["value"]) == ("H11.9-a", agreement.organisation_id, 7)

    past = change(session, key_user, "invoice_due_business_day", 6, valid_from=date(2026, 11, 23))
    assert (await refused(past)).errors[0].rule == "D0-c"


async def test_of_two_values_from_one_day_on_the_later_word_holds(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    for rate in ("24,0", "25,0"):
        await change(session, key_user, "vat_rate", rate, valid_from=TODAY)
    assert (await queries.terms_on(session, None, TODAY)).vat_rate == Decimal("25.0")


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("no_such_term", "1", "name"),
        ("invoice_due_business_day", "99", "value"),
        ("invoice_due_business_day", "maybe", "value"),
        ("four_eyes", "never", "value"),
        ("size_small_below_days", "60", "value"),
    ],
)
async def test_a_value_that_is_none_of_its_term_is_refused(
    session: AsyncSession, name: str, value: str, field: str
) -> None:
    assert (await refused(change(session, await tiera_key_user(session), name, value))).errors[0].path == (field,)


async def test_two_terms_never_contradict_each_other_on_a_later_day_either(session: AsyncSession) -> None:
    key_user, agreement = await tiera_key_user(session), await make_agreement(session)
    await change(session, key_user, "size_assignment_max_days", 15, agreement_id=agreement.id)
    for attempt in (
        change(session, key_user, "size_small_below_days", 20, agreement_id=agreement.id, valid_from=TODAY),
        change(session, key_user, "size_small_below_days", 20, valid_from=TODAY),
    ):
        assert (await refused(attempt)).code is Code.BROKEN_RULE


async def test_a_reason_is_needed_and_only_the_key_user_changes_terms(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    assert (await refused(change(session, key_user, "vat_rate", "24", reason=" "))).errors[0].path == ("reason",)
    for actor in (await tiera_service_manager(session), await supplier_manager(session)):
        assert (await refused(change(session, actor, "vat_rate", "24"))).code is Code.NOT_PERMITTED


async def test_a_customers_agreement_says_otherwise_only_where_a_term_allows_it(session: AsyncSession) -> None:
    key_user = await tiera_key_user(session)
    customers = await make_agreement(session, await make_organisation(session, ActorKind.CUSTOMER))
    assert (await refused(change(session, key_user, "vat_rate", "24", agreement_id=customers.id))).code is Code.INVALID
    await change(session, key_user, "payment_days", 14, agreement_id=customers.id)
