"""Hours through the schema: who sees which entries, each mutation's way and its refusal, lists, figures, reports."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.hours.states import OwnCost
from backend.hours.target_verbs import define_target
from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from tests.graphql.asking import Ask, prepare
from tests.hours.making import DAY, WORDS, Work, book, decide_overrun, foresee, make_work, put_on_hold
from tests.making import (
    NOW,
    TODAY,
    customer_representative,
    make_organisation,
    make_price_group,
    reporting_client,
    supplier_expert,
    supplier_manager,
    tiera_key_user,
)


async def do(ask: Ask, actor: Actor, name: str, thing: str, fields: str = "id", **given: Any) -> Any:
    """Carry a mutation out: the thing, or the errors."""
    kind = name[0].upper() + name[1:] + "Input"
    document = (
        f"mutation Do($input: {kind}!) {{ {name}(input: $input) {{ {thing} {{ {fields} }} "
        "userErrors { code path rule message limit actual } } }"
    )
    key = {} if name == "correctHours" else {"idempotencyKey": f"{name}{sorted(given.items())}"[:200]}
    payload = (await ask(actor, document, input=key | given))[name]
    assert (payload[thing] is None) == bool(payload["userErrors"])
    return payload[thing] or payload["userErrors"]


LIST = """query List($where: TimeEntryFilter, $order: TimeEntryOrder) {
  timeEntries(where: $where, orderBy: $order) { totalCount nodes { id minutes state description person { name } } }
  timeEntryFigures { minutes(where: $where) lateMinutes(where: $where) }
}"""


@pytest.mark.rule("D2.1-c")
async def test_an_expert_sees_own_entries_a_manager_the_suppliers_tiera_all_a_customer_none(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Work, dict[str, Actor], int]:
        work = await make_work(session)
        colleague = await supplier_expert(session, work.supplier)
        own = await book(session, work, 60)
        await book(session, work, 30, by=colleague, description="Kenttien tarkistukset")
        stranger = await make_organisation(session)
        return (
            work,
            {
                "expert": work.expert,
                "colleague": colleague,
                "manager": await supplier_manager(session, work.supplier),
                "tiera": work.manager,
                "program": await reporting_client(session),
                "other supplier": await supplier_manager(session, stranger),
                "customer": await customer_representative(session),
            },
            own.id,
        )

    _, actors, entry_id = await prepare(sessions, make)
    seen, sums, single = {}, {}, {}
    for name, actor in actors.items():
        data = await ask(actor, LIST)
        seen[name], sums[name] = data["timeEntries"]["totalCount"], data["timeEntryFigures"]["minutes"]
        one = await ask(actor, "query One($id: ID!) { timeEntry(id: $id) { id } node(id: $id) { id } }",
                        id=f"TimeEntry:{entry_id}")  # fmt: skip
        single[name] = one["timeEntry"] is not None and one["node"] is not None
    assert seen == {
        "expert": 1, "colleague": 1, "manager": 2, "tiera": 2, "program": 2, "other supplier": 0, "customer": 0,
    }  # fmt: skip
    assert sums == {
        "expert": 60, "colleague": 30, "manager": 90, "tiera": 90, "program": 90, "other supplier": 0, "customer": 0,
    }  # fmt: skip
    assert [name for name, was_seen in single.items() if not was_seen] == ["colleague", "other supplier", "customer"]


async def test_lists_are_narrowed_sorted_and_summed(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> Work:
        work = await make_work(session)
        await book(session, work, 60, day=TODAY, description="Lomakkeen kentät")
        await book(session, work, 120, day=DAY, description="Huoltajan tiedot")
        await put_on_hold(session, work, forecast=900)
        await book(session, work, 30, day=DAY - timedelta(3), description="Kentät uudelleen")
        return work

    work = await prepare(sessions, make)

    async def minutes(order: str | None = None, **where: Any) -> list[int]:
        data = await ask(work.manager, LIST, where=where, order=order)
        found = [node["minutes"] for node in data["timeEntries"]["nodes"]]
        assert data["timeEntryFigures"]["minutes"] == sum(found)
        return found

    assert await minutes() == [60, 120, 30]
    assert await minutes("OLDEST") == [30, 120, 60]
    assert await minutes("LONGEST") == [120, 60, 30]
    assert await minutes(isLate=False) == [60]
    assert await minutes(isWithoutPermission=True) == [30]
    assert await minutes(words="KENTÄT") == [60, 30]
    assert await minutes(firstDay=str(DAY), lastDay=str(DAY)) == [120]
    assert await minutes(states=["APPROVED", "RETURNED"]) == []
    assert await minutes(mine=True) == []
    assert len(await minutes(personId=f"Person:{work.expert.person_id}", orderId=f"Order:{work.order.id}")) == 3
    assert await minutes(targetId=f"Target:{work.target.id}", supplierId="Organisation:0") == []


async def test_a_report_of_entries_needs_the_right_to_report(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, Actor]:
        work = await make_work(session)
        await book(session, work, 60)
        return work, await reporting_client(session)

    work, program = await prepare(sessions, make)
    document = "{ timeEntryReport { nodes { minutes person { name } target { title } } } }"
    assert len((await ask(program, document))["timeEntryReport"]["nodes"]) == 1
    assert (await ask(work.expert, document, ("NOT_PERMITTED",)))["timeEntryReport"] is None


async def test_open_targets_with_what_is_needed_to_book_on_them(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, Actor]:
        work = await make_work(session)
        junior = await make_price_group(session, work.agreement, "JUNIOR")
        key_user = await tiera_key_user(session)
        await define_target(session, key_user, work.agreement.id, OwnCost.BODIES, "Kokoukset", now=NOW)
        await book(session, work, 60, price_group_id=junior.id)
        return work, await customer_representative(session)

    work, customer = await prepare(sessions, make)
    document = """query Targets($where: TargetFilter, $day: Date!) { targets(where: $where) { nodes {
      title isOwnCost rule grantedMinutes bookedMinutes waitingMinutes approvedMinutes billedMinutes uncoveredMinutes
      opensOn closesOn lastBookedOn order { number } ownCost { kind } supplier { id }
      priceGroups(on: $day) { code } lastPriceGroup { code } } } }"""
    day = str(TODAY)
    found = (await ask(work.expert, document, where={"openOn": day}, day=day))["targets"]["nodes"]
    assert [(t["title"], t["isOwnCost"], t["waitingMinutes"]) for t in found] == [
        ("Hakemuslomake", False, 60), ("Kokoukset", True, 0),
    ]  # fmt: skip
    assert [group["code"] for group in found[0]["priceGroups"]] == ["JUNIOR", "SENIOR"]
    assert (found[0]["lastPriceGroup"], found[0]["lastBookedOn"]) == ({"code": "JUNIOR"}, str(DAY))
    assert (found[1]["priceGroups"], found[1]["grantedMinutes"], found[1]["rule"]) == ([], None, "H11.2-a")
    for where, titles in (
        ({"words": "til-2026-9"}, ["Hakemuslomake"]),
        ({"words": "hakemus"}, ["Hakemuslomake"]),
        ({"bookedSince": str(DAY)}, ["Hakemuslomake"]),
        ({"bookedSince": str(DAY + timedelta(days=1))}, []),
        ({"words": "90001"}, []),
    ):
        narrowed = (await ask(work.expert, document, where=where, day=day))["targets"]["nodes"]
        assert [target["title"] for target in narrowed] == titles
    newest = "{ targets(orderBy: NEWEST) { nodes { title } } }"
    assert [t["title"] for t in (await ask(work.expert, newest))["targets"]["nodes"]] == ["Kokoukset", "Hakemuslomake"]
    before = str(date(2026, 8, 1))
    assert len((await ask(work.expert, document, where={"openOn": before}, day=day))["targets"]["nodes"]) == 1
    assert (await ask(customer, document, day=day))["targets"]["nodes"] == []


@pytest.mark.rule("H11.7.3-b")
async def test_hours_are_booked_once_and_refused_with_the_rule(sessions: Sessions, ask: Ask) -> None:
    work = await prepare(sessions, make_work)
    target = {"targetId": f"Target:{work.target.id}", "day": str(TODAY), "description": WORDS}
    booked = await do(ask, work.expert, "bookHours", "timeEntry", "id state isLate availableActions version",
                      booking=target | {"minutes": 90})  # fmt: skip
    assert (booked["state"], booked["isLate"], booked["availableActions"]) == ("BOOKED", False, ["CORRECT"])
    again = await do(ask, work.expert, "bookHours", "timeEntry", booking=target | {"minutes": 90})
    assert again["id"] == booked["id"]
    wrong = await do(ask, work.expert, "bookHours", "timeEntry", booking=target | {"minutes": 20})
    assert [(e["path"], e["rule"]) for e in wrong] == [(["booking", "minutes"], "H11.7.3-c")]
    refused = await do(ask, work.manager, "bookHours", "timeEntry", booking=target | {"minutes": 15})
    assert refused[0]["code"] == "NOT_PERMITTED"


async def test_a_week_is_stored_together_or_not_at_all(sessions: Sessions, ask: Ask) -> None:
    work = await prepare(sessions, make_work)

    def cell(day: date, minutes: int, **more: Any) -> dict[str, Any]:
        target = {"targetId": f"Target:{work.target.id}", "description": WORDS}
        return target | {"day": str(day), "minutes": minutes} | more

    wrong = await do(ask, work.expert, "saveWeek", "timeEntry", cells=[cell(DAY, 60), cell(TODAY, 25)])
    assert [(e["path"], e["rule"]) for e in wrong] == [(["cells", "1", "minutes"], "H11.7.3-c")]
    assert (await ask(work.expert, LIST))["timeEntries"]["totalCount"] == 0
    await do(ask, work.expert, "saveWeek", "timeEntry", cells=[cell(DAY, 60), cell(TODAY, 30)])
    nodes = (await ask(work.expert, LIST, order="OLDEST"))["timeEntries"]["nodes"]
    assert [node["minutes"] for node in nodes] == [60, 30]
    changed = [cell(DAY, 45, entryId=nodes[0]["id"], expectedVersion=1), cell(TODAY, 0, entryId=nodes[1]["id"])]
    unread = await do(ask, work.expert, "saveWeek", "timeEntry", cells=changed)
    assert [(e["path"], e["code"]) for e in unread] == [(["cells", "1", "expectedVersion"], "REQUIRED")]
    assert (await ask(work.expert, LIST, where={"states": ["BOOKED"]}))["timeEntries"]["totalCount"] == 2
    changed[1]["expectedVersion"] = 1
    await do(ask, work.expert, "saveWeek", "timeEntry", cells=changed)
    after = (await ask(work.expert, LIST, where={"states": ["BOOKED"]}))["timeEntries"]["nodes"]
    assert [node["minutes"] for node in after] == [45]
    for version, code in ((1, "VERSION_CONFLICT"), (2, "WRONG_STATE")):
        cells = [cell(DAY, 15, entryId=nodes[0]["id"], expectedVersion=version)]
        assert [e["code"] for e in await do(ask, work.expert, "saveWeek", "timeEntry", cells=cells)] == [code]


@pytest.mark.rule("H11.7.3-g")
async def test_an_entry_is_corrected_and_both_are_linked(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, int]:
        work = await make_work(session)
        return work, (await book(session, work, 60)).id

    work, entry_id = await prepare(sessions, make)
    stale = await do(ask, work.expert, "correctHours", "timeEntry", entryId=f"TimeEntry:{entry_id}", minutes=30,
                     expectedVersion=9)  # fmt: skip
    assert stale[0]["code"] == "VERSION_CONFLICT"
    new = await do(ask, work.expert, "correctHours", "timeEntry",
                   "id minutes corrects { id minutes state } timeline { nodes { name sentence } }",
                   entryId=f"TimeEntry:{entry_id}", minutes=45, expectedVersion=1)  # fmt: skip
    assert new["corrects"] == {"id": f"TimeEntry:{entry_id}", "minutes": 60, "state": "CORRECTED"}
    assert [event["name"] for event in new["timeline"]["nodes"]] == ["time_entry.booked"]
    old = await ask(work.expert, "query Old($id: ID!) { timeEntry(id: $id) { correctedBy { id } } }",
                    id=f"TimeEntry:{entry_id}")  # fmt: skip
    assert old["timeEntry"]["correctedBy"]["id"] == new["id"]


@pytest.mark.rule("H11.7.3-g")
async def test_hours_are_approved_as_far_as_the_ceiling_reaches_and_taken_back(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, Actor, list[int]]:
        work = await make_work(session, ceiling=100)
        ids = [(await book(session, work, 75, description=f"Lomakkeen osa {n}")).id for n in range(3)]
        return work, await supplier_manager(session, work.supplier), ids

    work, lead, ids = await prepare(sessions, make)
    entries = [f"TimeEntry:{id}" for id in ids]
    refused = await do(ask, lead, "approveHours", "hourApproval", entryIds=entries)
    assert refused[0]["code"] == "NOT_PERMITTED"
    fields = """id minutes entries isLate approvedBy { name } supplier { id } revocableUntil takenBackAt
      leftOut { entryId reason } timeEntries { nodes { id minutes state } }
      leftOutEntries(orderBy: SHORTEST) { nodes { id minutes state } }"""
    approval = await do(ask, work.manager, "approveHours", "hourApproval", fields, entryIds=entries)
    assert (approval["minutes"], approval["entries"], approval["isLate"]) == (100, 2, False)
    assert [node["minutes"] for node in approval["leftOutEntries"]["nodes"]] == [50, 75]
    assert {left["reason"] for left in approval["leftOut"]} == {"ABOVE_CEILING"}
    seen = await ask(lead, "query A($id: ID!) { hourApproval(id: $id) { minutes } }", id=approval["id"])
    assert seen["hourApproval"] == {"minutes": 100}
    own = "query E($id: ID!) { timeEntry(id: $id) { approval { minutes entries approvedBy { name } } } }"
    seen = (await ask(work.expert, own, id=entries[0]))["timeEntry"]["approval"]
    assert (seen["minutes"], seen["entries"], seen["approvedBy"] is not None) == (None, None, True)
    hidden = await ask(work.expert, "query A($id: ID!) { hourApproval(id: $id) { minutes } }", id=approval["id"])
    assert hidden["hourApproval"] is None
    back = await do(ask, work.manager, "takeApprovalBack", "hourApproval", "takenBackAt", approvalId=approval["id"])
    assert back["takenBackAt"] is not None


@pytest.mark.rule("H11.7.3-g")
async def test_hours_are_returned_with_a_reason(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, int]:
        work = await make_work(session)
        return work, (await book(session, work, 60)).id

    work, entry_id = await prepare(sessions, make)
    ids = [f"TimeEntry:{entry_id}"]
    refused = await do(ask, work.manager, "returnHours", "timeEntry", entryIds=ids, reason=" ")
    assert (refused[0]["code"], refused[0]["path"]) == ("REQUIRED", ["reason"])
    entry = await do(ask, work.manager, "returnHours", "timeEntry", "state returnReason", entryIds=ids, reason="Selite")
    assert entry == {"state": "RETURNED", "returnReason": "Selite"}


@pytest.mark.rule("H11.7.3-a")
async def test_tiera_defines_and_closes_targets(sessions: Sessions, ask: Ask) -> None:
    work = await prepare(sessions, make_work)
    given = {"agreementId": f"Agreement:{work.agreement.id}", "kind": "BODIES", "title": "Kokoukset"}
    refused = await do(ask, work.expert, "defineTarget", "ownCostTarget", **given)
    assert refused[0]["code"] == "NOT_PERMITTED"
    made = await do(
        ask, work.manager, "defineTarget", "ownCostTarget", "title target { id isOwnCost closesOn }", **given
    )
    assert (made["title"], made["target"]["isOwnCost"], made["target"]["closesOn"]) == ("Kokoukset", True, None)
    said = {"targetId": made["target"]["id"], "instructions": "Kirjataan päivittäin.", "expectedVersion": 1}
    told = await do(ask, work.manager, "instructTarget", "target", "instructions version", **said)
    assert told == {"instructions": "Kirjataan päivittäin.", "version": 2}
    closed = await do(ask, work.manager, "closeTarget", "target", "closesOn", targetId=made["target"]["id"])
    assert closed == {"closesOn": str(TODAY)}
    assert (await do(ask, work.manager, "closeTarget", "target", targetId="Target:0"))[0]["code"] == "NOT_FOUND"


@pytest.mark.rule("H11.7.3-g")
async def test_months_that_wait_are_shown_to_tiera_and_the_suppliers_lead(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Work, Actor]:
        work = await make_work(session)
        await book(session, work, 60)
        await book(session, work, 30, day=date(2026, 10, 30), description="Lokakuun viimeinen")
        return work, await supplier_manager(session, work.supplier)

    work, lead = await prepare(sessions, make)
    document = """query Months($before: Date) { monthsToApprove(endedBefore: $before) { nodes {
      month lastDay dueAt minutes entries supplier { name } } } }"""
    for actor in (work.manager, lead):
        months = (await ask(actor, document))["monthsToApprove"]["nodes"]
        assert [(m["month"], m["lastDay"], m["minutes"], m["entries"]) for m in months] == [
            ("2026-10-01", "2026-10-31", 30, 1), ("2026-11-01", "2026-11-30", 60, 1),
        ]  # fmt: skip
    ended = (await ask(work.manager, document, before=str(TODAY)))["monthsToApprove"]["nodes"]
    assert [m["month"] for m in ended] == ["2026-10-01"]
    assert (await ask(work.expert, document, ("NOT_PERMITTED",)))["monthsToApprove"] is None


async def test_days_without_hours_are_ones_own_working_days(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> Work:
        work = await make_work(session)
        await book(session, work, 60, day=DAY)
        return work

    work = await prepare(sessions, make)
    document = '{ daysToBook(firstDay: "2026-11-19", lastDay: "2026-11-24") { totalCount nodes { day } } }'
    days = (await ask(work.expert, document))["daysToBook"]
    assert [d["day"] for d in days["nodes"]] == ["2026-11-19", "2026-11-20", "2026-11-24"]
    assert (await ask(work.manager, document, ("NOT_PERMITTED",)))["daysToBook"] is None


@pytest.mark.rule("H11.8.3-d")
async def test_what_work_on_hold_may_not_use_is_shown_beside_the_ceiling(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> Work:
        work = await make_work(session, ceiling=60)
        await decide_overrun(session, work, 120, covers=False, at=NOW)
        return work

    work = await prepare(sessions, make)
    target = await ask(work.manager, "query T($id: ID!) { target(id: $id) { grantedMinutes uncoveredMinutes } }",
                       id=f"Target:{work.target.id}")  # fmt: skip
    assert target["target"] == {"grantedMinutes": 180, "uncoveredMinutes": 120}


@pytest.mark.rule("H11.8.3-c")
async def test_work_at_a_price_that_the_estimate_did_not_foresee_is_marked(sessions: Sessions, ask: Ask) -> None:
    """By the prices of the day: what rose since the estimate is not dearer; what was not estimated neither."""

    async def make(session: Session) -> Work:
        work = await make_work(session)
        junior = await make_price_group(session, work.agreement, "JUNIOR", Decimal("80.00"))
        expert = await make_price_group(session, work.agreement, "EXPERT", Decimal("120.50"))
        await foresee(session, work, work.group, junior, price=Decimal("60.00"))
        for n, group in enumerate((junior, work.group, expert)):
            await book(session, work, 60, price_group_id=group.id, description=f"{WORDS} {n}")
        unforeseen = await make_work(session, number="TIL-2026-90002")
        await book(session, unforeseen, 60)
        return work

    work = await prepare(sessions, make)
    document = """query Dearer($day: Date!) {
      timeEntries(orderBy: OLDEST) { nodes {
        isDearer priceGroup { code } unitPrice { amount } foreseenPrice { amount } } }
      targets(orderBy: OLDEST) { nodes { foreseenPrice(on: $day) } } }"""
    data = await ask(work.manager, document, day=str(DAY))
    entries = [
        (e["priceGroup"]["code"], e["isDearer"], e["unitPrice"], e["foreseenPrice"])
        for e in data["timeEntries"]["nodes"]
    ]
    foreseen = {"amount": "100.000000"}
    assert entries == [
        ("JUNIOR", False, {"amount": "80.000000"}, foreseen),
        ("SENIOR", False, {"amount": "100.000000"}, foreseen),
        ("EXPERT", True, {"amount": "120.500000"}, foreseen),
        ("SENIOR", False, {"amount": "100.000000"}, None),
    ]
    assert data["targets"]["nodes"] == [
        {"foreseenPrice": "100.000000"},
        {"foreseenPrice": None},
    ]


@pytest.mark.rule("H11.8.3-c")
async def test_a_foreseen_group_without_a_price_on_the_day_counts_at_the_estimates(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> Work:
        work = await make_work(session)
        ended = await make_price_group(session, work.agreement, "OLD", None)
        await foresee(session, work, ended, price=Decimal("90.00"))
        await book(session, work, 60)
        return work

    work = await prepare(sessions, make)
    data = await ask(work.expert, "{ timeEntries { nodes { isDearer foreseenPrice { amount } } } }")
    assert data["timeEntries"]["nodes"] == [{"isDearer": True, "foreseenPrice": {"amount": "90.000000"}}]
