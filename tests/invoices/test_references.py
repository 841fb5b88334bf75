"""What Tiera may announce that lines carry, on invoices that are typed: said, or taken from the record when sent."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.finding_codes import FindingCode
from backend.invoices.model import Finding, Invoice, InvoiceLine
from backend.kit.faults import Refusal
from backend.parties.agreement_model import InvoicingProcess
from backend.parties.states import ReferenceKey
from tests.invoices.making import Scene, a_line, make_approved, make_invoice, make_scene
from tests.making import LONG_AGO


async def make_announced(session: AsyncSession, *keys: ReferenceKey, supplier_number: str | None = "T-1") -> Scene:
    """Ten approved hours of an order under an agreement whose lines carry these references."""
    scene = await make_scene(session)
    scene.order.supplier_number = supplier_number
    session.add(
        InvoicingProcess(
            agreement_id=scene.agreement.id,
            valid_from=date(2026, 1, 1),
            required_references=list(keys),
            description="Viitteet riveittäin.",
            announced_at=LONG_AGO,
            announced_by_id=scene.judge.person_id,
        )
    )
    await make_approved(session, scene, 600)
    return scene


async def test_hours_of_nought_are_refused_for_what_they_are(session: AsyncSession) -> None:
    scene = await make_scene(session)
    for minutes, told in ((0, "Say how many hours, or leave this empty."), (-60, "This is too large, or negative.")):
        with pytest.raises(Refusal, match=told) as refused:
            await make_invoice(session, scene, a_line(scene, minutes))
        assert refused.value.errors[0].path == ("draft", "lines", 0, "minutes")


async def missing(session: AsyncSession, invoice: Invoice) -> list[Any]:
    wanted = sa.select(Finding.expected).where(
        Finding.invoice_id == invoice.id, Finding.code == FindingCode.REQUIRED_REFERENCE
    )
    return list((await session.scalars(wanted)).all())


async def the_line(session: AsyncSession, invoice: Invoice) -> InvoiceLine:
    return (await session.scalars(sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))).one()


@pytest.mark.rule("H11.9-i", "D11.9-g")
async def test_a_typed_line_carries_every_reference_that_tiera_can_announce(session: AsyncSession) -> None:
    scene = await make_announced(session, *ReferenceKey)
    invoice = await make_invoice(session, scene, a_line(scene), buyer_reference="4500")
    assert await missing(session, invoice) == []
    line = await the_line(session, invoice)
    assert (line.agreement_reference, line.seller_reference) == (scene.agreement.number, "T-1")
    assert (invoice.agreement_reference, invoice.seller_reference) == (None, None), "the head says what was typed"


@pytest.mark.rule("H11.9-i")
async def test_what_was_typed_stands_of_a_line_before_that_of_the_head_and_of_the_record(session: AsyncSession) -> None:
    scene = await make_announced(session)
    lines = (a_line(scene, 60), a_line(scene, 60, seller_reference="T-7"))
    head = {"seller_reference": "T-8", "agreement_reference": "S-1"}
    invoice = await make_invoice(session, scene, *lines, **head)
    wanted = sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position)
    found = [(line.seller_reference, line.agreement_reference) for line in await session.scalars(wanted)]
    assert found == [("T-8", "S-1"), ("T-7", "S-1")]


@pytest.mark.rule("H11.9-i")
@pytest.mark.parametrize("place", ["head", "line"])
async def test_a_number_that_the_record_does_not_know_can_be_typed_and_is_missed_where_it_is_not(
    session: AsyncSession, place: str
) -> None:
    scene = await make_announced(session, ReferenceKey.SUPPLIER_NUMBER, supplier_number=None)
    without = await make_invoice(session, scene, a_line(scene, 60))
    assert len(await missing(session, without)) == 1
    said = {"seller_reference": "T-9"}
    line, head = (a_line(scene, 60), said) if place == "head" else (a_line(scene, 60, **said), {})
    assert await missing(session, await make_invoice(session, scene, line, **head)) == []
