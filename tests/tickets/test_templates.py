"""Templates of what is reported often: the desk keeps them, whoever reports is offered those of its services."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import Actor
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.rulebook.criticality import Criticality
from backend.tickets import template_verbs
from backend.tickets.kept_queries import visible_templates
from backend.tickets.model import TicketTemplate
from backend.tickets.states import Reach, TicketKind
from backend.tickets.template_verbs import Content
from tests.making import NOW
from tests.tickets.making import Desk, make_desk


def content(**its: Any) -> Content:
    usual = {
        "name": "New user",
        "kind": TicketKind.SERVICE_REQUEST,
        "ticket_title": "New user: ____",
        "description": "Unit: ____",
    }
    return Content(**usual | its)


async def written(session: AsyncSession, desk: Desk, **its: Any) -> TicketTemplate:
    return await template_verbs.write_ticket_template(session, desk.tiera, content=content(**its), now=NOW)


async def end(session: AsyncSession, actor: Actor, template: TicketTemplate) -> TicketTemplate:
    return await template_verbs.end_ticket_template(session, actor, ticket_template_id=template.id, now=NOW)


async def change(
    session: AsyncSession, actor: Actor, template: TicketTemplate, version: int | None, **its: Any
) -> TicketTemplate:
    return await template_verbs.change_ticket_template(
        session, actor, ticket_template_id=template.id, content=content(**its), expected_version=version, now=NOW
    )


async def seen(session: AsyncSession, actor: Actor) -> set[str]:
    wanted = sa.select(TicketTemplate.name).where(visible_templates(actor, TicketTemplate))
    return set((await session.scalars(wanted)).all())


@pytest.mark.rule("H11.7.2-a")
async def test_tieras_desk_writes_changes_and_ends_a_template_each_time_on_record(session: AsyncSession) -> None:
    desk = await make_desk(session)
    template = await written(session, desk, name=" New user ", service_id=desk.service.id)
    assert (template.name, template.criticality, template.reach) == ("New user", Criticality.NORMAL, Reach.ONE_USER)
    changed = await change(session, desk.tiera, template, 1, name="A new user", kind=TicketKind.INCIDENT)
    assert (changed.name, changed.kind, changed.service_id) == ("A new user", TicketKind.INCIDENT, None)
    with pytest.raises(Refusal) as refused:
        await change(session, desk.tiera, template, 1)
    assert (refused.value.code, template.name, template.version) == (Code.VERSION_CONFLICT, "A new user", 2)
    for _ in range(2):
        assert (await end(session, desk.tiera, template)).ended_at == NOW
    with pytest.raises(Refusal) as refused:
        await change(session, desk.tiera, template, 2, name="Another")
    assert (refused.value.code, template.name) == (Code.BROKEN_RULE, "A new user"), "what is ended stays as it was"
    names = sa.select(Event.name).where(Event.subject_kind == "TicketTemplate", Event.subject_id == template.id)
    assert (await session.scalars(names.order_by(Event.id))).all() == [
        "ticket_template.written",
        "ticket_template.changed",
        "ticket_template.ended",
    ]


@pytest.mark.rule("H11.7.2-a")
async def test_nobody_else_writes_changes_or_ends_one(session: AsyncSession) -> None:
    desk = await make_desk(session)
    template = await written(session, desk)
    for actor in (desk.customer, desk.supplier):
        for act in (
            template_verbs.write_ticket_template(session, actor, content=content(), now=NOW),
            change(session, actor, template, 1),
            end(session, actor, template),
        ):
            with pytest.raises(Refusal) as refused:
                await act
            assert refused.value.code is Code.NOT_PERMITTED
    assert (template.version, template.ended_at) == (1, None)


@pytest.mark.parametrize(
    ("its", "code", "path"),
    [
        ({"name": " "}, Code.REQUIRED, "name"),
        ({"ticket_title": ""}, Code.REQUIRED, "ticket_title"),
        ({"description": ""}, Code.REQUIRED, "description"),
        ({"name": "n" * 1000}, Code.INVALID, "name"),
        ({"kind": TicketKind.PROBLEM}, Code.INVALID, "kind"),
        ({"kind": TicketKind.CHANGE}, Code.INVALID, "kind"),
        ({"service_id": 10**9}, Code.NOT_FOUND, "service_id"),
    ],
)
async def test_what_a_template_lacks_is_said_at_its_field(
    session: AsyncSession, its: dict[str, Any], code: Code, path: str
) -> None:
    desk = await make_desk(session)
    with pytest.raises(Refusal) as refused:
        await written(session, desk, **its)
    assert (refused.value.code, refused.value.errors[0].path) == (code, ("content", path))


async def test_who_reports_is_offered_what_is_not_ended_a_supplier_of_its_services_alone(session: AsyncSession) -> None:
    desk, other = await make_desk(session), await make_desk(session)
    await written(session, desk, name="any")
    await written(session, desk, name="own", service_id=desk.service.id)
    await written(session, desk, name="other", service_id=other.service.id)
    ended = await written(session, desk, name="ended", service_id=desk.service.id)
    await end(session, desk.tiera, ended)
    assert await seen(session, desk.tiera) == {"any", "own", "other", "ended"}
    assert await seen(session, desk.customer) == {"any", "own", "other"}, "services are the same for all customers"
    assert await seen(session, desk.supplier) == {"any", "own"}
    assert await seen(session, other.supplier) == {"any", "other"}
