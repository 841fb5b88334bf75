"""The catalogue: the key user says what is offered; a customer's person orders it, and a request comes to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from backend.files.queries import get_for_use
from backend.files.verbs import ATTACHMENT, use_file
from backend.kit import events
from backend.kit.actor import Actor, ActorKind
from backend.kit.amounts import Minutes
from backend.kit.database import Session
from backend.kit.events import Audience
from backend.kit.faults import Refusal, not_permitted, version_conflict
from backend.kit.translation import Text
from backend.rulebook.roles import Right
from backend.rulebook.rules import rule
from backend.tickets import catalogue_queries, catalogue_rules, queries
from backend.tickets.catalogue_model import Product, ProductOrder, ProductVersion
from backend.tickets.catalogue_rules import Answer, Field
from backend.tickets.catalogue_states import PRODUCT, RECORD, ProductAction
from backend.tickets.clock_verbs import recount
from backend.tickets.model import Ticket
from backend.tickets.reporting_verbs import Report, report_ticket
from backend.tickets.states import TicketKind


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a product says."""

    name: str
    category: str
    description: str
    euros: Decimal | None = None
    target_minutes: Minutes | None = None
    fields: Sequence[Field] = field(default_factory=tuple)


async def define_product(
    session: Session, actor: Actor, *, service_id: int, content: Content, now: datetime
) -> Product:
    """Offer something new, of a service."""
    if not actor.may(Right.ADMINISTER):
        raise not_permitted(RECORD)
    agreement = await queries.agreement_of_service(session, service_id)
    _check(content)
    product = Product(
        service_id=service_id,
        supplier_id=agreement.organisation_id,
        category=content.category.strip(),
        name=content.name.strip(),
        ordinal=1,
        made_at=now,
    )
    session.add(product)
    await session.flush()
    await _add_version(session, actor, product, content, now)
    await events.record(session, actor, "product.defined", product, at=now, rule=RECORD, audience=Audience.BOTH)
    return product


async def change_product(
    session: Session, actor: Actor, *, product_id: int, content: Content, expected_version: int, now: datetime
) -> Product:
    """Offer it in another way from now on: the version before stays as it was, for what was ordered by it."""
    product = await catalogue_queries.get_product_for_change(session, actor, product_id)
    PRODUCT.take(actor, product.state, ProductAction.CHANGE)
    if product.ordinal != expected_version:
        raise version_conflict()
    _check(content)
    product.ordinal += 1
    product.name, product.category = content.name.strip(), content.category.strip()
    await _add_version(session, actor, product, content, now)
    await events.record(
        session, actor, "product.changed", product, at=now, rule=RECORD, audience=Audience.BOTH, ordinal=product.ordinal
    )
    return product


async def end_product(session: Session, actor: Actor, *, product_id: int, now: datetime) -> Product:
    """Offer it no more; what was ordered goes on."""
    product = await catalogue_queries.get_product_for_change(session, actor, product_id)
    PRODUCT.take(actor, product.state, ProductAction.END)
    product.ended_at = now
    await events.record(session, actor, "product.ended", product, at=now, rule=RECORD, audience=Audience.BOTH)
    return product


@rule("H11.7.2-a")
async def order_product(
    session: Session,
    actor: Actor,
    *,
    product_id: int,
    ordinal: int,
    answers: Sequence[Answer] = (),
    customer_id: int | None = None,
    requester_id: int | None = None,
    now: datetime,
) -> Ticket:
    """Order a product by the version that was read: a service request that keeps version and answers."""
    product = await catalogue_queries.get_product_for_change(session, actor, product_id)
    PRODUCT.take(actor, product.state, ProductAction.ORDER)
    if actor.kind is ActorKind.SUPPLIER:
        raise not_permitted(RECORD, Text("Customers order from the catalogue, and Tiera for them."))
    if product.ordinal != ordinal:
        raise version_conflict(path="ordinal")
    version = await catalogue_queries.newest_version(session, product)
    read = catalogue_rules.read_answers(version.fields, answers, await _names_of_files(session, actor, answers))
    report = Report(
        kind=TicketKind.SERVICE_REQUEST,
        service_id=product.service_id,
        title=version.name,
        description=catalogue_rules.as_description(read, version.description),
        customer_id=customer_id,
        requester_id=requester_id,
        is_order=True,
    )
    try:
        ticket = await report_ticket(session, actor, report=report, now=now)
    except Refusal as refusal:
        raise refusal.out_of("report") from None
    await _attach(session, actor, answers, ticket)
    session.add(ProductOrder(ticket_id=ticket.id, version_id=version.id, answers=read))
    await recount(session, ticket, now=now)  # its target time is that of the product
    return ticket


async def _names_of_files(session: Session, actor: Actor, answers: Sequence[Answer]) -> dict[int, str]:
    """What those files are called that are answers; NOT_FOUND at the answer whose file the actor did not bring."""
    names = {}
    for place, answer in enumerate(answers):
        if answer.file_id is not None:
            try:
                names[answer.file_id] = (await get_for_use(session, actor, answer.file_id)).name
            except Refusal as refusal:
                raise refusal.at("answers", place, "file_id") from None
    return names


async def _attach(session: Session, actor: Actor, answers: Sequence[Answer], ticket: Ticket) -> None:
    """Files that are answers hang on the ticket, like everything that is brought with one."""
    for place, answer in enumerate(answers):
        if answer.file_id is not None:
            try:
                await use_file(session, actor, answer.file_id, ticket, ATTACHMENT)
            except Refusal as refusal:
                raise refusal.at("answers", place, "file_id") from None


async def _add_version(session: Session, actor: Actor, product: Product, content: Content, now: datetime) -> None:
    session.add(
        ProductVersion(
            product_id=product.id,
            ordinal=product.ordinal,
            category=product.category,
            name=product.name,
            description=content.description.strip(),
            fields=[each.as_json() for each in content.fields],
            euros=content.euros,
            target_minutes=content.target_minutes,
            made_at=now,
            made_by_id=actor.person_id,
            supplier_id=product.supplier_id,
        )
    )
    await session.flush()


def _check(content: Content) -> None:
    try:
        catalogue_rules.check_content(
            content.name, content.category, content.description, content.euros, content.target_minutes, content.fields
        )
    except Refusal as refusal:
        raise refusal.at("content") from None
