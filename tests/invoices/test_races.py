"""Whatever happens at once, nothing is billed twice (D11.9-e): two people, two invoices, a request made again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.files.content import STORE
from backend.files.store import Folder
from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.model import Finding, Invoice, InvoiceLine
from backend.invoices.sending_verbs import draft_invoice, receive_invoice, send_invoice
from backend.kit.database import Sessions, make_engine, make_sessions
from backend.kit.entrance import Entrance
from backend.kit.faults import Code
from backend.kit.refs import Ref
from backend.ledger.model import Account
from backend.orders.delivery_verbs import accept_milestone
from backend.orders.model import Order
from backend.parties import price_verbs
from tests.invoices.making import (
    NOW,
    Scene,
    a_draft,
    a_line,
    a_part_line,
    make_approved,
    make_invoice,
    make_milestone,
    make_scene,
)
from tests.invoices.test_receiving import a_file, upload
from tests.making import tiera_key_user, tiera_service_manager
from tests.waiting import until_blocked


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url, pool_size=10)
    yield engine
    await engine.dispose()


def entrance(engine: AsyncEngine) -> Entrance:
    return Entrance(make_sessions(engine), clock=lambda: NOW)


async def a_draft_of(sessions: Sessions, scene: Scene, minutes: int) -> int:
    async with sessions.begin() as session:
        draft = a_draft(scene, a_line(scene, minutes))
        return (await draft_invoice(session, scene.sender, draft=draft, now=NOW)).id


@pytest.mark.rule("D11.9-e")
async def test_two_people_who_approve_at_once_bill_once(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
        other = await tiera_service_manager(session)
    door = entrance(engine)
    answers = await asyncio.gather(
        *(door.enter(who, approve_lines, invoice_id=invoice.id) for who in (scene.judge, other) * 3)
    )
    assert [answer.ref is not None for answer in answers].count(True) == 1
    async with make_sessions(engine)() as session:
        assert (await session.get_one(Account, scene.account.id)).billed == 600


@pytest.mark.rule("D0-c", "D11.9-d")
async def test_a_price_that_was_set_while_an_invoice_was_judged_is_seen_before_it_is_approved(
    engine: AsyncEngine,
) -> None:
    """Who sets it reads the clock first and commits last: the invoice is judged in between, by the old price."""
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        key_user = await tiera_key_user(session)
        draft = await draft_invoice(session, scene.sender, draft=a_draft(scene), now=NOW)
    async with sessions.begin() as setting:
        await price_verbs.set_price(
            setting,
            key_user,
            scene.group.id,
            unit_price=Decimal("80.00"),
            valid_from=date(2026, 1, 1),
            reason="It was agreed so.",
            now=NOW - timedelta(seconds=1),
        )
        await setting.flush()
        sent = await entrance(engine).enter(scene.sender, send_invoice, invoice_id=draft.id)
        assert sent.errors == ()
    answer = await entrance(engine).enter(scene.judge, approve_lines, invoice_id=draft.id)
    assert "contract's price" in str(answer.errors[0].message)


@pytest.mark.rule("H11.9-b")
async def test_a_part_accepted_while_an_invoice_waits_for_its_account_is_billed(engine: AsyncEngine) -> None:
    """What the invoice is judged by is read when the accounts are held, not before."""
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        part = await make_milestone(session, scene, is_accepted=False)
        bill = a_draft(scene, a_part_line(scene, await session.get_one(Order, part.order_id)))
        draft = await draft_invoice(session, scene.sender, draft=bill, now=NOW)
    async with sessions.begin() as accepting:
        await accept_milestone(accepting, scene.approver, milestone_id=part.id, now=NOW)
        sending = asyncio.create_task(entrance(engine).enter(scene.sender, send_invoice, invoice_id=draft.id))
        await until_blocked(sessions)
    assert (await sending).errors == ()
    async with sessions() as session:
        assert (await session.scalars(sa.select(Finding.code))).all() == []
        assert await session.scalar(sa.select(InvoiceLine.reserved_cents)) == 100_000


@pytest.mark.rule("D11.9-e")
async def test_two_invoices_for_the_same_hours_at_once_hold_them_once(engine: AsyncEngine) -> None:
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600, 300)
    drafts = [await a_draft_of(sessions, scene, 600) for _ in range(4)]
    door = entrance(engine)
    await asyncio.gather(*(door.enter(scene.sender, send_invoice, invoice_id=draft) for draft in drafts))
    async with sessions() as session:
        reserved = (await session.scalars(sa.select(InvoiceLine.reserved_minutes))).all()
        short = sa.select(sa.func.count(Finding.line_id.distinct())).where(Finding.code == "already_billed")
        assert sum(reserved) == 900
        assert sorted(reserved, reverse=True)[0] == 600
        assert await session.scalar(short) == 3


@pytest.mark.rule("D11.9-e")
async def test_a_request_made_again_is_carried_out_once(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        invoice = await make_invoice(session, scene)
    door = entrance(engine)
    answers = await asyncio.gather(
        *(door.enter(scene.judge, approve_lines, key="once", invoice_id=invoice.id) for _ in range(4))
    )
    assert {answer.ref for answer in answers} == {Ref("Invoice", invoice.id)}


async def test_one_number_sent_twice_at_once_is_used_once_and_marked_once(engine: AsyncEngine) -> None:
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        scene = await make_scene(session)
        drafts = [
            (await draft_invoice(session, scene.sender, draft=a_draft(scene, number="7"), now=NOW)).id for _ in range(3)
        ]
    door = entrance(engine)
    answers = await asyncio.gather(*(door.enter(scene.sender, send_invoice, invoice_id=each) for each in drafts))
    assert all(answer.ref for answer in answers)
    async with sessions() as session:
        marked = sorted((await session.scalars(sa.select(Invoice.is_number_repeated))).all())
        assert marked == [False, True, True]


@pytest.mark.rule("D11.9-e", "D11.9-g")
async def test_a_file_that_several_bring_at_once_is_one_invoice(engine: AsyncEngine, tmp_path: Path) -> None:
    sessions = make_sessions(engine, **{STORE: Folder(tmp_path)})
    async with sessions.begin() as session:
        scene = await make_scene(session)
        files = [(await upload(session, scene.sender, a_file(scene))).id for _ in range(4)]
    door = Entrance(sessions, clock=lambda: NOW)
    answers = await asyncio.gather(*(door.enter(scene.sender, receive_invoice, file_id=each) for each in files))
    assert len({answer.ref for answer in answers}) == 1
    async with sessions() as session:
        assert (await session.scalars(sa.select(Invoice.is_number_repeated))).all() == [False]


async def test_another_request_with_the_same_key_is_refused(engine: AsyncEngine) -> None:
    async with make_sessions(engine).begin() as session:
        scene = await make_scene(session)
        await make_approved(session, scene, 600)
        first, second = await make_invoice(session, scene), await make_invoice(session, scene)
    door = entrance(engine)
    await door.enter(scene.judge, approve_lines, key="once", invoice_id=first.id)
    again = await door.enter(scene.judge, approve_lines, key="once", invoice_id=second.id)
    assert again.errors[0].code is Code.IDEMPOTENCY_KEY_REUSED
