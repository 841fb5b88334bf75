"""Before an order is placed: requests of customers, drafts, papers, project managers."""

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import ActorKind
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.kit.refs import Ref
from backend.orders import draft_verbs, policy, queries
from backend.orders.figures import facts_of
from backend.orders.model import Order
from backend.orders.states import OrderAction, OrderState, PaperKind
from backend.rulebook.sizes import SizeClass
from tests.files.making import make_file
from tests.making import NOW, make_organisation, make_person, make_right, make_service, make_terms, ordering_contact
from tests.orders.making import attach, content, estimate, make_draft, make_parties, make_requested, option


async def ask(session: AsyncSession, p, actor=None) -> Order:
    service = await make_service(session, p.agreement)
    return await draft_verbs.ask_for_work(
        session,
        actor or p.representative,
        service_id=service.id,
        title="A report of absences",
        description="By class and month.",
        now=NOW,
    )


@pytest.mark.rule("H11.8.1-i")
async def test_a_customers_assignment_is_a_request_until_a_named_contact_takes_it_up(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await ask(session, p)
    assert order.state is OrderState.ASKED
    assert order.number is None
    assert order.customer_id == p.representative.organisation_id
    with pytest.raises(Refusal, match="role"):
        await draft_verbs.take_up_request(session, p.representative, order_id=order.id, now=NOW)
    with pytest.raises(Refusal, match="not found"):  # it is not the supplier's business yet
        await draft_verbs.take_up_request(session, p.supplier_manager, order_id=order.id, now=NOW)
    await draft_verbs.take_up_request(session, p.contact, order_id=order.id, now=NOW)
    assert (order.state, order.asked_by_id, order.taken_up_by_id) == (
        OrderState.DRAFT,
        p.representative.person_id,
        p.contact.person_id,
    )


@pytest.mark.rule("H11.8.1-i")
async def test_what_a_customer_asked_for_stays_that_customers(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await ask(session, p)
    await draft_verbs.take_up_request(session, p.contact, order_id=order.id, now=NOW)
    other = await make_organisation(session, ActorKind.CUSTOMER)
    for customer_id in (other.id, None):
        with pytest.raises(Refusal, match="stays that customer's") as refused:
            await draft_verbs.edit_order(
                session,
                p.contact,
                order_id=order.id,
                content=content(customer_id=customer_id),
                expected_version=order.version,
                now=NOW,
            )
        assert refused.value.errors[0].path == ("content", "customer_id")
    assert order.customer_id == p.customer.id
    mine = content(customer_id=p.customer.id, goal="Fewer absences.")
    await draft_verbs.edit_order(
        session, p.contact, order_id=order.id, content=mine, expected_version=order.version, now=NOW
    )
    assert order.goal == "Fewer absences."


@pytest.mark.rule("D0-f")
async def test_nobody_takes_up_or_turns_down_a_request_of_their_own(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await ask(session, p)
    order.asked_by_id = p.contact.person_id
    with pytest.raises(Refusal, match="request of their own"):
        await draft_verbs.take_up_request(session, p.contact, order_id=order.id, now=NOW)
    with pytest.raises(Refusal, match="request of their own"):
        await draft_verbs.turn_down_request(session, p.contact, order_id=order.id, reason="Not now.", now=NOW)
    assert order.state is OrderState.ASKED
    offered = policy.available_actions(p.contact, order.state, policy.Facts(asked_by_id=p.contact.person_id))
    assert not {OrderAction.TAKE_UP, OrderAction.TURN_DOWN} & set(offered)


@pytest.mark.rule("H11.8.1-i")
async def test_a_request_is_turned_down_or_withdrawn_with_a_reason(session: AsyncSession) -> None:
    p = await make_parties(session)
    first, second = await ask(session, p), await ask(session, p)
    with pytest.raises(Refusal):
        await draft_verbs.turn_down_request(session, p.contact, order_id=first.id, reason=" ", now=NOW)
    await draft_verbs.turn_down_request(session, p.contact, order_id=first.id, reason="The core has it.", now=NOW)
    await draft_verbs.withdraw_request(session, p.representative, order_id=second.id, reason="Not needed.", now=NOW)
    assert (first.state, second.state) == (OrderState.DECLINED, OrderState.CANCELLED)


@pytest.mark.rule("H11.8.1-i")
async def test_a_person_named_at_a_customer_drafts_for_that_customer_only(session: AsyncSession) -> None:
    p = await make_parties(session)
    right = await make_right(session, await make_person(session), p.customer)
    contact = await ordering_contact(session, right)
    service = await make_service(session, p.agreement)
    mine = content(service_id=service.id, customer_id=p.customer.id)
    order = await draft_verbs.create_order(session, contact, content=mine, now=NOW)
    assert order.supplier_id == p.supplier.id
    for agreement_id, said in ((None, replace(mine, customer_id=None)), (p.agreement.id, mine)):
        with pytest.raises(Refusal) as refused:
            await draft_verbs.create_order(session, contact, agreement_id=agreement_id, content=said, now=NOW)
        assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as unsaid:
        await draft_verbs.create_order(session, contact, content=replace(mine, service_id=None), now=NOW)
    (error,) = unsaid.value.errors
    assert (error.code, error.path) == (Code.REQUIRED, ("content", "service_id")), "they order by a service"


@pytest.mark.rule("H11.8.1-e")
async def test_an_order_follows_from_what_its_maker_sees_and_what_stands_there_stays(session: AsyncSession) -> None:
    p = await make_parties(session)
    hidden = await make_draft(session, p)
    right = await make_right(session, await make_person(session), p.customer)
    contact, service = await ordering_contact(session, right), await make_service(session, p.agreement)
    mine = content(service_id=service.id, customer_id=p.customer.id)
    following = replace(mine, follows_from=hidden.ref)
    with pytest.raises(Refusal) as refused:
        await draft_verbs.create_order(session, contact, content=following, now=NOW)
    assert refused.value.code is Code.NOT_FOUND, "as what is not there"
    own = await draft_verbs.create_order(session, contact, content=mine, now=NOW)
    own.follows_from = str(hidden.ref)
    changed = await draft_verbs.edit_order(
        session, contact, order_id=own.id, content=following, expected_version=own.version, now=NOW
    )
    assert changed.follows_from == str(hidden.ref)


@pytest.mark.rule("H11.8.1-e")
async def test_an_order_may_follow_from_something_that_is_there(session: AsyncSession) -> None:
    p = await make_parties(session)
    earlier = await make_draft(session, p)
    order = await make_draft(session, p, follows_from=earlier.ref)
    assert order.follows_from == str(earlier.ref)
    for ref in (Ref("Order", earlier.id + 1_000), Ref("Nonsense", 1)):
        with pytest.raises(Refusal, match="not found"):
            await make_draft(session, p, follows_from=ref)


async def test_a_draft_is_changed_by_its_newest_version_only(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_draft(session, p)
    version = order.version
    said = content(title="Another title")
    await draft_verbs.edit_order(session, p.contact, order_id=order.id, content=said, expected_version=version, now=NOW)
    assert (order.title, order.version) == ("Another title", version + 1)
    with pytest.raises(Refusal) as refused:
        await draft_verbs.edit_order(
            session, p.contact, order_id=order.id, content=content(), expected_version=version, now=NOW
        )
    assert refused.value.code is Code.VERSION_CONFLICT
    assert order.title == "Another title"


@pytest.mark.rule("H11.8.2-b")
async def test_a_draft_that_is_changed_says_by_todays_terms_whether_it_needs_an_estimate(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_draft(session, p)
    asked = await ask(session, p)
    await make_terms(session, p.agreement, {"small_order_needs_estimate": False})
    needs = sa.select(facts_of(Order)["needs_estimate"]).where(Order.id.in_([order.id, asked.id]))
    assert (await session.scalars(needs)).all() == [True, True]
    changed = {"order_id": order.id, "content": content(), "expected_version": order.version}
    await draft_verbs.edit_order(session, p.contact, **changed, now=NOW)
    await draft_verbs.take_up_request(session, p.contact, order_id=asked.id, now=NOW)
    await session.flush()
    assert (await session.scalars(needs)).all() == [False, False]
    raised = {"order_id": order.id, "size_class": SizeClass.ASSIGNMENT, "reason": "Koskee kaikkia."}
    await draft_verbs.raise_order_class(session, p.contact, **raised, now=NOW)
    await session.flush()
    assert sorted((await session.scalars(needs)).all()) == [False, True], "only small work is ordered without one"


@pytest.mark.rule("H11.8.2-a")
async def test_a_class_is_raised_with_a_reason_before_the_order_is_placed(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    await draft_verbs.raise_order_class(
        session, p.contact, order_id=order.id, size_class=SizeClass.PROJECT, reason="It touches every school.", now=NOW
    )
    assert order.raised_class is SizeClass.PROJECT
    with pytest.raises(Refusal):
        await draft_verbs.raise_order_class(
            session, p.contact, order_id=order.id, size_class=SizeClass.ASSIGNMENT, reason="It does not.", now=NOW
        )


@pytest.mark.rule("H11.8.2-a")
async def test_of_several_options_the_smallest_says_from_where_a_class_is_raised(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    await estimate(session, p, order, option(p, 60 * 450), option(p, 45 * 450, title="Less of it"))
    raising = partial(draft_verbs.raise_order_class, session, p.contact, order_id=order.id, reason="It is significant.")
    with pytest.raises(Refusal, match="never lowered"):
        await raising(size_class=SizeClass.ASSIGNMENT, now=NOW)
    await raising(size_class=SizeClass.PROJECT, now=NOW)
    assert order.raised_class is SizeClass.PROJECT


@pytest.mark.rule("H11.8.2-d")
async def test_both_sides_attach_papers_and_only_files_they_brought_themselves(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    await attach(session, p.contact, order, PaperKind.FORM)
    await attach(session, p.supplier_manager, order, PaperKind.TASK_PLAN)
    assert await queries.papers_of(session, order.id) == {PaperKind.FORM, PaperKind.TASK_PLAN}
    stored = await make_file(session, p.contact)
    for actor in (p.supplier_manager, p.tiera_manager):
        with pytest.raises(Refusal, match="not found"):
            await draft_verbs.attach_order_paper(
                session, actor, order_id=order.id, kind=PaperKind.OTHER, file_id=stored.id, now=NOW
            )


@pytest.mark.rule("H11.3.3-a")
async def test_each_side_names_its_own_project_manager(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    theirs, ours = p.supplier_manager.person_id, p.tiera_manager.person_id
    assert theirs is not None
    assert ours is not None
    with pytest.raises(Refusal, match="your own organisation"):
        await draft_verbs.name_project_manager(session, p.supplier_manager, order_id=order.id, person_id=ours, now=NOW)
    await draft_verbs.name_project_manager(session, p.supplier_manager, order_id=order.id, person_id=theirs, now=NOW)
    await draft_verbs.name_project_manager(session, p.contact, order_id=order.id, person_id=ours, now=NOW)
    assert (order.supplier_manager_id, order.tiera_manager_id) == (theirs, ours)


@pytest.mark.rule("D0-b")
async def test_what_is_done_to_an_order_leaves_who_when_from_and_to(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_requested(session, p)
    events = await session.scalars(
        sa.select(Event).where(Event.subject_kind == "Order", Event.subject_id == order.id).order_by(Event.id)
    )
    last = events.all()[-1]
    assert (last.name, last.person_id, last.at) == ("order.estimate_requested", p.contact.person_id, NOW)
    assert (last.from_state, last.to_state, last.rule) == ("draft", "requested", "H11.3.1-a")


async def test_a_service_of_another_agreement_is_refused_by_name(session: AsyncSession) -> None:
    p, other = await make_parties(session), await make_parties(session)
    service = await make_service(session, other.agreement)
    with pytest.raises(Refusal, match="under another agreement") as refused:
        await make_draft(session, p, service_id=service.id)
    assert refused.value.errors[0].path == ("content", "service_id")


async def test_a_text_has_an_end(session: AsyncSession) -> None:
    p = await make_parties(session)
    for field in ("description", "goal", "limits"):
        with pytest.raises(Refusal, match="At most"):
            await make_draft(session, p, **{field: "x" * 100_001})
