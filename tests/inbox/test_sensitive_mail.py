"""A mail is masked as what it became is, opened by the same record, and removed with it (H11.1-b)."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.files.rules import OPENED_FOR
from backend.inbox import queries
from backend.inbox.model import IncomingMail
from backend.inbox.queries import WHOLE
from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import pass_deadlines
from backend.kit.refs import Ref
from backend.tickets import handling_verbs, sensitive_verbs
from backend.tickets.model import TextOpening, Ticket
from tests.inbox.making import address_of, take, with_files
from tests.making import NOW
from tests.tickets.making import Desk, make_desk, make_ticket

pytestmark = pytest.mark.rule("H11.1-b")
SOON = NOW + timedelta(minutes=1)


async def make_mail(session: AsyncSession, folder: Path, desk: Desk, ticket: Ticket, text: str) -> IncomingMail:
    """A customer's answer, with a file."""
    address = await address_of(session, desk.customer)
    return await take(session, folder, with_files(address, text, "matti.pdf", Subject=ticket.number))


async def text_of(session: AsyncSession, mail: IncomingMail) -> str | None:
    return await session.scalar(sa.select(queries.text_of(IncomingMail)).where(IncomingMail.id == mail.id))


async def found_by(session: AsyncSession, words: str) -> list[int]:
    asked = queries.matching(None, IncomingMail, where=SimpleNamespace(states=None, words=words))
    return list((await session.scalars(sa.select(IncomingMail.id).where(asked))).all())


async def files_of(session: AsyncSession, mail: IncomingMail) -> dict[str | None, StoredFile]:
    wanted = sa.select(StoredFile).where(StoredFile.about_kind == "IncomingMail", StoredFile.about_id == mail.id)
    found = await session.scalars(wanted.execution_options(populate_existing=True))
    return {each.purpose: each for each in found.all()}


async def read_by(session: AsyncSession, actor: Actor, mail: IncomingMail, at: datetime = SOON) -> list[bool]:
    """Of the mail and of what came along, whether somebody gets its bytes."""
    files = (await files_of(session, mail)).values()
    return [await find_readable(session, actor, each.id, now=at) is not None for each in files]


async def test_mail_is_masked_with_its_message_and_opened_by_whoever_of_the_desk_opened_that(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session)
    mail = await make_mail(session, tmp_path, desk, await make_ticket(session, desk), "Matti is ill.")
    assert await text_of(session, mail) == "Matti is ill." and await found_by(session, "matti") == [mail.id]
    assert await read_by(session, desk.tiera, mail) == [True, True]
    message = Ref("TicketMessage", mail.ticket_message_id or 0)
    await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=message, now=NOW)
    assert await text_of(session, mail) == "" and await found_by(session, "matti") == []
    assert await read_by(session, desk.tiera, mail) == [False, False]
    openings = {
        actor: await sensitive_verbs.open_sensitive_text(session, actor, text_of=message, now=NOW)
        for actor in (desk.tiera, desk.customer)
    }
    assert await text_of(session, mail) == "", "its page shows it to nobody: the opening does"
    assert await read_by(session, desk.tiera, mail) == [True, True]
    assert await read_by(session, desk.tiera, mail, SOON + OPENED_FOR) == [False, False]
    assert await read_by(session, desk.customer, mail) == [False, False]
    whole = (await files_of(session, mail))[WHOLE]
    for actor, opening in openings.items():
        its = sa.select(StoredFile.id).where(
            TextOpening.id == opening.id, queries.is_opened_file(TextOpening, StoredFile, actor)
        )
        assert (whole.id in (await session.scalars(its)).all()) is (actor is desk.tiera)


async def test_the_mail_goes_with_the_text_when_its_time_is_over_and_what_is_not_sensitive_stays(
    session: AsyncSession, tmp_path: Path
) -> None:
    desk = await make_desk(session, sensitive_text_days=30)
    ticket = await make_ticket(session, desk)
    mail, plain = [await make_mail(session, tmp_path, desk, ticket, text) for text in ("Matti is ill.", "Thanks.")]
    message = Ref("TicketMessage", mail.ticket_message_id or 0)
    await sensitive_verbs.mark_sensitive(session, desk.tiera, text_of=message, now=NOW)
    await handling_verbs.withdraw_ticket(session, desk.customer, ticket_id=ticket.id, reason="Solved.", now=NOW)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=31))
    await session.refresh(mail)
    assert (mail.text, [each.name for each in (await files_of(session, mail)).values()]) == ("", ["", ""])
    assert all(each.taken_away_at for each in (await files_of(session, mail)).values())
    await session.refresh(plain)
    assert plain.text == "Thanks." and await read_by(session, desk.tiera, plain) == [True, True]
