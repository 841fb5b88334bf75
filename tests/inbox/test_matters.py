"""A new matter that comes by mail becomes a ticket by itself where it is certain whose and of which service it is."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.inbox import desk_verbs
from backend.inbox.model import IncomingMail
from backend.inbox.rules import MOST_AN_HOUR, title_of
from backend.inbox.states import MailState, WhyAside
from backend.kit.actor import Actor, ActorKind, Channel
from backend.kit.events import Audience, Event
from backend.parties.model import RoleHeld
from backend.parties.service_verbs import choose_mail_service
from backend.rulebook.criticality import Criticality
from backend.rulebook.roles import Role
from backend.tickets import message_verbs
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import MessageState, Reach, TicketKind
from tests.inbox.hostile import file, multipart
from tests.inbox.making import a_mail, address_of, take, with_files
from tests.making import (
    ALL_YEAR,
    LONG_AGO,
    NOW,
    customer_representative,
    make_agreement,
    make_organisation,
    make_service,
    tiera_key_user,
)
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier, report

W, S = WhyAside, MailState


async def make_desk_by_mail(session: AsyncSession) -> Desk:
    """A desk whose service takes mail."""
    desk = await make_desk(session)
    await choose_mail_service(session, await tiera_key_user(session), desk.service.id, now=NOW)
    return desk


async def files_of(session: AsyncSession, thing: IncomingMail | Ticket | TicketMessage) -> list[StoredFile]:
    its = (StoredFile.about_kind == thing.ref.kind, StoredFile.about_id == thing.id)
    wanted = sa.select(StoredFile).where(*its, StoredFile.purpose == "attachment").order_by(StoredFile.id)
    return list((await session.scalars(wanted)).all())


async def reads(session: AsyncSession, actor: Actor, file: StoredFile) -> bool:
    return await find_readable(session, actor, file.id, now=NOW) is not None


async def tickets_in(session: AsyncSession) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) or 0


@pytest.mark.rule("H11.7.2-a")
async def test_a_customers_new_matter_is_their_request_with_its_files_and_answers_come_to_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk_by_mail(session)
    address = await address_of(session, desk.customer)
    raw = with_files(address, "Sanna starts on Monday.", "form.pdf", Subject="New user", Message_ID="<new@kunta.fi>")
    mail = await take(session, tmp_path, raw)
    assert (mail.state, mail.why, mail.ticket_message_id) == (S.TAKEN, None, None)
    ticket = await session.get_one(Ticket, mail.ticket_id)
    assert (ticket.kind, ticket.service_id) == (TicketKind.SERVICE_REQUEST, desk.service.id)
    assert (ticket.title, ticket.description) == ("New user", "Sanna starts on Monday.")
    assert (ticket.criticality, ticket.reach) == (Criticality.NORMAL, Reach.ONE_USER)
    assert (ticket.customer_id, ticket.requester_id) == (desk.customer.organisation_id, desk.customer.person_id)
    reported = sa.select(Event.channel).where(Event.name == "ticket.reported", Event.subject_id == ticket.id)
    assert (await session.scalars(reported)).one() is Channel.MAIL
    (file,), (original,) = await files_of(session, ticket), await files_of(session, mail)
    assert file.name == "form.pdf"
    assert [await reads(session, desk.customer, each) for each in (file, original)] == [True, False]
    assert [await reads(session, desk.tiera, each) for each in (file, original)] == [True, True]
    raw = with_files(address, "One more.", "more.pdf", Subject="Re:", References="<x@kunta.fi> <new@kunta.fi>")
    answer = await take(session, tmp_path, raw)
    assert (answer.state, answer.ticket_id) == (S.TAKEN, ticket.id)
    message = await session.get_one(TicketMessage, answer.ticket_message_id)
    assert (message.text, [each.name for each in await files_of(session, message)]) == ("One more.", ["more.pdf"])


async def test_what_is_not_certain_waits_for_the_desk_and_leaves_nothing_behind(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk_by_mail(session)
    stranger = await customer_representative(session)
    other = await make_organisation(session, ActorKind.CUSTOMER)
    assert stranger.person_id is not None
    session.add(
        RoleHeld(person_id=stranger.person_id, organisation_id=other.id, role=Role.REPRESENTATIVE, valid=ALL_YEAR,
                 announced_at=LONG_AGO, customer_id=other.id)
    )  # fmt: skip
    elsewhere = await make_service(session, await make_agreement(session))
    key_user = await tiera_key_user(session)

    async def why(actor: Actor, text: str = "It is broken.", **said: str) -> WhyAside | None:
        return (await take(session, tmp_path, a_mail(await address_of(session, actor), text, **said))).why

    assert await why(stranger, subject="For which of the two?") is W.NEW_MATTER
    assert await why(desk.tiera, subject="Fwd: whose matter is it?") is W.NEW_MATTER
    assert await why(desk.customer, "", subject=" ") is W.EMPTY
    assert await why(desk.customer, subject="TIK-2026-99999") is W.NOT_SEEN
    await choose_mail_service(session, key_user, elsewhere.id, now=NOW)
    assert await why(desk.supplier, subject="Another supplier's service") is W.NEW_MATTER
    await choose_mail_service(session, key_user, elsewhere.id, takes_mail=False, now=NOW)
    assert await why(desk.customer, subject="No service takes mail") is W.NEW_MATTER
    assert await tickets_in(session) == 0
    await choose_mail_service(session, key_user, desk.service.id, now=NOW)
    assert await why(desk.supplier, subject="Our own service") is None
    assert (await session.scalars(sa.select(Ticket))).one().customer_id is None, "it is between Tiera and the supplier"


async def test_a_matter_that_nobody_can_read_waits_and_is_no_ticket_of_its_subject_alone(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk_by_mail(session)
    address = await address_of(session, desk.customer)
    head = f"From: {address}\nSubject: Secret\n".encode()
    enciphered = head + b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\n\x30\x82\x00\x01"
    outlook = multipart(b"\n\n", file("winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef"), head=head)
    pgp = head + b"\n-----BEGIN PGP MESSAGE-----\n\nhQEMA"
    for raw in (enciphered, outlook, pgp):
        mail = await take(session, tmp_path, raw)
        assert (mail.state, mail.why, mail.person_id) == (S.HELD, W.EMPTY, desk.customer.person_id)
    assert await tickets_in(session) == 0
    assert (await take(session, tmp_path, head + b"\n\n")).state is S.TAKEN, (
        "a subject says it all where nothing else is"
    )


async def test_files_that_were_not_taken_are_named_under_the_words_with_which_they_came(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk_by_mail(session)
    head = f"From: {await address_of(session, desk.customer)}\nSubject: Files\n".encode()
    parts = [file("a.exe", b"MZ\0"), file("b.pdf", b"%PDF-1.4 x"), file("smime.p7s", b"\x30\x82\0")]
    began = await take(session, tmp_path, multipart(b"\n" + b"word " * 5_000, *parts, head=head))
    ticket = await session.get_one(Ticket, began.ticket_id)
    assert ticket.description.endswith("…\n\nViestin mukana tulleet tiedostot, joita ei otettu tänne: a.exe")
    many = [file(f"{n}.zip", b"PK\x03\x04") for n in range(12)]
    head = head.replace(b"Files", ticket.number.encode())
    answer = await take(session, tmp_path, multipart(b"\nWords.", *many, head=head))
    message = await session.get_one(TicketMessage, answer.ticket_message_id)
    assert message.text.startswith("Words.\n\n") and message.text.endswith(" 8.zip, 9.zip, …")
    assert answer.text == "Words."


async def test_what_a_machine_answers_for_somebody_does_not_stop_them(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk_by_mail(session)
    address = await address_of(session, desk.customer)
    for n in range(MOST_AN_HOUR):
        assert (
            await take(session, tmp_path, a_mail(address, f"{n}", Auto_Submitted="auto-replied"))
        ).state is S.IGNORED
    assert (await take(session, tmp_path, a_mail(address, subject="New user"))).state is S.TAKEN


async def test_somebody_who_begins_many_matters_in_an_hour_is_stopped(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk_by_mail(session)
    address = await address_of(session, desk.customer)
    for n in range(MOST_AN_HOUR):
        assert (await take(session, tmp_path, a_mail(address, f"No. {n}", subject="Out"))).state is S.TAKEN
    assert (await take(session, tmp_path, a_mail(address, "One more", subject="Out"))).why is W.TOO_MANY
    assert await tickets_in(session) == MOST_AN_HOUR
    later = NOW + timedelta(hours=2)
    assert (await take(session, tmp_path, a_mail(address, "Later", subject="Out"), now=later)).state is S.TAKEN


def test_a_matter_is_called_by_its_subject_or_by_its_first_words() -> None:
    assert title_of(" New\n user ", "Hello") == "New user"
    assert title_of("", "Hi!\n\nSanna starts.") == "Hi! Sanna starts."
    assert title_of("", "word " * 40) == "word " * 14 + "word…"
    assert len(title_of("x" * 999, "")) == 200
    assert title_of("", " ") == ""


async def test_where_the_text_is_missing_the_subject_says_it(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk_by_mail(session)
    raw = a_mail(await address_of(session, desk.customer), "", subject="The printer of Koivurinne is broken")
    ticket = await session.get_one(Ticket, (await take(session, tmp_path, raw)).ticket_id)
    assert ticket.title == ticket.description == "The printer of Koivurinne is broken"


@pytest.mark.rule("H11.4-a")
async def test_the_files_of_a_suppliers_answer_are_hidden_as_its_message_is_until_tiera_releases_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    raw = with_files(await address_of(session, desk.supplier), "See the log.", "log.pdf", Subject=ticket.number)
    message = await session.get_one(TicketMessage, (await take(session, tmp_path, raw)).ticket_message_id)
    (file,) = await files_of(session, message)
    assert message.state is MessageState.WAITING
    assert [await reads(session, each, file) for each in (desk.supplier, desk.customer)] == [True, False]
    await message_verbs.release_message(session, desk.tiera, message_id=message.id, now=NOW)
    assert await reads(session, desk.customer, file)


async def test_what_the_desk_makes_of_a_mail_has_its_files(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    mails = [await take(session, tmp_path, with_files("x@example.com", name, f"{name}.pdf")) for name in ("a", "b")]
    added, reported = mails
    await desk_verbs.add_mail(session, desk.tiera, mail_id=added.id, number=ticket.number, now=NOW)
    message = await session.get_one(TicketMessage, added.ticket_message_id)
    (of_message,) = await files_of(session, message)
    assert (message.audience, of_message.name) == (Audience.TIERA, "a.pdf")
    assert not await reads(session, desk.customer, of_message)
    said = report(desk, customer_id=desk.customer.organisation_id)
    await desk_verbs.report_mail(session, desk.tiera, mail_id=reported.id, report=said, now=NOW)
    (of_ticket,) = await files_of(session, await session.get_one(Ticket, reported.ticket_id))
    assert of_ticket.name == "b.pdf" and await reads(session, desk.customer, of_ticket)


@pytest.mark.rule("H11.10-a")
async def test_what_says_that_it_is_a_complaint_waits_for_tiera_to_make_the_draft(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk_by_mail(session)

    async def why(actor: Actor, subject: str) -> WhyAside | None:
        return (await take(session, tmp_path, a_mail(await address_of(session, actor), "Late.", subject=subject))).why

    for subject in (
        "Reklamaatio laskusta 44",
        "VL: reklamoimme toimituksesta",
        "Reklamation om fakturan",
        "A complaint",
    ):
        assert await why(desk.customer, subject) is W.COMPLAINT
    assert await why(desk.tiera, "Fwd: reklamaatio") is W.COMPLAINT
    assert await tickets_in(session) == 0
    for subject in ("Vastine reklamaatioon", "RE: REK-2026-0007 · Siirto epäonnistui"):
        assert await why(desk.supplier, subject) is W.NEW_MATTER, (
            "a supplier complains of nothing, and this is no request"
        )
    assert await why(desk.supplier, "Trek-2026-0007") is None
    assert await tickets_in(session) == 1
    assert await why(desk.customer, "Lasku 44") is None
