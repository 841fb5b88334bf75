"""What is attached to what is done on an order, between Tiera and the supplier, with the very act it belongs to.

What a customer attached to its request it reads as they do.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.files.model import StoredFile
from backend.files.queries import find_readable
from backend.files.rules import MOST_FILES_OF_AN_ACT
from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from backend.notices import queries as _whoever_sees_events  # noqa: F401  # registers them
from backend.orders import delivery_verbs, draft_verbs, estimate_verbs
from backend.orders.states import OrderState, PaperKind
from tests.files.making import make_file
from tests.making import NOW, customer_representative, make_service, supplier_manager
from tests.orders.making import attach, make_order_in_progress, make_parties


async def seen(session: AsyncSession, file: StoredFile, *actors: Actor) -> list[bool]:
    return [await find_readable(session, actor, file.id, now=NOW) is not None for actor in actors]


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("D2.1-c")
async def test_what_goes_along_with_a_delivery_is_read_by_the_parties_and_by_no_customer(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p, customer_id=p.customer.id)
    file = await make_file(session, p.supplier_manager)
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, file_ids=[file.id], now=NOW)
    assert await seen(session, file, p.contact, p.supplier_manager) == [True, True]
    assert await seen(session, file, p.representative, await supplier_manager(session)) == [False, False]


async def test_a_refused_act_attaches_nothing_and_says_which_file_is_wrong(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    mine, others = [await make_file(session, actor) for actor in (p.supplier_manager, p.contact)]
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await delivery_verbs.deliver_work(
                session, p.supplier_manager, order_id=order.id, file_ids=[mine.id, others.id], now=NOW
            )
    (error,) = refused.value.errors
    assert (error.code, error.path) == (Code.NOT_FOUND, ("file_ids", 1))
    for each in (order, mine):
        await session.refresh(each)
    assert (order.state, mine.about) == (OrderState.IN_PROGRESS, None)


async def test_an_act_has_so_many_files_at_most(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    files = [(await make_file(session, p.supplier_manager)).id for _ in range(MOST_FILES_OF_AN_ACT + 1)]
    with pytest.raises(Refusal) as refused:
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, file_ids=files, now=NOW)
    assert refused.value.errors[0].path == ("file_ids",)


async def test_a_file_of_one_delivery_is_attached_to_no_other(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p)
    file = await make_file(session, p.supplier_manager)
    await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, file_ids=[file.id], now=NOW)
    await delivery_verbs.return_work(session, p.contact, order_id=order.id, reason="Kuva puuttuu.", now=NOW)
    with pytest.raises(Refusal) as refused:
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, file_ids=[file.id], now=NOW)
    assert refused.value.errors[0].path == ("file_ids", 0)


@pytest.mark.rule("H11.8.1-i")
@pytest.mark.rule("D2.1-c")
async def test_what_a_customer_attaches_to_its_request_stays_readable_for_it_and_the_parties_papers_do_not(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    service = await make_service(session, p.agreement)
    file = await make_file(session, p.representative)
    everybody = (p.representative, p.contact, p.supplier_manager)
    order = await draft_verbs.ask_for_work(
        session, p.representative, service_id=service.id, title="A report", description="By class.",
        file_ids=[file.id], now=NOW,
    )  # fmt: skip
    assert await seen(session, file, *everybody) == [True, True, False]  # it has not reached the supplier
    await draft_verbs.take_up_request(session, p.contact, order_id=order.id, now=NOW)
    await attach(session, p.contact, order, PaperKind.OTHER)
    await estimate_verbs.request_estimate(session, p.contact, order_id=order.id, now=NOW)
    assert await seen(session, file, *everybody) == [True, True, True]
    paper = (await session.scalars(sa.select(StoredFile).where(StoredFile.about_kind == "OrderPaper"))).one()
    assert await seen(session, paper, *everybody) == [False, True, True]
    assert await seen(session, file, await customer_representative(session)) == [False]


async def test_a_request_takes_only_files_that_its_asker_has_brought(session: AsyncSession) -> None:
    p = await make_parties(session)
    service = await make_service(session, p.agreement)
    theirs = await make_file(session, p.contact)
    with pytest.raises(Refusal) as refused:
        await draft_verbs.ask_for_work(
            session, p.representative, service_id=service.id, title="A report", description="By class.",
            file_ids=[theirs.id], now=NOW,
        )  # fmt: skip
    (error,) = refused.value.errors
    assert (error.code, error.path) == (Code.NOT_FOUND, ("file_ids", 0))
