"""Invoice files as they come: kept byte for byte, read, judged; or refused with a code and a sentence (D11.9-g)."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.content import STORE, content_of
from backend.files.model import StoredFile
from backend.files.store import Folder
from backend.files.verbs import add_file
from backend.invoices.deciding_verbs import approve_lines, dispute_lines, reopen_line
from backend.invoices.finding_codes import FindingCode
from backend.invoices.judging_verbs import judge_invoice, judge_stale_invoice
from backend.invoices.model import Finding, Invoice
from backend.invoices.pointing_verbs import point_line
from backend.invoices.sending_verbs import discard_invoice, draft_invoice, receive_invoice
from backend.invoices.states import InvoiceKind, InvoiceState, Origin
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from tests.invoices.making import IBAN, NOW, Scene, a_draft, a_line, lines_of, make_approved, make_invoice, make_scene
from tests.invoices.reading.files import euros, finvoice, finvoice_row, ubl, ubl_line
from tests.invoices.reading.test_samples import ROWS, SAMPLES
from tests.invoices.test_deciding import codes_of
from tests.making import make_agreement, make_terms, supplier_manager

needs_samples = pytest.mark.skipif(not ROWS, reason="the shared samples are not beside this checkout")


@pytest.fixture
def store(session: AsyncSession, tmp_path: Path) -> Folder:
    """A store of files that the session carries."""
    folder = Folder(tmp_path)
    session.info[STORE] = folder
    return folder


async def upload(session: AsyncSession, actor: Actor, content: bytes) -> StoredFile:
    sha256 = session.info[STORE].put(content)
    return await add_file(
        session, actor, sha256=sha256, size=len(content), name="lasku.xml", media_type="application/xml", now=NOW
    )


async def receive(session: AsyncSession, actor: Actor, content: bytes) -> Invoice:
    file = await upload(session, actor, content)
    return await receive_invoice(session, actor, file_id=file.id, now=NOW)


def a_file(
    scene: Scene, *, origin: str = "Original", number: str = "2026-7", hours: str = "10,00", **said: str
) -> bytes:
    """A Finvoice for ten hours of the scene's order at 95 euros."""
    quantity = f'<InvoicedQuantity QuantityUnitCode="h" QuantityUnitCodeUN="HUR">{hours}</InvoicedQuantity>'
    row = finvoice_row(quantity=quantity, before=f"<ArticleIdentifier>{scene.group.code}</ArticleIdentifier>")
    references = f"<OrderIdentifier>{scene.order.number}</OrderIdentifier>"
    seller = (
        f"<SellerPartyIdentifier>{scene.supplier.business_id}</SellerPartyIdentifier>"
        "<SellerOrganisationName>Toimittaja Oy</SellerOrganisationName>"
    )
    return finvoice(rows=[row], origin=origin, number=number, references=references, seller=seller, **said)


def a_credit_of(scene: Scene, items: list[str]) -> bytes:
    """A credit note file of lines that each take back ten hours of invoice 2026-7."""
    reference = f"<cac:OrderReference><cbc:ID>{scene.order.number}</cbc:ID></cac:OrderReference>"
    preceding = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-7</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    lines = [ubl_line(credit=True, item=item) for item in items]
    content = ubl(credit=True, lines=lines, references=reference + preceding)
    return content.replace(b">2026-7<", b">2026-8<", 1)


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("is_named", [True, False])
async def test_an_invoice_is_judged_by_the_agreement_of_what_it_bills_whatever_it_names(
    session: AsyncSession, is_named: bool
) -> None:
    """The newer agreement allows more: it is not the sender's to choose by whose terms it is judged."""
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    other = await make_agreement(session, scene.supplier, valid=Range(date(2026, 9, 1), None))
    await make_terms(session, other, {"price_tolerance_euros": "50.00"})
    named = {"agreement_reference": other.number} if is_named else {}
    invoice = await make_invoice(session, scene, a_line(scene, price="120.00"), **named)
    assert invoice.agreement_id == scene.agreement.id
    assert await codes_of(session, invoice) == ["price"]


@pytest.mark.rule("D11.9-g")
async def test_a_file_is_kept_byte_for_byte_judged_and_approved(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session, price="95.00")
    await make_approved(session, scene, 600)
    content = a_file(scene)
    invoice = await receive(session, scene.sender, content)
    file = await session.get_one(StoredFile, invoice.file_id)
    assert await content_of(session, file) == content
    assert (file.about_kind, file.about_id) == ("Invoice", invoice.id)
    assert (invoice.origin, invoice.number, invoice.gross, invoice.ibans) == (
        Origin.FINVOICE,
        "2026-7",
        Decimal("1192.25"),
        [IBAN],
    )
    assert await codes_of(session, invoice) == ["due_date"]  # 2.12.: two days too early
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
    assert invoice.state is InvoiceState.APPROVED


