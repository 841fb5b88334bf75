"""Orders through the schema: what each side sees of one order, and the main job by mutations alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from backend.orders import estimate_verbs
from backend.orders.model import Order
from backend.orders.rules import Part
from backend.orders.states import PaperKind
from tests.graphql.asking import Ask, prepare
from tests.making import NOW, customer_representative, make_person, make_right, make_service, ordering_contact
from tests.orders.making import (
    SMALL,
    Parties,
    attach,
    book,
    forecast,
    make_draft,
    make_estimated,
    make_order_awaiting_overrun_decision,
    make_order_in_progress,
    make_parties,
    option,
)

EVERYTHING = """
query Everything($id: ID!) { order(id: $id) {
  id number supplierNumber title url description supplierDescription goal limits pricing state sizeClass raisedClass
  raiseReason countedClass dueOn isOnHold version createdAt requestedAt estimateDueAt estimatedAt orderedAt confirmedAt
  startedAt deliveredAt returnedAt returnReason acceptedAt endedAt endReason orderedMinutes ceilingMinutes
  bookedMinutes approvedMinutes forecastMinutes forecastAt forecastDueAt warnedAt orderedTotal { amount currency }
  total { amount } acceptedTotal { amount } approvedTotal { amount }
  agreement { id } supplier { name } service { name } customer { name }
  followsFrom { id title } askedBy { name } createdBy { name } orderedBy { name } orderingRight { id }
  acceptedBy { name } tieraManager { name } supplierManager { name }
  estimate { ordinal noneBetterStatement givenAt isLate givenBy { name } options { position title description minutes
    total { amount } isChosen rows { priceGroup { code } minutes unitPrice { amount } amount { amount } }
    parts { position title amount { amount } dueOn month } } }
  estimates { ordinal } chosenOption { title }
  milestones { id position title amount { amount } dueOn month state deliveredAt acceptedAt acceptedBy { name }
    returnedAt returnReason availableActions }
  papers { kind addedAt addedBy { name } file { name size url } }
  forecasts { bookedMinutes remainingMinutes totalMinutes note givenAt givenBy { name } }
  openOverrun { id } overruns { ordinal state ceilingMinutes forecastMinutes askedMinutes askedTotal { amount } reason
    askedAt askedBy { name } dueAt grantedMinutes grantedTotal { amount } coversWorkDone decisionReason decidedAt
    decidedBy { name } availableActions }
  revisions { ordinal state changes { name before after } minutesChange reason proposedAt proposedBy { name } decidedAt
    decidedBy { name } decisionReason coversWorkDone availableActions }
  burnUp { week bookedMinutes } ceilingSteps { at addedMinutes ceilingMinutes }
  timeline { totalCount } history { nodes { name sentence at by } }
  missingBeforeOrdering missingBeforeStarting availableActions
} }
"""


@pytest.mark.rule("D2.1-c")
async def test_each_side_sees_of_an_order_what_is_its_own_to_see(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        order = await make_order_in_progress(session, p, customer_id=p.customer.id, due_on=date(2026, 12, 18))
        await attach(session, p.contact, order, PaperKind.OTHER)
        await book(session, p, order, 600)
        await forecast(session, p, order, SMALL)
        return p, order.id

    p, order_id = await prepare(sessions, make)
    tiera, supplier, customer = [
        (await ask(actor, EVERYTHING, id=f"Order:{order_id}"))["order"]
        for actor in (p.contact, p.supplier_manager, p.representative)
    ]
    assert (tiera["ceilingMinutes"], tiera["bookedMinutes"], tiera["isOnHold"]) == (SMALL, 600, True)
    assert tiera["burnUp"] == [{"week": "2026-11-23", "bookedMinutes": 600}]
    assert [step["ceilingMinutes"] for step in tiera["ceilingSteps"]] == [SMALL]
    assert tiera["estimate"]["options"][0]["rows"][0]["unitPrice"]["amount"] == "100.000000"
    assert "REQUEST_OVERRUN" in supplier["availableActions"]
    assert tiera["history"]["nodes"][0]["name"] == "order.forecast_passed"
    assert customer["history"]["nodes"][0]["name"] == "order.started"
    assert (tiera["missingBeforeOrdering"], customer["missingBeforeOrdering"]) == ([], [])
    assert "REQUEST_OVERRUN" not in tiera["availableActions"]
    assert (customer["total"], customer["isOnHold"]) == ({"amount": "6750.00"}, True)
    hidden = ("ceilingMinutes", "bookedMinutes", "forecastMinutes", "orderedMinutes", "estimate", "supplierManager")
    assert [customer[name] for name in hidden] == [None] * len(hidden)
    assert [customer[name] for name in ("papers", "forecasts", "burnUp", "ceilingSteps", "availableActions")] == [
        []
    ] * 5


async def test_a_contact_named_at_a_customer_sees_what_an_option_costs_and_not_its_hours(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Actor, int]:
        p = await make_parties(session)
        right = await make_right(session, await make_person(session), p.customer)
        order = await make_estimated(session, p, customer_id=p.customer.id)
        return await ordering_contact(session, right), order.id

    contact, order_id = await prepare(sessions, make)
    order = (await ask(contact, EVERYTHING, id=f"Order:{order_id}"))["order"]
    (offered,) = order["estimate"]["options"]
    assert (offered["total"]["amount"], offered["minutes"], offered["rows"]) == ("6750.00", None, [])
    assert "ORDER" in order["availableActions"]


@pytest.mark.rule("D2.1-c")
async def test_no_filter_tells_a_customer_of_what_is_between_tiera_and_the_supplier(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Actor, Actor]:
        p = await make_parties(session)
        overrun = await make_order_awaiting_overrun_decision(session, p)
        (await session.get_one(Order, overrun.order_id)).customer_id = p.customer.id
        return p.contact, await customer_representative(session, p.customer)

    contact, customer = await prepare(sessions, make)
    document = (
        """query($where: OrderFilter) { orders(where: $where) { totalCount } orderFigures { awaitingDecision } }"""
    )
    for actor, count in ((contact, 1), (customer, 0)):
        for where in ({"hasOpenOverrun": True}, {"awaitsDecision": True}):
            assert (await ask(actor, document, where=where))["orders"]["totalCount"] == count
            assert (await ask(actor, document))["orderFigures"]["awaitingDecision"] == count
    assert (await ask(customer, document, where={"hasOpenOverrun": False}))["orders"]["totalCount"] == 1


@pytest.mark.rule("H11.8.3-a")
async def test_a_number_that_two_suppliers_gave_leads_to_one_order_by_its_supplier(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> list[tuple[Parties, Order]]:
        made = []
        for _ in range(2):
            p = await make_parties(session)
            made.append((p, await make_order_in_progress(session, p)))
            made[-1][1].supplier_number = "42"
        return made

    (one, ones), (other, others) = await prepare(sessions, make)
    document = (
        """query($number: String!, $supplier: ID) { orderByNumber(number: $number, supplierId: $supplier) { id } }"""
    )

    async def found(actor: Actor, number: str, supplier: Parties | None = None) -> str | None:
        of = supplier and f"Organisation:{supplier.supplier.id}"
        order = (await ask(actor, document, number=number, supplier=of))["orderByNumber"]
        return order and order["id"]

    assert await found(one.contact, "42") is None
    assert await found(one.contact, "42", one) == f"Order:{ones.id}"
    assert await found(one.contact, "42", other) == f"Order:{others.id}"
    assert await found(one.supplier_manager, "42") == f"Order:{ones.id}"
    assert await found(other.supplier_manager, "42") == f"Order:{others.id}"
    assert await found(one.contact, ones.number or "") == f"Order:{ones.id}"


async def test_lists_are_narrowed_sorted_and_counted(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> Parties:
        p = await make_parties(session)
        await make_draft(session, p, title="Later", due_on=date(2026, 12, 20))
        await make_draft(session, p, title="Sooner", due_on=date(2026, 12, 1), customer_id=p.customer.id)
        await make_draft(session, p, title="Some day")
        await make_order_awaiting_overrun_decision(session, p)
        return p

    p = await prepare(sessions, make)
    document = """query List($where: OrderFilter, $sort: OrderSort) {
      orders(where: $where, orderBy: $sort, first: 10) { totalCount nodes { title } }
      orderFigures { open onHold awaitingDecision committedEuros } }"""

    async def titles(**variables: Any) -> list[str]:
        data = await ask(p.contact, document, **variables)
        return [node["title"] for node in data["orders"]["nodes"]]

    assert (await titles(sort="DUE_FIRST"))[:2] == ["Sooner", "Later"]
    assert (await titles(sort="LARGEST"))[0] == "Interface to the case register"
    assert await titles(where={"states": ["DRAFT"]}, sort="OLDEST") == ["Later", "Sooner", "Some day"]
    assert await titles(where={"words": "sooner"}) == ["Sooner"]
    assert await titles(where={"words": p.customer.name}) == ["Sooner"]
    assert await titles(where={"customerId": f"Organisation:{p.customer.id}"}) == ["Sooner"]
    assert await titles(where={"isOnHold": True}) == ["Interface to the case register"]
    assert await titles(where={"hasOpenOverrun": True}) == ["Interface to the case register"]
    assert await titles(where={"openRevision": "AWAITS_TIERA"}) == []
    assert len(await titles(where={"isConfirmed": False})) == 3
    assert await titles(where={"awaitsDecision": True, "isOpen": True}) == ["Interface to the case register"]
    figures = (await ask(p.contact, document))["orderFigures"]
    assert figures == {"open": 4, "onHold": 1, "awaitingDecision": 1, "committedEuros": "6750.00"}
    assert (await ask(p.supplier_manager, document))["orders"]["totalCount"] == 1


async def test_the_main_job_by_mutations_alone(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        service = await make_service(session, p.agreement)
        return p, service.id

    p, service_id = await prepare(sessions, make)

    async def does(actor: Actor, name: str, thing: str, fields: str = "id", **given: Any) -> dict[str, Any]:
        kind = name[0].upper() + name[1:] + "Input"
        document = (
            f"mutation Do($input: {kind}!) {{ {name}(input: $input) {{ {thing} {{ {fields} }} "
            "userErrors { code path message rule } } }"
        )
        data = await ask(actor, document, input={"idempotencyKey": name, **given})
        assert data[name]["userErrors"] == []
        made: dict[str, Any] = data[name][thing]
        return made

    asked = await does(
        p.representative,
        "askForWork",
        "order",
        serviceId=f"Service:{service_id}",
        title="A report of absences",
        description="By class and month.",
    )
    order = {"orderId": asked["id"]}
    await does(p.contact, "takeUpRequest", "order", **order)
    await does(p.contact, "requestEstimate", "order", "state estimateDueAt", **order)
    rows = [{"priceGroupId": f"PriceGroup:{p.senior.id}", "minutes": 1200}]
    estimate = await does(
        p.supplier_manager,
        "giveEstimate",
        "estimate",
        "options { id }",
        **order,
        options=[{"title": "As asked", "rows": rows}],
        noneBetterStatement="We know of nothing cheaper.",
    )
    placed = await does(p.contact, "placeOrder", "order", "number", **order, optionId=estimate["options"][0]["id"])
    assert placed["number"] == "TIL-2026-00001"
    await does(p.supplier_manager, "confirmOrder", "order", **order, supplierNumber="A-1")
    await does(p.supplier_manager, "startWork", "order", **order)
    await does(p.supplier_manager, "giveForecast", "forecast", **order, remainingMinutes=1500)
    overrun = await does(
        p.supplier_manager, "requestOverrun", "overrun", **order, minutes=300, reason="Two more reports."
    )
    decided = await does(
        p.contact, "decideOverrun", "overrun", "state", overrunId=overrun["id"], minutes=300, reason="They are needed."
    )
    assert decided["state"] == "APPROVED"
    await does(p.supplier_manager, "deliverWork", "order", **order)
    accepted = await does(p.tiera_manager, "acceptWork", "order", "state ceilingMinutes", **order)
    assert accepted == {"state": "ACCEPTED", "ceilingMinutes": 1500}


async def test_a_refusal_says_where_in_the_input_and_by_which_rule(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        return p, (await make_draft(session, p)).id

    p, order_id = await prepare(sessions, make)
    document = """mutation Edit($input: EditOrderInput!) {
      editOrder(input: $input) { order { id } userErrors { code path rule } } }"""
    given = {"orderId": f"Order:{order_id}", "expectedVersion": 1, "content": {"title": " ", "description": "What."}}
    data = await ask(p.contact, document, input=given)
    assert data["editOrder"]["userErrors"] == [{"code": "REQUIRED", "path": ["content", "title"], "rule": None}]
    assert data["editOrder"]["order"] is None


async def test_what_a_proposed_change_leaves_out_stays_and_null_empties_it(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        return p, (await make_order_in_progress(session, p, due_on=date(2026, 12, 18))).id

    p, order_id = await prepare(sessions, make)
    document = """mutation Propose($input: ProposeRevisionInput!) {
      proposeRevision(input: $input) { revision { id changes { name after } minutesChange } userErrors { code } } }"""
    change = {"title": "A wider one", "description": "Enrolments go to the register each night.", "minutesChange": 60}
    asked = {"orderId": f"Order:{order_id}", "reason": "It grew.", "change": change}
    data = await ask(p.contact, document, input={**asked, "idempotencyKey": "1"})
    assert data["proposeRevision"]["revision"]["changes"] == [{"name": "title", "after": "A wider one"}]
    withdraw = (
        """mutation W($input: WithdrawRevisionInput!) { withdrawRevision(input: $input) { userErrors { code } } }"""
    )
    its = {"revisionId": data["proposeRevision"]["revision"]["id"], "idempotencyKey": "2"}
    assert (await ask(p.contact, withdraw, input=its))["withdrawRevision"]["userErrors"] == []
    emptied = {**asked, "change": {**change, "goal": None, "dueOn": None}, "idempotencyKey": "3"}
    data = await ask(p.contact, document, input=emptied)
    after = {each["name"]: each["after"] for each in data["proposeRevision"]["revision"]["changes"]}
    assert after == {"title": "A wider one", "goal": None, "due_on": None}


async def test_a_fixed_price_is_offered_as_a_monthly_fee(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        order = await make_estimated(session, p, parts=(Part("All", Decimal("100.00")),))
        rows = option(p).rows
        monthly = estimate_verbs.MonthlyFee(amount=Decimal("500.00"), first_month=date(2026, 11, 5), months=2)
        await estimate_verbs.give_estimate(
            session,
            p.supplier_manager,
            order_id=order.id,
            options=[estimate_verbs.Option(title="Upkeep", rows=rows, monthly=monthly)],
            none_better_statement="None.",
            now=NOW,
        )
        return p, order.id

    p, order_id = await prepare(sessions, make)
    order = (await ask(p.contact, EVERYTHING, id=f"Order:{order_id}"))["order"]
    (offered,) = order["estimate"]["options"]
    assert [part["month"] for part in offered["parts"]] == ["2026-11-01", "2026-12-01"]
    assert offered["total"]["amount"] == "1000.00"
