"""Mail is taken once, as the words of whoever wrote it; what cannot be taken is kept and says why."""

import asyncio
import base64
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.model import StoredFile
from backend.files.store import Folder
from backend.identity.hashing import new_secret
from backend.inbox import queries
from backend.inbox.arriving import arrive
from backend.inbox.model import IncomingMail
from backend.inbox.rules import MOST_AN_HOUR
from backend.inbox.states import MailState, WhyAside
from backend.inbox.taking_verbs import take_mail
from backend.kit.actor import SCHEDULE, Actor, ActorKind, Channel
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.events import Audience, Event
from backend.parties.model import RoleHeld
from backend.rulebook.roles import Role
from backend.tickets import handling_verbs, merging_verbs
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.states import MessageState, TicketState
from tests.inbox.making import HOUSE, a_mail, address_of, take, with_files
from tests.making import NOW, TODAY, end_roles, make_actor, make_organisation
from tests.people import EVERYBODY
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier

W, S = WhyAside, MailState


def answer_to(ticket: Ticket, receiver: str, audience: Audience = Audience.ALL) -> str:
    address = HOUSE.answer_address(ticket.number, audience, receiver)
    assert address is not None
    return address


async def said_on(session: AsyncSession, ticket: Ticket) -> list[TicketMessage]:
    wanted = sa.select(TicketMessage).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.id)
    return list((await session.scalars(wanted)).all())


