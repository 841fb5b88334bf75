"""When invoices are due, and what follows when hours are approved later (H11.9-a)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.deadline_verbs import open_invoice_deadlines
from backend.invoices.deadlines import INVOICE, invoice_due_at, month_of_clock
from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.judging_verbs import judge_stale_invoice
from backend.invoices.notices import NOTICES
from backend.invoices.states import InvoiceKind
from backend.invoices.unbilled_queries import has_unbilled_work
from backend.invoices.withdrawing_verbs import withdraw_lines
from backend.kit.actor import SCHEDULE
from backend.kit.calendar import Month, helsinki_date
from backend.kit.deadlines import Deadline, pass_deadlines
from backend.kit.events import Event
from backend.orders.model import Order
from backend.parties.agreement_model import BankAccount
from backend.rulebook.terms import Terms
from tests.invoices.making import (
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
from tests.invoices.test_deciding import codes_of


@pytest.mark.rule("H11.9-a")
@pytest.mark.parametrize(
    ("month", "due"),
    [(Month(2026, 12), date(2027, 1, 11)), (Month(2026, 4), date(2026, 5, 8)), (Month(2026, 11), date(2026, 12, 7))],
)
def test_an_invoice_is_due_on_the_fifth_business_day(month: Month, due: date) -> None:
    assert helsinki_date(invoice_due_at(month, None, Terms())) == due


@pytest.mark.rule("H11.9-a")
def test_hours_approved_late_may_be_invoiced_three_business_days_later() -> None:
    in_time = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    late = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
    assert helsinki_date(invoice_due_at(Month(2026, 10), in_time, Terms())) == date(2026, 11, 6)
    assert helsinki_date(invoice_due_at(Month(2026, 10), late, Terms())) == date(2026, 11, 13)


async def clocks(session: AsyncSession, supplier_id: int) -> list[Deadline]:
    wanted = sa.select(Deadline).where(Deadline.kind == INVOICE, Deadline.about_id == supplier_id)
    found = list((await session.scalars(wanted)).all())
    for each in found:
        await session.refresh(each)
    return found


@pytest.mark.rule("H11.9-a")
async def test_the_clock_of_a_month_starts_with_its_unbilled_hours_and_stops_with_the_invoice(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    (clock,) = await clocks(session, scene.supplier.id)
    assert (helsinki_date(clock.due_at), clock.met_at) == (date(2026, 11, 6), None)
    await make_invoice(session, scene)
    (clock,) = await clocks(session, scene.supplier.id)
    assert clock.met_at == NOW


async def test_no_clock_starts_for_a_supplier_with_nothing_to_bill(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await book(session, scene, 600)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    assert await clocks(session, scene.supplier.id) == []


async def test_what_tiera_approves_late_moves_the_clock(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    entry = await book(session, scene, 60, date(2026, 10, 20))
    late = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
    await approve(session, scene, entry, at=late)
    await open_invoice_deadlines(session, SCHEDULE, now=late)
    (clock,) = await clocks(session, scene.supplier.id)
    assert helsinki_date(clock.due_at) == date(2026, 11, 10)


async def clock_on(session: AsyncSession, scene: Scene, now: datetime) -> dict[str, tuple[date, bool]]:
    """By the month: when its invoice is due, and whether that is done, after a night's turn."""
    await open_invoice_deadlines(session, SCHEDULE, now=now)
    found = await clocks(session, scene.supplier.id)
    return {
        str(month_of_clock(each.started_at)): (helsinki_date(each.due_at), each.met_at is not None) for each in found
    }


