"""A service's page without JavaScript: its channels are defined, it is marked as started, the mark is taken back."""

import re

import pytest

from backend.kit import clock
from backend.kit.actor import ActorKind
from backend.kit.calendar import helsinki_date
from backend.parties.agreement_model import Service
from backend.rulebook.roles import Role
from tests.identity.making import add_member, add_organisation
from tests.making import make_agreement, make_service
from tests.web.portal import Portal, text_of

CHANNEL = {
    "channel.kind": "PHONE",
    "channel.address": "010 123 4567",
    "channel.hours": "On weekdays 8–16",
    "channel.forWhom": "Key users",
}


@pytest.fixture
async def service(portal: Portal) -> Service:
    async with portal.house.sessions.begin() as session:
        return await make_service(session, await make_agreement(session, portal.supplier), "Viestit", has_started=False)


async def test_what_is_to_be_agreed_before_a_start_is_said_and_then_the_service_starts(
    portal: Portal, service: Service
) -> None:
    tiera, here = await portal.signed_in(), f"/palvelut/{service.id}"
    assert "Viestit" not in text_of((await tiera.get("/tila")).text)
    for page in (here, "/tiedotteet/suunnitelmat"):
        shown = (await tiera.get(page)).text
        assert "To be agreed before it starts: Service channels · Incident, critical" in text_of(shown)
        assert f"{here}/kanavat/uusi" in shown and f"/critical-incident?palvelu={service.id}" in shown
    today = helsinki_date(clock.now()).strftime("%d.%m.%Y")
    refused = await tiera.send(f"{here}/aloita", f"{here}/aloita", {"startedOn": today})
    assert refused.status_code == 422 and "define one first" in refused.text

    lacking = await tiera.send(f"{here}/kanavat/uusi", f"{here}/kanavat/uusi", {**CHANNEL, "channel.hours": ""})
    assert lacking.status_code == 422
    assert (await tiera.send(f"{here}/kanavat/uusi", f"{here}/kanavat/uusi", CHANNEL)).status_code == 303
    asked = (await tiera.get(f"{here}/aloita")).text
    assert "To be agreed before it starts: Incident, critical" in text_of(asked), "a warning by the term"
    assert (await tiera.send(f"{here}/aloita", f"{here}/aloita", {"startedOn": today})).status_code == 303
    assert "Viestit" in text_of((await tiera.get("/tila")).text)

    (change,) = set(re.findall(rf'href="({here}/kanavat/\d+)"', (await tiera.get(here)).text))
    changed = {**CHANNEL, "channel.address": "010 765 4321"}
    assert (await tiera.send(change, change, changed)).status_code == 303
    shown = text_of((await tiera.get(here)).text)
    assert "010 765 4321" in shown and "Former channels Phone 010 123 4567" in shown
    (change,) = set(re.findall(rf'href="({here}/kanavat/\d+)"', (await tiera.get(here)).text))
    kept = await tiera.send(change, f"{change}/paata", {})
    assert kept.status_code == 422 and "define one first" in kept.text
    taken = await tiera.send(f"{here}/peru-aloitus", f"{here}/peru-aloitus", {"reason": "In January."})
    assert taken.status_code == 303
    assert "In January." in (await tiera.get(here)).text


async def test_the_supplier_reads_it_and_does_nothing_and_a_customer_reads_its_start_alone(
    portal: Portal, service: Service
) -> None:
    tiera, here = await portal.signed_in(), f"/palvelut/{service.id}"
    assert (await tiera.send(f"{here}/kanavat/uusi", f"{here}/kanavat/uusi", CHANNEL)).status_code == 303
    async with portal.house.sessions.begin() as session:
        town = await add_organisation(session, "Mallila", ActorKind.CUSTOMER)
        customer = await add_member(session, town, Role.REPRESENTATIVE, "Hanna Lukija")
        manager = await add_member(session, portal.supplier, Role.SERVICE_MANAGER, "Sari Vastaava")
    supplier, reader = await portal.signed_in(manager), await portal.signed_in(customer)
    shown = (await supplier.get(here)).text
    assert "010 123 4567" in shown and f"{here}/" not in shown
    assert (await supplier.get(f"{here}/kanavat/uusi")).status_code in (403, 409)
    read = text_of((await reader.get(here)).text)
    assert "Not started" in read and "010 123 4567" not in read and "critical" not in read
