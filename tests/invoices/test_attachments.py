"""What is attached to an invoice, to a dispute and to its answer: read by who sees the invoice."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.invoices import deciding_verbs, sending_verbs
from backend.kit.actor import Actor
from backend.kit.faults import Refusal
from backend.notices import queries as _whoever_sees_events  # noqa: F401  # registers them
from tests.files.making import make_file
from tests.invoices.making import (
    NOW,
    Scene,
    a_draft,
    a_line,
    lines_of,
    make_approved,
    make_invoice,
    make_scene,
)
from tests.making import customer_representative, supplier_expert, supplier_manager


async def seen(session: AsyncSession, file: StoredFile, *actors: Actor) -> list[bool]:
    await session.refresh(file)
    return [await find_readable(session, actor, file.id, now=NOW) is not None for actor in actors]


async def strangers(session: AsyncSession, s: Scene) -> list[Actor]:
    """A customer, another supplier, and an expert of this one, who sees no invoices."""
    return [
        await customer_representative(session),
        await supplier_manager(session),
        await supplier_expert(session, s.supplier),
    ]


async def test_a_receipt_of_a_typed_invoice_is_the_suppliers_alone_until_it_is_sent(session: AsyncSession) -> None:
    s = await make_scene(session)
    receipt, wrong = [await make_file(session, s.sender) for _ in range(2)]
    invoice = await sending_verbs.draft_invoice(
        session, s.sender, draft=a_draft(s, file_ids=[receipt.id, wrong.id]), now=NOW
    )
    assert await seen(session, receipt, s.sender, s.judge) == [True, False]
    await sending_verbs.edit_invoice(
        session, s.sender, invoice_id=invoice.id, draft=a_draft(s, file_ids=[receipt.id]), now=NOW
    )
    await sending_verbs.send_invoice(session, s.sender, invoice_id=invoice.id, now=NOW)
    assert await seen(session, receipt, s.sender, s.judge) == [True, True]
    assert await seen(session, wrong, s.sender, s.judge) == [True, False], "unused again"
    assert await seen(session, receipt, *await strangers(session, s)) == [False] * 3


@pytest.mark.rule("D11.9-e")
async def test_what_goes_along_with_a_dispute_and_its_answer_is_read_by_both_sides(session: AsyncSession) -> None:
    s = await make_scene(session)
    await make_approved(session, s, 600)
    invoice = await make_invoice(session, s, a_line(s))
    (line,) = await lines_of(session, invoice)
    why, answer = await make_file(session, s.judge), await make_file(session, s.sender)
    await deciding_verbs.dispute_lines(
        session, s.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Miksi?", file_ids=[why.id], now=NOW
    )
    with pytest.raises(Refusal) as refused:
        await deciding_verbs.answer_dispute(
            session, s.sender, line_id=line.id, answer="Näin.", file_ids=[why.id], now=NOW
        )
    assert refused.value.errors[0].path == ("file_ids", 0)
    await deciding_verbs.answer_dispute(
        session, s.sender, line_id=line.id, answer="Näin.", file_ids=[answer.id], now=NOW
    )
    for file in (why, answer):
        assert await seen(session, file, s.sender, s.judge) == [True, True]
        assert await seen(session, file, *await strangers(session, s)) == [False] * 3
    with pytest.raises(Refusal, match="answered already"):
        await deciding_verbs.answer_dispute(session, s.sender, line_id=line.id, answer="Toisin.", now=NOW)
