"""Lines that one person would order, accept and approve alone (D0-f), beside others."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.states import InvoiceState, LineState
from backend.kit.actor import Language
from backend.kit.faults import Refusal
from backend.kit.translation import translate
from tests.invoices.making import a_line, a_part_line, approve, book, lines_of, make_invoice, make_milestone, make_scene
from tests.invoices.test_deciding import LATER, as_contact


@pytest.mark.rule("D0-f")
@pytest.mark.parametrize("named", [0, 1])
async def test_each_line_follows_the_term_of_the_agreement_that_its_order_is_under(
    session: AsyncSession, named: int
) -> None:
    """Whichever of the two agreements the invoice names: one refuses, the other shows."""
    refusing = await make_scene(session)
    showing = await make_scene(session, supplier=refusing.supplier, terms={"four_eyes": "shown"})
    alone = await as_contact(session, refusing)
    for scene in (refusing, showing):
        scene.order.ordered_by_id = alone.person_id
        scene.order.ordering_right_id = refusing.order.ordering_right_id
        await approve(session, scene, await book(session, scene, 600), by=alone)
    agreement = (refusing, showing)[named].agreement
    lines = (a_line(refusing), a_line(showing))
    invoice = await make_invoice(session, refusing, *lines, agreement_reference=agreement.number)
    assert invoice.agreement_id == agreement.id
    refused, shown = await lines_of(session, invoice)
    with pytest.raises(Refusal) as refusal:
        await approve_lines(session, alone, invoice_id=invoice.id, line_ids=[shown.id, refused.id], now=LATER)
    assert [error.path for error in refusal.value.errors] == [("line_ids", 1)]
    await approve_lines(session, alone, invoice_id=invoice.id, now=LATER)
    assert (refused.state, refused.is_decided_alone) == (LineState.OPEN, False)
    assert (shown.state, shown.is_decided_alone) == (LineState.APPROVED, True)


@pytest.mark.rule("D0-f")
async def test_a_line_that_one_person_would_approve_alone_waits_and_keeps_no_other_back(session: AsyncSession) -> None:
    scene = await make_scene(session)
    alone = await as_contact(session, scene)
    part = await make_milestone(session, scene)  # accepted by another
    await approve(session, scene, await book(session, scene, 600), by=alone)
    fixed = await session.get_one(type(scene.order), part.order_id)
    invoice = await make_invoice(session, scene, a_line(scene), a_part_line(scene, fixed))
    hours, whole = await lines_of(session, invoice)
    with pytest.raises(Refusal) as refused:
        await approve_lines(session, alone, invoice_id=invoice.id, line_ids=[whole.id, hours.id], now=LATER)
    (error,) = refused.value.errors
    assert (error.path, error.rule) == (("line_ids", 1), "D0-f")
    assert translate(error.message, Language.EN).startswith(f"Line 1: you placed the order {scene.order.number}, and")
    assert (hours.state, whole.state) == (LineState.OPEN, LineState.OPEN)
    await approve_lines(session, alone, invoice_id=invoice.id, now=LATER)
    assert (hours.state, whole.state, invoice.state) == (
        LineState.OPEN, LineState.APPROVED, InvoiceState.PARTLY_DECIDED
    )  # fmt: skip
    with pytest.raises(Refusal):
        await approve_lines(session, alone, invoice_id=invoice.id, now=LATER)
