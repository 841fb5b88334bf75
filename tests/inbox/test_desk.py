"""What Tiera's desk does with mail that waits; nothing that came is ever gone."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints.mail_verbs import complain_by_mail
from backend.complaints.states import ComplaintCause
from backend.complaints.verbs import Content
from backend.inbox import desk_verbs
from backend.inbox.model import IncomingMail
from backend.inbox.states import MAIL, MailAction, MailState
from backend.kit.actor import SCHEDULE, Actor, Language
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.notices.wording import say
from backend.parties.model import RoleHeld
from backend.rulebook.criticality import Criticality
from backend.tickets.clock_figures import is_suppliers_late, is_tieras_late
from backend.tickets.model import Ticket, TicketMessage
from backend.tickets.queries import is_own_report
from backend.tickets.states import ClockKind, TicketKind
from tests.inbox.making import a_mail, address_of, take
from tests.making import NOW, end_roles
from tests.tickets.making import HOUR, Desk, clock_of, hand_over, make_desk, make_ticket, report
from tests.tickets.test_lateness import shown

S, A = MailState, MailAction


async def act(session: AsyncSession, actor: Actor, mail: IncomingMail, action: MailAction, desk: Desk) -> IncomingMail:
    common = {"mail_id": mail.id, "now": NOW}
    match action:
        case A.REPORT:
            return await desk_verbs.report_mail(session, actor, report=report(desk), **common)
        case A.ADD:
            ticket = await make_ticket(session, desk)
            return await desk_verbs.add_mail(session, actor, number=ticket.number, **common)
        case A.COMPLAIN:
            content = Content(title=mail.subject, description="Not as agreed.", cause=ComplaintCause.QUALITY)
            await complain_by_mail(session, actor, agreement_id=desk.parties.agreement.id, content=content, **common)
            return mail
        case A.DISCARD:
            return await desk_verbs.discard_mail(session, actor, reason="An advertisement.", **common)
        case A.HOLD:
            return await desk_verbs.hold_mail(session, actor, **common)


async def make_in(session: AsyncSession, folder: Path, desk: Desk, state: MailState) -> IncomingMail:
    """A mail that stands so."""
    match state:
        case S.IGNORED:
            return await take(session, folder, a_mail("x@example.com", Precedence="bulk"))
        case S.HELD:
            return await take(session, folder, a_mail("x@example.com"))
    mail = await make_in(session, folder, desk, S.HELD)
    made_by = {S.TAKEN: A.REPORT, S.COMPLAINED: A.COMPLAIN, S.DISCARDED: A.DISCARD}
    return await act(session, desk.tiera, mail, made_by[state], desk)


@pytest.mark.rule("H11.7.2-a")
async def test_a_mail_becomes_a_ticket_for_whoever_wrote_it_and_answers_follow_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    address = await address_of(session, desk.customer)
    mail = await take(session, tmp_path, a_mail(address, subject="New user", Message_ID="<first@kunta.fi>"))
    said = report(
        desk, kind=TicketKind.SERVICE_REQUEST, title=mail.subject, description=mail.text,
        customer_id=mail.organisation_id, requester_id=mail.person_id,
    )  # fmt: skip
    await desk_verbs.report_mail(session, desk.tiera, mail_id=mail.id, report=said, now=NOW)
    ticket = await session.get_one(Ticket, mail.ticket_id)
    assert (ticket.customer_id, ticket.requester_id) == (desk.customer.organisation_id, desk.customer.person_id)
    assert (ticket.reported_by_id, mail.handled_by_id) == (desk.tiera.person_id, desk.tiera.person_id)
    answer = await take(session, tmp_path, a_mail(address, "And a second one.", In_Reply_To="<first@kunta.fi>"))
    assert (answer.state, answer.ticket_id) == (S.TAKEN, ticket.id)


@pytest.mark.rule("H2.1-a", "H11.7.2-a")
@pytest.mark.parametrize("criticality", [Criticality.CRITICAL, Criticality.LOW])
async def test_the_times_of_a_mails_ticket_run_from_when_the_mail_came_and_those_it_used_up_are_tieras(
    session: AsyncSession, tmp_path: Path, criticality: Criticality
) -> None:
    desk = await make_desk(session)
    there = await make_ticket(session, desk, criticality=criticality)
    mail = await take(session, tmp_path, a_mail("x@example.com", "It does not work."))
    customers = {"customer_id": desk.customer.organisation_id, "requester_id": desk.customer.person_id}
    said, made_at = report(desk, criticality=criticality, **customers), NOW + 4 * HOUR
    await desk_verbs.report_mail(session, desk.tiera, mail_id=mail.id, report=said, now=made_at)
    ticket = await session.get_one(Ticket, mail.ticket_id)
    assert (ticket.reported_at, ticket.due_at) == (made_at, there.due_at)
    made = (await session.scalars(sa.select(Event).where(Event.name == "ticket.reported").order_by(Event.id))).all()
    said_of = [say(Language.EN, each.name, each.figures) for each in made]
    came = "It had come by mail on 24.11.2026 at\xa010.00; its times are counted from then."
    assert said_of == ["The ticket was reported.", f"The ticket was reported. {came}"], "it is told why they began then"
    for kind in (ClockKind.RESPOND, ClockKind.RESOLVE, ClockKind.UPDATE):
        clock, other = [await clock_of(session, each, kind) for each in (ticket, there)]
        assert (clock.started_at, clock.due_at) == (NOW, other.due_at)
    await hand_over(session, desk, ticket, now=made_at)
    await pass_deadlines(session, SCHEDULE, now=made_at)
    is_used_up = criticality is Criticality.CRITICAL
    assert await shown(session, ticket, desk.tiera, is_tieras_late, is_suppliers_late) == [is_used_up, False]
    respond = await clock_of(session, ticket, ClockKind.RESPOND)
    owner = desk.tiera if is_used_up else desk.supplier
    assert (respond.owner_id, respond.breached_at) == (owner.organisation_id, made_at if is_used_up else None)


@pytest.mark.rule("H2.1-a")
@pytest.mark.parametrize(
    ("way", "began_at"), [("added", NOW), ("made a ticket", NOW), ("taken at once", NOW + 4 * HOUR)]
)
async def test_the_times_of_what_is_split_off_a_mail_that_waited_for_the_desk_run_from_when_it_came(
    session: AsyncSession, tmp_path: Path, way: str, began_at: datetime
) -> None:
    desk = await make_desk(session)
    there = await make_ticket(session, desk)
    answers = "Re: " + there.number if way == "taken at once" else "Printers"
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject=answers))
    later, of = NOW + 4 * HOUR, {"mail_id": mail.id}
    if way == "made a ticket":
        said = report(desk, customer_id=desk.customer.organisation_id, requester_id=desk.customer.person_id)
        await desk_verbs.report_mail(session, desk.tiera, report=said, now=NOW + HOUR, **of)
    elif way == "added":
        await desk_verbs.add_mail(session, desk.tiera, number=there.number, now=NOW + HOUR, **of)
    assert mail.state is S.TAKEN
    part: dict[str, Any] = {"message_id": mail.ticket_message_id, "kind": TicketKind.INCIDENT, "title": "Printers"}
    part = part if mail.ticket_message_id else part | {"ticket_id": mail.ticket_id}
    new = await desk_verbs.split_ticket(session, desk.tiera, description="None works.", now=later, **part)
    again: dict[str, Any] = {"kind": TicketKind.INCIDENT, "title": "One more", "description": "Nor this.", "now": later}
    of_part = await desk_verbs.split_ticket(session, desk.tiera, ticket_id=new.id, **again)
    for each in (new, of_part):
        clock = await clock_of(session, each, ClockKind.RESOLVE)
        assert (each.reported_at, clock.started_at) == (later, began_at)


@pytest.mark.rule("H11.7.2-a", "H2.1-a")
@pytest.mark.parametrize(("named", "asks"), [("supplier", "supplier"), (None, "supplier"), ("tiera", "tiera")])
async def test_a_suppliers_mail_without_a_customer_is_its_own_question_or_tieras_as_the_desk_says(
    session: AsyncSession, tmp_path: Path, named: str | None, asks: str
) -> None:
    desk = await make_desk(session)
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.supplier), subject="Which hosts?"))
    assert (mail.state, mail.person_id) == (S.HELD, desk.supplier.person_id)
    said = report(desk, title=mail.subject, requester_id=getattr(desk, named).person_id if named else None)
    await desk_verbs.report_mail(session, desk.tiera, mail_id=mail.id, report=said, now=NOW)
    ticket, asking = await session.get_one(Ticket, mail.ticket_id), getattr(desk, asks)
    assert await is_own_report(session, asking, ticket)
    assert ticket.requester_id == asking.person_id
    assert (ticket.reached_supplier_at is not None) is (asks == "supplier")


@pytest.mark.rule("H11.7.2-a")
@pytest.mark.parametrize("way", ["reported", "split off"])
async def test_a_mail_of_the_supplier_is_its_question_also_once_its_writer_has_left(
    session: AsyncSession, tmp_path: Path, way: str
) -> None:
    desk = await make_desk(session)
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.supplier), subject="Which hosts?"))
    await end_roles(session, RoleHeld.person_id == desk.supplier.person_id)
    ticket = await (_reported if way == "reported" else _split_off)(session, desk, mail)
    assert await is_own_report(session, desk.supplier, ticket)
    assert ticket.requester_id == desk.tiera.person_id


@pytest.mark.rule("H11.7.2-a")
@pytest.mark.parametrize(("who", "asks"), [("supplier", "supplier"), ("customer", "tiera"), ("stranger", "tiera")])
async def test_what_is_split_off_a_mail_that_was_added_is_its_senders_where_that_is_the_supplier(
    session: AsyncSession, tmp_path: Path, who: str, asks: str
) -> None:
    desk = await make_desk(session)
    sender = "x@example.com" if who == "stranger" else await address_of(session, getattr(desk, who))
    mail = await take(session, tmp_path, a_mail(sender, subject="Which hosts?"))
    ticket, asking = await _split_off(session, desk, mail), getattr(desk, asks)
    assert await is_own_report(session, asking, ticket)
    assert ticket.requester_id == asking.person_id


@pytest.mark.rule("H11.7.2-a")
async def test_what_a_customer_wrote_by_mail_is_split_off_for_its_writer(session: AsyncSession, tmp_path: Path) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    mail = await take(session, tmp_path, a_mail(await address_of(session, desk.customer), subject="Printers"))
    new = await _split_off(session, desk, mail, ticket)
    assert (new.customer_id, new.requester_id) == (desk.customer.organisation_id, desk.customer.person_id)


async def _reported(session: AsyncSession, desk: Desk, mail: IncomingMail) -> Ticket:
    """A ticket of a mail, for nobody who is named."""
    said = report(desk, title=mail.subject)
    await desk_verbs.report_mail(session, desk.tiera, mail_id=mail.id, report=said, now=NOW)
    return await session.get_one(Ticket, mail.ticket_id)


async def _split_off(session: AsyncSession, desk: Desk, mail: IncomingMail, ticket: Ticket | None = None) -> Ticket:
    """What is split off a mail that was added to a ticket: without another, Tiera's own."""
    its = ticket or await make_ticket(session, desk, by=desk.tiera)
    await desk_verbs.add_mail(session, desk.tiera, mail_id=mail.id, number=its.number, now=NOW)
    said: dict[str, Any] = {"kind": TicketKind.INCIDENT, "title": "Hosts", "description": "Which hosts?", "now": NOW}
    return await desk_verbs.split_ticket(session, desk.tiera, message_id=mail.ticket_message_id, **said)


