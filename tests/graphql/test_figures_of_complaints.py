"""Complaints and sanctions in the figures: counted for the two sides, and as they stood on a day."""

from datetime import timedelta

import pytest

from backend.complaints import sanction_verbs
from backend.complaints.queries import find_sanction
from backend.complaints.states import ComplaintCause as Cause
from backend.kit.actor import SCHEDULE
from backend.kit.database import Sessions
from backend.kit.deadlines import pass_deadlines
from tests.complaints.making import answer, judge, make_sent, make_sides
from tests.graphql.asking import Ask
from tests.graphql.test_figures import counted
from tests.making import NOW


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
