"""What communication is agreed, service by service and occasion by occasion, before it is needed."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bulletins import figures, plan_verbs, queries
from backend.bulletins.model import Bulletin, CommunicationPlan
from backend.bulletins.rules import Planned
from backend.bulletins.states import Occasion
from backend.kit.actor import Actor
from backend.kit.faults import Code, Refusal
from tests.bulletins.making import Sides, agree, incident, make_draft, make_sides
from tests.making import NOW, make_agreement, make_service


@pytest.fixture
async def s(session: AsyncSession) -> Sides:
    return await make_sides(session)


async def seen_by(session: AsyncSession, actor: Actor) -> list[int]:
    wanted = sa.select(CommunicationPlan.id).where(queries.visible_plans(actor, CommunicationPlan))
    return list((await session.scalars(wanted.order_by(CommunicationPlan.id))).all())


@pytest.mark.rule("H11.11-c")
async def test_what_is_agreed_anew_holds_from_then_on_and_the_former_stays_on_record(
    session: AsyncSession, s: Sides
) -> None:
    former = await agree(session, s, organisation_ids=[s.mallila.id])
    newer = await agree(session, s, to_all_customers=True)
    assert (former.ended_at, newer.ended_at) == (NOW, None)
    plans = await queries.plans_for(session, [s.service.id], Occasion.CRITICAL_INCIDENT)
    assert plans == [Planned(to_all_customers=True)]


@pytest.mark.rule("H11.11-c")
async def test_a_service_without_its_own_has_what_holds_for_all(session: AsyncSession, s: Sides) -> None:
    await agree(session, s, of_service=False, organisation_ids=[s.nordby.id])
    common = Planned(to_all_customers=False, organisation_ids=(s.nordby.id,))
    assert await queries.plans_for(session, [s.service.id], Occasion.CRITICAL_INCIDENT) == [common]
    assert await queries.plans_for(session, [], Occasion.CRITICAL_INCIDENT) == [common]
    assert await queries.plans_for(session, [s.service.id], Occasion.BREAK) == [None]


@pytest.mark.rule("H11.11-c")
async def test_a_bulletin_shows_those_plans_by_which_it_goes_out(session: AsyncSession, s: Sides) -> None:
    of_all = await agree(session, s, of_service=False, to_all_customers=True)
    other = await make_service(session, await make_agreement(session))

    async def shown(*services: int) -> list[int]:
        draft = await make_draft(session, s.tiera, incident(s, service_ids=services))
        wanted = sa.select(CommunicationPlan.id).join(Bulletin, Bulletin.id == draft.id)
        wanted = wanted.where(figures.is_plan_of(Bulletin, CommunicationPlan)).order_by(CommunicationPlan.id)
        return list((await session.scalars(wanted)).all())

    assert await shown(s.service.id) == [of_all.id]
    former = await agree(session, s, organisation_ids=[s.nordby.id])
    own = await agree(session, s, organisation_ids=[s.mallila.id])
    assert former.id not in await shown(s.service.id)
    assert await shown(s.service.id) == [own.id], "what holds for all is not for a service that has its own"
    assert await shown(s.service.id, other.id) == [of_all.id, own.id]
    assert await queries.plans_for(session, [s.service.id, other.id], Occasion.CRITICAL_INCIDENT) == [
        Planned(to_all_customers=False, organisation_ids=(s.mallila.id,)),
        Planned(to_all_customers=True),
    ]


async def test_plans_are_between_tiera_and_the_supplier_of_the_service(session: AsyncSession, s: Sides) -> None:
    own, common = await agree(session, s), await agree(session, s, of_service=False)
    assert await seen_by(session, s.tiera) == await seen_by(session, s.supplier_manager) == [own.id, common.id]
    assert await seen_by(session, s.stranger) == [common.id]
    assert await seen_by(session, s.in_mallila) == []


@pytest.mark.rule("H11.11-b")
@pytest.mark.parametrize(
    ("occasion", "of_service", "path"),
    [
        (Occasion.BREAK, True, "supplier_informs"),
        (Occasion.CRITICAL_INCIDENT, False, "supplier_informs"),
    ],
)
async def test_a_supplier_is_let_inform_customers_of_a_services_incidents_only(
    session: AsyncSession, s: Sides, occasion: Occasion, of_service: bool, path: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await agree(session, s, occasion, of_service=of_service, supplier_informs=True, to_all_customers=True)
    assert [(error.rule, error.path) for error in refused.value.errors] == [("H11.11-b", ("agreed", path))]


async def test_everything_that_lacks_is_told_at_once(session: AsyncSession, s: Sides) -> None:
    with pytest.raises(Refusal) as refused:
        await agree(session, s, measures=" ", when_down="", supplier_informs=True, agreed_on=date(2026, 11, 25))
    assert {error.path[1] for error in refused.value.errors} == {
        "measures",
        "when_down",
        "agreed_on",
        "organisation_ids",
    }


async def test_only_those_whose_it_is_at_tiera_put_it_on_record(session: AsyncSession, s: Sides) -> None:
    plan = await agree(session, s)
    agreed = plan_verbs.Agreed(
        measures="x", told="x", channels="x", when_down="x", template_title="x", template_text="x",
        agreed_on=plan.agreed_on,
    )  # fmt: skip
    for who in (s.supplier_manager, s.in_mallila):
        with pytest.raises(Refusal) as refused:
            await plan_verbs.agree_on_communication(
                session, who, service_id=s.service.id, occasion=Occasion.NEWS, agreed=agreed, now=NOW
            )
        assert refused.value.code is Code.NOT_PERMITTED
