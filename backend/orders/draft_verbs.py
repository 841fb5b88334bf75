"""Before an order is placed: a customer's request, a draft and what is attached to it (H11.8.1-e, -i, H11.8.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.files.model import StoredFile
from backend.files.verbs import attach_files, use_file
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.calendar import helsinki_date
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import (
    Refusal,
    broken_rule,
    invalid,
    needed,
    not_found,
    not_permitted,
    optional,
    required,
    version_conflict,
)
from backend.kit.refs import Ref, is_visible
from backend.kit.statements import put
from backend.kit.translation import Text
from backend.orders import policy, queries, rules
from backend.orders.customers import take
from backend.orders.model import Order, OrderPaper
from backend.orders.states import OrderAction, OrderState, PaperKind, Pricing
from backend.parties import queries as parties
from backend.parties.agreement_model import Agreement, Service
from backend.parties.model import Organisation, Person
from backend.parties.role_queries import works_for
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SizeClass
from backend.rulebook.terms import Terms

A, S = OrderAction, OrderState


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an order asks for. None leaves goal, limits and day out."""

    title: str
    description: str
    goal: str | None = None
    limits: str | None = None
    due_on: date | None = None
    pricing: Pricing = Pricing.HOURS
    service_id: int | None = None
    customer_id: int | None = None
    """For whom; None: for Tiera itself or for all."""
    follows_from: Ref | None = None
    """What it followed from, such as an incident: an order may follow from one, never be one."""


@rule("H11.8.1-i")
async def ask_for_work(
    session: Session,
    actor: Actor,
    *,
    service_id: int,
    title: str,
    description: str,
    due_on: date | None = None,
    file_ids: Sequence[int] | None = None,
    now: datetime,
) -> Order:
    """A customer's request for work: no order until a named contact takes it up and places it.

    What goes along with it stays with the order, for the customer, Tiera and (once it sees the order) the supplier.
    """
    if not actor.may(Right.REQUEST_WORK) or actor.kind is not ActorKind.CUSTOMER:
        raise not_permitted("H11.8.1-i")
    content = Content(
        title=title, description=description, due_on=due_on, service_id=service_id, customer_id=actor.organisation_id
    )
    agreement = await _agreement_of_service(session, service_id)
    order = await _add(session, actor, agreement, content, S.ASKED, now)
    order.asked_by_id = actor.person_id
    await attach_files(session, actor, file_ids, order, "file_ids")
    await events.record(
        session, actor, "order.asked", order, at=now, rule="H11.8.1-i", audience=Audience.ALL, to=S.ASKED
    )
    return order


@rule("H11.8.1-i", "D0-f")
async def take_up_request(session: Session, actor: Actor, *, order_id: int, now: datetime) -> Order:
    """An ordering contact makes a customer's request its draft; nobody does so with a request of their own."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, A.TAKE_UP)
    policy.refuse_own_request(actor, order.asked_by_id)
    order.state, order.taken_up_by_id, order.taken_up_at = move.target, actor.person_id, now
    order.terms_on = await _terms_of_today(session, order.agreement_id, now)
    await _record_move(session, actor, "order.taken_up", order, move.source, move.rule, now)
    return order


@rule("D0-f")
async def turn_down_request(session: Session, actor: Actor, *, order_id: int, reason: str, now: datetime) -> Order:
    """Tiera does not take a customer's request up, and says why."""
    return await _end(session, actor, order_id, A.TURN_DOWN, "order.turned_down", reason, now)


async def withdraw_request(session: Session, actor: Actor, *, order_id: int, reason: str, now: datetime) -> Order:
    """The customer takes its request back before anybody took it up."""
    return await _end(session, actor, order_id, A.WITHDRAW, "order.withdrawn", reason, now)


async def _end(
    session: Session, actor: Actor, order_id: int, action: OrderAction, event: str, reason: str, now: datetime
) -> Order:
    order = await queries.get_order_for_change(session, actor, order_id)
    move = policy.take(actor, order.state, action)
    if action is A.TURN_DOWN:
        policy.refuse_own_request(actor, order.asked_by_id)
    order.end_reason = needed(reason, "reason")
    order.state, order.ended_at = move.target, now
    await _record_move(session, actor, event, order, move.source, move.rule, now)
    return order


