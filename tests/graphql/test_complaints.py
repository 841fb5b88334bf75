"""Complaints through the schema: the main job by mutations alone, what each side sees, the agendas as lists."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.complaints import response_verbs, verbs
from backend.complaints.states import ComplaintCause, ComplaintState
from backend.complaints.verbs import Content
from backend.kit.actor import Actor
from backend.kit.database import Sessions
from backend.rulebook.roles import Role
from tests.complaints.making import Sides, answer, judge, make_draft, make_in, make_sent, make_sides, pass_time
from tests.graphql.asking import Ask
from tests.making import NOW, make_person, make_role, make_terms
from tests.orders.making import make_ordered, make_parties

TOPICS = ("summary", "mainPoints", "problem", "effects", "measures", "prevention")


@pytest.fixture
async def sides(sessions: Sessions) -> Sides:
    async with sessions.begin() as session:
        return await make_sides(session)


async def do(ask: Ask, actor: Actor, name: str, selection: str = "id", **given: Any) -> dict[str, Any]:
    """Carry a mutation out; its payload."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = (
        f"mutation($input: {kind}!) {{ {name}(input: $input) "
        f"{{ complaint {{ {selection} }} userErrors {{ code path rule }} }} }}"
    )
    payload: dict[str, Any] = (await ask(actor, document, input={"idempotencyKey": str(uuid4()), **given}))[name]
    return payload


async def test_a_complaint_is_made_answered_and_judged_by_mutations_alone(ask: Ask, sides: Sides) -> None:
    content = {"title": "Siirto", "description": "Ei toiminut.", "cause": "QUALITY", "touchesSharedUse": True}
    agreement = f"Agreement:{sides.agreement.id}"
    made = await do(ask, sides.tiera, "createComplaint", agreementId=agreement, content=content)
    key = made["complaint"]["id"]
    sent = await do(ask, sides.tiera, "sendComplaint", "number availableActions", complaintId=key)
    assert sent["complaint"]["number"] == "REK-2026-0001"
    lacking = await do(
        ask, sides.supplier_manager, "answerComplaint", complaintId=key, response={"summary": "Vain tämä."}
    )
    assert [error["path"] for error in lacking["userErrors"]] == [["response", topic] for topic in TOPICS[1:]]
    whole = dict.fromkeys(TOPICS, "Kerrottu.")
    answered = await do(
        ask, sides.supplier_manager, "answerComplaint", "state response { id ordinal missingTopics }", complaintId=key,
        response=whole,
    )  # fmt: skip
    response = answered["complaint"].pop("response")
    assert answered["complaint"] == {"state": "ANSWERED"}
    assert (response["ordinal"], response["missingTopics"]) == (1, [])
    judged = await do(
        ask, sides.tiera, "judgeResponse", "state availableActions", complaintId=key, responseId=response["id"],
        isProper=True, reason="Selvä.",
    )  # fmt: skip
    assert judged["complaint"]["state"] == "PROPER" and "HANDLE" in judged["complaint"]["availableActions"]