@pytest.mark.rule("H11.7.2-a")
async def test_a_customers_answer_is_their_message_on_the_ticket_and_says_by_which_door_it_came(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.wait_for_requester(session, desk.tiera, ticket_id=ticket.id, text="Since when?", now=NOW)
    address = await address_of(session, desk.customer)
    mail = await take(session, tmp_path, a_mail(address, "Since Monday.", to=answer_to(ticket, address)))
    assert (mail.state, mail.why, mail.ticket_id) == (S.TAKEN, None, ticket.id)
    message = (await said_on(session, ticket))[-1]
    assert (message.text, message.audience, message.state) == ("Since Monday.", Audience.ALL, MessageState.SENT)
    assert (message.written_by_id, message.organisation_id) == (desk.customer.person_id, desk.customer.organisation_id)
    assert ticket.state is TicketState.OPEN
    written = sa.select(Event.channel).where(Event.subject_kind == "TicketMessage", Event.subject_id == message.id)
    assert (await session.scalars(written)).one() is Channel.MAIL


@pytest.mark.rule("H10.3-a")
async def test_an_answer_that_brings_the_portals_mail_along_keeps_the_link_by_which_its_writer_rates_to_itself(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address, secret = await address_of(session, desk.customer), new_secret()
    brought = f"Thanks!\n\nHow well was it handled?\n5: https://{HOUSE.host}/arvio/{secret}?arvosana=5"
    mail = await take(session, tmp_path, a_mail(address, brought, to=answer_to(ticket, address)))
    text = (await said_on(session, ticket))[-1].text
    assert secret not in text + mail.text
    assert text == brought.replace(secret, "…")


@pytest.mark.rule("H11.7.2-a")
async def test_an_answer_to_a_merged_ticket_is_written_where_that_goes_on(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    first, second, third = [await make_ticket(session, desk) for _ in range(3)]
    for ticket, into in ((first, second), (second, third)):
        await merging_verbs.merge_tickets(
            session, desk.tiera, ticket_id=ticket.id, into_id=into.id, reason="The same.", now=NOW
        )
    address = await address_of(session, desk.customer)
    mail = await take(session, tmp_path, a_mail(address, "Still broken.", to=answer_to(first, address)))
    assert (mail.state, mail.ticket_id) == (S.TAKEN, third.id)
    assert [message.text for message in await said_on(session, third)] == ["Still broken."]
    await merging_verbs.unmerge_ticket(session, desk.tiera, ticket_id=first.id, reason="Not the same.", now=NOW)
    again = await take(session, tmp_path, a_mail(address, "It is another.", to=answer_to(first, address)))
    assert (again.state, again.ticket_id) == (S.TAKEN, first.id)


@pytest.mark.rule("H11.4-a")
async def test_what_a_supplier_answers_waits_for_release_unless_it_answers_what_the_customer_does_not_read(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    address = await address_of(session, desk.supplier)
    await take(session, tmp_path, a_mail(address, "Fixed.", subject=f"Re: {ticket.number}"))
    to = answer_to(ticket, address, Audience.BOTH)
    await take(session, tmp_path, a_mail(address, "It is in our log.", to=to))
    public, inner = (await said_on(session, ticket))[-2:]
    assert (public.text, public.audience, public.state) == ("Fixed.", Audience.ALL, MessageState.WAITING)
    assert (inner.text, inner.audience, inner.state) == ("It is in our log.", Audience.BOTH, MessageState.SENT)


@pytest.mark.rule("H11.4-a")
async def test_what_tiera_answers_stays_inside_where_nobody_knows_what_it_answers(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.tiera)
    await take(session, tmp_path, a_mail(address, "A word among us.", subject=f"Fwd: {ticket.number}"))
    assert (await said_on(session, ticket))[-1].audience is Audience.TIERA


async def test_an_answer_to_a_mail_that_came_before_follows_it_to_its_ticket(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    await take(session, tmp_path, a_mail(address, "One.", subject=ticket.number, Message_ID="<one@kunta.fi>"))
    mail = await take(session, tmp_path, a_mail(address, "Two.", subject="Re:", In_Reply_To="<one@kunta.fi>"))
    assert (mail.state, mail.ticket_id) == (S.TAKEN, ticket.id)


async def make_stranger(session: AsyncSession, desk: Desk) -> Actor:
    other = await make_organisation(session, ActorKind.CUSTOMER)
    return await make_actor(session, other, Role.REPRESENTATIVE)


@pytest.mark.parametrize(
    ("who", "why"),
    [("stranger", W.NOT_SEEN), ("supplier", W.NOT_SEEN), ("nobody", W.UNKNOWN_SENDER)],
)
@pytest.mark.rule("H11.4-a")
async def test_nobody_writes_by_mail_on_a_ticket_that_they_do_not_see(
    session: AsyncSession, tmp_path: Path, who: str, why: WhyAside
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)  # at Tiera's desk: the supplier does not see it yet
    actor = await make_stranger(session, desk) if who == "stranger" else desk.supplier
    address = "nobody@example.com" if who == "nobody" else await address_of(session, actor)
    mail = await take(session, tmp_path, a_mail(address, to=answer_to(ticket, address), subject=ticket.number))
    assert (mail.state, mail.why, mail.ticket_id) == (S.HELD, why, None)
    assert mail.person_id == (None if who == "nobody" else actor.person_id)
    assert await said_on(session, ticket) == []


async def test_an_address_signed_for_somebody_else_proves_nothing(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    to = answer_to(ticket, await address_of(session, desk.tiera))
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), to=to))
    assert (mail.state, mail.why) == (S.HELD, W.NOT_PROVEN)
    assert await said_on(session, ticket) == []


async def test_a_sender_whom_the_mail_server_refutes_writes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    raw = a_mail(address, subject=ticket.number, Authentication_Results="mx; dmarc=fail header.from=example.fi")
    assert (await take(session, tmp_path, raw)).why is W.NOT_PROVEN
    assert await said_on(session, ticket) == []


async def test_who_has_no_role_any_more_writes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    ended = sa.update(RoleHeld).where(RoleHeld.person_id == desk.customer.person_id)
    await session.execute(ended.values(valid=Range(TODAY - timedelta(days=9), TODAY)))
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject=ticket.number))
    assert (mail.state, mail.why) == (S.HELD, W.NO_ROLE)


async def test_who_acts_for_several_writes_for_the_one_that_sees_the_ticket(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    other = await make_organisation(session, ActorKind.CUSTOMER, "Aaa")
    assert desk.customer.person_id is not None
    session.add(
        RoleHeld(person_id=desk.customer.person_id, organisation_id=other.id, role=Role.REPRESENTATIVE,
                 valid=Range(TODAY, None), announced_at=NOW, customer_id=other.id)
    )  # fmt: skip
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject=ticket.number))
    assert (mail.state, mail.organisation_id) == (S.TAKEN, desk.customer.organisation_id)