DECEMBER = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.mark.rule("H11.9-a")
async def test_a_part_is_due_with_the_month_of_its_acceptance_as_an_invoice_for_it_is_judged(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    part = await make_milestone(session, scene)  # delivered in October
    part.accepted_at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert await clock_on(session, scene, datetime(2026, 11, 21, 1, 0, tzinfo=UTC)) == {}
    assert await clock_on(session, scene, DECEMBER) == {"2026-11": (date(2026, 12, 7), False)}
    order = await session.get_one(Order, part.order_id)
    invoice = await make_invoice(session, scene, a_part_line(scene, order), now=datetime(2026, 12, 7, 12, tzinfo=UTC))
    assert not invoice.is_late
    assert await clock_on(session, scene, DECEMBER) == {"2026-11": (date(2026, 12, 7), True)}


@pytest.mark.rule("H11.9-a")
async def test_a_fee_that_tiera_accepts_late_is_due_later_as_hours_are(session: AsyncSession) -> None:
    scene = await make_scene(session)
    part = await make_milestone(session, scene)
    part.month, part.accepted_at = OCTOBER[0], datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    due = await clock_on(session, scene, datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    assert due == {"2026-10": (date(2026, 11, 13), False)}


@pytest.mark.rule("H11.9-a")
@pytest.mark.parametrize("is_credited", [False, True])
async def test_a_clock_goes_on_when_a_line_lets_go_of_what_it_held(session: AsyncSession, is_credited: bool) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    due = date(2026, 11, 6)
    assert await clock_on(session, scene, NOW) == {"2026-10": (due, False)}
    invoice = await make_invoice(session, scene)
    assert await clock_on(session, scene, NOW) == {"2026-10": (due, True)}
    if is_credited:
        await approve_lines(session, scene.judge, invoice_id=invoice.id, now=NOW)
        (line,) = await lines_of(session, invoice)
        credit = a_line(scene, 60, credits_line_id=line.id)
        note = await make_invoice(session, scene, credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.id)
        await approve_lines(session, scene.judge, invoice_id=note.id, now=NOW)
    else:
        await withdraw_lines(session, scene.sender, invoice_id=invoice.id, now=NOW)
    assert await clock_on(session, scene, NOW) == {"2026-10": (due, False)}
    (clock,) = await clocks(session, scene.supplier.id)
    assert clock.stretches is not None and len(clock.stretches["met"]) == 1
    await make_invoice(session, scene, a_line(scene, 60 if is_credited else 600))
    assert await clock_on(session, scene, NOW) == {"2026-10": (due, True)}


@pytest.mark.rule("H11.9-a")
async def test_a_clock_goes_on_to_a_later_day_when_hours_are_approved_after_the_invoice(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    forgotten = await book(session, scene, 60, date(2026, 10, 20))
    assert await clock_on(session, scene, NOW) == {"2026-10": (date(2026, 11, 6), False)}
    await make_invoice(session, scene)
    late = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    await approve(session, scene, forgotten, at=late)
    assert await clock_on(session, scene, DECEMBER) == {"2026-10": (date(2026, 12, 4), False)}


@pytest.mark.rule("H11.9-a")
async def test_months_before_the_last_have_clocks_too_also_once_the_agreement_has_ended(session: AsyncSession) -> None:
    scene = await make_scene(session, terms={"invoice_due_business_day": 7})
    entry = await book(session, scene, 600)
    scene.agreement.valid = Range(date(2026, 1, 1), date(2026, 10, 16))
    await approve(session, scene, entry)
    assert await clock_on(session, scene, DECEMBER) == {"2026-10": (date(2026, 11, 10), False)}


@pytest.mark.rule("H11.9-a", "H11.3.1-b")
async def test_a_month_that_is_not_invoiced_in_time_is_on_record(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    await pass_deadlines(session, SCHEDULE, now=datetime(2026, 11, 7, 0, 0, tzinfo=UTC))
    wanted = sa.select(Event).where(Event.name == "invoice.overdue", Event.supplier_id == scene.supplier.id)
    event = (await session.scalars(wanted)).one()
    assert event.figures["month"] == "2026-10"


@pytest.mark.rule("H11.9-a", "H11.3.1-b")
async def test_what_tiera_approves_on_the_due_day_itself_moves_the_clock_before_it_is_told(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    entry = await book(session, scene, 60, date(2026, 10, 20))
    await approve(session, scene, entry, at=datetime(2026, 11, 6, 9, 0, tzinfo=UTC))
    told = sa.select(Event.name).where(Event.supplier_id == scene.supplier.id, Event.name.like("invoice.%due%"))
    midnight = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)
    await pass_deadlines(session, SCHEDULE, now=midnight)
    (clock,) = await clocks(session, scene.supplier.id)
    assert (helsinki_date(clock.due_at), clock.breached_at) == (date(2026, 11, 11), None)
    assert list(await session.scalars(told)) == []
    await pass_deadlines(session, SCHEDULE, now=midnight + timedelta(days=5))
    assert list(await session.scalars(told)) == ["invoice.overdue"]


@pytest.mark.rule("H11.9-a", "H11.3.1-b")
@pytest.mark.parametrize("has_stopped", [False, True])
async def test_a_clock_that_moves_to_a_later_day_is_told_before_it_again(
    session: AsyncSession, has_stopped: bool
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    entry = await book(session, scene, 60, date(2026, 10, 20))
    await open_invoice_deadlines(session, SCHEDULE, now=NOW)
    told = sa.select(sa.func.count()).where(Event.supplier_id == scene.supplier.id, Event.name == "invoice.due_soon")
    due_soon = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
    await pass_deadlines(session, SCHEDULE, now=due_soon)
    await pass_deadlines(session, SCHEDULE, now=due_soon)
    assert await session.scalar(told) == 1
    if has_stopped:
        await make_invoice(session, scene, now=due_soon)
    late = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)
    await approve(session, scene, entry, at=late)
    assert await clock_on(session, scene, late) == {"2026-10": (date(2026, 11, 10), False)}
    await pass_deadlines(session, SCHEDULE, now=late)
    assert await session.scalar(told) == 1
    await pass_deadlines(session, SCHEDULE, now=datetime(2026, 11, 9, 9, 0, tzinfo=UTC))
    assert await session.scalar(told) == 2


@pytest.mark.rule("H11.7.3-h")
async def test_an_invoice_is_checked_again_by_itself_once_its_hours_are_approved(session: AsyncSession) -> None:
    scene = await make_scene(session)
    entry = await book(session, scene, 600)
    invoice = await make_invoice(session, scene)
    assert await judge_stale_invoice(session, SCHEDULE, now=NOW) is None
    later = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    await approve(session, scene, entry, at=later)
    again = await judge_stale_invoice(session, SCHEDULE, now=datetime(2026, 11, 4, 9, 1, tzinfo=UTC))
    assert again is invoice
    assert await codes_of(session, invoice) == []
    assert await judge_stale_invoice(session, SCHEDULE, now=datetime(2026, 11, 4, 9, 2, tzinfo=UTC)) is None


@pytest.mark.rule("H11.3.1-b", "D11.9-d")
async def test_what_stands_against_an_invoice_is_told_once_however_often_it_is_checked(session: AsyncSession) -> None:
    scene = await make_scene(session)
    entries = [await book(session, scene, 300) for _ in range(2)]
    invoice = await make_invoice(session, scene)
    told = sa.select(Event.name).where(Event.subject_id == invoice.id, Event.name.like("invoice.%judged%"))
    for hour, entry in enumerate(entries, 9):
        await approve(session, scene, entry, at=datetime(2026, 11, 4, hour, 0, tzinfo=UTC))
        await judge_stale_invoice(session, SCHEDULE, now=datetime(2026, 11, 4, hour, 1, tzinfo=UTC))
    assert (await session.scalars(told.order_by(Event.id))).all() == ["invoice.judged_again", "invoice.judged"]
    assert NOTICES["invoice.judged_again"].to == ()
    ended = sa.update(BankAccount).where(BankAccount.agreement_id == scene.agreement.id)
    await session.execute(ended.values(ended_at=datetime(2026, 11, 4, 12, 0, tzinfo=UTC)))
    await judge_stale_invoice(session, SCHEDULE, now=datetime(2026, 11, 4, 12, 1, tzinfo=UTC))
    found = sa.select(sa.func.count()).where(Event.subject_id == invoice.id, Event.name == "invoice.findings_found")
    assert await session.scalar(found) == 2, "what is found anew is told"


async def test_judging_asks_as_many_questions_for_many_lines_as_for_few(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, *[450] * 5)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    connection = (await session.connection()).sync_connection
    sa.event.listen(connection, "before_cursor_execute", note)
    counts = []
    for lines in (2, 40):
        asked.clear()
        await make_invoice(session, scene, *[a_line(scene, 15) for _ in range(lines)])
        counts.append(len(asked))
    sa.event.remove(connection, "before_cursor_execute", note)
    assert counts[1] - counts[0] <= 3, counts


async def test_whether_all_is_billed_is_asked_portion_by_portion_whatever_statistics_say(session: AsyncSession) -> None:
    wanted = has_unbilled_work(1, Month(2026, 10)).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    plan = "\n".join(await session.scalars(sa.text(f"EXPLAIN {wanted}")))
    assert "SubPlan" in plan
    assert "Anti Join" not in plan
