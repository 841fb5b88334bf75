"""Every state × action × kind of actor, from the tables; and who sees what."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor, ActorKind
from backend.kit.faults import Code, Refusal
from backend.orders import deadlines, policy, queries
from backend.orders.estimate_model import Estimate, EstimateOption, EstimateRow
from backend.orders.model import Forecast, Order
from backend.orders.notices import NOTICES
from backend.orders.policy import Facts
from backend.orders.states import (
    MILESTONE,
    ORDER,
    OVERRUN,
    REVISION,
    MilestoneState,
    OrderAction,
    OrderState,
    OverrunAction,
    OverrunState,
    Pricing,
    RevisionAction,
    RevisionState,
)
from backend.rulebook.roles import Right, Role
from backend.rulebook.rules import RULES
from tests.making import an_actor, make_organisation, make_person, supplier_manager
from tests.orders.making import (
    estimate,
    forecast,
    make_draft,
    make_order_in_progress,
    make_parties,
    make_requested,
)

ACTORS: dict[str, Actor] = {
    "ordering contact": an_actor(ActorKind.BUYER, is_ordering_contact=True),
    "Tiera's service manager": an_actor(ActorKind.BUYER, Role.SERVICE_MANAGER),
    "Tiera's product owner": an_actor(ActorKind.BUYER, Role.PRODUCT_OWNER),
    "Tiera's key user": an_actor(ActorKind.BUYER, Role.KEY_USER),
    "supplier's service manager": an_actor(ActorKind.SUPPLIER, Role.SERVICE_MANAGER),
    "supplier's account manager": an_actor(ActorKind.SUPPLIER, Role.ACCOUNT_MANAGER),
    "supplier's expert": an_actor(ActorKind.SUPPLIER, Role.EXPERT),
    "customer's representative": an_actor(ActorKind.CUSTOMER, Role.REPRESENTATIVE),
    "contact named at a customer": an_actor(ActorKind.CUSTOMER, is_ordering_contact=True),
    "the schedule": SCHEDULE,
}

BUYERS = {"ordering contact", "Tiera's service manager", "Tiera's product owner"}
ANSWERERS = {"supplier's service manager", "supplier's account manager"}
WHO: dict[OrderAction, set[str]] = {
    OrderAction.TAKE_UP: BUYERS,
    OrderAction.TURN_DOWN: BUYERS,
    OrderAction.WITHDRAW: {"customer's representative"},
    OrderAction.EDIT: BUYERS | {"contact named at a customer"},
    OrderAction.RAISE_CLASS: BUYERS | {"contact named at a customer"},
    OrderAction.SPECIFY: BUYERS | {"contact named at a customer"},
    OrderAction.ATTACH_PAPER: BUYERS,
    OrderAction.BRING_PAPER: ANSWERERS,
    OrderAction.NAME_TIERA_MANAGER: BUYERS,
    OrderAction.NAME_SUPPLIER_MANAGER: ANSWERERS,
    OrderAction.REQUEST_ESTIMATE: BUYERS | {"contact named at a customer"},
    OrderAction.ESTIMATE: ANSWERERS,
    OrderAction.ORDER_AT_ONCE: {"ordering contact", "contact named at a customer"},
    OrderAction.ORDER: {"ordering contact", "contact named at a customer"},
    OrderAction.CONFIRM: ANSWERERS,
    OrderAction.START: {"supplier's service manager"},
    OrderAction.FORECAST: ANSWERERS,
    OrderAction.REQUEST_OVERRUN: ANSWERERS,
    OrderAction.PROPOSE_REVISION: {"ordering contact"},
    OrderAction.END_EARLY: {"ordering contact"},
    OrderAction.OFFER_REVISION: ANSWERERS,
    OrderAction.DELIVER: {"supplier's service manager"},
    OrderAction.RETURN: BUYERS,
    OrderAction.ACCEPT: BUYERS,
}
"""Written down by hand, so that a change of the roles' table that reaches orders is seen. CANCEL and DECLINE: below."""