@pytest.mark.rule("H11.4-a")
async def test_what_is_added_to_a_ticket_is_tieras_alone_and_says_whose_words_it_is(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    ticket = await make_ticket(session, desk)
    mail = await take(session, tmp_path, a_mail("Maija <maija@example.com>", "We have it too."))
    await desk_verbs.add_mail(session, desk.tiera, mail_id=mail.id, number=f" {ticket.number.lower()} ", now=NOW)
    message = (await session.scalars(sa.select(TicketMessage).where(TicketMessage.ticket_id == ticket.id))).one()
    assert message.audience is Audience.TIERA
    assert "Maija <maija@example.com>" in message.text and "We have it too." in message.text


async def test_a_number_of_no_ticket_is_said_at_its_field_and_the_mail_still_waits(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    mail = await make_in(session, tmp_path, desk, S.HELD)
    with pytest.raises(Refusal) as refused:
        await desk_verbs.add_mail(session, desk.tiera, mail_id=mail.id, number="TIK-2026-99999", now=NOW)
    assert (refused.value.code, refused.value.errors[0].path) == (Code.NOT_FOUND, ("number",))
    assert mail.state is S.HELD


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
async def test_each_act_is_open_in_its_states_alone(
    session: AsyncSession, tmp_path: Path, state: MailState, action: MailAction
) -> None:
    desk = await make_desk(session)
    mail = await make_in(session, tmp_path, desk, state)
    move = next((m for m in MAIL.moves if (m.source, m.action) == (state, action)), None)
    if move is not None:
        assert (await act(session, desk.tiera, mail, action, desk)).state is move.target
        return
    with pytest.raises(Refusal) as refused:
        await act(session, desk.tiera, mail, action, desk)
    assert (refused.value.code, mail.state) == (Code.WRONG_STATE, state)


@pytest.mark.parametrize("who", ["supplier", "customer"])
@pytest.mark.parametrize("action", A)
async def test_nobody_else_finds_it(session: AsyncSession, tmp_path: Path, who: str, action: MailAction) -> None:
    desk = await make_desk(session)
    mail = await make_in(session, tmp_path, desk, S.HELD)
    with pytest.raises(Refusal) as refused:
        await act(session, getattr(desk, who), mail, action, desk)
    assert (refused.value.code, mail.state) == (Code.NOT_FOUND, S.HELD)


async def test_a_reason_is_needed_to_discard_and_what_was_discarded_comes_back(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    mail = await make_in(session, tmp_path, desk, S.HELD)
    with pytest.raises(Refusal) as refused:
        await desk_verbs.discard_mail(session, desk.tiera, mail_id=mail.id, reason=" ", now=NOW)
    assert refused.value.code is Code.REQUIRED
    await act(session, desk.tiera, mail, A.DISCARD, desk)
    assert (await act(session, desk.tiera, mail, A.HOLD, desk)).state is S.HELD


async def test_all_that_waits_of_a_sender_is_discarded_at_once_and_of_others_nothing(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    flood = [await take(session, tmp_path, a_mail("x@example.com", f"No. {n}")) for n in range(5)]
    other = await take(session, tmp_path, a_mail("y@example.com"))
    nobody = [await take(session, tmp_path, f"From: \n\n{n}".encode()) for n in range(2)]
    asked = {"reason": "A flood.", "with_others": True, "now": NOW}
    await desk_verbs.discard_mail(session, desk.tiera, mail_id=flood[2].id, **asked)
    assert {(mail.state, mail.discard_reason) for mail in flood} == {(S.DISCARDED, "A flood.")}
    assert other.state is S.HELD
    await desk_verbs.discard_mail(session, desk.tiera, mail_id=nobody[0].id, **asked)
    assert [mail.state for mail in nobody] == [S.DISCARDED, S.HELD], "who names no address is nobody else"
    record = sa.select(sa.func.count()).where(Event.name == "incoming_mail.discarded")
    assert await session.scalar(record) == len(flood) + 1
