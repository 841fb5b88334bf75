"""An invoice over several agreements: each line by the terms of its own, and paid where all of them have confirmed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.finding_codes import FindingCode
from backend.invoices.judging_verbs import judge_invoice, judge_stale_invoice
from backend.invoices.model import Finding, Invoice
from backend.invoices.pointing_verbs import point_line
from backend.invoices.states import InvoiceKind
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import helsinki_date
from backend.parties.agreement_model import BankAccount, InvoicingProcess
from backend.parties.states import ReferenceKey
from tests.invoices.making import LONG_AGO, NOW, Scene, a_line, lines_of, make_approved, make_invoice, make_scene

C = FindingCode


async def make_two(session: AsyncSession) -> tuple[Scene, Scene]:
    """Two agreements of one supplier, each with ten approved hours; the second has another VAT rate."""
    first = await make_scene(session)
    second = await make_scene(session, supplier=first.supplier, terms={"vat_rate": "14"})
    for scene in (first, second):
        await make_approved(session, scene, 600)
    return first, second


async def make_both(session: AsyncSession, first: Scene, second: Scene) -> Invoice:
    lines = (a_line(first, vat_rate=Decimal("25.5")), a_line(second, vat_rate=Decimal(14)))
    return await make_invoice(session, first, *lines, agreement_reference=first.agreement.number)


async def found(session: AsyncSession, invoice: Invoice) -> list[tuple[FindingCode, str | None]]:
    wanted = sa.select(Finding.code, Finding.about).where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None))
    return list((await session.execute(wanted.order_by(Finding.id))).all())


@pytest.mark.rule("D11.9-d")
async def test_each_line_is_judged_by_the_terms_of_its_own_agreement(session: AsyncSession) -> None:
    first, second = await make_two(session)
    assert await found(session, await make_both(session, first, second)) == []


@pytest.mark.rule("D0-e", "D11.9-d")
async def test_each_lines_minutes_are_of_the_steps_of_its_own_agreement(session: AsyncSession) -> None:
    first = await make_scene(session)
    second = await make_scene(session, supplier=first.supplier, terms={"booking_step_minutes": 30})
    for scene in (first, second):
        await make_approved(session, scene, 600)
    lines = [a_line(scene, 585) for scene in (first, second)]
    invoice = await make_invoice(session, first, *lines, agreement_reference=first.agreement.number)
    _, of_second = await lines_of(session, invoice)
    wanted = sa.select(Finding.line_id, Finding.code).where(Finding.invoice_id == invoice.id)
    assert [tuple(row) for row in await session.execute(wanted)] == [(of_second.id, C.QUANTITY)]
    named_the_other = await make_invoice(session, first, *lines, agreement_reference=second.agreement.number)
    _, of_second = await lines_of(session, named_the_other)
    wanted = sa.select(Finding.line_id).where(Finding.invoice_id == named_the_other.id, Finding.code == C.QUANTITY)
    assert (await session.scalars(wanted)).all() == [of_second.id], "whichever of them the invoice names"


@pytest.mark.rule("D0-e", "D11.9-e")
async def test_each_credits_minutes_are_of_the_steps_of_its_own_agreement(session: AsyncSession) -> None:
    first = await make_scene(session)
    second = await make_scene(session, supplier=first.supplier, terms={"booking_step_minutes": 30})
    for scene in (first, second):
        await make_approved(session, scene, 600)
    invoice = await make_invoice(
        session, first, a_line(first), a_line(second), agreement_reference=first.agreement.number
    )
    back = {"kind": InvoiceKind.CREDIT_NOTE, "credits_id": invoice.id}
    lines = [a_line(scene, 15) for scene in (first, second)]
    note = await make_invoice(session, first, *lines, agreement_reference=first.agreement.number, **back)
    _, of_second = await lines_of(session, note)
    wanted = sa.select(Finding.line_id).where(Finding.invoice_id == note.id, Finding.code == C.QUANTITY)
    assert (await session.scalars(wanted)).all() == [of_second.id]


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("names", [0, 1])
async def test_an_invoice_is_paid_no_sooner_than_any_of_its_agreements_allows(
    session: AsyncSession, names: int
) -> None:
    first = await make_scene(session, terms={"payment_days": 14})
    second = await make_scene(session, supplier=first.supplier, terms={"payment_days": 45})
    for scene in (first, second):
        await make_approved(session, scene, 600)
    named = (first, second)[names].agreement.number
    for days, is_found in ((44, True), (45, False)):
        due_on = helsinki_date(NOW) + timedelta(days=days)
        lines = (a_line(first), a_line(second))
        invoice = await make_invoice(session, first, *lines, agreement_reference=named, due_on=due_on)
        assert ((C.DUE_DATE, None) in await found(session, invoice)) is is_found
    left = await make_invoice(session, first, *lines, agreement_reference=named, due_on=None)
    assert left.due_on == helsinki_date(NOW) + timedelta(days=45)
    assert (C.DUE_DATE, None) not in await found(session, left)


@pytest.mark.rule("D11.9-d")
async def test_an_account_is_confirmed_for_every_agreement_that_is_billed(session: AsyncSession) -> None:
    first, second = await make_two(session)
    invoice = await make_both(session, first, second)
    ended = sa.update(BankAccount).where(BankAccount.agreement_id == second.agreement.id)
    await session.execute(ended.values(ended_at=NOW.replace(hour=NOW.hour + 1)))
    again = await judge_stale_invoice(session, SCHEDULE, now=NOW.replace(hour=NOW.hour + 2))
    assert again is not None and again.id == invoice.id
    assert await found(session, invoice) == [(C.ACCOUNT, second.agreement.number)]


@pytest.mark.rule("H11.9-i")
async def test_a_line_carries_what_was_announced_for_its_own_agreement(session: AsyncSession) -> None:
    first, second = await make_two(session)
    invoice = await make_both(session, first, second)
    session.add(
        InvoicingProcess(
            agreement_id=second.agreement.id,
            valid_from=date(2026, 1, 1),
            required_references=[ReferenceKey.BUYER_REFERENCE],
            description="Viite riveittäin.",
            announced_at=LONG_AGO,
            announced_by_id=first.judge.person_id,
        )
    )
    await judge_invoice(session, first.judge, invoice_id=invoice.id, now=NOW)
    wanted = sa.select(Finding.code, Finding.line_id).where(Finding.invoice_id == invoice.id)
    lines = (await session.execute(wanted)).all()
    assert [code for code, _ in lines] == [C.REQUIRED_REFERENCE]
    assert lines[0][1] is not None


@pytest.mark.rule("D11.9-d")
async def test_a_line_that_a_person_pointed_is_paid_where_its_own_agreement_says(session: AsyncSession) -> None:
    first, second = await make_two(session)
    await session.execute(sa.delete(BankAccount).where(BankAccount.agreement_id == second.agreement.id))
    nowhere = a_line(first, order_reference=None, vat_rate=Decimal("25.5"))
    invoice = await make_invoice(session, first, nowhere, agreement_reference=second.agreement.number)
    assert (C.ACCOUNT, second.agreement.number) in await found(session, invoice)
    (line,) = await lines_of(session, invoice)
    await point_line(session, first.judge, line_id=line.id, order_id=first.order.id, now=NOW)
    assert await found(session, invoice) == []
