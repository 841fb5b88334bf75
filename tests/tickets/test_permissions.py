"""A permission to write to customers directly covers what it names, and nothing else."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import plan_verbs
from backend.bulletins.plan_verbs import Agreed
from backend.bulletins.states import Occasion
from backend.kit.actor import ActorKind, Language
from backend.kit.calendar import helsinki_date
from backend.kit.events import Audience, Event
from backend.kit.faults import Code, Refusal
from backend.kit.translation import show
from backend.rulebook.criticality import Criticality
from backend.tickets import handling_verbs, permission_queries, permission_verbs, queries
from backend.tickets.model import ContactPermission, Ticket, TicketMessage
from backend.tickets.states import MessageState, TicketKind, TicketState
from tests.making import NOW, TODAY, make_organisation, make_service, supplier_manager
from tests.tickets.making import Desk, make_desk, make_ticket_at_supplier, write

DAY = timedelta(days=1)


async def permit(session: AsyncSession, desk: Desk, **changes: Any) -> ContactPermission:
    said: dict[str, Any] = {
        "supplier_id": desk.parties.supplier.id,
        "person_ids": [desk.supplier.person_id],
        "customer_ids": [desk.parties.customer.id],
        "service_ids": [desk.service.id],
        "kinds": [TicketKind.INCIDENT],
        "matter": "Incidents of the sign-in.",
        "valid_from": TODAY,
        "valid_until": TODAY + 30 * DAY,
        "document_number": "LUPA-7",
        "document_on": TODAY,
    }
    return await permission_verbs.permit_contact(session, desk.tiera, **(said | changes), now=NOW)


async def offered(session: AsyncSession, desk: Desk, ticket: Ticket, now: datetime = NOW) -> list[int]:
    """The permissions by which the supplier's person may write on a ticket."""
    its = ContactPermission
    holds = permission_queries.holds_on(its, helsinki_date(now))
    lets = permission_queries.lets_write_on(its, desk.supplier, ticket.id)
    return list((await session.scalars(sa.select(its.id).where(holds, lets))).all())


@pytest.mark.rule("H11.4-c")
@pytest.mark.rule("H11.4-a")
async def test_what_a_permission_covers_is_read_at_once_and_says_by_which(session: AsyncSession) -> None:
    desk = await make_desk(session)
    permission = await permit(session, desk)
    ticket = await make_ticket_at_supplier(session, desk)
    assert await offered(session, desk, ticket) == [permission.id]
    message = await write(session, desk.supplier, ticket, permission_id=permission.id)
    assert (message.state, message.permission_id) == (MessageState.SENT, permission.id)
    seen = sa.select(TicketMessage.id).where(
        TicketMessage.id == message.id, queries.visible_messages(desk.customer, TicketMessage)
    )
    assert await session.scalar(seen) == message.id


@pytest.mark.parametrize(
    ("outside", "lacks"),
    [
        ("person", "does not name you"),
        ("customer", "does not name this customer"),
        ("service", "does not cover this service"),
        ("kind", "does not cover tickets of this kind"),
        ("before", "not in force yet"),
        ("after", "no longer in force"),
        ("ended", "was ended"),
    ],
)
@pytest.mark.rule("H11.4-c")
async def test_what_claims_a_permission_and_is_outside_it_is_refused_with_what_lacks(
    session: AsyncSession, outside: str, lacks: str
) -> None:
    desk = await make_desk(session)
    changes: dict[str, Any] = {}
    match outside:
        case "person":
            changes["person_ids"] = [(await supplier_manager(session, desk.parties.supplier)).person_id]
        case "customer":
            changes["customer_ids"] = [(await make_organisation(session, ActorKind.CUSTOMER)).id]
        case "service":
            changes["service_ids"] = [(await make_service(session, desk.parties.agreement)).id]
        case "kind":
            changes["kinds"] = [TicketKind.SERVICE_REQUEST]
        case "before":
            changes["valid_from"] = TODAY + DAY
    permission = await permit(session, desk, **changes)
    if outside == "ended":
        await permission_verbs.end_contact_permission(
            session, desk.tiera, permission_id=permission.id, reason="The person has left.", now=NOW
        )
    now = NOW + 31 * DAY if outside == "after" else NOW
    ticket = await make_ticket_at_supplier(session, desk, now=now)
    assert await offered(session, desk, ticket, now) == []
    with pytest.raises(Refusal) as refused:
        await write(session, desk.supplier, ticket, permission_id=permission.id, now=now)
    (error,) = refused.value.errors
    assert (error.rule, error.path) == ("H11.4-c", ("permission_id",)) and lacks in show(error.message, Language.EN)
    texts = sa.select(TicketMessage.text).where(TicketMessage.audience == Audience.ALL)
    assert (await session.scalars(texts)).all() == []


