"""What is approved for billing through the schema: a customer never reads of it, nor finds out by asking (D2.1-c)."""

from decimal import Decimal

import pytest

from backend.graphql.door import Door
from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from backend.tickets import billing_verbs
from backend.tickets.billing_verbs import Figure
from tests.graphql.asking import Ask, prepare
from tests.invoices.ticket_making import ALLOWED_AT, Desk, allow, billing_of, book, make_desk, make_ticket

SECRET = "Salaisuus"
SUM = Decimal("7391.46")
APPROVAL = """
fragment Approval on BillingApproval {
  id number state title grantedMinutes amount { amount } note takeBackReason
  timeline(first: 9) { nodes { name sentence } }
}
"""
LISTS = f"""
{{
  billingApprovals(first: 9) {{ nodes {{ ...Approval }} }}
  billingApproval(id: "BillingApproval:1") {{ ...Approval }}
  billingRound(id: "BillingRound:1") {{ approvals {{ id }} leftOutTickets {{ id }} }}
  timeEntries(first: 9) {{ nodes {{ id minutes description billing {{ id }} }} }}
  targets(first: 9) {{ nodes {{ id title }} }}
}}
{APPROVAL}
"""
NODE = f"""
query Node($id: ID!) {{
  nodes(ids: [$id]) {{ id
    ...Approval
    ... on TimeEntry {{ id minutes description billing {{ id }} }}
    ... on Ticket {{ billings {{ id note }} timeline(first: 9) {{ nodes {{ name sentence }} }} }}
    ... on BillingRound {{ approvals {{ id }} }}
    ... on Event {{ name sentence subject {{ id }} }}
  }}
}}
{APPROVAL}
"""
LIST = """
query List($where: TicketFilter) {
  tickets(where: $where) { totalCount nodes { billings { id } availableActions timeline { nodes { name } } } }
}
"""


async def with_billing(session: Session) -> Desk:
    """A customer's tickets: hours are booked on one, one has a sum, one was taken back, one has nothing."""
    desk = await make_desk(session)
    worked_on, done, taken_back, _ = [await make_ticket(session, desk, resolved=True) for _ in range(4)]
    await allow(session, desk, worked_on, taken_back)
    await book(session, desk, (await billing_of(session, worked_on))[1])
    await billing_verbs.approve_for_billing(
        session, desk.scene.approver, ticket_ids=[done.id], figure=Figure(euros=SUM), note=SECRET, now=ALLOWED_AT
    )
    of_third, _ = await billing_of(session, taken_back)
    await billing_verbs.take_billing_back(
        session, desk.scene.approver, approval_id=of_third.id, reason=SECRET, now=ALLOWED_AT
    )
    return desk


async def all_that_is_read(door: Door, actor: Actor) -> str:
    """All that an actor is answered who asks for billing in every way, and for the first things of each kind."""
    kinds = {"BillingApproval": 3, "BillingRound": 2, "Ticket": 4, "TimeEntry": 1, "Target": 9, "Event": 40}
    ids = [f"{kind}:{id}" for kind, most in kinds.items() for id in range(1, most + 1)]
    answers = [await door.execute(LISTS, {}, actor), *[await door.execute(NODE, {"id": id}, actor) for id in ids]]
    assert b"COST_LIMIT" not in b"".join(answers)
    return b"\n".join(answers).decode()


@pytest.mark.rule("D2.1-c")
@pytest.mark.rule("H11.9-c")
async def test_no_field_lets_a_customer_read_of_billing_or_what_is_billed(sessions: Sessions, door: Door) -> None:
    desk = await prepare(sessions, with_billing)
    told = [SECRET, str(SUM), "billing.effort_approved", "BillingRound:1"]
    read = await all_that_is_read(door, desk.scene.approver)
    assert [word for word in told if word not in read] == [], "Tiera reads all of it"
    read = await all_that_is_read(door, desk.customer)
    assert [word for word in told if word in read] == []


@pytest.mark.rule("D2.1-c")
async def test_no_filter_action_or_timeline_tells_a_customer_what_is_approved(sessions: Sessions, ask: Ask) -> None:
    desk = await prepare(sessions, with_billing)
    seen = (await ask(desk.customer, LIST))["tickets"]
    assert (seen["totalCount"], [ticket["billings"] for ticket in seen["nodes"]]) == (4, [[]] * 4)
    assert not any("BILL" in ticket["availableActions"] for ticket in seen["nodes"])
    named = {event["name"] for ticket in seen["nodes"] for event in ticket["timeline"]["nodes"]}
    assert named and not any(name.startswith("billing.") for name in named)
    for narrowed, of_tiera, of_customer in ((True, 2, 0), (False, 2, 4)):
        where = {"canBeBilled": narrowed}
        assert (await ask(desk.scene.approver, LIST, where=where))["tickets"]["totalCount"] == of_tiera
        assert (await ask(desk.customer, LIST, where=where))["tickets"]["totalCount"] == of_customer