def _expected(state: OrderState, action: OrderAction, who: str) -> bool:
    if action is OrderAction.CANCEL:
        allowed = {"ordering contact", "contact named at a customer"}
        return who in (allowed if state is OrderState.ORDERED else BUYERS | allowed)
    if action is OrderAction.DECLINE:
        return who in ANSWERERS
    return who in WHO[action]


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("state", OrderState)
@pytest.mark.rule("H11.8.1-a")
def test_each_actor_may_take_exactly_the_moves_of_the_table(state: OrderState, who: str) -> None:
    actor = ACTORS[who]
    for action in OrderAction:
        in_table = any(move.source is state and move.action is action for move in ORDER.moves)
        if not in_table:
            with pytest.raises(Refusal) as refused:
                policy.take(actor, state, action)
            assert refused.value.code is Code.WRONG_STATE
        elif _expected(state, action, who):
            assert policy.take(actor, state, action).action is action
        else:
            with pytest.raises(Refusal) as refused:
                policy.take(actor, state, action)
            assert refused.value.code is Code.NOT_PERMITTED
            assert refused.value.errors[0].rule in RULES


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("state", OrderState)
def test_what_is_offered_is_what_would_be_allowed(state: OrderState, who: str) -> None:
    actor = ACTORS[who]
    facts = Facts(is_above_ceiling=True)
    for action in policy.available_actions(actor, state, facts):
        assert policy.take(actor, state, action)


def test_facts_close_what_state_and_role_would_allow() -> None:
    supplier = ACTORS["supplier's service manager"]

    def offered(**facts: object) -> set[OrderAction]:
        return set(policy.available_actions(supplier, OrderState.IN_PROGRESS, Facts(**facts)))  # type: ignore[arg-type]

    assert OrderAction.REQUEST_OVERRUN not in offered()
    assert OrderAction.REQUEST_OVERRUN in offered(is_above_ceiling=True)
    assert OrderAction.REQUEST_OVERRUN not in offered(is_above_ceiling=True, has_open_overrun=True)
    assert OrderAction.OFFER_REVISION not in offered(has_open_revision=True)
    assert OrderAction.FORECAST not in offered(pricing=Pricing.FIXED)
    assert OrderAction.DELIVER not in offered(has_open_milestones=True)
    contact = ACTORS["ordering contact"]
    for facts in (Facts(has_delivered_parts=True), Facts(has_open_overrun=True)):
        assert OrderAction.END_EARLY in policy.available_actions(contact, OrderState.IN_PROGRESS, Facts())
        assert OrderAction.END_EARLY not in policy.available_actions(contact, OrderState.IN_PROGRESS, facts)
    confirmed = policy.available_actions(supplier, OrderState.ORDERED, Facts(is_confirmed=True))
    assert OrderAction.CONFIRM not in confirmed


@pytest.mark.rule("H11.8.3-b")
def test_what_was_left_open_is_given_while_an_estimate_or_a_request_to_go_on_may_need_it() -> None:
    contact = ACTORS["ordering contact"]
    for state, has_open_overrun, expected in (
        (OrderState.REQUESTED, False, True),
        (OrderState.ESTIMATED, False, True),
        (OrderState.IN_PROGRESS, False, False),
        (OrderState.IN_PROGRESS, True, True),
        (OrderState.DELIVERED, False, False),
        (OrderState.DELIVERED, True, True),
    ):
        facts = Facts(lacks_goal_or_limits=True, has_open_overrun=has_open_overrun)
        assert (OrderAction.SPECIFY in policy.available_actions(contact, state, facts)) is expected


@pytest.mark.rule("D0-f")
def test_nobody_is_offered_a_decision_on_a_request_of_their_own() -> None:
    contact = ACTORS["ordering contact"]
    assert policy.available_overrun_actions(contact, OverrunState.REQUESTED, 2) == [
        OverrunAction.APPROVE,
        OverrunAction.REJECT,
    ]
    assert policy.available_overrun_actions(contact, OverrunState.REQUESTED, contact.person_id) == []
    stand_in = an_actor(ActorKind.BUYER, is_ordering_contact=True, person_id=5, stands_for_id=2)
    assert policy.available_overrun_actions(stand_in, OverrunState.REQUESTED, 2) == []


def test_a_customers_contact_decides_nothing_between_tiera_and_the_supplier() -> None:
    contact = ACTORS["contact named at a customer"]
    assert policy.available_revision_actions(contact, RevisionState.AWAITS_TIERA, OrderState.IN_PROGRESS, 2) == []
    assert policy.available_overrun_actions(contact, OverrunState.REQUESTED, 2) == []
    assert policy.available_milestone_actions(contact, MilestoneState.DELIVERED, OrderState.IN_PROGRESS) == []