@pytest.mark.rule("H11.4-a")
async def test_who_is_of_the_supplier_and_of_a_customer_says_to_the_customer_nothing_that_was_among_others(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket_at_supplier(session, desk)
    supplier, customer = desk.supplier, desk.customer
    assert supplier.person_id is not None and customer.organisation_id is not None
    session.add(
        RoleHeld(person_id=supplier.person_id, organisation_id=customer.organisation_id, role=Role.REPRESENTATIVE,
                 valid=Range(TODAY, None), announced_at=NOW, customer_id=customer.organisation_id)
    )  # fmt: skip
    address = await address_of(session, supplier)
    for audience in (Audience.BOTH, Audience.ALL):
        await take(session, tmp_path, a_mail(address, f"For {audience}.", to=answer_to(ticket, address, audience)))
    inner, public = (await said_on(session, ticket))[-2:]
    assert (inner.audience, inner.state, inner.organisation_id) == (
        Audience.BOTH, MessageState.SENT, supplier.organisation_id,
    )  # fmt: skip
    assert (public.audience, public.state) == (Audience.ALL, MessageState.WAITING)
    await end_roles(session, RoleHeld.organisation_id == supplier.organisation_id)
    late = await take(session, tmp_path, a_mail(address, "Late.", to=answer_to(ticket, address, Audience.BOTH)))
    assert (late.state, late.why) == (S.HELD, W.NOT_SEEN), "as a customer nobody answers what customers do not read"


async def test_a_new_matter_waits_for_the_desk_with_whose_it_is(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject="New user"))
    assert (mail.state, mail.why) == (S.HELD, W.NEW_MATTER)
    assert (mail.person_id, mail.organisation_id) == (desk.customer.person_id, desk.customer.organisation_id)


async def test_what_a_rule_refuses_waits_and_leaves_nothing_behind(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="Solved.", now=NOW)
    before = len(await said_on(session, ticket))
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject=ticket.number))
    assert (mail.state, mail.why) == (S.HELD, W.REFUSED)
    assert len(await said_on(session, ticket)) == before


async def test_a_machines_mail_is_put_aside_whatever_it_answers(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    raw = a_mail(address, to=answer_to(ticket, address), subject=ticket.number, Auto_Submitted="auto-replied")
    mail = await take(session, tmp_path, raw)
    assert (mail.state, mail.why) == (S.IGNORED, W.AUTOMATIC)
    assert await said_on(session, ticket) == []


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        ({"subject": "Frånvaro: kan inte registreras"}, W.AUTOMATIC),
        ({"subject": "Poissa: opettajien kalenterissa virhe"}, W.AUTOMATIC),
        ({"subject": "Lomalla 3 opettajaa, tunnukset suljettava"}, W.AUTOMATIC),
        ({"List_Id": "Koulut <koulut.example.fi>"}, W.MAILING_LIST),
        ({"Precedence": "list"}, W.MAILING_LIST),
    ],
    ids=str,
)
async def test_what_only_looks_like_a_machines_waits_for_the_desk_whoever_sent_it(
    session: AsyncSession, tmp_path: Path, marks: dict[str, str], why: W
) -> None:
    desk = await make_desk(session)
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), **marks))
    assert (mail.state, mail.why, mail.person_id) == (S.HELD, why, desk.customer.person_id)
    mail = await take(session, tmp_path, a_mail("nobody@example.fi", **marks))
    assert (mail.state, mail.why) == (S.HELD, W.UNKNOWN_SENDER)
    marks |= {"Authentication_Results": "mx; dmarc=fail header.from=example.fi"}
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), **marks))
    assert (mail.state, mail.why, mail.person_id) == (S.HELD, W.NOT_PROVEN, None)