@pytest.mark.rule("H11.10-f", "H7.4-a")
async def test_the_next_agendas_are_lists_that_fill_themselves(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        waits = await make_in(session, sides, ComplaintState.PROPER)
        shared = await make_sent(session, sides, touches_shared_use=True)
        await make_draft(session, sides, touches_shared_use=True)
        await make_in(session, sides, ComplaintState.CLOSED)
    listed = "query($where: ComplaintFilter!) { complaints(where: $where) { nodes { id } } }"
    for where, expected in (({"isToBeHandled": True}, waits.id), ({"isForDevelopmentGroup": True}, shared.id)):
        found = (await ask(sides.tiera, listed, where=where))["complaints"]["nodes"]
        assert found == [{"id": f"Complaint:{expected}"}]


@pytest.mark.rule("H11.10-b", "H11.10-j")
async def test_who_is_late_is_seen_in_the_register_and_found_there(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        silent = await make_sent(session, sides)
        idle = await make_in(session, sides, ComplaintState.ACKNOWLEDGED)
        unjudged = await make_in(session, sides, ComplaintState.ANSWERED)
        await pass_time(session, NOW + timedelta(days=9))
        fresh = await make_sent(session, sides, at=NOW + timedelta(days=9))
        over = await make_in(session, sides, ComplaintState.HANDLED)
        answered = await make_sent(session, sides)
        await pass_time(session, NOW + timedelta(days=20))
        await answer(session, sides, answered, at=NOW + timedelta(days=20))
    listed = "query($where: ComplaintFilter!) { complaints(where: $where) { nodes { id isLate } } }"
    late = {f"Complaint:{each.id}" for each in (silent, idle, fresh)}
    for where, expected in (
        ({"isLate": True}, {*late, f"Complaint:{unjudged.id}"}),
        ({"isLate": False}, {f"Complaint:{each.id}" for each in (over, answered)}),
        ({"isSuppliersLate": True}, late),
    ):
        for actor in (sides.tiera, sides.supplier_manager):
            nodes = (await ask(actor, listed, where=where))["complaints"]["nodes"]
            assert {node["id"] for node in nodes} == expected
            assert all(node["isLate"] is where.get("isLate", True) for node in nodes)


@pytest.mark.rule("H11.10-c")
async def test_one_that_was_handled_and_may_still_be_answered_waits_for_the_supplier_while_its_time_runs(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    async with sessions.begin() as session:
        mendable = await make_in(session, sides, ComplaintState.NOT_PROPER)
        given = {"handled_on": NOW.date(), "handling": "Puutteita.", "now": NOW + timedelta(hours=3)}
        await verbs.handle_complaint(session, sides.tiera, complaint_id=mendable.id, **given)
        await make_in(session, sides, ComplaintState.HANDLED)  # its response was proper
    asked = """query { complaintFigures { unanswered } complaints(where: { isUnanswered: true }) {
      nodes { id isTimeRunning availableActions } } }"""
    waits = {"id": f"Complaint:{mendable.id}", "isTimeRunning": True}
    for actor, may in ((sides.supplier_manager, True), (sides.tiera, False)):
        told = await ask(actor, asked)
        (node,) = told["complaints"]["nodes"]
        assert ("ANSWER" in node.pop("availableActions")) is may
        assert (node, told["complaintFigures"]["unanswered"]) == (waits, 1)
    async with sessions.begin() as session:
        await pass_time(session, NOW + timedelta(days=20))
    told = await ask(sides.supplier_manager, asked)
    assert (told["complaints"]["nodes"], told["complaintFigures"]["unanswered"]) == ([], 0), "its time has ended"


async def test_they_are_sorted_both_ways_by_when_they_were_made_and_are_due(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    async with sessions.begin() as session:
        later = await make_sent(session, sides, at=NOW + timedelta(days=14))
        sooner = await make_sent(session, sides)
        undue = await make_draft(session, sides)
    made = [f"Complaint:{complaint.id}" for complaint in (later, sooner, undue)]
    due = [made[1], made[0], made[2]]
    listed = "query($by: ComplaintSort!) { complaints(orderBy: $by) { nodes { id } } }"
    orders = {"OLDEST": made, "NEWEST": made[::-1], "DUE_FIRST": due, "DUE_LAST": due[::-1]}
    for by, expected in orders.items():
        found = (await ask(sides.tiera, listed, by=by))["complaints"]["nodes"]
        assert [each["id"] for each in found] == expected, by


async def test_nobody_but_the_two_sides_sees_anything(ask: Ask, sessions: Sessions, sides: Sides) -> None:
    async with sessions.begin() as session:
        complaint = await make_in(session, sides, ComplaintState.ANSWERED)
    document = (
        "query($id: ID!) { complaint(id: $id) { id } node(id: $id) { id } "
        "complaints { totalCount nodes { id } } complaintFigures { open } }"
    )
    for actor, count in ((sides.tiera, 1), (sides.supplier_manager, 1), (sides.stranger, 0), (sides.customer, 0)):
        data = await ask(actor, document, id=f"Complaint:{complaint.id}")
        assert (data["complaint"] is not None, data["node"] is not None) == (bool(count), bool(count))
        assert (data["complaints"]["totalCount"], data["complaintFigures"]["open"]) == (count, count)


@pytest.mark.rule("D2.1-c")
async def test_a_thing_shows_the_complaints_about_it_to_the_two_sides_alone(ask: Ask, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        parties = await make_parties(session)
        order = await make_ordered(session, parties, customer_id=parties.customer.id)
        tiera = parties.tiera_manager
        content = Content(title="Myöhässä", description="Ei valmis.", cause=ComplaintCause.DELAY, about=order.ref)
        said = {"agreement_id": parties.agreement.id, "content": content, "now": NOW}
        await verbs.create_complaint(session, tiera, **said)
        await make_role(session, await make_person(session), parties.supplier, Role.SERVICE_MANAGER)
        sent = (await verbs.create_complaint(session, tiera, **said)).id
        await verbs.send_complaint(session, tiera, complaint_id=sent, now=NOW)
    document = "query($id: ID!) { order(id: $id) { complaints { id state } } }"
    seen = {
        "tiera": [f"Complaint:{sent}", f"Complaint:{sent - 1}"],
        "supplier": [f"Complaint:{sent}"],
        "customer": [],
    }
    for side, actor in (
        ("tiera", tiera), ("supplier", parties.supplier_manager), ("customer", parties.representative)
    ):  # fmt: skip
        shown = (await ask(actor, document, id=str(order.ref)))["order"]["complaints"]
        assert [each["id"] for each in shown] == seen[side], side


CLOCKS = """
query($id: ID!) { complaint(id: $id) { clocks {
  kind startedAt targetMinutes spentMinutes dueAt pausedAt metAt droppedAt wasMetLate owner { id }
  explain { since until counts reason minutes } } } }
"""
A_DAY = 24 * 60


@pytest.mark.rule("H11.10-b", "H11.10-c", "H11.10-d")
async def test_both_sides_read_which_days_of_a_complaints_clocks_counted_and_why(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    async with sessions.begin() as session:
        complaint = await make_sent(session, sides)
    key = {"id": f"Complaint:{complaint.id}"}
    told = (await ask(sides.supplier_manager, CLOCKS, **key))["complaint"]["clocks"]
    assert (await ask(sides.tiera, CLOCKS, **key))["complaint"]["clocks"] == told
    for stranger in (sides.stranger, sides.customer):
        assert (await ask(stranger, CLOCKS, **key))["complaint"] is None
    assert [(each["kind"], each["targetMinutes"] // A_DAY) for each in told] == [
        ("ACKNOWLEDGEMENT", 1), ("RESPONSE", 10),
    ]  # fmt: skip
    days = [(each["counts"], each["reason"], each["minutes"]) for each in told[1]["explain"]]
    assert days == [  # a Tuesday at ten; the sixth of December is a Sunday
        (False, "DAY_OF_ARRIVAL", 14 * 60),
        (True, "AT_SUPPLIER", 3 * A_DAY),
        (False, "NO_BUSINESS_DAY", 2 * A_DAY),
        (True, "AT_SUPPLIER", 5 * A_DAY),
        (False, "NO_BUSINESS_DAY", 2 * A_DAY),
        (True, "AT_SUPPLIER", 2 * A_DAY),
    ]
    assert {each["owner"]["id"] for each in told} == {f"Organisation:{sides.supplier.id}"}

    answered = NOW + timedelta(days=1)
    async with sessions.begin() as session:
        await answer(session, sides, complaint, at=answered)
    told = {each["kind"]: each for each in (await ask(sides.supplier_manager, CLOCKS, **key))["complaint"]["clocks"]}
    assert {kind for kind, each in told.items() if each["metAt"]} == {"ACKNOWLEDGEMENT", "BEGINNING"}
    assert told["RESPONSE"]["pausedAt"] == told["JUDGEMENT"]["startedAt"]
    assert told["RESPONSE"]["spentMinutes"] == 10 * 60
    last = told["RESPONSE"]["explain"][-1]
    assert (last["until"], last["counts"], last["reason"]) == (None, False, "WITH_TIERA")
    assert told["JUDGEMENT"]["owner"]["id"] == f"Organisation:{sides.tiera.organisation_id}"
    async with sessions.begin() as session:
        await judge(session, sides, complaint, is_proper=False, at=answered + timedelta(days=1))
    told = {each["kind"]: each for each in (await ask(sides.tiera, CLOCKS, **key))["complaint"]["clocks"]}
    assert told["RESPONSE"]["pausedAt"] is None
    whole = [(each["counts"], each["reason"], each["minutes"]) for each in told["RESPONSE"]["explain"]]
    assert whole == days, "it has no new ten days: it has run on"


@pytest.mark.rule("H11.10-c", "H11.10-g")
async def test_a_time_that_was_dropped_is_read_on_where_it_had_been_used_up(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    late = NOW + timedelta(days=20)
    async with sessions.begin() as session:
        complaints = [await make_sent(session, sides) for _ in range(2)]
        for complaint, at in zip(complaints, (NOW + timedelta(hours=1), late), strict=True):
            given = {"complaint_id": complaint.id, "until": (late + timedelta(days=4)).date(), "reason": "Lisää."}
            await response_verbs.give_time(session, sides.tiera, **given, now=at)
    told = [
        [each["droppedAt"] is None for each in await clocks_of(ask, sides, complaint.id) if each["kind"] == "RESPONSE"]
        for complaint in complaints
    ]
    assert told == [[True], [False, True]]
    for complaint, state in zip(complaints, (None, {"state": "ENTITLED"}), strict=True):
        asked = "query($id: ID!) { complaint(id: $id) { sanction { state } } }"
        shown = (await ask(sides.tiera, asked, id=f"Complaint:{complaint.id}"))["complaint"]["sanction"]
        assert shown == state, "it had arisen before more time was given, although the clock's job had not run"


async def clocks_of(ask: Ask, sides: Sides, id: int) -> list[dict[str, Any]]:
    clocks: list[dict[str, Any]] = (await ask(sides.tiera, CLOCKS, id=f"Complaint:{id}"))["complaint"]["clocks"]
    return clocks


@pytest.mark.rule("H11.10-g")
async def test_a_sanction_says_by_which_terms_it_arose_as_they_were_when_the_complaint_was_sent(
    ask: Ask, sessions: Sessions, sides: Sides
) -> None:
    async with sessions.begin() as session:
        await make_terms(session, sides.agreement, {"complaint_sanction_euros": "1500.00"})
        complaint = await make_sent(session, sides)
        await make_terms(session, sides.agreement, {"complaint_sanction_euros": "9.00"})
        await pass_time(session, NOW + timedelta(days=20))
    asked = "query($id: ID!) { complaint(id: $id) { sanction { rule amount { amount } terms { name value rule } } } }"
    for actor in (sides.tiera, sides.supplier_manager):
        sanction = (await ask(actor, asked, id=f"Complaint:{complaint.id}"))["complaint"]["sanction"]
        assert (sanction["rule"], sanction["amount"]["amount"]) == ("H11.10-g", "1500.00")
        assert sanction["terms"] == [
            {"name": "complaint_response_days", "value": "10", "rule": "H11.10-c"},
            {"name": "complaint_sanction_euros", "value": "1500.00", "rule": "H11.10-g"},
        ]
