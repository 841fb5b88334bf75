"""What is attached to what is done on an order, through the schema: each act with its own files, for whom it is."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backend.kit.actor import Actor
from backend.kit.database import Session, Sessions
from backend.orders import delivery_verbs, draft_verbs, overrun_verbs, placing_verbs, revision_verbs
from backend.orders.rules import Part
from tests.files.making import make_file
from tests.graphql.asking import Ask, prepare
from tests.making import NOW, make_service
from tests.orders.making import SMALL, Parties, forecast, make_order_in_progress, make_parties, make_requested
from tests.orders.test_delivery import parts_of

LATER = NOW + timedelta(hours=1)
ORDER = """
query Order($id: ID!) { order(id: $id) {
  deliveryFiles { name } returnFiles { name } milestones { deliveryFiles { name } returnFiles { name } }
  overruns { files { name } decisionFiles { name } } revisions { files { name } }
  history { nodes { name files { name url } } }
} }
"""


@pytest.mark.rule("D2.1-c")
async def test_each_act_shows_its_own_files_and_a_customer_sees_the_act_without_them(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        order = await make_order_in_progress(session, p, customer_id=p.customer.id)

        async def file(actor: Actor, name: str) -> list[int]:
            return [(await make_file(session, actor, name.encode(), name)).id]

        tiera, supplier, order_id = p.contact, p.supplier_manager, order.id
        await forecast(session, p, order, SMALL + 600)
        overrun = await overrun_verbs.request_overrun(
            session, supplier, order_id=order_id, minutes=600, reason="Laajeni.",
            file_ids=await file(supplier, "laskelma.pdf"), now=NOW,
        )  # fmt: skip
        await overrun_verbs.decide_overrun(
            session, tiera, overrun_id=overrun.id, minutes=0, reason="Ei nyt.",
            file_ids=await file(tiera, "päätös.pdf"), now=NOW,
        )  # fmt: skip
        change = revision_verbs.Change(
            title="Toinen", description=order.description, goal=order.goal, limits=order.limits
        )
        await revision_verbs.propose_revision(
            session, tiera, order_id=order_id, change=change, reason="Sovittiin.",
            file_ids=await file(tiera, "muutos.pdf"), now=NOW,
        )  # fmt: skip
        await delivery_verbs.deliver_work(
            session, supplier, order_id=order_id, file_ids=await file(supplier, "eka.pdf"), now=NOW
        )
        await delivery_verbs.return_work(
            session, tiera, order_id=order_id, reason="Kuva puuttuu.", file_ids=await file(tiera, "puutteet.pdf"),
            now=NOW,
        )  # fmt: skip
        await delivery_verbs.deliver_work(
            session, supplier, order_id=order_id, file_ids=await file(supplier, "toka.pdf"), now=LATER
        )
        return p, order_id

    p, order_id = await prepare(sessions, make)
    tiera, supplier, customer = [
        (await ask(actor, ORDER, id=f"Order:{order_id}"))["order"]
        for actor in (p.contact, p.supplier_manager, p.representative)
    ]
    assert tiera == supplier
    assert [tiera["deliveryFiles"], tiera["returnFiles"]] == [[{"name": "toka.pdf"}], [{"name": "puutteet.pdf"}]]
    assert tiera["overruns"] == [{"files": [{"name": "laskelma.pdf"}], "decisionFiles": [{"name": "päätös.pdf"}]}]
    assert tiera["revisions"] == [{"files": [{"name": "muutos.pdf"}]}]
    told = [(each["name"], file["name"]) for each in tiera["history"]["nodes"] for file in each["files"]]
    assert told == [
        ("order.delivered", "toka.pdf"),
        ("order.returned", "puutteet.pdf"),
        ("order.delivered", "eka.pdf"),
        ("revision.proposed", "muutos.pdf"),
        ("overrun.rejected", "päätös.pdf"),
        ("overrun.requested", "laskelma.pdf"),
    ]
    assert [customer[name] for name in ("deliveryFiles", "returnFiles", "overruns", "revisions")] == [[]] * 4
    assert "order.delivered" in [each["name"] for each in customer["history"]["nodes"]]
    assert all(each["files"] == [] for each in customer["history"]["nodes"])


async def test_a_part_of_a_fixed_price_has_the_files_of_its_own_delivery(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        order = await make_order_in_progress(
            session,
            p,
            parts=(Part(title="Suunnittelu", amount=Decimal(100)), Part(title="Toteutus", amount=Decimal(200))),
        )
        first, _ = await parts_of(session, order)
        file = await make_file(session, p.supplier_manager, name="suunnitelma.pdf")
        await delivery_verbs.deliver_milestone(
            session, p.supplier_manager, milestone_id=first.id, file_ids=[file.id], now=NOW
        )
        return p, order.id

    p, order_id = await prepare(sessions, make)
    order = (await ask(p.contact, ORDER, id=f"Order:{order_id}"))["order"]
    assert [part["deliveryFiles"] for part in order["milestones"]] == [[{"name": "suunnitelma.pdf"}], []]


REASONS = "query Order($id: ID!) { order(id: $id) { state endReason returnReason milestones { returnReason } } }"


@pytest.mark.rule("H11.4-a")
async def test_why_a_supplier_declines_is_read_by_no_customer_and_why_tiera_cancels_is(
    sessions: Sessions, ask: Ask
) -> None:
    async def make(session: Session) -> tuple[Parties, int, int, int]:
        p = await make_parties(session)
        declined = await make_requested(session, p, customer_id=p.customer.id)
        await placing_verbs.decline_order(
            session, p.supplier_manager, order_id=declined.id, reason="Ei ehditä.", now=NOW
        )
        cancelled = await make_requested(session, p, customer_id=p.customer.id)
        await placing_verbs.cancel_order(session, p.contact, order_id=cancelled.id, reason="Ei tarvita.", now=NOW)
        service = await make_service(session, p.agreement)
        asked = await draft_verbs.ask_for_work(
            session, p.representative, title="Raportti", description="Uusi raportti.", service_id=service.id, now=NOW
        )
        await draft_verbs.turn_down_request(session, p.contact, order_id=asked.id, reason="Jo tilattu.", now=NOW)
        return p, declined.id, cancelled.id, asked.id

    p, *ids = await prepare(sessions, make)

    async def why(actor: Actor) -> list[str | None]:
        orders = [(await ask(actor, REASONS, id=f"Order:{id_}"))["order"] for id_ in ids]
        return [order and order["endReason"] for order in orders]

    assert await why(p.contact) == ["Ei ehditä.", "Ei tarvita.", "Jo tilattu."]
    assert await why(p.supplier_manager) == ["Ei ehditä.", "Ei tarvita.", None]
    assert await why(p.representative) == [None, "Ei tarvita.", "Jo tilattu."]


@pytest.mark.rule("D2.1-c")
async def test_what_tiera_tells_a_supplier_of_a_return_is_between_them(sessions: Sessions, ask: Ask) -> None:
    async def make(session: Session) -> tuple[Parties, int]:
        p = await make_parties(session)
        part = Part(title="Suunnittelu", amount=Decimal(100))
        order = await make_order_in_progress(session, p, parts=(part,), customer_id=p.customer.id)
        (first,) = await parts_of(session, order)
        await delivery_verbs.deliver_milestone(session, p.supplier_manager, milestone_id=first.id, now=NOW)
        await delivery_verbs.return_milestone(
            session, p.contact, milestone_id=first.id, reason="Sivuja puuttuu.", now=NOW
        )
        await delivery_verbs.deliver_milestone(session, p.supplier_manager, milestone_id=first.id, now=NOW)
        await delivery_verbs.deliver_work(session, p.supplier_manager, order_id=order.id, now=NOW)
        await delivery_verbs.return_work(session, p.contact, order_id=order.id, reason="Testit puuttuvat.", now=NOW)
        return p, order.id

    p, order_id = await prepare(sessions, make)
    for actor, reads in ((p.contact, True), (p.supplier_manager, True), (p.representative, False)):
        order = (await ask(actor, REASONS, id=f"Order:{order_id}"))["order"]
        reasons = [order["returnReason"], order["milestones"][0]["returnReason"]]
        assert reasons == (["Testit puuttuvat.", "Sivuja puuttuu."] if reads else [None, None])