@pytest.mark.rule("H11.8.3-b")
def test_a_change_of_delivered_work_is_rejected_or_withdrawn_and_not_accepted() -> None:
    contact = ACTORS["ordering contact"]
    both = [RevisionAction.ACCEPT, RevisionAction.REJECT]
    for order, offered in ((OrderState.IN_PROGRESS, both), (OrderState.DELIVERED, both[1:])):
        assert policy.available_revision_actions(contact, RevisionState.AWAITS_TIERA, order, 2) == offered


def test_every_move_cites_a_rule_and_every_state_can_be_reached() -> None:
    for workflow in (ORDER, OVERRUN, REVISION, MILESTONE):
        assert all(move.rule in RULES for move in workflow.moves)  # type: ignore[attr-defined]
    reached = {move.target for move in ORDER.moves} | {OrderState.ASKED, OrderState.HANDED_OVER}
    assert reached == set(OrderState)


# Who sees what


Load = Callable[[Actor, object], sa.ColumnElement[bool]]


async def sees(session: AsyncSession, actor: Actor, thing: type, visible: Load, key: int) -> bool:
    wanted = sa.select(thing.id).where(thing.id == key, visible(actor, thing))  # type: ignore[attr-defined]
    return (await session.scalar(wanted)) is not None


@pytest.mark.rule("D2.1-c")
async def test_a_supplier_sees_its_own_orders_from_the_request_on_and_a_customer_those_for_it(
    session: AsyncSession,
) -> None:
    p = await make_parties(session)
    draft = await make_draft(session, p, customer_id=p.customer.id)
    asked = await make_requested(session, p)
    stranger = await supplier_manager(session, await make_organisation(session))

    async def who_sees(order: Order) -> list[bool]:
        actors = (p.contact, p.supplier_manager, stranger, p.representative)
        return [await sees(session, actor, Order, queries.visible_orders, order.id) for actor in actors]

    assert await who_sees(draft) == [True, False, False, True]
    assert await who_sees(asked) == [True, True, False, False]


@pytest.mark.rule("D2.1-c")
async def test_hours_and_prices_are_between_tiera_and_the_supplier(session: AsyncSession) -> None:
    p = await make_parties(session)
    order = await make_order_in_progress(session, p, customer_id=p.customer.id)
    await forecast(session, p, order, 60)
    given = await estimate(session, p, await make_requested(session, p, customer_id=p.customer.id))
    forecast_id = await session.scalar(sa.select(Forecast.id).where(Forecast.order_id == order.id))
    assert forecast_id is not None
    named = an_actor(
        ActorKind.CUSTOMER,
        organisation_id=p.customer.id,
        person_id=(await make_person(session)).id,
        is_ordering_contact=True,
    )
    option_id = await session.scalar(sa.select(EstimateOption.id).where(EstimateOption.estimate_id == given.id))
    row_id = await session.scalar(sa.select(EstimateRow.id).where(EstimateRow.option_id == option_id))
    for actor, expected in (
        (p.contact, [True, True, True, True]),
        (p.supplier_manager, [True, True, True, True]),
        (p.representative, [False, False, False, False]),
        (named, [False, True, True, False]),
    ):
        found = [
            await sees(session, actor, Forecast, queries.visible_between_parties, forecast_id),
            await sees(session, actor, Estimate, queries.visible_estimates, given.id),
            await sees(session, actor, EstimateOption, queries.visible_options, option_id or 0),
            await sees(session, actor, EstimateRow, queries.visible_rows, row_id or 0),
        ]
        assert found == expected


# What is told


def _recorded() -> set[str]:
    """The names of events that the slice records, read from its source."""
    names = set()
    for path in Path(queries.__file__).parent.glob("*_verbs.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                head, _, tail = node.value.partition(".")
                if head in ("order", "overrun", "revision", "milestone") and tail.isidentifier():
                    names.add(node.value)
    return names


def test_every_event_of_orders_has_its_receivers_and_none_is_left_over() -> None:
    told = {f"{kind}_{what}" for kind in deadlines.KINDS for what in ("due_soon", "late")}
    assert set(NOTICES) == _recorded() | told
    assert all(notice.rule in RULES for notice in NOTICES.values())


def test_placing_needs_the_right_that_only_a_naming_gives() -> None:
    assert Right.PLACE_ORDERS in ACTORS["ordering contact"].rights
    assert all(Right.PLACE_ORDERS not in actor.rights for who, actor in ACTORS.items() if "contact" not in who)