@rule("H11.8.1-e", "H11.8.1-i")
async def create_order(
    session: Session, actor: Actor, *, agreement_id: int | None = None, content: Content, now: datetime
) -> Order:
    """A draft under an agreement with a supplier, or under that of its service; without a number until it is placed."""
    if not actor.may(Right.PREPARE_ORDERS):
        raise not_permitted("H11.8.1-i")
    if actor.kind is ActorKind.CUSTOMER and (agreement_id is not None or content.customer_id != actor.organisation_id):
        raise not_permitted("H11.8.1-i", Text("You may order for your own organisation only, by a service."))
    if agreement_id is not None:
        agreement = await session.get(Agreement, agreement_id)
        if agreement is None:
            raise not_found("agreement_id")
    elif content.service_id is not None:
        agreement = await _agreement_of_service(session, content.service_id, "content")
    elif actor.kind is ActorKind.CUSTOMER:
        raise required("content", "service_id")
    else:
        raise required("agreement_id")
    if agreement.concerns.supplier_id is None:
        raise invalid(Text("Work is ordered under an agreement with a supplier."), "agreement_id", rule="H11.8.1-e")
    try:
        order = await _add(session, actor, agreement, content, S.DRAFT, now)
    except Refusal as refusal:
        raise refusal.at("content") from None
    await events.record(session, actor, "order.drafted", order, at=now, rule="H11.8.1-e", to=S.DRAFT)
    return order


@rule("H11.8.1-e", "H11.8.1-i")
async def edit_order(
    session: Session, actor: Actor, *, order_id: int, content: Content, expected_version: int, now: datetime
) -> Order:
    """Change a draft; for whom it is, its service and what it follows from included.

    What a customer asked for is not given to another: they would read what was asked (H11.8.1-i).
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, A.EDIT)
    if order.version != expected_version:
        raise version_conflict()
    if actor.kind is ActorKind.CUSTOMER and content.customer_id != actor.organisation_id:
        raise not_permitted(move.rule)
    if order.taken_up_at is not None and content.customer_id != order.customer_id:
        stays = Text("What a customer asked for stays that customer's. Make an order of its own for another.")
        raise broken_rule("H11.8.1-i", stays, "content", "customer_id")
    agreement = await session.get_one(Agreement, order.agreement_id)
    try:
        await _fill(session, actor, order, agreement, content, helsinki_date(now))
    except Refusal as refusal:
        raise refusal.at("content") from None
    order.terms_on = await _terms_of_today(session, order.agreement_id, now)
    order.version += 1
    await events.record(session, actor, "order.edited", order, at=now, rule=move.rule, version=order.version)
    return order


@rule("H11.8.2-a")
async def raise_order_class(
    session: Session, actor: Actor, *, order_id: int, size_class: SizeClass, reason: str, now: datetime
) -> Order:
    """Hold an order to the duties of a larger class than its estimate says, for a reason; of options the smallest."""
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, A.RAISE_CLASS)
    least = await queries.least_estimated(session, order.id)
    by_effort = order.size_class if least is None else rules.size_class(least, Terms.of(order.terms_on))
    rules.refuse_lowering(size_class, rules.larger(by_effort, order.raised_class), reason)
    order.raised_class, order.raise_reason = size_class, reason.strip()
    await events.record(session, actor, "order.class_raised", order, at=now, rule=move.rule, size_class=size_class)
    return order


@rule("H11.8.2-c")
async def specify_order(
    session: Session,
    actor: Actor,
    *,
    order_id: int,
    goal: str | None = None,
    limits: str | None = None,
    now: datetime,
) -> Order:
    """Give the goal or limits that were left open when the estimate was asked for; the supplier is told.

    Of ordered work that is done only while a request to go on waits, which may make the order larger.
    """
    order = await queries.get_order_for_change(session, actor, order_id)
    move = await take(session, actor, order, A.SPECIFY)
    if not policy.may_specify(order.state, has_open_overrun=await queries.has_open_overrun(session, order.id)):
        raise broken_rule("H11.8.3-b", Text("The goal and limits of ordered work are changed by a proposal."))
    given = {"goal": optional(goal, "goal"), "limits": optional(limits, "limits")}
    for name, text in rules.specified({"goal": order.goal, "limits": order.limits}, given).items():
        setattr(order, name, text)
    await events.record(session, actor, "order.specified", order, at=now, rule=move.rule)
    return order


@rule("H11.8.2-c", "H11.8.2-d")
async def attach_order_paper(
    session: Session, actor: Actor, *, order_id: int, kind: PaperKind, file_id: int, now: datetime
) -> OrderPaper:
    """Attach a file that its uploader names: the form, a project's contract and plans, or another paper."""
    order = await queries.get_order_for_change(session, actor, order_id)
    action = A.BRING_PAPER if actor.kind is ActorKind.SUPPLIER else A.ATTACH_PAPER
    move = policy.take(actor, order.state, action)
    if await session.get(StoredFile, file_id) is None:
        raise not_found("file_id")
    paper = OrderPaper(
        order_id=order.id,
        kind=kind,
        file_id=file_id,
        added_by_id=actor.person_id,
        added_at=now,
        supplier_id=order.supplier_id,
    )
    session.add(paper)
    await session.flush()
    try:
        await use_file(session, actor, file_id, paper, "paper")
    except Refusal as refusal:
        raise refusal.at("file_id") from None
    await events.record(session, actor, "order.paper_added", order, at=now, rule=move.rule, kind=kind)
    return paper