@pytest.mark.rule("H11.4-a")
@pytest.mark.rule("H11.4-c")
async def test_what_claims_no_permission_waits_though_one_would_cover_it(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await permit(session, desk)
    message = await write(session, desk.supplier, await make_ticket_at_supplier(session, desk))
    assert (message.state, message.permission_id) == (MessageState.WAITING, None)


@pytest.mark.rule("H11.4-c")
async def test_nobody_claims_the_permission_of_another_supplier(session: AsyncSession) -> None:
    desk, other = await make_desk(session), await make_desk(session)
    theirs = await permit(session, other)
    ticket = await make_ticket_at_supplier(session, desk)
    with pytest.raises(Refusal) as refused:
        await write(session, desk.supplier, ticket, permission_id=theirs.id)
    assert refused.value.code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"person_ids": []}, ("person_ids",)),
        ({"customer_ids": []}, ("customer_ids",)),
        ({"service_ids": []}, ("service_ids",)),
        ({"kinds": []}, ("kinds",)),
        ({"matter": " "}, ("matter",)),
        ({"document_number": ""}, ("document_number",)),
        ({"valid_from": date(2026, 11, 23)}, ("valid_from",)),
        ({"valid_until": date(2026, 11, 23)}, ("valid_until",)),
        ({"person_ids": [999_999]}, ("person_ids",)),
        ({"customer_ids": [999_999]}, ("customer_ids",)),
        ({"service_ids": [999_999]}, ("service_ids",)),
    ],
)
@pytest.mark.rule("H11.4-c")
async def test_a_permission_that_does_not_name_all_is_refused(
    session: AsyncSession, wrong: Any, path: tuple[str]
) -> None:
    desk = await make_desk(session)
    with pytest.raises(Refusal) as refused:
        await permit(session, desk, **wrong)
    assert refused.value.errors[0].path == path
    assert await session.scalar(sa.select(sa.func.count()).select_from(ContactPermission)) == 0


@pytest.mark.rule("H11.4-c")
async def test_a_supplier_permits_itself_nothing_and_sees_its_own_only(session: AsyncSession) -> None:
    desk = await make_desk(session)
    permission = await permit(session, desk)
    with pytest.raises(Refusal) as refused:
        await permission_verbs.end_contact_permission(
            session, desk.supplier, permission_id=permission.id, reason="No.", now=NOW
        )
    assert refused.value.code is Code.NOT_PERMITTED
    stranger = await supplier_manager(session, await make_organisation(session))
    for actor, seen in ((desk.tiera, True), (desk.supplier, True), (stranger, False), (desk.customer, False)):
        wanted = sa.select(ContactPermission.id).where(permission_queries.visible_permissions(actor, ContactPermission))
        assert (await session.scalar(wanted) == permission.id) is seen


async def agree(session: AsyncSession, desk: Desk, **changes: Any) -> None:
    """Of critical incidents the supplier may inform all customers itself, unless something else is said."""
    said: dict[str, Any] = {
        **dict.fromkeys(("measures", "told", "channels", "when_down", "template_title", "template_text"), "As agreed."),
        "agreed_on": TODAY,
        "to_all_customers": True,
        "supplier_informs": True,
    }
    await plan_verbs.agree_on_communication(
        session, desk.tiera, service_id=desk.service.id, occasion=Occasion.CRITICAL_INCIDENT,
        agreed=Agreed(**(said | changes)), now=NOW,
    )  # fmt: skip


@pytest.mark.rule("H11.11-b")
@pytest.mark.rule("H11.4-a")
async def test_of_an_incident_whose_class_allows_it_a_suppliers_words_are_read_at_once(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await agree(session, desk)
    ticket = await make_ticket_at_supplier(session, desk, criticality=Criticality.CRITICAL)
    message = await write(session, desk.supplier, ticket)
    assert (message.state, message.permission_id) == (MessageState.SENT, None)
    written = sa.select(Event.rule).where(Event.subject_kind == "TicketMessage", Event.subject_id == message.id)
    assert (await session.scalars(written)).all() == ["H11.11-b"]
    await handling_verbs.resolve_ticket(session, desk.supplier, ticket_id=ticket.id, text="Mended.", now=NOW)
    assert ticket.state is TicketState.RESOLVED, "nothing waits, so the ticket moves at once"


@pytest.mark.parametrize(
    ("ticket", "agreed"),
    [
        ({"criticality": Criticality.HIGH}, {}),
        ({"kind": TicketKind.SERVICE_REQUEST}, {}),
        ({}, {"supplier_informs": False}),
        ({}, {"to_all_customers": False, "organisation_ids": ["another"]}),
        ({}, None),
    ],
    ids=["another class", "no incident", "not allowed", "another customer", "nothing agreed"],
)
@pytest.mark.rule("H11.11-b")
@pytest.mark.rule("H11.4-a")
async def test_what_no_class_allows_waits_for_tiera(
    session: AsyncSession, ticket: dict[str, Any], agreed: dict[str, Any] | None
) -> None:
    desk = await make_desk(session)
    if agreed is not None:
        another = await make_organisation(session, ActorKind.CUSTOMER)
        if "organisation_ids" in agreed:
            agreed = agreed | {"organisation_ids": [another.id]}
        await agree(session, desk, **agreed)
    its = await make_ticket_at_supplier(session, desk, **({"criticality": Criticality.CRITICAL} | ticket))
    assert (await write(session, desk.supplier, its)).state is MessageState.WAITING


@pytest.mark.rule("H11.11-b")
async def test_what_another_service_is_allowed_or_was_allowed_before_allows_nothing(session: AsyncSession) -> None:
    desk = await make_desk(session)
    await agree(session, desk)
    await agree(session, desk, supplier_informs=False)
    ticket = await make_ticket_at_supplier(session, desk, criticality=Criticality.CRITICAL)
    assert (await write(session, desk.supplier, ticket)).state is MessageState.WAITING
    other = Desk(desk.parties, await make_service(session, desk.parties.agreement))
    await agree(session, other)
    assert (await write(session, desk.supplier, ticket)).state is MessageState.WAITING
