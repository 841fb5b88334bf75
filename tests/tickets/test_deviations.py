"""Low ratings, missed levels and root causes are deviations, with measures, and stand on an agenda until reported."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.actor import SCHEDULE, Actor
from backend.kit.deadlines import pass_deadlines
from backend.kit.events import Event
from backend.kit.faults import Code, Refusal
from backend.rulebook.criticality import Criticality
from backend.tickets import deviation_verbs, handling_verbs, reporting_verbs
from backend.tickets.model import Ticket
from backend.tickets.quality_model import QualityDeviation
from backend.tickets.quality_queries import is_for_production_group, visible_deviations
from backend.tickets.quality_states import DeviationKind, DeviationState
from backend.tickets.states import Reach, TicketKind
from tests.files.making import make_file
from tests.making import NOW
from tests.notices.making import tell, told
from tests.tickets.making import Desk, make_desk, make_ticket, make_ticket_at_supplier
from tests.tickets.test_quality import deviations, make_resolved, make_resolved_by_desk, rate

MEASURES = {"done": "Korjattiin.", "planned": "Ohje uusitaan.", "prevention": "Testi lisättiin."}


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def make_deviation(session: AsyncSession, desk: Desk) -> QualityDeviation:
    """Of a low rating, without measures."""
    await rate(session, desk.customer, await make_resolved(session, desk), score=1, word="Kesti liian kauan.")
    return (await deviations(session))[-1]


async def measure(session: AsyncSession, actor: Actor, deviation: QualityDeviation, **given: str) -> QualityDeviation:
    return await deviation_verbs.record_measures(
        session, actor, deviation_id=deviation.id, **(MEASURES | given), now=NOW
    )


@pytest.mark.rule("H10.3-c")
async def test_a_low_rating_is_a_deviation_that_both_service_managers_are_told_of(
    session: AsyncSession, desk: Desk
) -> None:
    deviation = await make_deviation(session, desk)
    assert (deviation.kind, deviation.state) == (DeviationKind.LOW_RATING, DeviationState.OPEN)
    await tell(session)
    event = (await session.scalars(sa.select(Event).where(Event.name == "deviation.rated_low"))).one()
    both = [desk.tiera.person_id or 0, desk.supplier.person_id or 0]
    assert await told(session, event) == sorted(both)


@pytest.mark.rule("H10.3-c")
@pytest.mark.parametrize(("term", "score", "is_low"), [(2, 2, True), (2, 3, False), (3, 3, True)])
async def test_what_is_low_is_a_term_of_the_agreement(
    session: AsyncSession, term: int, score: int, is_low: bool
) -> None:
    desk = await make_desk(session, low_rating=term)
    await rate(session, desk.customer, await make_resolved(session, desk), score=score)
    assert bool(await deviations(session)) is is_low


@pytest.mark.rule("H10.3-c")
async def test_a_deviation_is_open_until_its_supplier_has_said_all_three(session: AsyncSession, desk: Desk) -> None:
    deviation = await make_deviation(session, desk)
    with pytest.raises(Refusal) as refused:
        await measure(session, desk.supplier, deviation, planned=" ", prevention="")
    assert [error.path for error in refused.value.errors] == [("planned",), ("prevention",)]
    with pytest.raises(Refusal) as refused:
        await measure(session, desk.tiera, deviation)
    assert refused.value.errors[0].rule == "H10.3-c"
    await measure(session, desk.supplier, deviation)
    assert deviation.state is DeviationState.MEASURED
    await measure(session, desk.supplier, deviation, done="Korjattiin heti.")
    assert deviation.done == "Korjattiin heti."


@pytest.mark.rule("H10.3-c")
async def test_what_tieras_desk_did_alone_tiera_answers_for(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_resolved_by_desk(session, desk)
    await rate(session, desk.customer, ticket, score=2)
    (deviation,) = await deviations(session)
    assert deviation.supplier_id is None
    with pytest.raises(Refusal) as refused:
        await measure(session, desk.supplier, deviation)
    assert refused.value.code is Code.NOT_FOUND
    await measure(session, desk.tiera, deviation)


@pytest.mark.rule("H10.3-c")
async def test_the_customer_reads_what_tiera_tells_it_and_nothing_before(session: AsyncSession, desk: Desk) -> None:
    deviation = await make_deviation(session, desk)
    wanted = sa.select(QualityDeviation.id).where(visible_deviations(desk.customer, QualityDeviation))
    with pytest.raises(Refusal) as refused:
        await tell_customer(session, desk.tiera, deviation)
    assert refused.value.code is Code.WRONG_STATE, "a deviation without measures is open"
    await measure(session, desk.supplier, deviation)
    assert await session.scalar(wanted) is None
    with pytest.raises(Refusal):
        await tell_customer(session, desk.supplier, deviation)
    await tell_customer(session, desk.tiera, deviation)
    assert await session.scalar(wanted) == deviation.id
    await tell(session)
    event = (await session.scalars(sa.select(Event).where(Event.name == "deviation.told"))).one()
    assert desk.customer.person_id in await told(session, event)


async def tell_customer(session: AsyncSession, actor: Actor, deviation: QualityDeviation) -> QualityDeviation:
    return await deviation_verbs.tell_customer_of_measures(
        session, actor, deviation_id=deviation.id, report="Pahoittelemme. Ohje on uusittu.", now=NOW
    )


@pytest.mark.rule("H11.3.4-d")
async def test_what_a_service_misses_in_a_month_is_one_item_that_stays_until_it_is_reported(
    session: AsyncSession, desk: Desk
) -> None:
    for _ in range(2):
        await make_ticket_at_supplier(session, desk)
    for hours in (5, 30):
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(hours=hours))
    (missed,) = await deviations(session)
    assert (missed.kind, str(missed.month), missed.service_id) == (
        DeviationKind.MISSED_LEVEL, f"{NOW:%Y-%m}-01", desk.service.id,
    )  # fmt: skip
    await measure(session, desk.supplier, missed)
    now = NOW + timedelta(days=3)
    report = {"deviation_id": missed.id, "report": "Käsiteltiin.", "now": now}
    with pytest.raises(Refusal) as refused:
        await deviation_verbs.report_missed_level(
            session, desk.tiera, reported_on=now.date() + timedelta(days=1), **report
        )
    assert refused.value.errors[0].path == ("reported_on",)
    minutes = await make_file(session, desk.tiera)
    await deviation_verbs.report_missed_level(
        session, desk.tiera, reported_on=now.date(), file_ids=[minutes.id], **report
    )
    assert missed.state is DeviationState.REPORTED
    assert minutes.about is not None and minutes.about.kind == "Event"
    await make_ticket_at_supplier(session, desk, now=now)
    await pass_deadlines(session, SCHEDULE, now=now + timedelta(days=1))
    assert [each.state for each in await deviations(session)] == [DeviationState.REPORTED, DeviationState.OPEN]


@pytest.mark.rule("H11.3.4-d")
async def test_what_tieras_desk_misses_is_no_item_of_the_suppliers_group(session: AsyncSession, desk: Desk) -> None:
    await make_ticket(session, desk)
    await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=2))
    assert await deviations(session) == []


async def write_cause(
    session: AsyncSession, desk: Desk, ticket: Ticket, cause: str = "The certificate ran out."
) -> None:
    await handling_verbs.write_root_cause(session, desk.supplier, ticket_id=ticket.id, cause=cause, now=NOW)


async def on_agenda(session: AsyncSession, actor: Actor) -> list[int]:
    seen = sa.and_(visible_deviations(actor, QualityDeviation), is_for_production_group(QualityDeviation))
    return list((await session.scalars(sa.select(QualityDeviation.id).where(seen))).all())


@pytest.mark.rule("H11.2.3-b")
async def test_the_root_cause_of_a_wide_incident_stands_on_the_production_groups_agenda_until_it_is_reported(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk, reach=Reach.MANY)
    for cause in ("The certificate ran out.", "It ran out, and nobody was warned."):
        await write_cause(session, desk, ticket, cause)
    (brought,) = await deviations(session)
    assert (brought.kind, brought.state, brought.ticket_id, brought.supplier_id) == (
        DeviationKind.WIDE_CAUSE, DeviationState.OPEN, ticket.id, desk.supplier.organisation_id,
    )  # fmt: skip
    for actor, seen in ((desk.tiera, [brought.id]), (desk.supplier, [brought.id]), (desk.customer, [])):
        assert await on_agenda(session, actor) == seen
    await tell(session)
    event = (await session.scalars(sa.select(Event).where(Event.name == "deviation.cause_found"))).one()
    assert (event.rule, await told(session, event)) == ("H11.2.3-b", [desk.tiera.person_id]), "not who wrote it"
    report = {"deviation_id": brought.id, "report": "Käsiteltiin.", "reported_on": NOW.date(), "now": NOW}
    with pytest.raises(Refusal) as refused:
        await deviation_verbs.report_root_cause(session, desk.tiera, **report)  # type: ignore[arg-type]
    assert refused.value.code is Code.WRONG_STATE, "it has no measures yet"
    await measure(session, desk.supplier, brought)
    assert await on_agenda(session, desk.tiera) == [brought.id]
    with pytest.raises(Refusal):
        await deviation_verbs.report_missed_level(session, desk.tiera, **report)  # type: ignore[arg-type]
    await deviation_verbs.report_root_cause(session, desk.tiera, **report)  # type: ignore[arg-type]
    assert (brought.state, await on_agenda(session, desk.tiera)) == (DeviationState.REPORTED, [])
    await write_cause(session, desk, ticket, "It was another certificate.")
    assert len(await on_agenda(session, desk.supplier)) == 1, "a cause that is written anew is a new item"


@pytest.mark.rule("H11.2.3-b")
async def test_a_cause_goes_to_the_agenda_once_its_incident_is_of_wide_reach_and_no_other_does(
    session: AsyncSession, desk: Desk
) -> None:
    ticket = await make_ticket_at_supplier(session, desk, reach=Reach.ONE_ORGANISATION)
    await write_cause(session, desk, ticket)
    problem = await make_ticket_at_supplier(session, desk, by=desk.supplier, kind=TicketKind.PROBLEM, reach=Reach.MANY)
    await write_cause(session, desk, problem)
    assert await deviations(session) == []
    for reach in (Reach.MANY, Reach.ONE_ORGANISATION, Reach.MANY):
        await reporting_verbs.change_ticket_class(
            session,
            desk.tiera,
            ticket_id=ticket.id,
            criticality=Criticality.HIGH,
            reach=reach,
            reason="Heard.",
            now=NOW,
        )
    assert [each.ticket_id for each in await deviations(session)] == [ticket.id]


@pytest.mark.rule("H11.2.3-b")
async def test_the_cause_of_what_tieras_desk_did_alone_tiera_brings_itself(session: AsyncSession, desk: Desk) -> None:
    ticket = await make_ticket(session, desk, reach=Reach.MANY)
    await handling_verbs.take_ticket(session, desk.tiera, ticket_id=ticket.id, now=NOW)
    await handling_verbs.write_root_cause(session, desk.tiera, ticket_id=ticket.id, cause="Our key.", now=NOW)
    (brought,) = await deviations(session)
    assert brought.supplier_id is None
    assert (await on_agenda(session, desk.tiera), await on_agenda(session, desk.supplier)) == ([brought.id], [])
