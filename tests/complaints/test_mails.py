"""A complaint is begun of a mail: the draft is Tiera's, the files come along, and nothing is sent by itself."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import verbs
from backend.complaints.mail_verbs import complain_by_mail, receive_mail
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintState
from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.files.store import Folder
from backend.inbox.arriving import arrive
from backend.inbox.model import IncomingMail
from backend.inbox.states import MailState, WhyAside
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.faults import Code, Refusal
from tests.complaints.making import CONTENT, Sides, make_sides, told
from tests.inbox.making import HOUSE, a_mail, address_of, take, with_files
from tests.invoices.making import make_invoice, make_scene
from tests.making import NOW, make_agreement, make_organisation, tiera_product_owner
from tests.tickets.making import make_desk, make_ticket


async def complain(session: AsyncSession, s: Sides, actor: Actor, mail: IncomingMail) -> Complaint:
    return await complain_by_mail(
        session, actor, mail_id=mail.id, agreement_id=s.agreement.id, content=CONTENT, now=NOW
    )


async def files_of(session: AsyncSession, complaint: Complaint) -> list[StoredFile]:
    wanted = sa.select(StoredFile).where(StoredFile.about_kind == "Complaint", StoredFile.about_id == complaint.id)
    return list((await session.scalars(wanted)).all())


async def receive(session: AsyncSession, folder: Path, raw: bytes, *, now: datetime = NOW) -> IncomingMail:
    """The mail comes, as the worker takes it."""
    return await receive_mail(session, SCHEDULE, arrived=arrive(raw, Folder(folder)), house=HOUSE, now=now)


async def drafts_of(session: AsyncSession, mail: IncomingMail) -> list[Complaint]:
    await session.flush()
    return list((await session.scalars(sa.select(Complaint).where(Complaint.mail_id == mail.id))).all())


@pytest.mark.rule("H11.10-a")
@pytest.mark.parametrize("who", ["customer", "tiera"])
async def test_what_somebody_known_sends_as_a_complaint_becomes_a_draft_by_itself_once(
    session: AsyncSession, tmp_path: Path, who: str
) -> None:
    s = await make_sides(session)
    address = await address_of(session, getattr(s, who))
    raw = with_files(address, "Siirto ei toiminut.", "loki.pdf", Subject="Reklamaatio siirrosta", Message_ID="<r@k.fi>")
    mail = await receive(session, tmp_path, raw)
    assert (mail.state, mail.why) == (MailState.COMPLAINED, WhyAside.COMPLAINT)
    (draft,) = await drafts_of(session, mail)
    assert (draft.state, draft.supplier_id, draft.about_id) == (ComplaintState.DRAFT, s.supplier.id, None)
    assert (draft.title, draft.description) == ("Reklamaatio siirrosta", "Siirto ei toiminut.")
    assert [file.name for file in await files_of(session, draft)] == ["loki.pdf"]
    assert await told(session, draft) == ["complaint.drafted_by_mail"], "nothing is sent by itself"
    assert (await receive(session, tmp_path, raw)).id == mail.id
    assert len(await drafts_of(session, mail)) == 1, "the same mail again makes no second one"
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=draft.id, reason="Ei ole reklamaatio.", now=NOW)
    assert (draft.state, draft.number) == (ComplaintState.WITHDRAWN, None)
    assert mail.state is MailState.HELD, "it waits for the desk again"
    again = await complain(session, s, s.tiera, mail)
    assert (again.mail_id, draft.mail_id, mail.state) == (mail.id, mail.id, MailState.COMPLAINED)
    await verbs.send_complaint(session, s.tiera, complaint_id=again.id, now=NOW)
    await verbs.withdraw_complaint(session, s.tiera, complaint_id=again.id, reason="Selvisi.", now=NOW)
    assert mail.state is MailState.COMPLAINED, "the supplier has got it: it was no mistake"


@pytest.mark.rule("H11.10-a")
async def test_the_supplier_of_a_draft_is_that_of_the_ticket_that_the_mail_names(
    session: AsyncSession, tmp_path: Path
) -> None:
    s = await make_sides(session)
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, s.customer)
    in_subject = a_mail(address, "Ei toiminut.", subject=f"Reklamaatio {ticket.number}")
    for raw in (in_subject, a_mail(address, f"Koskee: {ticket.number}.", subject="Reklamaatio")):
        (draft,) = await drafts_of(session, await receive(session, tmp_path, raw))
        assert (draft.about_kind, draft.about_id, draft.supplier_id) == (
            "Ticket",
            ticket.id,
            desk.supplier.organisation_id,
        )
    content = verbs.Content(title="Toinen", description="Toiselle.", cause=draft.cause)
    given = {"complaint_id": draft.id, "agreement_id": s.agreement.id, "content": content, "expected_version": 1}
    await verbs.edit_complaint(session, s.tiera, **given, now=NOW)
    assert (draft.supplier_id, draft.about_id) == (s.supplier.id, None), "Tiera says otherwise"


@pytest.mark.rule("H11.10-a")
async def test_the_supplier_of_a_draft_is_that_of_the_invoice_or_order_whose_own_number_the_mail_says(
    session: AsyncSession, tmp_path: Path
) -> None:
    s = await make_sides(session)
    scene, other = await make_scene(session), await make_scene(session)
    invoice, order = await make_invoice(session, scene, number="L-44"), scene.order
    order.supplier_number = "T-88"
    address = await address_of(session, s.customer)

    async def drafted(subject: str, text: str = "Ei sovitun mukainen.") -> list[tuple[int, str]]:
        mail = await receive(session, tmp_path, a_mail(address, text, subject=subject))
        return [(draft.supplier_id, f"{draft.about_kind}:{draft.about_id}") for draft in await drafts_of(session, mail)]

    assert await drafted("Laskureklamaatio L-44") == [(scene.supplier.id, str(invoice.ref))]
    assert await drafted("Reklamaatio", "Tilauksenne T-88 on myöhässä.") == [(scene.supplier.id, str(order.ref))]
    assert await drafted("Reklamaatio", "Siirto L-44 ja T-88.") == [], "nothing is said to be an invoice or an order"
    await make_invoice(session, other, number="L-44")
    assert await drafted("Laskureklamaatio L-44", "Toinen.") == [], "two suppliers have one of that number"
    both = await drafted("Laskureklamaatio L-44", f"Koskee: {other.order.number}")
    assert both == [(other.supplier.id, str(other.order.ref))]


@pytest.mark.rule("H11.10-a")
async def test_the_supplier_of_a_draft_is_the_one_that_the_mail_names(session: AsyncSession, tmp_path: Path) -> None:
    s = await make_sides(session)
    named = await make_organisation(session, name="Arkistopalvelu Oy")
    await make_agreement(session, named)
    await make_agreement(session, await make_organisation(session, name="Siirtotalo Ab"))
    address = await address_of(session, s.customer)

    async def suppliers(subject: str, text: str) -> list[int]:
        mail = await receive(session, tmp_path, a_mail(address, text, subject=subject))
        return [draft.supplier_id for draft in await drafts_of(session, mail)]

    assert await suppliers("Reklamaatio Arkistopalvelulle", "Ei toimi.") == [named.id]
    assert await suppliers("Reklamaatio", "arkistopalvelu oy:n lasku") == [named.id]
    assert await suppliers("Reklamaatio Arkistopalvelulle", "Ja Siirtotalolle.") == []
    await make_agreement(session, named)
    assert await suppliers("Reklamaatio Arkistopalvelulle", "Kumpi sopimus?") == []


async def test_an_answer_to_a_ticket_that_is_called_a_complaint_comes_to_the_ticket(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    raw = a_mail(await address_of(session, desk.customer), subject=f"VS: {ticket.number} · Reklamaatio laskusta")
    mail = await receive(session, tmp_path, raw)
    assert (mail.state, mail.ticket_id) == (MailState.TAKEN, ticket.id)


@pytest.mark.rule("H11.10-a")
async def test_what_does_not_say_to_whom_it_goes_or_by_whom_it_is_waits_for_the_desk(
    session: AsyncSession, tmp_path: Path
) -> None:
    s = await make_sides(session)
    customer, supplier = await address_of(session, s.customer), await address_of(session, s.supplier_manager)

    async def becomes(sender: str, text: str = "Siirto ei toiminut.") -> tuple[MailState, WhyAside | None]:
        mail = await receive(session, tmp_path, a_mail(sender, text, subject="Reklamaatio"))
        assert await drafts_of(session, mail) == []
        return mail.state, mail.why

    assert await becomes("x@example.com") == (MailState.HELD, WhyAside.UNKNOWN_SENDER)
    assert await becomes(supplier) == (MailState.HELD, WhyAside.NEW_MATTER)
    assert await becomes(customer, "Koskee reklamaatiota REK-2026-0007.") == (MailState.HELD, WhyAside.COMPLAINT)
    await make_agreement(session)
    assert await becomes(customer, "Kumpi toimittaja?") == (MailState.HELD, WhyAside.COMPLAINT)


@pytest.mark.rule("H11.10-a")
async def test_a_mail_becomes_a_draft_with_its_files_that_the_supplier_sees_when_it_is_sent(
    session: AsyncSession, tmp_path: Path
) -> None:
    s = await make_sides(session)
    mail = await take(
        session, tmp_path, with_files("maija@example.com", "Siirto ei toiminut.", "loki.pdf", Subject="Reklamaatio")
    )
    complaint = await complain(session, s, s.tiera, mail)
    assert (complaint.state, complaint.mail_id, mail.state) == (ComplaintState.DRAFT, mail.id, MailState.COMPLAINED)
    assert await told(session, complaint) == ["complaint.drafted"], "nothing is sent by itself"
    (file,) = await files_of(session, complaint)
    assert (file.name, file.purpose) == ("loki.pdf", "attachment")
    assert await find_readable(session, s.supplier_manager, file.id, now=NOW) is None
    await verbs.send_complaint(session, s.tiera, complaint_id=complaint.id, now=NOW)
    assert await find_readable(session, s.supplier_manager, file.id, now=NOW) is not None
    (original,) = (
        await session.scalars(
            sa.select(StoredFile).where(StoredFile.about_kind == "IncomingMail", StoredFile.purpose == "attachment")
        )
    ).all()
    assert await find_readable(session, s.supplier_manager, original.id, now=NOW) is None, (
        "the mail itself stays at Tiera"
    )


async def test_what_refuses_the_draft_leaves_the_mail_waiting(session: AsyncSession, tmp_path: Path) -> None:
    s = await make_sides(session)
    mail = await take(session, tmp_path, a_mail("maija@example.com"))
    with pytest.raises(Refusal) as refused:
        await complain_by_mail(session, s.tiera, mail_id=mail.id, agreement_id=0, content=CONTENT, now=NOW)
    assert (refused.value.code, mail.state) == (Code.NOT_FOUND, MailState.HELD)


@pytest.mark.parametrize("who", ["supplier_manager", "stranger", "customer"])
async def test_nobody_else_makes_one_of_a_mail(session: AsyncSession, tmp_path: Path, who: str) -> None:
    s = await make_sides(session)
    mail = await take(session, tmp_path, a_mail("maija@example.com"))
    with pytest.raises(Refusal) as refused:
        await complain(session, s, getattr(s, who), mail)
    assert (refused.value.code, mail.state) == (Code.NOT_FOUND, MailState.HELD)


async def test_whoever_sorts_mail_and_may_not_complain_is_told_so(session: AsyncSession, tmp_path: Path) -> None:
    s = await make_sides(session)
    mail = await take(session, tmp_path, a_mail("maija@example.com"))
    with pytest.raises(Refusal) as refused:
        await complain(session, s, await tiera_product_owner(session), mail)
    assert (refused.value.code, mail.state) == (Code.NOT_PERMITTED, MailState.HELD)


async def test_of_two_who_take_one_mail_at_once_one_makes_a_complaint(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        s = await make_sides(session)
        mail_id = (await take(session, tmp_path, a_mail("maija@example.com"))).id
    entrance = Entrance(sessions, clock=lambda: NOW)
    given = {"mail_id": mail_id, "agreement_id": s.agreement.id, "content": CONTENT}
    entered = await asyncio.gather(
        *(entrance.enter(s.tiera, complain_by_mail, key=f"try-{n}", **given) for n in range(4))
    )
    assert sorted(bool(each.errors) for each in entered) == [False, True, True, True]
    async with sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1
    await engine.dispose()
