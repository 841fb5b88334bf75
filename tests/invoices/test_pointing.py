"""A person says what a line bills, where the line does not say it itself."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.invoices.deciding_verbs import approve_lines
from backend.invoices.pointing_verbs import point_line
from backend.invoices.states import LineState
from backend.kit.events import Event
from backend.kit.faults import Refusal
from tests.invoices.making import OCTOBER, a_line, lines_of, make_approved, make_invoice, make_milestone, make_scene
from tests.invoices.test_deciding import LATER, codes_of
from tests.making import make_price_group


@pytest.mark.rule("D11.9-h")
async def test_a_line_that_points_nowhere_is_pointed_by_a_person_on_record(session: AsyncSession) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    lost = a_line(scene, order_reference=None, period_first=None, period_last=None, price_group_code=None)
    invoice = await make_invoice(session, scene, lost)
    (line,) = await lines_of(session, invoice)
    assert await codes_of(session, invoice) == ["no_reference"]
    await point_line(
        session,
        scene.judge,
        line_id=line.id,
        order_id=scene.order.id,
        period_first=OCTOBER[0],
        period_last=OCTOBER[1],
        price_group_id=scene.group.id,
        now=LATER,
    )
    assert await codes_of(session, invoice) == []
    assert (line.reserved_minutes, line.pointed_by_id) == (600, scene.judge.person_id)
    event = (await session.scalars(sa.select(Event).where(Event.name == "invoice_line.pointed"))).one()
    assert event.figures["keys"] == ["order", "period", "price_group"]


@pytest.mark.rule("H11.8.3-a", "D11.9-h")
async def test_a_line_that_names_the_suppliers_number_alone_is_pointed_to_that_order_and_no_other(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    scene.order.supplier_number = "KP-7"
    other = (await make_milestone(session, scene)).order_id
    invoice = await make_invoice(session, scene, a_line(scene, order_reference="KP-7"))
    (line,) = await lines_of(session, invoice)
    assert (await codes_of(session, invoice), line.errors, line.order_id) == (["required_reference"], 1, scene.order.id)
    with pytest.raises(Refusal, match="The line says this itself"):
        await point_line(session, scene.judge, line_id=line.id, order_id=other, now=LATER)
    await session.refresh(line)
    await point_line(session, scene.judge, line_id=line.id, order_id=scene.order.id, now=LATER)
    assert (line.errors, line.warnings, line.reserved_minutes) == (0, 1, 600)
    await approve_lines(session, scene.judge, invoice_id=invoice.id, now=LATER)
    assert line.state is LineState.APPROVED


@pytest.mark.rule("D11.9-h")
async def test_what_a_line_says_itself_is_not_pointed_elsewhere(session: AsyncSession) -> None:
    scene = await make_scene(session)
    invoice = await make_invoice(session, scene)
    (line,) = await lines_of(session, invoice)
    with pytest.raises(Refusal) as refused:
        await point_line(session, scene.judge, line_id=line.id, price_group_id=scene.group.id, now=LATER)
    assert (refused.value.errors[0].rule, refused.value.errors[0].path) == ("D11.9-h", ("price_group_id",))


@pytest.mark.rule("D11.9-h")
async def test_a_price_group_that_a_line_says_stands_when_it_is_pointed_to_an_order_that_has_it(
    session: AsyncSession,
) -> None:
    scene = await make_scene(session)
    await make_approved(session, scene, 600)
    other = await make_price_group(session, scene.agreement, code="SEN")
    said, unknown = a_line(scene, order_reference=None), a_line(scene, order_reference=None, price_group_code="XYZ")
    first, second = [(await lines_of(session, await make_invoice(session, scene, line)))[0] for line in (said, unknown)]
    order_id = scene.order.id
    for line in (first, second):
        with pytest.raises(Refusal, match="The line says this itself"):
            await point_line(session, scene.judge, line_id=line.id, price_group_id=other.id, now=LATER)
    with pytest.raises(Refusal, match="The line says this itself"):
        await point_line(session, scene.judge, line_id=first.id, order_id=order_id, price_group_id=other.id, now=LATER)
    await point_line(session, scene.judge, line_id=first.id, order_id=order_id, now=LATER)
    assert (first.price_group_id, first.reserved_minutes, first.pointed) == (scene.group.id, 600, ["order"])
    await point_line(session, scene.judge, line_id=second.id, order_id=order_id, price_group_id=other.id, now=LATER)
    assert (second.price_group_id, second.pointed) == (other.id, ["order", "price_group"])