@rule("H11.3.3-a")
async def name_project_manager(
    session: Session, actor: Actor, *, order_id: int, person_id: int, now: datetime
) -> Order:
    """Each side names its own project manager: a person who holds a role there."""
    order = await queries.get_order_for_change(session, actor, order_id)
    is_supplier = actor.kind is ActorKind.SUPPLIER
    move = policy.take(actor, order.state, A.NAME_SUPPLIER_MANAGER if is_supplier else A.NAME_TIERA_MANAGER)
    person = await session.get(Person, person_id)
    if person is None:
        raise not_found("person_id")
    if not await works_for(session, person_id, actor.organisation_id, helsinki_date(now)):
        message = Text("A project manager is a person of your own organisation, in a role that is in force.")
        raise broken_rule("H11.3.3-a", message, "person_id")
    if is_supplier:
        order.supplier_manager_id = person_id
    else:
        order.tiera_manager_id = person_id
    await events.record(
        session, actor, "order.manager_named", order, at=now, rule=move.rule, person=Ref("Person", person_id)
    )
    return order


async def _agreement_of_service(session: Session, service_id: int, *path: str) -> Agreement:
    service = await session.get(Service, service_id)
    if service is None:
        raise not_found(*path, "service_id")
    return await session.get_one(Agreement, service.agreement_id)


async def _add(
    session: Session, actor: Actor, agreement: Agreement, content: Content, state: OrderState, now: datetime
) -> Order:
    order = Order(
        agreement_id=agreement.id,
        supplier_id=agreement.organisation_id,
        state=state,
        created_by_id=actor.person_id,
        created_at=now,
        terms_on=await _terms_of_today(session, agreement.id, now),
    )
    await _fill(session, actor, order, agreement, content, helsinki_date(now))
    await put(session, order)
    return order


async def _terms_of_today(session: Session, agreement_id: int, now: datetime) -> dict[str, Any]:
    """By them a draft says what may be done with it; placing it counts those of its own day."""
    return (await parties.terms_on(session, agreement_id, helsinki_date(now))).as_json()


async def _fill(
    session: Session, actor: Actor, order: Order, agreement: Agreement, content: Content, today: date
) -> None:
    rules.check_day_to_come(content.due_on, today, "due_on")
    title = needed(content.title, "title", most=rules.MOST_LETTERS_IN_A_TITLE)
    if content.service_id is not None:
        service = await session.get(Service, content.service_id)
        if service is None:
            raise not_found("service_id")
        if service.agreement_id != agreement.id:
            raise invalid(Text("This service is under another agreement."), "service_id")
    if content.customer_id is not None:
        customer = await session.get(Organisation, content.customer_id)
        if customer is None or customer.side is not ActorKind.CUSTOMER:
            raise not_found("customer_id")
    of = content.follows_from
    if of is not None and str(of) != order.follows_from and not await is_visible(session, actor, of):
        raise not_found("follows_from")
    order.title = title
    order.description = needed(content.description, "description")
    order.goal = optional(content.goal, "goal")
    order.limits = optional(content.limits, "limits")
    order.due_on = content.due_on
    order.pricing = content.pricing
    order.service_id = content.service_id
    order.customer_id = content.customer_id
    order.follows_from = str(of) if of else None


async def _record_move(
    session: Session, actor: Actor, name: str, order: Order, source: OrderState, rule_name: str, now: datetime
) -> None:
    await events.record(
        session, actor, name, order, at=now, rule=rule_name, from_=source, to=order.state, audience=Audience.ALL
    )
