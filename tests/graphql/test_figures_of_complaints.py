"""Complaints and sanctions in the figures: counted for the two sides, and as they stood on a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.complaints import sanction_verbs
from backend.complaints.queries import find_sanction
from backend.complaints.states import ComplaintCause as Cause
from backend.kit.actor import SCHEDULE
from backend.kit.database import Sessions
from backend.kit.deadlines import pass_deadlines
from backend.kit.refs import Ref
from tests.complaints.making import answer, judge, make_sent, make_sides
from tests.graphql.asking import Ask
from tests.graphql.test_figures import SUMS, counted
from tests.making import NOW
from tests.orders.making import make_draft, make_requested
from tests.tickets.making import Desk, make_ticket, make_ticket_at_supplier


async def test_complaints_are_counted_for_the_two_sides(ask: Ask, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        sides = await make_sides(session)
        await make_sent(session, sides)
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    assert await counted(ask, sides.tiera) == {"COMPLAINTS": (1, 1, 0), "SANCTIONS": (1, 0, 0)}
    assert (await counted(ask, sides.supplier_manager))["COMPLAINTS"] == (1, 1, 0)
    assert await counted(ask, sides.customer) == {}


async def test_complaints_and_sanctions_are_told_as_they_stood_on_a_day(ask: Ask, sessions: Sessions) -> None:
    day = timedelta(days=1)
    async with sessions.begin() as session:
        sides = await make_sides(session, terms={"complaint_sanction_euros": 500})
        silent, answered, proper = [await make_sent(session, sides) for _ in range(3)]
        for complaint in (answered, proper):
            await answer(session, sides, complaint, at=NOW + 6 * day)
        await pass_deadlines(session, SCHEDULE, now=NOW + 20 * day)
        await judge(session, sides, answered, is_proper=False, at=NOW + 22 * day)
        await judge(session, sides, proper, is_proper=True, at=NOW + 22 * day)
        sanction = await find_sanction(session, silent.id)
        assert sanction is not None
        decided = {"sanction_id": sanction.id, "applies": True, "reason": "Vastine ei tullut.", "now": NOW + 24 * day}
        await sanction_verbs.decide_sanction(session, sides.tiera, **decided)
    told = {
        days: await counted(ask, sides.tiera, "COMPLAINTS", "SANCTIONS", as_of=NOW.date() + days * day)
        for days in (1, 19, 20, 22, 24)
    }
    assert told == {
        1: {"COMPLAINTS": (3, 0, 0)},
        19: {"COMPLAINTS": (3, 0, 8)},
        20: {"COMPLAINTS": (3, 1, 8), "SANCTIONS": (1, 0, 0)},
        22: {"COMPLAINTS": (3, 2, 8), "SANCTIONS": (2, 0, 0)},
        24: {"COMPLAINTS": (3, 2, 8), "SANCTIONS": (2, 0, float(sanction.amount))},
    }
    assert sanction.amount


@pytest.mark.rule("D2.1-c")
async def test_complaints_are_of_the_customer_of_the_ticket_or_order_that_they_are_about_and_a_customer_sees_none(
    ask: Ask, sessions: Sessions, desk: Desk
) -> None:
    async with sessions.begin() as session:
        sides = replace(await make_sides(session), agreement=desk.parties.agreement)
        p, its = desk.parties, {"customer_id": desk.parties.customer.id}
        reached = (await make_ticket_at_supplier(session, desk), await make_requested(session, p, **its))
        not_reached = (await make_ticket(session, desk), await make_draft(session, p, **its))
        of_nobody = (Ref("Service", desk.service.id), (await make_requested(session, p)).ref, None)
        for about in (*(thing.ref for thing in (*reached, *not_reached)), *of_nobody):
            await make_sent(session, sides, about=about)
        await pass_deadlines(session, SCHEDULE, now=NOW + timedelta(days=30))
    of_service = {"serviceId": f"Service:{desk.service.id}"}
    for actor, named in ((desk.tiera, 3), (desk.supplier, 2)):
        told = await counted(ask, actor, "COMPLAINTS", "SANCTIONS", **of_service)
        assert told == {"COMPLAINTS": (named, named, 0), "SANCTIONS": (named, 0, 0)}, "it follows from that too"
    measures, own = ("COMPLAINTS", "SANCTIONS"), {"customerId": f"Organisation:{desk.customer.organisation_id}"}
    for actor, of_its in ((desk.tiera, 4), (desk.supplier, 2)):
        assert await counted(ask, actor, *measures) == {"COMPLAINTS": (7, 7, 0), "SANCTIONS": (7, 0, 0)}
        told = await counted(ask, actor, *measures, **own)
        assert told == {"COMPLAINTS": (of_its, of_its, 0), "SANCTIONS": (of_its, 0, 0)}, "as far as things reached it"
    assert await counted(ask, desk.customer, *measures) == await counted(ask, desk.customer, *measures, **own) == {}
    where = {"asOf": str(NOW.date() + timedelta(days=60)), **own}
    for actor, count in ((desk.tiera, 4), (desk.supplier, 2), (desk.customer, 0)):
        added = (await ask(actor, SUMS, measures=list(measures), where=where))["sums"]["nodes"]
        apart = [each for each in added if each["isApart"] and each["division"] is None]
        assert {each["customer"]["id"] for each in apart} == ({own["customerId"]} if count else set())
        for measure in measures:
            assert sum(each["count"] for each in apart if each["measure"] == measure) == count


@pytest.mark.rule("H11.10-c")
async def test_complaints_are_divided_by_cause_and_by_the_business_days_to_their_first_response(
    ask: Ask, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        sides = await make_sides(session)
        quick, slow, _ = [await make_sent(session, sides, cause=c) for c in (Cause.DELAY, Cause.COST, Cause.COST)]
        await answer(session, sides, quick, at=NOW + timedelta(days=6))
        await judge(session, sides, quick, is_proper=False, at=NOW + timedelta(days=7))
        await answer(session, sides, quick, at=NOW + timedelta(days=28))
        await answer(session, sides, slow, at=NOW + timedelta(days=21))
    document = """
    query($asOf: Date) { figures(measures: [COMPLAINTS], where: { asOf: $asOf }) {
      nodes { cause answerTime count sum } } }"""
    rows = {(row["cause"], row["answerTime"]): row for row in (await ask(sides.tiera, document))["figures"]["nodes"]}
    assert {key: row["count"] for key, row in rows.items()} == {
        ("DELAY", "FIVE_DAYS"): 1, ("COST", "TWENTY_DAYS"): 1, ("COST", "NONE"): 1,
    }  # fmt: skip
    assert (rows[("DELAY", "FIVE_DAYS")]["sum"], rows[("COST", "NONE")]["sum"]) == ("4.00", None)
    before = (await ask(sides.tiera, document, asOf=str(NOW.date() + timedelta(days=1))))["figures"]["nodes"]
    assert {row["answerTime"] for row in before} == {"NONE"}, "as it was known then"
