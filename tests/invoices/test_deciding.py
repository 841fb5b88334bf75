"""From approved hours to an approved line: holding, deciding, disputing, taking back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.deciding_verbs import answer_dispute, approve_lines, dispute_lines, reopen_line
from backend.invoices.judging_verbs import judge_invoice, judge_stale_invoice
from backend.invoices.model import Dispute, Finding, Invoice, InvoiceLine
from backend.invoices.notices import NOTICES
from backend.invoices.states import DisputeEnding, InvoiceState, LineState
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.notices import To
from backend.ledger import verbs as ledger
from backend.ledger.model import Account, Reservation
from backend.parties.agreement_model import BankAccount
from backend.parties.model import Person
from backend.parties.price_verbs import end_bank_account, set_price
from tests.invoices.making import (
    IBAN,
    NOW,
    OCTOBER,
    Scene,
    a_line,
    a_part_line,
    approve,
    book,
    lines_of,
    make_approved,
    make_invoice,
    make_milestone,
    make_scene,
)
from tests.making import make_person, supplier_manager, tiera_key_user, tiera_service_manager

LATER = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


async def codes_of(session: AsyncSession, invoice: Invoice) -> list[str]:
    wanted = sa.select(Finding.code).where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None))
    return sorted(code.value for code in (await session.scalars(wanted)).all())


async def billed(session: AsyncSession, scene: Scene) -> int:
    wanted = sa.select(Account.billed).where(Account.id == scene.account.id)
    return (await session.scalars(wanted)).one()


async def held(session: AsyncSession, line: InvoiceLine) -> int:
    wanted = sa.select(sa.func.count()).where(Reservation.line_id == line.id, Reservation.released_at.is_(None))
    return (await session.scalars(wanted)).one()


@pytest.mark.rule("H11.7.3-h", "D11.9-e")
async def test_an_invoice_for_approved_hours_is_judged_good_and_approved(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 150)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    assert await codes_of(session, invoice) == []
    assert (invoice.state, line.reserved_minutes, await billed(session, scene)) == (InvoiceState.RECEIVED, 600, 0)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (invoice.state, line.state, await billed(session, scene)) == (InvoiceState.APPROVED, LineState.APPROVED, 600)
    assert await ledger.disagreements(session) == []


@pytest.mark.rule("H11.7.3-h", "H11.9-b")
async def test_a_line_with_an_error_is_not_approved_and_the_refusal_says_why(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await book(session, scene, 600)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    with pytest.raises(Refusal) as refused:
        await approve_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], now=LATER)
    (error,) = refused.value.errors
    assert (error.code, error.rule, error.path) == (Code.BROKEN_RULE, "H11.7.3-h", ("line_ids", 0))
    assert await billed(session, scene) == 0


async def test_a_good_line_goes_on_beside_a_bad_one(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    bad = a_line(scene, 60, order_reference="TIL-1999-00001")
    invoice = await make_invoice(session, scene, a_line(scene), bad)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert [line.state for line in await lines_of(session, invoice)] == [LineState.APPROVED, LineState.OPEN]
    assert invoice.state is InvoiceState.PARTLY_DECIDED


async def test_an_error_of_the_whole_invoice_keeps_every_line_from_being_approved(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene, iban="FI1880012312345678")
    with pytest.raises(Refusal, match="not one that Tiera has confirmed"):
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)


@pytest.mark.rule("D11.9-e")
async def test_a_second_invoice_for_the_same_hours_finds_them_billed(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    first = await make_invoice(session, scene)
    second = await make_invoice(session, scene)
    assert await codes_of(session, second) == ["already_billed", "same_amount"]
    wanted = sa.select(Finding).where(Finding.invoice_id == second.id, Finding.line_id.is_not(None))
    found = (await session.scalars(wanted)).one()
    assert (found.other_invoice_id, found.about) == (first.id, first.number)


async def test_judging_again_after_the_hours_were_approved_finds_nothing(session: AsyncSession) -> None:
    scene = await make_scene(session)
    entry = await book(session, scene, 600)
    invoice = await make_invoice(session, scene)
    assert await codes_of(session, invoice) == ["hours_not_approved"]
    await approve(session, scene, entry, at=NOW)
    await judge_invoice(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert await codes_of(session, invoice) == []
    ended = sa.select(Finding.code).where(Finding.invoice_id == invoice.id, Finding.ended_at == LATER)
    assert (await session.scalars(ended)).all() == ["hours_not_approved"]


async def test_judging_again_and_again_holds_the_same_and_loses_nothing(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 450, 450)
    invoice = await make_invoice(session, scene)
    for _ in range(3):
        await judge_invoice(session, scene.judge, invoice_id=invoice.id, now=LATER)
    (line,) = await lines_of(session, invoice)
    free = await ledger.free_portions(session, scene.account)
    assert (line.reserved_minutes, sum(portion.amount for portion in free)) == (600, 300)


# Disputes


@pytest.mark.rule("D11.9-e")
async def test_a_disputed_line_keeps_what_it_holds_and_the_others_go_on(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600, 300)
    invoice = await make_invoice(session, scene, a_line(scene), a_line(scene, 300))
    first, second = await lines_of(session, invoice)
    await dispute_lines(
        session, scene.judge, invoice_id=invoice.id, line_ids=[second.id], reason="Not ours.", now=LATER
    )
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert (first.state, second.state, invoice.state) == (
        LineState.APPROVED,
        LineState.DISPUTED,
        InvoiceState.DISPUTED,
    )
    assert await held(session, second) == 1


async def test_a_dispute_needs_a_reason(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    with pytest.raises(Refusal) as refused:
        await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason=" ", now=LATER)
    assert refused.value.errors[0].path == ("reason",)


async def test_the_supplier_answers_and_tiera_opens_the_line_again(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Why 10 h?", now=LATER)
    await answer_dispute(session, scene.sender, line_id=line.id, answer="The migration took two days.", now=LATER)
    await reopen_line(session, scene.judge, line_id=line.id, now=LATER)
    dispute = (await session.scalars(sa.select(Dispute).where(Dispute.line_id == line.id))).one()
    await session.refresh(dispute)
    assert (dispute.answer, dispute.ending) == ("The migration took two days.", DisputeEnding.REOPENED)
    moved = sa.select(Event.from_state, Event.to_state).where(
        Event.name == "invoice.judged", Event.to_state.is_not(None)
    )
    assert (await session.execute(moved)).all() == [(InvoiceState.DISPUTED, InvoiceState.RECEIVED)]
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert await billed(session, scene) == 600


@pytest.mark.rule("D11.9-e")
async def test_what_the_supplier_withdraws_is_free_for_another_invoice(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    first = await make_invoice(session, scene)
    await withdraw_lines(session, scene.sender, invoice_id=first.id, now=LATER)
    second = await make_invoice(session, scene, number=first.number)
    assert first.state is InvoiceState.WITHDRAWN
    assert await codes_of(session, second) == []


async def test_an_approved_line_is_not_withdrawn_but_credited(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    with pytest.raises(Refusal):
        await withdraw_lines(session, scene.sender, invoice_id=invoice.id, now=LATER)


# Who may


@pytest.mark.rule("D0-f")
async def test_who_ordered_and_approved_the_hours_does_not_approve_the_line_alone(session: AsyncSession) -> None:
    scene = await make_scene(session)
    alone = await as_contact(session, scene)
    await approve(session, scene, await book(session, scene, 600), by=alone)
    invoice = await make_invoice(session, scene)
    with pytest.raises(Refusal) as refused:
        await approve_lines(session, alone, invoice_id=invoice.id, now=LATER)
    assert refused.value.errors[0].rule == "D0-f"
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)


@pytest.mark.rule("D0-f")
async def test_who_ordered_approves_the_line_when_somebody_else_approved_the_hours(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    await approve_lines(session, await as_contact(session, scene), invoice_id=invoice.id, now=LATER)
    assert not (await lines_of(session, invoice))[0].is_decided_alone


@pytest.mark.rule("D0-f")
async def test_by_the_other_term_one_person_alone_is_shown_and_not_refused(session: AsyncSession) -> None:
    scene = await make_scene(session, terms={"four_eyes": "shown"})
    alone = await as_contact(session, scene)
    part = await make_milestone(session, scene, accepted_by=alone.person_id)
    order = await session.get_one(type(scene.order), part.order_id)
    line = a_part_line(scene, order)
    invoice = await make_invoice(session, scene, line)
    await approve_lines(session, alone, invoice_id=invoice.id, now=LATER)
    assert (await lines_of(session, invoice))[0].is_decided_alone


@pytest.mark.rule("D0-f")
async def test_nobody_decides_on_an_invoice_of_their_own(session: AsyncSession) -> None:
    """Somebody who works for the supplier and for Tiera."""
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    person = await make_person(session)
    scene.sender = await supplier_manager(session, scene.supplier, person)
    invoice = await make_invoice(session, scene)
    with pytest.raises(Refusal) as refused:
        await approve_lines(session, await tiera_service_manager(session, person), invoice_id=invoice.id, now=LATER)
    assert (refused.value.code, refused.value.errors[0].rule) == (Code.NOT_PERMITTED, "D0-f")


async def test_the_supplier_does_not_decide_and_another_supplier_sees_nothing(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    with pytest.raises(Refusal) as refused:
        await approve_lines(session, scene.sender, invoice_id=invoice.id, now=LATER)
    assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as unseen:
        await withdraw_lines(session, await supplier_manager(session), invoice_id=invoice.id, now=LATER)
    assert unseen.value.code is Code.NOT_FOUND


@pytest.mark.rule("H11.9-b")
async def test_an_accepted_part_of_a_fixed_price_is_billed_once(session: AsyncSession) -> None:
    scene = await make_scene(session)
    part = await make_milestone(session, scene)
    order = await session.get_one(type(scene.order), part.order_id)
    line = a_part_line(scene, order)
    first = await make_invoice(session, scene, line)
    await approve_lines(session, scene.judge, invoice_id=first.id, now=LATER)
    second = await make_invoice(session, scene, line)
    assert await codes_of(session, second) == ["already_billed", "same_amount"]


async def test_a_part_that_is_not_accepted_is_not_billed(session: AsyncSession) -> None:
    scene = await make_scene(session)
    part = await make_milestone(session, scene, is_accepted=False)
    order = await session.get_one(type(scene.order), part.order_id)
    line = a_part_line(scene, order)
    assert await codes_of(session, await make_invoice(session, scene, line)) == ["order_not_accepted"]


@pytest.mark.rule("H11.3.1-b")
async def test_findings_disputes_and_lateness_are_events_for_the_account_manager(session: AsyncSession) -> None:
    scene = await make_scene(session)
    late = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    invoice = await make_invoice(session, scene, now=late)
    (line,) = await lines_of(session, invoice)
    await dispute_lines(session, scene.judge, invoice_id=invoice.id, line_ids=[line.id], reason="Why?", now=late)
    names = set((await session.scalars(sa.select(Event.name).where(Event.subject_id == invoice.id))).all())
    told = {"invoice.findings_found", "invoice.late", "invoice.lines_disputed"}
    assert told <= names
    assert all(To.ACCOUNT_MANAGER in NOTICES[name].to and NOTICES[name].required for name in told)


async def as_contact(session: AsyncSession, scene: Scene) -> Actor:
    """Who placed the order, being Tiera's service manager as well."""
    person = await session.get_one(Person, scene.contact.person_id)
    return await tiera_service_manager(session, person)


