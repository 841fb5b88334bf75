"""Quality through the schema: rated, measured and told by mutations alone; what each side sees of it."""

from typing import Any
from uuid import uuid4

import pytest

from backend.kit.actor import Actor
from backend.kit.database import Sessions
from tests.graphql.asking import Ask
from tests.tickets.making import Desk, make_desk
from tests.tickets.test_deviations import MEASURES
from tests.tickets.test_quality import make_resolved, make_resolved_by_desk


async def do(ask: Ask, actor: Actor, name: str, selection: str, **given: Any) -> dict[str, Any]:
    """Carry a mutation out; its payload."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = (
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ code path rule }} }} }}"
    )
    payload: dict[str, Any] = (await ask(actor, document, input={"idempotencyKey": str(uuid4()), **given}))[name]
    return payload


async def make(sessions: Sessions) -> tuple[Desk, str]:
    async with sessions.begin() as session:
        desk = await make_desk(session)
        return desk, str((await make_resolved(session, desk)).ref)


@pytest.mark.rule("H10.3-a", "H10.3-c")
async def test_a_low_rating_gets_its_measures_and_the_customer_is_told(ask: Ask, sessions: Sessions) -> None:
    desk, key = await make(sessions)
    actions = "query($id: ID!) { ticket(id: $id) { availableActions } }"
    for actor, offered in ((desk.customer, True), (desk.tiera, False), (desk.supplier, False)):
        assert ("RATE" in (await ask(actor, actions, id=key))["ticket"]["availableActions"]) is offered
    rated = await do(
        ask, desk.customer, "rateTicket", "ticket { ratings { score word } availableActions }", ticketId=key, score=2,
        word="Kesti viikon.",
    )  # fmt: skip
    assert rated["ticket"]["ratings"] == [{"score": 2, "word": "Kesti viikon."}]
    assert "RATE" not in rated["ticket"]["availableActions"]
    again = await do(ask, desk.customer, "rateTicket", "ticket { id }", ticketId=key, score=5)
    assert again["userErrors"][0]["rule"] == "H10.3-a"

    listed = "{ qualityDeviations { nodes { id state availableActions rating { word } tickets { id } } } }"
    (of_supplier,) = (await ask(desk.supplier, listed))["qualityDeviations"]["nodes"]
    assert of_supplier["availableActions"] == ["MEASURE"]
    assert of_supplier["rating"] == {"word": "Kesti viikon."} and of_supplier["tickets"] == [{"id": key}]
    id_ = of_supplier["id"]
    await do(ask, desk.supplier, "recordMeasures", "qualityDeviation { state }", deviationId=id_, **MEASURES)
    (of_tiera,) = (await ask(desk.tiera, listed))["qualityDeviations"]["nodes"]
    assert of_tiera["availableActions"] == ["TELL_CUSTOMER"]
    assert (await ask(desk.customer, listed))["qualityDeviations"]["nodes"] == []
    told = await do(
        ask, desk.tiera, "tellCustomerOfMeasures", "qualityDeviation { state }", deviationId=id_, report="Korjattu."
    )
    assert told["qualityDeviation"] == {"state": "REPORTED"}
    read = "query($id: ID!) { ticket(id: $id) { deviations { report done planned prevention measuredAt } } }"
    (seen,) = (await ask(desk.customer, read, id=key))["ticket"]["deviations"]
    assert seen == {"report": "Korjattu.", "done": None, "planned": None, "prevention": None, "measuredAt": None}


async def test_figures_count_what_one_sees(ask: Ask, sessions: Sessions) -> None:
    desk, key = await make(sessions)
    await do(ask, desk.customer, "rateTicket", "ticket { id }", ticketId=key, score=1)
    figures = "{ qualityFigures { withoutMeasures toTell forProductionGroup } }"
    for actor, count in ((desk.tiera, 1), (desk.supplier, 1), (desk.customer, 0)):
        assert (await ask(actor, figures))["qualityFigures"] == {
            "withoutMeasures": count, "toTell": 0, "forProductionGroup": 0,
        }  # fmt: skip


async def test_what_one_may_still_rate_is_a_list(ask: Ask, sessions: Sessions) -> None:
    desk, key = await make(sessions)
    document = "{ tickets(where: { awaitsOwnRating: true }) { nodes { id } } }"
    assert (await ask(desk.customer, document))["tickets"]["nodes"] == [{"id": key}]
    assert (await ask(desk.tiera, document))["tickets"]["nodes"] == []
    await do(ask, desk.customer, "rateTicket", "ticket { id }", ticketId=key, score=4)
    assert (await ask(desk.customer, document))["tickets"]["nodes"] == []


@pytest.mark.rule("H10.3-c")
async def test_tiera_finds_what_its_own_desk_answers_for(ask: Ask, sessions: Sessions) -> None:
    desk, key = await make(sessions)
    async with sessions.begin() as session:
        own = str((await make_resolved_by_desk(session, desk)).ref)
    for ticket in (key, own):
        await do(ask, desk.customer, "rateTicket", "ticket { id }", ticketId=ticket, score=1)
    document = "query($own: Boolean!) { qualityDeviations(where: { isTieras: $own }) { nodes { ticket { id } } } }"
    for is_own, expected in ((True, own), (False, key)):
        (found,) = (await ask(desk.tiera, document, own=is_own))["qualityDeviations"]["nodes"]
        assert found == {"ticket": {"id": expected}}
