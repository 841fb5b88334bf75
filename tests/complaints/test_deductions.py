"""An applied sanction waits for the supplier's next invoice, is deducted as a whole, and never twice (H11.10-g)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import sanction_verbs
from backend.complaints.model import Sanction
from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.drafting import DraftLine
from backend.invoices.judging_verbs import judge_invoice, judge_stale_invoice
from backend.invoices.model import Finding, Invoice
from backend.invoices.states import InvoiceKind, InvoiceState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import SCHEDULE
from backend.kit.faults import Code, Refusal
from backend.ledger import verbs as ledger
from backend.ledger.model import DEDUCTION, Account
from tests.complaints.making import Sides, make_sent, pass_time, sanction_of
from tests.invoices.making import NOW as INVOICED
from tests.invoices.making import Scene, a_line, lines_of, make_approved, make_invoice, make_scene
from tests.making import customer_representative, supplier_manager

WHEN = INVOICED - timedelta(days=40)
DECIDED = INVOICED - timedelta(days=2)


async def make_applied(session: AsyncSession, scene: Scene, euros: str = "500.00") -> tuple[str, Sanction, Account]:
    """A complaint to the scene's supplier whose late answer brought a sanction, applied two days before its invoice.

    The agreement states no sum: Tiera says it.
    """
    s = Sides(
        supplier=scene.supplier,
        agreement=scene.agreement,
        manager=None,  # type: ignore[arg-type]
        tiera=scene.judge,
        supplier_manager=scene.sender,
        stranger=await supplier_manager(session),
        customer=await customer_representative(session),
    )
    complaint = await make_sent(session, s, at=WHEN)
    await pass_time(session, DECIDED - timedelta(days=1))
    sanction = await sanction_of(session, complaint)
    assert sanction is not None and complaint.number is not None
    decided = {"sanction_id": sanction.id, "applies": True, "reason": "Vastine myöhästyi.", "now": DECIDED}
    await sanction_verbs.decide_sanction(session, scene.judge, amount=Decimal(euros), **decided)
    wanted = sa.select(Account).where(Account.purpose == DEDUCTION, Account.about_id == sanction.id)
    return complaint.number, sanction, (await session.scalars(wanted)).one()


def a_deduction(number: str, amount: str = "-500.00", **more: Any) -> DraftLine:
    return DraftLine(text="Sanktio", order_reference=number, amount=Decimal(amount), **more)


async def findings_of(session: AsyncSession, invoice: Invoice) -> list[str]:
    wanted = sa.select(Finding.code).where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None))
    return sorted(code.value for code in (await session.scalars(wanted)).all())


@pytest.fixture
async def scene(session: AsyncSession) -> Scene:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    return scene


@pytest.mark.rule("H11.10-g")
async def test_an_invoice_that_does_not_deduct_what_waits_says_so_and_can_be_approved(
    session: AsyncSession, scene: Scene
) -> None:
    number, _, account = await make_applied(session, scene)
    invoice = await make_invoice(session, scene)
    assert await findings_of(session, invoice) == ["deduction_waiting"]
    told = (await session.scalars(sa.select(Finding.about).where(Finding.invoice_id == invoice.id))).one()
    assert told == number
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=INVOICED)
    await session.refresh(account)
    assert (account.billed, account.approved) == (0, 50_000), "it waits on"


@pytest.mark.rule("H11.10-g")
async def test_a_sanction_that_is_applied_after_an_invoice_was_judged_is_known_before_it_is_approved(
    session: AsyncSession, scene: Scene
) -> None:
    invoice = await make_invoice(session, scene, now=DECIDED - timedelta(hours=1))
    stranger = await make_scene(session)
    await make_approved(session, stranger, 600)
    other = await make_invoice(session, stranger, now=DECIDED - timedelta(hours=1))
    assert await findings_of(session, invoice) == []
    number, _, _ = await make_applied(session, scene)
    assert await judge_stale_invoice(session, SCHEDULE, now=INVOICED) is invoice
    assert await findings_of(session, invoice) == ["deduction_waiting"]
    assert await judge_stale_invoice(session, SCHEDULE, now=INVOICED) is None
    assert other.judged_at == DECIDED - timedelta(hours=1), "the others owe nothing"
    note = await make_invoice(session, scene, a_deduction(number, "500.00"), kind=InvoiceKind.CREDIT_NOTE)
    later = INVOICED + timedelta(hours=1)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=later)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=later)
    assert await findings_of(session, invoice) == [], "another has deducted it meanwhile"


@pytest.mark.rule("H11.10-g")
async def test_approving_an_invoice_puts_on_record_what_it_could_have_deducted(
    session: AsyncSession, scene: Scene
) -> None:
    invoice = await make_invoice(session, scene, now=DECIDED - timedelta(hours=1))
    await make_applied(session, scene)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=INVOICED)
    assert (invoice.state, await findings_of(session, invoice)) == (InvoiceState.APPROVED, ["deduction_waiting"])


@pytest.mark.rule("H11.10-g", "D11.9-e")
async def test_a_negative_line_that_refers_to_the_complaint_deducts_it_once(
    session: AsyncSession, scene: Scene
) -> None:
    number, _, account = await make_applied(session, scene)
    invoice = await make_invoice(session, scene, a_line(scene), a_deduction(number))
    assert await findings_of(session, invoice) == []
    twice = await make_invoice(session, scene, a_deduction(number))
    assert await findings_of(session, twice) == ["already_billed"]
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=INVOICED)
    await session.refresh(account)
    assert (account.billed, account.approved, account.granted) == (50_000, 50_000, 50_000)
    assert invoice.net == Decimal("500.00")
    assert (await lines_of(session, invoice))[1].reserved_cents == 50_000
    again = await make_invoice(session, scene, a_deduction(number))
    assert await findings_of(session, again) == ["already_billed", "same_amount"]
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e")
async def test_what_another_line_of_the_same_invoice_deducts_is_said_to_be_on_it(
    session: AsyncSession, scene: Scene
) -> None:
    number, _, _ = await make_applied(session, scene)
    invoice = await make_invoice(session, scene, a_line(scene), a_deduction(number), a_deduction(number))
    wanted = sa.select(Finding.about).where(Finding.code == "already_billed")
    assert (await session.scalars(wanted)).all() == [invoice.number]


@pytest.mark.rule("H11.10-g", "D11.9-h")
async def test_a_complaints_number_in_small_letters_is_the_same_number(session: AsyncSession, scene: Scene) -> None:
    number, _, _ = await make_applied(session, scene)
    deducts = await make_invoice(session, scene, a_line(scene), a_deduction(number.lower()))
    assert await findings_of(session, deducts) == []
    bills = await make_invoice(session, scene, a_line(scene, 120, order_reference=f" {number.lower()} "))
    assert await findings_of(session, bills) == ["own_cost"]


@pytest.mark.rule("H11.10-g")
@pytest.mark.parametrize("amount", ["-499.99", "-500.01", "-1000.00"])
async def test_a_deduction_is_to_the_cent(session: AsyncSession, scene: Scene, amount: str) -> None:
    number, _, _ = await make_applied(session, scene)
    invoice = await make_invoice(session, scene, a_line(scene), a_deduction(number, amount))
    assert await findings_of(session, invoice) == ["deduction", "deduction_waiting"]


@pytest.mark.rule("H11.10-g")
async def test_a_credit_note_that_refers_to_the_complaint_deducts_it_too(session: AsyncSession, scene: Scene) -> None:
    number, _, account = await make_applied(session, scene)
    invoice = await make_invoice(session, scene)
    note = await make_invoice(session, scene, a_deduction(number, "500.00"), kind=InvoiceKind.CREDIT_NOTE)
    assert await findings_of(session, note) == []
    await approve_lines(session, scene.judge, invoice_id=note.id, now=INVOICED)
    await session.refresh(account)
    assert account.billed == 50_000
    assert note.state is InvoiceState.APPROVED
    await judge_invoice(session, scene.judge, invoice_id=invoice.id, now=INVOICED)
    assert await findings_of(session, invoice) == []


@pytest.mark.rule("H11.10-g", "D11.9-e")
async def test_a_line_that_says_which_line_it_credits_credits_it_and_deducts_nothing(
    session: AsyncSession, scene: Scene
) -> None:
    number, _, account = await make_applied(session, scene)
    invoice = await make_invoice(session, scene)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=INVOICED)
    (billed,) = await lines_of(session, invoice)
    credit = a_deduction(number, "500.00", credits_line_id=billed.id)
    note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=INVOICED)
    assert (billed.credited_amount, (await lines_of(session, note))[0].reserved_cents) == (Decimal("500.00"), 0)
    await session.refresh(account)
    assert account.billed == 0
    deducting = await make_invoice(session, scene, a_deduction(number))
    assert await findings_of(session, deducting) == [], "it waits on"


@pytest.mark.rule("H11.10-g")
async def test_what_was_withdrawn_waits_again(session: AsyncSession, scene: Scene) -> None:
    number, _, _ = await make_applied(session, scene)
    first = await make_invoice(session, scene, a_deduction(number))
    await withdraw_lines(session, scene.sender, invoice_id=first.id, now=INVOICED)
    second = await make_invoice(session, scene, a_line(scene))
    assert "deduction_waiting" in await findings_of(session, second)


@pytest.mark.rule("H11.10-g")
async def test_what_a_withdrawn_line_lets_go_is_seen_by_the_suppliers_other_invoices_by_itself(
    session: AsyncSession, scene: Scene
) -> None:
    number, _, _ = await make_applied(session, scene)
    first = await make_invoice(session, scene, a_line(scene, 60), a_deduction(number))
    second = await make_invoice(session, scene, a_line(scene, 60), a_deduction(number))
    without = await make_invoice(session, scene, a_line(scene, 60))
    later = INVOICED + timedelta(days=40)
    while await judge_stale_invoice(session, SCHEDULE, now=later):
        pass
    assert "already_billed" in await findings_of(session, second)
    assert "deduction_waiting" not in await findings_of(session, without)
    await withdraw_lines(session, scene.sender, invoice_id=first.id, now=later + timedelta(minutes=1))
    judged = []
    while (again := await judge_stale_invoice(session, SCHEDULE, now=later + timedelta(minutes=2))) is not None:
        judged.append(again.id)
    assert judged[:1] == [second.id] and len(judged) <= 2, "each once at most"
    assert "already_billed" not in await findings_of(session, second)


@pytest.mark.rule("H11.10-g")
async def test_a_sanction_that_is_not_applied_or_another_suppliers_is_deducted_nowhere(
    session: AsyncSession, scene: Scene
) -> None:
    other = await make_scene(session)
    number, _, _ = await make_applied(session, other)
    invoice = await make_invoice(session, scene, a_line(scene), a_deduction(number))
    assert "unknown_reference" in await findings_of(session, invoice)
    assert "deduction_waiting" not in await findings_of(session, invoice)


async def test_only_a_line_that_refers_to_a_complaint_is_typed_negative(session: AsyncSession, scene: Scene) -> None:
    with pytest.raises(Refusal) as refused:
        await make_invoice(session, scene, a_line(scene, amount=Decimal("-5.00")))
    assert refused.value.code is Code.INVALID