async def test_two_machines_that_talk_are_stopped_and_people_are_told_of_so_many_only(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    for n in range(MOST_AN_HOUR):
        assert (await take(session, tmp_path, a_mail(address, f"No. {n}", subject=ticket.number))).state is S.TAKEN
    mail = await take(session, tmp_path, a_mail(address, "One more", subject=ticket.number))
    assert (mail.state, mail.why) == (S.HELD, W.TOO_MANY)
    later = NOW + timedelta(hours=2)
    assert (await take(session, tmp_path, a_mail(address, "Later", subject=ticket.number), now=later)).state is S.TAKEN
    for n in range(MOST_AN_HOUR + 5):
        await take(session, tmp_path, a_mail(address, f"New {n}"))
    told = sa.select(sa.func.count()).where(Event.name == "incoming_mail.held")
    assert await session.scalar(told) == MOST_AN_HOUR


async def test_the_same_mail_is_taken_once_and_another_that_claims_its_name_is_not_lost(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    given = {"subject": ticket.number, "Message_ID": "<a@kunta.fi>"}
    first = await take(session, tmp_path, a_mail(address, "Hello", **given))
    again = await take(session, tmp_path, a_mail(address, "Hello", **given, Received="by another way"))
    other = await take(session, tmp_path, a_mail(address, "Not the same", **given))
    assert first is again
    assert [message.text for message in await said_on(session, ticket)] == ["Hello", "Not the same"]
    assert other.id != first.id


async def test_what_came_is_kept_byte_for_byte_and_its_files_beside_it(session: AsyncSession, tmp_path: Path) -> None:
    file = base64.b64encode(b"%PDF-1.4 x").decode()
    raw = (
        'From: x@y.fi\nContent-Type: multipart/mixed; boundary="a"\n\n--a\n\nWords\n--a\nContent-Type: text/plain\n'
        f'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="../p.pdf"\n\n{file}\n--a\n'
        'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\neJ8+Ig==\n--a--\n'
    ).encode()
    mail = await take(session, tmp_path, raw)
    wanted = sa.select(StoredFile).where(StoredFile.about_kind == "IncomingMail", StoredFile.about_id == mail.id)
    files = {each.purpose: each for each in (await session.scalars(wanted)).all()}
    assert Folder(tmp_path).get(files["mail"].sha256) == raw
    assert (files["attachment"].name, files["attachment"].media_type) == ("p.pdf", "application/pdf")
    assert mail.unopened == ["winmail.dat"]


async def test_a_script_that_came_by_mail_is_kept_under_the_name_of_a_text(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    address = await address_of(session, desk.customer)
    raw = with_files(address, "Words", "aja.bat", "p.pdf", Subject=ticket.number)
    raw = raw.replace(base64.b64encode(b"%PDF-1.4 loki"), base64.b64encode(b"@echo off\r\n:x"), 1)
    mail = await take(session, tmp_path, raw)
    assert mail.ticket_message_id is not None
    wanted = sa.select(StoredFile.about_kind, StoredFile.name).where(StoredFile.purpose == "attachment")
    kept = (await session.execute(wanted.order_by(StoredFile.id))).all()
    names = ("aja.bat.txt", "p.pdf")
    assert [tuple(each) for each in kept] == [
        (kind, name) for kind in ("IncomingMail", "TicketMessage") for name in names
    ]


async def test_two_workers_at_once_take_a_mail_once(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url, pool_size=4)
    entrance = Entrance(make_sessions(engine), lambda: NOW)
    async with entrance.sessions.begin() as session:
        desk = await make_desk(session)
        ticket = await make_ticket(session, desk)
        address = await address_of(session, desk.customer)
    arrived = arrive(a_mail(address, "Once.", subject=ticket.number), Folder(tmp_path))
    entered = await asyncio.gather(
        *(entrance.enter(SCHEDULE, take_mail, arrived=arrived, house=HOUSE) for _ in range(4))
    )
    assert len({each.thing() for each in entered}) == 1
    async with entrance.sessions() as session:
        assert len(await said_on(session, ticket)) == 1
    await engine.dispose()


@pytest.mark.parametrize("who", EVERYBODY)
async def test_tieras_desk_and_whoever_complains_for_tiera_alone_see_what_came(
    session: AsyncSession, tmp_path: Path, who: str
) -> None:
    mail = await take(session, tmp_path, a_mail("x@example.com"))
    actor = EVERYBODY[who]
    wanted = sa.select(IncomingMail.id).where(IncomingMail.id == mail.id, queries.visible_mails(actor, IncomingMail))
    is_desk = actor.kind is ActorKind.BUYER and (actor.may("handle_tickets") or actor.may("complain"))
    assert (await session.scalar(wanted) is not None) is is_desk