@pytest.mark.rule("D11.9-d", "D11.9-e")
async def test_nothing_is_approved_to_an_account_that_was_ended_after_judging(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    assert await codes_of(session, invoice) == []
    account = (await session.scalars(sa.select(BankAccount).where(BankAccount.iban == IBAN))).one()
    await end_bank_account(session, scene.sender, account.id, reason="Pankki vaihtui", now=LATER)
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert [error.rule for error in refused.value.errors] == ["D11.9-d"]
    assert await billed(session, scene) == 0
    await judge_stale_invoice(session, SCHEDULE, now=LATER + timedelta(minutes=1))
    assert await codes_of(session, invoice) == ["account"]
    session.add(BankAccount(agreement_id=scene.agreement.id, iban=IBAN, proposed_at=LATER,
                            confirmed_at=LATER + timedelta(minutes=2), confirmed_by_id=None))  # fmt: skip
    await judge_stale_invoice(session, SCHEDULE, now=LATER + timedelta(minutes=3))
    assert await codes_of(session, invoice) == []
    assert await judge_stale_invoice(session, SCHEDULE, now=LATER + timedelta(minutes=4)) is None


@pytest.mark.rule("D0-c", "D11.9-d")
async def test_work_that_nothing_has_billed_is_billed_by_a_price_that_was_set_after_judging(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    invoice = await make_invoice(session, scene)
    assert await codes_of(session, invoice) == []
    key_user = await tiera_key_user(session)
    await set_price(session, key_user, scene.group.id, unit_price=Decimal("95.00"), valid_from=OCTOBER[0],
                    reason="Sovittu kilpailutuksessa", now=LATER)  # fmt: skip
    with pytest.raises(Refusal, match="contract's price"):
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER + timedelta(minutes=1))
    assert await billed(session, scene) == 0
