"""A complaint is begun of a mail: the draft is Tiera's, the files come along, and nothing is sent by itself."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.complaints import verbs
from backend.complaints.mail_verbs import complain_by_mail
from backend.complaints.model import Complaint
from backend.complaints.states import ComplaintState
from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.inbox.model import IncomingMail
from backend.inbox.states import MailState
from backend.kit.actor import Actor
from backend.kit.database import make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.faults import Code, Refusal
from tests.complaints.making import CONTENT, Sides, make_sides, told
from tests.inbox.making import a_mail, take, with_files
from tests.making import NOW, tiera_product_owner


async def complain(session: AsyncSession, s: Sides, actor: Actor, mail: IncomingMail) -> Complaint:
    return await complain_by_mail(
        session, actor, mail_id=mail.id, agreement_id=s.agreement.id, content=CONTENT, now=NOW
    )


async def files_of(session: AsyncSession, complaint: Complaint) -> list[StoredFile]:
    wanted = sa.select(StoredFile).where(StoredFile.about_kind == "Complaint", StoredFile.about_id == complaint.id)
    return list((await session.scalars(wanted)).all())


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
