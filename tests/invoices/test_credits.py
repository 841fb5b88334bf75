"""Credit notes: what they take back is free to be billed anew, and no more than was billed (D11.9-e)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.deciding_verbs import approve_lines, dispute_lines
from backend.invoices.drafting import DraftLine
from backend.invoices.meaning import Deduction
from backend.invoices.model import Invoice, InvoiceLine
from backend.invoices.pointing_verbs import point_line
from backend.invoices.record import Credited, Judgement
from backend.invoices.states import InvoiceKind, InvoiceState, LineState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.amounts import Minutes
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.ledger import verbs as ledger
from backend.orders.model import Order
from backend.tickets.billing_model import BillingApproval
from tests.invoices import facts
from tests.invoices.facts import (
    AGREEMENT,
    OTHER,
    SUPPLIER,
    a_known,
    a_piece,
    a_record,
    codes,
    credit_line,
    judged,
    the,
)
from tests.invoices.making import (
    NOW,
    Scene,
    a_line,
    a_part_line,
    lines_of,
    make_approved,
    make_invoice,
    make_milestone,
    make_scene,
)
from tests.invoices.test_deciding import billed, codes_of

LATER = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


async def make_credit(
    session: AsyncSession, scene: Scene, line: InvoiceLine, minutes: int, price: str = "100.00", **values: Any
) -> Invoice:
    """A credit note that takes hours of a line back."""
    credit = a_line(scene, minutes, price, credits_line_id=line.id, **values)
    return await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=line.invoice_id)


async def an_approved_line(session: AsyncSession, scene: Scene) -> tuple[Invoice, InvoiceLine]:
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
    return invoice, (await lines_of(session, invoice))[0]


@pytest.mark.rule("D11.9-e")
async def test_a_credit_of_all_gives_all_back_to_be_billed_anew(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice, line = await an_approved_line(session, scene)
    credit = await make_credit(session, scene, line, 600)
    assert (await codes_of(session, credit), credit.gross) == ([], Decimal("-1255.00"))
    assert await billed(session, scene) == 600  # nothing happens before Tiera approves the credit
    await approve_lines(session, scene.judge, invoice_id=credit.id, now=LATER)
    assert (line.state, invoice.state, await billed(session, scene)) == (LineState.CREDITED, InvoiceState.SETTLED, 0)
    (told,) = await session.scalars(sa.select(Event).where(Event.name == "invoice.credited"))
    moved = (told.subject_id, told.from_state, told.to_state)
    assert moved == (invoice.id, InvoiceState.APPROVED, InvoiceState.SETTLED)
    anew = await make_invoice(session, scene)
    await approve_lines(session, scene.judge, invoice_id=anew.id, now=LATER)
    assert await billed(session, scene) == 600
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e")
async def test_a_credit_of_a_part_gives_that_part_back_newest_day_first(session: AsyncSession) -> None:
    scene = await make_scene(session)
    _, line = await an_approved_line(session, scene)
    credit = await make_credit(session, scene, line, 180)
    await approve_lines(session, scene.judge, invoice_id=credit.id, now=LATER)
    assert (line.state, line.credited_minutes, line.reserved_minutes) == (LineState.APPROVED, 180, 420)
    assert await billed(session, scene) == 420
    free = await ledger.free_portions(session, scene.account)
    assert [(portion.day.day, portion.amount) for portion in free] == [(5, 30), (6, 150)]
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e")
async def test_more_than_a_line_has_is_never_credited(session: AsyncSession) -> None:
    scene = await make_scene(session)
    _, line = await an_approved_line(session, scene)
    first = await make_credit(session, scene, line, 420)
    second = await make_credit(session, scene, line, 420)
    await approve_lines(session, scene.judge, invoice_id=first.id, now=LATER)
    with pytest.raises(Refusal, match="less is left to be credited"):
        await approve_lines(session, scene.judge, invoice_id=second.id, now=LATER)
    assert await billed(session, scene) == 180


@pytest.mark.rule("D11.9-e")
async def test_hours_of_a_line_without_a_price_are_credited_for_their_share(session: AsyncSession) -> None:
    """Else they would be free to be billed anew for next to nothing taken back."""
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene, a_line(scene, unit_price=None, amount=Decimal("1000.00")))
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
    (line,) = await lines_of(session, invoice)
    cheap = await make_credit(session, scene, line, 300, unit_price=None, amount=Decimal("1.00"))
    assert await codes_of(session, cheap) == ["price"]
    fair = await make_credit(session, scene, line, 300, unit_price=None, amount=Decimal("500.00"))
    assert await codes_of(session, fair) == []


@pytest.mark.rule("D11.9-e")
async def test_a_line_of_which_a_part_is_credited_is_not_withdrawn_beside_its_credit(session: AsyncSession) -> None:
    """Else the credit would take back what was never billed; the rest is credited too."""
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    await approve_lines(session, scene.judge, invoice_id=(await make_credit(session, scene, line, 180)).id, now=LATER)
    for line_ids in ([line.id], None):
        with pytest.raises(Refusal, match="credit the rest"):
            await withdraw_lines(session, scene.sender, invoice_id=invoice.id, line_ids=line_ids, now=LATER)
    await approve_lines(session, scene.judge, invoice_id=(await make_credit(session, scene, line, 420)).id, now=LATER)
    assert (line.state, await billed(session, scene)) == (LineState.CREDITED, 0)
    assert await ledger.disagreements(session) == []


async def payable(session: AsyncSession) -> list[tuple[Decimal, datetime]]:
    """What is to be paid and from when, in that order."""
    wanted = sa.select(InvoiceLine.amount, InvoiceLine.payable_at).where(InvoiceLine.payable_at.is_not(None))
    return [
        tuple(row) for row in (await session.execute(wanted.order_by(InvoiceLine.payable_at, InvoiceLine.id))).all()
    ]


@pytest.mark.rule("D11.9-e")
async def test_a_credit_of_what_is_not_approved_counts_from_when_that_is(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    first = await make_credit(session, scene, line, 180)
    await approve_lines(session, scene.judge, invoice_id=first.id, now=NOW)
    assert await payable(session) == []
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert await payable(session) == [(Decimal(1000), LATER), (Decimal(-300), LATER)]
    second = await make_credit(session, scene, line, 420)
    last = LATER + timedelta(days=1)
    await approve_lines(session, scene.judge, invoice_id=second.id, now=last)
    assert await payable(session) == [(Decimal(1000), LATER), (Decimal(-300), LATER), (Decimal(-700), last)]


@pytest.mark.rule("D11.9-e")
async def test_what_was_credited_in_full_before_its_approval_and_its_credit_are_not_to_be_paid(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="No.", now=NOW)
    note = await make_credit(session, scene, line, 600)
    await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
    assert (line.state, await payable(session)) == (LineState.CREDITED, [])


@pytest.mark.rule("D11.9-e")
async def test_a_disputed_line_that_is_credited_in_full_is_settled(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Not done.", now=NOW)
    credit = await make_credit(session, scene, line, 600)
    await approve_lines(session, scene.judge, invoice_id=credit.id, now=LATER)
    assert (line.state, invoice.state) == (LineState.CREDITED, InvoiceState.SETTLED)
    assert sum(portion.amount for portion in await ledger.free_portions(session, scene.account)) == 600


@pytest.mark.rule("D11.9-e")
async def test_a_disputed_line_that_is_credited_in_part_waits_with_the_rest_and_passes(session: AsyncSession) -> None:
    """Ten hours were billed and seven and a half approved: crediting the difference mends the line."""
    scene = await make_scene(session)
    await make_approved(session, scene, 450)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    assert await codes_of(session, invoice) == ["more_than_approved"]
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="7.5 h.", now=NOW)
    credit = await make_credit(session, scene, line, 150)
    await approve_lines(session, scene.judge, invoice_id=credit.id, now=LATER)
    assert (line.state, await codes_of(session, invoice)) == (LineState.OPEN, [])
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (invoice.state, await billed(session, scene)) == (InvoiceState.APPROVED, 450)
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e", "D0-d")
async def test_a_wrong_price_is_mended_by_crediting_the_difference_alone(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene, a_line(scene, price="103.00"))
    (line,) = await lines_of(session, invoice)
    assert await codes_of(session, invoice) == ["price"]
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="100 €/h.", now=NOW)
    difference = DraftLine(
        text="Correction of the price", amount=Decimal("30.00"), credits_line_id=line.id,
        order_reference=scene.order.number,
    )  # fmt: skip
    credit = await make_invoice(session, scene, difference, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    assert await codes_of(session, credit) == []
    await approve_lines(session, scene.judge, invoice_id=credit.id, now=LATER)
    assert await codes_of(session, invoice) == []
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (line.credited_amount, await billed(session, scene)) == (Decimal("30.00"), 600)


@pytest.mark.rule("D11.9-e", "D0-d")
@pytest.mark.parametrize("is_part", [False, True])
async def test_an_amount_that_is_not_its_product_is_mended_by_crediting_the_difference(
    session: AsyncSession, is_part: bool
) -> None:
    """What is left is compared with the contract's price, or with the agreed sum: too little taken back is found."""
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    typed = a_line(scene, amount=Decimal("1100.00"))
    if is_part:
        order = await session.get_one(Order, (await make_milestone(session, scene)).order_id)
        given = {"quantity": Decimal(1), "unit": "C62", "unit_price": Decimal(1000)}
        typed = replace(a_part_line(scene, order, "1100.00"), **given)
    invoice = await make_invoice(session, scene, typed)
    (line,) = await lines_of(session, invoice)
    assert {"amount", "price"} <= set(await codes_of(session, invoice))
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="1000 €.", now=NOW)
    for euros, expected in (("99.00", ["more_than_approved"] if is_part else ["price"]), ("1.00", [])):
        credit = DraftLine(text="Correction of the amount", amount=Decimal(euros), credits_line_id=line.id)
        note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        await approve_lines(session, scene.judge, invoice_id=note.id, now=LATER)
        assert await codes_of(session, invoice) == expected
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (invoice.state, line.amount - line.credited_amount) == (InvoiceState.APPROVED, Decimal("1000.00"))
    assert await billed(session, scene) == (0 if is_part else 600)
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("D11.9-e")
async def test_a_credit_is_at_the_rate_of_the_line_that_it_takes_back(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene, a_line(scene, 450), a_line(scene, 150, vat_rate=Decimal(14)))
    dear, cheap = await lines_of(session, invoice)
    credits = [a_line(scene, int(line.reserved_minutes), credits_line_id=line.id) for line in (dear, cheap)]
    note = await make_invoice(session, scene, *credits, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    assert [line.vat_rate for line in await lines_of(session, note)] == [Decimal("25.5"), Decimal(14)]
    assert (note.vat, await codes_of(session, note)) == (-invoice.vat, [])


@pytest.mark.rule("D11.9-h")
async def test_what_a_credits_line_says_itself_nobody_points_elsewhere(session: AsyncSession) -> None:
    """As the portal offers (`openKeys`): one that says nothing is pointed, and pointed anew."""
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene, a_line(scene, 450), a_line(scene, 150))
    first, second = await lines_of(session, invoice)
    said = await make_credit(session, scene, first, 60)
    (line,) = await lines_of(session, said)
    with pytest.raises(Refusal, match="says this itself") as refused:
        await point_line(session, scene.judge, line_id=line.id, credits_line_id=second.id, now=LATER)
    assert refused.value.errors[0].path == ("credits_line_id",)
    silent = await make_invoice(session, scene, a_line(scene, 60), kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    (line,) = await lines_of(session, silent)
    with pytest.raises(Refusal) as empty:
        await point_line(session, scene.judge, line_id=line.id, now=LATER)
    assert empty.value.errors[0].path == ("credits_line_id",), "what is asked of this line"
    for target in (first, second):
        await point_line(session, scene.judge, line_id=line.id, credits_line_id=target.id, now=LATER)
        assert line.credits_line_id == target.id


async def test_a_credit_note_line_finds_its_line_by_the_same_references(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice, line = await an_approved_line(session, scene)
    credit = await make_invoice(session, scene, a_line(scene, 60), kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
    (credited,) = await lines_of(session, credit)
    assert (credited.credits_line_id, await codes_of(session, credit)) == (line.id, [])
    assert Minutes(60) == -int(credited.quantity * 60)  # type: ignore[operator]


@pytest.mark.rule("D11.9-e")
async def test_a_line_credits_none_but_one_of_the_invoice_that_its_credit_note_credits(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice, line = await an_approved_line(session, scene)
    for head in ({}, {"credits_id": invoice.id}):  # an ordinary invoice credits nothing
        with pytest.raises(Refusal) as refused:
            await make_invoice(session, scene, a_line(scene, credits_line_id=line.id), **head)
        assert (refused.value.code, refused.value.errors[0].path) == (
            Code.NOT_FOUND,
            ("draft", "lines", 0, "credits_line_id"),
        )


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize(("price", "expected"), [("95.00", []), ("94.99", ["price"]), ("0.10", ["price"])])
async def test_hours_of_a_line_whose_price_was_credited_are_taken_back_for_their_share_of_the_rest(
    session: AsyncSession, price: str, expected: list[str]
) -> None:
    """Else nearly all hours would be free to be billed anew for next to nothing."""
    scene = await make_scene(session)
    _, line = await an_approved_line(session, scene)
    difference = DraftLine(text="Correction of the price", amount=Decimal("50.00"), credits_line_id=line.id)
    first = await make_invoice(session, scene, difference, kind=InvoiceKind.CREDIT_NOTE, credits_id=line.invoice_id)
    await approve_lines(session, scene.judge, invoice_id=first.id, now=LATER)
    second = await make_credit(session, scene, line, 585, price)
    assert await codes_of(session, second) == expected


REK = "REK-2026-0007"
SANCTION = Ref("Sanction", 7)
OWED = Deduction(ref=SANCTION, number=REK, cents=50_000)


def a_note(billed: InvoiceLine, *, credited: Credited | None = None, **line: Any) -> Judgement:
    """What comes of a note of 500 euros under a complaint's number, to which a sanction was applied too."""
    given = {"order_reference": REK, "price_group_code": None, "quantity": None, "unit": None, "unit_price": None}
    approval = BillingApproval(id=8, number=REK, agreement_id=AGREEMENT, supplier_id=SUPPLIER)
    record = a_record(
        known=a_known(deductions={REK: OWED}, billings={REK: approval}),
        others={(SANCTION, SANCTION.id): a_piece(id=900, minutes=OWED.cents)},
        credited=credited or Credited(numbers=("2026-6",), invoice=OTHER, lines=[billed]),
    )
    note = credit_line(**{**given, "amount": Decimal("-500.00"), **line})
    return judged(note, record=record, kind=InvoiceKind.CREDIT_NOTE)


@pytest.mark.rule("D11.9-e", "H11.10-g")
def test_a_line_that_may_credit_billed_handling_or_deduct_a_sanction_does_neither_until_it_is_pointed() -> None:
    handling = {"id": 100, "order_reference": REK, "state": LineState.APPROVED}
    unclear = a_note(facts.a_line(**handling))
    assert (unclear.holds, unclear.credits_lines) == ([], {})
    told = the(unclear, "credits_unknown_line")
    assert (told.found, told.about) == (OWED.euros, OTHER.number)
    assert a_note(facts.a_line(**handling), credits_line_id=100).credits_lines == {2: 100}, "it was pointed"
    for deducts in (
        a_note(facts.a_line(id=100, state=LineState.APPROVED)),
        a_note(facts.a_line(**handling | {"state": LineState.CREDITED})),
        a_note(facts.a_line(**handling), credited=Credited()),
    ):
        assert [hold.amount for hold in deducts.holds] == [OWED.cents] and deducts.credits_lines == {}
    unknown = a_note(facts.a_line(**handling), credited=Credited(numbers=("1999-1",)))
    assert unknown.holds == [] and "credits_unknown_invoice" in codes(unknown)