@pytest.mark.rule("D11.9-d")
async def test_a_charge_of_the_whole_invoice_makes_its_total_wrong_where_none_without_vat_is_said(
    session: AsyncSession, store: Folder
) -> None:
    """It belongs to no line: nobody would have said yes to it."""
    scene = await make_scene(session, price="95.00")
    await make_approved(session, scene, 600)
    charge = f"<ChargeDetails>{euros('Amount', '100,00')}<VatRatePercent>25,5</VatRatePercent></ChargeDetails>"
    content = a_file(scene, net="", vat="267,75", gross="1317,75", after_totals=charge)
    invoice = await receive(session, scene.sender, content)
    assert (invoice.net, invoice.vat, invoice.gross) == (Decimal(1050), Decimal("267.75"), Decimal("1317.75"))
    assert "total" in await codes_of(session, invoice)


@pytest.mark.rule("D11.9-h")
async def test_the_keys_of_a_line_are_those_of_the_file(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    (line,) = await lines_of(session, await receive(session, scene.sender, a_file(scene)))
    assert (line.order_id, line.price_group_id) == (scene.order.id, scene.group.id)
    assert (line.period_first, line.period_last) == (date(2026, 10, 1), date(2026, 10, 31))


async def test_the_same_file_again_is_the_same_invoice(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    again = await receive(session, scene.sender, a_file(scene))
    assert again.id == first.id


async def test_a_copy_of_a_known_invoice_is_no_new_invoice(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    copy = await receive(session, scene.sender, a_file(scene, origin="Copy"))
    assert copy.id == first.id


async def test_a_copy_of_an_unknown_invoice_is_taken_in(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    assert (await receive(session, scene.sender, a_file(scene, origin="Copy"))).state is InvoiceState.RECEIVED


async def test_a_cancellation_withdraws_the_invoice_of_its_number_and_is_kept_with_it(
    session: AsyncSession, store: Folder
) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    for _ in range(2):
        cancelled = await receive(session, scene.sender, a_file(scene, origin="Cancel"))
        assert (cancelled.id, cancelled.state) == (first.id, InvoiceState.WITHDRAWN)
    kept = sa.select(StoredFile.sha256).where(StoredFile.about_kind == "Invoice", StoredFile.about_id == first.id)
    hashes = {hashlib.sha256(a_file(scene, origin=origin)).hexdigest() for origin in ("Original", "Cancel")}
    assert set((await session.scalars(kept)).all()) == hashes
    draft = await draft_invoice(session, scene.sender, draft=a_draft(scene, number="2026-8"), now=NOW)
    await discard_invoice(session, scene.sender, invoice_id=draft.id, now=NOW)
    with pytest.raises(Refusal, match="has not come"):
        await receive(session, scene.sender, a_file(scene, origin="Cancel", number="2026-8"))


async def test_a_cancellation_brought_once_more_leaves_what_came_in_place_of_the_invoice(
    session: AsyncSession, store: Folder
) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    cancelling = a_file(scene, origin="Cancel")
    await receive(session, scene.sender, cancelling)
    corrected = await receive(session, scene.sender, a_file(scene, hours="9,00"))
    assert (await receive(session, scene.sender, cancelling)).id == first.id
    assert corrected.state is InvoiceState.RECEIVED
    another = cancelling.replace(b"</Finvoice>", b"<!-- again --></Finvoice>")
    assert (await receive(session, scene.sender, another)).id == corrected.id
    assert corrected.state is InvoiceState.WITHDRAWN


@pytest.mark.rule("D11.9-d")
async def test_a_number_used_before_is_taken_in_marked_and_keeps_the_invoice_from_being_approved(
    session: AsyncSession, store: Folder
) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    second = await receive(session, scene.sender, a_file(scene, hours="9,00"))
    typed = await make_invoice(session, scene, number="2026-7")
    assert (first.is_number_repeated, second.is_number_repeated, typed.is_number_repeated) == (False, True, True)
    assert "number_used" in await codes_of(session, second)
    with pytest.raises(Refusal, match="has used the number"):
        await approve_lines(session, scene.judge, invoice_id=second.id, now=NOW)


@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("mended", ["9,00", None])
async def test_a_number_is_free_again_for_what_was_sent_in_place_of_an_invoice_that_was_withdrawn(
    session: AsyncSession, store: Folder, mended: str | None
) -> None:
    """As a file or typed; of two that wait for the number the first that is checked has it."""
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    if mended is None:
        second = await make_invoice(session, scene, number="2026-7")
    else:
        second = await receive(session, scene.sender, a_file(scene, hours=mended))
    third = await receive(session, scene.sender, a_file(scene, hours="8,00"))
    await judge_invoice(session, scene.sender, invoice_id=second.id, now=NOW)
    assert second.is_number_repeated
    await withdraw_lines(session, scene.sender, invoice_id=first.id, now=NOW)
    for each in (second, third):
        await judge_invoice(session, scene.sender, invoice_id=each.id, now=NOW)
    assert (second.is_number_repeated, third.is_number_repeated) == (False, True)
    assert "number_used" not in await codes_of(session, second)
    wanted = sa.select(Finding.other_invoice_id).where(
        Finding.invoice_id == third.id, Finding.code == FindingCode.NUMBER_USED, Finding.ended_at.is_(None)
    )
    assert await session.scalar(wanted) == second.id


async def test_a_credit_note_file_credits_the_invoice_it_names(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    first = await receive(session, scene.sender, a_file(scene))
    reference = f"<cac:OrderReference><cbc:ID>{scene.order.number}</cbc:ID></cac:OrderReference>"
    preceding = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-7</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    credit = await receive(
        session, scene.sender, ubl(credit=True, references=reference + preceding).replace(b">2026-7<", b">2026-8<", 1)
    )
    assert (credit.kind, credit.credits_id, credit.gross) == (
        InvoiceKind.CREDIT_NOTE,
        first.id,
        Decimal("-1192.25"),
    )


@pytest.mark.rule("D11.9-e", "D11.9-d")
@pytest.mark.parametrize("is_sent_anew", [True, False])
@pytest.mark.parametrize("by_itself", [True, False])
async def test_a_credit_note_that_came_before_its_invoice_credits_it_once_that_has_come(
    session: AsyncSession, store: Folder, by_itself: bool, is_sent_anew: bool
) -> None:
    """That is as true of one that was withdrawn and sent anew."""
    scene = await make_scene(session, price="95.00")
    await make_approved(session, scene, 600)
    item = f"<cac:SellersItemIdentification><cbc:ID>{scene.group.code}</cbc:ID></cac:SellersItemIdentification>"
    note = await receive(session, scene.sender, a_credit_of(scene, [item]))
    assert "credits_unknown_invoice" in await codes_of(session, note)
    assert await judge_stale_invoice(session, SCHEDULE, now=NOW) is None
    first = await receive(session, scene.sender, a_file(scene))
    if is_sent_anew:
        await judge_invoice(session, scene.judge, invoice_id=note.id, now=NOW)
        await withdraw_lines(session, scene.sender, invoice_id=first.id, now=NOW)
        assert await judge_stale_invoice(session, SCHEDULE, now=NOW) is None
        first = await receive(session, scene.sender, a_file(scene) + b"\n")
    if by_itself:
        assert await judge_stale_invoice(session, SCHEDULE, now=NOW) is note
        assert await judge_stale_invoice(session, SCHEDULE, now=NOW) is None
    else:
        await judge_invoice(session, scene.judge, invoice_id=note.id, now=NOW)
    assert not {"credits_unknown_invoice", "credits_unknown_line"} & set(await codes_of(session, note))
    (line,), (credited,) = await lines_of(session, note), await lines_of(session, first)
    assert (note.credits_id, line.credits_line_id) == (first.id, credited.id)


@pytest.mark.rule("D11.9-e", "D11.9-h")
@pytest.mark.parametrize("is_pointed", [True, False])
@pytest.mark.parametrize("disputed", [0, 1, 2])
async def test_lines_of_a_credit_note_look_anew_when_its_invoice_is_sent_anew_the_disputed_ones_too(
    session: AsyncSession, store: Folder, disputed: int, is_pointed: bool
) -> None:
    """What a person said of the invoice that is withdrawn is said no more, on record, and can be said anew."""
    scene = await make_scene(session, price="95.00")
    first = await receive(session, scene.sender, a_file(scene))
    (credited,) = await lines_of(session, first)
    code = "ELSE" if is_pointed else scene.group.code
    item = f"<cac:SellersItemIdentification><cbc:ID>{code}</cbc:ID></cac:SellersItemIdentification>"
    note = await receive(session, scene.sender, a_credit_of(scene, [item, item]))
    lines = await lines_of(session, note)
    for line in lines if is_pointed else []:
        assert line.credits_line_id is None
        await point_line(session, scene.judge, line_id=line.id, credits_line_id=credited.id, now=NOW)
    ids = [line.id for line in lines]
    if disputed:
        await dispute_lines(session, scene.judge, invoice_id=note.id, line_ids=ids[:disputed], reason="Miksi?", now=NOW)
    await withdraw_lines(session, scene.sender, invoice_id=first.id, now=NOW)
    second = await receive(session, scene.sender, a_file(scene) + b"\n")
    await judge_invoice(session, scene.judge, invoice_id=note.id, now=NOW)
    if disputed == len(lines):  # nothing waits to be checked, so nothing is changed
        assert (note.credits_id, {line.credits_line_id for line in lines}) == (first.id, {credited.id})
    for line in lines[:disputed]:
        await reopen_line(session, scene.judge, line_id=line.id, now=NOW)
    await judge_stale_invoice(session, SCHEDULE, now=NOW)
    (anew,) = await lines_of(session, second)
    lines = await lines_of(session, note)
    assert (note.credits_id, {line.credits_line_id for line in lines}) == (second.id, {None if is_pointed else anew.id})
    ended = await session.scalars(
        sa.select(Event.subject_id).where(Event.name == "invoice_line.pointing_ended").order_by(Event.subject_id)
    )
    assert list(ended) == (ids if is_pointed else [])
    assert [(line.pointed, line.pointed_by_id) for line in lines] == [([], None)] * 2
    for line in lines if is_pointed else []:
        await point_line(session, scene.judge, line_id=line.id, credits_line_id=anew.id, now=NOW)
    assert "credits_unknown_line" not in await codes_of(session, note)


async def test_a_file_that_is_no_invoice_is_refused_and_nothing_is_kept(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    file = await upload(session, scene.sender, b"<Order/>")
    with pytest.raises(Refusal) as refused:
        await receive_invoice(session, scene.sender, file_id=file.id, now=NOW)
    (error,) = refused.value.errors
    assert (error.code, error.path, str(error.actual)) == (Code.INVALID, ("file_id",), "NOT_AN_INVOICE")
    assert (await session.scalar(sa.select(sa.func.count()).select_from(Invoice)), file.about_kind) == (0, None)


async def test_nobody_else_takes_in_a_file_that_one_brought(session: AsyncSession, store: Folder) -> None:
    scene = await make_scene(session)
    file = await upload(session, scene.sender, a_file(scene))
    with pytest.raises(Refusal) as refused:
        await receive_invoice(session, await supplier_manager(session), file_id=file.id, now=NOW)
    assert refused.value.code is Code.NOT_FOUND


def verdicts(kind: str) -> list[str]:
    return [row[0] for row in ROWS if row[1].startswith(kind)]


@needs_samples
@pytest.mark.rule("D11.9-g")
@pytest.mark.parametrize("name", verdicts("read"))
async def test_a_sample_that_can_be_read_is_taken_in_and_judged(
    session: AsyncSession, store: Folder, name: str
) -> None:
    scene = await make_scene(session)
    try:
        invoice = await receive(session, scene.sender, (SAMPLES / name).read_bytes())
    except Refusal:
        assert "or refused" in next(row[1] for row in ROWS if row[0] == name)
        return
    assert invoice.judged_at == NOW
    assert "seller" in await codes_of(session, invoice)  # another company's: never approved
    with pytest.raises(Refusal):
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)


@needs_samples
@pytest.mark.parametrize(("name", "verdict"), [(row[0], row[1]) for row in ROWS if row[1].startswith("refused")])
async def test_a_sample_that_cannot_be_read_is_refused_for_its_own_reason(
    session: AsyncSession, store: Folder, name: str, verdict: str
) -> None:
    scene = await make_scene(session)
    with pytest.raises(Refusal) as refused:
        await receive(session, scene.sender, (SAMPLES / name).read_bytes())
    assert verdict == "refused" or str(refused.value.errors[0].actual) == verdict.partition(" ")[2]


@needs_samples
@pytest.mark.rule("D11.9-d")
@pytest.mark.parametrize("name", verdicts("read, finding"))
async def test_a_sample_with_a_fault_in_its_contents_has_it_found(
    session: AsyncSession, store: Folder, name: str
) -> None:
    scene = await make_scene(session)
    found = await codes_of(session, await receive(session, scene.sender, (SAMPLES / name).read_bytes()))
    assert {"total", "no_reference"} & set(found)
